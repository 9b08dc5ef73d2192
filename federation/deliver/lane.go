package deliver

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"praxis/federation/vocab"
	"praxis/models"
)

// lane is one host that is served.
type lane struct {
	host  string
	lease models.Lease
	fails bool // the host failed before
	more  bool // something came while it was served; guarded by Courier.mu

	until   atomic.Pointer[time.Time] // the end of the lease, by the monotonic clock; nil where there are no other nodes
	latency time.Duration
	answers int  // how many deliveries the host answered without a fault
	failed  bool // the lane ended with a fault, or with something set aside
}

func (l *lane) hold(until time.Time) { l.until.Store(&until) }

// isHeld reports whether the lease is good. A process that was stopped for a while finds here that it is not.
func (l *lane) isHeld() bool {
	until := l.until.Load()
	return until == nil || time.Now().Before(*until)
}

var errLeaseLost = errors.New("somebody else serves this host by now")

// serve sends what waits for a host until nothing does, the host fails, or the lease is lost.
func (c *Courier) serve(ctx context.Context, l *lane) {
	defer c.close(l)
	end, err := c.visit(ctx, l)
	if err != nil && ctx.Err() == nil {
		c.cfg.Log.WarnContext(ctx, "lane ended early", "peer", l.host, "error", err)
	}
	l.failed = l.failed || end.isFault
	c.leave(l, end)
	// It is written also when the server stops, and the lease is given back, so that another node need not wait for its end.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := c.recorder.flush(ctx); err != nil {
		c.cfg.Log.WarnContext(ctx, "outcomes of deliveries not written yet", "peer", l.host, "error", err)
	}
}

// visit sends batch after batch.
func (c *Courier) visit(ctx context.Context, l *lane) (end verdict, err error) {
	var last int64
	for !end.isFault {
		if c.waits(ctx, l) || last != 0 && c.rests(ctx, l) {
			return end, nil
		}
		batch, err := c.cfg.Store.Read(ctx).Lane(l.host, last, c.cfg.Batch)
		if err != nil || len(batch) == 0 {
			return end, err
		}
		if end, err = c.sendAll(ctx, l, batch); err != nil {
			return end, err
		}
		last = max(last, batch[len(batch)-1].ID)
		if len(batch) < c.cfg.Batch && !c.hasMore(l) {
			return end, nil
		}
	}
	return end, nil
}

// rests reports whether the host may not be tried any more: an admin may have stopped it.
func (c *Courier) rests(ctx context.Context, l *lane) bool {
	peer, err := c.cfg.Store.Read(ctx).Peer(l.host)
	return err == nil && peer.Rests(models.At(c.cfg.Store.Now()))
}

// waits reports whether the policy wants what is for the host to wait.
func (c *Courier) waits(ctx context.Context, l *lane) bool {
	rules, err := c.cfg.Store.Read(ctx).FederationRules()
	return err != nil || rules.Holds(l.host)
}

// hasMore reports whether something came since the lane read last.
func (c *Courier) hasMore(l *lane) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	more := l.more
	l.more = false
	return more
}

// sendAll sends a batch: all of it in order, or, where several may be under way at once, each actor's in order.
func (c *Courier) sendAll(ctx context.Context, l *lane, batch []models.Delivery) (verdict, error) {
	policy, err := c.cfg.Store.Read(ctx).Policy(l.host)
	if err != nil {
		return verdict{}, err
	}
	if policy == models.HostIsBlocked || policy == models.HostShutOut {
		for i := range batch {
			c.note(ctx, l, &batch[i], verdict{state: models.DeliveryRefused, reason: "host is " + string(policy) + " here"})
		}
		return verdict{}, nil
	}
	if c.cfg.PerHost == 1 {
		return c.send(ctx, l, batch)
	}
	strands, err := c.byActor(ctx, batch)
	if err != nil {
		return verdict{}, err
	}
	var mu sync.Mutex
	var end verdict
	var failure error
	var wait sync.WaitGroup
	places := make(chan struct{}, c.cfg.PerHost)
	for _, strand := range strands {
		places <- struct{}{}
		wait.Go(func() {
			defer func() { <-places }()
			v, err := c.send(ctx, l, strand)
			mu.Lock()
			defer mu.Unlock()
			failure = errors.Join(failure, err)
			if v.isFault {
				end = v
			}
		})
	}
	wait.Wait()
	return end, failure
}

// byActor groups deliveries by whose activities they are.
func (c *Courier) byActor(ctx context.Context, batch []models.Delivery) ([][]models.Delivery, error) {
	index := map[int64]int{}
	var strands [][]models.Delivery
	for _, d := range batch {
		entry, err := c.payloads.get(ctx, d.EntryID)
		if err != nil {
			return nil, err
		}
		at, known := index[entry.actorID]
		if !known {
			at = len(strands)
			index[entry.actorID] = at
			strands = append(strands, nil)
		}
		strands[at] = append(strands[at], d)
	}
	return strands, nil
}

