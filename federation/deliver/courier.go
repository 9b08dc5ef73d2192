package deliver

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"praxis/federation/fetch"
	"praxis/federation/sign"
	"praxis/federation/vocab"
	"praxis/models"
)

// Config is what a Courier needs. All of it is required but Header and Count.
type Config struct {
	Store  *models.Store
	Client *fetch.Client
	// Signer gives the key of a local actor.
	Signer func(ctx context.Context, actorID int64) (sign.Signer, error)
	Log    *slog.Logger
	// Header gives further headers of an activity by an actor of ours on its way to a host; may be nil.
	Header func(ctx context.Context, entryID, actorID int64, payload []byte, host string) (http.Header, error)
	// Count is told how each attempt ended, for metrics: done, refused, postponed or parked.
	Count func(outcome string)
}

// Courier delivers. It is safe for concurrent use.
type Courier struct {
	cfg  Config
	wake chan struct{}
}

// New makes a Courier.
func New(cfg Config) *Courier {
	if cfg.Count == nil {
		cfg.Count = func(string) {}
	}
	return &Courier{cfg: cfg, wake: make(chan struct{}, 1)}
}

// Poke says that something new waits. It does not block.
func (c *Courier) Poke() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

const (
	lanes = 16 // hosts that are served side by side
	load  = 50 // deliveries that one host gets before the next round
	idle  = 30 * time.Second
)

// Run delivers until ctx ends.
func (c *Courier) Run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.wake:
		case <-timer.C:
		}
		for ctx.Err() == nil {
			moved, err := c.Step(ctx)
			if err != nil && ctx.Err() == nil {
				c.cfg.Log.ErrorContext(ctx, "deliveries stopped for a moment", "error", err)
				break
			}
			if !moved {
				break
			}
		}
		timer.Reset(c.untilNext(ctx))
	}
}

// untilNext gives how long there is nothing to do, unless somebody pokes.
func (c *Courier) untilNext(ctx context.Context) time.Duration {
	next, err := c.cfg.Store.Read(ctx).NextTry()
	if err != nil || next.IsZero() {
		return idle
	}
	return min(max(next.Time().Sub(c.cfg.Store.Now()), 100*time.Millisecond), idle)
}

// Step serves every host that has something waiting and may be tried now, and reports whether there was any.
func (c *Courier) Step(ctx context.Context) (bool, error) {
	hosts, err := c.cfg.Store.Read(ctx).DueHosts(models.At(c.cfg.Store.Now()), lanes)
	if err != nil || len(hosts) == 0 {
		return false, err
	}
	var wait sync.WaitGroup
	failures := make(chan error, len(hosts))
	for _, host := range hosts {
		wait.Go(func() {
			if err := c.serve(ctx, host); err != nil {
				failures <- err
			}
		})
	}
	wait.Wait()
	close(failures)
	return true, <-failures // nil when there were none
}

// serve sends what waits for a host, in order, until the host fails.
func (c *Courier) serve(ctx context.Context, host string) error {
	waiting, err := c.cfg.Store.Read(ctx).Lane(host, load)
	if err != nil {
		return err
	}
	blocked, err := c.cfg.Store.Read(ctx).HostBlocked(host)
	if err != nil {
		return err
	}
	for i := range waiting {
		delivery := &waiting[i]
		outcome := verdict{state: models.DeliveryRefused, reason: "host is blocked here"}
		if !blocked {
			outcome = c.attempt(ctx, delivery)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := c.record(ctx, delivery, outcome); err != nil {
			return err
		}
		if outcome.isFault {
			return nil
		}
	}
	return nil
}

// attempt sends one activity.
func (c *Courier) attempt(ctx context.Context, d *models.Delivery) verdict {
	entry, err := c.cfg.Store.Read(ctx).OutboxEntry(d.EntryID)
	if err != nil {
		return fault(0, err.Error())
	}
	signer, err := c.cfg.Signer(ctx, entry.ActorID)
	if err != nil {
		return verdict{state: models.DeliveryRefused, reason: "no key to sign with: " + err.Error()}
	}
	if vocab.Host(d.Inbox) == "" { // no fault of the host's, so the others of its lane go on (security case C24)
		return verdict{state: models.DeliveryRefused, reason: "the inbox is no address"}
	}
	header, err := c.header(ctx, entry, d)
	if err != nil {
		return fault(0, err.Error())
	}
	answer, err := c.cfg.Client.Post(ctx, d.Inbox, []byte(entry.Payload), signer, header)
	if err != nil {
		v := fault(0, err.Error())
		v.isRefused = fetch.KindOf(err) == fetch.Refused
		return v
	}
	return judge(answer)
}

func (c *Courier) header(ctx context.Context, entry *models.OutboxEntry, d *models.Delivery) (http.Header, error) {
	if c.cfg.Header == nil {
		return nil, nil
	}
	return c.cfg.Header(ctx, entry.ID, entry.ActorID, []byte(entry.Payload), vocab.Host(d.Inbox))
}

// record stores how an attempt ended, for the delivery and for the host.
func (c *Courier) record(ctx context.Context, d *models.Delivery, v verdict) error {
	d.Attempts++
	d.State, d.Status, d.LastError = v.state, int64(v.status), v.reason
	if v.isFault && d.Attempts >= v.maxTries() {
		d.State = models.DeliveryParked
	}
	c.report(ctx, d)
	return c.cfg.Store.Tx(ctx, func(tx *models.Tx) error {
		if err := tx.FinishDelivery(d); err != nil {
			return err
		}
		return tx.UpdatePeer(d.Host, func(peer *models.Peer) { v.applyTo(peer, tx.Now(), rand.Float64()) })
	})
}

func (c *Courier) report(ctx context.Context, d *models.Delivery) {
	args := []any{"peer", d.Host, "delivery", d.ID, "status", d.Status, "attempts", d.Attempts, "state", d.State}
	switch d.State {
	case models.DeliveryDone:
		c.cfg.Count("done")
		c.cfg.Log.DebugContext(ctx, "delivered", args...)
	case models.DeliveryPending:
		c.cfg.Count("postponed")
		c.cfg.Log.InfoContext(ctx, "not delivered yet", append(args, "reason", d.LastError)...)
	default:
		c.cfg.Count(d.State)
		c.cfg.Log.WarnContext(ctx, "not delivered", append(args, "reason", d.LastError)...)
	}
}
