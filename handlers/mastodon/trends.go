package mastodon

import (
	"context"
	"net/http"
	"sync"
	"time"

	"praxis/models"
)

func trendRoutes() []route {
	return []route{
		open(http.MethodGet, "/api/v1/trends", getTrendingTags),
		open(http.MethodGet, "/api/v1/trends/tags", getTrendingTags),
		open(http.MethodGet, "/api/v1/trends/statuses", getTrendingPosts),
		open(http.MethodGet, "/api/v1/trends/links", getTrendingLinks),
		open(http.MethodGet, "/api/v1/timelines/link", getLinkTimeline, readStatuses),
	}
}

// How trends are found: among what was written in so many days, the first so many; counted anew so often.
const (
	trendSpan  = 3 * 24 * time.Hour
	trendsKept = 100
	trendFresh = 5 * time.Minute
)

// trends are what many people spoke of lately, the same for everybody.
type trends struct {
	mu    sync.Mutex
	at    time.Time
	tags  []string
	posts []int64
	cards []models.PreviewCard
}

// current gives trends that are fresh. Only posts that everybody may read are looked at.
func (s *Server) currentTrends(ctx context.Context) (tags []string, posts []int64, cards []models.PreviewCard, err error) {
	t, now := &s.trends, s.store.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.at.IsZero() && now.Sub(t.at) < trendFresh {
		return t.tags, t.posts, t.cards, nil
	}
	tx, since := s.store.Read(ctx), models.At(now.Add(-trendSpan))
	if tags, err = tx.TrendingTags(since, trendsKept); err != nil {
		return nil, nil, nil, err
	}
	if posts, err = tx.TrendingPosts(since, trendsKept); err != nil {
		return nil, nil, nil, err
	}
	if cards, err = tx.TrendingCards(since, trendsKept); err != nil {
		return nil, nil, nil, err
	}
	t.at, t.tags, t.posts, t.cards = now, tags, posts, cards
	return tags, posts, cards, nil
}

// slice gives the part of a list that a call asks for by offset and limit, and says where the next part is.
func slice[T any](c *call, all []T, normal, most int) []T {
	begin := min(c.offset(), len(all))
	return all[begin:min(begin+c.limit(normal, most), len(all))]
}

func getTrendingTags(c *call) (any, error) {
	names, _, _, err := c.s.currentTrends(c.ctx())
	if err != nil {
		return nil, err
	}
	return c.tags(slice(c, names, 10, 20))
}

// getTrendingPosts shows only what the viewer may still read.
func getTrendingPosts(c *call) (any, error) {
	_, ids, _, err := c.s.currentTrends(c.ctx())
	if err != nil {
		return nil, err
	}
	wanted := slice(c, ids, 20, 40)
	visible, err := c.tx.VisiblePosts(wanted, c.viewer())
	if err != nil {
		return nil, err
	}
	return c.statuses(pick(wanted, visible))
}

func getTrendingLinks(c *call) (any, error) {
	_, _, cards, err := c.s.currentTrends(c.ctx())
	if err != nil {
		return nil, err
	}
	cards = slice(c, cards, 10, 20)
	ids := make([]int64, len(cards))
	for i := range cards {
		ids[i] = cards[i].ID
	}
	today := c.s.store.Now().UTC().Truncate(24 * time.Hour)
	uses, err := c.tx.CardUses(ids, models.At(today.AddDate(0, 0, 1-tagDays)))
	if err != nil {
		return nil, err
	}
	shown := []*card{}
	for i := range cards {
		one := cardEntity(&cards[i])
		one.History = history(uses[cards[i].ID], today.Unix()/(24*60*60))
		shown = append(shown, one)
	}
	return shown, nil
}

// getLinkTimeline lists the posts that link to a page.
func getLinkTimeline(c *call) (any, error) {
	address := c.params.text("url")
	if address == "" {
		return nil, models.FieldErrorf("url", "Validation failed: url can't be blank")
	}
	found, err := c.tx.CardByURL(address)
	if err != nil {
		return nil, err
	}
	return c.listed(func(_ timelineFilter, filter *models.ListedFilter) { filter.CardID = found.ID })
}
