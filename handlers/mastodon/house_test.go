package mastodon

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/mux"

	"praxis/federation/outbox"
	"praxis/handlers/oauth"
	"praxis/handlers/page"
	"praxis/internal/media"
	"praxis/internal/password"
	"praxis/internal/testdb"
	"praxis/internal/testkeys"
	"praxis/models"
	"praxis/practice"
)

// house is one instance with a real store, real verbs and a real authorization server; the rest of the world is played.
type house struct {
	t          *testing.T
	service    *practice.Service
	store      *models.Store
	oauth      *oauth.Server
	server     *Server
	handler    http.Handler
	world      *world
	seconds    atomic.Int64
	statements atomic.Int64
	tokens     map[int64]string
	folder     string // of files
}

// world is all other hosts: what is asked for by handle or address, beside what the store knows.
type world struct {
	store *models.Store
	found map[string]any // *models.Actor or *models.Post
	asked []string
}

func (w *world) FindByHandle(ctx context.Context, user, host string) (*models.Actor, error) {
	handle := models.Handle(user, host)
	if actor, err := w.store.Read(ctx).ActorByHandle(user, host); err == nil {
		return actor, nil
	}
	w.asked = append(w.asked, handle)
	if actor, ok := w.found[handle].(*models.Actor); ok {
		return actor, nil
	}
	return nil, models.Errorf(models.NotFound, "nobody is called %s", handle)
}

func (w *world) FindByURI(_ context.Context, uri string) (*models.Actor, *models.Post, error) {
	w.asked = append(w.asked, uri)
	switch found := w.found[uri].(type) {
	case *models.Actor:
		return found, nil, nil
	case *models.Post:
		return nil, found, nil
	}
	return nil, nil, models.Errorf(models.Unavailable, "%s does not answer", uri)
}

func (w *world) FindInstance(_ context.Context, host string) (*models.Actor, error) {
	if found, ok := w.found[host].(*models.Actor); ok {
		return found, nil
	}
	return nil, models.Errorf(models.Unavailable, "%s does not answer", host)
}

const everything = "read write follow push profile"

func newHouse(t *testing.T) *house { return newHouseOn(t, testdb.SQLite(t)) }

