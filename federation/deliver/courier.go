package deliver

import (
	"cmp"
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"praxis/federation/fetch"
	"praxis/federation/sign"
	"praxis/models"
)

// Config is what a Courier needs. Store, Client, Signer and Log are required.
type Config struct {
	Store  *models.Store
	Client *fetch.Client
	// Signer gives the key of a local actor.
	Signer func(ctx context.Context, actorID int64) (sign.Signer, error)
	Log    *slog.Logger
	// Header gives further headers of an activity by an actor of ours on its way to a host; may be nil.
	Header func(ctx context.Context, entryID, actorID int64, payload []byte, host string) (http.Header, error)
	// Count is told how each attempt ended, for metrics: done, refused, postponed, aside or parked.
	Count func(host, outcome string)
	// Gone is told of an inbox that is gone for good; may be nil.
	Gone func(ctx context.Context, inbox string)
	// Hosts is how many hosts are served side by side; 0: 256.
	Hosts int
	// PerHost is how many deliveries to one host may be under way at once; those of one actor stay in order. 0: 1, so that
	// everything stays in order.
	PerHost int
	// Batch is how many deliveries to one host are read at once; 0: 50.
	Batch int
	// Lease is for how long a node holds the lane of a host unless it says so again; 0: 10 seconds.
	Lease time.Duration
}

func (cfg Config) withDefaults() Config {
	if cfg.Count == nil {
		cfg.Count = func(string, string) {}
	}
	if cfg.Header == nil {
		cfg.Header = func(context.Context, int64, int64, []byte, string) (http.Header, error) { return nil, nil }
	}
	if cfg.Gone == nil {
		cfg.Gone = func(context.Context, string) {}
	}
	cfg.Hosts, cfg.PerHost, cfg.Batch = cmp.Or(cfg.Hosts, 256), cmp.Or(cfg.PerHost, 1), cmp.Or(cfg.Batch, 50)
	cfg.Lease = cmp.Or(cfg.Lease, 10*time.Second)
	return cfg
}

// Courier delivers. It is safe for concurrent use.
type Courier struct {
	cfg      Config
	owner    string // of leases: this process, since its start
	wake     chan struct{}
	payloads *payloads
	recorder *recorder

	mu     sync.Mutex
	lanes  map[string]*lane
	fails  int             // how many of the lanes are of hosts that fail
	queued map[string]bool // hosts that something was written for, and that nobody looked after yet
	lookup bool            // the database is to be asked which hosts are due
	unsure bool            // the moment at which something is due next may have changed
}

// New makes a Courier.
func New(cfg Config) *Courier {
	c := &Courier{
		cfg: cfg.withDefaults(), owner: rand.Text(), wake: make(chan struct{}, 1), payloads: newPayloads(cfg.Store),
		lanes: map[string]*lane{}, queued: map[string]bool{}, lookup: true,
	}
	c.recorder = newRecorder(cfg.Store, c.owner, c.cfg.Log)
	cfg.Store.Watch(func(change models.Change) {
		switch change.Kind {
		case models.PeerWoken:
			c.Poke(change.Name)
		case models.BlocksChanged:
			c.Poke()
		}
	})
	return c
}

// Poke says that something new waits for hosts; without any, that it may be for any host. It does not block.
func (c *Courier) Poke(hosts ...string) {
	c.mu.Lock()
	c.lookup = c.lookup || len(hosts) == 0
	for _, host := range hosts {
		if lane := c.lanes[host]; lane != nil {
			lane.more = true
		} else {
			c.queued[host] = true
		}
	}
	c.mu.Unlock()
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// idle is how often the database is asked for what nobody told of: work that other processes left, or that is due by time.
const idle = 10 * time.Second

// Run delivers until ctx ends, and comes back when everything under way has ended and is written.
func (c *Courier) Run(ctx context.Context) {
	var working sync.WaitGroup
	defer working.Wait()
	working.Go(func() { c.recorder.run(ctx) })
	if c.cfg.Store.SharesWork() {
		working.Go(func() { c.renew(ctx) })
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
			c.mu.Lock()
			c.lookup = true
			c.mu.Unlock()
		case <-c.wake:
		}
		if err := c.dispatch(ctx, &working); err != nil && ctx.Err() == nil {
			c.cfg.Log.ErrorContext(ctx, "deliveries stopped for a moment", "error", err)
		}
		if c.isUnsure() {
			timer.Reset(c.untilNext(ctx))
		}
	}
}

// isUnsure reports whether the next moment is to be looked for, which costs a question for each host.
func (c *Courier) isUnsure() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	unsure := c.unsure
	c.unsure = false
	return unsure
}

// untilNext gives how long there is nothing to do, unless somebody pokes.
func (c *Courier) untilNext(ctx context.Context) time.Duration {
	next, err := c.cfg.Store.Read(ctx).NextTry()
	if err != nil || next.IsZero() {
		return idle
	}
	return min(max(next.Time().Sub(c.cfg.Store.Now()), time.Second), idle)
}

