package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"praxis/cmd/app"
	"praxis/internal/progress"
	"praxis/models"
)

type backupCommand struct {
	File    string `arg:"" help:"File to write, or a folder, in which it gets a name with host and time." placeholder:"FILE|FOLDER"`
	NoMedia bool   `help:"Leave files out, where they are backed up otherwise."`
}

// Run copies the instance into one file, while it may run.
func (b *backupCommand) Run(ctx context.Context, std *streams, c *cli) (err error) {
	cfg, err := c.load(std)
	if err != nil {
		return err
	}
	backup, err := app.OpenForBackup(ctx, cfg, app.Options{Log: quietLog(std)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, backup.Store.Close()) }()
	backup.Meter = progress.New(std.err)
	if b.NoMedia {
		backup.Media = nil
	}
	path := b.path(cfg.Host, time.Now())
	if err := writeWhole(path, func(file *os.File) error { return backup.Write(ctx, file) }); err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if err := backup.Note(ctx); err != nil {
		return err
	}
	fmt.Fprintf(std.out, "backed up %s into %s: %d rows of %d tables, %d files, %.1f MB\n", cfg.Host, path,
		backup.Head.Rows(), len(backup.Head.Tables), backup.Files, float64(info.Size())/1e6)
	return nil
}

func (b *backupCommand) path(host string, now time.Time) string {
	if info, err := os.Stat(b.File); err == nil && info.IsDir() {
		name := fmt.Sprintf("praxis-%s-%s.tar.gz", strings.ReplaceAll(host, ":", "-"), now.UTC().Format("20060102T150405Z"))
		return filepath.Join(b.File, name)
	}
	return b.File
}

// writeWhole writes a file that is there whole or not at all, and never takes the place of another.
func writeWhole(path string, write func(file *os.File) error) error {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return usage("%s is there already: name another file", path)
	}
	part := path + ".part"
	file, err := os.OpenFile(part, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return usage("%s is there: another backup is under way, or one broke off; delete it then", part)
	}
	if err != nil {
		return usage("cannot write the backup: %w", err)
	}
	err = write(file)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, os.Remove(part))
	}
	return os.Rename(part, path)
}

type restoreCommand struct {
	File    string `arg:"" help:"File that praxis backup wrote." placeholder:"FILE"`
	NoMedia bool   `help:"Leave files out, where they are there already."`
}

// Run fills an empty database from a backup.
func (r *restoreCommand) Run(ctx context.Context, std *streams, c *cli) (err error) {
	cfg, err := c.load(std)
	if err != nil {
		return err
	}
	file, err := os.Open(r.File)
	if err != nil {
		return usage("cannot read the backup: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	restore, err := app.PrepareRestore(cfg, app.Options{})
	if err != nil {
		return err
	}
	restore.Meter = progress.New(std.err)
	if r.NoMedia {
		restore.Media = nil
	}
	if err := restore.From(ctx, file); err != nil {
		return err
	}
	report(std, restore)
	return nil
}

// report says what is there again, and what whoever restored it has to know.
func report(std *streams, r *app.Restore) {
	moment := func(at models.Timestamp) string { return at.Time().UTC().Format("2006-01-02 15:04:05 UTC") }
	fmt.Fprintf(std.out, "restored %s as it was at %s: %d rows of %d tables, %d files\n", r.Head.Host, moment(r.Head.Taken),
		r.Rows, len(r.Head.Tables), r.Files)
	if !r.Head.Media {
		fmt.Fprintln(std.out, "the backup has no files: put those of media_dir back from elsewhere")
	}
	if n := r.Settled.Deliveries; n > 0 {
		fmt.Fprintf(std.out, "%d deliveries that waited then are parked: they may have gone out since\n", n)
	}
	if n := r.Settled.Scheduled; n > 0 {
		fmt.Fprintf(std.out, "%d scheduled posts whose time has passed wait for a new one: they may have been published since\n", n)
	}
	fmt.Fprintln(std.out, "what was done since, here and elsewhere, is unknown here; tokens and passwords are those of then")
}