func newHouseOn(t *testing.T, database string) *house {
	t.Helper()
	h := &house{t: t, tokens: map[int64]string{}, folder: t.TempDir()}
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	now := func() time.Time { return start.Add(time.Duration(h.seconds.Add(1)) * time.Second) }
	store, err := models.Open(t.Context(), database, models.Options{Now: now, Trace: func(string) { h.statements.Add(1) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	log := slog.New(slog.DiscardHandler)
	links := practice.Links{Base: "https://a.test", Host: "a.test"}
	h.store, h.world = store, &world{store: store, found: map[string]any{}}
	h.service = practice.New(store, links, practice.Limits{}, log)
	h.service.UseMedia(practice.Media{Store: media.NewFolder(h.folder), Decoder: media.NewDecoder()})
	h.service.UseKeys((&testkeys.Ring{}).Next)
	h.service.Connect(h.world, outbox.NewWriter(links))
	h.oauth, err = oauth.New(oauth.Config{
		Service: h.service, Page: page.New(page.Config{Name: "A", Host: "a.test", Log: log}), Hashing: password.Cheap(),
		ClientIP: func(*http.Request) netip.Addr { return netip.MustParseAddr("192.0.2.1") }, Now: now, Log: log,
	})
	h.must(err)
	h.server = New(Config{
		Service: h.service, OAuth: h.oauth, Name: "A", Description: "A house", Version: "1.2.3",
		SourceURL: "https://code.test/praxis", ContactEmail: "admin@a.test", Registrations: "closed", Now: now, Log: log,
	})
	router := mux.NewRouter()
	h.oauth.Routes(router)
	h.server.Routes(router)
	h.handler = router
	return h
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// member makes a member whose token covers everything.
func (h *house) member(name string) *models.Actor {
	h.t.Helper()
	actor, err := h.service.CreateMember(h.t.Context(), practice.NewMember{Username: name, DisplayName: strings.ToUpper(name)})
	h.must(err)
	h.tokens[actor.ID] = h.token(actor, everything)
	return actor
}

func (h *house) token(actor *models.Actor, scopes string) string {
	h.t.Helper()
	token, err := h.oauth.IssueToken(h.t.Context(), actor, "test", scopes)
	h.must(err)
	return token
}

func (h *house) community(name string, convener *models.Actor, request bool) *models.Actor {
	h.t.Helper()
	actor, err := h.service.CreateCommunity(h.t.Context(), practice.NewCommunity{
		Username: name, DisplayName: name, Convener: convener, Request: request,
	})
	h.must(err)
	return actor
}

// remote makes an actor of another host that is known here.
func (h *house) remote(name, host, kind string) *models.Actor {
	h.t.Helper()
	uri := "https://" + host + "/users/" + name
	actor := &models.Actor{
		URI: uri, Type: kind, Username: name, Host: host, Inbox: uri + "/inbox", FollowersURI: uri + "/followers", Discoverable: true,
	}
	h.must(h.store.Tx(h.t.Context(), func(tx *models.Tx) error { return tx.CreateActor(actor) }))
	return actor
}

func (h *house) follows(actor, target *models.Actor) {
	h.t.Helper()
	follow := &models.Follow{URI: actor.URI + "#f/" + target.URI, ActorID: actor.ID, TargetID: target.ID, State: models.FollowAccepted, ShowReblogs: true}
	h.must(h.store.Tx(h.t.Context(), func(tx *models.Tx) error { return tx.PutFollow(follow) }))
}

func (h *house) write(author *models.Actor, text, visibility string, parent *models.Post) *models.Post {
	h.t.Helper()
	post, err := h.service.Post(h.t.Context(), practice.Draft{Author: author, Text: text, Visibility: visibility, InReplyTo: parent})
	h.must(err)
	return post
}

// receive stores a post of a remote author as the inbox would.
func (h *house) receive(draft practice.Draft) *models.Post {
	h.t.Helper()
	post, err := h.service.Post(h.t.Context(), draft)
	h.must(err)
	return post
}

// answer is what a request brought.
type answer struct {
	t *testing.T
	*httptest.ResponseRecorder
}

// send makes a request; the body is a map for JSON, a string for a form, nil for none.
func (h *house) send(token, method, path string, body any) answer {
	h.t.Helper()
	var reader io.Reader
	kind := ""
	switch body := body.(type) {
	case nil:
	case string:
		reader, kind = strings.NewReader(body), "application/x-www-form-urlencoded"
	default:
		raw, err := json.Marshal(body)
		h.must(err)
		reader, kind = bytes.NewReader(raw), "application/json"
	}
	r := httptest.NewRequestWithContext(h.t.Context(), method, path, reader)
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	return h.do(token, r)
}

func (h *house) do(token string, r *http.Request) answer {
	h.t.Helper()
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	a := answer{h.t, w}
	if kind := w.Header().Get("Content-Type"); kind != "application/json; charset=utf-8" {
		h.t.Errorf("%s %s answers %q: %s", r.Method, r.URL, kind, w.Body)
	}
	return a
}

// as makes a request of a member; nil for nobody.
func (h *house) as(actor *models.Actor, method, path string, body any) answer {
	h.t.Helper()
	if actor == nil {
		return h.send("", method, path, body)
	}
	return h.send(h.tokens[actor.ID], method, path, body)
}

func (h *house) get(actor *models.Actor, path string) answer {
	h.t.Helper()
	return h.as(actor, http.MethodGet, path, nil)
}

func (h *house) post(actor *models.Actor, path string, body any) answer {
	h.t.Helper()
	return h.as(actor, http.MethodPost, path, body)
}

func (a answer) status(want int) answer {
	a.t.Helper()
	if a.Code != want {
		a.t.Fatalf("status %d, want %d: %s", a.Code, want, a.Body)
	}
	return a
}

// into reads a good answer.
func (a answer) into(v any) {
	a.t.Helper()
	a.status(http.StatusOK)
	if err := json.Unmarshal(a.Body.Bytes(), v); err != nil {
		a.t.Fatalf("%v: %s", err, a.Body)
	}
}

func (a answer) object() map[string]any {
	a.t.Helper()
	var v map[string]any
	a.into(&v)
	return v
}

func (a answer) list() []map[string]any {
	a.t.Helper()
	v := []map[string]any{}
	a.into(&v)
	return v
}

// refused checks an error and gives its text.
func (a answer) refused(want int) string {
	a.t.Helper()
	a.status(want)
	var body struct{ Error string }
	if err := json.Unmarshal(a.Body.Bytes(), &body); err != nil || body.Error == "" {
		a.t.Fatalf("no error text in %s", a.Body)
	}
	return body.Error
}

// absent checks that an answer tells nothing.
func (a answer) absent() {
	a.t.Helper()
	if text := a.refused(http.StatusNotFound); text != "Record not found" || strings.Contains(a.Body.String(), "details") {
		a.t.Errorf("a 404 says %s", a.Body)
	}
}

func idsOf(list []map[string]any) []string {
	found := []string{}
	for _, entry := range list {
		id, _ := entry["id"].(string)
		found = append(found, id)
	}
	return found
}

func pathOf(pattern string, id int64) string {
	return strings.ReplaceAll(pattern, "{id}", formatID(id))
}

// Refresh gives an actor as it is known here.
func (w *world) Refresh(ctx context.Context, uri string) (*models.Actor, error) {
	return w.store.Read(ctx).ActorByURI(uri)
}

// Charter gives what a community elsewhere agreed on.
func (w *world) Charter(_ context.Context, group *models.Actor) (said, address string, err error) {
	address = group.URI + "/charter"
	if text, ok := w.found[address].(string); ok {
		return text, address, nil
	}
	return "", "", models.Errorf(models.NotFound, "%s has no charter", group.URI)
}
