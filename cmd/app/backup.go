package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"praxis/internal/archive"
	"praxis/internal/config"
	"praxis/internal/media"
	"praxis/internal/progress"
	"praxis/models"
)

// backupFormat is the form of a backup that this program writes, and the only one that it reads.
const backupFormat = 1

// The parts of a backup: what it is of, rows of a table in pieces, files.
const (
	headName     = "backup.json"
	tablesFolder = "tables/"
	mediaFolder  = "media/"
)

// pieceSize is about how many bytes of rows are in one part: they are held in memory, since a tar tells sizes first.
const pieceSize = 4 << 20

// BackupHead says what a backup is of.
type BackupHead struct {
	Format   int              `json:"format"`
	Program  string           `json:"program"`
	Host     string           `json:"host"`
	Database string           `json:"database"`
	Schema   int64            `json:"schema"`
	Taken    models.Timestamp `json:"taken"`
	Epoch    string           `json:"epoch"`
	Media    bool             `json:"media"`
	Tables   []models.Table   `json:"tables"`
}

// Rows counts the rows of all tables.
func (h *BackupHead) Rows() int64 {
	var n int64
	for _, table := range h.Tables {
		n += table.Rows
	}
	return n
}

// Backup copies an instance into an archive while it may run.
type Backup struct {
	Store *models.Store
	Media media.Store // nil to leave files out
	Meter *progress.Meter
	// What it did, once Write was without error.
	Head  BackupHead
	Files int64
	Bytes int64 // of files
}

// OpenForBackup opens what a configuration names, whatever the version of its schema. Errors: Conflict where there is no
// instance, or one of another host.
func OpenForBackup(ctx context.Context, cfg config.Config, opts Options) (*Backup, error) {
	store, err := models.Open(ctx, cfg.Database, models.Options{Now: opts.Now, Logger: opts.Log, AsItIs: true})
	if err != nil {
		return nil, err
	}
	host, err := store.Read(ctx).Setting(models.SettingHost)
	if err == nil && host != cfg.Host {
		err = models.Errorf(models.Conflict, "this database belongs to %q, but the configured host is %s", host, cfg.Host)
	}
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	kept, err := mediaStore(cfg)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return &Backup{Store: store, Media: kept}, nil
}

// Write writes the archive: the rows as they are at one moment, then files, so that no row names a file that came later.
func (b *Backup) Write(ctx context.Context, w io.Writer) error {
	now := b.Store.Now()
	out := archive.NewWriter(w, now)
	if err := b.writeDatabase(ctx, out, now); err != nil {
		return err
	}
	if b.Media != nil {
		b.Meter.Begin("files", "files", 0)
		if err := b.Media.Each(ctx, func(name string) error { return b.writeFile(ctx, out, name) }); err != nil {
			return fmt.Errorf("back up the files: %w", err)
		}
		b.Meter.End()
	}
	return out.Close()
}

// Note remembers that the backup is whole, for those who look whether there is one.
func (b *Backup) Note(ctx context.Context) error {
	return b.Store.Tx(ctx, func(tx *models.Tx) error { return tx.PutSetting(models.SettingBackedUp, formatMoment(b.Head.Taken)) })
}

func (b *Backup) writeDatabase(ctx context.Context, out *archive.Writer, now time.Time) (err error) {
	snapshot, err := b.Store.Snapshot(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, snapshot.Close()) }()
	b.Head = BackupHead{
		Format: backupFormat, Program: Version, Database: b.Store.Dialect(), Schema: snapshot.Schema, Taken: models.At(now),
		Media: b.Media != nil, Tables: snapshot.Tables,
	}
	if b.Head.Host, err = snapshot.Setting(ctx, models.SettingHost); err != nil {
		return err
	}
	if b.Head.Epoch, err = snapshot.Setting(ctx, models.SettingEpoch); err != nil {
		return err
	}
	head, err := json.MarshalIndent(b.Head, "", "  ")
	if err != nil {
		return fmt.Errorf("write the head of the backup: %w", err)
	}
	if err := out.Add(headName, int64(len(head)), bytes.NewReader(head)); err != nil {
		return err
	}
	b.Meter.Begin("rows", "rows", b.Head.Rows())
	for _, table := range snapshot.Tables {
		if err := b.writeTable(ctx, out, snapshot, table); err != nil {
			return err
		}
	}
	b.Meter.End()
	return nil
}

func (b *Backup) writeTable(ctx context.Context, out *archive.Writer, snapshot *models.Snapshot, table models.Table) error {
	var piece bytes.Buffer
	number := 0
	flush := func() error {
		if piece.Len() == 0 {
			return nil
		}
		number++
		defer piece.Reset()
		return out.Add(fmt.Sprintf("%s%s/%06d.jsonl", tablesFolder, table.Name, number), int64(piece.Len()), &piece)
	}
	err := snapshot.Rows(ctx, table, func(line []byte) error {
		piece.Write(line)
		b.Meter.Add(1)
		if piece.Len() < pieceSize {
			return nil
		}
		return flush()
	})
	if err != nil {
		return err
	}
	return flush()
}

// writeFile copies one file. One that was deleted since it was listed is not missed.
func (b *Backup) writeFile(ctx context.Context, out *archive.Writer, name string) (err error) {
	file, err := b.Media.Open(ctx, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	b.Files, b.Bytes = b.Files+1, b.Bytes+size
	b.Meter.Add(1)
	return out.Add(mediaFolder+name, size, file)
}
