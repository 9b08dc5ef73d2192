package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"praxis/internal/progress"
	"praxis/models"
)

// backfillWatch follows what is fetched of a community elsewhere.
type backfillWatch struct {
	acct     string
	look     func(ctx context.Context) (row *models.Backfill, failed int64, err error)
	meter    *progress.Meter
	patience time.Duration

	found, requests int64
	moved           time.Time
}

// follow waits until all is fetched. Errors: Unavailable when nothing could be, or nothing moves.
func (w *backfillWatch) follow(ctx context.Context, out io.Writer) error {
	w.moved = time.Now()
	w.meter.Begin("threads of @"+w.acct, "threads and replies", 0)
	defer w.meter.End()
	for {
		now, failed, err := w.look(ctx)
		if err != nil {
			return err
		}
		w.note(now)
		switch {
		case now.State != models.BackfillRunning:
			w.meter.End()
			return w.tell(now, failed, out)
		case time.Since(w.moved) > w.patience:
			return models.Errorf(models.Unavailable, "nothing was fetched of @%s for %s: does praxis serve run?", w.acct, w.patience)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(lookEvery):
		}
	}
}

// note counts what was found since the last look.
func (w *backfillWatch) note(now *models.Backfill) {
	found := now.Threads + now.Posts
	if found > w.found {
		w.meter.Add(found - w.found)
	}
	if found != w.found || now.Requests != w.requests {
		w.moved = time.Now()
	}
	w.found, w.requests = found, now.Requests
}

// tell says what came of it.
func (w *backfillWatch) tell(now *models.Backfill, failed int64, out io.Writer) error {
	if failed > 0 && now.Threads == 0 {
		return models.Errorf(models.Unavailable, "nothing of @%s could be fetched: its server does not answer as it should", w.acct)
	}
	fmt.Fprintf(out, "fetched of @%s: %d threads and %d replies in %d requests", w.acct, now.Threads, now.Posts, now.Requests)
	if failed > 0 {
		fmt.Fprintf(out, "; %d addresses gave nothing", failed)
	}
	_, err := fmt.Fprintln(out)
	return err
}
