package practice

import (
	"context"
	"time"

	"praxis/models"
)

// closingUndo is how long a community that closed can be opened again.
const closingUndo = 30 * 24 * time.Hour

// What happens in a pair when one of the two closes.
const (
	SiblingEventTakeOver = "takes_over" // the Group of ours was asked to go on with the other
	SiblingEventClosed   = "closed"
	SiblingEventReopened = "reopened"
)

// movesBySoftware are servers whose members follow the new address by themselves when somebody moves.
var movesBySoftware = map[string]bool{
	"praxis": true, "mastodon": true, "hometown": true, "glitchcafe": true, "gotosocial": true, "pleroma": true, "akkoma": true, "misskey": true,
	"sharkey": true, "firefish": true, "iceshrimp": true, "iceshrimp.net": true, "cherrypick": true, "mitra": true,
}

// ClosingPreview says what happens to whom when a community closes in favour of a sibling.
type ClosingPreview struct {
	Successor string           `json:"successor"`
	State     string           `json:"state"` // "" while nobody wants it
	Reason    string           `json:"reason"`
	Followers []FollowersOfOne `json:"followers"`
	Moving    int64            `json:"moving"`    // followers who come along by themselves
	Remaining int64            `json:"remaining"` // those who have to follow the successor by hand
	Threads   int64            `json:"threads"`   // that stay readable here, and go on there
	Hosts     []string         `json:"hosts"`     // siblings that are told
	UndoUntil *string          `json:"undo_until"`
}

// FollowersOfOne is how many follow from one kind of software.
type FollowersOfOne struct {
	Software string `json:"software"` // "here" for members of this server, "" where it is not known
	Count    int64  `json:"count"`
	Moves    bool   `json:"moves"`
}

// PreviewClosing says what closing would do, or did. PairID names the sibling that goes on; 0 for the one of the closing that stands.
// Errors: Forbidden for who is no convener, NotFound, Conflict for a sibling that cannot go on.
func (s *Service) PreviewClosing(ctx context.Context, actor, community *models.Actor, pairID int64) (*ClosingPreview, error) {
	tx := s.store.Read(ctx)
	if err := byEither(s, tx, actor, community); err != nil {
		return nil, err
	}
	closing, err := tx.ClosingOf(community.ID)
	if err != nil {
		return nil, err
	}
	if closing == nil && pairID == 0 {
		return nil, models.Errorf(models.NotFound, "@%s is not closing: say which sibling would go on.", community.Acct())
	}
	if closing == nil {
		p, err := s.heir(tx, actor, community, pairID)
		if err != nil {
			return nil, err
		}
		return s.closingPreview(tx, community, p.name(), &models.Closing{})
	}
	name := closing.SuccessorURI
	if next, err := tx.ActorByURI(closing.SuccessorURI); err == nil {
		name = nameOf(next)
	}
	return s.closingPreview(tx, community, name, closing)
}

func (s *Service) closingPreview(tx *models.Tx, community *models.Actor, successor string, closing *models.Closing) (*ClosingPreview, error) {
	said := &ClosingPreview{Successor: successor, State: closing.State, Reason: closing.Reason, Followers: []FollowersOfOne{}, Hosts: []string{}}
	if closing.ClosedAt != 0 {
		until := stamp(closing.ClosedAt.Add(closingUndo))
		said.UndoUntil = &until
	}
	counts, err := tx.FollowersBySoftware(community.ID)
	if err != nil {
		return nil, err
	}
	for _, c := range counts {
		one := FollowersOfOne{Software: c.Software, Count: c.Count, Moves: c.Local || movesBySoftware[c.Software]}
		if c.Local {
			one.Software = "here"
		}
		said.Followers = append(said.Followers, one)
		if one.Moves {
			said.Moving += c.Count
		} else {
			said.Remaining += c.Count
		}
	}
	figures, err := tx.CommunityFigures([]int64{community.ID}, models.Anonymous)
	if err != nil {
		return nil, err
	}
	said.Threads = figures[community.ID].Threads
	pairs, err := tx.Siblings(community.ID, models.SiblingLive)
	for i := range pairs {
		said.Hosts = append(said.Hosts, pairs[i].Host)
	}
	return said, err
}

// heir gives the pair with the sibling that is to go on. Errors: NotFound, Conflict for one that is not live.
func (s *Service) heir(tx *models.Tx, actor, community *models.Actor, pairID int64) (*pair, error) {
	row, err := tx.SiblingByID(pairID)
	if err != nil || row.CommunityID != community.ID {
		return nil, models.Errorf(models.NotFound, "@%s has no such sibling.", community.Acct())
	}
	p, err := s.pairOf(tx, row, actor)
	if err != nil {
		return nil, err
	}
	switch {
	case p.us.MovedToURI != "":
		return nil, models.Errorf(models.Conflict, "%s is closed already.", nameOf(p.us))
	case row.State != models.SiblingLive:
		return nil, models.Errorf(models.Conflict, "The pair with %s is %s: only a live sibling can go on with the community.", p.name(), row.State)
	case p.them.MovedToURI != "":
		return nil, models.Errorf(models.Conflict, "%s closed itself.", p.name())
	}
	return p, nil
}

