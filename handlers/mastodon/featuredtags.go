package mastodon

import (
	"net/http"
	"strconv"
)

func featuredTagRoutes() []route {
	return []route{
		member(http.MethodGet, "/api/v1/featured_tags", getFeaturedTags, readAccounts),
		member(http.MethodPost, "/api/v1/featured_tags", createFeaturedTag, "write:accounts"),
		member(http.MethodGet, "/api/v1/featured_tags/suggestions", getFeaturedTagSuggestions, readAccounts),
		member(http.MethodDelete, "/api/v1/featured_tags/{id}", deleteFeaturedTag, "write:accounts"),
		open(http.MethodGet, "/api/v1/accounts/{id}/featured_tags", getFeaturedTagsOf, readAccounts),
	}
}

// featuredTag is Mastodon's FeaturedTag; the count is a string there.
type featuredTag struct {
	ID            string  `json:"id"`
	Name          string  `json:"name"`
	URL           string  `json:"url"`
	StatusesCount string  `json:"statuses_count"`
	LastStatusAt  *string `json:"last_status_at"` // the day only
}

func (c *call) featuredTags(actorID int64) ([]featuredTag, error) {
	rows, err := c.tx.FeaturedTags(actorID)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(rows))
	for i := range rows {
		names[i] = rows[i].Tag
	}
	uses, err := c.tx.OwnTagUses(actorID, names)
	shown := []featuredTag{}
	for _, row := range rows {
		use := uses[row.Tag]
		shown = append(shown, featuredTag{
			ID: formatID(row.ID), Name: row.Tag, URL: c.s.links.Tag(row.Tag),
			StatusesCount: strconv.FormatInt(use.Uses, 10), LastStatusAt: dayOrNil(use.LastAt),
		})
	}
	return shown, err
}

func getFeaturedTags(c *call) (any, error) { return c.featuredTags(c.viewer()) }

func getFeaturedTagsOf(c *call) (any, error) {
	actor, err := c.actor()
	if err != nil {
		return nil, err
	}
	return c.featuredTags(actor.ID)
}

// createFeaturedTag answers with the hashtag that is featured then, also when it was before.
func createFeaturedTag(c *call) (any, error) {
	name, err := hashtag("name", c.params.text("name"))
	if err != nil {
		return nil, err
	}
	if err := c.s.service.FeatureTag(c.ctx(), c.me(), name); err != nil {
		return nil, err
	}
	shown, err := c.featuredTags(c.viewer())
	if err != nil {
		return nil, err
	}
	for _, tag := range shown {
		if tag.Name == name {
			return tag, nil
		}
	}
	return nil, errNotFound // taken away again in the same moment
}

func deleteFeaturedTag(c *call) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	row, err := c.tx.FeaturedTagByID(c.viewer(), id)
	if err != nil {
		return nil, err
	}
	return nothing{}, c.s.service.UnfeatureTag(c.ctx(), c.me(), row.Tag)
}

func getFeaturedTagSuggestions(c *call) (any, error) {
	names, err := c.tx.TagsToFeature(c.viewer(), 10)
	if err != nil {
		return nil, err
	}
	return c.tags(names)
}
