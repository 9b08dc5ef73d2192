package push

import (
	"context"
	"encoding/json"
	"strings"

	"praxis/internal/text"
	"praxis/models"
)

// payload is what clients decrypt, as Mastodon has it: also its notification_id is a number there.
type payload struct {
	AccessToken      string `json:"access_token"`
	PreferredLocale  string `json:"preferred_locale"`
	NotificationID   int64  `json:"notification_id"`
	NotificationType string `json:"notification_type"`
	Icon             string `json:"icon"`
	Title            string `json:"title"`
	Body             string `json:"body"`
}

// maxBody is how many characters of a post are sent: the client shows no more before it is opened.
const maxBody = 140

// text makes what a client shows. Errors: NotFound when there is nothing to tell any more.
func (p *Pusher) text(ctx context.Context, m *models.DuePush) ([]byte, error) {
	tx := p.cfg.Store.Read(ctx)
	n, err := tx.VisibleNotification(m.Subscription.ActorID, m.NotificationID)
	if err != nil {
		return nil, err
	}
	actor, err := tx.Actor(n.ActorID)
	if err != nil {
		return nil, err
	}
	body := text.Plain(actor.Summary)
	if n.PostID != 0 {
		post, err := tx.VisiblePost(n.PostID, n.OwnerID)
		if err != nil {
			return nil, err
		}
		body = text.Plain(post.Content)
		if post.Sensitive && post.SpoilerText != "" {
			body = post.SpoilerText
		}
	}
	token, err := p.open(m.Subscription.Token)
	if err != nil {
		return nil, err
	}
	icon := actor.IconURL
	if !strings.HasPrefix(icon, "https://") || len(icon) > 1000 {
		icon = p.cfg.Base + "/avatars/original/missing.png"
	}
	return json.Marshal(payload{
		AccessToken: token, PreferredLocale: "en", NotificationID: n.ID, NotificationType: n.Type, Icon: icon,
		Title: title(n.Type, nameOf(actor)), Body: shorten(body, maxBody),
	})
}

func nameOf(actor *models.Actor) string {
	if actor.DisplayName != "" {
		return shorten(actor.DisplayName, 80)
	}
	return actor.Username
}

func title(notificationType, name string) string {
	said := map[string]string{
		models.NotifyMention: "mentions you", models.NotifyReblog: "boosts your post", models.NotifyFavourite: "likes your post",
		models.NotifyFollow: "follows you", models.NotifyFollowRequest: "asks to follow you", models.NotifyUpdate: "edits a post",
		models.NotifyStatus: "has something new", "poll": "has a poll that ended", "quote": "quotes your post", models.NotifyQuotedUpdate: "edits a post that you quote",
		"admin.sign_up": "signs up", "admin.report": "complains about somebody",
	}[notificationType]
	if said == "" {
		said = "has news for you"
	}
	return name + " " + said
}

func shorten(s string, limit int) string {
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > limit {
		return string(runes[:limit-1]) + "…"
	}
	return s
}
