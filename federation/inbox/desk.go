package inbox

import (
	"context"
	"slices"
	"sync"
	"time"

	"praxis/models"
)

// desk stores what was received. Those who come while it writes are stored together by the next transaction: a commit to the
// disk costs more than all else about an activity.
type desk struct {
	store   *models.Store
	mu      sync.Mutex
	writing bool
	waiting []*receipt
}

// receipt is one activity that waits to be stored.
type receipt struct {
	entry *models.InboxEntry
	fresh bool
	err   error
	turn  chan bool // true: write what waits; false: it is stored, or failed
}

const (
	deskSize     = 64               // activities that one transaction stores
	deskPatience = 10 * time.Second // for one transaction
)

// keep stores an activity, and gives true once it is committed; false when it is known, and that was committed before.
func (d *desk) keep(ctx context.Context, entry *models.InboxEntry) (fresh bool, err error) {
	r := &receipt{entry: entry, turn: make(chan bool, 1)}
	d.mu.Lock()
	d.waiting = append(d.waiting, r)
	if !d.writing {
		d.writing = true
		r.turn <- true
	}
	d.mu.Unlock()
	if <-r.turn {
		d.write(ctx)
		<-r.turn
	}
	return r.fresh, r.err
}

// write stores what waits, and lets the next one write what comes meanwhile. Whoever writes does it for the others, too, so
// that it goes on when its own sender hangs up.
func (d *desk) write(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), deskPatience)
	defer cancel()
	var taken []*receipt
	defer func() { d.handOn(taken) }()
	err := d.store.Tx(ctx, func(tx *models.Tx) error {
		if taken == nil { // those, too, who came while this one waited for its turn to write
			taken = d.take()
		}
		return guarded(func() error { return put(tx, taken) })
	})
	if taken == nil {
		taken = d.take()
	}
	if err != nil && len(taken) > 1 {
		d.oneByOne(ctx, taken)
		return
	}
	for _, r := range taken {
		r.err = err
	}
}

// oneByOne is for when one that cannot be stored is among many.
func (d *desk) oneByOne(ctx context.Context, taken []*receipt) {
	for i := range taken {
		alone := taken[i : i+1]
		err := d.store.Tx(ctx, func(tx *models.Tx) error {
			return guarded(func() error { return put(tx, alone) })
		})
		alone[0].err = err
	}
}

// put stores activities, and lets what waits for their senders go out.
func put(tx *models.Tx, receipts []*receipt) error {
	entries := make([]*models.InboxEntry, len(receipts))
	var hosts []string
	for i, r := range receipts {
		entries[i] = r.entry
		hosts = append(hosts, r.entry.Host)
	}
	fresh, err := tx.AddInboxEntries(entries)
	if err != nil {
		return err
	}
	for i, r := range receipts {
		r.fresh = fresh[i]
	}
	slices.Sort(hosts) // in one order, so that no two nodes wait for each other
	for _, host := range slices.Compact(hosts) {
		if err := tx.WakePeer(host); err != nil {
			return err
		}
	}
	return nil
}

// take gives what waits, as far as one transaction may store.
func (d *desk) take() []*receipt {
	d.mu.Lock()
	defer d.mu.Unlock()
	taken := d.waiting[:min(len(d.waiting), deskSize)]
	d.waiting = slices.Clone(d.waiting[len(taken):])
	for _, r := range taken {
		r.err = errNotStored
	}
	return taken
}

// errNotStored is what is answered unless a commit was seen.
var errNotStored = models.Errorf(models.Unavailable, "The activity could not be stored.")

// handOn answers those whose activities were taken, and lets the next one write.
func (d *desk) handOn(taken []*receipt) {
	d.mu.Lock()
	if d.writing = len(d.waiting) > 0; d.writing {
		d.waiting[0].turn <- true
	}
	d.mu.Unlock()
	for _, r := range taken {
		r.turn <- false
	}
}