// Step serves every host that has something waiting and may be tried now, and reports whether there was any. It comes back when
// all of it has ended and is written.
func (c *Courier) Step(ctx context.Context) (bool, error) {
	c.mu.Lock()
	c.lookup = true
	c.mu.Unlock()
	var working sync.WaitGroup
	before := c.recorder.total()
	err := c.dispatch(ctx, &working)
	working.Wait()
	return c.recorder.total() > before, err
}

// dispatch gives every host that is due a lane of its own, as far as there are places.
func (c *Courier) dispatch(ctx context.Context, working *sync.WaitGroup) error {
	due, fails, err := c.due(ctx)
	if err != nil || len(due) == 0 {
		return err
	}
	var leases []models.Lease
	begun := time.Now() // before the lease begins, so that ours ends sooner than the database's
	if c.cfg.Store.SharesWork() {
		err = c.cfg.Store.Tx(ctx, func(tx *models.Tx) error {
			leases, err = tx.ClaimLeases(c.owner, names(due), c.cfg.Lease)
			return err
		})
	} else {
		leases, err = c.cfg.Store.Read(ctx).ClaimLeases(c.owner, names(due), c.cfg.Lease)
	}
	if err != nil {
		return err
	}
	if len(leases) < len(due) { // other nodes have the rest, and may not have seen what is new
		c.mu.Lock()
		c.unsure = true
		c.mu.Unlock()
	}
	for _, lease := range leases {
		l := c.open(lease, fails, begun)
		working.Go(func() { c.serve(ctx, l) })
	}
	return nil
}

// names gives the leases of hosts.
func names(hosts []string) []string {
	found := make([]string, len(hosts))
	for i, host := range hosts {
		found[i] = models.OutLane(host)
	}
	return found
}

// due gives the hosts to serve now, those that fail last and only on half of the places.
func (c *Courier) due(ctx context.Context) (hosts []string, fails map[string]bool, err error) {
	c.mu.Lock()
	lookup, queued, free := c.lookup, c.queued, c.cfg.Hosts-len(c.lanes)
	c.unsure = c.unsure || lookup
	c.lookup, c.queued = false, map[string]bool{}
	c.mu.Unlock()
	if lookup {
		found, err := c.cfg.Store.Read(ctx).DueHosts(models.At(c.cfg.Store.Now()), 10*c.cfg.Hosts)
		if err != nil {
			return nil, nil, err
		}
		for _, host := range found {
			queued[host] = true
		}
	}
	for host := range queued {
		hosts = append(hosts, host)
	}
	rests, fails, err := c.cfg.Store.Read(ctx).RestingPeers(hosts)
	if err != nil {
		return nil, nil, err
	}
	return c.pick(hosts, rests, fails, free), fails, nil
}

// pick leaves of hosts those that there is a place for now. The others are looked for again when a lane ends.
func (c *Courier) pick(hosts []string, rests, fails map[string]bool, free int) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var healthy, failing []string
	for _, host := range hosts {
		switch {
		case rests[host]:
		case c.lanes[host] != nil:
			c.lanes[host].more = true
		case fails[host]:
			failing = append(failing, host)
		default:
			healthy = append(healthy, host)
		}
	}
	places := max(min(c.cfg.Hosts/2-c.fails, free-len(healthy)), 0)
	if len(healthy) > free || len(failing) > places {
		c.lookup = true
	}
	healthy = healthy[:min(len(healthy), max(free, 0))]
	return append(healthy, failing[:min(len(failing), places)]...)
}

// open takes a place for a lane.
func (c *Courier) open(lease models.Lease, fails map[string]bool, begun time.Time) *lane {
	host := strings.TrimPrefix(lease.Name, models.OutLane(""))
	l := &lane{host: host, lease: lease, fails: fails[host]}
	if c.cfg.Store.SharesWork() {
		l.hold(begun.Add(c.cfg.Lease))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lanes[l.host] = l
	if l.fails {
		c.fails++
	}
	return l
}

// close gives the place of a lane back; more reports whether something came meanwhile, or others wait for the place.
func (c *Courier) close(l *lane) {
	c.mu.Lock()
	delete(c.lanes, l.host)
	if l.fails {
		c.fails--
	}
	more := l.more
	if more {
		c.queued[l.host] = true
	}
	more = more || c.lookup || l.failed
	c.unsure = c.unsure || l.failed
	c.mu.Unlock()
	if more {
		select {
		case c.wake <- struct{}{}:
		default:
		}
	}
}

// renew prolongs the leases of the lanes under way. A lane whose lease is lost stops before its next request.
func (c *Courier) renew(ctx context.Context) {
	ticker := time.NewTicker(c.cfg.Lease / 3)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if err := c.renewOnce(ctx); err != nil && ctx.Err() == nil {
			c.cfg.Log.WarnContext(ctx, "leases not prolonged", "error", err)
		}
	}
}

func (c *Courier) renewOnce(ctx context.Context) error {
	begun := time.Now()
	var held []string
	err := c.cfg.Store.Tx(ctx, func(tx *models.Tx) error {
		var err error
		held, err = tx.RenewLeases(c.owner, c.cfg.Lease)
		return err
	})
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, name := range held {
		if l := c.lanes[strings.TrimPrefix(name, models.OutLane(""))]; l != nil {
			l.hold(begun.Add(c.cfg.Lease))
		}
	}
	return nil
}
