package practice

import (
	"context"

	"praxis/federation/pact"
	"praxis/models"
)

// rest pauses a pair: nothing is admitted of it, and it is listed no more.
func (p *pair) rest(cause, why string) error {
	listed := p.row.IsListed()
	if err := p.row.Rest(cause, why); err != nil {
		return err
	}
	if err := p.note(SiblingEventPaused, cause, why); err != nil {
		return err
	}
	return p.told(listed)
}

// wake ends a pause, unless there is another cause for it by now.
func (p *pair) wake(why string) error {
	listed := p.row.IsListed()
	if err := p.awaken(why); err != nil {
		return err
	}
	if err := p.note(SiblingEventResumed, "", why); err != nil {
		return err
	}
	return p.told(listed)
}

// awaken lets a pair be live that rested, or that was lost or closed. It rests where it rested before that, and where the community is
// for others now than was agreed: who may read is a part of the agreement.
func (p *pair) awaken(why string) error {
	if other := p.otherClass(); other != "" {
		return p.row.Rest(models.PauseOver, other)
	}
	if p.row.IsAdopted() && p.row.Pause != "" {
		return p.row.Rest(p.row.Pause, why+", and rested before")
	}
	return p.row.MoveTo(models.SiblingLive, why)
}

// otherClass says that the community is of another class than was agreed; "" where it is not. An agreement that cannot be read is for
// what everybody reads.
func (p *pair) otherClass() string {
	agreed := models.ClassPublic
	if bond, err := pact.ReadBond([]byte(p.row.Agreement)); err == nil {
		agreed = bond.Class
	}
	if agreed == p.ours.Class {
		return ""
	}
	return "the class is " + p.ours.Class + " now, and the agreement is for " + agreed + ": propose another one"
}

// told stores the pair, and tells everybody who follows the Group that its siblings are others than they were.
func (p *pair) told(listed bool) error {
	if err := p.tx.SaveSibling(p.row); err != nil || p.row.IsListed() == listed {
		return err
	}
	return p.s.outbox.Publish(p.tx, ActorUpdated{Actor: p.us})
}

// part ends a pair: the Groups follow each other no more. What each has of the other stays. The row stays, too, so that what authors
// delete later still reaches the other.
func (p *pair) part(why, words string, tell bool) error {
	listed, adopted := p.row.IsListed(), p.row.IsAdopted()
	if tell {
		bond, err := pact.ReadBond([]byte(p.row.Agreement))
		if err != nil {
			return err
		}
		if err := p.say(SiblingSaid{Verb: "Leave", About: bond.ID, Words: words}); err != nil {
			return err
		}
	}
	if err := p.row.MoveTo(models.SiblingLeft, why); err != nil {
		return err
	}
	p.row.ClearOffer()
	p.row.EndedAt, p.row.ClearedAt, p.row.AdopterURI = p.tx.Now(), 0, ""
	if adopted { // its threads are the community's by now, and stay
		p.row.ClearedAt = p.row.EndedAt
	}
	if err := p.forgetClosing(); err != nil {
		return err
	}
	if err := p.succeed(false); err != nil {
		return err
	}
	if err := p.s.unfollow(p.tx, p.us, p.them); err != nil {
		return err
	}
	if err := p.s.dropFollower(p.tx, p.us, p.them); err != nil {
		return err
	}
	if err := p.note(SiblingEventLeft, "", why); err != nil {
		return err
	}
	if err := p.told(listed); err != nil {
		return err
	}
	return p.tellConveners(nameOf(p.us) + " and " + p.name() + " are siblings no more: " + why + ". What each has of the other stays.")
}

// LeaveSibling ends what there is with a sibling, or takes an offer back. A convener leaves; an admin revokes: then the host needs to be
// admitted again before it gets a sibling here. Errors: Forbidden, Conflict when there is nothing to end.
func (s *Service) LeaveSibling(ctx context.Context, actor, community *models.Actor, id int64, reason string) (*models.Sibling, error) {
	return s.withSibling(ctx, actor, community, id, "sibling.leave", byEither, func(p *pair) error {
		reason = bounded(reason, maxPartnerWords)
		switch {
		case p.row.Stands() && p.row.Offer != "" && p.row.Ours, p.row.State == models.SiblingProposed,
			p.row.State == models.SiblingApproved && p.row.Ours:
			return p.takeBack()
		case p.row.Stands() || p.row.IsAdopted():
			if p.isConvener() {
				return p.part(withWords("left by us", reason), reason, true)
			}
			if err := p.part(withWords("ended by an admin", reason), reason, true); err != nil {
				return err
			}
			p.row.AdmittedBy = 0
			return p.tx.ForgetAdmittedHost(p.row.Host)
		}
		return models.Errorf(models.Conflict, "The pair with %s is %s: there is nothing to leave.", p.name(), p.row.State)
	})
}

