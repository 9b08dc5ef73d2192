package practice

import (
	"context"
	"time"

	"praxis/models"
)

const (
	// exportEvery is how often a member may have an archive made.
	exportEvery = 7 * 24 * time.Hour
	// ExportLife is for how long an archive can be fetched.
	ExportLife = 7 * 24 * time.Hour
)

// RequestExport wants an archive of all that is the member's own. Errors: RateLimited within exportEvery of the last one that did not
// fail; Forbidden once the grace of who left is over.
func (s *Service) RequestExport(ctx context.Context, member *models.Actor) (*models.MemberExport, error) {
	made := &models.MemberExport{ActorID: member.ID}
	return made, s.store.Tx(ctx, func(tx *models.Tx) error {
		made.ID = 0
		current, err := tx.Actor(member.ID)
		if err != nil {
			return err
		}
		if err := mayStillMove(tx, current); err != nil {
			return err
		}
		if err := tx.LockSignUps(); err != nil { // two requests at once are one
			return err
		}
		known, err := tx.Exports(member.ID)
		if err != nil {
			return err
		}
		for i := range known {
			if known[i].State != models.ExportFailed && tx.Now().Since(known[i].CreatedAt) < exportEvery {
				return models.Errorf(models.RateLimited, "An archive was asked for on %s: the next one can be, a week later.",
					known[i].CreatedAt.Time().Format(time.DateOnly))
			}
		}
		return tx.CreateExport(made)
	})
}

// ExportDone notes that an archive is ready as a file of a size, or failed (file "").
func (s *Service) ExportDone(ctx context.Context, e *models.MemberExport, file string, size int64) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		current, err := tx.Export(e.ActorID, e.ID) // it may be gone with its member
		if err != nil {
			return err
		}
		current.State, current.File, current.Size, current.DoneAt = models.ExportReady, file, size, tx.Now()
		if file == "" {
			current.State = models.ExportFailed
		}
		return tx.SaveExport(current)
	})
}

// DropExports deletes archives whose time is over (security case E24), and reports whether there were any.
func (s *Service) DropExports(ctx context.Context) (bool, error) {
	over, err := s.store.Read(ctx).ExportsBefore(models.At(s.store.Now().Add(-ExportLife)), 20)
	if err != nil {
		return false, err
	}
	for i := range over {
		e := &over[i]
		file := e.File
		err := s.store.Tx(ctx, func(tx *models.Tx) error {
			e.State, e.File = models.ExportOver, ""
			return tx.SaveExport(e)
		})
		if err != nil {
			return false, err
		}
		s.discard(ctx, file)
	}
	return len(over) > 0, nil
}
