package practice

import (
	"context"
	"time"

	"praxis/models"
)

// Keep says for how long is kept what is not needed for ever; 0 keeps for ever.
type Keep struct {
	Addresses, Held, Imports, Remote time.Duration
}

// Retained is one class of what is kept for a time.
type Retained struct {
	Class string
	Keep  time.Duration // 0 for ever
	Due   int64         // how much is older than that
}

// Retention tells what is kept for how long, and how much of it is due to go.
func (s *Service) Retention(ctx context.Context) ([]Retained, error) {
	classes := []Retained{
		{Class: models.KeptAddresses, Keep: s.limits.Keep.Addresses},
		{Class: models.KeptHeld, Keep: s.limits.Keep.Held},
		{Class: models.KeptImports, Keep: s.limits.Keep.Imports},
		{Class: models.KeptRemote, Keep: s.limits.Keep.Remote},
	}
	tx := s.store.Read(ctx)
	for i := range classes {
		if classes[i].Keep == 0 {
			continue
		}
		var err error
		if classes[i].Due, err = tx.CountExpired(classes[i].Class, models.At(s.store.Now().Add(-classes[i].Keep))); err != nil {
			return nil, err
		}
	}
	return classes, nil
}

// removedAtOnce is how much of a class goes in one transaction.
const removedAtOnce = 100

// RunRetention removes what is due, in portions, and tells how much of which class that was. What the audit log, the moderation log
// and deletions remember is no part of it: that is kept for ever.
func (s *Service) RunRetention(ctx context.Context) ([]Retained, error) {
	classes, err := s.Retention(ctx)
	if err != nil {
		return nil, err
	}
	for i := range classes {
		due := classes[i].Due
		classes[i].Due = 0
		for left := due; left > 0; {
			gone, err := s.removeSome(ctx, classes[i])
			if err != nil {
				return classes, err
			}
			if gone == 0 {
				break
			}
			classes[i].Due, left = classes[i].Due+gone, left-gone
		}
	}
	return classes, nil
}

func (s *Service) removeSome(ctx context.Context, class Retained) (gone int64, err error) {
	err = s.store.Tx(ctx, func(tx *models.Tx) error {
		gone, err = tx.RemoveExpired(class.Class, models.At(s.store.Now().Add(-class.Keep)), removedAtOnce)
		return err
	})
	return gone, err
}
