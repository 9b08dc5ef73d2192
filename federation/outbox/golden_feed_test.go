package outbox_test

import "praxis/practice"

// goldenFeeds: what followers of a feed are told, and the answer to who follows it.
func (w *world) goldenFeeds() {
	ctx := w.t.Context()
	feed, err := w.verbs.CreateFeed(ctx, practice.NewFeed{Username: "health", DisplayName: "Health", About: "All about health", Owner: w.ana})
	w.ok(err)
	w.written()
	w.from(w.lemmy, "Follow", "follow-health", feed.URI)
	w.golden("feed-accept")
	w.ok(w.verbs.AddToFeed(ctx, w.ana, feed, w.community))
	w.golden("feed-add")
	w.ok(w.verbs.RemoveFromFeed(ctx, w.ana, feed, w.community))
	w.golden("feed-remove")
}
