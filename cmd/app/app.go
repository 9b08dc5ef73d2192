package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"github.com/gorilla/mux"
	"github.com/prometheus/client_golang/prometheus"

	"praxis/federation/backfill"
	"praxis/federation/deliver"
	"praxis/federation/directory"
	"praxis/federation/fetch"
	"praxis/federation/inbox"
	"praxis/federation/lists"
	"praxis/federation/neighbours"
	"praxis/federation/outbox"
	"praxis/federation/partner"
	"praxis/federation/preview"
	"praxis/federation/push"
	"praxis/federation/reconcile"
	"praxis/federation/sign"
	"praxis/federation/takeout"
	"praxis/handlers/mastodon"
	"praxis/handlers/oauth"
	"praxis/handlers/streaming"
	"praxis/internal/config"
	"praxis/internal/media"
	"praxis/internal/password"
	"praxis/internal/signon"
	"praxis/internal/webpush"
	"praxis/models"
	"praxis/practice"
)

// Options are what an App gets beside its configuration. The zero value is that of a real instance.
type Options struct {
	Log       *slog.Logger         // slog.Default unless set
	Now       func() time.Time     // the clock; the system's unless set
	Transport http.RoundTripper    // of requests to other hosts; the guarded one unless set
	Hashing   password.Params      // what passwords cost
	Registry  *prometheus.Registry // a fresh one unless set
	// Mail sends letters; unless set, it is the mail server of the configuration, if there is one.
	Mail sender
	// Keys gives the keys of new actors; fresh ones unless set.
	Keys func() (*sign.Keys, error)
	// Lease is for how long a node holds the lane of a host unless it says so again; the configuration's unless set.
	Lease time.Duration
	// Limits are how much clients may ask; as large as Mastodon's unless set.
	Limits *Limits
	// Trace is called with every statement to the database, for tests that count them.
	Trace func(statement string)
	// Patience is how long a request may wait for the database; 45 seconds unless set.
	Patience time.Duration
}

// Limits are how much clients of the API may ask; 0 is without limit.
type Limits = mastodon.Limits

// App is one instance. Its parts are there for commands and tests.
type App struct {
	Config    config.Config
	Store     *models.Store
	Service   *practice.Service
	Directory *directory.Directory
	Inbox     *inbox.Processor
	Courier   *deliver.Courier
	Previews  *preview.Worker
	Backfill  *backfill.Worker
	Neighbour *neighbours.Worker
	Lists     *lists.Worker
	Reconcile *reconcile.Worker
	Partners  *partner.Worker
	Takeout   *takeout.Worker
	OAuth     *oauth.Server
	Streams   *streaming.Server // nil without handlers
	Pusher    *push.Pusher
	Registry  *prometheus.Registry
	// Handler answers everything that comes to the public listener.
	Handler http.Handler

	router  *mux.Router
	client  *fetch.Client
	signers *signers
	signOns map[string]*signon.Provider // by key
	schemes schemes
	postman *postman
	clock   *clockWatch
	works   works
	log     *slog.Logger
	opts    Options
	epoch   string    // the life of the database that this process began with
	beaten  time.Time // when it was last noted that this instance runs
}

