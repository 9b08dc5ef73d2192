package mastodon

import (
	"net/http"
	"strings"
)

// deliberate is an answer that is not the good one, and why.
type deliberate struct {
	status int // 0 for a page of HTML, which is not asked for here
	why    string
}

const nothingOfIt = "there is nothing of it here, and so nothing to be decided upon, as on a Mastodon server whose list is empty"

// refusedRoutes is every route that has no good answer, or none for a client.
func refusedRoutes() map[string]deliberate {
	routes := map[string]deliberate{
		"POST /api/v1/statuses/{id}/translate": {http.StatusNotFound, "nothing translates, as Mastodon answers where no service is set up"},
		"GET /api/v1/admin/tags/{id}":          {http.StatusNotFound, nothingOfIt},
		"PUT /api/v1/admin/tags/{id}":          {http.StatusNotFound, nothingOfIt},
	}
	for _, noun := range []string{"links", "links/publishers", "statuses", "tags"} {
		for _, verdict := range []string{"approve", "reject"} {
			routes["POST /api/v1/admin/trends/"+noun+"/{id}/"+verdict] = deliberate{http.StatusNotFound, nothingOfIt}
		}
	}
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		routes[method+" /oauth/authorize"] = deliberate{0, "a page for people, tested where it is made"}
	}
	for _, path := range []string{"/csv/{key}", "/exports/{id}/file", "/record/{key}"} {
		routes["GET "+ownMe+path] = deliberate{0, "a file, tested in internal/testrig and practice"}
	}
	return routes
}

// askRefused asks for what is refused.
func (k *contract) askRefused() {
	for route, deliberate := range refusedRoutes() {
		method, path, _ := strings.Cut(route, " ")
		if deliberate.status != 0 {
			k.as(k.boss, method, strings.ReplaceAll(path, "{id}", k.root), "domain=a.example")
		}
	}
}

// emptyAnswers is every route whose list is always empty.
func emptyAnswers() map[string]string {
	const untrended = "trends are not reviewed here: nothing waits for a decision"
	return map[string]string{
		"GET /api/v1/accounts/{id}/identity_proofs": "Mastodon gave them up: the list is always empty there, too",
		"GET /api/v1/admin/tags":                    untrended,
		"GET /api/v1/admin/trends/links":            untrended,
		"GET /api/v1/admin/trends/links/publishers": untrended,
		"GET /api/v1/admin/trends/statuses":         untrended,
		"GET /api/v1/admin/trends/tags":             untrended,
		"GET /api/v1/annual_reports accounts":       "no annual reports are made",
		"GET /api/v1/annual_reports statuses":       "no annual reports are made",
		"POST /api/v2/filters statuses":             "a filter that was just made names no post",
	}
}

// emptyLists is every property whose list is always empty.
func emptyLists() map[string]string {
	return map[string]string{
		"annual_reports": "none are made",
		"member_hosts":   "of communities that live at several hosts, tested in internal/testrig",
		"icon":           "the instance has no picture of its own",
		"manual":         "quotes are taken or refused at once, by what the author said (FEP-044f)",
	}
}
