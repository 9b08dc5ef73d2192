package mastodon

import (
	"net/http"

	"praxis/models"
)

func endorsementRoutes() []route {
	return []route{
		member(http.MethodPost, "/api/v1/accounts/{id}/note", noteAccount, "write:accounts"),
		member(http.MethodPost, "/api/v1/accounts/{id}/endorse", endorseAccount, "write:accounts"),
		member(http.MethodPost, "/api/v1/accounts/{id}/unendorse", unendorseAccount, "write:accounts"),
		member(http.MethodPost, "/api/v1/accounts/{id}/pin", endorseAccount, "write:accounts"), // as it was called before
		member(http.MethodPost, "/api/v1/accounts/{id}/unpin", unendorseAccount, "write:accounts"),
		member(http.MethodGet, "/api/v1/endorsements", getEndorsements, readAccounts),
		open(http.MethodGet, "/api/v1/accounts/{id}/endorsements", getEndorsementsOf, readAccounts),
	}
}

// noteAccount keeps what the caller alone will read of an account.
func noteAccount(c *call) (any, error) {
	return c.toward(func(actor *models.Actor) error {
		return c.s.service.NoteActor(c.ctx(), c.me(), actor, c.params.text("comment"))
	})
}

func endorseAccount(c *call) (any, error) {
	return c.toward(func(actor *models.Actor) error { return c.s.service.Endorse(c.ctx(), c.me(), actor) })
}

func unendorseAccount(c *call) (any, error) {
	return c.toward(func(actor *models.Actor) error { return c.s.service.Unendorse(c.ctx(), c.me(), actor) })
}

func getEndorsements(c *call) (any, error) {
	return c.actorPage(func(page models.Page) ([]models.Keyed[models.Actor], error) {
		return c.tx.EndorsedPage(c.viewer(), c.viewer(), page)
	})
}

func getEndorsementsOf(c *call) (any, error) { return c.roster(c.tx.EndorsedPage) }
