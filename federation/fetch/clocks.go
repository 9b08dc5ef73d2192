package fetch

import (
	"net/http"
	"sync"
	"time"

	"praxis/federation/sign"
)

// Servers refuse what was signed at another time than theirs. Within a day either clock is taken for one that is off: signing by
// the other's lets both talk until somebody sets it right. What is further off is no clock.
const (
	clockOff    = time.Minute
	clockTooOff = 25 * time.Hour
	maxClocks   = 1024
)

// clocks knows how far those hosts are ahead that refused what was signed by our clock. It is safe for concurrent use.
type clocks struct {
	mu    sync.Mutex
	ahead map[string]time.Duration
}

// of gives how far a host is ahead of us, as far as it matters.
func (c *clocks) of(host string) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ahead[host]
}

// learn takes from a refusal what time it is at a host, and reports whether signing by that time is worth another try.
func (c *clocks) learn(host string, header http.Header, now time.Time) bool {
	there, err := http.ParseTime(header.Get("Date"))
	if err != nil || header.Get("Age") != "" {
		return false
	}
	ahead := there.Sub(now)
	c.mu.Lock()
	defer c.mu.Unlock()
	if ahead.Abs() > clockTooOff || (ahead-c.ahead[host]).Abs() < clockOff {
		return false
	}
	if len(c.ahead) >= maxClocks {
		clear(c.ahead)
	}
	c.ahead[host] = ahead
	return true
}

// by gives a signer whose clock is that of a host.
func (c *clocks) by(signer sign.Signer, host string) sign.Signer {
	ahead, now := c.of(host), signer.Now
	if ahead == 0 {
		return signer
	}
	if now == nil {
		now = time.Now
	}
	signer.Now = func() time.Time { return now().Add(ahead) }
	return signer
}
