package outbox

import (
	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

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
