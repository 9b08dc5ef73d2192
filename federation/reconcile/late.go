package reconcile

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"praxis/federation/vocab"
	"praxis/models"
)

// errWaits is why a post is not asked for now.
var errWaits = errors.New("it, or its host, could not be had a moment ago")

// keyOf is under what is remembered what became of a post of the pair.
func (run *comparison) keyOf(uri string) string {
	return strconv.FormatInt(run.pair.ID, 10) + " " + uri
}

// takeLate takes one post that is missing. What its own host does not give is left out, and what it does not give now is left for
// later: neither keeps the rest away.
func (w *Worker) takeLate(ctx context.Context, run *comparison, uri string) error {
	missing, err := w.isMissing(ctx, run.pair, uri)
	if err != nil || !missing {
		return err
	}
	key, host, now := run.keyOf(uri), vocab.Host(uri), w.store.Now()
	if w.waits.isOut(key, now) {
		return nil
	}
	if w.waits.has(key, now) || w.waits.isDown(host, now) {
		run.fail(errWaits)
		return nil
	}
	taken, err := w.fetchLate(ctx, run.pair, uri)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	run.spend(w.store.Now())
	switch {
	case taken:
		run.moved++
		w.waits.forget(key, host)
		return nil
	case err != nil && !isFinal(err):
		run.fail(err)
		w.waits.again(w.store.Now(), key, host)
		return nil
	}
	return w.pass(ctx, run, uri, err)
}

// isMissing: taken, by another sibling perhaps, or withdrawn is not missing. Nor is what came in at another Group here: an answer without
// a name does at each that hears it.
func (w *Worker) isMissing(ctx context.Context, pair *models.Sibling, uri string) (bool, error) {
	tx := w.store.Read(ctx)
	if _, err := tx.Admission(pair.CommunityID, uri); !models.IsNotFound(err) {
		return false, err
	}
	known, err := tx.PostByURI(uri)
	if models.IsNotFound(err) {
		return true, nil
	}
	return err == nil && (known.CommunityID == 0 || known.CommunityID == pair.SiblingID), err
}

// fetchLate asks the host of a post for it, and takes it.
func (w *Worker) fetchLate(ctx context.Context, pair *models.Sibling, uri string) (taken bool, err error) {
	group, err := w.store.Read(ctx).Actor(pair.SiblingID)
	if err != nil {
		return false, err
	}
	post, meant, err := w.cfg.Directory.PostIn(ctx, uri, group)
	if err != nil {
		return false, err
	}
	return w.cfg.Service.TakeLate(ctx, pair, post, meant)
}

// isFinal: asking again soon will not help.
func isFinal(err error) bool {
	switch models.ErrorCode(err) {
	case models.NotFound, models.Gone, models.Forbidden, models.Unauthorized, models.Invalid:
		return true
	}
	return false
}

// pass leaves out a post that is not there, or not the sibling's own.
func (w *Worker) pass(ctx context.Context, run *comparison, uri string, reason error) error {
	standing, err := w.store.Read(ctx).SiblingByID(run.pair.ID)
	if err != nil {
		return err
	}
	if standing.State != models.SiblingLive { // that is why
		return models.Errorf(models.Conflict, "the pair is %s now", standing.State)
	}
	w.cfg.Log.DebugContext(ctx, "post of a sibling not taken", "post", clip(uri), "error", reason)
	w.waits.out(run.keyOf(uri), w.store.Now().Add(syncGone))
	if run.misses++; run.misses >= syncMisses {
		return models.Errorf(models.Invalid, "%d posts that it lists are not there, or not its own", run.misses)
	}
	return nil
}

// patience remembers for a while what could not be had, by post and by host. It is safe for concurrent use.
type patience struct {
	mu  sync.Mutex
	all map[string]wait
}

type wait struct {
	failures int
	until    time.Time
	out      bool // it is not there
}

// How much is remembered, and after how many failures in a row a host is left alone.
const (
	maxWaits     = 10_000
	downFailures = 3
)

// again notes that something failed: it waits twice as long each time.
func (w *patience) again(now time.Time, keys ...string) {
	for _, key := range keys {
		w.put(key, func(known *wait) {
			known.until = now.Add(syncSoon << min(known.failures, 8))
			known.failures++
		})
	}
}

// until lets something wait.
func (w *patience) until(key string, end time.Time) {
	w.put(key, func(known *wait) { known.until = end })
}

// out notes that something is not there.
func (w *patience) out(key string, end time.Time) {
	w.put(key, func(known *wait) { known.until, known.out = end, true })
}

func (w *patience) put(key string, change func(*wait)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.all == nil || len(w.all) >= maxWaits {
		w.all = map[string]wait{}
	}
	known := w.all[key]
	change(&known)
	w.all[key] = known
}

func (w *patience) forget(keys ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, key := range keys {
		delete(w.all, key)
	}
}

// has reports what waits, for whatever reason.
func (w *patience) has(key string, now time.Time) bool { return now.Before(w.of(key).until) }

// isOut reports what was not there.
func (w *patience) isOut(key string, now time.Time) bool {
	known := w.of(key)
	return known.out && now.Before(known.until)
}

// isDown reports a host that does not answer.
func (w *patience) isDown(host string, now time.Time) bool {
	known := w.of(host)
	return known.failures >= downFailures && now.Before(known.until)
}

func (w *patience) of(key string) wait {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.all[key]
}
