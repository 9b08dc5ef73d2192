package mastodon

import (
	"net/http"

	"praxis/models"
	"praxis/practice"
)

func reactionRoutes() []route {
	return []route{
		member(http.MethodPost, "/api/v1/statuses/{id}/favourite", favouriteStatus, "write:favourites"),
		member(http.MethodPost, "/api/v1/statuses/{id}/unfavourite", unfavouriteStatus, "write:favourites"),
		member(http.MethodPost, "/api/v1/statuses/{id}/reblog", reblogStatus, writeStatuses),
		member(http.MethodPost, "/api/v1/statuses/{id}/unreblog", unreblogStatus, writeStatuses),
		open(http.MethodGet, "/api/v1/statuses/{id}/favourited_by", getFavouritedBy, readAccounts),
		open(http.MethodGet, "/api/v1/statuses/{id}/reblogged_by", getRebloggedBy, readAccounts),
		member(http.MethodGet, "/api/v1/favourites", getFavourites, "read:favourites"),
	}
}

// original gives the post that the path names, or what it carries when it is a boost.
func (c *call) original() (*models.Post, error) {
	post, err := c.post()
	if err != nil || !post.IsBoost() {
		return post, err
	}
	return c.tx.VisiblePost(post.ReblogOfID, c.viewer())
}

// react carries out what the caller does with a post, and answers with the post as it is then.
func (c *call) react(act func(post *models.Post) error) (any, error) {
	post, err := c.original()
	if err != nil {
		return nil, err
	}
	if err := act(post); err != nil {
		return nil, err
	}
	return c.fresh(post)
}

func favouriteStatus(c *call) (any, error) {
	return c.react(func(post *models.Post) error {
		return c.s.service.Favourite(c.ctx(), c.me(), post, "", practice.Cause{})
	})
}

func unfavouriteStatus(c *call) (any, error) {
	return c.react(func(post *models.Post) error {
		return c.s.service.Unfavourite(c.ctx(), c.me(), post, practice.Cause{})
	})
}

// reblogStatus answers with the boost, which carries the post.
func reblogStatus(c *call) (any, error) {
	post, err := c.original()
	if err != nil {
		return nil, err
	}
	boost, err := c.s.service.Share(c.ctx(), c.me(), post, "", 0)
	if err != nil {
		return nil, err
	}
	return c.fresh(boost)
}

func unreblogStatus(c *call) (any, error) {
	return c.react(func(post *models.Post) error { return c.s.service.Unshare(c.ctx(), c.me(), post) })
}

func getFavouritedBy(c *call) (any, error) { return c.reactors(c.tx.LikersPage) }
func getRebloggedBy(c *call) (any, error)  { return c.reactors(c.tx.BoostersPage) }

func (c *call) reactors(read func(id, viewer int64, page models.Page) ([]models.Keyed[models.Actor], error)) (any, error) {
	post, err := c.original()
	if err != nil {
		return nil, err
	}
	return c.actorPage(func(page models.Page) ([]models.Keyed[models.Actor], error) { return read(post.ID, c.viewer(), page) })
}

// getFavourites pages by when the caller liked a post, which clients cannot know: only the Link header leads on.
func getFavourites(c *call) (any, error) {
	page, err := c.page(20, 40)
	if err != nil {
		return nil, err
	}
	rows, err := c.tx.LikedPage(c.viewer(), more(page))
	if err != nil {
		return nil, err
	}
	return c.statuses(keyed(c, page, rows))
}
