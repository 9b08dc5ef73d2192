package practice

import (
	"context"
	"time"

	"praxis/models"
)

// overHold is how long a pair rests whose agreement is over, before it ends.
const overHold = 30 * 24 * time.Hour

// TendSiblings does what the clock has due: agreements that are over, offers that nobody answered, and the feeds of all siblings. It
// reports whether there was anything.
func (s *Service) TendSiblings(ctx context.Context) (bool, error) {
	rows, err := s.store.Read(ctx).SiblingsIn(models.SiblingProposed, models.SiblingLive, models.SiblingPaused)
	if err != nil {
		return false, err
	}
	rules, err := s.store.Read(ctx).FederationRules()
	if err != nil {
		return false, err
	}
	gone, err := s.store.Read(ctx).GoneSiblings()
	if err != nil {
		return false, err
	}
	did := false
	for i := range rows {
		shut := rows[i].State == models.SiblingLive && rules.Of(rows[i].Host) != models.HostAdmitted
		if !shut && !gone[rows[i].ID] && !isSiblingDue(&rows[i], s.store.Now()) {
			continue
		}
		did = true
		if err := s.tendSibling(ctx, rows[i].ID); err != nil {
			return did, err
		}
	}
	for _, tend := range []func(context.Context) (bool, error){s.tendSiblingFeeds, s.tendRetention, s.tendSplits} {
		more, err := tend(ctx)
		did = did || more
		if err != nil {
			return did, err
		}
	}
	return did, nil
}

func isSiblingDue(row *models.Sibling, now time.Time) bool {
	over := row.ValidUntil != 0 && !now.Before(row.ValidUntil.Time())
	switch row.State {
	case models.SiblingProposed:
		return now.Sub(row.ChangedAt.Time()) > overHold
	case models.SiblingLive:
		return over
	case models.SiblingPaused:
		return over && (row.Pause != models.PauseOver || now.Sub(row.ValidUntil.Time()) > overHold)
	}
	return false
}

func (s *Service) tendSibling(ctx context.Context, id int64) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		row, err := tx.SiblingByID(id)
		if err != nil {
			return err
		}
		p, err := s.pairOf(tx, row, nil)
		if err != nil {
			return err
		}
		if err := p.tend(); err != nil {
			return err
		}
		return tx.SaveSibling(row)
	})
}

// tend does what the clock, or what became of the other host, has due.
func (p *pair) tend() error {
	verdict, err := p.tx.Policy(p.row.Host)
	if err != nil {
		return err
	}
	due := isSiblingDue(p.row, p.tx.Now().Time())
	switch {
	case p.them.DeletedAt != 0 && p.row.State == models.SiblingProposed:
		return p.off(models.SiblingLeft, "it was deleted", "")
	case p.them.DeletedAt != 0:
		return p.part("it was deleted", "", false)
	case p.row.State == models.SiblingLive && verdict != models.HostAdmitted:
		return p.restAndTell(models.PauseByAdmin, "this server takes nothing from "+p.row.Host)
	case due && p.row.State == models.SiblingProposed:
		return p.takeBack()
	case due && p.row.Pause == models.PauseOver:
		return p.part("the agreement ended on "+day(p.row.ValidUntil.Time()), "the agreement is over", true)
	case due:
		return p.restAndTell(models.PauseOver, "the agreement ended on "+day(p.row.ValidUntil.Time())+": propose another one")
	}
	return nil
}

func (p *pair) restAndTell(cause, why string) error {
	if err := p.rest(cause, why); err != nil {
		return err
	}
	return p.tellConveners(nameOf(p.us) + " and " + p.name() + " rest: " + why + ".")
}

// restOtherClass lets the pairs of a community rest that were agreed on for another class than it has now: who may read was part of it.
func (s *Service) restOtherClass(tx *models.Tx, community *models.Actor) error {
	rows, err := tx.Siblings(community.ID, models.SiblingLive)
	if err != nil {
		return err
	}
	for i := range rows {
		p, err := s.pairOf(tx, &rows[i], nil)
		if err != nil {
			return err
		}
		other := p.otherClass()
		if other == "" {
			continue
		}
		if err := p.restAndTell(models.PauseOver, other); err != nil {
			return err
		}
		if err := tx.SaveSibling(&rows[i]); err != nil {
			return err
		}
	}
	return nil
}
