package mastodon

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"net/http"
)

// Where the images are that stand for missing ones, by Mastodon's names for them: clients need an address always.
const (
	avatarPath = "/avatars/original/missing.png"
	headerPath = "/headers/original/missing.png"
)

// images are PNG files.
type images struct{ avatar, header []byte }

// drawImages draws the silhouette of a person, and a plain field.
func drawImages() images {
	ground, figure := color.RGBA{R: 0xd5, G: 0xdd, B: 0xe3, A: 0xff}, color.RGBA{R: 0x8a, G: 0x9b, B: 0xa8, A: 0xff}
	const side = 120
	avatar := image.NewPaletted(image.Rect(0, 0, side, side), color.Palette{ground, figure})
	for y := range side {
		for x := range side {
			if inDisc(x, y, side/2, 46, 22) || inDisc(x, y, side/2, 120, 44) {
				avatar.SetColorIndex(x, y, 1)
			}
		}
	}
	return images{avatar: encode(avatar), header: encode(image.NewPaletted(image.Rect(0, 0, 700, 335), color.Palette{ground}))}
}

func inDisc(x, y, centreX, centreY, radius int) bool {
	return (x-centreX)*(x-centreX)+(y-centreY)*(y-centreY) <= radius*radius
}

func encode(picture image.Image) []byte {
	var file bytes.Buffer
	_ = png.Encode(&file, picture) // a buffer takes everything
	return file.Bytes()
}

func (i images) serveAvatar(w http.ResponseWriter, _ *http.Request) { servePNG(w, i.avatar) }
func (i images) serveHeader(w http.ResponseWriter, _ *http.Request) { servePNG(w, i.header) }

func servePNG(w http.ResponseWriter, file []byte) {
	w.Header().Set("Content-Type", "image/png")
	w.Header().Set("Cache-Control", "public, max-age=86400")
	w.Header().Set("Access-Control-Allow-Origin", "*") // web clients draw pictures into others
	_, _ = w.Write(file)
}
