package fetch

import (
	"context"
	"sync/atomic"
)

type budgetKey struct{}

// budget counts down the requests of one task. A task within a task spends from both.
type budget struct {
	left  atomic.Int64
	outer *budget
}

// WithBudget gives a context in which at most n requests may be sent to get something; after that everything but Post
// fails with an Error of kind Budget. Each redirect, each second try with another signature and each part of a longer
// procedure counts. It is safe for concurrent use.
func WithBudget(ctx context.Context, n int) context.Context {
	outer, _ := ctx.Value(budgetKey{}).(*budget)
	b := &budget{outer: outer}
	b.left.Store(int64(n))
	return context.WithValue(ctx, budgetKey{}, b)
}

// spend takes one request from the budget, if there is a budget.
func spend(ctx context.Context, url string) error {
	b, _ := ctx.Value(budgetKey{}).(*budget)
	for ; b != nil; b = b.outer {
		if b.left.Add(-1) < 0 {
			return &Error{Kind: Budget, URL: url, Err: ErrBudget}
		}
	}
	return nil
}

type offlineKey struct{}

// Offline gives a context in which nobody is asked anything: whatever would be sent to get something fails with an Error of
// kind Budget. Asked reports whether anything would have been, so that the caller can do without what came of it.
func Offline(ctx context.Context) (offline context.Context, asked func() bool) {
	var wanted atomic.Bool
	return context.WithValue(ctx, offlineKey{}, &wanted), wanted.Load
}

// IsOffline reports whether nobody can be asked anything in a context.
func IsOffline(ctx context.Context) bool {
	_, offline := ctx.Value(offlineKey{}).(*atomic.Bool)
	return offline
}

// online fails where nobody can be asked.
func online(ctx context.Context, url string) error {
	wanted, offline := ctx.Value(offlineKey{}).(*atomic.Bool)
	if !offline {
		return nil
	}
	wanted.Store(true)
	return &Error{Kind: Budget, URL: url, Err: ErrBudget}
}
