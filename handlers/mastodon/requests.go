package mastodon

import (
	"net/http"

	"praxis/models"
)

func requestRoutes() []route {
	return []route{
		member(http.MethodGet, "/api/v1/follow_requests", getFollowRequests, "read:follows"),
		member(http.MethodPost, "/api/v1/follow_requests/{id}/authorize", authorizeRequest, "write:follows"),
		member(http.MethodPost, "/api/v1/follow_requests/{id}/reject", rejectRequest, "write:follows"),
	}
}

// getFollowRequests lists who asks to follow the caller, or to join a community that the caller moderates.
func getFollowRequests(c *call) (any, error) {
	return c.actorPage(func(page models.Page) ([]models.Keyed[models.Actor], error) {
		return c.tx.FollowRequestsPage(c.viewer(), page)
	})
}

func authorizeRequest(c *call) (any, error) { return c.decide(true) }
func rejectRequest(c *call) (any, error)    { return c.decide(false) }

// decide answers one request of an account. With several, the account stays in the list until all are answered.
func (c *call) decide(accept bool) (any, error) {
	return c.toward(func(actor *models.Actor) error {
		_, err := c.s.service.DecideRequest(c.ctx(), c.me(), actor, accept)
		return err
	})
}
