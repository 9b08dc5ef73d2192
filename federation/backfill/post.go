package backfill

import (
	"context"

	"praxis/federation/directory"
	"praxis/federation/fetch"
	"praxis/federation/vocab"
	"praxis/models"
)

// ask asks the address of an item.
func (w *Worker) ask(ctx context.Context, item *models.BackfillItem) (findings, error) {
	if item.Kind == models.BackfillFeed {
		return findings{}, w.feed(fetch.WithBudget(ctx, feedBudget), item)
	}
	ctx = fetch.WithBudget(ctx, budget)
	switch item.Kind {
	case models.BackfillOutbox:
		return w.outbox(ctx, item)
	case models.BackfillReplies:
		return w.replies(ctx, item)
	case models.BackfillThread:
		return w.thread(ctx, item)
	case models.BackfillNote:
		return w.note(ctx, item)
	}
	return w.reply(ctx, item)
}

// thread stores the first post of a thread as its own host has it, in the community that it was meant for, and goes on to
// what is in the thread.
func (w *Worker) thread(ctx context.Context, item *models.BackfillItem) (findings, error) {
	community, err := w.store.Read(ctx).Actor(item.CommunityID)
	if err != nil {
		return findings{}, err
	}
	ctx = directory.InGroup(ctx, community)
	doc, err := w.cfg.Directory.Document(ctx, item.URI)
	if err != nil {
		return findings{}, err
	}
	if vocab.IsActivityType(doc.Head().Type) {
		return w.named(doc)
	}
	object, err := vocab.DecodeObject(doc.Raw())
	if err != nil || object.InReplyTo != "" || !meantFor(object, community) {
		return findings{}, nil
	}
	post, err := w.cfg.Directory.PostFrom(ctx, doc)
	if err != nil {
		return findings{}, err
	}
	if err := w.cfg.Service.AdmitBackfilled(ctx, community, post, "", models.At(object.Published)); err != nil {
		return findings{}, err
	}
	found := findings{threads: 1}
	found.next = append(found.next, inThread(object)...)
	return found, nil
}

// named gives the post that an activity which an outbox only named is about.
func (w *Worker) named(doc *fetch.Document) (findings, error) {
	activity, err := vocab.DecodeActivity(doc.Raw())
	if err != nil {
		return findings{}, nil
	}
	uri := ""
	if activity.Type == "Announce" || activity.Type == "Create" {
		uri = threadOf(activity.Object)
	}
	if uri == "" || w.links.IsOurs(uri) {
		return findings{}, nil
	}
	return findings{next: []models.BackfillItem{{Kind: models.BackfillThread, URI: uri}}}, nil
}

// meantFor reports that an author posted into a community: otherwise any community could make any post a part of itself.
func meantFor(object vocab.Object, community *models.Actor) bool {
	for _, list := range []vocab.IRIs{object.Audience, object.To, object.Cc} {
		if list.Contains(community.URI) {
			return true
		}
	}
	return false
}

// inThread gives where the rest of a thread is: in its context, which is complete where there is one, and in its replies.
func inThread(object vocab.Object) []models.BackfillItem {
	var items []models.BackfillItem
	for _, uri := range []string{object.Conversation, object.Replies.ID} {
		if uri != "" {
			items = append(items, models.BackfillItem{Kind: models.BackfillReplies, URI: uri})
		}
	}
	return items
}

// reply stores a post of a thread, with those above it that are not known, and goes on to what answers it.
func (w *Worker) reply(ctx context.Context, item *models.BackfillItem) (findings, error) {
	if known, err := w.knows(ctx, item.URI); err != nil || known {
		return findings{}, err
	}
	doc, err := w.cfg.Directory.Document(ctx, item.URI)
	if err != nil {
		return findings{}, err
	}
	object, err := vocab.DecodeObject(doc.Raw())
	if err != nil {
		return findings{}, nil
	}
	if _, err := w.cfg.Directory.PostFrom(ctx, doc); err != nil {
		return findings{}, err
	}
	found := findings{posts: 1}
	if object.Replies.ID != "" && object.Conversation == "" {
		found.next = append(found.next, models.BackfillItem{Kind: models.BackfillReplies, URI: object.Replies.ID})
	}
	return found, nil
}
