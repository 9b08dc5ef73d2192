package mastodon

import (
	"net/http"

	"praxis/models"
	"praxis/practice"
)

const (
	readStatuses  = "read:statuses"
	writeStatuses = "write:statuses"
)

func statusRoutes() []route {
	return []route{
		open(http.MethodGet, "/api/v1/statuses", getStatuses, readStatuses),
		member(http.MethodPost, "/api/v1/statuses", createStatus, writeStatuses),
		open(http.MethodGet, "/api/v1/statuses/{id}", getStatus, readStatuses),
		member(http.MethodPut, "/api/v1/statuses/{id}", editStatus, writeStatuses),
		member(http.MethodDelete, "/api/v1/statuses/{id}", deleteStatus, writeStatuses),
		open(http.MethodGet, "/api/v1/statuses/{id}/context", getContext, readStatuses),
		open(http.MethodGet, "/api/v1/statuses/{id}/history", getHistory, readStatuses),
		member(http.MethodGet, "/api/v1/statuses/{id}/source", getSource, readStatuses),
	}
}

// post gives the post that the path names, if the caller may read it: what is hidden cannot be acted upon either
// (security case E7).
func (c *call) post() (*models.Post, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	return c.tx.VisiblePost(id, c.viewer())
}

// ownPost gives the caller's post that the path names; what belongs to others is not there (security case E23).
func (c *call) ownPost() (*models.Post, error) {
	post, err := c.post()
	if err == nil && (post.AuthorID != c.viewer() || post.IsBoost()) {
		return nil, errNotFound
	}
	return post, err
}

func getStatus(c *call) (any, error) {
	post, err := c.post()
	if err != nil {
		return nil, err
	}
	return c.status(post)
}

func getStatuses(c *call) (any, error) {
	wanted, err := c.idList(maxBatch)
	if err != nil {
		return nil, err
	}
	found, err := c.tx.VisiblePosts(wanted, c.viewer())
	if err != nil {
		return nil, err
	}
	posts := []models.Post{}
	for _, id := range wanted {
		if found[id] != nil {
			posts = append(posts, *found[id])
		}
	}
	return c.statuses(posts)
}

// deleteStatus answers with what was typed, for those who want to write it anew. A boost is taken back.
func deleteStatus(c *call) (any, error) {
	post, err := c.post()
	if err != nil {
		return nil, err
	}
	if post.AuthorID != c.viewer() {
		return nil, errNotFound
	}
	shown, err := c.status(post)
	if err != nil {
		return nil, err
	}
	shown.Text = &post.Source
	if post.IsBoost() {
		return shown, c.s.service.Unshare(c.ctx(), c.me(), post)
	}
	return shown, c.s.service.Delete(c.ctx(), c.me(), post, practice.Cause{})
}

// statusSource is Mastodon's StatusSource: a post as it was typed.
type statusSource struct {
	ID          string `json:"id"`
	Text        string `json:"text"`
	SpoilerText string `json:"spoiler_text"`
}

func getSource(c *call) (any, error) {
	post, err := c.ownPost()
	if err != nil {
		return nil, err
	}
	return statusSource{ID: formatID(post.ID), Text: post.Source, SpoilerText: post.SpoilerText}, nil
}

// statusEdit is Mastodon's StatusEdit: a version of a post.
type statusEdit struct {
	Content          string       `json:"content"`
	SpoilerText      string       `json:"spoiler_text"`
	Sensitive        bool         `json:"sensitive"`
	CreatedAt        string       `json:"created_at"`
	Account          *account     `json:"account"`
	MediaAttachments []attachment `json:"media_attachments"`
	Emojis           []emoji      `json:"emojis"`
}

// getHistory answers with the current version: older ones are not kept.
func getHistory(c *call) (any, error) {
	post, err := c.post()
	if err != nil {
		return nil, err
	}
	shown, err := c.status(post)
	if err != nil {
		return nil, err
	}
	version := statusEdit{
		Content: shown.Content, SpoilerText: shown.SpoilerText, Sensitive: shown.Sensitive, CreatedAt: shown.CreatedAt,
		Account: shown.Account, MediaAttachments: shown.MediaAttachments, Emojis: shown.Emojis,
	}
	if shown.EditedAt != nil {
		version.CreatedAt = *shown.EditedAt
	}
	return []statusEdit{version}, nil
}

// postPage answers with a page of posts that page by their own ids.
func (c *call) postPage(page models.Page, posts []models.Post, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return c.statuses(window(c, page, posts, func(p *models.Post) int64 { return p.ID }))
}
