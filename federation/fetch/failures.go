package fetch

import (
	"sync"
	"time"
)

const (
	failureTime = 10 * time.Second // for how long a URL that failed is not asked again
	maxFailures = 4096
)

// failures remembers for a short time what could not be fetched, so that nobody can make us knock at a door again and
// again (security case D16).
type failures struct {
	now  func() time.Time
	mu   sync.Mutex
	urls map[string]failed
}

type failed struct {
	err   error
	until time.Time
}

func newFailures(now func() time.Time) *failures {
	return &failures{now: now, urls: map[string]failed{}}
}

// recall gives the remembered error of a URL, or nil.
func (f *failures) recall(url string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	past, found := f.urls[url]
	if !found {
		return nil
	}
	if !f.now().Before(past.until) {
		delete(f.urls, url)
		return nil
	}
	return past.err
}

// remember keeps what is the peer's fault: neither an empty budget nor a trouble of our own.
func (f *failures) remember(url string, err error) {
	if kind := KindOf(err); kind == "" || kind == Budget {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.urls) >= maxFailures {
		f.makeRoom()
	}
	f.urls[url] = failed{err: err, until: f.now().Add(failureTime)}
}

// makeRoom forgets what has run out, and if that is nothing then any one.
func (f *failures) makeRoom() {
	now := f.now()
	for url, past := range f.urls {
		if !now.Before(past.until) {
			delete(f.urls, url)
		}
	}
	for url := range f.urls {
		if len(f.urls) < maxFailures {
			return
		}
		delete(f.urls, url)
	}
}
