package backfill

import (
	"context"

	"praxis/federation/directory"
	"praxis/models"
	"praxis/practice"
)

// How much of a feed is read.
const (
	maxFeedPages = 5
	feedBudget   = 250 // requests: for each community what it takes to know it
)

// feed reads which communities a feed holds. One that cannot be reached for now stays as it was known, and the feed is asked
// again.
func (w *Worker) feed(ctx context.Context, item *models.BackfillItem) error {
	feed, err := w.store.Read(ctx).ActorByURI(item.URI)
	if err != nil || feed.Local || !feed.IsFeed() || feed.FollowingURI == "" {
		return err
	}
	uris, err := w.inFeed(ctx, feed.FollowingURI)
	if err != nil {
		return err
	}
	var communities []*models.Actor
	var missed error
	for _, uri := range uris {
		community, err := w.cfg.Directory.Actor(ctx, uri)
		if directory.IsTemporary(err) {
			missed = err
			community, err = w.store.Read(ctx).ActorByURI(uri)
		}
		if err == nil {
			communities = append(communities, community)
		}
	}
	if err := w.cfg.Service.SaveFeed(ctx, feed, communities); err != nil {
		return err
	}
	return missed
}

// inFeed gives the ids that a collection names, the first ones.
func (w *Worker) inFeed(ctx context.Context, uri string) ([]string, error) {
	var uris []string
	for pages := 0; uri != "" && pages < maxFeedPages && len(uris) < practice.MaxInFeed; pages++ {
		items, next, err := w.collection(ctx, uri)
		if err != nil {
			return nil, err
		}
		for _, item := range items {
			if item.ID != "" && len(uris) < practice.MaxInFeed {
				uris = append(uris, item.ID)
			}
		}
		uri = next
	}
	return uris, nil
}
