package practice

import (
	"context"

	"praxis/models"
)

// UndoClosing takes back that a community closes, or opens it again within 30 days. Who followed the successor meanwhile goes on to do
// so: it is the same community. Errors: Forbidden, NotFound when it is not closing, Conflict when it is too late.
func (s *Service) UndoClosing(ctx context.Context, actor, community *models.Actor) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		if err := byEither(s, tx, actor, community); err != nil {
			return err
		}
		closing, err := tx.ClosingOf(community.ID)
		if err != nil {
			return err
		}
		if closing == nil {
			return models.Errorf(models.NotFound, "@%s is not closing.", community.Acct())
		}
		if closing.ClosedAt != 0 && tx.Now() > closing.ClosedAt.Add(closingUndo) {
			return models.Errorf(models.Conflict, "@%s closed on %s: it could be opened again for 30 days.", community.Acct(), day(closing.ClosedAt.Time()))
		}
		row, err := tx.SiblingByID(closing.PairID)
		if err != nil {
			return err
		}
		p, err := s.pairOf(tx, row, actor)
		if err != nil {
			return err
		}
		if err := p.unclose(closing); err != nil {
			return err
		}
		return s.audit(tx, actor, "community.close.undo", s.about(community), closingSaid(closing), nil)
	})
}

func (p *pair) unclose(closing *models.Closing) error {
	if err := p.tx.DropClosing(closing.CommunityID); err != nil || closing.OfferURI == "" {
		return err
	}
	if closing.State == models.ClosingDone {
		p.us.MovedToURI = ""
		if err := p.tx.UpdateActor(p.us); err != nil {
			return err
		}
		if err := p.tx.ForgetMoves(p.us.ID); err != nil {
			return err
		}
		if err := p.s.outbox.Publish(p.tx, Reopened{Community: p.us, TargetURI: closing.SuccessorURI}); err != nil {
			return err
		}
		if err := p.s.outbox.Publish(p.tx, ActorUpdated{Actor: p.us}); err != nil {
			return err
		}
	}
	if err := p.note(SiblingEventReopened, closing.OfferURI, ""); err != nil {
		return err
	}
	if err := p.say(SiblingSaid{Verb: "Undo", About: closing.OfferURI}); err != nil {
		return err
	}
	return p.tellConveners(nameOf(p.us) + " does not close: it goes on here, and as " + p.name() + ".")
}

// Reopened: Community, of ours, takes back that it moved.
type Reopened struct {
	Community *models.Actor
	TargetURI string
}

func (Reopened) event() {}

// MovedBack: a community elsewhere takes back that it moved; it was asked, and says so. Its siblings here are live again.
func (s *Service) MovedBack(ctx context.Context, community *models.Actor) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		if err := tx.ForgetMoves(community.ID); err != nil {
			return err
		}
		pairs, err := tx.PairsWith(community.URI, models.SiblingClosed)
		if err != nil {
			return err
		}
		for i := range pairs {
			p, err := s.pairOf(tx, &pairs[i], nil)
			if err != nil {
				return err
			}
			if err := p.reopen(); err != nil {
				return err
			}
		}
		return nil
	})
}

func (p *pair) reopen() error {
	p.row.LostAt, p.row.AdopterURI, p.row.HeardAt = 0, "", p.tx.Now()
	if err := p.awaken("it is open again"); err != nil {
		return err
	}
	if err := p.succeed(true); err != nil {
		return err
	}
	if err := p.note(SiblingEventReopened, "", ""); err != nil {
		return err
	}
	if err := p.told(false); err != nil {
		return err
	}
	return p.tellConveners(p.name() + " is open again, and a sibling of " + nameOf(p.us) + " as before.")
}

// forgetClosing: a sibling that is none any more goes on with nothing.
func (p *pair) forgetClosing() error {
	closing, err := p.tx.ClosingOf(p.us.ID)
	if err != nil || closing == nil || closing.PairID != p.row.ID || closing.State == models.ClosingDone {
		return err
	}
	return p.tx.DropClosing(p.us.ID)
}
