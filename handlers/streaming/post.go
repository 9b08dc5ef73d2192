package streaming

import (
	"context"

	"praxis/handlers/oauth"
	"praxis/models"
)

// telling is one post on its way to its readers.
type telling struct {
	hub      *hub
	event    string
	post     *models.Post
	original *models.Post // what it carries, or itself
	in       map[models.ListOf]bool
	occasion occasion
	shown    map[look]string
}

// look is in which way a post is shown: to those who have nothing of their own to do with it, it looks alike.
type look struct {
	postID  int64
	viewer  int64 // 0 for everybody
	follows bool  // the author: what may be done with a post depends on it
}

// tellPost brings a new or edited post to those of the connected members who may read it and listen to where it belongs.
func (h *hub) tellPost(ctx context.Context, id int64, event string) error {
	byMember, members := h.connectedBy()
	if len(members) == 0 {
		return nil
	}
	tx := h.store.Read(ctx)
	post, err := tx.Post(id)
	if err != nil {
		return ignoreAbsent(err)
	}
	readers, err := tx.Readers(post, members, event == eventEdit)
	if err != nil || len(readers) == 0 {
		return err
	}
	t := &telling{hub: h, event: event, post: post, original: post, shown: map[look]string{}}
	if post.IsBoost() {
		if t.original, err = tx.Post(post.ReblogOfID); err != nil {
			return ignoreAbsent(err)
		}
	}
	if err := t.place(ctx, tx); err != nil {
		return err
	}
	for _, reader := range readers {
		for _, c := range byMember[reader.ViewerID] {
			if err := t.to(ctx, c, reader); err != nil {
				return err
			}
		}
	}
	return nil
}

// place finds where the post belongs.
func (t *telling) place(ctx context.Context, tx *models.Tx) error {
	parts, err := tx.PostParts([]int64{t.original.ID})
	if err != nil {
		return err
	}
	t.occasion = occasion{local: t.post.Local, tags: parts.Tags[t.original.ID]}
	for _, a := range parts.Attachments[t.original.ID] {
		t.occasion.media = t.occasion.media || a.Type != "link"
	}
	t.in, err = t.hub.listsWith(ctx, t.post)
	return err
}

// to brings the post to one connection of a reader.
func (t *telling) to(ctx context.Context, c *conn, reader models.Reader) error {
	o := t.occasion
	o.home = reader.AtHome && !reader.Unasked
	o.listed = t.post.Visibility == models.Public && !t.post.IsBoost() && (!reader.Limited || reader.Follows)
	o.inList = func(list int64) bool { return !reader.Unasked && t.inList(list, reader.ViewerID) }
	for topic, label := range c.heard() {
		if !topic.takes(o) {
			continue
		}
		payload, err := t.show(ctx, c.who, reader, t.shownIn(topic))
		if err != nil {
			return err
		}
		c.offer(frame{label: label, event: t.event, payload: payload})
	}
	return nil
}

// inList: an edited thread is in the list that its community is, where it came by the community's boost.
func (t *telling) inList(list, owner int64) bool {
	if t.in[models.ListOf{ListID: list, OwnerID: owner}] {
		return true
	}
	return t.event == eventEdit && t.post.CommunityID == list && t.post.IsThread()
}

// shownIn gives what a topic shows: in the list that a community is, threads stand as they are and not as its boosts.
func (t *telling) shownIn(topic topic) *models.Post {
	if topic.name == lists && topic.list == t.post.AuthorID {
		return t.original
	}
	return t.post
}

// show makes what a reader sees, once for all to whom it looks alike.
func (t *telling) show(ctx context.Context, who *oauth.Principal, reader models.Reader, post *models.Post) (string, error) {
	as := look{postID: post.ID, follows: reader.Follows}
	if reader.Marked {
		as.viewer = reader.ViewerID
	}
	if payload, ok := t.shown[as]; ok {
		return payload, nil
	}
	raw, err := t.hub.show.StreamedStatus(ctx, who, post)
	if err != nil {
		return "", err
	}
	t.shown[as] = string(raw)
	return t.shown[as], nil
}
