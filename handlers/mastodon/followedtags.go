package mastodon

import (
	"net/http"
	"regexp"
	"strings"

	"praxis/models"
)

func followedTagRoutes() []route {
	return []route{
		member(http.MethodGet, "/api/v1/followed_tags", getFollowedTags, "read:follows"),
		member(http.MethodPost, "/api/v1/tags/{tag}/follow", followTag, "write:follows"),
		member(http.MethodPost, "/api/v1/tags/{tag}/unfollow", unfollowTag, "write:follows"),
		member(http.MethodPost, "/api/v1/tags/{tag}/feature", featureTag, "write:accounts"),
		member(http.MethodPost, "/api/v1/tags/{tag}/unfeature", unfeatureTag, "write:accounts"),
	}
}

// maxTagName is how long the name of a hashtag that is kept may be, in bytes.
const maxTagName = 200

// keepable is what can be the name of a hashtag: letters, digits and underscores, not digits alone.
var keepable = regexp.MustCompile(`^[\p{L}\p{M}\p{Nd}_·]*[\p{L}_][\p{L}\p{M}\p{Nd}_·]*$`)

// hashtag reads the name of a hashtag that is to be kept.
func hashtag(field, typed string) (string, error) {
	name := tagName(strings.TrimSpace(typed))
	if len(name) > maxTagName || !keepable.MatchString(name) {
		return "", models.FieldErrorf(field, "Validation failed: %s must be a hashtag of letters, digits and underscores", field)
	}
	return name, nil
}

// withTag does something with the hashtag that the path names, and answers with the hashtag as it is then.
func (c *call) withTag(act func(name string) error) (any, error) {
	name, err := hashtag("tag", c.path("tag"))
	if err != nil {
		return nil, err
	}
	if err := act(name); err != nil {
		return nil, err
	}
	return c.tag(name)
}

func followTag(c *call) (any, error) {
	return c.withTag(func(name string) error { return c.s.service.FollowTag(c.ctx(), c.me(), name) })
}

func unfollowTag(c *call) (any, error) {
	return c.withTag(func(name string) error { return c.s.service.UnfollowTag(c.ctx(), c.me(), name) })
}

func featureTag(c *call) (any, error) {
	return c.withTag(func(name string) error { return c.s.service.FeatureTag(c.ctx(), c.me(), name) })
}

func unfeatureTag(c *call) (any, error) {
	return c.withTag(func(name string) error { return c.s.service.UnfeatureTag(c.ctx(), c.me(), name) })
}

func getFollowedTags(c *call) (any, error) {
	page, err := c.page(100, 200)
	if err != nil {
		return nil, err
	}
	rows, err := c.tx.FollowedTagsPage(c.viewer(), more(page))
	if err != nil {
		return nil, err
	}
	names := []string{}
	for _, row := range window(c, page, rows, func(t *models.FollowedTag) int64 { return t.ID }) {
		names = append(names, row.Tag)
	}
	return c.tags(names)
}
