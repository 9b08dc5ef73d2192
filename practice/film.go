package practice

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"

	"praxis/internal/media"
	"praxis/models"
)

// waitForFilm is how long an upload waits for its film, where its uploader does.
const waitForFilm = 4 * time.Minute

// FilmsTaken reports whether films and sounds can be uploaded.
func (s *Service) FilmsTaken() bool { return s.media.Store != nil && s.media.Films != nil }

// takeFilm keeps a film or sound to be worked on, or makes it at once for an uploader who waits. Errors: Invalid for what
// cannot be taken.
func (s *Service) takeFilm(ctx context.Context, a *models.Attachment, wait bool, content io.Reader) error {
	film, err := s.media.Films.Take(ctx, content)
	if err != nil {
		return refused("file", err)
	}
	defer s.closeFilm(ctx, film)
	a.Type = film.Type()
	if wait {
		limited, cancel := context.WithTimeout(ctx, waitForFilm)
		defer cancel()
		err := s.makeFilm(limited, a, film)
		if err != nil && ctx.Err() == nil && limited.Err() != nil {
			return invalid("file", "Validation failed: file: it takes longer than a request may: send it to /api/v2/media")
		}
		return err
	}
	file, err := film.Open()
	if err != nil {
		return fmt.Errorf("keep film: %w", err)
	}
	defer func() { _ = file.Close() }()
	a.State, a.Size = models.MediaProcessing, film.Size()
	a.File, err = s.keepFrom(ctx, media.Waiting, file)
	return err
}

func (s *Service) closeFilm(ctx context.Context, film *media.Film) {
	if err := film.Close(); err != nil {
		s.log.WarnContext(ctx, "film not cleared away", "error", err)
	}
}

// makeFilm makes an upload ready. Nothing is kept before all that a film may be refused for is known.
func (s *Service) makeFilm(ctx context.Context, a *models.Attachment, film *media.Film) error {
	made, err := film.Make(ctx)
	if err != nil {
		return refused("file", err)
	}
	if made.Cover != nil && a.PreviewFile == "" {
		cover, err := s.media.Decoder.Thumbnail(ctx, made.Cover)
		if err != nil {
			return refused("file", err)
		}
		if err := s.setPreview(ctx, a, cover); err != nil {
			return err
		}
	}
	file, err := made.Open()
	if err != nil {
		return fmt.Errorf("keep film: %w", err)
	}
	defer func() { _ = file.Close() }()
	name, err := s.keepFrom(ctx, made.Ending, file)
	if err != nil {
		return err
	}
	a.Type, a.State = film.Type(), models.MediaReady
	a.File, a.URL, a.MediaType, a.Size = name, s.links.Media(name), media.TypeOf(name), made.Size
	a.Width, a.Height, a.Duration, a.FrameRate = int64(made.Width), int64(made.Height), made.Seconds, made.Rate
	return nil
}

// workOnFilm makes a film of an upload that waits; of a GIF that makes no film, the picture that it is.
func (s *Service) workOnFilm(ctx context.Context, a *models.Attachment, waiting string) error {
	err := s.filmKept(ctx, a, waiting)
	if err == nil || models.ErrorCode(err) != models.Invalid || a.Type != "gifv" {
		return err
	}
	raw, errRaw := s.readKept(ctx, waiting)
	if errRaw != nil || !media.IsAnimated(raw) {
		return err
	}
	a.Type = "image"
	return s.makePicture(ctx, a, raw)
}

func (s *Service) filmKept(ctx context.Context, a *models.Attachment, waiting string) error {
	if s.media.Films == nil {
		return invalid("file", "films and sounds cannot be taken here any more")
	}
	kept, err := s.openKept(ctx, waiting)
	if err != nil {
		return err
	}
	film, err := s.media.Films.Take(ctx, kept)
	_ = kept.Close()
	if err != nil {
		return refused("file", err)
	}
	defer s.closeFilm(ctx, film)
	return s.makeFilm(ctx, a, film)
}

// isFilm tells what is to be taken as a film, and keeps what it read for the next reader.
func (s *Service) isFilm(file peeker) bool {
	head, _ := file.Peek(512) // what cannot be read now cannot be read later
	return s.FilmsTaken() && media.IsFilm(head)
}

type peeker interface{ Peek(n int) ([]byte, error) }

// takeAnimation takes a GIF that moves as a film; false where it stays a picture.
func (s *Service) takeAnimation(ctx context.Context, a *models.Attachment, wait bool, raw []byte) (bool, error) {
	if !s.FilmsTaken() || !media.IsAnimated(raw) {
		return false, nil
	}
	err := s.takeFilm(ctx, a, wait, bytes.NewReader(raw))
	if err != nil && models.ErrorCode(err) == models.Invalid {
		a.Type = "image"
		return false, nil
	}
	return true, err
}
