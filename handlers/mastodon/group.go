package mastodon

import (
	"strings"

	"praxis/models"
)

// getGroup answers with one group, in the form of a list of groups.
func getGroup(c *call) (any, error) {
	group, err := c.group()
	if err != nil {
		return nil, err
	}
	filter := models.NotificationFilter{Types: []string{group.Type}, Held: strings.HasPrefix(c.path("key"), ungrouped)}
	return c.groups([]models.NotificationGroup{*group}, filter, groupable())
}

// group gives the group that the path names.
func (c *call) group() (*models.NotificationGroup, error) {
	group, single, err := parseKey(c.path("key"))
	if err != nil {
		return nil, err
	}
	if single == 0 {
		return c.tx.NotificationGroup(c.viewer(), group)
	}
	n, err := c.tx.VisibleNotification(c.viewer(), single)
	if err != nil {
		return nil, err
	}
	return &models.NotificationGroup{
		Type: n.Type, PostID: n.PostID, Bucket: n.ID, LatestID: n.ID, OldestID: n.ID, LatestAt: n.CreatedAt, Count: 1,
	}, nil
}

func getGroupAccounts(c *call) (any, error) {
	group, single, err := parseKey(c.path("key"))
	if err != nil {
		return nil, err
	}
	if single == 0 {
		return c.actorPage(func(page models.Page) ([]models.Keyed[models.Actor], error) {
			return c.tx.GroupActorsPage(c.viewer(), group, page)
		})
	}
	n, err := c.tx.VisibleNotification(c.viewer(), single)
	if err != nil {
		return nil, err
	}
	actor, err := c.tx.Actor(n.ActorID)
	if err != nil {
		return nil, err
	}
	return c.accounts([]models.Actor{*actor})
}

func dismissGroup(c *call) (any, error) {
	group, single, err := parseKey(c.path("key"))
	switch {
	case err != nil:
		return nil, err
	case single != 0:
		return nothing{}, c.s.service.Dismiss(c.ctx(), c.me(), single)
	}
	return nothing{}, c.s.service.DismissGroup(c.ctx(), c.me(), group)
}

func countUnreadGroups(c *call) (any, error) {
	ask, filter, err := c.notificationFilter()
	if err != nil {
		return nil, err
	}
	after, err := c.lastRead()
	if err != nil {
		return nil, err
	}
	n, err := c.tx.CountNotificationGroups(c.viewer(), filter, ask.grouped(), after, c.limit(100, 1000))
	return count{n}, err
}
