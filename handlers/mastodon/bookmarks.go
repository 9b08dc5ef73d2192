package mastodon

import (
	"net/http"

	"praxis/models"
)

func bookmarkRoutes() []route {
	return []route{
		member(http.MethodPost, "/api/v1/statuses/{id}/bookmark", bookmarkStatus, "write:bookmarks"),
		member(http.MethodPost, "/api/v1/statuses/{id}/unbookmark", unbookmarkStatus, "write:bookmarks"),
		member(http.MethodGet, "/api/v1/bookmarks", getBookmarks, "read:bookmarks"),
	}
}

func bookmarkStatus(c *call) (any, error) {
	return c.react(func(post *models.Post) error { return c.s.service.Bookmark(c.ctx(), c.me(), post) })
}

func unbookmarkStatus(c *call) (any, error) {
	return c.react(func(post *models.Post) error { return c.s.service.Unbookmark(c.ctx(), c.me(), post) })
}

// getBookmarks pages by when the caller kept a post, which clients cannot know: only the Link header leads on.
func getBookmarks(c *call) (any, error) {
	page, err := c.page(20, 40)
	if err != nil {
		return nil, err
	}
	rows, err := c.tx.BookmarkedPage(c.viewer(), more(page))
	if err != nil {
		return nil, err
	}
	return c.statuses(keyed(c, page, rows))
}
