package mastodon

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"testing"
	"time"

	"github.com/gorilla/mux"
)

// limited gives a house whose server takes few requests, from the address that the header names.
func limited(t *testing.T) (*house, *time.Time) {
	h := newHouse(t)
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	h.server = New(Config{
		Service: h.service, OAuth: h.oauth, Name: "A", Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler),
		Limits:   Limits{Requests: 5, Uploads: 1, Deletes: 2},
		ClientIP: func(r *http.Request) netip.Addr { return netip.MustParseAddr(r.Header.Get("X-Test-Address")) },
	})
	router := mux.NewRouter()
	h.server.Routes(router)
	h.handler = router
	return h, &now
}

func from(h *house, address, token string) answer {
	r := httptest.NewRequest(http.MethodGet, "/api/v1/timelines/public", nil)
	r.Header.Set("X-Test-Address", address)
	return h.do(token, r)
}

// TestF11_RequestsAreLimited: by token, whatever the address; and by address without a good token.
func TestF11_RequestsAreLimited(t *testing.T) {
	h, now := limited(t)
	alice := h.member("alice")
	token, other := h.tokens[alice.ID], h.token(alice, everything)
	for i := range 5 {
		a := from(h, "192.0.2."+strconv.Itoa(i+1), token).status(http.StatusOK)
		if a.Header().Get("X-RateLimit-Limit") != "5" || a.Header().Get("X-RateLimit-Remaining") != strconv.Itoa(4-i) || a.Header().Get("X-RateLimit-Reset") != "2026-03-01T12:05:00.000000Z" {
			t.Errorf("request %d: %v", i, a.Header())
		}
	}
	a := from(h, "192.0.2.1", token)
	a.refused(http.StatusTooManyRequests)
	if a.Header().Get("X-RateLimit-Remaining") != "0" || a.Header().Get("Retry-After") != "301" {
		t.Errorf("refused with %v", a.Header())
	}
	from(h, "192.0.2.1", other).status(http.StatusOK)
	for i, address := range []string{"2001:db8::1", "2001:db8::2", "2001:db8:0:0:1::", "2001:db8::1"} {
		from(h, address, "").status(http.StatusOK)
		if i == 3 {
			from(h, address, "made up").refused(http.StatusUnauthorized)
		}
	}
	from(h, "2001:db8::3", "").refused(http.StatusTooManyRequests)
	from(h, "2001:db8::3", "made up as well").refused(http.StatusTooManyRequests)
	from(h, "2001:db8:0:1::3", "").status(http.StatusOK)
	*now = now.Add(5 * time.Minute)
	from(h, "2001:db8::3", "").status(http.StatusOK)
	from(h, "192.0.2.1", token).status(http.StatusOK)
}

func TestDeletesAreLimited(t *testing.T) {
	h, now := limited(t)
	alice := h.member("alice")
	drop := func() answer {
		post := h.write(alice, "x", "public", nil)
		return h.as(alice, http.MethodDelete, pathOf("/api/v1/statuses/{id}", post.ID), nil)
	}
	drop().status(http.StatusOK)
	if a := drop().status(http.StatusOK); a.Header().Get("X-RateLimit-Limit") != "2" || a.Header().Get("X-RateLimit-Remaining") != "0" {
		t.Errorf("headers %v", a.Header())
	}
	post := h.write(alice, "x", "public", nil)
	h.post(alice, pathOf("/api/v1/statuses/{id}/unreblog", post.ID), nil).refused(http.StatusTooManyRequests)
	h.get(alice, "/api/v1/timelines/home").status(http.StatusOK)
	*now = now.Add(6 * time.Minute)
	drop().refused(http.StatusTooManyRequests)
	if _, err := h.store.Read(t.Context()).VisiblePost(post.ID, alice.ID); err != nil {
		t.Error(err)
	}
	*now = now.Add(25 * time.Minute)
	drop().status(http.StatusOK)
}

// TestLimitsForget: what is remembered is bounded, and who came last is not forgotten.
func TestLimitsForget(t *testing.T) {
	w := newWindows(1, time.Minute)
	now := time.Unix(0, 0)
	for i := range maxWindows + 10 {
		w.take(strconv.Itoa(i), now)
	}
	if w.all.Len() > maxWindows+1 || len(w.keys) != w.all.Len() {
		t.Errorf("%d windows, %d keys", w.all.Len(), len(w.keys))
	}
	if !w.take(strconv.Itoa(maxWindows+9), now).over {
		t.Error("the last one is forgotten")
	}
	if w.take("x", now.Add(time.Hour)); w.all.Len() != 1 {
		t.Errorf("%d windows after their end", w.all.Len())
	}
	if newWindows(0, time.Minute).take("x", now) != nil {
		t.Error("a limit of 0 limits")
	}
}

func TestStableAnswersAreRevalidated(t *testing.T) {
	h := newHouse(t)
	alice, bob := h.member("alice"), h.member("bob")
	ask := func(token, path, tag string) answer {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("If-None-Match", tag)
		r.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		h.handler.ServeHTTP(w, r)
		return answer{t, w}
	}
	for _, path := range []string{"/api/v1/instance", "/api/v2/instance", "/api/v1/custom_emojis", "/api/v2/filters"} {
		first := h.get(alice, path).status(http.StatusOK)
		tag := first.Header().Get("ETag")
		if tag == "" || first.Header().Get("Cache-Control") != "private, no-cache" || first.Header().Get("Vary") != "Authorization" {
			t.Errorf("%s: %v", path, first.Header())
		}
		for _, given := range []string{tag, `"x", ` + tag, "*", tag[2:]} {
			if a := ask(h.tokens[alice.ID], path, given).status(http.StatusNotModified); a.Body.Len() != 0 {
				t.Errorf("%s: %s", path, a.Body)
			}
		}
		ask(h.tokens[alice.ID], path, `W/"x"`).status(http.StatusOK)
	}
	tag := h.get(alice, "/api/v2/filters").Header().Get("ETag")
	h.post(alice, "/api/v2/filters", "title=x&context[]=home").status(http.StatusOK)
	ask(h.tokens[alice.ID], "/api/v2/filters", tag).status(http.StatusOK)
	ask(h.tokens[bob.ID], "/api/v2/filters", h.get(alice, "/api/v2/filters").Header().Get("ETag")).status(http.StatusOK)
	ask("made up", "/api/v2/filters", "*").status(http.StatusUnauthorized)
}
