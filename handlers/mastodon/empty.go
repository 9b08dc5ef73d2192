package mastodon

import (
	"net/http"
	"strings"
)

// emptyRoutes answer for what this server does not have yet, truthfully: there is none of it.
func emptyRoutes() []route {
	routes := []route{
		open(http.MethodGet, "/api/v1/custom_emojis", emptyList),
		member(http.MethodGet, "/api/v1/announcements", emptyList),
		open(http.MethodGet, "/api/v1/accounts/{id}/featured_tags", emptyOf, readAccounts),
		open(http.MethodGet, "/api/v1/accounts/{id}/endorsements", emptyOf, readAccounts),
		open(http.MethodGet, "/api/v1/accounts/{id}/identity_proofs", emptyOf, readAccounts),
		member(http.MethodGet, "/api/v1/accounts/{id}/lists", emptyOf, "read:lists"),
	}
	for path, scope := range map[string]string{
		"/api/v1/lists":                     "read:lists",
		"/api/v1/mutes":                     "read:mutes",
		"/api/v1/domain_blocks":             "read:blocks",
		"/api/v1/followed_tags":             "read:follows",
		"/api/v1/featured_tags":             readAccounts,
		"/api/v1/featured_tags/suggestions": readAccounts,
		"/api/v1/scheduled_statuses":        readStatuses,
		"/api/v1/bookmarks":                 "read:bookmarks",
		"/api/v1/endorsements":              readAccounts,
		"/api/v1/suggestions":               "read",
		"/api/v2/suggestions":               "read",
	} {
		routes = append(routes, member(http.MethodGet, path, emptyList, scope))
	}
	for _, path := range []string{"/api/v1/trends", "/api/v1/trends/tags", "/api/v1/trends/statuses", "/api/v1/trends/links"} {
		routes = append(routes, open(http.MethodGet, path, emptyList))
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
		{http.MethodPost, "/api/v1/statuses/{id}/bookmark", "write:bookmarks", "Bookmarks"},
		{http.MethodPost, "/api/v1/statuses/{id}/unbookmark", "write:bookmarks", "Bookmarks"},
		{http.MethodPost, "/api/v1/statuses/{id}/pin", "write:accounts", "Pinned posts"},
		{http.MethodPost, "/api/v1/statuses/{id}/unpin", "write:accounts", "Pinned posts"},
		{http.MethodPost, "/api/v1/statuses/{id}/mute", "write:mutes", "Muted conversations"},
		{http.MethodPost, "/api/v1/statuses/{id}/unmute", "write:mutes", "Muted conversations"},
		{http.MethodPost, "/api/v1/statuses/{id}/translate", readStatuses, "Translations"},
		{http.MethodPost, "/api/v1/accounts/{id}/mute", "write:mutes", "Mutes"},
		{http.MethodPost, "/api/v1/accounts/{id}/unmute", "write:mutes", "Mutes"},
		{http.MethodPost, "/api/v1/accounts/{id}/note", "write:accounts", "Private notes"},
		{http.MethodPost, "/api/v1/accounts/{id}/pin", "write:accounts", "Endorsements"},
		{http.MethodPost, "/api/v1/accounts/{id}/unpin", "write:accounts", "Endorsements"},
		{http.MethodPost, "/api/v1/accounts/{id}/endorse", "write:accounts", "Endorsements"},
		{http.MethodPost, "/api/v1/accounts/{id}/unendorse", "write:accounts", "Endorsements"},
		{http.MethodPost, "/api/v1/media", "write:media", "Attachments"},
		{http.MethodPost, "/api/v2/media", "write:media", "Attachments"},
		{http.MethodPost, "/api/v1/lists", "write:lists", "Lists"},
		{http.MethodPost, "/api/v1/domain_blocks", "write:blocks", "Blocks of domains"},
		{http.MethodPost, "/api/v1/featured_tags", "write:accounts", "Featured hashtags"},
		{http.MethodPost, "/api/v1/tags/{tag}/follow", "write:follows", "Followed hashtags"},
		{http.MethodPost, "/api/v1/tags/{tag}/unfollow", "write:follows", "Followed hashtags"},
		{http.MethodPost, "/api/v1/tags/{tag}/feature", "write:accounts", "Featured hashtags"},
		{http.MethodPost, "/api/v1/tags/{tag}/unfeature", "write:accounts", "Featured hashtags"},
		{http.MethodPost, "/api/v1/push/subscription", "push", "Push notifications"},
		{http.MethodPut, "/api/v1/push/subscription", "push", "Push notifications"},
	}
}

// missingRoutes refuse to write what is not kept. That a post is bookmarked, say, must not be claimed; and what the caller
// may not see is as absent here as elsewhere (security case E7).
func missingRoutes() []route {
	routes := []route{
		member(http.MethodGet, "/api/v1/push/subscription", func(*call) (any, error) { return nil, errNotFound }, "push"),
		member(http.MethodDelete, "/api/v1/push/subscription", func(*call) (any, error) { return nothing{}, nil }, "push"),
	}
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
