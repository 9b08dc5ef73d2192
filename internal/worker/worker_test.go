package worker

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"
)

// TestLoop: it works at once, goes on while steps find something, sleeps, wakes when called, and tells of errors.
func TestLoop(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	wake := make(chan struct{}, 1)
	slept := make(chan struct{})
	var steps int
	var failed error
	l := Loop{
		Wake: wake,
		Step: func(context.Context) (bool, error) {
			if steps++; steps == 4 {
				return true, errors.New("on purpose")
			}
			return steps < 3, nil
		},
		Pause:  func(context.Context) time.Duration { slept <- struct{}{}; return time.Hour },
		Failed: func(_ context.Context, err error) { failed = err },
	}
	var working sync.WaitGroup
	working.Go(func() { l.Run(ctx) })
	<-slept
	if steps != 3 || failed != nil {
		t.Errorf("%d steps, %v", steps, failed)
	}
	wake <- struct{}{}
	<-slept
	if steps != 4 || failed == nil {
		t.Errorf("%d steps, %v", steps, failed)
	}
	stop()
	working.Wait()
}

func TestUntil(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for next, want := range map[time.Time]time.Duration{
		{}: time.Minute, now.Add(-time.Hour): 100 * time.Millisecond, now.Add(time.Second): time.Second, now.Add(time.Hour): time.Minute,
	} {
		if got := Until(next, now, time.Minute); got != want {
			t.Errorf("until %v: %v, want %v", next, got, want)
		}
	}
}
