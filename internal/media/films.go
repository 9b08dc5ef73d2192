package media

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// What films and sounds may be. The limits are those of Mastodon, which clients are made for; it has none for the time.
const (
	MaxFilmBytes  = 103_809_024 // of a file, before and after it is made
	MaxFilmPixels = 8_294_400   // of one frame: 3840 by 2160
	MaxFilmRate   = 120         // frames in a second
	maxFilmTime   = 4 * time.Hour
)

// How long the programs may take.
const (
	lookTime = 30 * time.Second
	makeTime = 20 * time.Minute
)

// Films makes films and sounds that may be served of what people send, with the programs ffmpeg and ffprobe: as processes
// of their own that open no network, know no secrets and read nothing but the one file, as a format that was decided before
// they began (security case G18). It is safe for concurrent use.
type Films struct {
	ffmpeg, ffprobe []string
	folder          string
	log             *slog.Logger
	looks, makes    chan struct{}
}

// FindFilms looks for the programs: "auto" takes what is installed and gives nil where nothing is, "off" gives nil, and a
// path is that of ffmpeg, with ffprobe beside it. Files that are being worked on lie in the folder, which is made with the
// first. Errors: a path that leads to no program.
func FindFilms(where, folder string, log *slog.Logger) (*Films, error) {
	if where == "off" || where == "" {
		return nil, nil
	}
	ffmpeg, ffprobe := "ffmpeg", "ffprobe"
	if where != "auto" {
		ffmpeg, ffprobe = where, filepath.Join(filepath.Dir(where), "ffprobe")
	}
	maker, errMaker := absolute(ffmpeg)
	prober, errProber := absolute(ffprobe)
	if err := errors.Join(errMaker, errProber); err != nil {
		if where == "auto" {
			return nil, nil
		}
		return nil, fmt.Errorf("find ffmpeg: %w", err)
	}
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, fmt.Errorf("find the folder of films: %w", err)
	}
	f := &Films{
		ffmpeg: []string{maker}, ffprobe: []string{prober}, folder: folder, log: log,
		looks: make(chan struct{}, 2), makes: make(chan struct{}, 1),
	}
	if nice, err := absolute("nice"); err == nil { // whoever waits for a page comes first
		f.ffmpeg = append([]string{nice, "-n", "10"}, f.ffmpeg...)
	}
	return f, nil
}

// absolute finds a program, wherever it will be started from.
func absolute(program string) (string, error) {
	path, err := exec.LookPath(program)
	if err != nil {
		return "", err
	}
	return filepath.Abs(path)
}

// Sweep deletes what was left of films when the process ended while they were worked on.
func (f *Films) Sweep() error {
	entries, err := os.ReadDir(f.folder)
	if err != nil {
		return ignoreAbsent(err)
	}
	var all error
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil && time.Since(info.ModTime()) > 3*makeTime {
			all = errors.Join(all, os.RemoveAll(filepath.Join(f.folder, entry.Name())))
		}
	}
	return all
}

// run runs a program in a folder and gives what it wrote to its standard output. Errors: Refusal when it failed or took too
// long, which is the fault of its input; others when it could not run, or was ended together with this process.
func (f *Films) run(ctx context.Context, folder string, limit time.Duration, program []string, args ...string) ([]byte, error) {
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	command := exec.CommandContext(limited, program[0], append(program[1:len(program):len(program)], args...)...)
	command.Dir = folder
	command.Env = environment()
	command.WaitDelay = 5 * time.Second
	var out, said bounded
	command.Stdout, command.Stderr = &out, &said
	err := command.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return out.Bytes(), nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case limited.Err() != nil:
		return nil, refuse("the file takes longer than %s to work on: send a shorter or smaller one", limit)
	case !errors.As(err, &exit):
		return nil, fmt.Errorf("run %s: %w", program[0], err)
	}
	if code := exit.ExitCode(); code < 0 || code == 255 {
		// A signal ended it. Where that was for the whole service, we hear of it in a moment, and the film is not to blame.
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(2 * time.Second):
		}
	}
	f.log.InfoContext(ctx, "file not understood", "program", filepath.Base(program[len(program)-1]), "error", err, "said", said.String())
	return nil, refuse("the file is damaged or cut off, or of a kind that cannot be read")
}

// environment leaves out what the programs do not need, above all secrets.
func environment() []string {
	env := []string{"LC_ALL=C", "AV_LOG_FORCE_NOCOLOR=1"}
	for _, name := range []string{"PATH", "LD_LIBRARY_PATH", "SystemRoot"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// bounded keeps the beginning of what is written.
type bounded struct{ bytes.Buffer }

const maxSaid = 1 << 20

func (b *bounded) Write(raw []byte) (int, error) {
	if room := maxSaid - b.Len(); room > 0 {
		b.Buffer.Write(raw[:min(room, len(raw))])
	}
	return len(raw), nil
}

func hold(ctx context.Context, slots chan struct{}) (leave func(), err error) {
	select {
	case slots <- struct{}{}:
		return func() { <-slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Film is a film or sound that is being worked on, in a folder of its own. Close it.
type Film struct {
	films  *Films
	folder string
	kind   container
	size   int64
	found  contents
}

// The names in a film's folder.
const (
	filmSource = "source"
	filmCover  = "cover.png"
)

// Take looks at a file: whether it is a film or sound that can be taken. Errors: Refusal; others for faults of this machine.
func (f *Films) Take(ctx context.Context, content io.Reader) (*Film, error) {
	if err := os.MkdirAll(f.folder, 0o700); err != nil {
		return nil, fmt.Errorf("take film: %w", err)
	}
	folder, err := os.MkdirTemp(f.folder, "film")
	if err != nil {
		return nil, fmt.Errorf("take film: %w", err)
	}
	film := &Film{films: f, folder: folder}
	if err := film.take(ctx, content); err != nil {
		return nil, errors.Join(err, film.Close())
	}
	return film, nil
}

// Close deletes what is in the film's folder.
func (film *Film) Close() error { return os.RemoveAll(film.folder) }

func (film *Film) take(ctx context.Context, content io.Reader) error {
	file, err := os.OpenFile(film.path(filmSource), os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("take film: %w", err)
	}
	film.size, err = io.Copy(file, io.LimitReader(content, MaxFilmBytes+1))
	head := make([]byte, headLength)
	n, errHead := file.ReadAt(head, 0)
	if errors.Is(errHead, io.EOF) {
		errHead = nil
	}
	if err := errors.Join(err, errHead, file.Close()); err != nil {
		return fmt.Errorf("take film: %w", err)
	}
	if film.size > MaxFilmBytes {
		return refuse("the file is too large: at most %d MB are taken", MaxFilmBytes>>20)
	}
	if film.kind = containerOf(head[:n]); film.kind == "" {
		return refuse("the file is no film and no sound that can be taken")
	}
	leave, err := hold(ctx, film.films.looks)
	if err != nil {
		return err
	}
	defer leave()
	if film.found, err = film.look(ctx, filmSource, film.kind); err != nil {
		return err
	}
	return film.check()
}

func (film *Film) path(name string) string { return filepath.Join(film.folder, name) }

// Type tells what the file will be: video, gifv for one without sound, or audio.
func (film *Film) Type() string {
	switch {
	case film.found.picture == nil:
		return "audio"
	case film.found.sound == nil:
		return "gifv"
	}
	return "video"
}

// Size is how many bytes the file has as it came.
func (film *Film) Size() int64 { return film.size }

// Open gives the file as it came.
func (film *Film) Open() (*os.File, error) { return os.Open(film.path(filmSource)) }
