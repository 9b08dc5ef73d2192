package testrig

import (
	"sync"
	"time"
)

// Clock is the time of a cluster: it moves a millisecond with each look, so that ids and dates differ, and otherwise only
// when told.
type Clock struct {
	mu  sync.Mutex
	now time.Time
	// run is when it was let go, by the clock of this machine.
	run time.Time
}

// NewClock gives a clock that shows start.
func NewClock(start time.Time) *Clock { return &Clock{now: start.UTC()} }

// Now gives the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.run.IsZero() {
		return c.now.Add(time.Since(c.run))
	}
	c.now = c.now.Add(time.Millisecond)
	return c.now
}

// Go lets the clock go by itself from now on, for what is measured.
func (c *Clock) Go() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.run = time.Now()
}

// Advance moves the clock.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
