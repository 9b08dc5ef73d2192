package outbox

import (
	"encoding/json"
	"fmt"
	"slices"

	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

// admitted lets a Group of ours pass on what it took from a sibling: to its own followers, and never to siblings, which have it
// from the one that took it first. Microblogs have threads by the boost.
func (w *Writer) admitted(tx *models.Tx, e practice.Admitted) error {
	raw := e.Cause.Raw
	if len(raw) == 0 {
		id, err := json.Marshal(e.Post.URI)
		if err != nil {
			return fmt.Errorf("encode the id of a post: %w", err)
		}
		raw = id
	}
	return w.relayAdmitted(tx, e.Community, e.Origin, e.Post, raw, toPlain)
}

// relayToOwn lets Groups of ours pass on what happened to a post that they took from a sibling.
func (w *Writer) relayToOwn(tx *models.Tx, p *models.Post, actor *models.Actor, raw told) error {
	admitters, err := tx.Admitters(p.ID)
	if err != nil || len(admitters) == 0 {
		return err
	}
	origin, err := tx.Actor(p.CommunityID)
	if err != nil {
		return err
	}
	for i := range admitters {
		// What came to one of ours by itself, and names it, the siblings hear of from it alone.
		first := raw.via == 0 && !actor.Local && namesActor(raw.note, admitters[i].URI)
		if !first && raw.via == 0 && actor.Local { // nor does one that is lost or closed tell anybody
			if first, err = tx.IsAdopted(admitters[i].ID, origin.URI); err != nil {
				return err
			}
		}
		to := toPlain
		switch {
		case first && raw.counted:
			to = toCounting
		case first:
			to = toAll
		}
		if err := w.relayAdmitted(tx, &admitters[i], origin, p, raw.note, to); err != nil {
			return err
		}
	}
	return nil
}

// reach says which followers of a Group of ours an activity about a post of a sibling goes to.
type reach int

const (
	toPlain    reach = iota // those that are no siblings
	toAll                   // siblings as well
	toCounting              // of siblings, those that answer for how many like the post
)

// relayAdmitted announces an activity about a post of a sibling.
func (w *Writer) relayAdmitted(tx *models.Tx, community, origin *models.Actor, p *models.Post, raw []byte, to reach) error {
	audience, err := audienceHere(tx, community, p)
	if err != nil {
		return err
	}
	inboxes, err := w.relayInboxes(tx, community, &models.Post{Visibility: audience, DeletedAt: p.DeletedAt})
	if err != nil {
		return err
	}
	switch {
	case to == toPlain || p.IsRestricted(): // the siblings of one need not be those of the other
		inboxes, err = w.plainInboxes(tx, community, inboxes)
	case to == toCounting:
		inboxes, err = w.withoutCounting(tx, community, p, origin, inboxes, origin.Host)
	}
	if err != nil {
		return err
	}
	lemmy, others, err := w.split(tx, inboxes, filesByAudience)
	if err != nil {
		return err
	}
	if changed := readdressed(raw, origin, community); changed != nil {
		if err := w.announceOnce(tx, relayed{community, p, audience, lemmy, "#here"}, changed); err != nil {
			return err
		}
	}
	return w.announceOnce(tx, relayed{community, p, audience, others, ""}, raw)
}

// audienceHere gives for whom a Group of ours shows a post of a sibling: never for more than its own class lets read.
func audienceHere(tx *models.Tx, community *models.Actor, p *models.Post) (string, error) {
	if !p.IsRestricted() {
		return models.Public, nil
	}
	row, err := tx.CommunityIfAny(community.ID)
	if err != nil {
		return "", err
	}
	return orElse(row.PostVisibility(), models.ForLocal), nil
}

// relayed is what a Group of ours passes on, about what, for whom, and where to.
type relayed struct {
	community *models.Actor
	post      *models.Post
	audience  string // the visibility
	inboxes   []models.Inbox
	mark      string // of the variant
}

// announceOnce announces an activity under an id that follows from the activity's own: saying it again is saying the same.
func (w *Writer) announceOnce(tx *models.Tx, r relayed, raw []byte) error {
	if len(r.inboxes) == 0 {
		return nil
	}
	n := note{actor: r.community, post: r.post, doc: vocab.M{}, inboxes: r.inboxes, public: r.audience == models.Public}
	n.doc["to"], n.doc["cc"] = relayAudience(r.community, r.audience)
	if id := rawID(raw); id != "" {
		n.doc["id"] = w.links.Relay(r.community, id) + "/activity" + r.mark
		if _, err := tx.OutboxEntryByURI(n.doc["id"].(string)); err == nil || !models.IsNotFound(err) {
			return err
		}
	}
	return w.announceRaw(tx, n, raw)
}

// plainInboxes leaves out of inboxes of a Group's followers those by which only its siblings are reached.
func (w *Writer) plainInboxes(tx *models.Tx, community *models.Actor, inboxes []models.Inbox) ([]models.Inbox, error) {
	plain, err := tx.PlainInboxes(community.ID)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(inboxes), func(inbox models.Inbox) bool { return !slices.Contains(plain, inbox) }), nil
}

