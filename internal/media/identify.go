package media

import (
	"bytes"
	"fmt"
	"path"
	"strings"
)

// What pictures may be. The limits are those of Mastodon, which clients are made for.
const (
	MaxImageBytes = 16 << 20   // of a file
	MaxPixels     = 33_177_600 // width times height: 7680 by 4320
	maxSide       = 32_000     // of one side: a line of 33 million pixels is no picture
	maxFrames     = 2_000      // of an animation
)

// Refusal says in words for people why a file is not taken. Nothing is wrong with the server.
type Refusal struct {
	Reason string
	Kind   string // what the file seems to be, when it is no picture that can be read
}

func (r *Refusal) Error() string { return r.Reason }

func refuse(format string, args ...any) error { return &Refusal{Reason: fmt.Sprintf(format, args...)} }

// served are the types of files, by the ending of their name: what has none of these endings is not given out.
func served() map[string]string {
	return map[string]string{
		".jpg": "image/jpeg", ".png": "image/png", ".gif": "image/gif", ".mp4": "video/mp4", ".mp3": "audio/mpeg",
	}
}

// TypeOf gives the media type of a kept file, by its ending; "" for what is not given out.
func TypeOf(name string) string { return served()[path.Ext(name)] }

// Accepted lists the media types that can be uploaded, with those of films and sounds or without them: one type may have
// several names.
func Accepted(films bool) []string {
	pictures := []string{"image/jpeg", "image/png", "image/gif", "image/webp"}
	if !films {
		return pictures
	}
	return append(pictures,
		"video/mp4", "video/quicktime", "video/webm", "video/x-matroska", "video/ogg", "video/3gpp",
		"audio/mpeg", "audio/mp3", "audio/ogg", "audio/vorbis", "audio/webm", "audio/flac", "audio/aac", "audio/mp4", "audio/m4a",
		"audio/x-m4a", "audio/3gpp", "audio/wav", "audio/wave", "audio/x-wav", "audio/x-pn-wave", "audio/vnd.wave")
}

// format is what a file is by its content.
type format string

const (
	jpegFile format = "JPEG"
	pngFile  format = "PNG"
	gifFile  format = "GIF"
	webpFile format = "WebP"
)

// identify tells by its first bytes what a file is. Errors: Refusal, with what the file seems to be.
func identify(raw []byte) (format, error) {
	switch {
	case len(raw) == 0:
		return "", refuse("the file is empty")
	case bytes.HasPrefix(raw, []byte("\xff\xd8\xff")):
		return jpegFile, nil
	case bytes.HasPrefix(raw, []byte("\x89PNG\r\n\x1a\n")):
		return pngFile, nil
	case bytes.HasPrefix(raw, []byte("GIF87a")), bytes.HasPrefix(raw, []byte("GIF89a")):
		return gifFile, nil
	case len(raw) >= 12 && string(raw[:4]) == "RIFF" && string(raw[8:12]) == "WEBP":
		return webpFile, nil
	}
	return "", &Refusal{Reason: guess(raw) + " cannot be taken here: send a JPEG, PNG, GIF or WebP picture", Kind: guess(raw)}
}

// guess names what people send most, so that they know what to do.
func guess(raw []byte) string {
	head := raw[:min(len(raw), 512)]
	if len(head) >= 12 && string(head[4:8]) == "ftyp" {
		if still := stillBrand(string(head[8:12])); still != "" {
			return still
		}
		return "a video or sound file"
	}
	text := strings.ToLower(string(bytes.TrimLeft(head, "\xef\xbb\xbf \t\r\n")))
	switch {
	case strings.Contains(text, "<svg"):
		return "an SVG drawing"
	case bytes.HasPrefix(head, []byte("\x1a\x45\xdf\xa3")), bytes.HasPrefix(head, []byte("OggS")),
		bytes.HasPrefix(head, []byte("ID3")), bytes.HasPrefix(head, []byte("fLaC")), bytes.HasPrefix(head, []byte("RIFF")):
		return "a video or sound file"
	case strings.HasPrefix(text, "%pdf"):
		return "a PDF file"
	case strings.HasPrefix(text, "<"), strings.HasPrefix(text, "{"), strings.HasPrefix(text, "["):
		return "a text file"
	}
	return "a file of an unknown kind"
}
