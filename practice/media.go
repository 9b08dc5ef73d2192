package practice

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"time"
	"unicode/utf8"

	"praxis/internal/media"
	"praxis/models"
)

// What members may upload, beside the limits of internal/media.
const (
	MaxMediaDescription = 1500 // characters
	maxLooseUploads     = 100  // of one member, that no post carries
	keepLooseUploads    = 24 * time.Hour
	quickPixels         = 2_000_000 // a picture that is made while its uploader waits
	uploadsInMemory     = 8
)

// Media is where uploads are kept, and what makes pictures and films of them.
type Media struct {
	Store   media.Store
	Decoder *media.Decoder
	Films   *media.Films // nil where films and sounds are refused
}

// mediaWorks is Media with what it takes to use it.
type mediaWorks struct {
	Media
	places chan struct{} // of uploads that are in memory
	wake   chan struct{} // a picture waits to be worked on
	film   chan struct{} // a film does
}

// UseMedia sets where uploads are kept. Call it before any verb.
func (s *Service) UseMedia(m Media) {
	s.media = mediaWorks{Media: m, places: make(chan struct{}, uploadsInMemory), wake: make(chan struct{}, 1), film: make(chan struct{}, 1)}
}

// Media gives where uploads are kept.
func (s *Service) Media() Media { return s.media.Media }

// Focus is the point of a picture that must be seen when it is cut: from -1, left or below, to 1.
type Focus struct{ X, Y float64 }

// Upload is a file that a member sends.
type Upload struct {
	Owner       *models.Actor
	File        io.Reader
	Thumbnail   io.Reader // nil for one that is made of the file
	Description string
	Focus       *Focus
	Wait        bool // until it is ready, however large it is
}

// MediaChange is what changes of an upload; nil fields keep their value.
type MediaChange struct {
	ID          int64
	Description *string
	Focus       *Focus
	Thumbnail   io.Reader
}

func (change MediaChange) apply(a *models.Attachment) error {
	if change.Description != nil {
		if utf8.RuneCountInString(*change.Description) > MaxMediaDescription {
			return invalid("description", "Validation failed: Description is too long (maximum is %d characters)", MaxMediaDescription)
		}
		a.Description = *change.Description
	}
	if change.Focus != nil {
		a.FocusX, a.FocusY = min(max(change.Focus.X, -1), 1), min(max(change.Focus.Y, -1), 1)
	}
	return nil
}

// Upload keeps a file. A large picture and a film are worked on later unless the upload waits: it is then in the state processing.
// Errors: Invalid for what cannot be taken; RateLimited with many uploads that no post carries.
func (s *Service) Upload(ctx context.Context, up Upload) (*models.Attachment, error) {
	a := &models.Attachment{OwnerID: up.Owner.ID, Type: "image"}
	if err := (MediaChange{Description: &up.Description, Focus: up.Focus}).apply(a); err != nil {
		return nil, err
	}
	if err := s.mayUpload(ctx, up.Owner); err != nil {
		return nil, err
	}
	if err := s.take(ctx, a, up); err != nil {
		s.discard(ctx, a.Files()...)
		return nil, err
	}
	err := s.store.Tx(ctx, func(tx *models.Tx) error {
		tx.AfterCommit(s.onUpload)
		return tx.CreateUpload(a)
	})
	if err != nil {
		s.discard(ctx, a.Files()...)
		return nil, err
	}
	return a, nil
}

