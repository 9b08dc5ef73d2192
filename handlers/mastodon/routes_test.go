package mastodon

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gorilla/mux"
)

// TestEveryRouteAnswersJSON: clients take anything else for a broken server, also where something is refused.
func TestEveryRouteAnswersJSON(t *testing.T) {
	h := newHouse(t)
	alice := h.member("alice")
	for _, rt := range h.server.routes() {
		for _, id := range []string{"1", "0", "-1", "abc", "99999999999999999999", "%00", "ungrouped-1"} {
			path := strings.NewReplacer("{id}", id, "{tag}", id, "{key}", id).Replace(rt.path)
			for _, method := range rt.methods {
				for _, token := range []string{"", "nonsense", h.tokens[alice.ID]} {
					// send checks the content type.
					a := h.send(token, method, path, nil)
					if a.Code >= http.StatusInternalServerError {
						t.Errorf("%s %s with token %q: %d %s", method, path, token, a.Code, a.Body)
					}
					if rt.member && token != h.tokens[alice.ID] && a.Code != http.StatusUnauthorized {
						t.Errorf("%s %s with token %q: %d, want 401", method, path, token, a.Code)
					}
				}
			}
			if !strings.ContainsRune(rt.path, '{') {
				break
			}
		}
	}
}

func TestUnknownPathsAnswerJSON(t *testing.T) {
	h := newHouse(t)
	alice := h.member("alice")
	for _, c := range []struct{ method, path string }{
		{http.MethodGet, "/api/v1/nothing"},
		{http.MethodGet, "/api"},
		{http.MethodGet, "/api/v3/x/y"},
		{http.MethodPost, "/api/v1/timelines/home"},
		{http.MethodGet, "/api/v1/streaming"},
		{http.MethodGet, "/api/v1/lists/1"},
		{http.MethodGet, "/api/v1/timelines/list/1"},
		{http.MethodGet, "/api/v1/polls/1"},
		{http.MethodDelete, "/api/v2/filters/1"},
		{http.MethodGet, "/api/v1/media/1"},
		{http.MethodPost, "/api/v1/polls/1/votes"},
		{http.MethodGet, "/api/v1/instance/domain_blocks"},
	} {
		h.as(alice, c.method, c.path, nil).absent()
	}
}

// TestRoutesAreReached: a route that another one before it matches is never reached.
func TestRoutesAreReached(t *testing.T) {
	router := mux.NewRouter()
	(&Server{}).Routes(router)
	count := 0
	for _, rt := range (&Server{}).routes() {
		path := strings.NewReplacer("{id}", "1", "{tag}", "x", "{key}", "ungrouped-1").Replace(rt.path)
		for _, method := range rt.methods {
			count++
			var match mux.RouteMatch
			if !router.Match(httptest.NewRequest(method, path, nil), &match) {
				t.Fatalf("%s %s matches nothing", method, path)
			}
			if got, err := match.Route.GetPathTemplate(); err != nil || got != rt.path {
				t.Errorf("%s %s is taken by %s", method, rt.path, got)
			}
		}
	}
	if count < 100 {
		t.Errorf("only %d routes", count)
	}
}

// TestRoutesAreDistinct: of two routes with one address the second would never be reached.
func TestRoutesAreDistinct(t *testing.T) {
	seen := map[string]bool{}
	for _, rt := range (&Server{}).routes() {
		for _, method := range rt.methods {
			if key := method + " " + rt.path; seen[key] {
				t.Errorf("%s stands there twice", key)
			} else {
				seen[key] = true
			}
		}
	}
}

// TestEmptyAnswersAreLists: clients read null as a failure.
func TestEmptyAnswersAreLists(t *testing.T) {
	h := newHouse(t)
	alice := h.member("alice")
	a := h.get(alice, pathOf("/api/v1/accounts/{id}/identity_proofs", alice.ID)).status(http.StatusOK)
	if a.Body.String() != "[]" {
		t.Errorf("it answers %s", a.Body)
	}
	h.get(alice, "/api/v1/push/subscription").absent()
}

// TestTranslationsAreOff: as Mastodon says it where no service translates.
func TestTranslationsAreOff(t *testing.T) {
	h := newHouse(t)
	alice := h.member("alice")
	post := h.write(alice, "hello", "public", nil)
	h.post(alice, pathOf("/api/v1/statuses/{id}/translate", post.ID), nil).absent()
}

func TestAnswersAreNotStoredOnTheWay(t *testing.T) {
	h := newHouse(t)
	alice := h.member("alice")
	for _, path := range []string{"/api/v1/timelines/home", "/api/v1/timelines/public", "/api/v1/accounts/1"} {
		a := h.get(alice, path)
		if got := a.Header().Get("Cache-Control"); got != "private, no-store" {
			t.Errorf("%s: Cache-Control %q", path, got)
		}
		if got := a.Header().Get("Vary"); got != "Authorization" {
			t.Errorf("%s: Vary %q", path, got)
		}
	}
}

func TestStandInImages(t *testing.T) {
	h := newHouse(t)
	for _, path := range []string{avatarPath, headerPath} {
		w := httptest.NewRecorder()
		h.handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "image/png" || http.DetectContentType(w.Body.Bytes()) != "image/png" {
			t.Errorf("%s: %d %s", path, w.Code, w.Header())
		}
	}
}
