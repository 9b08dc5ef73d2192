package media

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"io"
	"log/slog"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"praxis/internal/testdb"
)

func findFilms(t *testing.T) *Films {
	t.Helper()
	testdb.FFmpeg(t)
	films, err := FindFilms("auto", filepath.Join(t.TempDir(), "work"), slog.New(slog.DiscardHandler))
	if err != nil || films == nil {
		t.Fatalf("ffmpeg is installed and not found: %v", err)
	}
	return films
}

// filmed is what became of a file.
type filmed struct {
	*MadeFilm
	kind    string
	content []byte
}

func makeFilm(t *testing.T, films *Films, raw []byte) (filmed, error) {
	t.Helper()
	film, err := films.Take(t.Context(), bytes.NewReader(raw))
	if err != nil {
		return filmed{}, err
	}
	defer func() {
		if err := film.Close(); err != nil {
			t.Error(err)
		}
	}()
	made, err := film.Make(t.Context())
	if err != nil {
		return filmed{}, err
	}
	file, err := made.Open()
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(file)
	if err := errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
	return filmed{made, film.Type(), content}, nil
}

// told gives what ffprobe says of a file.
func told(t *testing.T, raw []byte, ending, fields string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "made"+ending)
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "ffprobe", "-v", "error", "-of", "csv", "-show_entries", fields, path).Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

var (
	secrets = []string{"-metadata", "location=+52.5200+013.4050/", "-metadata", "title=taken at home", "-metadata", "artist=somebody"}
	h264    = []string{"-c:v", "libx264", "-pix_fmt", "yuv420p"}
)

func args(words ...string) []string { return words }

func TestFilmsAreMade(t *testing.T) {
	films := findFilms(t)
	moving, sounding := testdb.Moving(), testdb.Sounding()
	for name, c := range map[string]struct {
		raw                []byte
		kind, ending       string
		codecs             string
		width, height      int
		copied, withoutPic bool // copied: as it was compressed
	}{
		"mp4 that can stay": {raw: testdb.Film(t, ".mp4", moving, sounding, h264, secrets), kind: "video", ending: ".mp4", codecs: "h264 aac", width: 64, height: 48, copied: true},
		"turned":            {raw: turnedFilm(t, testdb.Film(t, ".mp4", moving, h264)), kind: "gifv", ending: ".mp4", codecs: "h264", width: 48, height: 64, copied: true},
		"webm":              {raw: testdb.Film(t, ".webm", moving, sounding, args("-c:v", "libvpx", "-c:a", "libvorbis"), secrets), kind: "video", ending: ".mp4", codecs: "h264 aac", width: 64, height: 48},
		"odd sides, oblong": {raw: testdb.Film(t, ".mkv", moving, args("-vf", "scale=63:47,setsar=2", "-c:v", "mpeg4")), kind: "gifv", ending: ".mp4", codecs: "h264", width: 126, height: 46},
		"quicktime":         {raw: testdb.Film(t, ".mov", moving, sounding, args("-c:v", "mjpeg", "-c:a", "pcm_s16le")), kind: "video", ending: ".mp4", codecs: "h264 aac", width: 64, height: 48},
		"gif":               {raw: testdb.Film(t, ".gif", moving), kind: "gifv", ending: ".mp4", codecs: "h264", width: 64, height: 48},
		"mp3":               {raw: testdb.Film(t, ".mp3", sounding, secrets), kind: "audio", ending: ".mp3", codecs: "mp3", withoutPic: true, copied: true},
		"ogg":               {raw: testdb.Film(t, ".ogg", sounding, secrets), kind: "audio", ending: ".mp3", codecs: "mp3", withoutPic: true},
		"flac":              {raw: testdb.Film(t, ".flac", sounding, secrets), kind: "audio", ending: ".mp3", codecs: "mp3", withoutPic: true},
		"wav":               {raw: testdb.Film(t, ".wav", sounding, secrets), kind: "audio", ending: ".mp3", codecs: "mp3", withoutPic: true},
		"aac":               {raw: testdb.Film(t, ".aac", sounding), kind: "audio", ending: ".mp3", codecs: "mp3", withoutPic: true},
		"m4a":               {raw: testdb.Film(t, ".m4a", sounding, secrets), kind: "audio", ending: ".mp3", codecs: "mp3", withoutPic: true},
	} {
		t.Run(name, func(t *testing.T) {
			made, err := makeFilm(t, films, c.raw)
			if err != nil {
				t.Fatal(err)
			}
			if made.kind != c.kind || made.Ending != c.ending || made.Width != c.width || made.Height != c.height || made.Size != int64(len(made.content)) {
				t.Errorf("a %s%s of %d by %d, %d bytes", made.kind, made.Ending, made.Width, made.Height, made.Size)
			}
			if made.Seconds < 0.9 || made.Seconds > 1.3 {
				t.Errorf("it lasts %v seconds", made.Seconds)
			}
			if (made.Cover == nil) != c.withoutPic {
				t.Errorf("the cover has %d bytes", len(made.Cover))
			}
			if c.ending == ".mp4" && made.Rate != "10/1" {
				t.Errorf("%s frames a second", made.Rate)
			}
			var codecs []string
			for line := range strings.Lines(told(t, made.content, c.ending, "stream=codec_name")) {
				// Of a film that is turned, ffprobe also says that there is something beside the stream.
				if words := strings.Split(strings.TrimSpace(line), ","); words[0] == "stream" {
					codecs = append(codecs, words[1])
				}
			}
			if got := strings.Join(codecs, " "); got != c.codecs {
				t.Errorf("codecs %s", got)
			}
			if made.Cover != nil {
				small, err := NewDecoder().Thumbnail(t.Context(), made.Cover)
				if err != nil || small.Preview.Width != c.width || small.Preview.Height != c.height {
					t.Errorf("the cover is %+v, %v", small, err)
				}
			}
			if part := c.raw[len(c.raw)/2:][:40]; c.copied && !bytes.Contains(made.content, part) {
				t.Error("it was compressed anew")
			}
			for _, secret := range []string{"+52.52", "at home", "somebody"} {
				if bytes.Contains(made.content, []byte(secret)) {
					t.Errorf("%q is still in it", secret)
				}
			}
			if c.ending == ".mp4" && bytes.Index(made.content, []byte("moov")) > bytes.Index(made.content, []byte("mdat")) {
				t.Error("it must be loaded whole before it begins")
			}
			if entries, err := os.ReadDir(films.folder); err != nil || len(entries) != 0 {
				t.Errorf("left behind: %v, %v", entries, err)
			}
		})
	}
}