// enter waits for a place in memory: an upload takes as much as its file has bytes.
func (s *Service) enter(ctx context.Context) (leave func(), err error) {
	if s.media.Store == nil {
		return nil, models.Errorf(models.Unavailable, "Files cannot be kept here at the moment.")
	}
	select {
	case s.media.places <- struct{}{}:
		return func() { <-s.media.places }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s *Service) mayUpload(ctx context.Context, owner *models.Actor) error {
	loose, err := s.store.Read(ctx).CountLooseUploads(owner.ID)
	if err == nil && loose >= maxLooseUploads {
		return models.Errorf(models.RateLimited, "You have %d uploads that no post carries: post or delete some of them first", loose)
	}
	return err
}

// take keeps a file, as what it is to be or as what that is to be made of. A film never is in memory.
func (s *Service) take(ctx context.Context, a *models.Attachment, up Upload) error {
	file := bufio.NewReader(up.File)
	if s.isFilm(file) {
		if err := s.thumbnail(ctx, a, up.Thumbnail); err != nil {
			return err
		}
		return s.takeFilm(ctx, a, up.Wait, file)
	}
	leave, err := s.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	raw, err := readPicture("file", file)
	if err != nil {
		return err
	}
	size, err := media.Check(raw)
	if err != nil {
		return s.refusedKind("file", err)
	}
	if err := s.thumbnail(ctx, a, up.Thumbnail); err != nil {
		return err
	}
	if taken, err := s.takeAnimation(ctx, a, up.Wait, raw); taken || err != nil {
		return err
	}
	if up.Wait || size.Pixels() <= quickPixels {
		return s.makePicture(ctx, a, raw)
	}
	a.State, a.Size = models.MediaProcessing, int64(len(raw))
	a.File, err = s.keep(ctx, media.Waiting, raw)
	return err
}

// readPicture reads a file as far as one may be long, and one byte more.
func readPicture(field string, file io.Reader) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(file, media.MaxImageBytes+1))
	if err != nil {
		return nil, invalid(field, "Validation failed: %s could not be read", field)
	}
	if len(raw) > media.MaxImageBytes {
		return nil, invalid(field, "Validation failed: %s must be less than %d MB", field, media.MaxImageBytes>>20)
	}
	return raw, nil
}

// refused makes of a refusal the error of a field.
func refused(field string, err error) error {
	var refusal *media.Refusal
	if errors.As(err, &refusal) {
		return invalid(field, "Validation failed: %s: %s", field, refusal.Reason)
	}
	return err
}

// refusedKind is refused, and names films where they are taken.
func (s *Service) refusedKind(field string, err error) error {
	var refusal *media.Refusal
	if errors.As(err, &refusal) && refusal.Kind != "" && s.FilmsTaken() {
		return invalid(field, "Validation failed: %s: %s cannot be taken here: send a JPEG, PNG, GIF or WebP picture, an MP4, MOV or "+
			"WebM video, or an MP3, Ogg, FLAC, WAV or M4A sound", field, refusal.Kind)
	}
	return refused(field, err)
}

// keep stores a file under a fresh name.
func (s *Service) keep(ctx context.Context, ending string, content []byte) (string, error) {
	return s.keepFrom(ctx, ending, bytes.NewReader(content))
}

func (s *Service) keepFrom(ctx context.Context, ending string, content io.Reader) (string, error) {
	name := media.NewName(ending)
	if err := s.media.Store.Put(ctx, name, content); err != nil {
		s.log.ErrorContext(ctx, "file not kept", "error", err)
		return "", models.Errorf(models.Unavailable, "The file could not be kept: try again later.")
	}
	return name, nil
}

// makePicture makes an upload ready.
func (s *Service) makePicture(ctx context.Context, a *models.Attachment, raw []byte) error {
	made, err := s.media.Decoder.Picture(ctx, raw)
	if err != nil {
		return refused("file", err)
	}
	name, err := s.keep(ctx, made.Original.Ending, made.Original.Content)
	if err != nil {
		return err
	}
	a.File, a.URL, a.MediaType = name, s.links.Media(name), media.TypeOf(name)
	a.Width, a.Height, a.Size = int64(made.Original.Width), int64(made.Original.Height), int64(len(made.Original.Content))
	a.State = models.MediaReady
	if a.PreviewFile != "" {
		return nil
	}
	return s.setPreview(ctx, a, made)
}

