package mastodon

import (
	"net/http"

	"praxis/models"
)

const (
	readNotifications  = "read:notifications"
	writeNotifications = "write:notifications"
)

func notificationRoutes() []route {
	return []route{
		member(http.MethodGet, "/api/v1/notifications", getNotifications, readNotifications),
		member(http.MethodGet, "/api/v1/notifications/unread_count", countUnread, readNotifications),
		member(http.MethodPost, "/api/v1/notifications/clear", clearNotifications, writeNotifications),
		member(http.MethodPost, "/api/v1/notifications/dismiss", dismissNamed, writeNotifications),
		member(http.MethodDelete, "/api/v1/notifications/destroy_multiple", dismissEach, writeNotifications),
		member(http.MethodGet, "/api/v1/notifications/{id}", getNotification, readNotifications),
		member(http.MethodDelete, "/api/v1/notifications/{id}", dismissNotification, writeNotifications),
		member(http.MethodPost, "/api/v1/notifications/{id}/dismiss", dismissNotification, writeNotifications),
	}
}

// notification is Mastodon's Notification.
type notification struct {
	ID        string   `json:"id"`
	Type      string   `json:"type"`
	GroupKey  string   `json:"group_key"`
	CreatedAt string   `json:"created_at"`
	Account   *account `json:"account"`
	Status    *status  `json:"status,omitempty"`
	Report    *report  `json:"report,omitempty"`
}

// notificationAsk is how clients narrow notifications.
type notificationAsk struct {
	Types        []string  `mapstructure:"types"`
	ExcludeTypes []string  `mapstructure:"exclude_types"`
	AccountID    string    `mapstructure:"account_id"`
	GroupedTypes *[]string `mapstructure:"grouped_types"`
	Held         bool      `mapstructure:"include_filtered"`
}

func (c *call) notificationFilter() (notificationAsk, models.NotificationFilter, error) {
	var ask notificationAsk
	if err := c.params.decode(&ask); err != nil {
		return ask, models.NotificationFilter{}, err
	}
	filter := models.NotificationFilter{Types: ask.Types, ExcludeTypes: ask.ExcludeTypes, Held: ask.Held}
	if ask.AccountID == "" {
		return ask, filter, nil
	}
	var err error
	filter.ActorID, err = parseID(ask.AccountID)
	return ask, filter, err
}

func getNotifications(c *call) (any, error) {
	_, filter, err := c.notificationFilter()
	if err != nil {
		return nil, err
	}
	page, err := c.page(40, 80)
	if err != nil {
		return nil, err
	}
	rows, err := c.tx.NotificationPage(c.viewer(), filter, more(page))
	if err != nil {
		return nil, err
	}
	return c.notifications(window(c, page, rows, func(n *models.Notification) int64 { return n.ID }))
}

func getNotification(c *call) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	row, err := c.tx.VisibleNotification(c.viewer(), id)
	if err != nil {
		return nil, err
	}
	shown, err := c.notifications([]models.Notification{*row})
	if err != nil {
		return nil, err
	}
	if len(shown) == 0 {
		return nil, errNotFound
	}
	return shown[0], nil
}

// notifications shows notifications; one that lost what it is about in the meantime is left out.
func (c *call) notifications(rows []models.Notification) ([]notification, error) {
	var postIDs, actorIDs []int64
	for _, n := range rows {
		actorIDs = append(actorIDs, n.ActorID)
		if n.PostID != 0 {
			postIDs = append(postIDs, n.PostID)
		}
	}
	shelf, posts, err := c.shelveVisible(postIDs, actorIDs)
	if err != nil {
		return nil, err
	}
	reports, err := c.reportsOf(rows)
	if err != nil {
		return nil, err
	}
	shown := []notification{}
	for _, n := range rows {
		actor, post := shelf.actors[n.ActorID], posts[n.PostID]
		if actor == nil || (n.PostID != 0 && post == nil) {
			continue
		}
		entry := notification{
			ID: formatID(n.ID), Type: n.Type, CreatedAt: date(n.CreatedAt), Account: shelf.account(actor),
			GroupKey: keyOf(n.Type, n.PostID, n.ID, int64(n.CreatedAt)),
		}
		if post != nil {
			entry.Status = shelf.status(post)
		}
		entry.Report = reports[n.ReportID]
		shown = append(shown, entry)
	}
	return shown, nil
}

// shelveVisible reads posts of ids, as far as the viewer may read them, and what it takes to show them and actors.
func (c *call) shelveVisible(postIDs, actorIDs []int64) (*shelf, map[int64]*models.Post, error) {
	posts, err := c.tx.VisiblePosts(postIDs, c.viewer())
	if err != nil {
		return nil, nil, err
	}
	rows := make([]models.Post, 0, len(posts))
	for _, post := range posts {
		rows = append(rows, *post)
	}
	s, err := c.shelve(rows, actorIDs...)
	return s, posts, err
}

func dismissNotification(c *call) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	return nothing{}, c.s.service.Dismiss(c.ctx(), c.me(), id)
}

// dismissNamed is how older clients dismiss one.
func dismissNamed(c *call) (any, error) {
	id, err := parseID(c.params.text("id"))
	if err != nil {
		return nil, err
	}
	return nothing{}, c.s.service.Dismiss(c.ctx(), c.me(), id)
}

// maxDismissed is how many notifications one request may name.
const maxDismissed = 200

func dismissEach(c *call) (any, error) {
	var ask struct {
		IDs []string `mapstructure:"ids"`
	}
	if err := c.params.decode(&ask); err != nil {
		return nil, err
	}
	return nothing{}, c.s.service.DismissEach(c.ctx(), c.me(), ids(ask.IDs, maxDismissed))
}

func clearNotifications(c *call) (any, error) {
	return nothing{}, c.s.service.Dismiss(c.ctx(), c.me(), 0)
}

// count is how many there are, up to a limit.
type count struct {
	Count int64 `json:"count"`
}

func countUnread(c *call) (any, error) {
	_, filter, err := c.notificationFilter()
	if err != nil {
		return nil, err
	}
	after, err := c.lastRead()
	if err != nil {
		return nil, err
	}
	n, err := c.tx.CountNotifications(c.viewer(), filter, after, c.limit(100, 1000))
	return count{n}, err
}

// lastRead is the notification up to which the caller has read.
func (c *call) lastRead() (int64, error) {
	stored, err := c.tx.Markers(c.viewer(), []string{notificationsMarker})
	if err != nil || len(stored) == 0 {
		return 0, err
	}
	return stored[0].LastReadID, nil
}
