package outbox

import (
	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

// reaction gives who hears of what somebody did with a post: its author and its community, nobody else.
func (w *Writer) reaction(tx *models.Tx, p *models.Post) (to []string, community *models.Actor, inboxes []models.Inbox, err error) {
	actors, err := tx.Actors([]int64{p.AuthorID, p.CommunityID})
	if err != nil {
		return nil, nil, nil, err
	}
	author, community := actors[p.AuthorID], actors[p.CommunityID]
	to = []string{author.URI}
	if community != nil {
		to = append(to, community.URI)
	}
	return to, community, withActors(nil, author, community), nil
}

func (w *Writer) favourited(tx *models.Tx, e practice.Favourited) error {
	raw := e.Cause.Raw
	if e.Actor.Local {
		var err error
		if raw, err = w.writeReaction(tx, e.Actor, e.Post, like(e.Favourite, e.Post)); err != nil {
			return err
		}
	}
	return w.relay(tx, e.Post, e.Actor, told{note: raw, via: e.Cause.Via, counted: true}, false)
}

func like(f *models.Favourite, p *models.Post) vocab.M {
	return vocab.M{"id": f.URI, "type": "Like", "object": p.URI}
}

func (w *Writer) unfavourited(tx *models.Tx, e practice.Unfavourited) error {
	raw := e.Cause.Raw
	if e.Actor.Local {
		inner := like(e.Favourite, e.Post)
		inner["actor"] = e.Actor.URI
		var err error
		if raw, err = w.writeReaction(tx, e.Actor, e.Post, undo(inner)); err != nil {
			return err
		}
	}
	return w.relay(tx, e.Post, e.Actor, told{note: raw, via: e.Cause.Via, counted: true}, false)
}

// undo gives an Undo of an activity; the id is made when it is written.
func undo(inner vocab.M) vocab.M { return vocab.M{"type": "Undo", "object": inner} }

func (w *Writer) writeReaction(tx *models.Tx, actor *models.Actor, p *models.Post, doc vocab.M) ([]byte, error) {
	to, community, inboxes, err := w.reaction(tx, p)
	if err != nil {
		return nil, err
	}
	doc["to"], doc["cc"] = to, []string{}
	if p.IsPublic() {
		doc["cc"] = []string{vocab.Public}
	}
	if community != nil {
		doc["audience"] = community.URI
	}
	return w.write(tx, note{actor: actor, post: p, doc: doc, inboxes: inboxes, public: p.IsPublic()})
}

// shared writes a boost. A community's boost is the object form of its announcement: it goes to followers whose
// software reads that, or is not known.
func (w *Writer) shared(tx *models.Tx, e practice.Shared) error {
	if !e.Actor.Local {
		return nil
	}
	var inboxes []models.Inbox
	var err error
	cc := []string{e.Actor.FollowersURI}
	if e.Post.IsRestricted() {
		return nil // a boost is for those who read boosts, and they are not known to keep it to themselves
	}
	if e.Actor.IsCommunity() {
		if removed, err := w.isRemoved(tx, e.Post); err != nil || removed {
			return err
		}
		inboxes, err = w.boostReaders(tx, e.Actor, e.Post)
	} else {
		inboxes, err = w.sharersInboxes(tx, e.Actor, e.Post, &cc)
	}
	if err != nil {
		return err
	}
	_, err = w.write(tx, note{
		actor: e.Actor, post: e.Post, doc: announce(e, cc), inboxes: inboxes,
		listed: !e.Actor.IsCommunity() && e.Boost.IsPublic(), public: e.Boost.IsPublic(),
	})
	return err
}

func announce(e practice.Shared, cc []string) vocab.M {
	doc := vocab.M{
		"id": e.Boost.URI, "type": "Announce", "object": e.Post.URI, "published": vocab.FormatTime(e.Boost.PublishedAt.Time()),
	}
	doc["to"], doc["cc"] = boostAudience(e.Boost, cc)
	return doc
}

// boostAudience: a boost reaches no more readers than what it carries; a post for followers is boosted for followers.
func boostAudience(boost *models.Post, readers []string) (to, cc []string) {
	switch boost.Visibility {
	case models.Public:
		return []string{vocab.Public}, readers
	case models.Unlisted:
		return readers, []string{vocab.Public}
	}
	return readers, []string{}
}

// sharersInboxes: a member's boost goes to the member's followers and to the author.
func (w *Writer) sharersInboxes(tx *models.Tx, actor *models.Actor, p *models.Post, cc *[]string) ([]models.Inbox, error) {
	inboxes, err := tx.FollowerInboxes(actor.ID)
	if err != nil {
		return nil, err
	}
	author, err := tx.Actor(p.AuthorID)
	if err != nil {
		return nil, err
	}
	*cc = append(*cc, author.URI)
	return withActors(inboxes, author), nil
}

func (w *Writer) unshared(tx *models.Tx, e practice.Unshared) error {
	if !e.Actor.Local {
		return nil
	}
	cc := []string{e.Actor.FollowersURI}
	inboxes, err := w.sharersInboxes(tx, e.Actor, e.Post, &cc)
	if err != nil {
		return err
	}
	inner := vocab.M{"id": e.Boost.URI, "type": "Announce", "actor": e.Actor.URI, "object": e.Post.URI}
	doc := undo(inner)
	doc["to"], doc["cc"] = boostAudience(e.Boost, cc)
	_, err = w.write(tx, note{actor: e.Actor, post: e.Post, doc: doc, inboxes: inboxes, public: e.Boost.IsPublic()})
	return err
}

// answerChosen says which reply is the accepted answer: with the activity that forum servers know (ChooseAnswer), and
// with an Update of the question for all others. When the asker's own server knows no answers, the community says it.
func (w *Writer) answerChosen(tx *models.Tx, e practice.AnswerChosen) error {
	raw, speaker := e.Cause.Raw, e.Actor
	if len(raw) == 0 {
		var err error
		if speaker, err = w.speaker(tx, e); err != nil || speaker == nil {
			return err
		}
		if raw, err = w.writeAnswer(tx, speaker, e); err != nil {
			return err
		}
	}
	if !speaker.IsCommunity() {
		if err := w.relay(tx, e.Question, speaker, told{note: raw, via: e.Cause.Via}, false); err != nil {
			return err
		}
	}
	author, err := tx.Actor(e.Question.AuthorID)
	if err != nil || !author.Local {
		return err
	}
	return w.postEdited(tx, practice.PostEdited{Author: author, Post: e.Question})
}

// speaker is the local actor that may say it: the one who chose, or else the community.
func (w *Writer) speaker(tx *models.Tx, e practice.AnswerChosen) (*models.Actor, error) {
	if e.Actor.Local {
		return e.Actor, nil
	}
	return w.ourCommunity(tx, e.Question)
}

func (w *Writer) writeAnswer(tx *models.Tx, speaker *models.Actor, e practice.AnswerChosen) ([]byte, error) {
	actors, err := tx.Actors([]int64{e.Question.AuthorID, e.Answer.AuthorID, e.Question.CommunityID})
	if err != nil {
		return nil, err
	}
	asker, helper, community := actors[e.Question.AuthorID], actors[e.Answer.AuthorID], actors[e.Question.CommunityID]
	inboxes, cc := withActors(nil, asker, helper, community), []string{helper.URI}
	doc := vocab.M{"type": "ChooseAnswer", "object": e.Answer.URI, "target": e.Question.URI}
	if e.Withdrawn {
		doc["actor"], doc["id"] = speaker.URI, w.links.Activity(tx.NewID())
		doc = undo(doc)
	}
	if community != nil {
		doc["audience"], cc = community.URI, append(cc, community.URI)
	}
	doc["to"], doc["cc"] = []string{vocab.Public}, cc
	if !e.Question.IsPublic() { // nor is what is said of it
		doc["to"], doc["cc"] = cc, []string{}
	}
	if speaker.IsCommunity() {
		followers, err := w.followersReading(tx, speaker, func(software string) bool { return microblogs[software] })
		if err != nil {
			return nil, err
		}
		inboxes = withActors(followers, asker, helper)
		doc["cc"] = append(cc, speaker.FollowersURI)
	}
	return w.write(tx, note{actor: speaker, post: e.Question, doc: doc, inboxes: inboxes, public: e.Question.IsPublic()})
}