// Open opens an instance's store and gives its verbs, without federation or handlers: enough for commands that only look
// into the house. Errors: those of models.Open and models.Tx.ClaimHost.
func Open(ctx context.Context, cfg config.Config, opts Options) (*App, error) {
	if opts.Log == nil {
		opts.Log = slog.Default()
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Registry == nil {
		opts.Registry = prometheus.NewRegistry()
	}
	store, err := models.Open(ctx, cfg.Database, models.Options{Now: opts.Now, Logger: opts.Log, Trace: opts.Trace})
	if err != nil {
		return nil, err
	}
	a := &App{Config: cfg, Store: store, Registry: opts.Registry, log: opts.Log, opts: opts}
	if err := store.Tx(ctx, a.claim); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	links := practice.Links{Base: cfg.BaseURL(), Host: cfg.Host}
	a.Service = practice.New(store, links, practice.Limits{PostChars: cfg.PostChars, Grace: graceOf(cfg), Keep: keepOf(cfg)}, opts.Log)
	films, err := media.FindFilms(cfg.FFmpeg, filepath.Join(cfg.MediaDir, "work"), opts.Log)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	kept, err := mediaStore(cfg)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	a.Service.UseMedia(practice.Media{Store: kept, Decoder: media.NewDecoder(), Films: films})
	if opts.Keys != nil {
		a.Service.UseKeys(opts.Keys)
	}
	a.useProviders()
	if cfg.LetterTemplatesDir != "" {
		if err := a.Service.UseLetters(cfg.LetterTemplatesDir); err != nil {
			return nil, errors.Join(err, store.Close())
		}
	}
	a.signers = newSigners(store, opts.Now)
	a.postman = a.newPostman()
	if err := a.federate(ctx); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return a, nil
}

// New opens an instance with all that it has. Errors: as Open.
func New(ctx context.Context, cfg config.Config, opts Options) (*App, error) {
	a, err := Open(ctx, cfg, opts)
	if err != nil {
		return nil, err
	}
	if a.Handler, err = a.handler(); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// claim binds the database to the host, and remembers which of its lives this is.
func (a *App) claim(tx *models.Tx) error {
	if err := tx.ClaimHost(a.Config.Host); err != nil {
		return err
	}
	var err error
	a.epoch, err = tx.Epoch()
	return err
}

// federate joins the seams between practice and federation.
func (a *App) federate(ctx context.Context) error {
	links := a.Service.Links()
	count := newCounters(a.Registry, a.Store)
	a.clock = &clockWatch{now: a.opts.Now, log: a.log, count: count}
	a.schemes.known = map[string]knownScheme{}
	a.Store.Watch(func(change models.Change) {
		if change.Kind == models.PeerLearned {
			a.schemes.forget(change.Name)
		}
	})
	a.client = fetch.New(fetch.Config{
		UserAgent:   fmt.Sprintf("Praxis/%s (+%s/)", Version, links.Base),
		Development: a.Config.Development,
		Transport:   a.opts.Transport,
		Signer:      a.instanceSigner,
		Allow:       directory.Allow(a.Store, links),
		Scheme:      a.scheme,
		Learn:       a.learnScheme,
		Clock:       a.clock.hear,
		Refused:     a.schemeRefused,
		Now:         a.opts.Now,
	})
	a.Directory = directory.New(a.Service, a.client, a.log)
	writer := outbox.NewWriter(links)
	a.Courier = deliver.New(deliver.Config{
		Store: a.Store, Client: a.client, Signer: a.signers.of, Log: a.log, Count: count.delivery, Gone: a.inboxGone,
		Hosts: a.Config.DeliveryHosts, PerHost: a.Config.DeliveryPerHost, Batch: a.Config.DeliveryBatch, Lease: a.leaseTime(),
		Header: reconcile.NewTeller(a.Store, links).Header,
	})
	writer.OnWrite(a.Courier.Poke)
	a.Previews = preview.New(preview.Config{Store: a.Store, Client: a.client, Log: a.log})
	a.Service.OnPreview(a.calls("previews", a.Previews.Poke))
	a.Backfill = backfill.New(backfill.Config{Service: a.Service, Directory: a.Directory, Log: a.log})
	a.Lists = lists.New(lists.Config{Service: a.Service, Client: a.client, Log: a.log})
	a.Neighbour = neighbours.New(neighbours.Config{Store: a.Store, Client: a.client, Scheme: strings.SplitN(links.Base, ":", 2)[0], Log: a.log})
	a.Service.OnBackfill(a.calls("backfill", a.Backfill.Poke))
	a.Service.OnUpload(a.calls("media", a.Service.WakeMedia))
	a.Service.Connect(a.Directory, writer)
	a.Takeout = takeout.New(takeout.Config{Service: a.Service, Writer: writer, Log: a.log})
	var err error
	if a.Pusher, err = a.pusher(ctx); err != nil {
		return err
	}
	if _, err := a.Service.EnsureInstanceActor(ctx); err != nil {
		return fmt.Errorf("make the instance actor: %w", err)
	}
	verifier, err := a.verifier(ctx)
	if err != nil {
		return err
	}
	a.Reconcile = reconcile.New(reconcile.Config{Service: a.Service, Directory: a.Directory, Verifier: verifier, Log: a.log})
	a.Partners = partner.New(partner.Config{
		Service: a.Service, Directory: a.Directory, Client: a.client, Verifier: verifier, Signer: a.instanceSigner, Log: a.log,
	})
	a.Service.OnPartner(a.calls("partners", a.Partners.Poke))
	a.Inbox = inbox.New(inbox.Config{
		Service: a.Service, Directory: a.Directory, Verifier: verifier, Log: a.log, Count: count.inbox,
		Pending: a.Config.InboxPending, Requests: a.Config.InboxRequests,
		OnSummary: a.Reconcile.Hear, OnSibling: a.Reconcile.HearSibling,
	})
	return nil
}

// pusher sends to the push services of clients, under a key that is made at the first start.
func (a *App) pusher(ctx context.Context) (*push.Pusher, error) {
	fresh, err := webpush.NewKey()
	if err != nil {
		return nil, err
	}
	var key string
	var secret []byte
	err = a.Store.Tx(ctx, func(tx *models.Tx) error {
		var err error
		if key, err = tx.VapidKey(fresh); err != nil {
			return err
		}
		secret, err = tx.Secret()
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the key for push services: %w", err)
	}
	return push.New(push.Config{
		Store: a.Store, Client: a.client, Key: key, Secret: secret, Base: a.Config.BaseURL(), Contact: a.Config.ContactEmail, Log: a.log,
	})
}

func (a *App) verifier(ctx context.Context) (*sign.Verifier, error) {
	var secret []byte
	err := a.Store.Tx(ctx, func(tx *models.Tx) error {
		var err error
		secret, err = tx.Secret()
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the instance secret: %w", err)
	}
	return sign.NewVerifier(sign.Config{
		Keys: a.Directory, Hosts: []string{a.Config.Host}, Secret: secret, Now: a.opts.Now, AllowHTTP: a.Config.Development,
	}), nil
}

// Step does one round of all background work but tidying up, and reports whether anything moved. It is for tests, which run
// it until nothing does.
func (a *App) Step(ctx context.Context) (bool, error) {
	return inTurn(ctx,
		a.Inbox.Step, a.Service.WorkOnMedia, a.tend, a.Courier.Step, a.postman.step, a.Previews.Step, a.Pusher.Step,
		a.beat, a.askOnce, a.Reconcile.Step, a.Backfill.Step, a.Neighbour.Step, a.Lists.Step, a.Partners.Step, a.takeAlong)
}

// inTurn does works one after the other until one fails, and reports whether any of them did something.
func inTurn(ctx context.Context, works ...func(context.Context) (bool, error)) (bool, error) {
	moved := false
	for _, work := range works {
		did, err := work(ctx)
		moved = moved || did
		if err != nil {
			return moved, err
		}
	}
	return moved, nil
}

// StopStreams ends what clients listen to, which would not end by itself.
func (a *App) StopStreams() {
	if a.Streams != nil {
		a.Streams.Stop()
	}
}

// Close ends an App that does not run any more.
func (a *App) Close() error {
	a.StopStreams()
	a.Pusher.Close()
	a.client.CloseIdleConnections()
	return a.Store.Close()
}

// graceOf is how long whoever left the organization may take along what is theirs.
func graceOf(cfg config.Config) time.Duration {
	if cfg.GraceDays == 0 {
		return -1 // practice takes 0 for its own default
	}
	return time.Duration(cfg.GraceDays) * 24 * time.Hour
}

func keepOf(cfg config.Config) practice.Keep {
	days := func(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }
	return practice.Keep{
		Addresses: days(cfg.KeepAddressesDays), Held: days(cfg.KeepHeldDays), Imports: days(cfg.KeepImportsDays), Remote: days(cfg.KeepRemoteDays),
	}
}
