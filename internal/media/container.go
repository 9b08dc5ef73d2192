package media

import (
	"bytes"
	"slices"
)

// container is what a film or sound lies in, by the name of its reader in ffmpeg. No other reader is ever used, so that no
// playlist or list of files can lead anywhere (security case G18).
type container string

const (
	inMP4      container = "mov"
	inMatroska container = "matroska"
	inOgg      container = "ogg"
	inMP3      container = "mp3"
	inFLAC     container = "flac"
	inWAV      container = "wav"
	inADTS     container = "aac"
	inGIF      container = "gif"
)

// headLength is how many bytes tell what a file is.
const headLength = 512

// IsFilm tells by the first bytes of a file whether it is to be taken as a film or sound.
func IsFilm(head []byte) bool {
	kind := containerOf(head)
	return kind != "" && kind != inGIF
}

// containerOf gives "" for what is no film and no sound.
func containerOf(head []byte) container {
	has := func(prefix string) bool { return bytes.HasPrefix(head, []byte(prefix)) }
	switch {
	case has("\x1a\x45\xdf\xa3"):
		return inMatroska
	case has("OggS"):
		return inOgg
	case has("fLaC"):
		return inFLAC
	case has("ID3"), isMP3Frame(head):
		return inMP3
	case has("GIF87a"), has("GIF89a"):
		return inGIF
	case len(head) >= 2 && head[0] == 0xff && head[1]&0xf6 == 0xf0:
		return inADTS
	case len(head) < 12:
		return ""
	case has("RIFF") && string(head[8:12]) == "WAVE":
		return inWAV
	case string(head[4:8]) == "ftyp":
		if stillBrand(string(head[8:12])) != "" {
			return ""
		}
		return inMP4
	case slices.Contains([]string{"moov", "mdat", "wide", "skip"}, string(head[4:8])): // QuickTime before it had a type
		return inMP4
	}
	return ""
}

// isMP3Frame reports the head of a frame of the third layer that says how it is coded.
func isMP3Frame(head []byte) bool {
	return len(head) >= 3 && head[0] == 0xff && head[1]&0xe6 == 0xe2 && head[1]&0x18 != 0x08 &&
		head[2]&0xf0 != 0xf0 && head[2]&0xf0 != 0 && head[2]&0x0c != 0x0c
}

// stillBrand names the pictures that lie in the container of films; "" for films.
func stillBrand(brand string) string {
	switch brand {
	case "heic", "heix", "hevc", "heim", "heis", "mif1", "msf1":
		return "a HEIC picture"
	case "avif", "avis":
		return "an AVIF picture"
	}
	return ""
}

// IsAnimated reports a GIF of more than one frame.
func IsAnimated(raw []byte) bool {
	if containerOf(raw) != inGIF {
		return false
	}
	frames, err := countFrames(raw)
	return err == nil && frames > 1
}
