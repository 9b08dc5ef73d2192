package backfill

import (
	"context"

	"praxis/federation/vocab"
	"praxis/models"
)

// maxPageItems is how many entries of one page are looked at.
const maxPageItems = 500

// collection reads a collection or a page of one. A first page that is embedded counts as a part of it.
func (w *Worker) collection(ctx context.Context, uri string) (items []vocab.Ref, next string, err error) {
	doc, err := w.cfg.Directory.Document(ctx, uri)
	if err != nil {
		return nil, "", err
	}
	c, err := vocab.DecodeCollection(doc.Raw())
	if err != nil {
		return nil, "", models.Errorf(models.Invalid, "%s is no collection: %w", uri, err)
	}
	items, next = c.Items, c.Next.ID
	if len(items) == 0 && c.First.IsEmbedded() {
		if page, err := vocab.DecodeCollection(c.First.Raw); err == nil {
			items, next = page.Items, page.Next.ID
		}
	}
	if len(items) == 0 && next == "" && !c.First.IsEmbedded() {
		next = c.First.ID
	}
	if !vocab.SameOrigin(next, uri) || next == uri {
		next = "" // a collection is on one host, and goes on
	}
	return items[:min(len(items), maxPageItems)], next, nil
}

// outbox reads a page of what a community announced: the first posts of its threads, whichever way it names them.
func (w *Worker) outbox(ctx context.Context, item *models.BackfillItem) (findings, error) {
	run, err := w.store.Read(ctx).Backfill(item.CommunityID)
	if err != nil {
		return findings{}, err
	}
	if run.Since != 0 {
		return w.missed(ctx, item, run)
	}
	items, next, err := w.collection(ctx, item.URI)
	if err != nil {
		return findings{}, err
	}
	var found findings
	for _, ref := range items {
		if uri := threadOf(ref); uri != "" && !w.links.IsOurs(uri) {
			found.next = append(found.next, models.BackfillItem{Kind: models.BackfillThread, URI: uri})
		}
	}
	if next != "" {
		found.next = append(found.next, models.BackfillItem{Kind: models.BackfillOutbox, URI: next})
	}
	return found, nil
}

// threadOf gives the post that an entry of an outbox leads to: what an Announce, or the Create in it, is about. An activity
// that is only named is asked itself.
func threadOf(ref vocab.Ref) string {
	for range 2 {
		if !ref.IsEmbedded() {
			return ref.ID
		}
		activity, err := vocab.DecodeActivity(ref.Raw)
		if err != nil {
			break
		}
		switch activity.Type {
		case "Announce", "Create":
			ref = activity.Object
		default:
			return "" // a like, or what was done to a post: the post itself tells
		}
	}
	if object, err := vocab.DecodeObject(ref.Raw); err == nil && ref.IsEmbedded() {
		if object.InReplyTo != "" {
			return "" // its thread brings it
		}
		return object.ID
	}
	return ref.ID
}

// replies reads a page of what is in a thread.
func (w *Worker) replies(ctx context.Context, item *models.BackfillItem) (findings, error) {
	items, next, err := w.collection(ctx, item.URI)
	if err != nil {
		return findings{}, err
	}
	var found findings
	for _, ref := range items {
		if ref.ID == "" || w.links.IsOurs(ref.ID) {
			continue
		}
		known, err := w.knows(ctx, ref.ID)
		if err != nil {
			return findings{}, err
		}
		if !known {
			found.next = append(found.next, models.BackfillItem{Kind: models.BackfillPost, URI: ref.ID})
		}
	}
	if next != "" {
		found.next = append(found.next, models.BackfillItem{Kind: models.BackfillReplies, URI: next})
	}
	return found, nil
}

func (w *Worker) knows(ctx context.Context, uri string) (bool, error) {
	_, err := w.store.Read(ctx).PostByURI(uri)
	if models.IsNotFound(err) {
		return false, nil
	}
	return err == nil, err
}
