package activitypub

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/mux"

	"praxis/federation/outbox"
	"praxis/handlers/middleware"
	"praxis/internal/testkeys"
	"praxis/models"
	"praxis/practice"
)

const asAccept = `application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams"`

const browserAccept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

// house is one instance with a real store and real verbs; who signed and what the inbox says are played.
type house struct {
	t        *testing.T
	service  *practice.Service
	store    *models.Store
	handler  http.Handler
	receiver *playedReceiver
	seconds  atomic.Int64
}

// playedReceiver remembers what it was given and answers as it is told.
type playedReceiver struct {
	status int
	err    error
	calls  int
	body   []byte
	owner  *models.Actor
}

func (p *playedReceiver) Receive(_ context.Context, _ *http.Request, body []byte, owner *models.Actor) (int, error) {
	p.calls++
	p.body, p.owner = body, owner
	return p.status, p.err
}

// signerHeader plays the signature: it names the actor that signed, or what is wrong with the signature.
const signerHeader = "X-Signed-By"

type playedFetchers struct{ store *models.Store }

func (p playedFetchers) Voucher(context.Context, *http.Request, *models.Actor) (*models.Actor, error) {
	return nil, models.Errorf(models.Forbidden, "Nobody vouches here.")
}

func (p playedFetchers) MayVouch(context.Context, *models.Actor, *models.Actor) (bool, error) {
	return false, nil
}

func (p playedFetchers) Fetcher(ctx context.Context, r *http.Request) (*models.Actor, error) {
	switch signer := r.Header.Get(signerHeader); signer {
	case "":
		return nil, nil
	case "bad":
		return nil, errors.New("digest does not match")
	case "busy":
		return nil, models.Errorf(models.Unavailable, "The key could not be fetched.")
	case "blocked":
		return nil, models.Errorf(models.Forbidden, "This host is blocked.")
	default:
		return p.store.Read(ctx).ActorByURI(signer)
	}
}

// nobody is a directory of an empty world.
type nobody struct{}

func (nobody) FindByHandle(context.Context, string, string) (*models.Actor, error) {
	return nil, models.Errorf(models.NotFound, "nobody")
}

func (nobody) FindByURI(context.Context, string) (*models.Actor, *models.Post, error) {
	return nil, nil, models.Errorf(models.NotFound, "nothing")
}

func (nobody) FindInstance(context.Context, string) (*models.Actor, error) {
	return nil, models.Errorf(models.NotFound, "no server")
}

