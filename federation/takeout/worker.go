package takeout

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"praxis/federation/outbox"
	"praxis/internal/media"
	"praxis/models"
	"praxis/practice"
)

// Config is what a Worker needs, all of it.
type Config struct {
	Service *practice.Service
	Writer  *outbox.Writer
	Log     *slog.Logger
}

// Worker makes archives. Only one may run on a store.
type Worker struct {
	cfg   Config
	store *models.Store
}

// New makes a Worker.
func New(cfg Config) *Worker { return &Worker{cfg: cfg, store: cfg.Service.Store()} }

// ending is that of archives: no such file is served to who only knows its name.
const ending = ".zip"

// Step makes the archives that wait, and reports whether there were any.
func (w *Worker) Step(ctx context.Context) (bool, error) {
	waiting, err := w.store.Read(ctx).ExportsWaiting(2)
	if err != nil {
		return false, err
	}
	for i := range waiting {
		if err := w.make(ctx, &waiting[i]); err != nil {
			return false, err
		}
	}
	return len(waiting) > 0, nil
}

func (w *Worker) make(ctx context.Context, e *models.MemberExport) error {
	file, size, err := w.keep(ctx, e)
	if ctx.Err() != nil {
		return ctx.Err() // it is made anew after a start
	}
	if err != nil {
		w.cfg.Log.ErrorContext(ctx, "archive of a member not made", "actor_id", e.ActorID, "error", err)
		file, size = "", 0
	}
	return w.cfg.Service.ExportDone(ctx, e, file, size)
}

// keep writes the archive beside everything else, and then as a kept file: whole or not at all.
func (w *Worker) keep(ctx context.Context, e *models.MemberExport) (name string, size int64, err error) {
	kept := w.cfg.Service.Media().Store
	if kept == nil {
		return "", 0, errors.New("there is no place for files")
	}
	member, err := w.store.Read(ctx).Actor(e.ActorID)
	if err != nil {
		return "", 0, err
	}
	temp, err := os.CreateTemp("", "praxis-takeout-*")
	if err != nil {
		return "", 0, fmt.Errorf("begin an archive: %w", err)
	}
	defer func() { _, _ = temp.Close(), os.Remove(temp.Name()) }()
	if err := w.Write(ctx, member, temp); err != nil {
		return "", 0, err
	}
	if size, err = temp.Seek(0, io.SeekCurrent); err == nil {
		_, err = temp.Seek(0, io.SeekStart)
	}
	if err != nil {
		return "", 0, fmt.Errorf("read an archive: %w", err)
	}
	name = media.NewName(ending)
	return name, size, kept.Put(ctx, name, temp)
}
