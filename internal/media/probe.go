package media

import (
	"context"
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// contents is what is in a film or sound.
type contents struct {
	picture, sound, cover *track // nil for none
	seconds               float64
}

// track is a stream of a film, as ffprobe tells it.
type track struct {
	Index    int    `json:"index"`
	Kind     string `json:"codec_type"`
	Codec    string `json:"codec_name"`
	Pixels   string `json:"pix_fmt"`
	Width    int    `json:"width"`
	Height   int    `json:"height"`
	Ratio    string `json:"sample_aspect_ratio"`
	Rate     string `json:"avg_frame_rate"`
	RealRate string `json:"r_frame_rate"`
	Seconds  string `json:"duration"`
	Role     struct {
		Attached int `json:"attached_pic"`
	} `json:"disposition"`
	Beside []struct {
		Rotation float64 `json:"rotation"`
	} `json:"side_data_list"`
}

// readers are what ffmpeg may decode with.
func readers() string {
	return strings.Join([]string{
		"h264", "hevc", "vp8", "vp9", "libvpx", "libvpx-vp9", "av1", "libdav1d", "libaom-av1", "mpeg4", "h263", "theora", "mjpeg", "png", "gif",
		"aac", "mp3", "mp3float", "vorbis", "opus", "libopus", "flac", "alac", "amrnb", "amrwb",
		"pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_s16be", "pcm_s24be",
	}, ",")
}

// source are the arguments that name an input and bind its reader.
func source(kind container, name string) []string {
	return []string{
		"-protocol_whitelist", "file", "-codec_whitelist", readers(), "-max_pixels", strconv.Itoa(MaxPixels),
		"-probesize", "20M", "-analyzeduration", "20M", "-f", string(kind), "-i", "file:" + name,
	}
}

// look tells what is in a file. Errors: as run.
func (film *Film) look(ctx context.Context, name string, kind container) (contents, error) {
	args := append([]string{"-v", "error", "-max_alloc", maxAlloc, "-of", "json", "-show_streams", "-show_format"}, source(kind, name)...)
	raw, err := film.films.run(ctx, film.folder, lookTime, film.films.ffprobe, args...)
	if err != nil {
		return contents{}, err
	}
	var told struct {
		Streams []track `json:"streams"`
		Format  struct {
			Seconds string `json:"duration"`
		} `json:"format"`
	}
	if err := json.Unmarshal(raw, &told); err != nil {
		return contents{}, refuse("the file has too much in it to be read")
	}
	var found contents
	for i := range told.Streams {
		t := &told.Streams[i]
		switch {
		case t.Kind == "audio" && found.sound == nil:
			found.sound = t
		case t.Kind == "video" && t.Role.Attached != 0 && found.cover == nil:
			found.cover = t
		case t.Kind == "video" && t.Role.Attached == 0 && found.picture == nil:
			found.picture = t
		}
	}
	found.seconds = found.length(number(told.Format.Seconds))
	return found, nil
}

// length is that of the longest track that is kept; whole is said of the file, which may have others.
func (c contents) length(whole float64) float64 {
	longest := 0.0
	for _, t := range []*track{c.picture, c.sound} {
		if t == nil {
			continue
		}
		seconds := number(t.Seconds)
		if seconds == 0 {
			return whole
		}
		longest = max(longest, seconds)
	}
	return longest
}

// check refuses what is beyond the limits, before anything of it is decoded (security case G19).
func (film *Film) check() error {
	found := film.found
	if found.picture == nil && found.sound == nil {
		return refuse("there is neither film nor sound in the file")
	}
	if found.seconds > maxFilmTime.Seconds() {
		return refuse("the file lasts longer than %.0f hours", maxFilmTime.Hours())
	}
	if t := found.sound; t != nil && (t.Codec == "" || t.Codec == "unknown") {
		return refuse("the sound is of a kind that cannot be read")
	}
	t := found.picture
	if t == nil {
		return nil
	}
	switch rate := t.rate(); {
	case t.Codec == "" || t.Codec == "unknown" || t.Width < 1 || t.Height < 1:
		return refuse("the film is of a kind that cannot be read, or damaged")
	case t.Width > maxSide || t.Height > maxSide || t.Width*t.Height > MaxFilmPixels:
		return refuse("the film has %d by %d pixels, and at most %d in all are taken", t.Width, t.Height, MaxFilmPixels)
	case rate > MaxFilmRate:
		return refuse("the film has %.0f frames a second, and at most %d are taken", rate, MaxFilmRate)
	}
	return nil
}

// rate gives the frames of a second.
func (t *track) rate() float64 {
	if rate := fraction(t.Rate); rate > 0 {
		return rate
	}
	return fraction(t.RealRate)
}

// shown is how large a film is on the screen: its pixels may be oblong, and the camera may have lain on its side.
func (t *track) shown() Size {
	size := Size{t.Width, t.Height}
	if left, right, ok := strings.Cut(t.Ratio, ":"); ok {
		if ratio := number(left) / number(right); ratio > 0.1 && ratio < 10 {
			size.Width = int(math.Round(float64(size.Width) * ratio))
		}
	}
	if t.isTurned() {
		size.Width, size.Height = size.Height, size.Width
	}
	return size
}

func (t *track) isTurned() bool {
	for _, data := range t.Beside {
		if quarter := math.Abs(data.Rotation); quarter == 90 || quarter == 270 {
			return true
		}
	}
	return false
}

// number reads a number of ffprobe's; 0 for "N/A" and whatever is none.
func number(text string) float64 {
	value, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(value) || math.IsInf(value, 0) || value < 0 {
		return 0
	}
	return value
}

// fraction reads 30000/1001.
func fraction(text string) float64 {
	above, below, _ := strings.Cut(text, "/")
	if under := number(below); under > 0 {
		return number(above) / under
	}
	return number(above)
}