func (s *Service) setPreview(ctx context.Context, a *models.Attachment, made *media.Picture) error {
	name, err := s.keep(ctx, made.Preview.Ending, made.Preview.Content)
	if err != nil {
		return err
	}
	a.PreviewFile, a.PreviewURL, a.Blurhash = name, s.links.Media(name), made.Blurhash
	a.PreviewWidth, a.PreviewHeight = int64(made.Preview.Width), int64(made.Preview.Height)
	return nil
}

// thumbnail makes a preview of what the uploader chose for it.
func (s *Service) thumbnail(ctx context.Context, a *models.Attachment, file io.Reader) error {
	if file == nil {
		return nil
	}
	raw, err := readPicture("thumbnail", file)
	if err != nil {
		return err
	}
	made, err := s.media.Decoder.Thumbnail(ctx, raw)
	if err != nil {
		return refused("thumbnail", err)
	}
	return s.setPreview(ctx, a, made)
}

// ChangeUpload changes an upload that no post carries yet. Errors: NotFound for any other; Invalid as for Upload.
func (s *Service) ChangeUpload(ctx context.Context, owner *models.Actor, change MediaChange) (*models.Attachment, error) {
	known, err := s.store.Read(ctx).Upload(change.ID, owner.ID)
	if err != nil {
		return nil, err
	}
	fresh := &models.Attachment{}
	if change.Thumbnail != nil && known.PostID == 0 {
		leave, err := s.enter(ctx)
		if err != nil {
			return nil, err
		}
		defer leave()
		if err := s.thumbnail(ctx, fresh, change.Thumbnail); err != nil {
			return nil, err
		}
	}
	var changed *models.Attachment
	var old string
	err = s.store.Tx(ctx, func(tx *models.Tx) error {
		a, err := tx.LockUpload(change.ID, owner.ID)
		if err != nil {
			return err
		}
		if a.PostID != 0 {
			return models.Errorf(models.NotFound, "media %d is attached to a post", change.ID)
		}
		if fresh.PreviewFile != "" {
			old = a.PreviewFile
			a.PreviewFile, a.PreviewURL, a.Blurhash = fresh.PreviewFile, fresh.PreviewURL, fresh.Blurhash
			a.PreviewWidth, a.PreviewHeight = fresh.PreviewWidth, fresh.PreviewHeight
		}
		changed = a
		if err := change.apply(a); err != nil {
			return err
		}
		return tx.SaveUpload(a)
	})
	if err != nil {
		s.discard(ctx, fresh.Files()...)
		return nil, err
	}
	s.discard(ctx, old)
	return changed, nil
}

// DropUpload deletes an upload that no post carries. Errors: NotFound for what is another's, Invalid while a post carries it.
func (s *Service) DropUpload(ctx context.Context, owner *models.Actor, id int64) error {
	a, err := s.store.Read(ctx).Upload(id, owner.ID)
	if err != nil {
		return err
	}
	dropped, err := s.drop(ctx, a)
	if err == nil && !dropped {
		return invalid("id", "Media attachment is currently used by a status")
	}
	return err
}

// drop deletes the files of an upload, and then its row: what is cut short is done again by the sweep.
func (s *Service) drop(ctx context.Context, a *models.Attachment) (dropped bool, err error) {
	err = s.store.Tx(ctx, func(tx *models.Tx) error {
		dropped, err = tx.DropUpload(a.ID)
		return err
	})
	if err != nil || !dropped || s.media.Store == nil {
		return dropped, err
	}
	for _, name := range a.Files() {
		if err := s.media.Store.Delete(ctx, name); err != nil {
			return true, err
		}
	}
	return true, s.store.Tx(ctx, func(tx *models.Tx) error { return tx.ForgetUpload(a.ID) })
}

// discard deletes files that nothing names any more. What fails is only said: a file too many does no harm.
func (s *Service) discard(ctx context.Context, names ...string) {
	for _, name := range names {
		if name == "" || s.media.Store == nil {
			continue
		}
		if err := s.media.Store.Delete(context.WithoutCancel(ctx), name); err != nil {
			s.log.WarnContext(ctx, "file not deleted", "file", name, "error", err)
		}
	}
}
