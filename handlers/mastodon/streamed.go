package mastodon

import (
	"context"
	"encoding/json"
	"net/http"

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

// StreamedConversation gives a conversation of a member's. Errors: NotFound when it is somebody else's, or when they may
// not read its last post.
func (s *Server) StreamedConversation(ctx context.Context, p *oauth.Principal, id int64) (json.RawMessage, error) {
	c, err := s.as(ctx, p)
	if err != nil {
		return nil, err
	}
	row, err := c.tx.Conversation(c.viewer(), id)
	if err != nil {
		return nil, err
	}
	shown, err := c.conversations([]models.Conversation{*row})
	if err != nil {
		return nil, err
	}
	if shown[0].LastStatus == nil {
		return nil, errNotFound
	}
	return json.Marshal(shown[0])
}

// StreamedAnnouncement gives an announcement as everybody sees it: what a member has read of it, and how they reacted, is
// not in it. Errors: NotFound.
func (s *Server) StreamedAnnouncement(ctx context.Context, id int64) (json.RawMessage, error) {
	c, err := s.as(ctx, nil)
	if err != nil {
		return nil, err
	}
	row, err := c.tx.Announcement(id)
	if err != nil {
		return nil, err
	}
	shown, err := c.announcementsOf([]models.Announcement{*row})
	if err != nil {
		return nil, err
	}
	return json.Marshal(shown[0])
}
