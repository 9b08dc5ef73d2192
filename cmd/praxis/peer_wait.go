package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"praxis/cmd/app"
	"praxis/internal/progress"
	"praxis/models"
	"praxis/practice"
)

const (
	// lookEvery is how often a command that waits looks how far the server is.
	lookEvery = 300 * time.Millisecond
	// idlePatience is how long nothing may move before a command that waits says so: the server looks for what commands left
	// at least every ten seconds, and a request may take thirty.
	idlePatience = time.Minute
)

// laneWatch follows what waits for a peer until nothing does.
type laneWatch struct {
	host     string
	queued   int64 // what the command itself let wait: the server may have sent some of it before the first look
	report   func(ctx context.Context) (*practice.PeerReport, error)
	meter    *progress.Meter
	patience time.Duration

	begun   *practice.PeerReport // how it stood at the beginning
	waiting int64
	moved   time.Time
}

func newLaneWatch(a *app.App, host string, queued int64, told io.Writer) *laneWatch {
	return &laneWatch{
		host: host, queued: queued, meter: progress.New(told), patience: idlePatience,
		report: func(ctx context.Context) (*practice.PeerReport, error) { return a.Service.PeerReport(ctx, host) },
	}
}

// follow waits until nothing waits for the peer but what it set aside, and tells out what came of it. Errors: Unavailable when
// the peer fails, is paused or blocked, or nothing moves.
func (w *laneWatch) follow(ctx context.Context, out io.Writer) error {
	begun, err := w.report(ctx)
	if err != nil {
		return err
	}
	w.begun, w.waiting, w.moved = begun, begun.Counts[models.DeliveryPending], time.Now()
	if gone := w.queued - w.waiting; gone > 0 {
		w.waiting = w.queued
		begun.Counts[models.DeliveryDone] -= gone
	}
	w.meter.Begin("deliveries to "+w.host, "deliveries", w.waiting)
	defer w.meter.End()
	for {
		now, err := w.report(ctx)
		if err != nil {
			return err
		}
		w.note(now)
		if w.waiting == 0 {
			w.meter.End()
			return w.tell(now, out)
		}
		if err := w.trouble(now); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(lookEvery):
		}
	}
}

// note counts what went since the last look.
func (w *laneWatch) note(now *practice.PeerReport) {
	waiting := now.Counts[models.DeliveryPending]
	if waiting < w.waiting {
		w.meter.Add(w.waiting - waiting)
	}
	if waiting != w.waiting {
		w.moved = time.Now()
	}
	w.waiting = waiting
}

// trouble gives the reason why waiting on is in vain.
func (w *laneWatch) trouble(now *practice.PeerReport) error {
	peer := &now.Peer
	switch {
	case now.State == models.PeerPaused || now.State == models.PeerBlocked || now.State == models.PeerParked:
		return models.Errorf(models.Unavailable, "%s is %s: %d deliveries wait", w.host, now.State, w.waiting)
	case peer.Failures > w.begun.Peer.Failures:
		return models.Errorf(models.Unavailable, "%s fails (%s): %d deliveries wait, and are tried again at %s",
			w.host, orDash(peer.LastError), w.waiting, clockTime(peer.NextTryAt))
	case time.Since(w.moved) > w.patience:
		return models.Errorf(models.Unavailable, "nothing has gone to %s for %s: does praxis serve run? %d deliveries wait", w.host, w.patience, w.waiting)
	}
	return nil
}

// tell says what came of it.
func (w *laneWatch) tell(now *practice.PeerReport, out io.Writer) error {
	more := func(state string) int64 { return max(now.Counts[state]-w.begun.Counts[state], 0) }
	fmt.Fprintf(out, "nothing waits for %s: %d taken", w.host, more(models.DeliveryDone))
	if n := more(models.DeliveryRefused); n > 0 {
		fmt.Fprintf(out, ", %d refused", n)
	}
	if n := now.Counts[models.DeliveryAside]; n > 0 {
		fmt.Fprintf(out, ", %d set aside, to be tried again by themselves", n)
	}
	_, err := fmt.Fprintln(out)
	return err
}
