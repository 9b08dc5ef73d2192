package outbox

import (
	"encoding/json"

	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

func followDoc(actor, target *models.Actor, uri string) vocab.M {
	return vocab.M{"id": uri, "type": "Follow", "actor": actor.URI, "object": target.URI}
}

func (w *Writer) followed(tx *models.Tx, e practice.Followed) error {
	doc := followDoc(e.Actor, e.Target, e.Follow.URI)
	doc["to"] = []string{e.Target.URI}
	if e.Message != "" {
		doc["content"] = e.Message
	}
	if e.Invitation != "" {
		doc["instrument"] = e.Invitation
	}
	return w.toActor(tx, e.Actor, e.Target, doc)
}

func (w *Writer) unfollowed(tx *models.Tx, e practice.Unfollowed) error {
	doc := undo(followDoc(e.Actor, e.Target, e.Follow.URI))
	doc["to"] = []string{e.Target.URI}
	return w.toActor(tx, e.Actor, e.Target, doc)
}

// toActor writes an activity that concerns two actors only. It goes to the target's own inbox: some servers take
// follows nowhere else.
func (w *Writer) toActor(tx *models.Tx, actor, target *models.Actor, doc vocab.M) error {
	if target.Local || target.Inbox == "" {
		return nil
	}
	inbox := models.Inbox{Host: target.Host, URL: target.Inbox}
	_, err := w.write(tx, note{actor: actor, doc: doc, inboxes: []models.Inbox{inbox}})
	return err
}

// followAnswered writes an Accept or Reject that embeds the whole Follow with its original id: several servers take
// nothing less.
func (w *Writer) followAnswered(tx *models.Tx, e practice.FollowAnswered) error {
	doc := vocab.M{"type": answerVerb(e.Accepted), "object": originalFollow(e), "to": []string{e.Actor.URI}}
	return w.toActor(tx, e.Target, e.Actor, doc)
}

// maxEmbedded is how long a proven Follow may be that is sent back as it came.
const maxEmbedded = 64 << 10

// originalFollow gives the Follow that is answered: one with a proof byte for byte, since anything else would break the
// proof, and others without what they brought along.
func originalFollow(e practice.FollowAnswered) any {
	doc := followDoc(e.Actor, e.Target, e.Follow.URI)
	var received map[string]any
	if json.Unmarshal([]byte(e.Follow.Raw), &received) != nil {
		return doc
	}
	if received["proof"] != nil && received["id"] == e.Follow.URI && len(e.Follow.Raw) <= maxEmbedded {
		return json.RawMessage(e.Follow.Raw)
	}
	if to, ok := received["to"]; ok {
		doc["to"] = to
	}
	return doc
}

func (w *Writer) blocked(tx *models.Tx, e practice.Blocked) error {
	if !e.Actor.Local {
		return nil
	}
	doc := vocab.M{"id": e.Block.URI, "type": "Block", "object": e.Target.URI, "to": []string{e.Target.URI}}
	if e.Lifted {
		doc["actor"] = e.Actor.URI
		doc = undo(doc)
		doc["to"] = []string{e.Target.URI}
	}
	return w.toActor(tx, e.Actor, e.Target, doc)
}

// reported writes a Flag in the instance's name, so that the other server does not learn who complained.
func (w *Writer) reported(tx *models.Tx, e practice.Reported) error {
	instance, err := tx.ActorByURI(w.links.Actor(models.TypeApplication, ""))
	if err != nil {
		return err
	}
	objects := []string{e.Target.URI}
	for _, post := range e.Posts {
		objects = append(objects, post.URI)
	}
	doc := vocab.M{"type": "Flag", "object": objects, "content": e.Report.Comment, "to": []string{e.Target.URI}}
	if e.Report.CommunityID == 0 { // else the complaint to the community's moderators has the id
		doc["id"] = e.Report.URI
	}
	return w.toActor(tx, instance, e.Target, doc)
}

func (w *Writer) actorUpdated(tx *models.Tx, e practice.ActorUpdated) error {
	profile, err := Profile(tx, w.links, e.Actor)
	if err != nil {
		return err
	}
	doc := vocab.M{"type": "Update", "id": e.Actor.URI + "#updates/" + stamp(tx.NewID(), e.Actor.UpdatedAt), "object": profile}
	return w.toFollowers(tx, e.Actor, doc, e.Also)
}

func (w *Writer) actorDeleted(tx *models.Tx, e practice.ActorDeleted) error {
	doc := vocab.M{"type": "Delete", "id": e.Actor.URI + "#delete", "object": e.Actor.URI}
	return w.toFollowers(tx, e.Actor, doc)
}

func (w *Writer) toFollowers(tx *models.Tx, actor *models.Actor, doc vocab.M, also ...*models.Actor) error {
	inboxes, err := tx.FollowerInboxes(actor.ID)
	if err != nil {
		return err
	}
	open, err := tx.IsKnownTo(actor, models.Anonymous)
	if err != nil {
		return err
	}
	doc["to"], doc["cc"] = []string{vocab.Public}, []string{actor.FollowersURI}
	if !open { // of a community that is not for everybody only those learn whom it is for
		doc["to"], doc["cc"] = []string{actor.FollowersURI}, []string{}
	}
	_, err = w.write(tx, note{actor: actor, doc: doc, inboxes: withActors(inboxes, also...), public: open})
	return err
}
