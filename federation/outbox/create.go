package outbox

import (
	"encoding/json"
	"fmt"
	"slices"

	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

// postCreated writes the Create of a local author, and lets a community of ours relay the Create, whoever wrote it.
func (w *Writer) postCreated(tx *models.Tx, e practice.PostCreated) error {
	raw := told{note: e.Cause.Raw, via: e.Cause.Via}
	if e.Author.Local {
		var err error
		if raw, err = w.writePost(tx, "Create", e.Author, e.Post); err != nil {
			return err
		}
		if err := w.writeEvent(tx, "Create", e.Author, e.Post); err != nil {
			return err
		}
	}
	if removed, err := w.isRemoved(tx, e.Post); err != nil || removed {
		return err
	}
	if len(raw.note) == 0 {
		return w.list(tx, e.Post)
	}
	return w.relay(tx, e.Post, e.Author, raw, e.Post.IsPublic())
}

// list puts a post that was fetched, and whose Create nobody sent here, into the outbox of its community by its id: who
// reads that later finds it, too. Nobody is told.
func (w *Writer) list(tx *models.Tx, p *models.Post) error {
	community, err := w.ourCommunity(tx, p)
	if err != nil || community == nil || !p.IsPublic() {
		return err
	}
	id, err := json.Marshal(p.URI)
	if err != nil {
		return fmt.Errorf("encode the id of a post: %w", err)
	}
	n := note{actor: community, post: p, doc: vocab.M{}, listed: true, public: true}
	n.doc["to"], n.doc["cc"] = relayAudience(community, p.Visibility)
	return w.announceRaw(tx, n, id)
}

// isRemoved reports a post that moderators removed before it came.
func (w *Writer) isRemoved(tx *models.Tx, p *models.Post) (bool, error) {
	if p.CommunityID == 0 {
		return false, nil
	}
	_, err := tx.StandingAct(p.CommunityID, models.ActRemove, p.URI)
	if models.IsNotFound(err) {
		return false, nil
	}
	return err == nil, err
}

func (w *Writer) postEdited(tx *models.Tx, e practice.PostEdited) error {
	raw := told{note: e.Cause.Raw, via: e.Cause.Via}
	if e.Author.Local {
		var err error
		if raw, err = w.writePost(tx, "Update", e.Author, e.Post); err != nil {
			return err
		}
		if err := w.writeEvent(tx, "Update", e.Author, e.Post); err != nil {
			return err
		}
	}
	if e.Post.RemovedAt != 0 { // from the community, which does not announce it any more
		return nil
	}
	if err := w.tellFormer(tx, e.Post, raw, false); err != nil {
		return err
	}
	return w.relay(tx, e.Post, e.Author, raw, false)
}

// withBoostReaders adds those who have a thread as the boost of a community of ours: they fetched it, and hear from its author
// alone that it changed or is gone.
func (w *Writer) withBoostReaders(tx *models.Tx, p *models.Post, parts *postParts, inboxes []models.Inbox) ([]models.Inbox, error) {
	if parts.community == nil || p.InReplyToURI != "" || !p.IsPublic() {
		return inboxes, nil
	}
	sharers, err := tx.Admitters(p.ID)
	if err != nil {
		return nil, err
	}
	if parts.community.Local {
		sharers = append(sharers, *parts.community)
	}
	for i := range sharers {
		readers, err := w.followersReading(tx, &sharers[i], func(software string) bool { return forums[software] })
		if err != nil {
			return nil, err
		}
		for _, reader := range readers {
			if !slices.Contains(inboxes, reader) {
				inboxes = append(inboxes, reader)
			}
		}
	}
	return inboxes, nil
}

// verbTally is an Update by which only the counts of a poll change: without a later date, so that no server takes it for an
// edit.
const verbTally = "tally"

// told is what was written about a post: with the post as it is, and as an Article where somebody wants that.
type told struct {
	note, article []byte
	via           int64 // the community that passed it on to us; 0 for none
	counted       bool  // siblings read how many there are, and do not hear of each
}

// writePost writes the Create or Update of a local post.
func (w *Writer) writePost(tx *models.Tx, verb string, author *models.Actor, p *models.Post) (told, error) {
	parts, err := w.partsOf(tx, p)
	if err != nil {
		return told{}, err
	}
	object, err := w.document(tx, p, parts)
	if err != nil {
		return told{}, err
	}
	inboxes, err := w.inboxes(tx, p, parts)
	if err != nil {
		return told{}, err
	}
	at := p.PublishedAt
	tally := verb == verbTally
	if tally {
		verb = "Update"
	}
	doc := vocab.M{"type": verb, "to": object["to"], "cc": object["cc"], "object": object}
	if verb == "Update" {
		if inboxes, err = w.withBoostReaders(tx, p, parts, inboxes); err != nil {
			return told{}, err
		}
		// Also when only the accepted answer changed, which is no edit: some servers look at nothing that is not newer.
		at = tx.Now()
		if !tally {
			object["updated"] = vocab.FormatTime(at.Time())
		}
		doc["id"] = p.URI + "#updates/" + stamp(tx.NewID(), at)
	}
	doc["published"] = vocab.FormatTime(at.Time())
	if parts.community != nil {
		doc["audience"] = parts.community.URI
	}
	n := note{actor: author, post: p, doc: doc, inboxes: inboxes, listed: verb == "Create", public: p.IsPublic()}
	return w.writeBoth(tx, n, object, parts)
}

// writeBoth writes an activity about a post in the forms that its readers want.
func (w *Writer) writeBoth(tx *models.Tx, n note, object vocab.M, parts *postParts) (told, error) {
	articles, others, err := w.split(tx, n.inboxes, articleReaders)
	if err != nil {
		return told{}, err
	}
	hidden, rest, err := w.split(tx, others, titleHiders)
	if err != nil {
		return told{}, err
	}
	if written, err := w.writeUntitled(tx, n, object, hidden); err != nil {
		return told{}, err
	} else if written {
		others, n.inboxes = rest, append(slices.Clone(articles), rest...)
	}
	wanted, err := w.wantsArticles(tx, n.post, parts)
	if err != nil {
		return told{}, err
	}
	var both told
	if both.article, err = w.writeArticle(tx, n, object, articles, wanted); err != nil {
		return told{}, err
	}
	if both.article != nil {
		n.inboxes = others
	}
	both.note, err = w.write(tx, n)
	return both, err
}

// postDeleted tells everybody who had the post; the tombstone itself has no text any more.
func (w *Writer) postDeleted(tx *models.Tx, e practice.PostDeleted) error {
	raw := e.Cause.Raw
	if e.Actor.Local {
		parts, err := w.partsOf(tx, e.Post)
		if err != nil {
			return err
		}
		parts.mentions = e.Mentions
		inboxes, err := w.inboxes(tx, e.Post, parts)
		if err != nil {
			return err
		}
		if inboxes, err = w.withBoostReaders(tx, e.Post, parts, inboxes); err != nil {
			return err
		}
		to, cc := parts.audience(e.Post)
		doc := vocab.M{
			"type": "Delete", "id": e.Post.URI + "#delete", "to": to, "cc": cc,
			"object": vocab.M{"id": e.Post.URI, "type": "Tombstone"},
		}
		if parts.community != nil {
			doc["audience"] = parts.community.URI
		}
		raw, err = w.write(tx, note{actor: e.Actor, post: e.Post, doc: doc, inboxes: inboxes, public: e.Post.IsPublic()})
		if err != nil {
			return err
		}
		if err := w.deleteEvent(tx, e.Actor, e.Post, to, cc); err != nil {
			return err
		}
	}
	if !e.Actor.Local {
		if err := w.takeBoostBack(tx, e); err != nil {
			return err
		}
	}
	deleted := told{note: raw, via: e.Cause.Via}
	if err := w.tellFormer(tx, e.Post, deleted, true); err != nil {
		return err
	}
	return w.relay(tx, e.Post, e.Actor, deleted, false)
}

// takeBoostBack tells those who read a community's announcements as boosts that one is no more. Of a member's post its own
// Delete tells them; of a post from elsewhere nobody else does.
func (w *Writer) takeBoostBack(tx *models.Tx, e practice.PostDeleted) error {
	for i := range e.SiblingBoosts {
		if err := w.unshareAdmitted(tx, e.Post, &e.SiblingBoosts[i]); err != nil {
			return err
		}
	}
	community, err := w.ourCommunity(tx, e.Post)
	if err != nil || community == nil {
		return err
	}
	return w.tellMicroblogs(tx, practice.Moderated{Act: practice.Act{Community: community}, Post: e.Post, Boost: e.Boost, Verb: models.ActRemove})
}
