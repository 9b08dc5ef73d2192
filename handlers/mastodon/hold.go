package mastodon

import (
	"context"
	"net/http"
	"strconv"

	"praxis/models"
)

// holdRoutes are about notifications that a policy holds back; they stand before the routes whose {id} would match them.
func holdRoutes() []route {
	return []route{
		member(http.MethodGet, "/api/v1/notifications/requests", getHolds, readNotifications),
		member(http.MethodPost, "/api/v1/notifications/requests/accept", acceptHolds, writeNotifications),
		member(http.MethodPost, "/api/v1/notifications/requests/dismiss", dismissHolds, writeNotifications),
		member(http.MethodGet, "/api/v1/notifications/requests/merged", getMerged, readNotifications),
		member(http.MethodGet, "/api/v1/notifications/requests/{id}", getHold, readNotifications),
		member(http.MethodPost, "/api/v1/notifications/requests/{id}/accept", acceptHold, writeNotifications),
		member(http.MethodPost, "/api/v1/notifications/requests/{id}/dismiss", dismissHold, writeNotifications),
	}
}

// hold is Mastodon's NotificationRequest: what somebody's mentions that are held back come to.
type hold struct {
	ID        string   `json:"id"`
	CreatedAt string   `json:"created_at"`
	UpdatedAt string   `json:"updated_at"`
	Count     string   `json:"notifications_count"`
	Account   *account `json:"account"`
	Status    *status  `json:"last_status"`
}

func (c *call) holds(rows []models.NotificationRequest) ([]hold, error) {
	var posts, actors []int64
	for i := range rows {
		actors = append(actors, rows[i].ActorID)
		if rows[i].LastPostID != 0 {
			posts = append(posts, rows[i].LastPostID)
		}
	}
	counts, err := c.tx.HeldNotifications(c.viewer(), actors)
	if err != nil {
		return nil, err
	}
	shelf, visible, err := c.shelveVisible(posts, actors)
	if err != nil {
		return nil, err
	}
	shown := []hold{}
	for i := range rows {
		actor := shelf.actors[rows[i].ActorID]
		if actor == nil {
			continue
		}
		entry := hold{
			ID: formatID(rows[i].ID), CreatedAt: date(rows[i].CreatedAt), UpdatedAt: date(rows[i].UpdatedAt),
			Count: strconv.FormatInt(counts[actor.ID], 10), Account: shelf.account(actor),
		}
		if post := visible[rows[i].LastPostID]; post != nil {
			entry.Status = shelf.status(post)
		}
		shown = append(shown, entry)
	}
	return shown, nil
}

func getHolds(c *call) (any, error) {
	page, err := c.page(40, 80)
	if err != nil {
		return nil, err
	}
	rows, err := c.tx.NotificationRequests(c.viewer(), more(page))
	if err != nil {
		return nil, err
	}
	return c.holds(window(c, page, rows, func(r *models.NotificationRequest) int64 { return r.ID }))
}

// hold gives the caller's request that the path names.
func (c *call) hold() (*models.NotificationRequest, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	rows, err := c.tx.NotificationRequestsOf(c.viewer(), []int64{id})
	if err == nil && len(rows) == 0 {
		err = errNotFound
	}
	if err != nil {
		return nil, err
	}
	return &rows[0], nil
}

func getHold(c *call) (any, error) {
	row, err := c.hold()
	if err != nil {
		return nil, err
	}
	shown, err := c.holds([]models.NotificationRequest{*row})
	if err == nil && len(shown) == 0 {
		err = errNotFound
	}
	if err != nil {
		return nil, err
	}
	return shown[0], nil
}

// decide carries out what the caller wants of one request, or of those that id[] names.
type decide func(ctx context.Context, owner *models.Actor, ids []int64) error

func (c *call) decideOne(do decide) (any, error) {
	row, err := c.hold()
	if err != nil {
		return nil, err
	}
	return nothing{}, do(c.ctx(), c.me(), []int64{row.ID})
}

func (c *call) decideAll(do decide) (any, error) {
	wanted, err := c.idList(maxDismissed)
	if err != nil {
		return nil, err
	}
	return nothing{}, do(c.ctx(), c.me(), wanted)
}

func acceptHold(c *call) (any, error)   { return c.decideOne(c.s.service.AcceptRequests) }
func dismissHold(c *call) (any, error)  { return c.decideOne(c.s.service.DismissRequests) }
func acceptHolds(c *call) (any, error)  { return c.decideAll(c.s.service.AcceptRequests) }
func dismissHolds(c *call) (any, error) { return c.decideAll(c.s.service.DismissRequests) }

// getMerged: what is accepted is released before the answer, so that nothing waits to be merged.
func getMerged(*call) (any, error) { return map[string]bool{"merged": true}, nil }
