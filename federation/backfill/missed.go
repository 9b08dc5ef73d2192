package backfill

import (
	"context"
	"time"

	"praxis/federation/vocab"
	"praxis/models"
)

// entry is what an outbox says of one thing that its owner did.
type entry struct {
	activity string // its id
	about    string // the post that it leads to; "" for none
	inReply  string // what that answers
	at       time.Time
	isBoost  bool // the owner passed on what somebody published
}

// entryOf reads an entry of an outbox, as far as it is embedded.
func entryOf(ref vocab.Ref) entry {
	e := entry{activity: ref.ID}
	for range 2 {
		if !ref.IsEmbedded() {
			e.about = ref.ID
			return e
		}
		activity, err := vocab.DecodeActivity(ref.Raw)
		if err != nil {
			break
		}
		e.date(activity.Published)
		switch activity.Type {
		case "Announce":
			e.isBoost = true
		case "Create":
		default:
			return e
		}
		ref = activity.Object
	}
	e.about = ref.ID
	if object, err := vocab.DecodeObject(ref.Raw); err == nil {
		e.about, e.inReply = object.ID, object.InReplyTo
		e.date(object.Published)
	}
	return e
}

// date keeps the first date that is given: that of the outermost is when the owner did it.
func (e *entry) date(at time.Time) {
	if e.at.IsZero() {
		e.at = at
	}
}

// missed reads a page of an outbox for what its owner did since a moment, newest first, until the first thing that is older or
// came before.
func (w *Worker) missed(ctx context.Context, item *models.BackfillItem, run *models.Backfill) (findings, error) {
	owner, err := w.store.Read(ctx).Actor(item.CommunityID)
	if err != nil {
		return findings{}, err
	}
	items, next, err := w.collection(ctx, item.URI)
	if err != nil {
		return findings{}, err
	}
	var found findings
	for _, ref := range items {
		e := entryOf(ref)
		over, err := w.isOld(ctx, owner, e, run.Since)
		if err != nil || over {
			return found, err
		}
		kind, err := w.wanted(ctx, owner, e)
		if err != nil {
			return findings{}, err
		}
		if kind != "" {
			found.next = append(found.next, models.BackfillItem{Kind: kind, URI: e.about})
		}
	}
	if next != "" {
		found.next = append(found.next, models.BackfillItem{Kind: models.BackfillOutbox, URI: next})
	}
	return found, nil
}

// isOld reports an entry from before an absence: by its date, or because it came then.
func (w *Worker) isOld(ctx context.Context, owner *models.Actor, e entry, since models.Timestamp) (bool, error) {
	if !e.at.IsZero() && e.at.Before(since.Time().Add(-models.AbsenceOverlap)) {
		return true, nil
	}
	return w.store.Read(ctx).CameBefore(e.activity, owner.URI, since)
}

// wanted says how the post of an entry is fetched; "" for one that is known, ours, or none. Of what a person passed on, and of
// talk with others that nobody here has heard, nothing is fetched.
func (w *Worker) wanted(ctx context.Context, owner *models.Actor, e entry) (string, error) {
	if e.about == "" || w.links.IsOurs(e.about) {
		return "", nil
	}
	if owner.IsCommunity() {
		return w.wantedOfCommunity(ctx, owner, e)
	}
	if e.isBoost || !vocab.SameOrigin(e.about, owner.URI) {
		return "", nil
	}
	if e.inReply != "" {
		if known, err := w.knows(ctx, e.inReply); err != nil || !known {
			return "", err
		}
	}
	if known, err := w.knows(ctx, e.about); err != nil || known {
		return "", err
	}
	return models.BackfillNote, nil
}

func (w *Worker) wantedOfCommunity(ctx context.Context, community *models.Actor, e entry) (string, error) {
	post, err := w.store.Read(ctx).PostByURI(e.about)
	switch {
	case err != nil && !models.IsNotFound(err):
		return "", err
	case e.inReply == "" && err == nil:
		_, err := w.store.Read(ctx).BoostOf(post.ID, community.ID)
		if err == nil || !models.IsNotFound(err) {
			return "", err
		}
		return models.BackfillThread, nil // known, though not as one of the community's
	case err == nil:
		return "", nil
	case e.inReply != "":
		return models.BackfillPost, nil
	}
	return models.BackfillThread, nil
}

// note stores a post of a person, and nothing of what is around it.
func (w *Worker) note(ctx context.Context, item *models.BackfillItem) (findings, error) {
	if known, err := w.knows(ctx, item.URI); err != nil || known {
		return findings{}, err
	}
	doc, err := w.cfg.Directory.Document(ctx, item.URI)
	if err != nil {
		return findings{}, err
	}
	if vocab.IsActivityType(doc.Head().Type) {
		e := entryOf(vocab.Ref{ID: doc.ID(), Raw: doc.Raw()})
		if e.about == "" || e.about == item.URI || e.isBoost || !vocab.SameOrigin(e.about, item.URI) {
			return findings{}, nil
		}
		return findings{next: []models.BackfillItem{{Kind: models.BackfillNote, URI: e.about}}}, nil
	}
	if _, err := w.cfg.Directory.PostFrom(ctx, doc); err != nil {
		return findings{}, err
	}
	return findings{threads: 1}, nil
}
