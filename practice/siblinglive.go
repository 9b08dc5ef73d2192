package practice

import (
	"time"

	"praxis/federation/pact"
	"praxis/models"
)

// live lets an agreement count that both signed: the Groups follow and list each other, each gets what came before, and the other
// siblings hear of the new one.
func (p *pair) live(bond *pact.Bond, agreement, ours, theirs string) error {
	renewed := p.row.Stands() && p.row.Pause != models.PauseOver
	if !renewed {
		if err := p.row.MoveTo(models.SiblingLive, "both signed"); err != nil {
			return err
		}
	}
	p.row.Agreement, p.row.OurProof, p.row.TheirProof = agreement, ours, theirs
	p.row.ValidUntil, p.row.HeardAt, p.row.LostAt = models.At(bond.ValidUntil), p.tx.Now(), 0
	p.row.EndedAt, p.row.ClearedAt = 0, 0
	p.row.ClearOffer()
	if err := p.takeName(bond); err != nil {
		return err
	}
	if err := p.succeed(true); err != nil {
		return err
	}
	if err := p.tx.SaveSibling(p.row); err != nil {
		return err
	}
	if err := p.note(SiblingEventLive, pact.Hash([]byte(agreement)), "until "+day(bond.ValidUntil)); err != nil || renewed {
		return err
	}
	if err := p.befriend(); err != nil {
		return err
	}
	if err := p.s.outbox.Publish(p.tx, ActorUpdated{Actor: p.us, Also: p.them}); err != nil {
		return err
	}
	if err := p.catchUp(bond); err != nil {
		return err
	}
	if err := p.introduce(); err != nil {
		return err
	}
	return p.tellConveners(nameOf(p.us) + " and " + p.name() + " are siblings now: what is posted at either of them reaches both.")
}

// befriend lets the two Groups follow each other: ours asks, and what theirs asked is granted.
func (p *pair) befriend() error {
	asked, err := p.tx.FollowBetween(p.them.ID, p.us.ID)
	if err != nil && !models.IsNotFound(err) {
		return err
	}
	if err == nil && asked.State != models.FollowAccepted {
		if err := p.s.acceptFollow(p.tx, p.them, p.us, asked); err != nil {
			return err
		}
	}
	_, err = p.s.follow(p.tx, p.us, p.them, FollowOptions{})
	return err
}

// catchUp begins to fetch what the sibling had before, as far back as was agreed. Nothing of it comes home to anybody.
func (p *pair) catchUp(bond *pact.Bond) error {
	if bond.History == 0 || p.them.Outbox == "" {
		return nil
	}
	since := p.tx.Now().Add(-time.Duration(bond.History) * 24 * time.Hour)
	known, err := p.tx.ThreadsSince(p.them.ID, since, maxMissedAtHome)
	if err != nil {
		return err
	}
	for i := range known {
		if err := p.s.admitHistory(p.tx, p.them, &known[i], known[i].PublishedAt); err != nil {
			return err
		}
	}
	if err := p.tx.StartCatchingUp(p.them.ID, p.them.Outbox, since); err != nil {
		return err
	}
	p.s.pokeBackfill(p.tx)
	return p.tx.HushBackfill(p.them.ID)
}

// maxSiblings is how many hosts a community has at most: each is told of each.
const maxSiblings = 20

// introduce tells the other siblings of our Group of the new one. Each pair agrees for itself.
func (p *pair) introduce() error {
	others, err := p.tx.Siblings(p.us.ID, models.SiblingLive)
	if err != nil {
		return err
	}
	for i := range others[:min(len(others), maxSiblings)] {
		if others[i].ID == p.row.ID {
			continue
		}
		other, err := p.s.pairOf(p.tx, &others[i], nil)
		if err != nil {
			return err
		}
		if err := other.say(SiblingSaid{Verb: "Offer", Third: p.them.URI}); err != nil {
			return err
		}
	}
	return nil
}

// admitHistory records that Groups of ours have a thread that was fetched of a sibling's history.
func (s *Service) admitHistory(tx *models.Tx, community *models.Actor, post *models.Post, at models.Timestamp) error {
	pairs, err := tx.PairsWith(community.URI, models.SiblingLive)
	if err != nil {
		return err
	}
	for i := range pairs {
		bond, err := pact.ReadBond([]byte(pairs[i].Agreement))
		if err != nil || at.Time().Before(bond.ValidFrom.AddDate(0, 0, -bond.History)) {
			continue
		}
		if may, err := mayAdmit(tx, &pairs[i], post, Announced{Later: true}); err != nil || !may {
			if err != nil {
				return err
			}
			continue
		}
		if err := s.admitOld(tx, &pairs[i], post, at); err != nil {
			return err
		}
	}
	return nil
}

// admitOld takes a thread of a sibling's history, once, and shows it on the page of the Group of ours.
func (s *Service) admitOld(tx *models.Tx, pair *models.Sibling, post *models.Post, at models.Timestamp) error {
	row := &models.Admission{
		CommunityID: pair.CommunityID, ObjectURI: post.URI, PostID: post.ID, OriginURI: pair.SiblingURI, ViaURI: pair.SiblingURI,
		State: models.AdmissionShown, AdmittedAt: at,
	}
	community, err := tx.Actor(pair.CommunityID)
	if err != nil {
		return err
	}
	author, err := tx.Actor(post.AuthorID)
	if err != nil {
		return err
	}
	if shown, err := s.admitOnce(tx, community, author, post, row); err != nil || !shown {
		return err
	}
	_, err = s.placeLate(tx, community, post, at)
	return err
}
