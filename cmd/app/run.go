package app

import (
	"context"
	"sync"
	"time"

	"praxis/federation/push"
	"praxis/models"
)

// Run does the background work until ctx ends: what was received, what is to be sent, and tidying up.
func (a *App) Run(ctx context.Context) {
	var wait sync.WaitGroup
	for _, work := range []func(context.Context){
		a.join,
		a.Courier.Run, a.Inbox.Run, // host by host, on all nodes
		a.alone("media", a.Service.RunMedia), a.alone("due", a.tendDue), a.alone("letters", a.postman.run),
		a.alone("previews", a.Previews.Run), a.alone("push", a.Pusher.Run), a.alone("backfill", a.Backfill.Run),
		a.alone("reconcile", a.Reconcile.Run), a.stayAlive,
		a.alone("neighbours", a.Neighbour.Run), a.alone("lists", a.Lists.Run), a.alone("providers", a.askProviders), a.alone("tidy", a.tidy),
		a.alone("partners", a.Partners.Run), a.alone("along", a.runAlong),
	} {
		wait.Go(func() { work(ctx) })
	}
	wait.Wait()
}

// join lets streams and what is kept in memory follow what other nodes do.
func (a *App) join(ctx context.Context) { a.Store.Join(ctx, a.log) }

// watchEvery is how long a process may go on with a database that was restored beneath it.
const watchEvery = 5 * time.Second

// Watch ends with an error when the database under this process is not the one any more that it began with: somebody
// restored a backup into it, and what this process remembers is of another life (security case H27). It ends without one
// with ctx.
func (a *App) Watch(ctx context.Context) error {
	ticker := time.NewTicker(watchEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		if epoch, err := a.Store.CurrentEpoch(ctx); err == nil && epoch != a.epoch { // one that does not answer comes back
			return models.Errorf(models.Conflict, "the database was restored or replaced while this process served it (epoch %q, now %q): start it again", a.epoch, epoch)
		}
	}
}

// How long is kept what is not needed any more. Received activities are kept far longer than the window in which a
// signature is taken, so that a replay is known as one (security case B25).
const (
	tidyEvery    = time.Hour
	keepInbox    = 30 * 24 * time.Hour
	keepDelivery = 30 * 24 * time.Hour
	keepKeys     = time.Hour
	// keepUnconfirmed is how long somebody may take to confirm an e-mail address; then the name is free again.
	keepUnconfirmed = 7 * 24 * time.Hour
)

func (a *App) tidy(ctx context.Context) {
	ticker := time.NewTicker(tidyEvery)
	defer ticker.Stop()
	for {
		if err := a.tidyOnce(ctx); err != nil && ctx.Err() == nil {
			a.log.ErrorContext(ctx, "tidying up failed", "error", err)
		}
		if err := a.OAuth.Prune(ctx); err != nil && ctx.Err() == nil {
			a.log.ErrorContext(ctx, "tidying up sign-ins failed", "error", err)
		}
		if _, err := a.Service.RunRetention(ctx); err != nil && ctx.Err() == nil {
			a.log.ErrorContext(ctx, "removing what is kept for a time failed", "error", err)
		}
		if err := a.Service.SweepMedia(ctx); err != nil && ctx.Err() == nil {
			a.log.ErrorContext(ctx, "tidying up uploads failed", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (a *App) tidyOnce(ctx context.Context) error {
	return a.Store.Tx(ctx, func(tx *models.Tx) error {
		if _, err := tx.PruneInboxEntries(keepInbox); err != nil {
			return err
		}
		if _, err := tx.PruneDeliveries(keepDelivery); err != nil {
			return err
		}
		if err := tx.PruneNodeMessages(); err != nil {
			return err
		}
		if err := tx.PruneBackfill(keepDelivery); err != nil {
			return err
		}
		if err := tx.PrunePush(push.Life); err != nil {
			return err
		}
		if err := tx.PruneApplicants(keepUnconfirmed); err != nil {
			return err
		}
		if err := tx.PruneIdempotency(keepKeys); err != nil {
			return err
		}
		return tx.PutSetting(models.SettingTidied, formatMoment(tx.Now()))
	})
}

// beatEvery is how often it is noted that this instance runs.
const beatEvery = time.Minute

// stayAlive notes until ctx ends that this instance runs.
func (a *App) stayAlive(ctx context.Context) {
	ticker := time.NewTicker(beatEvery)
	defer ticker.Stop()
	for {
		if _, err := a.beat(ctx); err != nil && ctx.Err() == nil {
			a.log.ErrorContext(ctx, "not noted that this instance runs", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// beat notes that this instance runs, now and then. Only the first time after a start tells an absence: while a process is
// there, it is not away.
func (a *App) beat(ctx context.Context) (bool, error) {
	now := a.Store.Now()
	first := a.beaten.IsZero()
	if !first && now.Sub(a.beaten) < beatEvery/2 {
		return false, nil
	}
	err := a.Store.Tx(ctx, func(tx *models.Tx) error { return tx.StayAlive(first) })
	if err == nil {
		a.beaten = now
	}
	return false, err
}

// Wake lets what is done by time look at once for what is due, as after a clock was set on.
func (a *App) Wake() {
	a.Courier.Poke()
	a.Reconcile.Poke()
	a.Backfill.Poke()
	a.Partners.Poke()
}
