package mastodon

import (
	"net/http"
	"strings"

	"praxis/models"
)

func timelineRoutes() []route {
	return []route{
		member(http.MethodGet, "/api/v1/timelines/home", getHome, readStatuses),
		open(http.MethodGet, "/api/v1/timelines/public", getPublic, readStatuses),
		open(http.MethodGet, "/api/v1/timelines/tag/{tag}", getTagTimeline, readStatuses),
	}
}

func getHome(c *call) (any, error) {
	page, err := c.page(20, 40)
	if err != nil {
		return nil, err
	}
	posts, err := c.tx.Home(c.viewer(), more(page))
	return c.postPage(page, posts, err)
}

// timelineFilter is how clients narrow timelines.
type timelineFilter struct {
	Local     bool     `mapstructure:"local"`
	Remote    bool     `mapstructure:"remote"`
	OnlyMedia bool     `mapstructure:"only_media"`
	Any       []string `mapstructure:"any"`
	All       []string `mapstructure:"all"`
	None      []string `mapstructure:"none"`
}

func getPublic(c *call) (any, error) {
	return c.listed(func(timelineFilter, *models.ListedFilter) {})
}

// maxTags is how many further hashtags a timeline may name, of each sort.
const maxTags = 4

func getTagTimeline(c *call) (any, error) {
	return c.listed(func(ask timelineFilter, filter *models.ListedFilter) {
		filter.Any = append([]string{tagName(c.path("tag"))}, tagNames(ask.Any)...)
		filter.All, filter.None = tagNames(ask.All), tagNames(ask.None)
	})
}

func (c *call) listed(narrow func(ask timelineFilter, filter *models.ListedFilter)) (any, error) {
	var ask timelineFilter
	if err := c.params.decode(&ask); err != nil {
		return nil, err
	}
	page, err := c.page(20, 40)
	if err != nil {
		return nil, err
	}
	filter := models.ListedFilter{Local: ask.Local, Remote: ask.Remote, OnlyMedia: ask.OnlyMedia}
	narrow(ask, &filter)
	posts, err := c.tx.ListedPosts(c.viewer(), filter, more(page))
	return c.postPage(page, posts, err)
}

// tagName gives a hashtag as it is stored.
func tagName(typed string) string {
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(strings.ToValidUTF8(typed, ""), "\x00", ""), "#"))
}

func tagNames(typed []string) []string {
	var names []string
	for _, t := range typed {
		if name := tagName(t); name != "" && len(names) < maxTags {
			names = append(names, name)
		}
	}
	return names
}
