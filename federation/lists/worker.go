package lists

import (
	"bytes"
	"context"
	"log/slog"
	"time"

	"praxis/federation/fetch"
	"praxis/internal/hostlist"
	"praxis/internal/worker"
	"praxis/models"
	"praxis/practice"
)

// Config is what a Worker needs. All of it is required.
type Config struct {
	Service *practice.Service
	Client  *fetch.Client
	Log     *slog.Logger
}

// Worker reads subscribed lists. It is safe for concurrent use.
type Worker struct{ cfg Config }

// New makes a Worker.
func New(cfg Config) *Worker { return &Worker{cfg: cfg} }

// idle is how often it is looked which lists are due.
const idle = time.Minute

// Run reads until ctx ends.
func (w *Worker) Run(ctx context.Context) {
	worker.Loop{
		Step:  w.Step,
		Pause: func(context.Context) time.Duration { return idle },
		Failed: func(ctx context.Context, err error) {
			w.cfg.Log.ErrorContext(ctx, "subscribed lists not read", "error", err)
		},
	}.Run(ctx)
}

// Step reads one list that is due, and reports whether there was any.
func (w *Worker) Step(ctx context.Context) (bool, error) {
	due, err := w.cfg.Service.Store().Read(ctx).DueListSubscription(practice.ListsEvery)
	if models.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	_, err = w.Read(ctx, due)
	return true, err
}

// Read looks at one list now, whether it is due or not, and gives what follows from it; nil for nothing.
func (w *Worker) Read(ctx context.Context, sub *models.ListSubscription) (*practice.Import, error) {
	rows, trouble := w.rows(ctx, sub)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if trouble != "" {
		w.cfg.Log.WarnContext(ctx, "subscribed list not used", "list", sub.URL, "reason", trouble)
	}
	return w.cfg.Service.ReadList(ctx, sub.ID, rows, trouble)
}

func (w *Worker) rows(ctx context.Context, sub *models.ListSubscription) ([]hostlist.Row, string) {
	raw, err := w.cfg.Client.List(ctx, sub.URL)
	if err != nil {
		return nil, err.Error()
	}
	read := hostlist.Read
	if sub.Kind == models.ListAllows {
		read = hostlist.ReadAllows
	}
	rows, err := read(bytes.NewReader(raw))
	if err != nil {
		return nil, err.Error()
	}
	return rows, ""
}
