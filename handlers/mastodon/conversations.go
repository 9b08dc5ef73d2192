package mastodon

import (
	"net/http"

	"praxis/models"
)

// writeConversations is the scope of changing one's list of conversations.
const writeConversations = "write:conversations"

func conversationRoutes() []route {
	return []route{
		member(http.MethodGet, "/api/v1/conversations", getConversations, readStatuses),
		member(http.MethodDelete, "/api/v1/conversations/{id}", deleteConversation, writeConversations),
		member(http.MethodPost, "/api/v1/conversations/{id}/read", readConversation, writeConversations),
		member(http.MethodPost, "/api/v1/conversations/{id}/unread", unreadConversation, writeConversations),
	}
}

// conversation is Mastodon's Conversation. Who writes to nobody but themself is the one that takes part.
type conversation struct {
	ID         string     `json:"id"`
	Unread     bool       `json:"unread"`
	Accounts   []*account `json:"accounts"`
	LastStatus *status    `json:"last_status"`
}

// getConversations pages by the last posts, as Mastodon does.
func getConversations(c *call) (any, error) {
	page, err := c.page(20, 40)
	if err != nil {
		return nil, err
	}
	rows, err := c.tx.Conversations(c.viewer(), more(page))
	if err != nil {
		return nil, err
	}
	return c.conversations(window(c, page, rows, func(row *models.Conversation) int64 { return row.LastPostID }))
}

func (c *call) conversations(rows []models.Conversation) ([]conversation, error) {
	var ids, posts []int64
	for i := range rows {
		ids, posts = append(ids, rows[i].ID), append(posts, rows[i].LastPostID)
	}
	with, err := c.tx.ConversationActors(ids)
	if err != nil {
		return nil, err
	}
	actors := []int64{c.viewer()}
	for _, others := range with {
		actors = append(actors, others...)
	}
	shelf, visible, err := c.shelveVisible(posts, actors)
	if err != nil {
		return nil, err
	}
	shown := []conversation{}
	for i := range rows {
		entry := conversation{ID: formatID(rows[i].ID), Unread: rows[i].Unread, Accounts: []*account{}}
		others := with[rows[i].ID]
		if len(others) == 0 {
			others = actors[:1]
		}
		for _, id := range others {
			if actor := shelf.actors[id]; actor != nil {
				entry.Accounts = append(entry.Accounts, shelf.account(actor))
			}
		}
		if post := visible[rows[i].LastPostID]; post != nil {
			entry.LastStatus = shelf.status(post)
		}
		shown = append(shown, entry)
	}
	return shown, nil
}

func readConversation(c *call) (any, error)   { return c.markConversation(false) }
func unreadConversation(c *call) (any, error) { return c.markConversation(true) }

func (c *call) markConversation(unread bool) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	row, err := c.s.service.MarkConversation(c.ctx(), c.me(), id, unread)
	if err != nil {
		return nil, err
	}
	shown, err := c.conversations([]models.Conversation{*row})
	if err != nil {
		return nil, err
	}
	return shown[0], nil
}

func deleteConversation(c *call) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	return nothing{}, c.s.service.DeleteConversation(c.ctx(), c.me(), id)
}