// withoutCounting leaves siblings out, which read how many like a post from who answers for it, and do not hear of each one who does.
// The host of the author is told, unless who likes the post told it.
func (w *Writer) withoutCounting(tx *models.Tx, community *models.Actor, p *models.Post, actor *models.Actor, inboxes []models.Inbox, keep ...string) ([]models.Inbox, error) {
	siblings, err := tx.LiveSiblingHosts(community.ID)
	if err != nil || len(siblings) == 0 {
		return inboxes, err
	}
	author, err := tx.Actor(p.AuthorID)
	if err != nil {
		return nil, err
	}
	if !actor.Local && (actor.Host != author.Host || len(keep) > 0) {
		keep = append(keep, author.Host)
	}
	return slices.DeleteFunc(slices.Clone(inboxes), func(inbox models.Inbox) bool {
		return siblings[inbox.Host] && !slices.Contains(keep, inbox.Host)
	}), nil
}

// unshareAdmitted takes back how a Group of ours shared a post of a sibling.
func (w *Writer) unshareAdmitted(tx *models.Tx, p, boost *models.Post) error {
	community, err := tx.Actor(boost.AuthorID)
	if err != nil {
		return err
	}
	return w.tellMicroblogs(tx, practice.Moderated{Act: practice.Act{Community: community}, Post: p, Boost: boost, Verb: models.ActRemove})
}

// filesByAudience are servers that take from a community only what names that community, and that believe what it embeds.
var filesByAudience = words(`lemmy`)

// readdressed gives an activity that names our Group where it named the sibling that took it first: software that files by what
// is named would refuse the other. It proves nothing any more. Nil for what cannot be changed.
func readdressed(raw []byte, origin, community *models.Actor) []byte {
	var doc any
	if json.Unmarshal(raw, &doc) != nil {
		return nil
	}
	activity, ok := rename(doc, map[string]string{origin.URI: community.URI, origin.FollowersURI: community.FollowersURI}, 0).(map[string]any)
	if !ok {
		return raw
	}
	changed, err := json.Marshal(activity)
	if err != nil {
		return nil
	}
	return changed
}

// addressing are the fields in which a community is named as such.
var addressing = map[string]bool{"to": true, "cc": true, "audience": true}

// rename replaces who is named in the addressing of an activity and of what it embeds.
func rename(value any, names map[string]string, depth int) any {
	doc, ok := value.(map[string]any)
	if !ok || depth > 3 {
		return value
	}
	delete(doc, "proof")
	for key, inner := range doc {
		switch {
		case addressing[key]:
			doc[key] = renamed(inner, names)
		case key == "object":
			doc[key] = rename(inner, names, depth+1)
		}
	}
	return doc
}