// takeBack takes an offer of ours back.
func (p *pair) takeBack() error {
	said := SiblingSaid{Verb: "Undo", About: p.row.OfferURI}
	p.row.ClearOffer()
	if !p.row.Stands() {
		if err := p.row.MoveTo(models.SiblingLeft, "we took our offer back"); err != nil {
			return err
		}
	}
	if err := p.note(SiblingEventRefused, said.About, "we took our offer back"); err != nil || said.About == "" {
		return err
	}
	return p.say(said)
}

// PauseSibling lets a pair rest. Errors: Forbidden, Conflict unless it is live.
func (s *Service) PauseSibling(ctx context.Context, actor, community *models.Actor, id int64, reason string) (*models.Sibling, error) {
	return s.withSibling(ctx, actor, community, id, "sibling.pause", byEither, func(p *pair) error {
		cause := models.PauseByAdmin
		if p.isConvener() {
			cause = models.PauseByConvener
		}
		if p.row.State != models.SiblingLive {
			return models.Errorf(models.Conflict, "The pair with %s is %s: only a live one can be paused.", p.name(), p.row.State)
		}
		if err := p.rest(cause, withWords("paused by us", bounded(reason, maxPartnerWords))); err != nil {
			return err
		}
		return p.tellConveners(nameOf(p.us) + " and " + p.name() + ": " + p.row.Reason + ".")
	})
}

// ResumeSibling ends a pause. What an admin paused a convener cannot resume. Errors: Forbidden; Conflict for one that is not paused, or
// whose cause lasts.
func (s *Service) ResumeSibling(ctx context.Context, actor, community *models.Actor, id int64) (*models.Sibling, error) {
	return s.withSibling(ctx, actor, community, id, "sibling.resume", byEither, func(p *pair) error {
		switch {
		case p.row.State != models.SiblingPaused:
			return models.Errorf(models.Conflict, "The pair with %s is %s: only a paused one can be resumed.", p.name(), p.row.State)
		case p.row.Pause == models.PauseByAdmin && byAdmin(s, p.tx, actor, community) != nil:
			return models.Errorf(models.Forbidden, "An admin paused this: only an admin resumes it.")
		case p.row.Pause == models.PauseOver || p.isOver():
			return models.Errorf(models.Conflict, "The agreement with %s ended on %s: propose another one.", p.name(), day(p.row.ValidUntil.Time()))
		}
		if other := p.otherClass(); other != "" {
			return models.Errorf(models.Conflict, "This cannot be resumed: %s.", other)
		}
		if err := p.mayShare(p.ours.Class); err != nil {
			return err
		}
		if resting, err := p.tx.Partner(p.row.Host); err == nil && resting.State == models.PartnerPaused {
			return models.Errorf(models.Conflict, "The partnership with %s rests: an admin has to resume that first.", p.row.Host)
		}
		return p.wake("resumed by us")
	})
}

func (p *pair) isOver() bool { return p.row.ValidUntil != 0 && p.tx.Now() >= p.row.ValidUntil }

// restPairs pauses all pairs with a host, since the partnership with it rests.
func (s *Service) restPairs(tx *models.Tx, host, why string) error {
	return s.eachPair(tx, host, func(p *pair) error {
		if p.row.State != models.SiblingLive {
			return nil
		}
		return p.rest(models.PausePartner, "the partnership with "+host+" rests: "+why)
	})
}

// wakePairs resumes the pairs that rested with the partnership.
func (s *Service) wakePairs(tx *models.Tx, host string) error {
	return s.eachPair(tx, host, func(p *pair) error {
		if p.row.State != models.SiblingPaused || p.row.Pause != models.PausePartner {
			return nil
		}
		return p.wake("the partnership with " + host + " goes on")
	})
}

// endPairs ends all pairs with a host, since the partnership with it ended.
func (s *Service) endPairs(tx *models.Tx, host, why string) error {
	return s.eachPair(tx, host, func(p *pair) error {
		if !p.row.Stands() && !p.row.IsAdopted() {
			return nil
		}
		return p.part("the partnership with "+host+" ended: "+why, "the partnership of the servers ended", true)
	})
}

func (s *Service) eachPair(tx *models.Tx, host string, do func(p *pair) error) error {
	rows, err := tx.SiblingsOfHost(host)
	if err != nil {
		return err
	}
	for i := range rows {
		p, err := s.pairOf(tx, &rows[i], nil)
		if err != nil {
			return err
		}
		if err := do(p); err != nil {
			return err
		}
		if err := tx.SaveSibling(&rows[i]); err != nil {
			return err
		}
	}
	return nil
}
