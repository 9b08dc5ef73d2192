package mastodon

import (
	"net/http"

	"praxis/models"
)

func pinRoutes() []route {
	return []route{
		member(http.MethodPost, "/api/v1/statuses/{id}/pin", pinStatus, "write:accounts"),
		member(http.MethodPost, "/api/v1/statuses/{id}/unpin", unpinStatus, "write:accounts"),
	}
}

// pin works on the very post that the path names: a boost cannot be pinned, nor what it carries by its id.
func (c *call) pin(act func(post *models.Post) error) (any, error) {
	post, err := c.post()
	if err != nil {
		return nil, err
	}
	if err := act(post); err != nil {
		return nil, err
	}
	return c.fresh(post)
}

func pinStatus(c *call) (any, error) {
	return c.pin(func(post *models.Post) error { return c.s.service.Pin(c.ctx(), c.me(), post) })
}

func unpinStatus(c *call) (any, error) {
	return c.pin(func(post *models.Post) error { return c.s.service.Unpin(c.ctx(), c.me(), post) })
}

// pinned answers with what an account pinned: a few posts, without pages.
func (c *call) pinned(actor *models.Actor) (any, error) {
	posts, err := c.tx.PinnedPosts(actor.ID, c.viewer())
	if err != nil {
		return nil, err
	}
	return c.statuses(posts)
}
