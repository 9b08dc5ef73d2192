package app

import (
	"context"
	"time"

	"praxis/internal/worker"
)

// runAlong works on what members bring along and take along until ctx ends.
func (a *App) runAlong(ctx context.Context) {
	worker.Loop{
		Step: a.takeAlong, Pause: func(context.Context) time.Duration { return tendEvery },
		Failed: func(ctx context.Context, err error) {
			a.log.ErrorContext(ctx, "imports and exports stopped for a moment", "error", err)
		},
	}.Run(ctx)
}

// takeAlong does a part of that, and reports whether there was any.
func (a *App) takeAlong(ctx context.Context) (bool, error) {
	return inTurn(ctx, a.Service.RunImports, a.Takeout.Step, a.Service.DropExports)
}
