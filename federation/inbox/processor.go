package inbox

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"praxis/federation/directory"
	"praxis/federation/sign"
	"praxis/models"
	"praxis/practice"
)

// Config is what a Processor needs. All of it is required but OnSummary and Count.
type Config struct {
	Service   *practice.Service
	Directory *directory.Directory
	Verifier  *sign.Verifier
	Log       *slog.Logger
	// OnSummary takes what signed deliveries say of the sender's followers here; may be nil.
	OnSummary func(ctx context.Context, sender *models.Actor, header string)
	// Count is told what became of each activity, for metrics.
	Count func(activityType, outcome string)
}

// Processor takes and carries out activities. It is safe for concurrent use.
type Processor struct {
	service   *practice.Service
	store     *models.Store
	links     practice.Links
	directory *directory.Directory
	verifier  *sign.Verifier
	log       *slog.Logger
	count     func(activityType, outcome string)
	onSummary func(ctx context.Context, sender *models.Actor, header string)
	wake      chan struct{}
}

// New makes a Processor.
func New(cfg Config) *Processor {
	if cfg.Count == nil {
		cfg.Count = func(string, string) {}
	}
	return &Processor{
		service: cfg.Service, store: cfg.Service.Store(), links: cfg.Service.Links(), directory: cfg.Directory,
		verifier: cfg.Verifier, log: cfg.Log, count: cfg.Count, onSummary: cfg.OnSummary, wake: make(chan struct{}, 1),
	}
}

// Fetcher says which actor signed a GET: nobody when it is unsigned. Errors: Forbidden for those that are blocked here,
// Unavailable when a key could not be had for now, Unauthorized for a signature that is no good.
func (p *Processor) Fetcher(ctx context.Context, r *http.Request) (*models.Actor, error) {
	if r.Header.Get("Signature") == "" && r.Header.Get("Signature-Input") == "" {
		return nil, nil
	}
	verified, err := p.verifier.Request(ctx, r, nil)
	if err != nil {
		return nil, refusal(err)
	}
	return p.signer(ctx, verified)
}

// signer gives the actor whose key signed. The key was found through the actor, so the actor is known.
func (p *Processor) signer(ctx context.Context, verified sign.Verified) (*models.Actor, error) {
	actor, err := p.store.Read(ctx).ActorByURI(verified.Actor())
	if err != nil {
		return nil, err
	}
	if actor.IsGone() {
		return nil, models.Errorf(models.Forbidden, "@%s is suspended here.", actor.Acct())
	}
	blocked, err := p.store.Read(ctx).HostBlocked(actor.Host)
	if err == nil && blocked {
		err = models.Errorf(models.Forbidden, "%s is blocked here.", actor.Host)
	}
	return actor, err
}

// poke tells the worker that something waits.
func (p *Processor) poke() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// idle is how often the worker looks for entries whose next try is due.
const idle = 15 * time.Second

// Run carries out what is stored until ctx ends.
func (p *Processor) Run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.wake:
		case <-timer.C:
		}
		for ctx.Err() == nil {
			moved, err := p.Step(ctx)
			if err != nil {
				p.log.ErrorContext(ctx, "inbox stopped for a moment", "error", err)
				break
			}
			if !moved {
				break
			}
		}
		timer.Reset(idle)
	}
}
