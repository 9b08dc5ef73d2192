package outbox

import (
	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

// requestForwarded lets a community of ours tell those who moderate it elsewhere that somebody asks to join.
func (w *Writer) requestForwarded(tx *models.Tx, e practice.RequestForwarded) error {
	if raw := []byte(e.Follow.Raw); len(raw) > 0 {
		return w.toModerators(tx, e.Target, raw)
	}
	doc := followDoc(e.Actor, e.Target, e.Follow.URI)
	doc["to"] = []string{e.Target.URI}
	if e.Message != "" {
		doc["content"] = e.Message
	}
	raw, err := vocab.Marshal(doc)
	if err != nil {
		return err
	}
	return w.toModerators(tx, e.Target, raw)
}

// requestAnswered tells a community elsewhere what a moderator of it, who is a member here, decided on a request: as the
// moderator's own answer to the Follow.
func (w *Writer) requestAnswered(tx *models.Tx, e practice.RequestAnswered) error {
	doc := vocab.M{"type": answerVerb(e.Accepted), "object": followDoc(e.Actor, e.Target, e.Follow.URI), "to": []string{e.Target.URI}}
	return w.toActor(tx, e.Moderator, e.Target, doc)
}

// requestSettled lets a community of ours tell those who moderate it elsewhere that a request was decided.
func (w *Writer) requestSettled(tx *models.Tx, e practice.RequestSettled) error {
	doc := vocab.M{
		"id": w.links.Activity(tx.NewID()), "type": answerVerb(e.Accepted), "actor": e.Target.URI,
		"object": followDoc(e.Actor, e.Target, e.Follow.URI), "to": []string{e.Target.ModeratorsURI},
	}
	raw, err := vocab.Marshal(doc)
	if err != nil {
		return err
	}
	return w.toModerators(tx, e.Target, raw)
}

func answerVerb(accepted bool) string {
	if accepted {
		return "Accept"
	}
	return "Reject"
}
