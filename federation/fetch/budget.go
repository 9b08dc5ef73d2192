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
