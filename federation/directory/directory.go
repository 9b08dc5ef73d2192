package directory

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"praxis/federation/fetch"
	"praxis/models"
	"praxis/practice"
)

// How long what another host said is believed without asking again.
const (
	actorFresh    = 24 * time.Hour
	nodeInfoFresh = 24 * time.Hour
)

// fetchBudget is how many requests one task may cause, whatever it leads to (security case C17).
const fetchBudget = 40

// Directory finds actors, posts and keys of other hosts. It is safe for concurrent use.
type Directory struct {
	service *practice.Service
	store   *models.Store
	links   practice.Links
	client  *fetch.Client
	log     *slog.Logger

	mu      sync.Mutex
	refused map[string]time.Time // keys that could not be had, or were asked for again: not before this moment
	// moderatorsAsked says when the moderators of a community were last asked for, by its id.
	moderatorsAsked map[string]time.Time
	lists           map[int64]siblingList // whom Groups elsewhere name, by their ids
	tokens          map[int64]heldToken   // of Groups elsewhere, by their ids
}

// New makes a Directory.
func New(service *practice.Service, client *fetch.Client, log *slog.Logger) *Directory {
	return &Directory{
		service: service, store: service.Store(), links: service.Links(), client: client, log: log,
		refused: map[string]time.Time{}, moderatorsAsked: map[string]time.Time{},
	}
}

// Allow refuses the hosts that must not be asked: our own, and those that the policy keeps away (security cases A27, A36). It
// is the fetch client's policy.
func Allow(store *models.Store, links practice.Links) func(context.Context, string) error {
	return func(ctx context.Context, host string) error {
		if host == links.Host {
			return models.Errorf(models.Forbidden, "%s is this instance itself", host)
		}
		rules, err := store.Read(ctx).FederationRules()
		if err == nil {
			err = judge(ctx, rules, host)
		}
		if err != nil && models.ErrorCode(err) != models.Forbidden { // a fault of ours, or the stop, and no verdict on the host
			return &fetch.Error{Kind: fetch.Temporary, URL: host, Err: err}
		}
		return err
	}
}

// judge applies the policy to a request. Pages and push services are no federation: a block counts there, too, and whoever
// federates with nobody reads no pages.
func judge(ctx context.Context, rules *models.Rules, host string) error {
	verdict := rules.Of(host)
	switch purpose := fetch.PurposeOf(ctx); {
	case verdict == models.HostIsBlocked:
	case purpose == fetch.Service, purpose == fetch.Reading && !rules.IsClosed(), verdict == models.HostWaits && isKnocking(ctx):
		return nil
	}
	return verdict.Refusal(host)
}

type knockKey struct{}

// Knocking gives a context in which a host that waits in quarantine may be asked for the key of what it sent, and for what
// belongs to it: without that, nobody could tell whose it is.
func Knocking(ctx context.Context) context.Context { return context.WithValue(ctx, knockKey{}, true) }

func isKnocking(ctx context.Context) bool {
	knocking, _ := ctx.Value(knockKey{}).(bool)
	return knocking
}

// admits refuses hosts that the policy keeps away, but for one that is Knocking.
func (d *Directory) admits(ctx context.Context, host string) error {
	verdict, err := d.store.Read(ctx).Policy(host)
	if err != nil || (verdict == models.HostWaits && isKnocking(ctx)) {
		return err
	}
	return verdict.Refusal(host)
}

// rejectsMedia reports whether an admin wants no pictures and films of a host. A fault of the store shows none, either.
func (d *Directory) rejectsMedia(ctx context.Context, host string) bool {
	block, err := d.store.Read(ctx).DomainBlockOf(host)
	if models.IsNotFound(err) {
		return false
	}
	return err != nil || block.RejectMedia
}

// unveils refuses what belongs to a host that waits in quarantine: it is as if nobody knew of it.
func (d *Directory) unveils(ctx context.Context, host string) error {
	verdict, err := d.store.Read(ctx).Policy(host)
	if err == nil && verdict == models.HostWaits {
		return models.Errorf(models.NotFound, "nothing of %s is shown here", host)
	}
	return err
}

// budgeted bounds what a task may ask for, unless its caller did.
func budgeted(ctx context.Context) context.Context {
	if _, ok := ctx.Value(budgetKey{}).(bool); ok {
		return ctx
	}
	return fetch.WithBudget(context.WithValue(ctx, budgetKey{}, true), fetchBudget)
}

type budgetKey struct{}

// coded gives an error of the fetch client the code that people and other servers are answered with.
func coded(err error, what string) error {
	var e *fetch.Error
	if err == nil || !errors.As(err, &e) {
		return err
	}
	switch e.Kind {
	case fetch.NotFound:
		return models.Errorf(models.NotFound, "%s was not found: %w", what, err)
	case fetch.Gone:
		return models.Errorf(models.Gone, "%s is gone: %w", what, err)
	case fetch.Temporary, fetch.Budget:
		return models.Errorf(models.Unavailable, "%s could not be fetched now: %w", what, err)
	case fetch.Denied:
		return models.Errorf(models.Forbidden, "%s is not shown to this server: %w", what, err)
	}
	return models.Errorf(models.Invalid, "%s was refused: %w", what, err)
}

// IsTemporary reports whether asking again later may help.
func IsTemporary(err error) bool { return models.ErrorCode(err) == models.Unavailable }
