package practice

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"
	"time"

	"praxis/internal/media"
	"praxis/models"
)

const (
	mediaBatch = 16
	mediaEvery = 30 * time.Second // when nobody says that something waits
)

// OnUpload sets what is called when an upload waits to be worked on; WakeMedia unless set. Call it before any verb.
func (s *Service) OnUpload(poke func()) { s.onUpload = poke }

// WakeMedia tells the workers of this process that something waits. It does not block.
func (s *Service) WakeMedia() {
	for _, worker := range []chan struct{}{s.media.wake, s.media.film} {
		select {
		case worker <- struct{}{}:
		default:
		}
	}
}

// RunMedia works on uploads until ctx ends: those of before a restart, too, since they wait in the database. Pictures do
// not wait for films.
func (s *Service) RunMedia(ctx context.Context) {
	var films sync.WaitGroup
	films.Go(func() { s.runMedia(ctx, s.media.film, true) })
	s.runMedia(ctx, s.media.wake, false)
	films.Wait()
}

func (s *Service) runMedia(ctx context.Context, wake <-chan struct{}, films bool) {
	ticker := time.NewTicker(mediaEvery)
	defer ticker.Stop()
	for {
		worked, err := s.workOnSome(ctx, films)
		if err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "uploads not worked on", "error", err)
		}
		if worked && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-wake:
		}
	}
}

// WorkOnMedia makes pictures and films of uploads that wait, and reports whether there were any.
func (s *Service) WorkOnMedia(ctx context.Context) (bool, error) {
	pictures, err := s.workOnSome(ctx, false)
	if err != nil {
		return pictures, err
	}
	films, err := s.workOnSome(ctx, true)
	return pictures || films, err
}

func (s *Service) workOnSome(ctx context.Context, films bool) (bool, error) {
	if s.media.Store == nil {
		return false, nil
	}
	waiting, err := s.store.Read(ctx).WaitingUploads(films, mediaBatch)
	if err != nil {
		return false, err
	}
	for i := range waiting {
		if err := s.workOn(ctx, &waiting[i]); err != nil {
			return true, err
		}
	}
	return len(waiting) > 0, nil
}

// workOn makes of one upload what it is to be, or says why there is nothing. The error is for faults of this server: the
// upload then waits on.
func (s *Service) workOn(ctx context.Context, waiting *models.Attachment) error {
	made := *waiting
	made.File, made.PreviewFile = "", ""
	var err error
	if waiting.Type == "image" {
		err = s.workOnPicture(ctx, &made, waiting.File)
	} else {
		err = s.workOnFilm(ctx, &made, waiting.File)
	}
	if code := models.ErrorCode(err); err != nil && code != models.Invalid {
		s.discard(ctx, made.Files()...)
		return fmt.Errorf("work on upload %d: %w", waiting.ID, err)
	}
	if err != nil {
		made.State, made.Failure = models.MediaFailed, models.ErrorMessage(err)
	}
	var unused []string
	err = s.store.Tx(ctx, func(tx *models.Tx) error {
		unused, err = finishUpload(tx, waiting, &made)
		return err
	})
	if err != nil {
		s.discard(ctx, made.Files()...)
		return err
	}
	s.discard(ctx, unused...)
	return nil
}

func (s *Service) workOnPicture(ctx context.Context, a *models.Attachment, waiting string) error {
	leave, err := s.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	raw, err := s.readKept(ctx, waiting)
	if err != nil {
		return err
	}
	return s.makePicture(ctx, a, raw)
}

// finishUpload stores what was made of an upload, and names the files that nothing needs any more. Meanwhile its owner may
// have described or deleted it, or another process may have been faster.
func finishUpload(tx *models.Tx, waiting, made *models.Attachment) (unused []string, err error) {
	current, err := tx.LockUpload(waiting.ID, waiting.OwnerID)
	if models.IsNotFound(err) || (err == nil && current.State != models.MediaProcessing) {
		return made.Files(), nil
	}
	if err != nil {
		return nil, err
	}
	done := *made
	done.PostID, done.Position, done.CreatedAt = current.PostID, current.Position, current.CreatedAt
	done.Description, done.FocusX, done.FocusY = current.Description, current.FocusX, current.FocusY
	unused = []string{waiting.File}
	if current.PreviewFile != "" { // a thumbnail that the owner chose
		unused = append(unused, made.PreviewFile)
		done.PreviewFile, done.PreviewURL, done.Blurhash = current.PreviewFile, current.PreviewURL, current.Blurhash
		done.PreviewWidth, done.PreviewHeight = current.PreviewWidth, current.PreviewHeight
	}
	return unused, tx.SaveUpload(&done)
}

// openKept opens an upload that waits. Errors: Invalid when it was lost.
func (s *Service) openKept(ctx context.Context, name string) (media.Content, error) {
	file, err := s.media.Store.Open(ctx, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, invalid("file", "the file was lost: upload it again")
	}
	return file, err
}

// readKept reads an upload that waits. Errors: as openKept.
func (s *Service) readKept(ctx context.Context, name string) ([]byte, error) {
	file, err := s.openKept(ctx, name)
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(io.LimitReader(file, media.MaxImageBytes))
	return raw, errors.Join(err, file.Close())
}

// SweepMedia deletes uploads that no post has carried for a day, and what is left of films that were cut short.
func (s *Service) SweepMedia(ctx context.Context) error {
	if s.media.Films != nil {
		if err := s.media.Films.Sweep(); err != nil {
			return fmt.Errorf("clear away films: %w", err)
		}
	}
	for {
		stale, err := s.store.Read(ctx).StaleUploads(keepLooseUploads, mediaBatch)
		if err != nil || len(stale) == 0 {
			return err
		}
		for i := range stale {
			if _, err := s.drop(ctx, &stale[i]); err != nil {
				return fmt.Errorf("delete upload %d: %w", stale[i].ID, err)
			}
		}
	}
}