// turnedFilm lets an MP4 say that the camera lay on its side.
func turnedFilm(t *testing.T, raw []byte) []byte {
	t.Helper()
	at := bytes.Index(raw, []byte("tkhd"))
	if at < 0 {
		t.Fatal("no tkhd")
	}
	for i, value := range []uint32{0, 0x10000, 0, 0xffff0000, 0, 0, 0, 0, 0x40000000} {
		binary.BigEndian.PutUint32(raw[at+44+4*i:], value)
	}
	return raw
}

func TestCoverOfASound(t *testing.T) {
	films := findFilms(t)
	one := args("-f", "lavfi", "-i", "testsrc=d=0.1:s=64x48:r=10")
	cover := args("-map", "0", "-map", "1", "-c:v", "png", "-disposition:v", "attached_pic")
	made, err := makeFilm(t, films, testdb.Film(t, ".mp3", testdb.Sounding(), one, cover, secrets))
	if err != nil {
		t.Fatal(err)
	}
	small, err := NewDecoder().Thumbnail(t.Context(), made.Cover)
	if err != nil || made.kind != "audio" || made.Width != 0 || small.Preview.Width != 64 {
		t.Errorf("a %s of width %d, its cover %v", made.kind, made.Width, err)
	}
}

// TestG18_FilmsThatAreRefused: by what they are, not by what they are called, and without a trace. G19: nor is anything
// decoded that is too large.
func TestG18_G19_FilmsThatAreRefused(t *testing.T) {
	films := findFilms(t)
	moving := testdb.Moving()
	good := testdb.Film(t, ".mp4", moving, testdb.Sounding(), h264, args("-movflags", "+faststart"))
	matroska := testdb.Film(t, ".mkv", moving, h264)
	outside := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(outside, good, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		raw  []byte
		says string
	}{
		"empty":             {nil, "no film"},
		"SVG":               {[]byte("<svg onload='alert(1)'/>"), "no film"},
		"playlist":          {[]byte("#EXTM3U\n#EXTINF:1,\nfile://" + outside + "\n#EXT-X-ENDLIST\n"), "no film"},
		"list of files":     {[]byte("ffconcat version 1.0\nfile " + outside + "\n"), "no film"},
		"subtitles":         {[]byte("1\n00:00:01,000 --> 00:00:02,000\nhello\n"), "no film"},
		"avi":               {testdb.Film(t, ".avi", moving), "no film"},
		"playlist in mp4":   {append([]byte("\x00\x00\x00\x18ftypisom\x00\x00\x00\x00isommp41"), "#EXTM3U\nfile:///etc/passwd\n"...), "damaged"},
		"cut off":           {good[:len(good)/2], "cut off"},
		"cut off at head":   {good[:200], ""},
		"matroska cut off":  {matroska[:len(matroska)/2], "cut off"},
		"noise as mp4":      {append([]byte("\x00\x00\x00\x18ftypisom"), bytes.Repeat([]byte{0x5a}, 5000)...), "damaged"},
		"noise as matroska": {append([]byte("\x1a\x45\xdf\xa3"), bytes.Repeat([]byte{0x5a}, 5000)...), "damaged"},
		"a picture as mp3":  {append([]byte("ID3\x04\x00\x00\x00\x00\x00\x00"), bytes.Repeat([]byte{0x00}, 3000)...), ""},
		"too fast":          {testdb.Film(t, ".mp4", args("-f", "lavfi", "-i", "testsrc=d=0.1:s=16x16:r=240"), h264), "frames a second"},
		"huge":              {testdb.Film(t, ".mp4", args("-f", "lavfi", "-i", "color=s=4000x2200:d=0.1:r=10"), args("-c:v", "mpeg4")), "pixels"},
		"endless":           {lasting(t, matroska), "longer than"},
		"no tracks":         {testdb.Film(t, ".mkv", args("-f", "lavfi", "-i", "sine=d=0.1"), args("-c:a", "ac3")), "cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := makeFilm(t, films, c.raw)
			var refusal *Refusal
			if !errors.As(err, &refusal) || !strings.Contains(refusal.Reason, c.says) {
				t.Errorf("%v", err)
			}
			if entries, err := os.ReadDir(films.folder); err != nil || len(entries) != 0 {
				t.Errorf("left behind: %v, %v", entries, err)
			}
		})
	}
}

