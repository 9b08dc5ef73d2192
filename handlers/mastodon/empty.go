package mastodon

import (
	"net/http"
	"strings"
)

// emptyRoutes answer for what this server does not have yet, truthfully: there is none of it.
func emptyRoutes() []route {
	routes := []route{
		open(http.MethodGet, "/api/v1/accounts/{id}/identity_proofs", emptyOf, readAccounts),
	}
	for path, scope := range map[string]string{
		"/api/v1/filters":       "read:filters",
		"/api/v2/filters":       "read:filters",
		"/api/v1/conversations": readStatuses,
	} {
		routes = append(routes, member(http.MethodGet, path, emptyList, scope))
	}
	return routes
}

func emptyList(*call) (any, error) { return []any{}, nil }

// emptyOf answers for an account that has none of something.
func emptyOf(c *call) (any, error) {
	if _, err := c.actor(); err != nil {
		return nil, err
	}
	return []any{}, nil
}

// lack is a way to write what this server has no place for yet.
type lack struct {
	method, path, scope string
	what                string // in the plural
}

func lacks() []lack {
	return []lack{
		{http.MethodPost, "/api/v1/statuses/{id}/translate", readStatuses, "Translations"},
		{http.MethodPost, "/api/v1/filters", "write:filters", "Filters"},
		{http.MethodPost, "/api/v2/filters", "write:filters", "Filters"},
	}
}

// missingRoutes refuse to write what is not kept. That a post is bookmarked, say, must not be claimed; and what the caller
// may not see is as absent here as elsewhere (security case E7).
func missingRoutes() []route {
	var routes []route
	for _, l := range lacks() {
		routes = append(routes, member(l.method, l.path, l.refuse, l.scope))
	}
	return routes
}

func (l lack) refuse(c *call) (any, error) {
	var err error
	switch {
	case strings.HasPrefix(l.path, "/api/v1/statuses/"):
		_, err = c.post()
	case strings.HasPrefix(l.path, "/api/v1/accounts/"):
		_, err = c.actor()
	}
	if err != nil {
		return nil, err
	}
	return nil, unsupported("base", l.what)
}
