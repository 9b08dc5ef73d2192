package inbox

import (
	"context"
	"sync"

	"praxis/models"
)

// maxCounted is how many hosts are counted before all are counted anew.
const maxCounted = 10_000

// backlog bounds how many activities of one host wait, so that a host that floods us fills neither the disk nor the time of the
// others (security cases F7, F15). The store is asked when a host is new, and when it seems to have reached the bound: what
// other nodes do is then seen, too.
type backlog struct {
	store *models.Store
	limit int
	mu    sync.Mutex
	waits map[string]int
}

func newBacklog(store *models.Store, limit int) *backlog {
	return &backlog{store: store, limit: limit, waits: map[string]int{}}
}

// add makes room for one more activity of a host. Errors: RateLimited when too many wait.
func (b *backlog) add(ctx context.Context, host string) error {
	if b.take(host) {
		return nil
	}
	waits, err := b.store.Read(ctx).InboxBacklog(host, b.limit)
	if err != nil {
		return err
	}
	if waits >= b.limit {
		return models.Errorf(models.RateLimited, "%d activities of %s wait here already: try again later.", waits, host)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.waits) >= maxCounted {
		clear(b.waits)
	}
	b.waits[host] = waits + 1
	return nil
}

// take counts one more where the count is known and there is room.
func (b *backlog) take(host string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	waits, known := b.waits[host]
	if !known || waits >= b.limit {
		return false
	}
	b.waits[host]++
	return true
}

// done counts one off: it was carried out, or not stored.
func (b *backlog) done(host string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.waits[host] > 0 {
		b.waits[host]--
	}
}
