package practice

import (
	"context"
	"time"

	"praxis/federation/pact"
	"praxis/models"
)

// retainedAtOnce is how many copies go in one transaction.
const retainedAtOnce = 50

// removesAt says when what came through a pair that ended is removed here; 0 for never.
func removesAt(pair *models.Sibling) models.Timestamp {
	bond, err := pact.ReadBond([]byte(pair.Agreement))
	if err != nil || bond.Retention == 0 || pair.EndedAt == 0 {
		return 0
	}
	return pair.EndedAt.Add(time.Duration(bond.Retention) * oneDay)
}

// tendRetention removes what came through pairs that ended, and through them alone, once the days are over that both agreed on. It
// reports whether there was anything.
func (s *Service) tendRetention(ctx context.Context) (bool, error) {
	pairs, err := s.store.Read(ctx).EndedPairs()
	if err != nil {
		return false, err
	}
	did := false
	for i := range pairs {
		due := removesAt(&pairs[i])
		if due > models.At(s.store.Now()) {
			continue
		}
		did = true
		if err := s.clear(ctx, &pairs[i], due); err != nil {
			return did, err
		}
	}
	return did, nil
}

// clear carries out what was agreed for the time after the end of a pair.
func (s *Service) clear(ctx context.Context, pair *models.Sibling, due models.Timestamp) error {
	if due == 0 {
		return s.store.Tx(ctx, func(tx *models.Tx) error { return tx.SetCleared(pair.ID, pair.EndedAt) })
	}
	removed := 0
	for gone := retainedAtOnce; gone == retainedAtOnce; {
		err := s.store.Tx(ctx, func(tx *models.Tx) (err error) {
			gone, err = tx.RemoveThroughPair(pair, retainedAtOnce)
			return err
		})
		if err != nil {
			return err
		}
		removed += gone
	}
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		if err := tx.SetCleared(pair.ID, tx.Now()); err != nil {
			return err
		}
		e := models.AuditEntry{Action: "sibling.retention", TargetID: pair.CommunityID, Target: pair.SiblingURI, Note: "removed what came through it alone"}
		return s.auditEntry(tx, nil, e, nil, map[string]any{"posts": removed, "ended": stamp(pair.EndedAt)})
	})
}
