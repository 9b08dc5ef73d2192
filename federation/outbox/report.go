package outbox

import (
	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

// communityReported brings a complaint to those who moderate a community, and to nobody else: to the community's inbox when it
// is elsewhere, by its announcement to the hosts of its moderators when it is ours.
func (w *Writer) communityReported(tx *models.Tx, e practice.CommunityReported) error {
	raw := e.Cause.Raw
	if len(raw) == 0 && e.Reporter.Local {
		doc := flagDoc(e.Report, e.Posts)
		doc["to"], doc["audience"] = []string{e.Community.URI}, e.Community.URI
		var err error
		raw, err = w.write(tx, note{actor: e.Reporter, doc: doc, inboxes: own(e.Community)})
		if err != nil {
			return err
		}
	}
	return w.toModerators(tx, e.Community, raw)
}

// own gives the own inbox of a remote actor.
func own(actor *models.Actor) []models.Inbox {
	if actor.Local || actor.Inbox == "" || actor.IsGone() {
		return nil
	}
	return []models.Inbox{{Host: actor.Host, URL: actor.Inbox}}
}

// flagDoc: one post stands by itself, since some servers read nothing else.
func flagDoc(report *models.Report, posts []*models.Post) vocab.M {
	doc := vocab.M{"id": report.URI, "type": "Flag", "content": report.Comment, "summary": report.Comment}
	var uris []string
	for _, post := range posts {
		uris = append(uris, post.URI)
	}
	if len(uris) == 1 {
		doc["object"] = uris[0]
	} else {
		doc["object"] = uris
	}
	return doc
}

// toModerators lets a community of ours pass something on to the hosts of its moderators, and to some actors more.
func (w *Writer) toModerators(tx *models.Tx, community *models.Actor, raw []byte, more ...*models.Actor) error {
	if !community.Local || len(raw) == 0 {
		return nil
	}
	moderators, err := w.moderators(tx, community)
	if err != nil {
		return err
	}
	moderators = append(moderators, more...)
	if len(withActors(nil, moderators...)) == 0 {
		return nil
	}
	return w.announceAct(tx, community, raw, false, moderators...)
}

// reportResolved answers a complaint (Resolve of a Flag): to who complained, and to who else moderates.
func (w *Writer) reportResolved(tx *models.Tx, e practice.ReportResolved) error {
	raw := e.Cause.Raw
	if len(raw) == 0 && e.Moderator.Local {
		inner := flagDoc(e.Report, e.Posts)
		inner["actor"], inner["to"] = e.Reporter.URI, []string{e.Community.URI}
		doc := withSummary(vocab.M{"type": "Resolve", "id": e.Entry.ActivityURI, "object": inner, "audience": e.Community.URI}, e.Report.Answer)
		doc["to"] = []string{e.Community.URI}
		inboxes := withActors(own(e.Community), e.Reporter)
		var err error
		if raw, err = w.write(tx, note{actor: e.Moderator, doc: doc, inboxes: inboxes}); err != nil {
			return err
		}
	}
	e.Entry.Activity = string(raw)
	return w.toModerators(tx, e.Community, raw, e.Reporter)
}
