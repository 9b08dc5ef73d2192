package reconcile

import (
	"context"
	"time"

	"praxis/federation/directory"
	"praxis/federation/fetch"
	"praxis/federation/vocab"
	"praxis/models"
)

const (
	// budget is how many requests one question may cost: the collection, its pages, and second knocks.
	budget   = 12
	maxPages = 5
	// maxListed is how many followers at this instance are compared: a list that is longer is not read to its end, and
	// from half a list nothing follows.
	maxListed = 5000
)

func sameOrigins(uri string, others ...string) bool {
	for _, other := range others {
		if !vocab.SameOrigin(uri, other) {
			return false
		}
	}
	return true
}

// check asks one server, and stores what became of it.
func (w *Worker) check(ctx context.Context, check *models.FollowerCheck) error {
	outcome, err := w.compare(fetch.WithBudget(ctx, budget), check)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	check.Attempts++
	check.CheckedAt = models.At(w.store.Now())
	switch {
	case err == nil && outcome == waits, directory.IsTemporary(err) && check.Attempts < maxTries:
		check.NextTryAt = check.CheckedAt.Add(settling * time.Duration(check.Attempts*check.Attempts))
	case err == nil:
		check.Pending, check.Outcome = false, outcome
	default:
		check.Pending, check.Outcome = false, "failed: "+clip(err.Error())
	}
	w.cfg.Log.DebugContext(ctx, "follows compared", "actor", check.ActorID, "outcome", outcome, "error", err)
	return w.store.Tx(ctx, func(tx *models.Tx) error { return w.keep(tx, check) })
}

// keep stores a question that was asked. What was heard meanwhile counts more: it is about a later state.
func (w *Worker) keep(tx *models.Tx, check *models.FollowerCheck) error {
	current, err := tx.FollowerCheck(check.ActorID)
	if err != nil {
		return err
	}
	check.URL, check.Digest = current.URL, current.Digest
	return tx.SaveFollowerCheck(check)
}

// The outcomes of a comparison.
const (
	waits    = "something is on its way"
	alike    = "alike"
	repaired = "repaired"
	stale    = "the list is not the one that was summed up"
)

// compare asks for the list and repairs the difference. A list that does not have the sum that was signed with a delivery is
// left alone: it is cut, or it has changed, and then the next delivery tells.
func (w *Worker) compare(ctx context.Context, check *models.FollowerCheck) (string, error) {
	tx := w.store.Read(ctx)
	actor, err := tx.Actor(check.ActorID)
	if err != nil || actor.IsGone() {
		return alike, err
	}
	if busy, err := tx.HasDeliveriesFor(actor.Host); err != nil || busy && check.Attempts < maxTries {
		return waits, err
	}
	listed, err := w.list(ctx, check.URL)
	if err != nil {
		return "", err
	}
	if models.FollowerDigest(listed) != check.Digest {
		return stale, nil
	}
	changed, err := w.cfg.Service.ReconcileFollowers(ctx, actor, listed)
	if err != nil || changed == 0 {
		return alike, err
	}
	w.cfg.Log.InfoContext(ctx, "follows put right", "actor", actor.Handle, "changed", changed)
	return repaired, nil
}

// list reads the whole of a list of followers of ours. Ids of others are left out.
func (w *Worker) list(ctx context.Context, url string) ([]string, error) {
	var listed []string
	seen := map[string]bool{}
	for pages, next := 0, url; next != ""; pages++ {
		if pages == maxPages {
			return nil, models.Errorf(models.Invalid, "%s has more than %d pages", url, maxPages)
		}
		items, after, err := w.page(ctx, next)
		if err != nil {
			return nil, err
		}
		for _, item := range items {
			if w.links.IsOurs(item.ID) && !seen[item.ID] {
				seen[item.ID] = true
				listed = append(listed, item.ID)
			}
		}
		if len(items) >= maxListed || len(listed) >= maxListed {
			return nil, models.Errorf(models.Invalid, "%s lists too many", url)
		}
		if after != "" && !sameOrigins(url, after) {
			return nil, models.Errorf(models.Forbidden, "%s goes on at %s, which is on another host", url, clip(after))
		}
		next = after
	}
	return listed, nil
}

// page reads a collection or a page of it, and gives where it goes on.
func (w *Worker) page(ctx context.Context, url string) (items []vocab.Ref, next string, err error) {
	doc, err := w.cfg.Directory.Document(ctx, url)
	if err != nil {
		return nil, "", err
	}
	c, err := vocab.DecodeCollection(doc.Raw())
	if err != nil {
		return nil, "", models.Errorf(models.Invalid, "%s is no collection: %w", url, err)
	}
	if c.First.IsEmbedded() {
		if c, err = vocab.DecodeCollection(c.First.Raw); err != nil {
			return nil, "", models.Errorf(models.Invalid, "%s has no first page: %w", url, err)
		}
		return c.Items, c.Next.ID, nil
	}
	if next = c.Next.ID; next == "" && len(c.Items) == 0 {
		next = c.First.ID
	}
	return c.Items, next, nil
}

// clip bounds what others wrote before it is stored.
func clip(s string) string {
	if len(s) > 256 {
		return s[:256] + "…"
	}
	return s
}
