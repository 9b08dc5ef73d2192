package deliver

import (
	"context"
	"log/slog"
	"slices"
	"sort"
	"sync"
	"time"

	"praxis/models"
)

// How outcomes are gathered: a commit costs far more than a row.
const (
	gather     = 20 * time.Millisecond
	maxGather  = 500
	retryWrite = time.Second
)

// recorder writes what came of attempts, many at once.
type recorder struct {
	store *models.Store
	owner string // of the leases
	log   *slog.Logger
	some  chan struct{} // something waits to be written
	full  chan struct{} // so much that it is not to wait for more

	mu     sync.Mutex
	waits  []models.Outcome
	leaves []leaving
	taken  int64
	writes sync.Mutex // one batch after the other, so that what came later is written later
}

func newRecorder(store *models.Store, owner string, log *slog.Logger) *recorder {
	return &recorder{store: store, owner: owner, log: log, some: make(chan struct{}, 1), full: make(chan struct{}, 1)}
}

// leaving is a lane that ended: what its host's record is to be told, and a lease that goes back.
type leaving struct {
	host  string
	lease models.Lease
	tell  func(*models.Peer) // nil for nothing
	faint bool               // tell is not worth a write while the record is fresh
}

// leave keeps what is to be written of a lane's end.
func (r *recorder) leave(l leaving) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.leaves = append(r.leaves, l)
}

// take keeps an outcome until it is written.
func (r *recorder) take(o models.Outcome) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.taken++
	r.waits = append(r.waits, o)
	signal(r.some)
	if len(r.waits) >= maxGather {
		signal(r.full)
	}
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// total is how many outcomes there were.
func (r *recorder) total() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.taken
}

// flush writes everything that was taken before it was called. What cannot be written stays.
func (r *recorder) flush(ctx context.Context) error {
	r.writes.Lock()
	defer r.writes.Unlock()
	r.mu.Lock()
	batch, leaves := r.waits, r.leaves
	r.waits, r.leaves = nil, nil
	r.mu.Unlock()
	if len(batch) == 0 && len(leaves) == 0 {
		return nil
	}
	var lost []string
	err := r.store.Tx(ctx, func(tx *models.Tx) (err error) {
		if lost, err = tx.RecordOutcomes(batch); err != nil {
			return err
		}
		return r.writeLeaves(tx, leaves, lost)
	})
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		r.waits, r.leaves = append(batch, r.waits...), append(leaves, r.leaves...)
		return err
	}
	r.noteLost(lost)
	return nil
}

// writeLeaves tells the records of hosts how it went, and gives their leases back.
func (r *recorder) writeLeaves(tx *models.Tx, leaves []leaving, lost []string) error {
	sort.Slice(leaves, func(i, j int) bool { return leaves[i].host < leaves[j].host }) // one order for all locks
	var leases []models.Lease
	for _, l := range leaves {
		leases = append(leases, l.lease)
		if l.tell == nil || slices.Contains(lost, l.host) {
			continue
		}
		if l.faint {
			peer, err := tx.Peer(l.host)
			if err != nil {
				return err
			}
			if peer.Failures == 0 && tx.Now().Since(peer.LastSuccessAt) < freshFor {
				continue
			}
		}
		if err := tx.UpdatePeer(l.host, l.tell); err != nil {
			return err
		}
	}
	return tx.ReleaseLeases(r.owner, leases)
}

// noteLost says whose outcomes were dropped: whoever has the lane by now sends them again under the same ids.
func (r *recorder) noteLost(lost []string) {
	if len(lost) > 0 {
		r.log.Warn("outcomes of deliveries were dropped: other nodes have their hosts by now", "peers", lost)
	}
}

// run writes again and again until ctx ends; what is left then, the lanes write as they end.
func (r *recorder) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.some:
		}
		select {
		case <-ctx.Done():
			return
		case <-r.full:
		case <-time.After(gather):
		}
		if err := r.flush(ctx); err != nil && ctx.Err() == nil {
			r.log.ErrorContext(ctx, "outcomes of deliveries not written yet", "error", err)
			signal(r.some)
			select {
			case <-ctx.Done():
			case <-time.After(retryWrite):
			}
		}
	}
}
