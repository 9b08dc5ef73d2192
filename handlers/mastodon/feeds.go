package mastodon

import (
	"context"
	"net/http"

	"praxis/models"
	"praxis/practice"
)

func feedRoutes() []route {
	return []route{
		open(http.MethodGet, ownAPI+"/feeds", getFeeds, "read:accounts"),
		member(http.MethodPost, ownAPI+"/feeds", createFeed, "write:accounts"),
		open(http.MethodGet, ownAPI+"/feeds/{id}", getFeed, "read:accounts"),
		member(http.MethodPost, ownAPI+"/feeds/{id}/communities", addToFeed, "write:accounts"),
		member(http.MethodDelete, ownAPI+"/feeds/{id}/communities", removeFromFeed, "write:accounts"),
	}
}

// feedProfile is a set of communities that one follows together by following its account.
type feedProfile struct {
	ID          string     `json:"id"` // of its account, too
	Account     *account   `json:"account"`
	Owner       *account   `json:"owner"` // nil where it is the instance's, or elsewhere
	Communities []*account `json:"communities"`
}

// feeds shows feeds, in a fixed number of statements.
func (c *call) feeds(actors []models.Actor) ([]*feedProfile, error) {
	ids := make([]int64, len(actors))
	for i := range actors {
		ids[i] = actors[i].ID
	}
	rows, err := c.tx.Feeds(ids)
	if err != nil {
		return nil, err
	}
	within, err := c.tx.CommunitiesOfFeeds(ids, c.viewer())
	if err != nil {
		return nil, err
	}
	needed := ids
	for _, id := range ids {
		if rows[id] != nil {
			needed = append(needed, rows[id].OwnerID)
		}
		needed = append(needed, within[id]...)
	}
	s, err := c.shelve(nil, needed...)
	if err != nil {
		return nil, err
	}
	shown := make([]*feedProfile, len(actors))
	for i := range actors {
		shown[i] = s.feed(&actors[i], rows[ids[i]], within[ids[i]])
	}
	return shown, nil
}

func (s *shelf) feed(a *models.Actor, row *models.Feed, within []int64) *feedProfile {
	shown := &feedProfile{ID: formatID(a.ID), Account: s.account(a), Communities: []*account{}}
	if row != nil {
		if owner := s.actors[row.OwnerID]; owner != nil && !owner.IsGone() {
			shown.Owner = s.account(owner)
		}
	}
	for _, id := range within {
		if community := s.actors[id]; community != nil {
			shown.Communities = append(shown.Communities, s.account(community))
		}
	}
	return shown
}

// feed gives the feed that the path names.
func (c *call) feed() (*models.Actor, error) {
	id, err := parseID(c.path("id"))
	if err != nil {
		return nil, err
	}
	actor, err := c.standing(c.tx.Actor(id))
	if err == nil && !actor.IsFeed() {
		return nil, errNotFound
	}
	return actor, err
}

func (c *call) showFeed(actor *models.Actor) (any, error) {
	shown, err := c.feeds([]models.Actor{*actor})
	if err != nil {
		return nil, err
	}
	return shown[0], nil
}

// getFeeds lists the feeds of this instance.
func getFeeds(c *call) (any, error) {
	actors, err := c.tx.LocalFeeds(c.limit(40, 80), c.offset())
	if err != nil {
		return nil, err
	}
	return c.feeds(actors)
}

func getFeed(c *call) (any, error) {
	actor, err := c.feed()
	if err != nil {
		return nil, err
	}
	return c.showFeed(actor)
}

// createFeed makes a feed that the caller owns.
func createFeed(c *call) (any, error) {
	var ask struct {
		Name        string `mapstructure:"name"`
		DisplayName string `mapstructure:"display_name"`
		About       string `mapstructure:"about"`
	}
	if err := c.params.decode(&ask); err != nil {
		return nil, err
	}
	actor, err := c.s.service.CreateFeed(c.ctx(), practice.NewFeed{Username: ask.Name, DisplayName: ask.DisplayName, About: ask.About, Owner: c.me()})
	if err != nil {
		return nil, err
	}
	return c.showFeed(actor)
}

func addToFeed(c *call) (any, error) { return c.changeFeed(c.s.service.AddToFeed) }

func removeFromFeed(c *call) (any, error) { return c.changeFeed(c.s.service.RemoveFromFeed) }

func (c *call) changeFeed(change func(ctx context.Context, actor, feed, community *models.Actor) error) (any, error) {
	feed, err := c.feed()
	if err != nil {
		return nil, err
	}
	var ask struct {
		Community string `mapstructure:"community_id"`
	}
	if err := c.params.decode(&ask); err != nil {
		return nil, err
	}
	community, err := c.communityOf(ask.Community)
	if err != nil {
		return nil, err
	}
	if err := change(c.ctx(), c.me(), feed, community); err != nil {
		return nil, err
	}
	return c.showFeed(feed)
}
