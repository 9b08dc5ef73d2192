package mastodon

import (
	"net/http"

	"praxis/handlers/oauth"
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
		member(http.MethodDelete, "/api/v1/statuses/{id}", deleteStatus, writeStatuses, oauth.RecoveryScope),
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
	s, err := c.shelve([]models.Post{*post})
	if err != nil {
		return nil, err
	}
	s.quotes.whole = true
	shown := s.status(post)
	shown.Text = typedOf(post)
	if post.IsBoost() {
		return shown, c.s.service.Unshare(c.ctx(), c.me(), post)
	}
	if err := c.s.service.Delete(c.ctx(), c.me(), post, practice.Cause{}); err != nil {
		return nil, err
	}
	return shown, c.deleteFiles(shown.MediaAttachments)
}

// typedOf gives what is needed to write a post anew: a title that was given apart from the text begins it, since most clients
// know no titles.
func typedOf(post *models.Post) *string {
	typed := post.Source
	if post.TitleApart {
		typed = post.Title + "\n\n" + typed
	}
	return &typed
}

// deleteFiles deletes at once what a deleted post carried, if the caller says that they won't use it again; else it is
// there for a day.
func (c *call) deleteFiles(files []attachment) error {
	if asSwitch(single(c.params["delete_media"])) != true {
		return nil
	}
	for _, file := range files {
		id, err := parseID(file.ID)
		if err != nil {
			return err
		}
		if err := c.s.service.DropUpload(c.ctx(), c.me(), id); err != nil && !models.IsNotFound(err) {
			return err
		}
	}
	return nil
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

// postPage answers with a page of posts that page by their own ids.
func (c *call) postPage(page models.Page, posts []models.Post, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return c.statuses(window(c, page, posts, func(p *models.Post) int64 { return p.ID }))
}
