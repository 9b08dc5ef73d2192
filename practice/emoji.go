package practice

import (
	"context"
	"path"

	"praxis/internal/media"
	"praxis/internal/text"
	"praxis/models"
)

// The bounds of an emoji of this instance.
const (
	MaxEmojiBytes  = 256 << 10
	maxEmojiPixels = 1024 // a side
)

// AddEmoji makes a picture stand for :shortcode: in what is written here, in the place of one that did before. A GIF keeps
// moving, and gets a still picture beside it. Errors: Invalid.
func (s *Service) AddEmoji(ctx context.Context, shortcode, category string, picture []byte) (*models.CustomEmoji, error) {
	if !text.IsShortcode(shortcode) {
		return nil, invalid("shortcode", "The name of an emoji has 2 to %d of a-z, A-Z, 0-9 and _.", text.MaxShortcode)
	}
	e := &models.CustomEmoji{Shortcode: shortcode, Category: text.CleanName(category), Visible: true}
	if err := s.drawEmoji(ctx, e, picture); err != nil {
		return nil, err
	}
	var replaced *models.CustomEmoji
	err := s.store.Tx(ctx, func(tx *models.Tx) (err error) {
		replaced, err = tx.PutEmoji(e)
		return err
	})
	if err != nil {
		replaced = e
	}
	s.discard(ctx, emojiFiles(replaced)...)
	return e, err
}

// drawEmoji keeps the picture of an emoji.
func (s *Service) drawEmoji(ctx context.Context, e *models.CustomEmoji, picture []byte) error {
	if len(picture) > MaxEmojiBytes {
		return invalid("image", "The picture has %d bytes, and at most %d are allowed.", len(picture), MaxEmojiBytes)
	}
	size, err := media.Check(picture)
	if err != nil {
		return refused("image", err)
	}
	if size.Width > maxEmojiPixels || size.Height > maxEmojiPixels {
		return invalid("image", "The picture has %d×%d pixels, and at most %[3]d×%[3]d are allowed.", size.Width, size.Height, maxEmojiPixels)
	}
	made, err := s.media.Decoder.Picture(ctx, picture)
	if err != nil {
		return refused("image", err)
	}
	if e.File, err = s.keep(ctx, made.Original.Ending, made.Original.Content); err != nil {
		return err
	}
	e.URL, e.StaticURL = s.links.Media(e.File), s.links.Media(e.File)
	if made.Original.Ending != ".gif" {
		return nil
	}
	still, err := s.keep(ctx, made.Preview.Ending, made.Preview.Content)
	if err != nil {
		s.discard(ctx, e.File)
		return err
	}
	e.StaticURL = s.links.Media(still)
	return nil
}

// emojiFiles names the files of an emoji of this instance; nil has none.
func emojiFiles(e *models.CustomEmoji) []string {
	if e == nil || e.File == "" {
		return nil
	}
	return []string{e.File, path.Base(e.StaticURL)}
}

// RemoveEmoji removes one of this instance's emoji. Errors: NotFound.
func (s *Service) RemoveEmoji(ctx context.Context, shortcode string) error {
	var gone *models.CustomEmoji
	err := s.store.Tx(ctx, func(tx *models.Tx) (err error) {
		gone, err = tx.DeleteEmoji(shortcode)
		return err
	})
	if err == nil {
		s.discard(ctx, emojiFiles(gone)...)
	}
	return err
}

// LearnEmoji keeps where the pictures of a host's emoji are. Nothing is fetched: clients show them from there.
func (s *Service) LearnEmoji(ctx context.Context, emoji []models.CustomEmoji) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		for i := range emoji {
			if _, err := tx.PutEmoji(&emoji[i]); err != nil {
				return err
			}
		}
		return nil
	})
}
