package outbox

import (
	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

// FeedOwner gives the member whose a feed of ours is; nil for the instance's.
func FeedOwner(tx *models.Tx, feed *models.Actor) (*models.Actor, error) {
	row, err := tx.Feed(feed.ID)
	if err != nil || row.OwnerID == 0 {
		return nil, err
	}
	owner, err := tx.Actor(row.OwnerID)
	if err != nil || owner.IsGone() {
		return nil, err
	}
	return owner, nil
}

// addOwner says whose a feed is. One group server takes a single person and nothing else, another reads the moderators.
func addOwner(tx *models.Tx, doc vocab.M, feed *models.Actor) error {
	owner, err := FeedOwner(tx, feed)
	if err != nil {
		return err
	}
	doc["attributedTo"] = feed.URI
	if owner != nil {
		doc["attributedTo"] = owner.URI
	}
	return nil
}

// FeedCommunities gives the collection of what is in a feed. It has a plain one's type and items, in one document: its
// readers take nothing else.
func FeedCommunities(feed *models.Actor, communities []models.Actor) vocab.M {
	items := []any{}
	for i := range communities {
		items = append(items, communities[i].URI)
	}
	return vocab.M{"id": feed.FollowingURI, "type": "Collection", "totalItems": len(items), "items": items}
}

// feedChanged tells followers of a feed that a community came in or left, in both forms that are read: an Update of the
// feed, and an announced Add or Remove. A community that is not for everybody is not spoken of.
func (w *Writer) feedChanged(tx *models.Tx, e practice.FeedChanged) error {
	open, err := tx.IsKnownTo(e.Community, models.Anonymous)
	if err != nil || !open {
		return err
	}
	if err := w.actorUpdated(tx, practice.ActorUpdated{Actor: e.Feed}); err != nil {
		return err
	}
	verb := "Add"
	if e.Removed {
		verb = "Remove"
	}
	to, cc := []string{vocab.Public}, []string{e.Feed.FollowersURI}
	raw, err := w.write(tx, note{actor: e.Feed, public: true, doc: vocab.M{
		"type": verb, "to": to, "cc": cc, "object": vocab.M{"type": "Group", "id": e.Community.URI},
		"target": vocab.M{"type": "Collection", "id": e.Feed.FollowingURI},
	}})
	if err != nil {
		return err
	}
	inboxes, err := tx.FollowerInboxes(e.Feed.ID)
	if err != nil {
		return err
	}
	return w.announceRaw(tx, note{actor: e.Feed, doc: vocab.M{"to": to, "cc": cc}, inboxes: inboxes, listed: true, public: true}, raw)
}