func renamed(value any, names map[string]string) any {
	switch v := value.(type) {
	case string:
		if other := names[v]; other != "" {
			return other
		}
	case []any:
		for i := range v {
			v[i] = renamed(v[i], names)
		}
	}
	return value
}

// namesActor reports whether an activity is addressed to an actor.
func namesActor(raw []byte, uri string) bool {
	activity, err := vocab.DecodeActivity(raw)
	if err != nil {
		return false
	}
	return activity.Audience.Contains(uri) || activity.To.Contains(uri) || activity.Cc.Contains(uri)
}

// withdrawn tells the plain followers of a Group of ours what moderators of the sibling did that took a post first.
func (w *Writer) withdrawn(tx *models.Tx, e practice.Withdrawn) error {
	if len(e.Cause.Raw) > 0 {
		origin, err := tx.Actor(e.Post.CommunityID)
		if err != nil {
			return err
		}
		if err := w.relayAdmitted(tx, e.Community, origin, e.Post, e.Cause.Raw, toPlain); err != nil {
			return err
		}
	}
	verb := models.ActRemove
	if e.Again {
		verb = models.LogRestore
	}
	return w.tellMicroblogs(tx, practice.Moderated{Act: practice.Act{Community: e.Community}, Post: e.Post, Boost: e.Boost, Verb: verb})
}

// complainToOrigin tells the sibling that took a post first why it is hidden here.
func (w *Writer) complainToOrigin(tx *models.Tx, e practice.Moderated) error {
	origin, err := tx.Actor(e.Post.CommunityID)
	if err != nil || origin.Local {
		return err
	}
	doc := vocab.M{"type": "Flag", "object": []string{e.Post.URI}, "content": e.Reason, "to": []string{origin.URI}, "cc": []string{}}
	_, err = w.write(tx, note{actor: e.Community, doc: doc, inboxes: withActors(nil, origin)})
	return err
}

// siblingLost says to the siblings of a Group of ours that another one is lost, or is there again. The Group proves it, so that
// each can show the others who said so.
func (w *Writer) siblingLost(tx *models.Tx, e practice.SiblingLost) error {
	var to []string
	var readers []*models.Actor
	for i := range e.To {
		actor, err := tx.ActorByURI(e.To[i].SiblingURI)
		if models.IsNotFound(err) {
			continue
		}
		if err != nil {
			return err
		}
		to, readers = append(to, actor.URI), append(readers, actor)
	}
	doc := vocab.M{"type": "SiblingLost", "object": e.URI}
	if e.Found {
		doc["id"], doc["actor"] = w.links.Relay(e.Community, e.URI)+"#lost", e.Community.URI
		doc = undo(doc)
	}
	if e.Entry != nil && e.Entry.Successors != "" { // a host that dies may have told them to some of us alone
		doc["successors"] = e.Entry.SuccessorList()
	}
	doc["to"], doc["cc"], doc["published"] = to, []string{}, vocab.FormatTime(tx.Now().Time())
	raw, err := w.write(tx, note{actor: e.Community, doc: doc, inboxes: withActors(nil, readers...)})
	if err == nil && e.Entry != nil {
		e.Entry.Activity = string(raw)
		err = tx.SaveSiblingLoss(e.Entry)
	}
	return err
}

// boostReaders gives who has a thread by the boost of a community of ours: no sibling, which reads what was announced as it was signed,
// whatever its software. What is of a sibling our own software has by the boost, too: it believes nobody who passes on what is of a
// community that it does not know as a sibling.
func (w *Writer) boostReaders(tx *models.Tx, community *models.Actor, p *models.Post) ([]models.Inbox, error) {
	own := p.CommunityID == community.ID
	inboxes, err := w.followersReading(tx, community, func(software string) bool { return forums[software] && (own || software != "praxis") })
	if err != nil {
		return nil, err
	}
	return w.plainInboxes(tx, community, inboxes)
}
