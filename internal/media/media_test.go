package media

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
)

var (
	red  = color.RGBA{R: 255, A: 255}
	blue = color.RGBA{B: 255, A: 255}
)

// halves is red on the left and blue on the right.
func halves(width, height int) *image.RGBA {
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.Draw(picture, picture.Bounds(), image.NewUniform(blue), image.Point{}, draw.Src)
	draw.Draw(picture, image.Rect(0, 0, width/2, height), image.NewUniform(red), image.Point{}, draw.Src)
	return picture
}

func asJPEG(t *testing.T, picture image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, picture, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func asPNG(t *testing.T, picture image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

const secret = "taken at 48.1N 11.5E by Ada"

// withExif puts an Exif segment behind the first marker of a JPEG file.
func withExif(raw []byte, how uint16) []byte {
	tiff := []byte("II*\x00\x08\x00\x00\x00\x01\x00")
	tiff = binary.LittleEndian.AppendUint16(tiff, 0x0112)
	tiff = binary.LittleEndian.AppendUint16(tiff, 3)
	tiff = binary.LittleEndian.AppendUint32(tiff, 1)
	tiff = binary.LittleEndian.AppendUint16(tiff, how)
	tiff = append(tiff, 0, 0, 0, 0, 0, 0)
	body := append([]byte("Exif\x00\x00"), append(tiff, secret...)...)
	segment := append([]byte{0xff, 0xe1}, binary.BigEndian.AppendUint16(nil, uint16(len(body)+2))...)
	return append(append(append([]byte{}, raw[:2]...), append(segment, body...)...), raw[2:]...)
}

func made(t *testing.T, raw []byte) *Picture {
	t.Helper()
	got, err := NewDecoder().Picture(t.Context(), raw)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func decoded(t *testing.T, f File) image.Image {
	t.Helper()
	picture, kind, err := image.Decode(bytes.NewReader(f.Content))
	if err != nil {
		t.Fatal(err)
	}
	if want := map[string]string{".jpg": "jpeg", ".png": "png", ".gif": "gif"}[f.Ending]; kind != want {
		t.Errorf("a %s file is called %s", kind, f.Ending)
	}
	if size := picture.Bounds().Size(); size != image.Pt(f.Width, f.Height) {
		t.Errorf("the picture is %v, told as %d by %d", size, f.Width, f.Height)
	}
	return picture
}

func isNear(a color.Color, b color.RGBA) bool {
	r, g, bl, _ := a.RGBA()
	near := func(x uint32, y uint8) bool { d := int(x>>8) - int(y); return d > -40 && d < 40 }
	return near(r, b.R) && near(g, b.G) && near(bl, b.B)
}

func TestPictureIsWrittenAnew(t *testing.T) {
	raw := append(withExif(asJPEG(t, halves(80, 40)), 6), "<script>alert(1)</script>"...)
	got := made(t, raw)
	for _, file := range []File{got.Original, got.Preview} {
		for _, trace := range []string{secret, "Exif", "<script>"} {
			if bytes.Contains(file.Content, []byte(trace)) {
				t.Errorf("%q is still in the file", trace)
			}
		}
		picture := decoded(t, file)
		if file.Width != 40 || file.Height != 80 {
			t.Errorf("%d by %d: the picture was not turned", file.Width, file.Height)
		}
		// A quarter clockwise brings the left side up.
		if !isNear(picture.At(20, 10), red) || !isNear(picture.At(20, 70), blue) {
			t.Errorf("above %v, below %v", picture.At(20, 10), picture.At(20, 70))
		}
	}
	if len(got.Blurhash) < 6 {
		t.Errorf("blurhash %q", got.Blurhash)
	}
}

func TestEveryTurn(t *testing.T) {
	source := image.NewRGBA(image.Rect(0, 0, 4, 2))
	source.Set(0, 0, red)
	for how, want := range map[int]image.Point{1: {0, 0}, 2: {3, 0}, 3: {3, 1}, 4: {0, 1}, 5: {0, 0}, 6: {1, 0}, 7: {1, 3}, 8: {0, 3}, 9: {0, 0}} {
		if got := turned(source, how).At(want.X, want.Y); got != color.Color(red) {
			t.Errorf("turn %d: at %v is %v", how, want, got)
		}
	}
}

func TestTransparencyAndSizes(t *testing.T) {
	clear := image.NewNRGBA(image.Rect(0, 0, 30, 20))
	clear.Set(3, 3, color.NRGBA{G: 200, A: 128})
	got := made(t, asPNG(t, clear))
	if got.Original.Ending != ".png" || got.Preview.Ending != ".png" {
		t.Errorf("a picture that lets something through became %s and %s", got.Original.Ending, got.Preview.Ending)
	}
	if c := color.NRGBAModel.Convert(decoded(t, got.Original).At(3, 3)).(color.NRGBA); c.A != 128 || c.G != 200 {
		t.Errorf("the pixel is %v", c)
	}
	large := made(t, asPNG(t, halves(4000, 2500)))
	if area := large.Original.Width * large.Original.Height; area > maxKept || area < maxKept*99/100 {
		t.Errorf("kept at %d by %d", large.Original.Width, large.Original.Height)
	}
	if area := large.Preview.Width * large.Preview.Height; area > maxPreview || area < maxPreview*98/100 {
		t.Errorf("preview of %d by %d", large.Preview.Width, large.Preview.Height)
	}
	picture := decoded(t, large.Preview)
	if !isNear(picture.At(10, 10), red) || !isNear(picture.At(large.Preview.Width-2, large.Preview.Height-2), blue) {
		t.Errorf("the corners are %v and %v", picture.At(10, 10), picture.At(large.Preview.Width-2, large.Preview.Height-2))
	}
}

func TestScaledIsTheMean(t *testing.T) {
	stripes := image.NewGray(image.Rect(0, 0, 9, 6))
	for y := range 6 {
		for x := range 9 {
			stripes.SetGray(x, y, color.Gray{Y: uint8(x * 20)})
		}
	}
	small := scaled(stripes, stripes.Bounds(), 3, 4)
	for y := range 4 {
		for x, want := range []uint8{20, 80, 140} {
			if got := small.RGBAAt(x, y); got != (color.RGBA{want, want, want, 255}) {
				t.Errorf("at %d,%d is %v, want %d", x, y, got, want)
			}
		}
	}
}

func TestPortrait(t *testing.T) {
	for _, c := range []struct{ width, height, wantWidth, wantHeight int }{
		{1000, 600, 400, 400}, {600, 1000, 400, 400}, {100, 300, 100, 100}, {1, 1, 1, 1}, {3, 900, 3, 3},
	} {
		got, err := NewDecoder().Portrait(t.Context(), asPNG(t, halves(c.width, c.height)), 400, 400)
		if err != nil {
			t.Fatal(err)
		}
		if got.Width != c.wantWidth || got.Height != c.wantHeight {
			t.Errorf("%d by %d becomes %d by %d", c.width, c.height, got.Width, got.Height)
		}
		decoded(t, *got)
	}
	wide, err := NewDecoder().Portrait(t.Context(), asJPEG(t, halves(3000, 3000)), 1500, 500)
	if err != nil || wide.Width != 1500 || wide.Height != 500 {
		t.Errorf("a header is %+v, %v", wide, err)
	}
}

func animation(t *testing.T) []byte {
	t.Helper()
	frame := func(c color.Color) *image.Paletted {
		p := image.NewPaletted(image.Rect(0, 0, 20, 10), color.Palette{c, color.Black})
		return p
	}
	var out bytes.Buffer
	if err := gif.EncodeAll(&out, &gif.GIF{Image: []*image.Paletted{frame(red), frame(blue)}, Delay: []int{10, 10}}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestAnimationKeepsMovingWithoutItsComments(t *testing.T) {
	raw := animation(t)
	head := 13 + tableSize(raw[10])
	comment := append([]byte{0x21, 0xfe, byte(len(secret))}, append([]byte(secret), 0)...)
	xmp := append([]byte("\x21\xff\x0bXMP DataXMP"), append([]byte{byte(len(secret))}, append([]byte(secret), 0)...)...)
	dressed := bytes.Join([][]byte{raw[:head], comment, xmp, raw[head:], []byte("<html>")}, nil)
	got := made(t, dressed)
	if bytes.Contains(got.Original.Content, []byte(secret)) || bytes.Contains(got.Original.Content, []byte("<html>")) {
		t.Error("the comment is still there")
	}
	all, err := gif.DecodeAll(bytes.NewReader(got.Original.Content))
	if err != nil || len(all.Image) != 2 || all.LoopCount != 0 || all.Delay[0] != 10 {
		t.Fatalf("the animation became %+v, %v", all, err)
	}
	if got.Original.Ending != ".gif" || got.Original.Width != 20 || got.Preview.Ending == ".gif" {
		t.Errorf("kept as %s, %d wide, preview %s", got.Original.Ending, got.Original.Width, got.Preview.Ending)
	}
	decoded(t, got.Preview)
}

// chunk makes a part of a PNG file.
func chunk(kind string, body []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	named := append([]byte(kind), body...)
	return binary.BigEndian.AppendUint32(append(out, named...), crc32.ChecksumIEEE(named))
}

// bomb is the beginning of a PNG picture that would fill the memory.
func bomb(width, height uint32) []byte {
	header := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, width), height)
	return append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", append(header, 8, 6, 0, 0, 0))...)
}

// endless is an animation of more frames than anybody looks at.
func endless(t *testing.T) []byte {
	t.Helper()
	raw := animation(t)
	frame := []byte{0x2c, 0, 0, 0, 0, 20, 0, 10, 0, 0, 2, 1, 0x4c, 0}
	return bytes.Join([][]byte{raw[:len(raw)-1], bytes.Repeat(frame, maxFrames), {0x3b}}, nil)
}

// TestG17_G18_G19_HostileFilesAreRefused: by the content and before it is decoded, with words that help.
func TestG17_G18_G19_HostileFilesAreRefused(t *testing.T) {
	whole := asJPEG(t, halves(400, 300))
	for name, c := range map[string]struct {
		raw  []byte
		says string
	}{
		"bomb":           {bomb(50_000, 50_000), "50000 by 50000 pixels"},
		"area":           {bomb(8000, 8000), "8000 by 8000 pixels"},
		"line":           {bomb(1_000_000, 2), "1000000 by 2 pixels"},
		"no area":        {bomb(0, 10), "cannot be read"},
		"cut header":     {[]byte("\x89PNG\r\n\x1a\n\x00"), "cannot be read"},
		"cut picture":    {whole[:len(whole)/2], "cut off"},
		"cut animation":  {animation(t)[:60], "cut off"},
		"endless":        {endless(t), "more than 2000 frames"},
		"only magic":     {[]byte("\xff\xd8\xff"), "cannot be read"},
		"too many bytes": {append(append([]byte{}, whole...), make([]byte, MaxImageBytes)...), "at most 16777216"},
		"SVG":            {[]byte("<?xml version=\"1.0\"?><svg onload=\"alert(1)\"/>"), "an SVG drawing"},
		"HTML":           {[]byte("<!doctype html><script>1</script>"), "a text file"},
		"activity":       {[]byte(`{"@context":"https://www.w3.org/ns/activitystreams","type":"Note"}`), "a text file"},
		"HEIC":           {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), "a HEIC picture"},
		"AVIF":           {[]byte("\x00\x00\x00\x18ftypavif\x00\x00\x00\x00"), "an AVIF picture"},
		"video":          {[]byte("\x00\x00\x00\x18ftypisom\x00\x00\x00\x00"), "a video or sound file"},
		"playlist":       {[]byte("#EXTM3U\nfile:///etc/passwd"), "unknown kind"},
		"nothing":        {nil, "empty"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := NewDecoder().Picture(t.Context(), c.raw)
			var refusal *Refusal
			if !errors.As(err, &refusal) || !strings.Contains(refusal.Reason, c.says) {
				t.Errorf("got %v, want a refusal with %q", err, c.says)
			}
		})
	}
}

// Pictures of one pixel, lossy and lossless.
const (
	lossyWebP    = "UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA"
	losslessWebP = "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=="
)

func TestWebP(t *testing.T) {
	for want, text := range map[string]string{".jpg": lossyWebP, ".png": losslessWebP} {
		raw, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		got := made(t, raw)
		if got.Original.Ending != want || got.Original.Width != 1 {
			t.Errorf("kept as %s, %d wide", got.Original.Ending, got.Original.Width)
		}
		decoded(t, got.Original)
	}
	moving := []byte("RIFF\x1e\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02\x00\x00\x00\x01\x00\x00\x01\x00\x00ANIM\x00\x00\x00\x00")
	if _, err := NewDecoder().Picture(t.Context(), moving); err == nil || !strings.Contains(err.Error(), "WebP animation") {
		t.Errorf("an animation is answered with %v", err)
	}
}

func TestDecoderTakesItsTurn(t *testing.T) {
	d := &Decoder{slots: make(chan struct{}, 1)}
	d.slots <- struct{}{}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Picture(ctx, asPNG(t, halves(4, 4))); !errors.Is(err, context.Canceled) {
		t.Errorf("while all are busy: %v", err)
	}
	<-d.slots
	if err := d.alone(t.Context(), func() error { panic("decoder") }); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("a panic gives %v", err)
	}
	if len(d.slots) != 0 {
		t.Error("a panic kept the slot")
	}
}

func FuzzPicture(f *testing.F) {
	var t testing.T
	f.Add(asPNG(&t, halves(4, 4)))
	f.Add(withExif(asJPEG(&t, halves(4, 4)), 6))
	f.Add(animation(&t))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if size, err := Check(raw); err != nil || size.Pixels() > 1<<20 {
			return
		}
		got, err := NewDecoder().Picture(t.Context(), raw)
		var refusal *Refusal
		if err != nil && !errors.As(err, &refusal) {
			t.Errorf("%v is no refusal", err)
		}
		if err == nil && TypeOf("x"+got.Original.Ending) == "" {
			t.Errorf("kept as %s", got.Original.Ending)
		}
	})
}