// send sends deliveries one after the other until the host fails. One that the host answers with a fault again and again is
// suspect: the next one tells whose fault it is.
func (c *Courier) send(ctx context.Context, l *lane, deliveries []models.Delivery) (verdict, error) {
	var suspect *models.Delivery
	var charge verdict
	for i := range deliveries {
		d := &deliveries[i]
		if !l.isHeld() {
			return verdict{}, errLeaseLost
		}
		if ctx.Err() != nil {
			return verdict{}, ctx.Err()
		}
		v := c.attempt(ctx, l, d)
		if ctx.Err() != nil && v.status == 0 {
			return verdict{}, ctx.Err() // the stop cut it off, which says nothing of the host
		}
		d.Attempts++
		if v.isAnswered() {
			d.Faults++
		}
		switch {
		case v.isFault && v.isAnswered() && d.Faults >= suspectAfter && suspect == nil:
			suspect, charge = d, v
		case v.isFault:
			if suspect != nil { // it was not the activity
				c.note(ctx, l, suspect, charge)
			}
			c.note(ctx, l, d, v)
			return v, nil
		default:
			if suspect != nil {
				c.stepAside(ctx, l, suspect, charge)
				suspect = nil
			}
			c.note(ctx, l, d, v)
		}
	}
	if suspect != nil { // nothing came after it: whoever comes next will not have to wait for it
		c.stepAside(ctx, l, suspect, charge)
	}
	return verdict{}, nil
}

// stepAside lets a suspect wait by itself, or gives it up when it failed often while others passed.
func (c *Courier) stepAside(ctx context.Context, l *lane, d *models.Delivery, v verdict) {
	v.state = models.DeliveryAside
	c.mu.Lock()
	l.failed = true
	passes := l.answers > 0 || !l.fails // others do
	c.mu.Unlock()
	if d.Faults >= maxFaults && passes || d.Faults >= maxFaultsAlone {
		v.state = models.DeliveryParked
	}
	d.NextTryAt = models.At(c.cfg.Store.Now()).Add(max(backoff(d.Faults, rand.Float64()), v.retryAfter))
	c.note(ctx, l, d, v)
}

// atStop is for how long an attempt that is under way may go on when the server stops, so that what the host takes meanwhile is
// not sent to it once more by whoever comes next. It is shorter than the lease.
const atStop = 3 * time.Second

// outlast gives a context that ends some time after ctx does, and what frees it.
func outlast(ctx context.Context, grace time.Duration) (context.Context, func()) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	forget := context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })
	return longer, func() { forget(); cancel() }
}

// attempt sends one activity.
func (c *Courier) attempt(ctx context.Context, l *lane, d *models.Delivery) verdict {
	ctx, free := outlast(ctx, atStop)
	defer free()
	activity, err := c.payloads.get(ctx, d.EntryID)
	if err != nil {
		return ours(err)
	}
	signer, err := c.cfg.Signer(ctx, activity.actorID)
	if err != nil {
		return verdict{state: models.DeliveryRefused, reason: "no key to sign with: " + err.Error()}
	}
	if vocab.Host(d.Inbox) == "" { // no fault of the host's, so the others of its lane go on (security case C24)
		return verdict{state: models.DeliveryRefused, reason: "the inbox is no address"}
	}
	header, err := c.cfg.Header(ctx, d.EntryID, activity.actorID, activity.bytes, vocab.Host(d.Inbox))
	if err != nil {
		return ours(err)
	}
	begun := time.Now()
	answer, err := c.cfg.Client.Post(ctx, d.Inbox, activity.bytes, signer, header)
	if err != nil {
		return fault(0, err.Error())
	}
	c.measure(l, time.Since(begun))
	if answer.Status == http.StatusGone {
		c.cfg.Gone(ctx, d.Inbox)
	}
	return judge(answer)
}

// measure keeps a moving average of how long the host takes.
func (c *Courier) measure(l *lane, took time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if l.latency == 0 {
		l.latency = took
	}
	l.latency += (took - l.latency) / 8
}

// note hands what came of an attempt to the recorder.
func (c *Courier) note(ctx context.Context, l *lane, d *models.Delivery, v verdict) {
	d.State, d.Status, d.LastError = v.state, int64(v.status), v.reason
	if v.state != models.DeliveryAside {
		d.NextTryAt = 0
	}
	c.mu.Lock()
	if !v.isFault && v.status != 0 {
		l.answers++
	}
	c.mu.Unlock()
	c.report(ctx, d)
	c.recorder.take(models.Outcome{Delivery: *d, Token: l.lease.Token})
}

// leave tells the host's record how it went.
func (c *Courier) leave(l *lane, end verdict) {
	c.mu.Lock()
	answers, latency := l.answers, l.latency
	c.mu.Unlock()
	leaving := leaving{host: l.host, lease: l.lease, faint: !end.isFault}
	if (end.isFault && !end.isOurs) || answers > 0 {
		chance := rand.Float64()
		now := models.At(c.cfg.Store.Now())
		leaving.tell = func(peer *models.Peer) {
			if answers > 0 {
				peer.LatencyMs = latency.Milliseconds()
				succeeded(peer, now)
			}
			end.applyTo(peer, now, chance)
		}
	}
	c.recorder.leave(leaving)
}

// freshFor is how old a host's record of success may grow while it goes on to succeed.
const freshFor = time.Minute

func (c *Courier) report(ctx context.Context, d *models.Delivery) {
	args := []any{"peer", d.Host, "delivery", d.ID, "status", d.Status, "attempts", d.Attempts, "state", d.State}
	switch d.State {
	case models.DeliveryDone:
		c.cfg.Count(d.Host, "done")
		c.cfg.Log.DebugContext(ctx, "delivered", args...)
	case models.DeliveryPending, models.DeliveryAside:
		c.cfg.Count(d.Host, "postponed")
		c.cfg.Log.InfoContext(ctx, "not delivered yet", append(args, "reason", d.LastError)...)
	default:
		c.cfg.Count(d.Host, d.State)
		c.cfg.Log.WarnContext(ctx, "not delivered", append(args, "reason", d.LastError)...)
	}
}
