package media

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"strconv"
)

// How films are written anew.
const (
	maxAlloc      = "268435456" // bytes that ffmpeg takes at once
	maxMadePixels = 2_073_600   // of a film that cannot stay as it is: 1920 by 1080
	filmThreads   = "2"
)

// MadeFilm is a film or sound that may be served. Its files last until its Film is closed.
type MadeFilm struct {
	Ending        string // ".mp4" or ".mp3"
	Size          int64  // in bytes
	Width, Height int    // 0 for a sound
	Seconds       float64
	Rate          string // of frames, as a fraction such as 30000/1001; "" for a sound
	Cover         []byte // a picture for the preview; nil for a sound without one
	path          string
}

// Open gives the content.
func (m *MadeFilm) Open() (*os.File, error) { return os.Open(m.path) }

// Make writes a film or sound anew: as MP4 with H.264 and AAC, or as MP3, without anything that stood beside picture and
// sound, such as the place. Tracks that are of these kinds already are copied. Errors: Refusal for what is damaged or takes
// too long; that of the context; others for faults of this machine.
func (film *Film) Make(ctx context.Context) (*MadeFilm, error) {
	leave, err := hold(ctx, film.films.makes)
	if err != nil {
		return nil, err
	}
	defer leave()
	made, kind := &MadeFilm{Ending: ".mp4"}, inMP4
	var args []string
	if film.found.picture != nil {
		args = film.asMP4()
	} else {
		made.Ending, kind, args = ".mp3", inMP3, film.asMP3()
	}
	name := "made" + made.Ending
	made.path = film.path(name)
	if err := film.ffmpeg(ctx, append(args, "file:"+name)); err != nil {
		return nil, err
	}
	written, err := film.look(ctx, name, kind)
	if err != nil {
		return nil, err
	}
	if err := film.measure(made, written); err != nil {
		return nil, err
	}
	made.Cover, err = film.cover(ctx, name, written)
	return made, err
}

// ffmpeg runs it with arguments that begin with an input.
func (film *Film) ffmpeg(ctx context.Context, args []string) error {
	first := []string{"-hide_banner", "-nostdin", "-y", "-v", "error", "-max_alloc", maxAlloc, "-filter_threads", "1", "-threads", filmThreads}
	_, err := film.films.run(ctx, film.folder, makeTime, film.films.ffmpeg, append(first, args...)...)
	return err
}

// plain lets nothing into a file but the tracks that were chosen, and bounds it.
func plain(args ...string) []string {
	return append([]string{
		"-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn", "-fflags", "+bitexact", "-threads", filmThreads,
		"-t", strconv.Itoa(int(maxFilmTime.Seconds())), "-fs", strconv.Itoa(MaxFilmBytes),
	}, args...)
}

func (film *Film) asMP4() []string {
	picture, sound := film.found.picture, film.found.sound
	args := append(source(film.kind, filmSource), "-map", "0:"+strconv.Itoa(picture.Index))
	if film.copies(picture) {
		args = append(args, "-c:v", "copy")
	} else {
		args = append(args,
			"-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-maxrate", "4M", "-bufsize", "8M", "-pix_fmt", "yuv420p",
			"-fps_mode", "vfr", "-vf", scaling(picture.shown(), maxMadePixels))
	}
	if sound != nil {
		args = append(args, "-map", "0:"+strconv.Itoa(sound.Index))
		if sound.Codec == "aac" {
			args = append(args, "-c:a", "copy")
		} else {
			args = append(args, "-c:a", "aac", "-b:a", "128k", "-ac", "2")
		}
	}
	return append(args, plain("-movflags", "+faststart", "-f", "mp4")...)
}

// copies reports a picture that every browser shows as it is.
func (film *Film) copies(picture *track) bool {
	return picture.Codec == "h264" && picture.Pixels == "yuv420p" && (film.kind == inMP4 || film.kind == inMatroska)
}

func (film *Film) asMP3() []string {
	sound := film.found.sound
	args := append(source(film.kind, filmSource), "-map", "0:"+strconv.Itoa(sound.Index))
	if sound.Codec == "mp3" {
		args = append(args, "-c:a", "copy")
	} else {
		args = append(args, "-c:a", "libmp3lame", "-q:a", "2", "-ac", "2")
	}
	return append(args, plain("-id3v2_version", "0", "-f", "mp3")...)
}

// scaling is the filter that makes a picture smaller, with even sides, as H.264 wants them.
func scaling(size Size, pixels int) string {
	scale := min(1, math.Sqrt(float64(pixels)/float64(size.Pixels())))
	even := func(side int) int { return max(int(float64(side)*scale)/2*2, 2) }
	return fmt.Sprintf("scale=%d:%d,setsar=1", even(size.Width), even(size.Height))
}

// measure notes how a film came out. Errors: Refusal when a part is missing, which ffmpeg takes for no fault.
func (film *Film) measure(made *MadeFilm, written contents) error {
	info, err := os.Stat(made.path)
	if err != nil {
		return fmt.Errorf("make film: %w", err)
	}
	made.Size, made.Seconds = info.Size(), written.seconds
	if picture := written.picture; picture != nil {
		size := picture.shown()
		made.Width, made.Height, made.Rate = size.Width, size.Height, picture.Rate
	}
	wanted := film.found.seconds
	if film.kind != inMP4 && film.kind != inMatroska && film.kind != inWAV && film.kind != inFLAC {
		wanted = 0 // a guess, or what was found before the cut
	}
	switch {
	case (written.picture == nil) != (film.found.picture == nil), (written.sound == nil) != (film.found.sound == nil), made.Seconds <= 0:
		return refuse("the file is damaged or cut off")
	case made.Size > MaxFilmBytes*98/100 && made.Size > film.size || made.Seconds > maxFilmTime.Seconds()-1:
		return refuse("the film is too long")
	case made.Seconds < wanted*0.9-0.2:
		return refuse("the file is cut off: it says that it lasts %.1f seconds, and has %.1f", wanted, made.Seconds)
	}
	return nil
}

// cover takes the first frame of a film, or the picture that lies beside a sound. A sound is good without one.
func (film *Film) cover(ctx context.Context, name string, written contents) ([]byte, error) {
	kind, picture := inMP4, written.picture
	if picture == nil {
		if name, kind, picture = filmSource, film.kind, film.found.cover; picture == nil {
			return nil, nil
		}
		if size := (Size{picture.Width, picture.Height}); size.Width < 1 || size.Height < 1 || size.Pixels() > MaxPixels {
			return nil, nil
		}
	}
	args := append(source(kind, name), "-map", "0:"+strconv.Itoa(picture.Index), "-frames:v", "1", "-vf", scaling(picture.shown(), maxPreview))
	args = append(args, "-map_metadata", "-1", "-c:v", "png", "-f", "image2", "-update", "1", "file:"+filmCover)
	err := film.ffmpeg(ctx, args)
	var raw []byte
	if err == nil {
		raw, err = os.ReadFile(film.path(filmCover))
	}
	var refusal *Refusal
	switch {
	case err == nil:
		return raw, nil
	case film.found.picture == nil && (errors.As(err, &refusal) || errors.Is(err, fs.ErrNotExist)):
		return nil, nil
	case errors.Is(err, fs.ErrNotExist):
		return nil, refuse("the film has no frame that can be shown")
	}
	return nil, err
}
