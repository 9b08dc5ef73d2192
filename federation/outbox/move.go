package outbox

import (
	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

// reopened tells followers that a community did not move after all. Who moved with it stays where they are.
func (w *Writer) reopened(tx *models.Tx, e practice.Reopened) error {
	inboxes, err := tx.FollowerInboxes(e.Community.ID)
	if err != nil {
		return err
	}
	doc := undo(vocab.M{"type": "Move", "actor": e.Community.URI, "object": e.Community.URI, "target": e.TargetURI})
	doc["to"] = []string{e.Community.FollowersURI}
	_, err = w.write(tx, note{actor: e.Community, doc: doc, inboxes: inboxes})
	return err
}

// moved tells followers, and the communities elsewhere that the member belongs to, where the member went (FEP-7628, push mode).
func (w *Writer) moved(tx *models.Tx, e practice.Moved) error {
	inboxes, err := tx.FollowerInboxes(e.Actor.ID)
	if err != nil {
		return err
	}
	homes := make([]*models.Actor, len(e.Homes))
	for i := range e.Homes {
		homes[i] = &e.Homes[i]
	}
	doc := vocab.M{
		"type": "Move", "id": w.links.Activity(tx.NewID()), "object": e.Actor.URI, "target": e.Target.URI,
		"to": []string{e.Actor.FollowersURI},
	}
	_, err = w.write(tx, note{actor: e.Actor, doc: doc, inboxes: withActors(inboxes, homes...)})
	return err
}
