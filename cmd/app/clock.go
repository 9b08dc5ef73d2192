package app

import (
	"log/slog"
	"slices"
	"sync"
	"time"
)

const (
	// clockTolerance is what clocks may differ by: peers take signatures within an hour, some within less.
	clockTolerance = 5 * time.Minute
	// clockPeers is how many peers are remembered, and clockWarnEvery how often a clock that is off is told of.
	clockPeers     = 32
	clockWarnEvery = time.Hour
)

// clockWatch compares this clock with those of the peers that answered last (security case H12). One peer's clock may be
// wrong; the one in the middle is not.
type clockWatch struct {
	now   func() time.Time
	log   *slog.Logger
	count *counters

	mu    sync.Mutex
	last  []heard // one for each peer, the newest at the end
	until time.Time
}

// heard is how far this clock was ahead of a peer's.
type heard struct {
	host  string
	ahead time.Duration
}

// hear takes what time it is at a peer.
func (c *clockWatch) hear(host string, there time.Time) {
	now := c.now()
	ahead := now.Sub(there)
	if ahead.Abs() > clockTolerance {
		c.count.disagreed.Inc()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = slices.DeleteFunc(c.last, func(h heard) bool { return h.host == host })
	if len(c.last) == clockPeers {
		c.last = c.last[1:]
	}
	c.last = append(c.last, heard{host, ahead})
	middle := c.middle()
	c.count.clock.Set(middle.Seconds())
	if middle.Abs() <= clockTolerance || now.Before(c.until) {
		return
	}
	c.until = now.Add(clockWarnEvery)
	c.log.Warn("the clock of this machine differs from those of peers, which may refuse what it signs: let it keep its time by NTP",
		"ahead", middle.Round(time.Second), "peers", len(c.last))
}

// ahead tells how far this clock is ahead of those of peers, once any was heard.
func (c *clockWatch) ahead() (time.Duration, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.last) == 0 {
		return 0, false
	}
	return c.middle(), true
}

func (c *clockWatch) middle() time.Duration {
	all := make([]time.Duration, len(c.last))
	for i, h := range c.last {
		all[i] = h.ahead
	}
	slices.Sort(all)
	lower, upper := all[(len(all)-1)/2], all[len(all)/2]
	if lower.Abs() < upper.Abs() { // of two that disagree, the one that agrees with us
		return lower
	}
	return upper
}
