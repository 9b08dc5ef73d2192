package practice

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/png"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"praxis/internal/text"
	"praxis/models"
)

// The bounds of an emoji of this instance.
const (
	MaxEmojiBytes  = 256 << 10
	maxEmojiPixels = 1024 // a side
)

// KeepEmojiIn sets the folder in which the pictures of emoji are kept; it is made when the first one comes. Call it before
// any verb.
func (s *Service) KeepEmojiIn(folder string) { s.emojiFolder = folder }

// EmojiFile opens the picture of an emoji by the name of its file. Errors: NotFound.
func (s *Service) EmojiFile(name string) (*os.File, error) {
	root, err := os.OpenRoot(s.emojiFolder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, models.Errorf(models.NotFound, "there is no emoji file %s", name)
	}
	if err != nil {
		return nil, fmt.Errorf("open the folder of emoji: %w", err)
	}
	defer root.Close()
	file, err := root.Open(name)
	if err != nil {
		return nil, models.Errorf(models.NotFound, "there is no emoji file %s", name)
	}
	return file, nil
}

// AddEmoji makes a picture (PNG, GIF or WebP) stand for :shortcode: in what is written here, in the place of one that did
// before. Errors: Invalid.
func (s *Service) AddEmoji(ctx context.Context, shortcode, category string, picture []byte) (*models.CustomEmoji, error) {
	if !text.IsShortcode(shortcode) {
		return nil, invalid("shortcode", "The name of an emoji has 2 to %d of a-z, A-Z, 0-9 and _.", text.MaxShortcode)
	}
	if len(picture) > MaxEmojiBytes {
		return nil, invalid("image", "The picture has %d bytes, and at most %d are allowed.", len(picture), MaxEmojiBytes)
	}
	kind, still, err := readEmoji(picture)
	if err != nil {
		return nil, err
	}
	stem := strconv.FormatInt(s.store.Now().UnixNano(), 36) + "-" + shortcode
	e := &models.CustomEmoji{Shortcode: shortcode, Category: text.CleanName(category), Visible: true, File: stem + "." + kind}
	if err := s.keepEmoji(e.File, picture); err != nil {
		return nil, err
	}
	e.URL, e.StaticURL = s.links.EmojiFile(e.File), s.links.EmojiFile(e.File)
	if still != nil {
		if err := s.keepEmoji(stem+".png", still); err != nil {
			return nil, err
		}
		e.StaticURL = s.links.EmojiFile(stem + ".png")
	}
	var replaced string
	err = s.store.Tx(ctx, func(tx *models.Tx) error {
		replaced, err = tx.PutEmoji(e)
		return err
	})
	if err == nil {
		s.dropEmoji(replaced)
	}
	return e, err
}

// RemoveEmoji removes one of this instance's emoji. Errors: NotFound.
func (s *Service) RemoveEmoji(ctx context.Context, shortcode string) error {
	var gone *models.CustomEmoji
	err := s.store.Tx(ctx, func(tx *models.Tx) (err error) {
		gone, err = tx.DeleteEmoji(shortcode)
		return err
	})
	if err == nil {
		s.dropEmoji(gone.File)
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

func (s *Service) keepEmoji(name string, content []byte) error {
	if err := os.MkdirAll(s.emojiFolder, 0o750); err != nil {
		return fmt.Errorf("make the folder of emoji: %w", err)
	}
	root, err := os.OpenRoot(s.emojiFolder)
	if err != nil {
		return fmt.Errorf("open the folder of emoji: %w", err)
	}
	defer root.Close()
	return root.WriteFile(name, content, 0o640)
}

// dropEmoji removes the files of an emoji that is stored no more; one that stays behind does no harm.
func (s *Service) dropEmoji(name string) {
	if name == "" {
		return
	}
	root, err := os.OpenRoot(s.emojiFolder)
	if err != nil {
		return
	}
	defer root.Close()
	_ = root.Remove(name)
	if stem, ok := strings.CutSuffix(name, ".gif"); ok {
		_ = root.Remove(stem + ".png")
	}
}

// readEmoji tells the kind of a picture by its bytes, and gives a still one of what may move.
func readEmoji(picture []byte) (kind string, still []byte, err error) {
	if len(picture) > 30 && string(picture[:4]) == "RIFF" && string(picture[8:12]) == "WEBP" {
		return "webp", nil, nil
	}
	size, kind, err := image.DecodeConfig(bytes.NewReader(picture))
	if err != nil || (kind != "png" && kind != "gif") {
		return "", nil, invalid("image", "The picture is none that is taken: PNG, GIF or WebP are.")
	}
	if size.Width > maxEmojiPixels || size.Height > maxEmojiPixels {
		return "", nil, invalid("image", "The picture has %d×%d pixels, and at most %[3]d×%[3]d are allowed.", size.Width, size.Height, maxEmojiPixels)
	}
	if kind == "png" {
		return kind, nil, nil
	}
	frame, err := gif.Decode(bytes.NewReader(picture))
	if err != nil {
		return "", nil, invalid("image", "The GIF cannot be read.")
	}
	var out bytes.Buffer
	if err := png.Encode(&out, frame); err != nil {
		return "", nil, fmt.Errorf("write the still picture: %w", err)
	}
	return kind, out.Bytes(), nil
}
