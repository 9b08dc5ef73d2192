package media

import (
	"bytes"
	"context"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"runtime"

	"golang.org/x/image/webp"
)

// Decoder makes pictures of files, a few at a time: one may take some hundred megabytes of memory. It is safe for
// concurrent use.
type Decoder struct{ slots chan struct{} }

// NewDecoder makes a Decoder that works on half as many pictures at once as the machine has processors, and four at most.
func NewDecoder() *Decoder {
	return &Decoder{slots: make(chan struct{}, min(max(runtime.GOMAXPROCS(0)/2, 1), 4))}
}

// File is a picture as it is kept, and what is known of it.
type File struct {
	Ending        string // of its name: ".jpg"
	Content       []byte
	Width, Height int
}

// Picture is an uploaded picture, ready to be served.
type Picture struct {
	Original, Preview File
	Blurhash          string
}

// Size is how large a picture is that was not decoded yet.
type Size struct{ Width, Height int }

// Pixels gives the size of the area.
func (s Size) Pixels() int { return s.Width * s.Height }

// Check looks at a file without decoding it: what it is, and how large the picture will be. Errors: Refusal.
func Check(raw []byte) (Size, error) {
	_, size, err := check(raw)
	return size, err
}

func check(raw []byte) (format, Size, error) {
	kind, err := identify(raw)
	if err != nil {
		return kind, Size{}, err
	}
	if len(raw) > MaxImageBytes {
		return kind, Size{}, refuse("the picture has %d bytes, and at most %d are taken", len(raw), MaxImageBytes)
	}
	config, err := codecOf(kind).config(bytes.NewReader(raw))
	if err != nil {
		return kind, Size{}, refuse("the file begins like a %s picture and cannot be read as one", kind)
	}
	size := Size{config.Width, config.Height}
	switch {
	case size.Width < 1 || size.Height < 1:
		return kind, size, refuse("the picture has no area")
	case size.Width > maxSide || size.Height > maxSide || size.Pixels() > MaxPixels:
		return kind, size, refuse("the picture has %d by %d pixels, and at most %d in all are taken", size.Width, size.Height, MaxPixels)
	}
	return kind, size, nil
}

// codec reads one format.
type codec struct {
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}

func codecOf(kind format) codec {
	switch kind {
	case jpegFile:
		return codec{jpeg.DecodeConfig, jpeg.Decode}
	case pngFile:
		return codec{png.DecodeConfig, png.Decode}
	case gifFile:
		return codec{gif.DecodeConfig, gif.Decode} // the first frame
	}
	return codec{webp.DecodeConfig, webp.Decode}
}

// Picture makes a picture that may be served of a file: upright, without metadata, at most maxKept pixels large, with a
// preview. A GIF stays as it is but for its comments, so that it keeps moving. Errors: Refusal for what is no picture that
// can be taken; that of the context when it ends while others are being worked on.
func (d *Decoder) Picture(ctx context.Context, raw []byte) (*Picture, error) {
	var made *Picture
	err := d.alone(ctx, func() error {
		kind, decoded, err := decode(raw)
		if err != nil {
			return err
		}
		made = &Picture{}
		if kind == gifFile {
			cleaned, err := cleanGIF(raw)
			if err != nil {
				return err
			}
			bounds := decoded.Bounds()
			made.Original = File{Ending: ".gif", Content: cleaned, Width: bounds.Dx(), Height: bounds.Dy()}
		} else if made.Original, err = encode(shrunk(decoded, maxKept), kind == pngFile); err != nil {
			return err
		}
		small := shrunk(decoded, maxPreview)
		if made.Preview, err = encode(small, false); err != nil {
			return err
		}
		made.Blurhash = hash(small)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return made, nil
}

// Thumbnail makes a preview alone. Errors: as Picture.
func (d *Decoder) Thumbnail(ctx context.Context, raw []byte) (*Picture, error) {
	var made *Picture
	err := d.alone(ctx, func() error {
		_, decoded, err := decode(raw)
		if err != nil {
			return err
		}
		small := shrunk(decoded, maxPreview)
		made = &Picture{Blurhash: hash(small)}
		made.Preview, err = encode(small, false)
		return err
	})
	return made, err
}

// Portrait cuts the middle of a picture to the proportions of width and height, and makes it that large at most. It does
// not move. Errors: as Picture.
func (d *Decoder) Portrait(ctx context.Context, raw []byte, width, height int) (*File, error) {
	var made File
	err := d.alone(ctx, func() error {
		kind, decoded, err := decode(raw)
		if err != nil {
			return err
		}
		made, err = encode(cropped(decoded, width, height), kind == pngFile)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &made, nil
}

// alone waits for a free slot. A decoder that panics refuses the file and nothing else (security case C22).
func (d *Decoder) alone(ctx context.Context, work func() error) (err error) {
	select {
	case d.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-d.slots }()
	defer func() {
		if recover() != nil {
			err = refuse("the picture is damaged")
		}
	}()
	return work()
}

// decode gives an upright picture.
func decode(raw []byte) (format, image.Image, error) {
	kind, size, err := check(raw)
	if err != nil {
		return kind, nil, err
	}
	decoded, err := codecOf(kind).decode(bytes.NewReader(raw))
	if err != nil {
		if kind == webpFile && isAnimated(raw) {
			return kind, nil, refuse("a WebP animation cannot be taken here: send a GIF, or a still picture")
		}
		return kind, nil, refuse("the %s picture is damaged or cut off", kind)
	}
	if bounds := decoded.Bounds(); kind == gifFile && bounds.Size() != image.Pt(size.Width, size.Height) {
		decoded = onCanvas(decoded, size) // a frame may be smaller than the picture
	}
	return kind, turned(decoded, orientation(kind, raw)), nil
}

// isAnimated reads the flag in the header of an extended WebP file.
func isAnimated(raw []byte) bool {
	return len(raw) > 20 && string(raw[12:16]) == "VP8X" && raw[20]&2 != 0
}
