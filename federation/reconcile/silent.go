package reconcile

import (
	"context"
	"time"

	"praxis/federation/fetch"
	"praxis/models"
	"praxis/practice"
)

// askEvery is how often a sibling that is silent is asked whether it is there.
const askEvery = time.Hour

// askSilent asks siblings that were silent for as long as was agreed whether they are there, and lets the Groups of ours say so
// when they are not. It reports whether anything was said.
func (w *Worker) askSilent(ctx context.Context) (said bool, err error) {
	now := w.store.Now()
	quiet, err := w.store.Read(ctx).QuietSiblings(models.At(now.Add(-24 * time.Hour)))
	if err != nil {
		return false, err
	}
	for i := range quiet {
		pair := &quiet[i]
		if pair.State != models.SiblingLost && !practice.IsSilent(pair, models.At(now)) || !w.mayAsk(pair.SiblingURI, now) {
			continue
		}
		_, err := w.cfg.Directory.Refresh(fetch.WithBudget(ctx, budget), pair.SiblingURI)
		switch {
		case ctx.Err() != nil:
			return said, ctx.Err()
		case err == nil:
			err = w.cfg.Service.SiblingSpoke(ctx, pair.SiblingURI)
		case pair.State != models.SiblingLost:
			err = w.cfg.Service.SiblingSilent(ctx, pair.ID)
		default:
			continue
		}
		if err != nil {
			return said, err
		}
		said = true
	}
	return said, nil
}

// mayAsk reports whether it is time to ask, and notes that it is done. Pairs of the same sibling are asked for together.
func (w *Worker) mayAsk(uri string, now time.Time) bool {
	if w.asked == nil {
		w.asked = map[string]time.Time{}
	}
	if last, ok := w.asked[uri]; ok && now.After(last) && now.Sub(last) < askEvery {
		return false
	}
	w.asked[uri] = now
	return true
}
