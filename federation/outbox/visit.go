package outbox

import (
	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

// eventReaders are servers that show events. All others have the thread alone: an event beside it would be the same twice.
var eventReaders = words("mobilizon gancio friendica hubzilla praxis")

// figureReaders know what the figures of a practice post mean.
var figureReaders = words("praxis")

// Event gives the event that goes with a local visit, for software that shows events and no threads. Comments are closed on
// it, so that what is said stays in the thread. Nil for a post that has none.
func (w *Writer) Event(tx *models.Tx, p *models.Post) (vocab.M, error) {
	parts, err := w.partsOf(tx, p)
	if err != nil || p.Kind != practice.Visit || parts.practice == nil || parts.practice.StartAt == 0 || p.IsGone() {
		return nil, err
	}
	name := p.Title
	if name == "" {
		name = practice.KindLabel(p.Kind)
	}
	to, cc := parts.audience(p)
	doc := vocab.M{
		"id": w.links.Event(p.ID), "type": "Event", "attributedTo": parts.author.URI, "actor": parts.author.URI, "to": to, "cc": cc,
		"name": name, "content": p.Content, "mediaType": "text/html", "url": p.URL, "published": vocab.FormatTime(p.PublishedAt.Time()),
		"companion": p.URI, "commentsEnabled": false, "repliesModerationOption": "closed", "joinMode": "free", "isOnline": false,
		"eventStatus": "https://schema.org/EventScheduled", "ical:status": "CONFIRMED", "draft": false,
		"attendees": vocab.M{"type": "Collection", "totalItems": parts.practice.Going},
	}
	addSchedule(doc, parts.practice)
	if parts.community != nil {
		doc["audience"] = parts.community.URI
	}
	if p.EditedAt != 0 {
		doc["updated"] = vocab.FormatTime(p.EditedAt.Time())
	}
	return doc, nil
}

// writeEvent tells those who show events of a visit, or that it changed.
func (w *Writer) writeEvent(tx *models.Tx, verb string, author *models.Actor, p *models.Post) error {
	if p.Kind != practice.Visit || !p.IsPublic() {
		return nil
	}
	event, err := w.Event(tx, p)
	if err != nil || event == nil {
		return err
	}
	inboxes, err := w.readersOf(tx, author, p, eventReaders)
	if err != nil || len(inboxes) == 0 {
		return err
	}
	id := w.links.Event(p.ID)
	doc := vocab.M{"type": verb, "id": id + "#create", "to": event["to"], "cc": event["cc"], "object": event, "published": event["published"]}
	if verb == "Update" {
		at := tx.Now()
		event["updated"], doc["published"] = vocab.FormatTime(at.Time()), vocab.FormatTime(at.Time())
		doc["id"] = id + "#updates/" + stamp(tx.NewID(), at)
	}
	if event["audience"] != nil {
		doc["audience"] = event["audience"]
	}
	_, err = w.write(tx, note{actor: author, post: p, doc: doc, inboxes: inboxes, public: true})
	return err
}

// deleteEvent takes the event of a visit back.
func (w *Writer) deleteEvent(tx *models.Tx, author *models.Actor, p *models.Post, to, cc []string) error {
	if p.Kind != practice.Visit || !p.IsPublic() {
		return nil
	}
	inboxes, err := w.readersOf(tx, author, p, eventReaders)
	if err != nil || len(inboxes) == 0 {
		return err
	}
	id := w.links.Event(p.ID)
	doc := vocab.M{"type": "Delete", "id": id + "#delete", "to": to, "cc": cc, "object": vocab.M{"id": id, "type": "Tombstone"}}
	_, err = w.write(tx, note{actor: author, post: p, doc: doc, inboxes: inboxes, public: true})
	return err
}

// readersOf gives the inboxes of those followers of an author, and of the community of a post, whose servers run some software.
func (w *Writer) readersOf(tx *models.Tx, author *models.Actor, p *models.Post, software map[string]bool) ([]models.Inbox, error) {
	community, err := w.ourCommunity(tx, p)
	if err != nil {
		return nil, err
	}
	var kept []models.Inbox
	seen := map[string]bool{}
	for _, actor := range []*models.Actor{author, community} {
		if actor == nil {
			continue
		}
		found, err := w.followersOn(tx, actor, software)
		if err != nil {
			return nil, err
		}
		for _, inbox := range found {
			if !seen[inbox.URL] {
				seen[inbox.URL], kept = true, append(kept, inbox)
			}
		}
	}
	return kept, nil
}

func (w *Writer) followersOn(tx *models.Tx, actor *models.Actor, wanted map[string]bool) ([]models.Inbox, error) {
	all, err := tx.FollowerInboxes(actor.ID)
	if err != nil {
		return nil, err
	}
	return runBy(tx, all, wanted)
}

// runBy gives those inboxes whose hosts run some software.
func runBy(tx *models.Tx, all []models.Inbox, wanted map[string]bool) ([]models.Inbox, error) {
	hosts := make([]string, len(all))
	for i, inbox := range all {
		hosts[i] = inbox.Host
	}
	software, err := tx.PeerSoftware(hosts)
	if err != nil {
		return nil, err
	}
	var kept []models.Inbox
	for _, inbox := range all {
		if wanted[software[inbox.Host]] {
			kept = append(kept, inbox)
		}
	}
	return kept, nil
}

// practiceTallied tells servers that know what they mean the figures of a post, without a later date: it is no edit. A
// community elsewhere passes it on. Servers that show events hear of a visit's.
func (w *Writer) practiceTallied(tx *models.Tx, e practice.PracticeTallied) error {
	if !e.Post.IsPublic() || e.Post.IsGone() {
		return nil
	}
	inboxes, err := w.readersOf(tx, e.Author, e.Post, figureReaders)
	if err != nil {
		return err
	}
	parts, err := w.partsOf(tx, e.Post)
	if err != nil {
		return err
	}
	if parts.community != nil && !parts.community.Local {
		inboxes = withActors(inboxes, parts.community)
		if inboxes, err = runBy(tx, inboxes, figureReaders); err != nil {
			return err
		}
	}
	if len(inboxes) > 0 {
		if err := w.writeTally(tx, e, parts, inboxes); err != nil {
			return err
		}
	}
	return w.writeEvent(tx, "Update", e.Author, e.Post)
}

func (w *Writer) writeTally(tx *models.Tx, e practice.PracticeTallied, parts *postParts, inboxes []models.Inbox) error {
	object, err := w.document(tx, e.Post, parts)
	if err != nil {
		return err
	}
	at := tx.Now()
	doc := vocab.M{
		"type": "Update", "id": e.Post.URI + "#updates/" + stamp(tx.NewID(), at), "to": object["to"], "cc": object["cc"], "object": object,
		"published": vocab.FormatTime(at.Time()),
	}
	if parts.community != nil {
		doc["audience"] = parts.community.URI
	}
	_, err = w.write(tx, note{actor: e.Author, post: e.Post, doc: doc, inboxes: inboxes, public: true})
	return err
}

// attendanceAnswered writes the Accept or Reject of a Join, which it embeds: the sender looks for it by its id.
func (w *Writer) attendanceAnswered(tx *models.Tx, e practice.AttendanceAnswered) error {
	verb := "Reject"
	if e.Accepted {
		verb = "Accept"
	}
	join := vocab.M{"id": e.Cause.URI, "type": "Join", "actor": e.Actor.URI, "object": w.links.Event(e.Post.ID)}
	return w.toActor(tx, e.Author, e.Actor, vocab.M{"type": verb, "object": join, "to": []string{e.Actor.URI}})
}
