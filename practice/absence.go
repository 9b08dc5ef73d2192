package practice

import (
	"context"

	"praxis/models"
)

// maxMissed is of how many actors is asked what they said meanwhile: of one host, and of all after an absence of our own.
const (
	maxMissedOfHost = 200
	maxMissedOfAll  = 2000
)

// LookIntoAbsence begins to fetch what was missed while a host was silent or this instance was away: of those that somebody
// here follows. It reports whether there was such a time that nobody had looked into.
//
// NoteSilences says which hosts those are.
func (s *Service) LookIntoAbsence(ctx context.Context) (bool, error) {
	absence, err := s.store.Read(ctx).OldestAbsence()
	if models.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	err = s.store.Tx(ctx, func(tx *models.Tx) error {
		limit := maxMissedOfHost
		if absence.Host == "" {
			limit = maxMissedOfAll
		}
		actors, err := tx.FollowedElsewhere(absence.Host, limit)
		if err != nil {
			return err
		}
		for i := range actors {
			if err := tx.StartCatchingUp(actors[i].ID, actors[i].Outbox, absence.Since); err != nil {
				return err
			}
		}
		s.pokeBackfill(tx)
		return tx.EndAbsence(absence.Host)
	})
	return err == nil, err
}

// NoteSilences looks which hosts spoke again after a long silence.
func (s *Service) NoteSilences(ctx context.Context) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error { return tx.NoteSilences() })
}
