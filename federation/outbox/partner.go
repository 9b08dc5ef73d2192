package outbox

import (
	"encoding/json"

	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

// partnerSaid writes what our instance actor tells a partner's. It takes a way of its own, since the lane of a paused partner rests.
func (w *Writer) partnerSaid(tx *models.Tx, e practice.PartnerSaid) error {
	doc := vocab.M{
		"@context": vocab.PartnershipContext(), "id": w.links.Activity(e.ID), "type": e.Verb, "to": []string{e.To.URI},
	}
	document := json.RawMessage(e.Document)
	switch e.Verb {
	case "Offer":
		doc["object"] = document
		if e.About != "" {
			doc["inReplyTo"] = e.About
		}
	case "Update":
		doc["object"] = document
	case "PartnershipTest", "PurgeRequest":
		doc["object"] = e.RecordID
	default:
		doc["object"] = answered(e)
		if len(document) > 0 {
			doc["result"] = document
		}
	}
	if e.Words != "" {
		doc["content"] = e.Words
	}
	if _, err := w.write(tx, note{id: e.ID, actor: e.From, doc: doc}); err != nil {
		return err
	}
	return tx.AddPartnerMessage(e.To.Host, e.To.Inbox, e.ID)
}

// answered is the activity that an answer is about. Whose it is follows from the verb: one takes back only one's own.
func answered(e practice.PartnerSaid) vocab.M {
	actor := e.To.URI
	if e.Verb == "Undo" {
		actor = e.From.URI
	}
	inner := vocab.M{"id": e.About, "type": e.Of, "actor": actor}
	if e.RecordID != "" {
		inner["object"] = e.RecordID
	}
	return inner
}
