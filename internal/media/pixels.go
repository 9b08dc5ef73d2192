package media

import (
	"bytes"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"math"

	"github.com/bbrks/go-blurhash"
)

// How large pictures are kept, in pixels.
const (
	maxKept    = 8_294_400 // 3840 by 2160
	maxPreview = 230_400   // 640 by 360
)

const (
	jpegQuality = 90
	hashSide    = 32 // a blurhash shows no more than this many pixels of detail
)

// encode writes a picture anew, and so without what stood beside its pixels: as PNG where something shines through or it
// was one, else as JPEG.
func encode(picture image.Image, lossless bool) (File, error) {
	bounds := picture.Bounds()
	made := File{Width: bounds.Dx(), Height: bounds.Dy(), Ending: ".jpg"}
	var out bytes.Buffer
	var err error
	if lossless || !isOpaque(picture) {
		made.Ending = ".png"
		err = png.Encode(&out, picture)
	} else {
		err = jpeg.Encode(&out, picture, &jpeg.Options{Quality: jpegQuality})
	}
	if err != nil {
		return made, refuse("the picture cannot be written: %v", err)
	}
	made.Content = out.Bytes()
	return made, nil
}

func isOpaque(picture image.Image) bool {
	known, ok := picture.(interface{ Opaque() bool })
	return ok && known.Opaque()
}

// shrunk gives a picture of at most so many pixels, in the same proportions.
func shrunk(picture image.Image, pixels int) image.Image {
	size := picture.Bounds().Size()
	if size.X*size.Y <= pixels {
		return picture
	}
	scale := math.Sqrt(float64(pixels) / float64(size.X*size.Y))
	width, height := max(int(float64(size.X)*scale), 1), max(int(float64(size.Y)*scale), 1)
	return scaled(picture, picture.Bounds(), width, height)
}

// cropped gives the middle of a picture in the proportions of width and height, and no larger.
func cropped(picture image.Image, width, height int) image.Image {
	bounds := picture.Bounds()
	part := bounds
	if cut := bounds.Dy() * width / height; cut < bounds.Dx() {
		part.Min.X += (bounds.Dx() - max(cut, 1)) / 2
		part.Max.X = part.Min.X + max(cut, 1)
	} else {
		rows := max(bounds.Dx()*height/width, 1)
		part.Min.Y += (bounds.Dy() - min(rows, bounds.Dy())) / 2
		part.Max.Y = part.Min.Y + min(rows, bounds.Dy())
	}
	return scaled(picture, part, min(width, part.Dx()), min(height, part.Dy()))
}

// scaled gives a part of a picture in a size that is no larger: each new pixel is the mean of those that it covers. It
// reads the picture line by line, so that a large one needs no second copy.
func scaled(picture image.Image, part image.Rectangle, width, height int) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, width, height))
	line := image.NewRGBA(image.Rect(0, 0, part.Dx(), 1))
	sums, narrow := make([]float32, width*4), make([]float32, width*4)
	stepX, stepY := float64(part.Dx())/float64(width), float64(part.Dy())/float64(height)
	row, end := 0, stepY
	for y := range part.Dy() {
		draw.Draw(line, line.Bounds(), picture, image.Pt(part.Min.X, part.Min.Y+y), draw.Src)
		squeezed(narrow, line.Pix, width, stepX)
		top, bottom := float64(y), float64(y+1)
		for row < height && end <= bottom { // the line ends a row, and its rest belongs to the next
			add(sums, narrow, float32(end-top))
			settle(out.Pix[row*out.Stride:], sums, float32(1/stepY))
			top, row = end, row+1
			end = stepY * float64(row+1)
			if row == height-1 {
				end = float64(part.Dy()) // whatever the rounding
			}
		}
		add(sums, narrow, float32(bottom-top))
	}
	if row < height {
		settle(out.Pix[row*out.Stride:], sums, float32(1/stepY))
	}
	return out
}

// squeezed makes a line narrower.
func squeezed(into []float32, line []byte, width int, step float64) {
	last := len(line)/4 - 1
	for x := range width {
		from, to := float64(x)*step, float64(x+1)*step
		var sum [4]float32
		for at := int(from); at <= last && float64(at) < to; at++ {
			share := float32(min(to, float64(at+1)) - max(from, float64(at)))
			pixel := line[at*4 : at*4+4 : at*4+4]
			for i := range sum {
				sum[i] += share * float32(pixel[i])
			}
		}
		for i := range sum {
			into[x*4+i] = sum[i] / float32(step)
		}
	}
}

func add(sums, line []float32, share float32) {
	for i := range sums {
		sums[i] += line[i] * share
	}
}

// settle writes a finished row and begins the next.
func settle(into []byte, sums []float32, scale float32) {
	for i, sum := range sums {
		into[i] = byte(min(sum*scale+0.5, 255))
		sums[i] = 0
	}
	for i := 0; i < len(sums); i += 4 { // rounding must not make a colour brighter than its alpha lets through
		for c := range 3 {
			into[i+c] = min(into[i+c], into[i+3])
		}
	}
}

// onCanvas puts a frame where it belongs on a picture.
func onCanvas(frame image.Image, size Size) image.Image {
	canvas := image.NewRGBA(image.Rect(0, 0, size.Width, size.Height))
	draw.Draw(canvas, frame.Bounds(), frame, frame.Bounds().Min, draw.Src)
	return canvas
}

// turned makes a picture upright that a camera recorded lying, by the number that Exif has for that (1 to 8).
func turned(picture image.Image, how int) image.Image {
	if how < 2 || how > 8 {
		return picture
	}
	// What lies is made smaller first: nobody gets to see more.
	picture = shrunk(picture, maxKept)
	bounds := picture.Bounds()
	flat := image.NewRGBA(image.Rect(0, 0, bounds.Dx(), bounds.Dy()))
	draw.Draw(flat, flat.Bounds(), picture, bounds.Min, draw.Src)
	w, h := bounds.Dx(), bounds.Dy()
	size := image.Rect(0, 0, w, h)
	if how >= 5 {
		size = image.Rect(0, 0, h, w)
	}
	out := image.NewRGBA(size)
	for y := range h {
		for x := range w {
			toX, toY := turn(how, x, y, w, h)
			copy(out.Pix[out.PixOffset(toX, toY):][:4], flat.Pix[flat.PixOffset(x, y):][:4])
		}
	}
	return out
}

// turn says where a pixel goes.
func turn(how, x, y, w, h int) (toX, toY int) {
	switch how {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return h - 1 - y, x
	case 7:
		return h - 1 - y, w - 1 - x
	}
	return y, w - 1 - x
}

// hash gives the blurhash of a picture; "" if there is none.
func hash(picture image.Image) string {
	size := picture.Bounds().Size()
	tiny := scaled(picture, picture.Bounds(), min(size.X, hashSide), min(size.Y, hashSide))
	text, err := blurhash.Encode(4, 4, tiny)
	if err != nil {
		return ""
	}
	return text
}
