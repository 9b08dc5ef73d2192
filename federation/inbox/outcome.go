package inbox

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"praxis/federation/directory"
	"praxis/federation/vocab"
	"praxis/models"
)

// How entries are tried again.
const (
	maxTries  = 9 // the last about two hours after the first
	firstWait = 30 * time.Second
)

// result is an entry as it is after a try, and what to report of it.
type result struct {
	entry models.InboxEntry
	kind  string // done, ignored, refused, parked, postponed or repeated
	err   error
}

// resultOf judges a try that gave an outcome or an error.
func resultOf(entry models.InboxEntry, outcome string, err error, now models.Timestamp) result {
	entry.Attempts++
	settle := func(state, outcome string) { entry.State, entry.Outcome, entry.ProcessedAt = state, outcome, now }
	kind, _, _ := strings.Cut(outcome, ":")
	switch {
	case err == nil:
		settle(models.InboxDone, outcome)
	case errors.Is(err, errEarly) && entry.Attempts >= earlyTries:
		settle(models.InboxDone, "ignored: what it is about did not come")
		kind = "ignored"
	case isLasting(err):
		settle(models.InboxDone, "refused: "+clip(err.Error()))
		kind = "refused"
	case entry.Attempts >= maxTries:
		settle(models.InboxParked, clip(err.Error()))
		kind = "parked"
	default:
		entry.NextTryAt, entry.Outcome = now.Add(firstWait<<(entry.Attempts-1)), clip(err.Error())
		kind = "postponed"
	}
	return result{entry, kind, err}
}

func (p *Processor) report(ctx context.Context, did result) {
	if did.kind != "postponed" {
		p.backlog.done(did.entry.Host)
	}
	p.count(did.entry.Type, did.kind)
	args := []any{"type", did.entry.Type, "outcome", did.kind, "activity", clip(did.entry.ActivityURI), "peer", vocab.Host(did.entry.SignerURI)}
	switch {
	case did.kind == "parked":
		p.log.ErrorContext(ctx, "activity given up", append(args, "error", did.err)...)
	case did.err != nil:
		p.log.InfoContext(ctx, "activity not carried out", append(args, "reason", did.err)...)
	default:
		p.log.DebugContext(ctx, "activity carried out", args...)
	}
}

// guarded makes a panic a failure like any other: what others do beside it is not lost.
func guarded(f func() error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		}
	}()
	return f()
}

// isLasting reports an error that trying again would only repeat.
func isLasting(err error) bool {
	switch models.ErrorCode(err) {
	case models.Unavailable, models.Internal, models.RateLimited:
		return false
	}
	return true
}

// asTemporary reports whether a question to another host failed for now.
func asTemporary(err error) bool { return directory.IsTemporary(err) }

// told is what is counted of a try whose result may be thrown away: it counts when the result does.
type told struct {
	mu     sync.Mutex
	counts []func(*Processor)
}

type toldKey struct{}

func with(ctx context.Context, t *told) context.Context { return context.WithValue(ctx, toldKey{}, t) }

func (t *told) count(p *Processor) {
	for _, count := range t.counts {
		count(p)
	}
}

// tell counts something of the try within which ctx is, or at once.
func (p *Processor) tell(ctx context.Context, count func(*Processor)) {
	t, within := ctx.Value(toldKey{}).(*told)
	if !within {
		count(p)
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts = append(t.counts, count)
}
