package practice

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"praxis/internal/media"
	"praxis/models"
)

const (
	mediaBatch = 16
	mediaEvery = 30 * time.Second // when nobody says that something waits
)

// wakeMedia tells the worker of this process that something waits.
func (s *Service) wakeMedia() {
	select {
	case s.media.wake <- struct{}{}:
	default:
	}
}

// RunMedia works on uploads until ctx ends: those of before a restart, too, since they wait in the database.
func (s *Service) RunMedia(ctx context.Context) {
	ticker := time.NewTicker(mediaEvery)
	defer ticker.Stop()
	for {
		worked, err := s.WorkOnMedia(ctx)
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
		case <-s.media.wake:
		}
	}
}

// WorkOnMedia makes pictures of uploads that wait, and reports whether there were any.
func (s *Service) WorkOnMedia(ctx context.Context) (bool, error) {
	if s.media.Store == nil {
		return false, nil
	}
	waiting, err := s.store.Read(ctx).WaitingUploads(mediaBatch)
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

// workOn makes a picture of one upload, or says why there is none. The error is for faults of this server: the upload then
// waits on.
func (s *Service) workOn(ctx context.Context, waiting *models.Attachment) error {
	leave, err := s.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	made := *waiting
	made.File, made.PreviewFile = "", ""
	raw, err := s.readKept(ctx, waiting.File)
	if err == nil {
		err = s.makePicture(ctx, &made, raw)
	}
	if code := models.ErrorCode(err); err != nil && code != models.Invalid {
		s.discard(ctx, made.Files()...)
		return fmt.Errorf("make a picture of upload %d: %w", waiting.ID, err)
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

// readKept reads an upload that waits. Errors: Invalid when it was lost.
func (s *Service) readKept(ctx context.Context, name string) ([]byte, error) {
	file, err := s.media.Store.Open(ctx, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, invalid("file", "the file was lost: upload it again")
	}
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(io.LimitReader(file, media.MaxImageBytes))
	return raw, errors.Join(err, file.Close())
}

// SweepMedia deletes uploads that no post has carried for a day.
func (s *Service) SweepMedia(ctx context.Context) error {
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
