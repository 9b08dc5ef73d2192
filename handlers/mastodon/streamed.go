package mastodon

import (
	"context"
	"encoding/json"
	"html"
	"net/http"
	"strings"

	"praxis/handlers/oauth"
	"praxis/models"
)

// as is a call that nobody made: it shows things to a member of their own accord, as that member sees them elsewhere.
func (s *Server) as(ctx context.Context, p *oauth.Principal) (*call, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.links.Base, nil)
	if err != nil {
		return nil, err
	}
	return &call{s: s, r: r, header: http.Header{}, tx: s.store.Read(ctx), params: params{}, principal: p}, nil
}

// StreamedStatus gives a post as a member sees it, who has to be one that may read it.
func (s *Server) StreamedStatus(ctx context.Context, p *oauth.Principal, post *models.Post) (json.RawMessage, error) {
	c, err := s.as(ctx, p)
	if err != nil {
		return nil, err
	}
	shown, err := c.status(post)
	if err != nil {
		return nil, err
	}
	return json.Marshal(shown)
}

// StreamedNotification gives a notification of a member's. Errors: NotFound for one that they would not find in their
// list.
func (s *Server) StreamedNotification(ctx context.Context, p *oauth.Principal, id int64) (json.RawMessage, error) {
	c, err := s.as(ctx, p)
	if err != nil {
		return nil, err
	}
	row, err := c.tx.VisibleNotification(c.viewer(), id)
	if err != nil {
		return nil, err
	}
	shown, err := c.notifications([]models.Notification{*row})
	if err != nil {
		return nil, err
	}
	if len(shown) == 0 {
		return nil, errNotFound
	}
	return json.Marshal(shown[0])
}

// streamedConversation is Mastodon's Conversation.
type streamedConversation struct {
	ID         string     `json:"id"`
	Unread     bool       `json:"unread"`
	Accounts   []*account `json:"accounts"`
	LastStatus *status    `json:"last_status"`
}

// StreamedConversation gives a conversation of a member's. Errors: NotFound when it is somebody else's, or when they may
// not read its last post.
func (s *Server) StreamedConversation(ctx context.Context, p *oauth.Principal, id int64) (json.RawMessage, error) {
	c, err := s.as(ctx, p)
	if err != nil {
		return nil, err
	}
	found, err := c.tx.StreamedConversation(c.viewer(), id)
	if err != nil {
		return nil, err
	}
	post, err := c.tx.VisiblePost(found.LastPostID, c.viewer())
	if err != nil {
		return nil, err
	}
	shown := streamedConversation{ID: formatID(found.ID), Unread: found.Unread}
	if shown.Accounts, err = c.accounts(found.Others); err != nil {
		return nil, err
	}
	if shown.LastStatus, err = c.status(post); err != nil {
		return nil, err
	}
	return json.Marshal(shown)
}

// streamedAnnouncement is Mastodon's Announcement, as everybody sees it.
type streamedAnnouncement struct {
	ID          string  `json:"id"`
	Content     string  `json:"content"`
	StartsAt    *string `json:"starts_at"`
	EndsAt      *string `json:"ends_at"`
	AllDay      bool    `json:"all_day"`
	PublishedAt string  `json:"published_at"`
	UpdatedAt   string  `json:"updated_at"`
	Mentions    []any   `json:"mentions"`
	Statuses    []any   `json:"statuses"`
	Tags        []any   `json:"tags"`
	Emojis      []any   `json:"emojis"`
	Reactions   []any   `json:"reactions"`
}

// StreamedAnnouncement gives an announcement. Errors: NotFound.
func (s *Server) StreamedAnnouncement(ctx context.Context, id int64) (json.RawMessage, error) {
	a, err := s.store.Read(ctx).StreamedAnnouncement(id)
	if err != nil {
		return nil, err
	}
	text := strings.ReplaceAll(html.EscapeString(strings.TrimSpace(a.Text)), "\n\n", "</p><p>")
	return json.Marshal(streamedAnnouncement{
		ID: formatID(a.ID), Content: "<p>" + strings.ReplaceAll(text, "\n", "<br>") + "</p>",
		StartsAt: dateOrNil(a.StartsAt), EndsAt: dateOrNil(a.EndsAt), AllDay: a.AllDay,
		PublishedAt: date(a.CreatedAt), UpdatedAt: date(a.UpdatedAt),
		Mentions: []any{}, Statuses: []any{}, Tags: []any{}, Emojis: []any{}, Reactions: []any{},
	})
}
