package partner

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"praxis/federation/directory"
	"praxis/federation/fetch"
	"praxis/federation/sign"
	"praxis/internal/worker"
	"praxis/models"
	"praxis/practice"
)

// Config is what a Worker needs. All of it is required.
type Config struct {
	Service   *practice.Service
	Directory *directory.Directory
	Client    *fetch.Client
	Verifier  *sign.Verifier
	Signer    func(ctx context.Context) (sign.Signer, error) // of our instance actor
	Log       *slog.Logger
}

// Worker talks to partners. It is safe for concurrent use.
type Worker struct {
	cfg   Config
	store *models.Store
	wake  chan struct{}
}

// New makes a Worker.
func New(cfg Config) *Worker {
	return &Worker{cfg: cfg, store: cfg.Service.Store(), wake: make(chan struct{}, 1)}
}

// How messages are tried again, and how often it is looked for what is due.
const (
	atOnce    = 20
	firstWait = 15 * time.Second
	longest   = 6 * time.Hour
	maxTries  = 40 // about eight days
	idle      = 30 * time.Second
	budget    = 10
)

// Poke says that there is something to tell a partner; it never blocks.
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
		Failed: func(ctx context.Context, err error) { w.cfg.Log.ErrorContext(ctx, "partners not told", "error", err) },
	}.Run(ctx)
}

// Step sends what is due, asks whom it is time to ask, and reports whether there was anything.
func (w *Worker) Step(ctx context.Context) (bool, error) {
	due, err := w.store.Read(ctx).DuePartnerMessages(atOnce)
	if err != nil {
		return false, err
	}
	for i := range due {
		if err := w.send(ctx, &due[i]); err != nil {
			return true, err
		}
	}
	partners, err := w.cfg.Service.PartnersToAsk(ctx)
	if err != nil {
		return len(due) > 0, err
	}
	for i := range partners {
		if err := w.ask(ctx, &partners[i]); err != nil {
			return true, err
		}
	}
	return len(due)+len(partners) > 0, nil
}

// send tries one message, and notes what came of it.
func (w *Worker) send(ctx context.Context, m *models.PartnerMessage) error {
	entry, err := w.store.Read(ctx).OutboxEntry(m.EntryID)
	if err != nil {
		return err
	}
	signer, err := w.cfg.Signer(ctx)
	if err != nil {
		return err
	}
	answer, failure := w.cfg.Client.Post(ctx, m.Inbox, []byte(entry.Payload), signer, nil)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return w.store.Tx(ctx, func(tx *models.Tx) error {
		if failure == nil && answer.Status/100 == 2 {
			return tx.DeletePartnerMessage(m.ID)
		}
		return w.failed(tx, m, answer, failure)
	})
}

// failed lets a message wait, or gives up what the peer will never take; what it said stands with the partner.
func (w *Worker) failed(tx *models.Tx, m *models.PartnerMessage, answer fetch.Answer, failure error) error {
	m.Attempts++
	m.LastError = fmt.Sprintf("status %d: %s", answer.Status, answer.Body)
	if failure != nil {
		m.LastError = failure.Error()
	}
	wait := min(firstWait<<min(m.Attempts-1, 20), longest)
	m.NextTryAt = tx.Now().Add(max(wait, answer.RetryAfter))
	if !isLasting(answer.Status) && m.Attempts < maxTries {
		return tx.SavePartnerMessage(m)
	}
	event := models.PartnerEvent{Host: m.Host, Kind: "not sent", Detail: m.LastError}
	if err := tx.AddPartnerEvent(event); err != nil {
		return err
	}
	return tx.DeletePartnerMessage(m.ID)
}

// isLasting reports a refusal that trying again would only repeat.
func isLasting(status int) bool {
	switch status {
	case 400, 404, 405, 410, 413, 415, 422:
		return true
	}
	return false
}

// ask gets how a partner sees us, signed by its instance actor.
func (w *Worker) ask(ctx context.Context, p *models.Partner) error {
	status, failure := w.status(fetch.WithBudget(ctx, budget), p)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return w.cfg.Service.PartnerAnswered(ctx, p.ID, status, failure)
}

func (w *Worker) status(ctx context.Context, p *models.Partner) ([]byte, error) {
	doc, err := w.cfg.Directory.Document(ctx, practice.PartnerStatusAt(p.ActorURI))
	if err != nil {
		return nil, err
	}
	proven, err := w.cfg.Verifier.Proof(ctx, doc.Raw(), p.ActorURI)
	if err != nil {
		return nil, err
	}
	if len(proven.Document()) > practice.MaxPartnerStatus {
		return nil, errors.New("the status is too long")
	}
	return proven.Document(), nil
}
