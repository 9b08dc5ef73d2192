package streaming

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"praxis/models"
)

// Why streams end.
var (
	errSlow    = errors.New("the client reads too slowly")
	errRevoked = errors.New("the access token does not work any more")
	errStopped = errors.New("the server stops")
)

// hub holds the connections and hears of changes.
type hub struct {
	store   *models.Store
	show    Show
	log     *slog.Logger
	limits  Limits
	changes chan models.Change
	stop    context.CancelFunc
	unwatch func()
	working sync.WaitGroup // the goroutine that hears, and the transports

	mu       sync.Mutex
	stopped  bool
	conns    map[*conn]struct{}
	ofToken  map[int64]int
	ofSource map[netip.Addr]int
}

// backlog is how many changes may wait to be told: many more than happen while one is told.
const backlog = 4096

func newHub(cfg Config) *hub {
	ctx, cancel := context.WithCancel(context.Background())
	h := &hub{
		store: cfg.Store, show: cfg.Show, log: cfg.Log, limits: cfg.Limits, changes: make(chan models.Change, backlog), stop: cancel,
		conns: map[*conn]struct{}{}, ofToken: map[int64]int{}, ofSource: map[netip.Addr]int{},
	}
	h.unwatch = cfg.Store.Watch(h.hear)
	h.working.Go(func() { h.run(ctx, cfg.Recheck) })
	return h
}

// hear takes a change from the store, whose next writer waits for it. Streams promise nothing: what is too much is left
// out, and clients find it in their timelines.
func (h *hub) hear(c models.Change) {
	if h.isEmpty() {
		return
	}
	select {
	case h.changes <- c:
	default:
		h.log.Warn("a change was not streamed: too many wait", "kind", string(c.Kind))
	}
}

func (h *hub) isEmpty() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.conns) == 0
}

// patience is how long one change may take to be told.
const patience = 20 * time.Second

func (h *hub) run(ctx context.Context, recheck time.Duration) {
	ticker := time.NewTicker(recheck)
	defer ticker.Stop()
	for {
		var err error
		var kind models.ChangeKind
		select {
		case <-ctx.Done():
			return
		case change := <-h.changes:
			kind = change.Kind
			err = h.within(ctx, func(ctx context.Context) error { return h.tell(ctx, change) })
		case <-ticker.C:
			kind = models.AccessEnded
			err = h.within(ctx, h.recheck)
		}
		if err != nil && ctx.Err() == nil {
			h.log.ErrorContext(ctx, "a change was not streamed", "kind", string(kind), "error", err)
		}
	}
}

func (h *hub) within(ctx context.Context, work func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return work(ctx)
}

// recheck ends the streams of tokens that were revoked and of accounts that were closed (security case E22).
func (h *hub) recheck(ctx context.Context) error {
	conns := h.connected()
	ids := make([]int64, 0, len(conns))
	seen := map[int64]bool{}
	for _, c := range conns {
		if id := c.who.Token.ID; !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	live, err := h.store.Read(ctx).LiveTokens(ids)
	if err != nil {
		return err
	}
	for _, c := range conns {
		if !live[c.who.Token.ID] {
			c.end(errRevoked)
		}
	}
	return nil
}

// join takes a connection in, unless there are too many of its token, its address or at all.
func (h *hub) join(c *conn) *problem {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.stopped:
		return wrong(http.StatusServiceUnavailable, "The server stops")
	case len(h.conns) >= h.limits.All:
		return wrong(http.StatusServiceUnavailable, "Too many streams are open on this server")
	case h.ofToken[c.who.Token.ID] >= h.limits.PerToken || h.ofSource[c.from] >= h.limits.PerAddress:
		return wrong(http.StatusTooManyRequests, "Too many streams are open: close some")
	}
	h.conns[c] = struct{}{}
	h.ofToken[c.who.Token.ID]++
	h.ofSource[c.from]++
	h.working.Add(1)
	return nil
}

// leave forgets a connection that join took in.
func (h *hub) leave(c *conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.conns, c)
	if h.ofToken[c.who.Token.ID]--; h.ofToken[c.who.Token.ID] == 0 {
		delete(h.ofToken, c.who.Token.ID)
	}
	if h.ofSource[c.from]--; h.ofSource[c.from] == 0 {
		delete(h.ofSource, c.from)
	}
	h.working.Done()
}

func (h *hub) connected() []*conn {
	h.mu.Lock()
	defer h.mu.Unlock()
	found := make([]*conn, 0, len(h.conns))
	for c := range h.conns {
		found = append(found, c)
	}
	return found
}

// connectedBy gives the connections of each member who has one that listens to a topic of those that take posts.
func (h *hub) connectedBy() (byMember map[int64][]*conn, members []int64) {
	byMember = map[int64][]*conn{}
	for _, c := range h.connected() {
		id := c.viewer()
		if byMember[id] == nil {
			members = append(members, id)
		}
		byMember[id] = append(byMember[id], c)
	}
	return byMember, members
}

// farewell is how long streams may take to say goodbye.
const farewell = 5 * time.Second

// close ends all streams and takes no more.
func (h *hub) close() {
	h.mu.Lock()
	h.stopped = true
	h.mu.Unlock()
	h.unwatch()
	for _, c := range h.connected() {
		c.end(errStopped)
	}
	h.stop()
	done := make(chan struct{})
	go func() { h.working.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(farewell):
		h.log.Warn("streams did not end in time")
	}
}
