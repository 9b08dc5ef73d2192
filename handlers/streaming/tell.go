package streaming

import (
	"context"
	"encoding/json"
	"strconv"

	"praxis/handlers/oauth"
	"praxis/models"
)

// The events of streams, as Mastodon's API names them.
const (
	eventUpdate           = "update"
	eventEdit             = "status.update"
	eventDelete           = "delete"
	eventNotification     = "notification"
	eventConversation     = "conversation"
	eventMerged           = "notifications_merged"
	eventFilters          = "filters_changed"
	eventAnnouncement     = "announcement"
	eventReaction         = "announcement.reaction"
	eventAnnouncementGone = "announcement.delete"
)

// Show gives what members see, as JSON. Each call is a bounded number of statements.
type Show interface {
	StreamedStatus(ctx context.Context, p *oauth.Principal, post *models.Post) (json.RawMessage, error)
	StreamedNotification(ctx context.Context, p *oauth.Principal, id int64) (json.RawMessage, error)
	StreamedConversation(ctx context.Context, p *oauth.Principal, id int64) (json.RawMessage, error)
	StreamedAnnouncement(ctx context.Context, id int64) (json.RawMessage, error)
}

// tell brings a change to those whom it concerns.
func (h *hub) tell(ctx context.Context, c models.Change) error {
	switch c.Kind {
	case models.PostPlaced:
		return h.tellPost(ctx, c.ID, eventUpdate)
	case models.PostEdited:
		return h.tellPost(ctx, c.ID, eventEdit)
	case models.PostDeleted:
		return h.tellDeleted(ctx, c.Gone)
	case models.NotificationMade:
		return h.tellOwner(ctx, c, eventNotification, h.show.StreamedNotification, hearsNotifications)
	case models.ConversationChanged:
		return h.tellOwner(ctx, c, eventConversation, h.show.StreamedConversation, func(_ *conn, t topic) bool { return t.name == direct })
	case models.NotificationsReleased:
		h.tellMerged(c.OwnerID)
	case models.FiltersChanged:
		h.tellAll(func(hearer *conn) bool { return hearer.viewer() == c.OwnerID }, eventFilters, "")
	case models.AnnouncementChanged:
		payload, err := h.show.StreamedAnnouncement(ctx, c.ID)
		if err != nil {
			return ignoreAbsent(err)
		}
		h.tellAll(everybody, eventAnnouncement, string(payload))
	case models.AnnouncementReacted:
		return h.tellReaction(ctx, c)
	case models.AnnouncementDeleted:
		h.tellAll(everybody, eventAnnouncementGone, formatID(c.ID))
	case models.AccessEnded:
		return h.recheck(ctx)
	}
	return nil
}

func everybody(*conn) bool { return true }

// hearsNotifications: a token that may not read notifications hears none in the stream of its member either.
func hearsNotifications(c *conn, t topic) bool {
	return t.name == userNotification || (t.name == user && c.who.Has("read:notifications"))
}

// tellAll brings an event to the members' own streams of those connections that are chosen.
func (h *hub) tellAll(chosen func(*conn) bool, event, payload string) {
	for _, c := range h.connected() {
		if chosen(c) {
			c.tell(event, payload, func(t topic) bool { return t.name == user })
		}
	}
}

// tellMerged says that notifications which were held back are in the list now.
func (h *hub) tellMerged(owner int64) {
	for _, c := range h.connected() {
		if c.viewer() == owner {
			c.tell(eventMerged, "1", func(t topic) bool { return hearsNotifications(c, t) })
		}
	}
}

func (h *hub) tellReaction(ctx context.Context, c models.Change) error {
	count, err := h.store.Read(ctx).CountReactions(c.ID, c.Name)
	if err != nil {
		return err
	}
	payload, err := json.Marshal(map[string]any{"name": c.Name, "count": count, "announcement_id": formatID(c.ID)})
	if err != nil {
		return err
	}
	h.tellAll(everybody, eventReaction, string(payload))
	return nil
}

// tellOwner brings what concerns one member to their connections.
func (h *hub) tellOwner(ctx context.Context, change models.Change, event string,
	show func(context.Context, *oauth.Principal, int64) (json.RawMessage, error), belongs func(*conn, topic) bool,
) error {
	payload := ""
	for _, c := range h.connected() {
		if c.viewer() != change.OwnerID {
			continue
		}
		if payload == "" {
			raw, err := show(ctx, c.who, change.ID)
			if err != nil {
				return ignoreAbsent(err)
			}
			payload = string(raw)
		}
		c.tell(event, payload, func(t topic) bool { return belongs(c, t) })
	}
	return nil
}

// ignoreAbsent: what is gone by now, or not to be seen, is not told.
func ignoreAbsent(err error) error {
	if models.IsNotFound(err) {
		return nil
	}
	return err
}

// tellDeleted brings the id of a deleted post to those who had it, and to the public streams that it was in.
func (h *hub) tellDeleted(ctx context.Context, gone *models.GonePost) error {
	had := map[int64][]int64{}
	for _, actor := range gone.Named {
		had[actor] = []int64{gone.Post.ID}
	}
	for _, entry := range gone.Homes {
		had[entry.OwnerID] = []int64{gone.Post.ID}
		if entry.PostID != gone.Post.ID {
			had[entry.OwnerID] = append(had[entry.OwnerID], entry.PostID)
		}
	}
	in, err := h.listsWith(ctx, &gone.Post)
	if err != nil {
		return err
	}
	o := occasion{
		listed: gone.Post.Visibility == models.Public && !gone.Post.IsBoost(),
		local:  gone.Post.Local, media: gone.Media, tags: gone.Tags,
	}
	for _, c := range h.connected() {
		ids := had[c.viewer()]
		o.home = len(ids) > 0
		o.inList = func(list int64) bool {
			return gone.Post.IsPublic() && list == gone.Post.CommunityID ||
				in[models.ListOf{ListID: list, OwnerID: c.viewer()}] && (o.home || gone.Post.IsPublic())
		}
		if !o.home {
			ids = []int64{gone.Post.ID}
		}
		for _, id := range ids {
			c.tell(eventDelete, formatID(id), func(t topic) bool { return t.takes(o) })
		}
	}
	return nil
}

// listsWith asks which of the lists that are listened to a post enters.
func (h *hub) listsWith(ctx context.Context, post *models.Post) (map[models.ListOf]bool, error) {
	asked := map[models.ListOf]bool{}
	var heard []models.ListOf
	for _, c := range h.connected() {
		for t := range c.heard() {
			of := models.ListOf{ListID: t.list, OwnerID: c.viewer()}
			if t.name == lists && !asked[of] {
				asked[of] = true
				heard = append(heard, of)
			}
		}
	}
	if len(heard) == 0 {
		return nil, nil
	}
	return h.store.Read(ctx).ListsEntered(post, heard)
}

func formatID(id int64) string { return strconv.FormatInt(id, 10) }
