package outbox

import (
	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

// moderated writes what a moderator of ours did, in the shapes that group servers know, and lets a community of ours announce
// it, whoever did it. A community elsewhere gets it into its inbox, and announces it itself.
func (w *Writer) moderated(tx *models.Tx, e practice.Moderated) error {
	raw := e.Cause.Raw
	if len(raw) == 0 && e.Moderator.Local {
		var err error
		if raw, err = w.writeAct(tx, e); err != nil {
			return err
		}
	}
	e.Entry.Activity = string(raw)
	if !e.Community.Local || len(raw) == 0 {
		return nil
	}
	readers, err := w.concerned(tx, e)
	if err != nil {
		return err
	}
	if err := w.announceActTo(tx, e.Community, raw, true, e.FromSibling, readers...); err != nil {
		return err
	}
	if e.Verb == models.LogMove && e.To.Local {
		if err := w.announceAct(tx, e.To, raw, true); err != nil {
			return err
		}
	}
	if e.Sibling && e.Verb == models.ActRemove {
		if err := w.complainToOrigin(tx, e); err != nil {
			return err
		}
	}
	return w.tellMicroblogs(tx, e)
}

// writeAct writes the activity of a moderator, or of a community that speaks for those who run its server. One in a community
// of ours goes out by the community's announcement; it can be fetched, so that others may verify what was announced.
func (w *Writer) writeAct(tx *models.Tx, e practice.Moderated) ([]byte, error) {
	doc := w.actDoc(tx, e)
	doc["id"] = e.URI
	doc["to"], doc["cc"], doc["audience"] = []string{vocab.Public}, []string{e.Community.URI}, e.Community.URI
	doc["published"] = vocab.FormatTime(tx.Now().Time())
	var inboxes []models.Inbox
	if !e.Community.Local {
		inboxes = withActors(nil, e.Community, e.Target)
	}
	return w.write(tx, note{actor: e.Moderator, doc: doc, inboxes: inboxes, public: true})
}

// actDoc gives what is particular to each verb. A removal is a Delete that has a summary, which is how group servers tell it
// from a deletion by the author.
func (w *Writer) actDoc(tx *models.Tx, e practice.Moderated) vocab.M {
	switch e.Verb {
	case models.ActRemove:
		return vocab.M{"type": "Delete", "object": e.PostURI, "summary": e.Reason}
	case models.ActLock:
		return withSummary(vocab.M{"type": "Lock", "object": e.PostURI}, e.Reason)
	case models.ActPin:
		return vocab.M{"type": "Add", "object": e.PostURI, "target": e.Community.FeaturedURI}
	case models.LogUnpin:
		return vocab.M{"type": "Remove", "object": e.PostURI, "target": e.Community.FeaturedURI}
	case models.LogAppoint:
		return vocab.M{"type": "Add", "object": e.Target.URI, "target": e.Community.ModeratorsURI}
	case models.LogDismiss:
		return vocab.M{"type": "Remove", "object": e.Target.URI, "target": e.Community.ModeratorsURI}
	case models.LogMove:
		return withSummary(vocab.M{"type": "Move", "object": e.PostURI, "origin": e.Community.URI, "target": e.To.URI}, e.Reason)
	case models.ActBan:
		return ban(e.Community, e.Target, e.Mark)
	}
	return w.undoneAct(tx, e)
}

// undoneAct gives the Undo of an act. Who undoes what somebody else did says it of an act of their own: servers believe nobody
// who undoes another's activity.
func (w *Writer) undoneAct(tx *models.Tx, e practice.Moderated) vocab.M {
	inner := vocab.M{"type": "Delete", "object": e.PostURI, "summary": e.Mark.Reason}
	switch e.Verb {
	case models.LogUnlock:
		inner = withSummary(vocab.M{"type": "Lock", "object": e.PostURI}, e.Mark.Reason)
	case models.LogUnban:
		inner = ban(e.Community, e.Target, e.Mark)
	}
	inner["id"], inner["actor"] = e.Mark.URI, e.Moderator.URI
	if e.Mark.ActorID != e.Moderator.ID {
		inner["id"] = w.links.Activity(tx.NewID())
	}
	inner["to"], inner["cc"], inner["audience"] = []string{vocab.Public}, []string{e.Community.URI}, e.Community.URI
	return withSummary(undo(inner), e.Reason)
}

func ban(community, target *models.Actor, mark *models.CommunityAct) vocab.M {
	doc := vocab.M{"type": "Block", "object": target.URI, "target": community.URI, "summary": mark.Reason, "removeData": mark.RemoveData}
	if mark.Until != 0 {
		doc["endTime"] = vocab.FormatTime(mark.Until.Time())
	}
	return doc
}

func withSummary(doc vocab.M, reason string) vocab.M {
	if reason != "" {
		doc["summary"] = reason
	}
	return doc
}

// concerned gives those who hear of an act beside the followers: whom it is about, and those who moderate the community.
func (w *Writer) concerned(tx *models.Tx, e practice.Moderated) ([]*models.Actor, error) {
	readers := []*models.Actor{e.Target, e.Moderator}
	if e.Post != nil {
		author, err := tx.Actor(e.Post.AuthorID)
		if err != nil {
			return nil, err
		}
		readers = append(readers, author)
	}
	moderators, err := w.moderators(tx, e.Community)
	return append(readers, moderators...), err
}

func (w *Writer) moderators(tx *models.Tx, community *models.Actor) ([]*models.Actor, error) {
	rows, err := tx.Moderators(community.ID)
	var all []*models.Actor
	for i := range rows {
		all = append(all, &rows[i])
	}
	return all, err
}

// announceAct lets a community of ours announce an activity byte for byte: to its followers whose software reads that, unless
// it is for its moderators alone, and to some actors more.
func (w *Writer) announceAct(tx *models.Tx, community *models.Actor, raw []byte, public bool, readers ...*models.Actor) error {
	return w.announceActTo(tx, community, raw, public, false, readers...)
}

// announceActTo is announceAct for what siblings may know already, which is then for plain followers.
func (w *Writer) announceActTo(tx *models.Tx, community *models.Actor, raw []byte, public, plain bool, readers ...*models.Actor) error {
	var inboxes []models.Inbox
	doc := vocab.M{"type": "Announce", "to": []string{community.ModeratorsURI}, "cc": []string{}, "actor": community.URI}
	if public {
		row, err := tx.CommunityIfAny(community.ID)
		if err != nil {
			return err
		}
		visibility := orElse(row.PostVisibility(), models.Public)
		if inboxes, err = w.relayInboxes(tx, community, &models.Post{Visibility: visibility}); err != nil {
			return err
		}
		if plain {
			if inboxes, err = w.plainInboxes(tx, community, inboxes); err != nil {
				return err
			}
		}
		doc["to"], doc["cc"] = relayAudience(community, visibility)
		public = visibility == models.Public
	}
	return w.announceRaw(tx, note{actor: community, doc: doc, inboxes: withActors(inboxes, readers...), public: public}, raw)
}

// tellMicroblogs takes the announcement of a thread back where it was read as a boost, or makes it anew.
func (w *Writer) tellMicroblogs(tx *models.Tx, e practice.Moderated) error {
	if e.Boost == nil || e.Post == nil {
		return nil
	}
	if e.Post.IsRestricted() {
		return nil // they never had it
	}
	inboxes, err := w.followersReading(tx, e.Community, func(software string) bool { return forums[software] })
	if err == nil {
		inboxes, err = w.plainInboxes(tx, e.Community, inboxes)
	}
	if err != nil || len(inboxes) == 0 {
		return err
	}
	doc := announce(practice.Shared{Actor: e.Community, Post: e.Post, Boost: e.Boost}, []string{e.Community.FollowersURI})
	switch e.Verb {
	case models.LogRestore:
		doc["id"] = w.links.Activity(tx.NewID()) // the old one was undone for good
	case models.ActRemove, models.LogMove:
		inner := vocab.M{"id": e.Boost.URI, "type": "Announce", "actor": e.Community.URI, "object": e.Post.URI}
		undone := undo(inner)
		undone["to"], undone["cc"] = doc["to"], doc["cc"]
		doc = undone
	default:
		return nil
	}
	_, err = w.write(tx, note{actor: e.Community, doc: doc, inboxes: inboxes})
	return err
}
