package outbox

import (
	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

// pinned tells followers that a post came into an actor's collection of featured ones, or left it. What not everybody may
// read is not told of: followers find it on the profile.
func (w *Writer) pinned(tx *models.Tx, e practice.Pinned) error {
	if !e.Actor.Local || !e.Post.IsPublic() {
		return nil
	}
	inboxes, err := tx.FollowerInboxes(e.Actor.ID)
	if err != nil {
		return err
	}
	verb := "Add"
	if e.Withdrawn {
		verb = "Remove"
	}
	doc := vocab.M{
		"type": verb, "object": e.Post.URI, "target": e.Actor.FeaturedURI,
		"to": []string{vocab.Public}, "cc": []string{e.Actor.FollowersURI},
	}
	_, err = w.write(tx, note{actor: e.Actor, post: e.Post, doc: doc, inboxes: inboxes, public: true})
	return err
}
