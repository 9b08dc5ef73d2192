package activitypub

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"praxis/models"
)

const activityBody = `{"type":"Like"}`

// send posts to an inbox; a size below zero leaves the length unsaid.
func (h *house) send(path, contentType string, body io.Reader, change func(*http.Request)) *httptest.ResponseRecorder {
	h.t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, body)
	r.Header.Set("Content-Type", contentType)
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	return w
}

func TestInboxHandsOn(t *testing.T) {
	h := newHouse(t, nil)
	alice := h.member("alice")
	care := h.community("care", alice)
	instance, err := h.service.EnsureInstanceActor(t.Context())
	h.must(err)
	for path, owner := range map[string]*models.Actor{"/inbox": nil, "/u/alice/inbox": alice, "/c/care/inbox": care, "/actor/inbox": instance} {
		w := h.send(path, "application/activity+json", strings.NewReader(activityBody), nil)
		h.status(w, http.StatusAccepted)
		if string(h.receiver.body) != activityBody {
			t.Errorf("%s: body %q", path, h.receiver.body)
		}
		if got := h.receiver.owner; (got == nil) != (owner == nil) || got != nil && got.ID != owner.ID {
			t.Errorf("%s: owner %v", path, got)
		}
	}
	if h.receiver.calls != 4 {
		t.Errorf("%d calls", h.receiver.calls)
	}
}

func TestInboxAnswers(t *testing.T) {
	h := newHouse(t, nil)
	for _, tc := range []struct {
		status  int
		err     error
		want    int
		says    string
		retries bool
	}{
		{202, nil, 202, "", false},
		{401, models.Errorf(models.Unauthorized, "The signature is stale."), 401, "The signature is stale.", false},
		{400, errors.New("inner detail"), 400, "Bad Request", false},
		{403, errors.New("inner detail"), 403, "Forbidden", false},
		{429, errors.New("inner detail"), 429, "Too Many Requests", true},
		{503, errors.New("inner detail"), 503, "Service Unavailable", true},
		{500, errors.New("inner detail"), 503, "Service Unavailable", true},
		{0, errors.New("inner detail"), 503, "Service Unavailable", true},
	} {
		h.receiver.status, h.receiver.err = tc.status, tc.err
		w := h.send("/inbox", "application/activity+json", strings.NewReader(activityBody), nil)
		h.status(w, tc.want)
		if tc.says == "" && w.Body.Len() > 0 || tc.says != "" && w.Body.String() != `{"error":"`+tc.says+`"}` {
			t.Errorf("%d: says %s", tc.status, w.Body)
		}
		if got := w.Header().Get("Retry-After") != ""; got != tc.retries {
			t.Errorf("%d: Retry-After %v", tc.status, got)
		}
	}
}

func TestInboxMediaTypes(t *testing.T) {
	h := newHouse(t, nil)
	for contentType, want := range map[string]int{
		"application/activity+json":                                                                  202,
		"application/activity+json; charset=utf-8":                                                   202,
		"Application/Activity+JSON":                                                                  202,
		`application/ld+json; profile="https://www.w3.org/ns/activitystreams"`:                       202,
		`application/ld+json; charset=utf-8; profile="https://www.w3.org/ns/activitystreams"`:        202,
		`application/ld+json; profile="https://example.org/p https://www.w3.org/ns/activitystreams"`: 202,
		`application/ld+json`:                                                                        415,
		`application/ld+json; profile="https://www.w3.org/ns/activitystreamsX"`:                      415,
		"application/json":                415,
		"text/plain":                      415,
		"":                                415,
		"multipart/form-data; boundary=x": 415,
	} {
		w := h.send("/inbox", contentType, strings.NewReader(activityBody), nil)
		if w.Code != want {
			t.Errorf("%q: status %d, want %d", contentType, w.Code, want)
		}
	}
	w := h.send("/inbox", "application/activity+json", strings.NewReader(activityBody), func(r *http.Request) {
		r.Header.Add("Content-Type", "text/plain")
	})
	h.status(w, http.StatusUnsupportedMediaType)
}