// lasting lets a Matroska file say that it lasts for days.
func lasting(t *testing.T, raw []byte) []byte {
	t.Helper()
	raw = bytes.Clone(raw)
	at := bytes.Index(raw, []byte("\x44\x89\x88")) // its duration, of eight bytes
	if at < 0 {
		t.Fatal("no duration")
	}
	binary.BigEndian.PutUint64(raw[at+3:], math.Float64bits(1e9)) // milliseconds
	return raw
}

func TestFilmsWithoutPrograms(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	if films, err := FindFilms("off", t.TempDir(), log); films != nil || err != nil {
		t.Errorf("off gives %v, %v", films, err)
	}
	if films, err := FindFilms(filepath.Join(t.TempDir(), "ffmpeg"), t.TempDir(), log); films != nil || err == nil {
		t.Errorf("a path that leads nowhere gives %v, %v", films, err)
	}
	t.Setenv("PATH", t.TempDir())
	if films, err := FindFilms("auto", t.TempDir(), log); films != nil || err != nil {
		t.Errorf("nothing installed gives %v, %v", films, err)
	}
	if all := Accepted(false); strings.Contains(strings.Join(all, " "), "video") {
		t.Errorf("without films %v are accepted", all)
	}
}

// TestFilmsEndWithTheirContext: a film that is given up is no film that is refused.
func TestFilmsEndWithTheirContext(t *testing.T) {
	films := findFilms(t)
	film, err := films.Take(t.Context(), bytes.NewReader(testdb.Film(t, ".mp4", testdb.Moving(), h264)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = film.Close() }()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var refusal *Refusal
	if _, err := film.Make(ctx); !errors.Is(err, context.Canceled) || errors.As(err, &refusal) {
		t.Errorf("%v", err)
	}
	if _, err := films.run(t.Context(), film.folder, 1, films.ffmpeg, "-version"); !errors.As(err, &refusal) || !strings.Contains(refusal.Reason, "takes longer") {
		t.Errorf("too long: %v", err)
	}
}

// TestProgramsKnowNoSecrets: settings of the instance may hold passwords.
func TestProgramsKnowNoSecrets(t *testing.T) {
	t.Setenv("PRAXIS_SMTP_PASSWORD", "hunter2")
	for _, entry := range environment() {
		if strings.HasPrefix(entry, "PRAXIS_") {
			t.Error(entry)
		}
	}
}

func TestContainers(t *testing.T) {
	for head, want := range map[string]container{
		"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01": "", "\xff\xfeh\x00i\x00": "", "\xff\xfb\x90\x64": inMP3, "\xff\xf1\x50\x80": inADTS,
		"\x00\x00\x00\x18ftypheic\x00": "", "\x00\x00\x00\x18ftypavif\x00": "", "\x00\x00\x00\x14ftypqt  ": inMP4,
		"RIFF\x00\x00\x00\x00WAVEfmt ": inWAV, "RIFF\x00\x00\x00\x00WEBPVP8 ": "", "RIFF\x00\x00\x00\x00AVI LIST": "", "": "", "\xff": "",
		"\x89PNG\r\n\x1a\n\x00\x00\x00\x00": "", "\x00\x00\x00\x08wide\x00\x00\x00\x00mdat": inMP4,
	} {
		if got := containerOf([]byte(head)); got != want {
			t.Errorf("%q is %q, not %q", head, got, want)
		}
	}
	for frames, want := range map[int]bool{1: false, 2: true} {
		var out bytes.Buffer
		all := &gif.GIF{}
		for range frames {
			all.Image, all.Delay = append(all.Image, image.NewPaletted(image.Rect(0, 0, 2, 2), color.Palette{color.Black})), append(all.Delay, 1)
		}
		if err := gif.EncodeAll(&out, all); err != nil {
			t.Fatal(err)
		}
		if IsAnimated(out.Bytes()) != want || IsAnimated(out.Bytes()[:13]) {
			t.Errorf("of %d frames: %t", frames, !want)
		}
	}
}
