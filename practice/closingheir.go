package practice

import (
	"context"
	"slices"
	"strings"

	"praxis/models"
)

// HeirAsked takes that a live sibling closes and wants a Group of ours to go on. That was agreed on when both became siblings, so nobody
// is asked again: ours names the other as its own, and says so. Errors: Forbidden for who is no live sibling, and where ours closed
// itself.
func (s *Service) HeirAsked(ctx context.Context, m SiblingSpoke) error {
	return s.heardSibling(ctx, m, false, func(p *pair) error {
		if p.row.State != models.SiblingLive {
			return models.Errorf(models.Forbidden, "%s closes, and is no live sibling of %s", m.Actor.URI, p.us.URI)
		}
		if p.us.MovedToURI != "" {
			return p.say(SiblingSaid{Verb: "Reject", About: m.URI, Words: nameOf(p.us) + " is closed itself."})
		}
		if err := p.note(SiblingEventTakeOver, m.URI, bounded(m.Words, maxPartnerWords)); err != nil {
			return err
		}
		if err := p.nameAsOurs(true); err != nil {
			return err
		}
		if err := p.say(SiblingSaid{Verb: "Accept", About: m.URI}); err != nil {
			return err
		}
		return p.tellConveners(withWords(p.name()+" closes, and "+nameOf(p.us)+" goes on with it: its followers are asked to come here", bounded(m.Words, maxPartnerWords)) + ".")
	})
}

// nameAsOurs names the other Group among those that ours is known as, or names it no more.
func (p *pair) nameAsOurs(named bool) error {
	known := slices.DeleteFunc(p.us.Aliases(), func(uri string) bool { return uri == p.them.URI })
	if named {
		known = append(known, p.them.URI)
	}
	joined := strings.Join(known, "\n")
	if joined == p.us.AlsoKnownAs {
		return nil
	}
	p.us.AlsoKnownAs = joined
	if err := p.tx.UpdateActor(p.us); err != nil {
		return err
	}
	return p.s.outbox.Publish(p.tx, ActorUpdated{Actor: p.us})
}

// tookOver takes back that ours goes on with the other; false for an offer that was none of that.
func (p *pair) tookOver(offer string) (bool, error) {
	asked, err := p.tx.HasSiblingEvent(p.row.ID, SiblingEventTakeOver, offer)
	if err != nil || !asked || offer == "" {
		return false, err
	}
	if err := p.nameAsOurs(false); err != nil {
		return true, err
	}
	return true, p.tellConveners(p.name() + " does not close.")
}

// adopt lets Groups of ours know that a sibling of theirs closed, and who goes on with its threads.
func (s *Service) adopt(tx *models.Tx, closed, next *models.Actor) error {
	pairs, err := tx.PairsWith(closed.URI, models.SiblingLive, models.SiblingPaused, models.SiblingLost)
	if err != nil {
		return err
	}
	for i := range pairs {
		p, err := s.pairOf(tx, &pairs[i], nil)
		if err != nil {
			return err
		}
		kin, err := tx.AreSiblings(p.us, next)
		if err != nil {
			return err
		}
		if !kin { // it went over to somebody who is nothing to ours: its followers may go along, its threads stay its own
			continue
		}
		if err := p.closed(next); err != nil {
			return err
		}
	}
	return nil
}

func (p *pair) closed(next *models.Actor) error {
	listed := p.row.IsListed()
	if err := p.row.MoveTo(models.SiblingClosed, "it closed, and goes on as "+nameOf(next)); err != nil {
		return err
	}
	p.row.ClearOffer()
	p.row.LostAt, p.row.AdopterURI = p.tx.Now(), next.URI
	if err := p.succeed(false); err != nil {
		return err
	}
	if err := p.note(SiblingEventClosed, "", "goes on as "+nameOf(next)); err != nil {
		return err
	}
	if err := p.told(listed); err != nil {
		return err
	}
	entry := models.AuditEntry{Action: "sibling.closed", TargetID: p.us.ID, Target: p.row.SiblingURI, Note: next.URI}
	if err := p.s.auditEntry(p.tx, nil, entry, nil, p.row.State); err != nil {
		return err
	}
	return p.tellConveners(p.name() + " closed, and goes on as " + nameOf(next) + ", which looks after its threads from now on.")
}

// successorOf gives the Group that goes on with a closed one; nil where it is not known here, or nobody says so but the one that closed.
func (s *Service) successorOf(tx *models.Tx, closed *models.Actor) (*models.Actor, error) {
	next, err := tx.ActorByURI(closed.MovedToURI)
	if err != nil || !next.IsCommunity() || next.IsGone() || !slices.Contains(next.Aliases(), closed.URI) {
		return nil, ignoreMissing(err)
	}
	return next, nil
}

// closedTo is what somebody is told who wants to begin something in a community that closed.
func (s *Service) closedTo(tx *models.Tx, closed *models.Actor) error {
	next, err := s.successorOf(tx, closed)
	if err != nil {
		return err
	}
	where := closed.MovedToURI
	if next != nil {
		where = nameOf(next)
	}
	return models.Errorf(models.Forbidden, "@%s is closed. It goes on as %s: follow that, and write there.", closed.Acct(), where)
}

// tellMoved tells a member that a community went over into another one, which they follow from now on.
func (s *Service) tellMoved(tx *models.Tx, follower, from, to *models.Actor) error {
	said := nameOf(from) + " is closed. It goes on as " + nameOf(to) + ", which you follow from now on. Its threads stay where they are."
	teller := from
	if !from.Local {
		var err error
		if teller, err = tx.ActorByURI(s.links.Actor(models.TypeApplication, "")); err != nil {
			return err
		}
	}
	if follower.Type != models.TypePerson || follower.IsGone() {
		return nil
	}
	_, err := s.post(tx, &Draft{
		Author: teller, Visibility: models.Direct, Text: said, Content: s.render(said, nil), Mentions: []*models.Actor{follower}, Published: tx.Now().Time(),
	})
	return err
}
