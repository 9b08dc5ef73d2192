package practice

import (
	"context"

	"praxis/models"
)

// TendPartners does what the clock has due: agreements that are over, pauses that end, tests that take too long, keys that changed. It
// reports whether there was anything.
func (s *Service) TendPartners(ctx context.Context) (did bool, err error) {
	partners, err := s.store.Read(ctx).PartnersIn(models.PartnerCanary, models.PartnerLive, models.PartnerPaused, models.PartnerOneSided, models.PartnerAccepted)
	if err != nil {
		return false, err
	}
	for i := range partners {
		due, err := s.isPartnerDue(ctx, &partners[i])
		if err != nil {
			return did, err
		}
		if !due {
			continue
		}
		did = true
		if err := s.tendPartner(ctx, partners[i].Host); err != nil {
			return did, err
		}
	}
	return did, nil
}

func (s *Service) isPartnerDue(ctx context.Context, p *models.Partner) (bool, error) {
	t, err := s.sitDown(s.store.Read(ctx), p, By{})
	if err != nil {
		return models.ErrorCode(err) == models.Conflict && p.State == models.PartnerLive, ignoreConflict(err) // it has no keys any more
	}
	return t.due() != nil, nil
}

func ignoreConflict(err error) error {
	if models.ErrorCode(err) == models.Conflict {
		return nil
	}
	return err
}

func (s *Service) tendPartner(ctx context.Context, host string) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		p, err := tx.Partner(host)
		if err != nil {
			return err
		}
		t, err := s.sitDown(tx, p, By{})
		if err != nil {
			if models.ErrorCode(err) != models.Conflict {
				return err
			}
			t.theirs = "" // nothing that could be signed with: as other keys
		}
		work := t.due()
		if work == nil {
			return nil
		}
		if err := work(); err != nil {
			return err
		}
		return tx.SavePartner(p)
	})
}

// blocked ends what there is with a host that an admin blocked meanwhile.
func (t *table) blocked() (bool, error) {
	verdict, err := t.tx.Policy(t.p.Host)
	return verdict == models.HostIsBlocked && t.p.State != models.PartnerPaused, err
}

// due gives what the clock has to do with a partner; nil for nothing.
func (t *table) due() func() error {
	now := t.tx.Now()
	if blocked, err := t.blocked(); err != nil || blocked {
		return func() error {
			if err != nil {
				return err
			}
			return t.over(models.PauseRevoked, "its host was blocked here")
		}
	}
	switch t.p.State {
	case models.PartnerPaused:
		if t.p.Pause != models.PauseKey && now.Since(t.p.ChangedAt) >= models.PartnerHold {
			return func() error { return t.end(t.p.Reason) }
		}
		if t.p.Pause == models.PauseKey && t.isOver(now) {
			return func() error { return t.over(models.PauseExpired, "the agreement ended on "+day(t.p.ValidUntil.Time())) }
		}
	case models.PartnerAccepted:
		if t.begins(now) {
			return t.test
		}
	case models.PartnerLive, models.PartnerCanary:
		switch {
		case t.isOver(now):
			return func() error {
				return t.over(models.PauseExpired, "the agreement ended on "+day(t.p.ValidUntil.Time())+": renew it")
			}
		case !t.isConfirmed():
			return func() error { return t.changedKeys() }
		case t.p.State == models.PartnerCanary && now >= t.p.TestUntil:
			return t.failTest
		}
	}
	return nil
}

// begins reports an agreement that both signed and whose first day has come. One whose test failed waits for an admin.
func (t *table) begins(now models.Timestamp) bool {
	if t.p.RecordID == 0 || t.p.DraftID != 0 || t.p.TestUntil != 0 || !t.isConfirmed() {
		return false
	}
	record, err := t.agreement()
	return err == nil && !record.ValidFrom.After(now.Time())
}

func (t *table) isOver(now models.Timestamp) bool {
	return t.p.ValidUntil != 0 && now >= t.p.ValidUntil
}

func (t *table) changedKeys() error {
	if err := t.note(PartnerEventKey, t.theirs, "other keys than those that were confirmed"); err != nil {
		return err
	}
	t.p.TheirKey = t.theirs
	return t.pause(models.PauseKey, t.otherKeys())
}