func newHouse(t *testing.T, change func(*Config)) *house {
	t.Helper()
	h := &house{t: t, receiver: &playedReceiver{status: http.StatusAccepted}}
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	store, err := models.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "t.db"), models.Options{
		Now: func() time.Time { return start.Add(time.Duration(h.seconds.Add(1)) * time.Second) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	links := practice.Links{Base: "https://a.test", Host: "a.test"}
	h.store = store
	h.service = practice.New(store, links, practice.Limits{}, slog.New(slog.DiscardHandler))
	h.service.UseKeys((&testkeys.Ring{}).Next)
	h.service.Connect(nobody{}, outbox.NewWriter(links))
	cfg := Config{
		Service: h.service, Verifier: playedFetchers{store}, Receive: h.receiver, Name: "A", Description: "A house",
		Version: "1.2.3", Repository: "https://code.test/praxis", Registrations: "closed", Log: slog.New(slog.DiscardHandler),
		ClientIP: middleware.ClientIP(nil), Requests: 8,
	}
	if change != nil {
		change(&cfg)
	}
	router := mux.NewRouter()
	New(cfg).Routes(router)
	h.handler = router
	return h
}

func secure(cfg *Config) { cfg.SecureMode = true }

func (h *house) member(name string) *models.Actor {
	h.t.Helper()
	actor, err := h.service.CreateMember(h.t.Context(), practice.NewMember{Username: name, DisplayName: strings.ToUpper(name)})
	h.must(err)
	return actor
}

func (h *house) community(name string, convener *models.Actor) *models.Actor {
	h.t.Helper()
	actor, err := h.service.CreateCommunity(h.t.Context(), practice.NewCommunity{Username: name, DisplayName: name, Convener: convener})
	h.must(err)
	return actor
}

func (h *house) remote(name, host string) *models.Actor {
	h.t.Helper()
	uri := "https://" + host + "/users/" + name
	actor := &models.Actor{URI: uri, Type: models.TypePerson, Username: name, Host: host, Inbox: uri + "/inbox", FollowersURI: uri + "/followers"}
	h.must(h.store.Tx(h.t.Context(), func(tx *models.Tx) error { return tx.CreateActor(actor) }))
	return actor
}

func (h *house) follows(actor, target *models.Actor) {
	h.t.Helper()
	follow := &models.Follow{URI: actor.URI + "#f/" + target.URI, ActorID: actor.ID, TargetID: target.ID, State: models.FollowAccepted}
	h.must(h.store.Tx(h.t.Context(), func(tx *models.Tx) error { return tx.PutFollow(follow) }))
}

func (h *house) post(author *models.Actor, text, visibility string, parent *models.Post) *models.Post {
	h.t.Helper()
	post, err := h.service.Post(h.t.Context(), practice.Draft{Author: author, Text: text, Visibility: visibility, InReplyTo: parent})
	h.must(err)
	return post
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// path gives the path of an address of ours.
func (h *house) path(uri string) string {
	h.t.Helper()
	path, ok := strings.CutPrefix(uri, "https://a.test")
	if !ok {
		h.t.Fatalf("%q is no address of ours", uri)
	}
	return path
}

// get asks as a server does; pairs are header names and values.
func (h *house) get(path string, pairs ...string) *httptest.ResponseRecorder {
	h.t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept", asAccept)
	for i := 0; i < len(pairs); i += 2 {
		r.Header.Set(pairs[i], pairs[i+1])
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	return w
}

func (h *house) getAs(signer *models.Actor, path string) *httptest.ResponseRecorder {
	h.t.Helper()
	return h.get(path, signerHeader, signer.URI)
}

// doc reads a good ActivityStreams answer and checks what is true of each of them.
func (h *house) doc(w *httptest.ResponseRecorder) map[string]any {
	h.t.Helper()
	if w.Code != http.StatusOK {
		h.t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	return h.body(w)
}

func (h *house) body(w *httptest.ResponseRecorder) map[string]any {
	h.t.Helper()
	if got := w.Header().Get("Content-Type"); got != "application/activity+json; charset=utf-8" {
		h.t.Errorf("content type %q", got)
	}
	if got := w.Header().Get("Vary"); got != "Accept, Signature" {
		h.t.Errorf("Vary %q", got)
	}
	doc := decode(h.t, w.Body)
	if doc["@context"] == nil {
		h.t.Error("no @context")
	}
	noNulls(h.t, "", doc)
	return doc
}

func decode(t *testing.T, from io.Reader) map[string]any {
	t.Helper()
	var doc map[string]any
	if err := json.NewDecoder(from).Decode(&doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

func noNulls(t *testing.T, path string, v any) {
	t.Helper()
	switch v := v.(type) {
	case nil:
		t.Errorf("null at %s", path)
	case map[string]any:
		for key, value := range v {
			noNulls(t, path+"/"+key, value)
		}
	case []any:
		for _, value := range v {
			noNulls(t, path+"/[]", value)
		}
	}
}

func (h *house) status(w *httptest.ResponseRecorder, want int) {
	h.t.Helper()
	if w.Code != want {
		h.t.Errorf("status %d, want %d: %s", w.Code, want, w.Body)
	}
}

// notFound checks that an answer tells nothing.
func (h *house) notFound(w *httptest.ResponseRecorder) {
	h.t.Helper()
	h.status(w, http.StatusNotFound)
	if got := w.Body.String(); got != `{"error":"There is nothing here."}` {
		h.t.Errorf("a 404 says %s", got)
	}
	if got := w.Header().Get("Cache-Control"); got != cachePrivate {
		h.t.Errorf("a 404 has Cache-Control %q", got)
	}
}

func (nobody) Charter(context.Context, *models.Actor) (said, address string, err error) {
	return "", "", models.Errorf(models.NotFound, "no charter")
}

func (nobody) Refresh(context.Context, string) (*models.Actor, error) {
	return nil, models.Errorf(models.NotFound, "nothing")
}