func TestC05_InboxRefusesCompressedBodies(t *testing.T) {
	h := newHouse(t, nil)
	for encoding, want := range map[string]int{"": 202, "identity": 202, "gzip": 415, "br": 415, "gzip, identity": 415} {
		w := h.send("/inbox", "application/activity+json", strings.NewReader(activityBody), func(r *http.Request) {
			r.Header.Set("Content-Encoding", encoding)
		})
		if w.Code != want {
			t.Errorf("%q: status %d, want %d", encoding, w.Code, want)
		}
	}
}

// unread fails the test when it is read.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("the body was read")
	return 0, io.EOF
}

func TestC01_LargeActivityIsRefusedUnread(t *testing.T) {
	h := newHouse(t, nil)
	w := h.send("/inbox", "application/activity+json", unread{t}, func(r *http.Request) { r.ContentLength = maxActivity + 1 })
	h.status(w, http.StatusRequestEntityTooLarge)
	if h.receiver.calls != 0 {
		t.Error("it was handed on")
	}
}

func TestC02_LargeActivityWithoutLengthIsRefused(t *testing.T) {
	h := newHouse(t, nil)
	for size, want := range map[int]int{maxActivity: 202, maxActivity + 1: 413} {
		w := h.send("/inbox", "application/activity+json", bytes.NewReader(make([]byte, size)), func(r *http.Request) { r.ContentLength = -1 })
		h.status(w, want)
	}
	if h.receiver.calls != 1 {
		t.Errorf("%d were handed on", h.receiver.calls)
	}
}

func TestC03_ShortBodyIsRefused(t *testing.T) {
	h := newHouse(t, nil)
	w := h.send("/inbox", "application/activity+json", strings.NewReader(""), nil)
	h.status(w, http.StatusBadRequest)
	server := httptest.NewServer(h.handler)
	defer server.Close()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	h.must(err)
	defer conn.Close()
	_, _ = fmt.Fprintf(conn, "POST /inbox HTTP/1.1\r\nHost: a.test\r\nContent-Type: application/activity+json\r\nContent-Length: 100\r\n\r\n{}")
	h.must(conn.(*net.TCPConn).CloseWrite())
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	h.must(err)
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusBadRequest {
		t.Errorf("status %d of half a body", resp.StatusCode)
	}
	if h.receiver.calls != 0 {
		t.Error("half a body was handed on")
	}
}

func TestInboxOwners(t *testing.T) {
	h := newHouse(t, nil)
	gone, suspended := h.member("gone"), h.member("suspended")
	h.must(h.service.DeleteActor(t.Context(), gone))
	suspended.SuspendedAt = models.At(h.store.Now())
	h.must(h.store.Tx(t.Context(), func(tx *models.Tx) error { return tx.UpdateActor(suspended) }))
	for path, want := range map[string]int{
		"/u/nobody/inbox": 404, "/c/gone/inbox": 404, "/actor/inbox": 404, "/u/gone/inbox": 410, "/u/suspended/inbox": 202,
	} {
		w := h.send(path, "application/activity+json", strings.NewReader(activityBody), nil)
		if w.Code != want {
			t.Errorf("%s: status %d, want %d", path, w.Code, want)
		}
	}
}

func TestInboxTakesPostOnly(t *testing.T) {
	h := newHouse(t, nil)
	for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodDelete} {
		w := h.send("/inbox", "application/activity+json", strings.NewReader(activityBody), func(r *http.Request) { r.Method = method })
		h.status(w, http.StatusMethodNotAllowed)
		if w.Header().Get("Allow") != http.MethodPost {
			t.Errorf("%s: Allow %q", method, w.Header().Get("Allow"))
		}
	}
}

func FuzzInboxHead(f *testing.F) {
	f.Add("application/activity+json", "")
	f.Add(`application/ld+json; profile="https://www.w3.org/ns/activitystreams"`, "gzip")
	f.Add(`application/ld+json; profile="`, "\x00")
	f.Fuzz(func(t *testing.T, contentType, encoding string) {
		r := httptest.NewRequest(http.MethodPost, "/inbox", strings.NewReader(activityBody))
		r.Header["Content-Type"], r.Header["Content-Encoding"] = []string{contentType}, []string{encoding}
		if acceptable(r) == nil && !strings.Contains(strings.ToLower(contentType), "json") {
			t.Errorf("%q was taken for an activity", contentType)
		}
	})
}
