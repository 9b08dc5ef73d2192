package app

import (
	"context"
	"time"

	"praxis/models"
)

// calls gives what is called when a work has something to do: it is poked here, and on the node that has it.
func (a *App) calls(name string, poke func()) func() {
	if !a.Store.SharesWork() {
		return poke
	}
	a.Store.Watch(func(change models.Change) {
		if change.Kind == models.WorkWaits && change.Name == name {
			poke()
		}
	})
	return func() {
		poke()
		a.Store.CallNodes(name)
	}
}

// alone gives a work that one node does at a time: whoever has its lease does it, the others wait for the lease to end.
func (a *App) alone(name string, work func(context.Context)) func(context.Context) {
	work = a.works.during(name, a.opts.Now, work)
	if !a.Store.SharesWork() {
		return work
	}
	return func(ctx context.Context) {
		for ctx.Err() == nil {
			if lease, ok := a.take(ctx, name); ok {
				a.whileHeld(ctx, lease, work)
			}
			select {
			case <-ctx.Done():
			case <-time.After(a.leaseTime() / 3):
			}
		}
	}
}

// leaseTime is for how long work belongs to a node unless it says so again.
func (a *App) leaseTime() time.Duration {
	if a.opts.Lease > 0 {
		return a.opts.Lease
	}
	return a.Config.NodeLease
}

// take takes the lease of a work, if nobody has it. Each work has an owner of its own, since it is prolonged by itself.
func (a *App) take(ctx context.Context, name string) (lease models.Lease, ok bool) {
	err := a.Store.Tx(ctx, func(tx *models.Tx) error {
		leases, err := tx.ClaimLeases(a.owner(name), []string{"work/" + name}, a.leaseTime())
		if ok = len(leases) > 0; ok {
			lease = leases[0]
		}
		return err
	})
	if err != nil && ctx.Err() == nil {
		a.log.WarnContext(ctx, "lease not taken", "work", name, "error", err)
	}
	return lease, ok && err == nil
}

func (a *App) owner(work string) string { return a.Store.Node() + "/" + work }

// whileHeld does a work until ctx ends or the lease is lost. It is prolonged in good time: what it cannot prolong for the whole
// of it, it gives up before somebody else may begin.
func (a *App) whileHeld(ctx context.Context, lease models.Lease, work func(context.Context)) {
	name := lease.Name[len("work/"):]
	held, lose := context.WithCancel(ctx)
	defer lose()
	done := make(chan struct{})
	go func() { defer close(done); work(held) }()
	until := time.Now().Add(a.leaseTime())
	ticker := time.NewTicker(a.leaseTime() / 3)
	defer ticker.Stop()
	for {
		select {
		case <-done:
			a.giveBack(ctx, name, lease)
			return
		case <-ticker.C:
		}
		begun := time.Now()
		if a.prolong(held, name) {
			until = begun.Add(a.leaseTime())
		} else if time.Now().Add(a.leaseTime() / 3).After(until) {
			a.log.WarnContext(ctx, "lease lost", "work", name)
			lose()
			<-done
			return
		}
	}
}

func (a *App) prolong(ctx context.Context, name string) bool {
	var held []string
	err := a.Store.Tx(ctx, func(tx *models.Tx) (err error) {
		held, err = tx.RenewLeases(a.owner(name), a.leaseTime())
		return err
	})
	return err == nil && len(held) > 0
}

// giveBack lets another node begin at once, also when this one stops.
func (a *App) giveBack(ctx context.Context, name string, lease models.Lease) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := a.Store.Tx(ctx, func(tx *models.Tx) error { return tx.ReleaseLeases(a.owner(name), []models.Lease{lease}) })
	if err != nil {
		a.log.WarnContext(ctx, "lease not given back", "work", name, "error", err)
	}
}
