package preview

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"praxis/federation/fetch"
	"praxis/internal/worker"
	"praxis/models"
)

// Config is what a Worker needs. All of it is required.
type Config struct {
	Store  *models.Store
	Client *fetch.Client
	Log    *slog.Logger
}

// Worker fetches pages. It is safe for concurrent use.
type Worker struct {
	cfg  Config
	wake chan struct{}
}

// New makes a Worker.
func New(cfg Config) *Worker { return &Worker{cfg: cfg, wake: make(chan struct{}, 1)} }

// Poke says that something new waits. It does not block.
func (w *Worker) Poke() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

const (
	atOnce   = 4 // pages that are fetched side by side
	maxTries = 3
	retry    = time.Minute
	budget   = 8 // requests for one page, with redirects
	idle     = 30 * time.Second
)

// Run fetches until ctx ends.
func (w *Worker) Run(ctx context.Context) {
	worker.Loop{
		Wake: w.wake, Step: w.Step, Pause: w.untilNext,
		Failed: func(ctx context.Context, err error) {
			w.cfg.Log.ErrorContext(ctx, "previews stopped for a moment", "error", err)
		},
	}.Run(ctx)
}

func (w *Worker) untilNext(ctx context.Context) time.Duration {
	next, err := w.cfg.Store.Read(ctx).NextCard()
	if err != nil {
		return idle
	}
	return worker.Until(next.Time(), w.cfg.Store.Now(), idle)
}

// Step fetches some of the pages that are due, and reports whether there were any.
func (w *Worker) Step(ctx context.Context) (bool, error) {
	due, err := w.cfg.Store.Read(ctx).DueCards(atOnce)
	if err != nil || len(due) == 0 {
		return false, err
	}
	var wait sync.WaitGroup
	for i := range due {
		wait.Go(func() { w.fetch(ctx, &due[i]) })
	}
	wait.Wait()
	for i := range due {
		if ctx.Err() != nil {
			return true, ctx.Err()
		}
		if err := w.cfg.Store.Tx(ctx, func(tx *models.Tx) error { return tx.SaveCard(&due[i]) }); err != nil {
			return true, err
		}
	}
	return true, nil
}

// fetch fills a card, or says when to try again.
func (w *Worker) fetch(ctx context.Context, card *models.PreviewCard) {
	now := models.At(w.cfg.Store.Now())
	found, err := w.read(fetch.WithBudget(ctx, budget), card.URL)
	if err == nil {
		found.ID, found.URL, found.CreatedAt = card.ID, card.URL, card.CreatedAt
		found.State, found.FetchedAt = models.CardReady, now
		if found.Title == "" {
			found.State = models.CardFailed
		}
		*card = *found
		return
	}
	w.cfg.Log.DebugContext(ctx, "page not fetched", "url", card.URL, "error", err)
	card.Attempts++
	if fetch.KindOf(err) == fetch.Temporary && card.Attempts < maxTries {
		pause := retry * time.Duration(card.Attempts*card.Attempts)
		card.NextTryAt = models.At(now.Time().Add(pause + rand.N(pause)))
		return
	}
	card.State, card.FetchedAt = models.CardFailed, now
}

// read gets a page, and from the page's server what the page itself does not say.
func (w *Worker) read(ctx context.Context, address string) (*models.PreviewCard, error) {
	page, err := w.cfg.Client.WebPage(ctx, address)
	if err != nil {
		return nil, err
	}
	said := parse(page)
	if said.oembed != "" && said.lacks() {
		if more, err := w.cfg.Client.OEmbed(ctx, said.oembed); err == nil {
			said.addOEmbed(more.Body)
		}
	}
	return said.card(), nil
}
