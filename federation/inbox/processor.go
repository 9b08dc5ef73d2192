package inbox

import (
	"context"
	"log/slog"
	"net/http"

	"praxis/federation/directory"
	"praxis/federation/sign"
	"praxis/federation/vocab"
	"praxis/internal/gate"
	"praxis/models"
	"praxis/practice"
)

// Config is what a Processor needs. All of it is required but OnSummary and Count.
type Config struct {
	Service   *practice.Service
	Directory *directory.Directory
	Verifier  *sign.Verifier
	Log       *slog.Logger
	Pending   int // how many activities of one host may wait to be carried out
	Requests  int // how many activities are received at once; half of them for one host
	// OnSummary takes what signed deliveries say of the sender's followers here; may be nil.
	OnSummary func(ctx context.Context, sender *models.Actor, header string)
	// OnSibling takes what signed deliveries of a community say of what it took first; may be nil.
	OnSibling func(ctx context.Context, sender *models.Actor, header string)
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
	schedule  *schedule
	desk      *desk
	gate      *gate.Gate // of those whose signatures are being verified, by the host that they claim to be from
	backlog   *backlog
	onSummary func(ctx context.Context, sender *models.Actor, header string)
	onSibling func(ctx context.Context, sender *models.Actor, header string)
}

// New makes a Processor.
func New(cfg Config) *Processor {
	if cfg.Count == nil {
		cfg.Count = func(string, string) {}
	}
	return &Processor{
		service: cfg.Service, store: cfg.Service.Store(), links: cfg.Service.Links(), directory: cfg.Directory,
		verifier: cfg.Verifier, log: cfg.Log, count: cfg.Count, onSummary: cfg.OnSummary, onSibling: cfg.OnSibling,
		schedule: newSchedule(), desk: &desk{store: cfg.Service.Store()},
		gate: gate.New(cfg.Requests, cfg.Requests/2), backlog: newBacklog(cfg.Service.Store(), cfg.Pending),
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
	actor, err := p.directory.Known(ctx, verified.Actor())
	if err != nil {
		return nil, err
	}
	if actor.IsGone() {
		return nil, models.Errorf(models.Forbidden, "@%s is suspended here.", actor.Acct())
	}
	for _, host := range []string{vocab.Host(actor.URI), actor.Host} {
		if err := p.admits(ctx, host); err != nil {
			return nil, err
		}
	}
	return actor, nil
}
