package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"praxis/internal/archive"
	"praxis/internal/config"
	"praxis/internal/media"
	"praxis/internal/progress"
	"praxis/models"
)

// maxHead bounds the head of a backup.
const maxHead = 1 << 20

// Restore fills an empty database, and the files, from a backup: all of it or nothing.
type Restore struct {
	Config config.Config
	Media  media.Store // nil to leave files out
	Meter  *progress.Meter
	Now    func() time.Time
	// What it did, once From was without error.
	Head    BackupHead
	Rows    int64
	Files   int64
	Settled models.Settled

	put []string // the files that were not there before
}

// PrepareRestore gives the Restore of an instance that a configuration names.
func PrepareRestore(cfg config.Config, opts Options) (*Restore, error) {
	kept, err := mediaStore(cfg)
	if err != nil {
		return nil, err
	}
	r := &Restore{Config: cfg, Media: kept, Now: opts.Now}
	if r.Now == nil {
		r.Now = time.Now
	}
	return r, nil
}

// From restores a backup. It is read three times: to see whether it is whole, for the files, and for the rows, which come
// last, since they count only once all is there. Errors: Invalid for what is no whole backup; Conflict for one of another
// host, of a newer schema, or for a database that is not empty.
func (r *Restore) From(ctx context.Context, backup io.ReadSeeker) error {
	if err := r.verify(backup); err != nil {
		return err
	}
	if err := r.readHead(backup); err != nil {
		return err
	}
	if err := r.probe(ctx); err != nil {
		return err
	}
	err := r.putFiles(ctx, backup)
	if err == nil {
		err = r.fill(ctx, backup)
	}
	if err != nil {
		return errors.Join(err, r.takeBack(ctx))
	}
	return r.bringUp(ctx)
}

func (r *Restore) verify(backup io.ReadSeeker) error {
	size, err := backup.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = backup.Seek(0, io.SeekStart)
	}
	if err != nil {
		return fmt.Errorf("read the backup: %w", err)
	}
	r.Meter.Begin("check", "bytes", size)
	defer r.Meter.End()
	err = archive.Verify(counted{backup, r.Meter}, func(int64) {})
	if errors.Is(err, archive.ErrBroken) {
		return models.Errorf(models.Invalid, "nothing was restored: %v", err)
	}
	return err
}

// counted tells a Meter what is read.
type counted struct {
	io.Reader
	meter *progress.Meter
}

// Read reads on.
func (c counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.meter.Add(int64(n))
	return n, err
}

// readHead reads what the backup is of, and refuses what cannot be restored here.
func (r *Restore) readHead(backup io.ReadSeeker) error {
	first := true
	err := r.each(backup, func(part *archive.Part) (bool, error) {
		if first = false; part.Name != headName || part.Size > maxHead {
			return false, models.Errorf(models.Invalid, "nothing was restored: the archive is no backup of an instance")
		}
		if err := json.NewDecoder(part).Decode(&r.Head); err != nil {
			return false, models.Errorf(models.Invalid, "nothing was restored: the head of the backup cannot be read: %v", err)
		}
		return false, nil
	})
	switch {
	case err != nil:
		return err
	case first:
		return models.Errorf(models.Invalid, "nothing was restored: the archive is empty")
	case r.Head.Format != backupFormat:
		return models.Errorf(models.Conflict, "the backup has the form %d and this program reads %d: run the praxis that wrote it (%s)", r.Head.Format, backupFormat, r.Head.Program)
	case r.Head.Host != r.Config.Host:
		return models.Errorf(models.Conflict, "the backup is of %q, but the configured host is %s: set host to it, or take another backup", r.Head.Host, r.Config.Host)
	}
	return nil
}

// each calls visit with the parts of the backup, until it does not want to go on.
func (r *Restore) each(backup io.ReadSeeker, visit func(part *archive.Part) (more bool, err error)) error {
	if _, err := backup.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read the backup: %w", err)
	}
	reader, err := archive.NewReader(backup)
	if err != nil {
		return err
	}
	for {
		part, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if more, err := visit(part); err != nil || !more {
			return err
		}
	}
}

// probe sees whether the database can be filled, before files are written.
func (r *Restore) probe(ctx context.Context) error {
	probe, err := models.BeginRestore(ctx, r.Config.Database, r.Head.Schema, r.Head.Tables)
	if err != nil {
		return err
	}
	return probe.Rollback()
}

func (r *Restore) putFiles(ctx context.Context, backup io.ReadSeeker) error {
	if r.Media == nil || !r.Head.Media {
		return nil
	}
	r.Meter.Begin("files", "files", 0)
	defer r.Meter.End()
	return r.each(backup, func(part *archive.Part) (bool, error) {
		name, ok := strings.CutPrefix(part.Name, mediaFolder)
		if !ok {
			return true, nil
		}
		return true, r.putFile(ctx, name, part)
	})
}

// putFile keeps a file. One that is there stays: what a name stands for never changes.
func (r *Restore) putFile(ctx context.Context, name string, content *archive.Part) error {
	if !media.IsName(name) {
		return models.Errorf(models.Invalid, "nothing was restored: %q is no name of a file", name)
	}
	r.Files++
	r.Meter.Add(1)
	there, err := r.Media.Open(ctx, name)
	if err == nil {
		size, err := there.Seek(0, io.SeekEnd)
		if err = errors.Join(err, there.Close()); err != nil || size == content.Size {
			return err
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("look for the file %s: %w", name, err)
	}
	r.put = append(r.put, name)
	return r.Media.Put(ctx, name, content)
}

func (r *Restore) takeBack(ctx context.Context) error {
	var err error
	for _, name := range r.put {
		err = errors.Join(err, r.Media.Delete(context.WithoutCancel(ctx), name))
	}
	return err
}

func (r *Restore) fill(ctx context.Context, backup io.ReadSeeker) (err error) {
	restore, err := models.BeginRestore(ctx, r.Config.Database, r.Head.Schema, r.Head.Tables)
	if err != nil {
		return err
	}
	r.Meter.Begin("rows", "rows", r.Head.Rows())
	err = r.fillTables(ctx, restore, backup)
	if err == nil && r.Rows != r.Head.Rows() {
		err = models.Errorf(models.Invalid, "nothing was restored: the backup has %d rows and its head says %d", r.Rows, r.Head.Rows())
	}
	if err == nil {
		r.Settled, err = restore.Settle(ctx, r.Head.Taken, models.At(r.Now()))
	}
	if err != nil {
		return errors.Join(err, restore.Rollback())
	}
	r.Meter.End()
	return restore.Commit()
}

func (r *Restore) fillTables(ctx context.Context, restore *models.Restore, backup io.ReadSeeker) error {
	return r.each(backup, func(part *archive.Part) (bool, error) {
		rest, ok := strings.CutPrefix(part.Name, tablesFolder)
		if !ok {
			return part.Name == headName, nil // files come last
		}
		table, _, _ := strings.Cut(rest, "/")
		n, err := restore.Fill(ctx, table, part)
		r.Rows += n
		r.Meter.Add(n)
		return true, err
	})
}

// bringUp brings an older schema up to date.
func (r *Restore) bringUp(ctx context.Context) error {
	store, err := models.Open(ctx, r.Config.Database, models.Options{Now: r.Now})
	if err != nil {
		return fmt.Errorf("the backup is restored, but its schema is not brought up to date: %w", err)
	}
	return store.Close()
}
