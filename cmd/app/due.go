package app

import (
	"context"
	"time"
)

// tendEvery is how often it is looked for what has its time: the moment of a scheduled post is kept to within this.
const tendEvery = 5 * time.Second

// tendDue does what has its time until ctx ends.
func (a *App) tendDue(ctx context.Context) {
	ticker := time.NewTicker(tendEvery)
	defer ticker.Stop()
	for {
		if _, err := a.tend(ctx); err != nil && ctx.Err() == nil {
			a.log.ErrorContext(ctx, "work that was due failed", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// tend publishes scheduled posts, ends polls, tells and asks other servers of votes, does what the policy and partnerships have due, ends the
// graces of those who left, and reports whether there was anything to do.
func (a *App) tend(ctx context.Context) (bool, error) {
	return inTurn(ctx, a.Service.PublishDue, a.Service.TendPolls, a.Directory.RefreshPolls, a.Service.TendPolicy,
		a.Service.TendPartners, a.Service.JudgePartners, a.Service.TendLeaving, a.Service.TendMoves, a.Service.TendSiblings)
}
