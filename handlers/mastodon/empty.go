package mastodon

import "net/http"

// emptyRoutes answer for what this server does not have, truthfully: there is none of it, as Mastodon says of what it has
// given up, or, of translations, what Mastodon says where they are turned off.
func emptyRoutes() []route {
	return []route{
		open(http.MethodGet, "/api/v1/accounts/{id}/identity_proofs", emptyOf, readAccounts),
		member(http.MethodPost, "/api/v1/statuses/{id}/translate", noTranslation, readStatuses),
	}
}

func emptyList(*call) (any, error) { return []any{}, nil }

// emptyOf answers for an account that has none of something.
func emptyOf(c *call) (any, error) {
	if _, err := c.actor(); err != nil {
		return nil, err
	}
	return []any{}, nil
}

func noTranslation(c *call) (any, error) {
	if _, err := c.post(); err != nil {
		return nil, err
	}
	return nil, errNotFound
}