// CloseCommunity closes a community at this host in favour of a sibling: a convener asks for it, and an admin agrees; both lets one who is
// both do so at once. Errors: Forbidden for who is no convener; NotFound and Conflict for a sibling that cannot go on; Conflict when it closes
// already.
func (s *Service) CloseCommunity(ctx context.Context, actor, community *models.Actor, pairID int64, reason string, both bool) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		if err := byConvener(s, tx, actor, community); err != nil {
			return err
		}
		if standing, err := tx.ClosingOf(community.ID); err != nil || standing != nil {
			if err != nil {
				return err
			}
			return models.Errorf(models.Conflict, "@%s is closing already, for %s: undo that first.", community.Acct(), standing.SuccessorURI)
		}
		p, err := s.heir(tx, actor, community, pairID)
		if err != nil {
			return err
		}
		closing := &models.Closing{
			CommunityID: community.ID, PairID: p.row.ID, SuccessorURI: p.them.URI, State: models.ClosingAsked,
			Reason: bounded(reason, maxPartnerWords), AskedBy: idOf(actor),
		}
		if err := tx.CreateClosing(closing); err != nil {
			return err
		}
		if err := s.audit(tx, actor, "community.close", s.about(community), nil, closingSaid(closing)); err != nil {
			return err
		}
		if !both || byAdmin(s, tx, actor, community) != nil {
			return p.tellConveners(withWords("A convener of "+nameOf(p.us)+" wants to close it here; it would go on as "+p.name()+". An admin decides", closing.Reason))
		}
		return p.askHeir(closing)
	})
}

func closingSaid(c *models.Closing) any {
	return map[string]any{"for": c.SuccessorURI, "state": c.State, "reason": c.Reason}
}

// AdmitClosing is the word of an admin that a community may close. Errors: Forbidden, NotFound, Conflict.
func (s *Service) AdmitClosing(ctx context.Context, actor, community *models.Actor) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		if err := byAdmin(s, tx, actor, community); err != nil {
			return err
		}
		closing, err := tx.ClosingOf(community.ID)
		if err != nil {
			return err
		}
		if closing == nil || closing.State != models.ClosingAsked {
			return models.Errorf(models.Conflict, "Nothing about closing @%s waits for an admin.", community.Acct())
		}
		p, err := s.heir(tx, actor, community, closing.PairID)
		if err != nil {
			return err
		}
		before := closingSaid(closing)
		if err := p.askHeir(closing); err != nil {
			return err
		}
		return s.audit(tx, actor, "community.close.admit", s.about(community), before, closingSaid(closing))
	})
}

// askHeir asks the sibling to name our Group as its own: then followers elsewhere believe that it moves there.
func (p *pair) askHeir(closing *models.Closing) error {
	id := p.tx.NewID()
	closing.State, closing.AdmittedBy, closing.OfferURI = models.ClosingOffered, idOf(p.by), p.s.links.Activity(id)
	if err := p.tx.SaveClosing(closing); err != nil {
		return err
	}
	if err := p.note(SiblingEventClosed, closing.OfferURI, "asked to go on"); err != nil {
		return err
	}
	return p.say(SiblingSaid{ID: id, Verb: "Offer", Heir: true, Words: closing.Reason})
}

// closingBy gives the closing of our Group that an offer of ours began; nil for none.
func (p *pair) closingBy(offer string) (*models.Closing, error) {
	closing, err := p.tx.ClosingOf(p.us.ID)
	if err != nil || closing == nil || closing.State != models.ClosingOffered || offer == "" || closing.OfferURI != offer || closing.PairID != p.row.ID {
		return nil, err
	}
	return closing, nil
}

// HeirAccepted takes that the sibling goes on with our Group, and names it as its own: that is verified. Followers are told to move.
// Errors: Forbidden for what was not asked.
func (s *Service) HeirAccepted(ctx context.Context, m SiblingSpoke) error {
	moved := false
	err := s.heardSibling(ctx, m, false, func(p *pair) error {
		closing, err := p.closingBy(m.About)
		if err != nil {
			return err
		}
		if closing == nil {
			return models.Errorf(models.Forbidden, "%s accepts what was not offered, or not to it", m.Actor.URI)
		}
		closing.State, closing.ClosedAt = models.ClosingDone, p.tx.Now()
		if err := p.tx.SaveClosing(closing); err != nil {
			return err
		}
		if err := p.note(SiblingEventClosed, m.URI, "goes on as "+p.name()); err != nil {
			return err
		}
		moved = true
		if err := s.moveAway(p.tx, p.us, p.them); err != nil {
			return err
		}
		return p.tellConveners(nameOf(p.us) + " is closed here, and goes on as " + p.name() + ". It can be opened again until " + day(closing.ClosedAt.Add(closingUndo).Time()) + ".")
	})
	if err != nil || !moved {
		return err
	}
	return s.carrySome(ctx, m.Target.ID)
}

// closingRefused: the sibling does not want to go on with our Group, which stays open.
func (p *pair) closingRefused(closing *models.Closing, words string, err error) error {
	if err != nil {
		return err
	}
	if err := p.tx.DropClosing(closing.CommunityID); err != nil {
		return err
	}
	why := withWords(p.name()+" does not go on with "+nameOf(p.us)+", which stays open", bounded(words, maxPartnerWords))
	if err := p.s.audit(p.tx, nil, "community.close.refused", p.s.about(p.us), closingSaid(closing), nil); err != nil {
		return err
	}
	return p.tellConveners(why + ".")
}
