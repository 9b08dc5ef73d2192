package backfill

import (
	"context"
	"log/slog"
	"time"

	"praxis/federation/directory"
	"praxis/internal/worker"
	"praxis/models"
	"praxis/practice"
)

// Limits bound what is fetched for one community.
type Limits struct {
	Threads  int64
	Posts    int64 // replies
	Requests int64
}

// DefaultLimits are what an instance of an organization needs to take part in what goes on.
func DefaultLimits() Limits { return Limits{Threads: 50, Posts: 1000, Requests: 1500} }

// Config is what a Worker needs. All of it is required but Limits.
type Config struct {
	Service   *practice.Service
	Directory *directory.Directory
	Limits    Limits // DefaultLimits unless set
	Log       *slog.Logger
}

// Worker fetches. Only one may run on a store. It is safe for concurrent use.
type Worker struct {
	cfg   Config
	store *models.Store
	links practice.Links
	wake  chan struct{}
}

// New makes a Worker.
func New(cfg Config) *Worker {
	if cfg.Limits == (Limits{}) {
		cfg.Limits = DefaultLimits()
	}
	return &Worker{cfg: cfg, store: cfg.Service.Store(), links: cfg.Service.Links(), wake: make(chan struct{}, 1)}
}

// Poke says that something new waits. It does not block.
func (w *Worker) Poke() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

const (
	maxTries = 4
	retry    = time.Minute
	idle     = 30 * time.Second
	// budget is how many requests one item may cost: the document, and an author who is not known.
	budget = 8
)

// Run fetches until ctx ends.
func (w *Worker) Run(ctx context.Context) {
	worker.Loop{
		Wake: w.wake, Step: w.Step, Pause: w.untilNext,
		Failed: func(ctx context.Context, err error) {
			w.cfg.Log.ErrorContext(ctx, "backfill stopped for a moment", "error", err)
		},
	}.Run(ctx)
}

func (w *Worker) untilNext(ctx context.Context) time.Duration {
	next, err := w.store.Read(ctx).NextBackfillItem()
	if err != nil {
		return idle
	}
	return worker.Until(next.Time(), w.store.Now(), idle)
}

// batch is how many addresses are asked before something else may have its turn.
const batch = 20

// Step asks some of the addresses that wait, one after the other, and reports whether there were any.
func (w *Worker) Step(ctx context.Context) (bool, error) {
	moved := false
	for range batch {
		did, err := w.one(ctx)
		moved = moved || did
		if err != nil || !did {
			return moved, err
		}
	}
	return moved, nil
}

// one asks one address, and reports whether one waited.
func (w *Worker) one(ctx context.Context) (bool, error) {
	item, err := w.store.Read(ctx).DueBackfillItem()
	if models.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if over, err := w.isSpent(ctx, item); err != nil || over {
		return true, w.giveUp(ctx, item, err)
	}
	found, err := w.ask(ctx, item)
	if ctx.Err() != nil {
		return true, ctx.Err()
	}
	if err := w.settle(ctx, item, found, err); err != nil {
		return true, err
	}
	return true, w.cfg.Service.EndBackfill(ctx, item.CommunityID)
}

// missedThreads is how many times more threads than at the beginning are fetched after an absence: of those all are wanted.
const missedThreads = 10

// threadKinds are the items that lead to threads.
var threadKinds = map[string]bool{models.BackfillThread: true, models.BackfillOutbox: true, models.BackfillNote: true}

// isSpent reports that a community's limits are reached.
func (w *Worker) isSpent(ctx context.Context, item *models.BackfillItem) (bool, error) {
	if item.CommunityID == 0 {
		return false, nil
	}
	b, err := w.store.Read(ctx).Backfill(item.CommunityID)
	if models.IsNotFound(err) {
		return true, nil // the community is gone
	}
	if err != nil {
		return false, err
	}
	limits := w.cfg.Limits
	if b.Since != 0 {
		limits.Threads *= missedThreads
	}
	return b.Requests >= limits.Requests || b.Posts >= limits.Posts ||
		(b.Threads >= limits.Threads && threadKinds[item.Kind]), nil
}

// giveUp ends an item that the limits leave no room for, and all others that they leave none for either will follow.
func (w *Worker) giveUp(ctx context.Context, item *models.BackfillItem, err error) error {
	if err != nil {
		return err
	}
	item.State = models.BackfillFailed
	err = w.store.Tx(ctx, func(tx *models.Tx) error { return tx.SaveBackfillItem(item) })
	if err != nil {
		return err
	}
	return w.cfg.Service.EndBackfill(ctx, item.CommunityID)
}

// findings are what an address led to.
type findings struct {
	next           []models.BackfillItem // Kind and URI only
	threads, posts int64
}

// settle stores what became of an item.
func (w *Worker) settle(ctx context.Context, item *models.BackfillItem, found findings, failure error) error {
	return w.store.Tx(ctx, func(tx *models.Tx) error {
		item.State = models.BackfillDone
		if failure != nil {
			w.cfg.Log.DebugContext(ctx, "not backfilled", "kind", item.Kind, "uri", item.URI, "error", failure)
			item.Attempts++
			item.State = models.BackfillFailed
			if directory.IsTemporary(failure) && item.Attempts < maxTries {
				item.State = models.BackfillPending
				item.NextTryAt = models.At(tx.Now().Time().Add(retry * time.Duration(item.Attempts*item.Attempts)))
			}
		}
		if err := tx.SaveBackfillItem(item); err != nil {
			return err
		}
		for _, next := range found.next {
			if err := tx.AddBackfillItem(item.CommunityID, next.Kind, next.URI); err != nil {
				return err
			}
		}
		if item.CommunityID == 0 {
			return nil
		}
		return tx.CountBackfill(item.CommunityID, found.threads, found.posts, 1)
	})
}
