package reconcile

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"praxis/federation/directory"
	"praxis/federation/sign"
	"praxis/internal/worker"
	"praxis/models"
	"praxis/practice"
)

// Config is what a Worker needs. All of it is required.
type Config struct {
	Service   *practice.Service
	Directory *directory.Directory
	Verifier  *sign.Verifier // of what moderators of siblings signed
	Log       *slog.Logger
}

// Worker compares follows with other servers, and looks into absences. Only one may run on a store. It is safe for concurrent
// use.
type Worker struct {
	cfg   Config
	store *models.Store
	links practice.Links
	wake  chan struct{}

	mu     sync.Mutex
	looked time.Time            // when it was last looked for hosts that were silent
	sums   map[int64]string     // what siblings said last
	asked  map[string]time.Time // when a silent sibling was asked whether it is there

	waits patience
}

// New makes a Worker.
func New(cfg Config) *Worker {
	return &Worker{cfg: cfg, store: cfg.Service.Store(), links: cfg.Service.Links(), wake: make(chan struct{}, 1)}
}

const (
	// settling is how long a difference may last by itself: an Accept or an Undo may be on its way.
	settling = time.Minute
	// every is how often another server is asked who follows one of its actors, whatever it says.
	every = 15 * time.Minute
	// lookEvery is how often it is looked for hosts that spoke again after a long silence.
	lookEvery = time.Minute
	maxTries  = 5
	idle      = 30 * time.Second
	batch     = 20
)

// Poke says that something new waits. It does not block.
func (w *Worker) Poke() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Run works until ctx ends.
func (w *Worker) Run(ctx context.Context) {
	worker.Loop{
		Wake: w.wake, Step: w.Step, Pause: func(context.Context) time.Duration { return idle },
		Failed: func(ctx context.Context, err error) {
			w.cfg.Log.ErrorContext(ctx, "comparing follows stopped for a moment", "error", err)
		},
	}.Run(ctx)
}

// Step looks into an absence and asks some of the servers that count otherwise than we do, one after the other, and reports
// whether there was any.
func (w *Worker) Step(ctx context.Context) (bool, error) {
	said, err := w.lookForSilence(ctx)
	if err != nil {
		return said, err
	}
	moved, err := w.cfg.Service.LookIntoAbsence(ctx)
	if err != nil {
		return moved, err
	}
	moved = moved || said
	synced, err := w.syncSiblings(ctx)
	if err != nil {
		return moved, err
	}
	moved = moved || synced
	due, err := w.store.Read(ctx).DueFollowerChecks(batch)
	if err != nil {
		return moved, err
	}
	for i := range due {
		if err := w.check(ctx, &due[i]); err != nil {
			return true, err
		}
	}
	return moved || len(due) > 0, nil
}

func (w *Worker) lookForSilence(ctx context.Context) (bool, error) {
	if !w.isTimeToLook() {
		return false, nil
	}
	if err := w.cfg.Service.NoteSilences(ctx); err != nil {
		return false, err
	}
	said, err := w.askSilent(ctx)
	if err != nil {
		return said, err
	}
	return w.readReports(ctx)
}

func (w *Worker) isTimeToLook() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.store.Now()
	if now.Sub(w.looked) < lookEvery {
		return false
	}
	w.looked = now
	return true
}

// Hear takes what a signed delivery said of the followers of the actor that sent it. Only a difference is stored. What
// makes no sense, or is about another collection or another origin, is left alone: nobody answers for others.
func (w *Worker) Hear(ctx context.Context, sender *models.Actor, header string) {
	summary, err := ParseSummary(header)
	if err == nil {
		err = w.hear(ctx, sender, summary)
	}
	if err != nil && ctx.Err() == nil {
		w.cfg.Log.DebugContext(ctx, "summary of followers not taken", "actor", sender.URI, "error", err)
	}
}

func (w *Worker) hear(ctx context.Context, sender *models.Actor, said Summary) error {
	if sender.Local || said.CollectionID != sender.FollowersURI {
		return models.Errorf(models.Forbidden, "it is about %s, which is not the sender's", said.CollectionID)
	}
	if !sameOrigins(sender.URI, said.CollectionID, said.URL) {
		return models.Errorf(models.Forbidden, "its parts are on different hosts")
	}
	ours, err := w.store.Read(ctx).FollowerURIs(sender.ID, w.links.Host)
	if err != nil || models.FollowerDigest(ours) == said.Digest {
		return err
	}
	known, err := w.store.Read(ctx).FollowerCheck(sender.ID)
	if err == nil && known.Pending && known.URL == said.URL && known.Digest == said.Digest {
		return nil // every delivery says it until it is put right
	}
	if err != nil && !models.IsNotFound(err) {
		return err
	}
	return w.store.Tx(ctx, func(tx *models.Tx) error {
		tx.AfterCommit(w.Poke)
		return tx.AskFollowers(sender.ID, said.URL, said.Digest, settling, every)
	})
}
