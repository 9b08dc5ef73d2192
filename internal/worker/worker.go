package worker

import (
	"context"
	"time"
)

// Loop is one background work.
type Loop struct {
	Wake <-chan struct{} // says that there may be something to do
	// Step does a part of the work and reports whether there was any.
	Step func(ctx context.Context) (bool, error)
	// Pause gives how long to sleep when nothing is left to do, unless somebody calls.
	Pause func(ctx context.Context) time.Duration
	// Failed hears of errors of Step; the work then sleeps, too.
	Failed func(ctx context.Context, err error)
}

// Run works until ctx ends.
func (l Loop) Run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.Wake:
		case <-timer.C:
		}
		l.work(ctx)
		timer.Reset(l.Pause(ctx))
	}
}

// work takes steps while they find something.
func (l Loop) work(ctx context.Context) {
	for ctx.Err() == nil {
		moved, err := l.Step(ctx)
		if err != nil && ctx.Err() == nil {
			l.Failed(ctx, err)
		}
		if err != nil || !moved {
			return
		}
	}
}

// Until gives the time from now to next, neither less than a tenth of a second nor more than longest; longest when there is no
// next.
func Until(next, now time.Time, longest time.Duration) time.Duration {
	if next.IsZero() {
		return longest
	}
	return min(max(next.Sub(now), 100*time.Millisecond), longest)
}
