package web

import (
	"context"
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
	"praxis/handlers/page"
	"praxis/internal/testkeys"
	"praxis/models"
	"praxis/practice"
)

// sessionCookie plays the session: it names the member that is signed in.
const sessionCookie = "member"

// house is one instance with a real store and real verbs; who is signed in is played.
type house struct {
	t          *testing.T
	service    *practice.Service
	store      *models.Store
	handler    http.Handler
	seconds    atomic.Int64
	statements atomic.Int64
}

// phonebook is a directory that knows whom the store knows.
type phonebook struct{ store *models.Store }

func (p phonebook) FindByHandle(ctx context.Context, user, host string) (*models.Actor, error) {
	return p.store.Read(ctx).ActorByHandle(user, host)
}

func (phonebook) FindByURI(context.Context, string) (*models.Actor, *models.Post, error) {
	return nil, nil, models.Errorf(models.NotFound, "nothing")
}

func (phonebook) FindInstance(context.Context, string) (*models.Actor, error) {
	return nil, models.Errorf(models.NotFound, "no server")
}

func newHouse(t *testing.T, change func(*Config)) *house {
	t.Helper()
	h := &house{t: t}
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	store, err := models.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "t.db"), models.Options{
		Now:   func() time.Time { return start.Add(time.Duration(h.seconds.Add(1)) * time.Second) },
		Trace: func(string) { h.statements.Add(1) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	links := practice.Links{Base: "https://hospital.example", Host: "hospital.example"}
	log := slog.New(slog.DiscardHandler)
	h.store = store
	h.service = practice.New(store, links, practice.Limits{}, log)
	h.service.UseKeys((&testkeys.Ring{}).Next)
	h.service.Connect(phonebook{store}, outbox.NewWriter(links))
	description := "The place where the people of St. Anna's Hospital share what they learn at work."
	renderer := page.New(page.Config{Name: "St. Anna's Hospital", Host: links.Host, Description: description, Log: log})
	cfg := Config{
		Service: h.service, Page: renderer, SignedIn: h.signedIn, Name: "St. Anna's Hospital", Description: description,
		ContactEmail: "office@hospital.example", Version: "1.2.3", Repository: "https://code.example/praxis", Log: log,
	}
	if change != nil {
		change(&cfg)
	}
	server, err := New(cfg)
	h.must(err)
	renderer.SetViewer(func(r *http.Request) page.Viewer {
		member := h.signedIn(r)
		if member == nil {
			return page.Viewer{}
		}
		return page.Viewer{Signed: true, Username: member.Username, DisplayName: member.DisplayName}
	})
	router := mux.NewRouter()
	renderer.Routes(router)
	server.Routes(router)
	h.handler = router
	return h
}

func (h *house) signedIn(r *http.Request) *models.Actor {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return nil
	}
	actor, err := h.store.Read(r.Context()).ActorByHandle(cookie.Value, "hospital.example")
	if err != nil {
		return nil
	}
	return actor
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) member(name, displayName string) *models.Actor {
	h.t.Helper()
	actor, err := h.service.CreateMember(h.t.Context(), practice.NewMember{Username: name, DisplayName: displayName})
	h.must(err)
	return actor
}

func (h *house) community(name, displayName, domain string, convener *models.Actor) *models.Actor {
	h.t.Helper()
	actor, err := h.service.CreateCommunity(h.t.Context(), practice.NewCommunity{Username: name, DisplayName: displayName, Domain: domain, Convener: convener})
	h.must(err)
	return actor
}

func (h *house) remote(name, host, displayName string) *models.Actor {
	h.t.Helper()
	uri := "https://" + host + "/users/" + name
	actor := &models.Actor{
		URI: uri, Type: models.TypePerson, Username: name, Host: host, DisplayName: displayName, URL: "https://" + host + "/@" + name,
		Inbox: uri + "/inbox", FollowersURI: uri + "/followers",
	}
	h.must(h.store.Tx(h.t.Context(), func(tx *models.Tx) error { return tx.CreateActor(actor) }))
	return actor
}

func (h *house) post(author *models.Actor, text, visibility string, parent *models.Post) *models.Post {
	h.t.Helper()
	return h.draft(practice.Draft{Author: author, Text: text, Visibility: visibility, InReplyTo: parent})
}

func (h *house) draft(d practice.Draft) *models.Post {
	h.t.Helper()
	post, err := h.service.Post(h.t.Context(), d)
	h.must(err)
	return post
}

func (h *house) block(actor, target *models.Actor) {
	h.t.Helper()
	h.must(h.service.Block(h.t.Context(), actor, target, ""))
}

func (h *house) follow(actor, target *models.Actor) {
	h.t.Helper()
	_, err := h.service.Follow(h.t.Context(), actor, target, practice.FollowOptions{})
	h.must(err)
}

// path gives the path of an address of ours.
func (h *house) path(address string) string {
	h.t.Helper()
	path, ok := strings.CutPrefix(address, "https://hospital.example")
	if !ok {
		h.t.Fatalf("%q is no address of ours", address)
	}
	return path
}

// get asks as a browser does; viewer "" is nobody.
func (h *house) get(viewer, path string) *httptest.ResponseRecorder {
	h.t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	if viewer != "" {
		r.AddCookie(&http.Cookie{Name: sessionCookie, Value: viewer})
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	return w
}

// page gives the HTML of a page that is there.
func (h *house) page(viewer, path string) string {
	h.t.Helper()
	w := h.get(viewer, path)
	if w.Code != http.StatusOK {
		h.t.Fatalf("%s for %q: status %d: %s", path, viewer, w.Code, w.Body)
	}
	return w.Body.String()
}

func (h *house) holds(html string, wanted ...string) {
	h.t.Helper()
	for _, want := range wanted {
		if !strings.Contains(html, want) {
			h.t.Errorf("the page does not hold %q:\n%s", want, html)
		}
	}
}

func (h *house) lacks(html string, unwanted ...string) {
	h.t.Helper()
	for _, word := range unwanted {
		if strings.Contains(html, word) {
			h.t.Errorf("the page holds %q:\n%s", word, html)
		}
	}
}

func (h *house) status(w *httptest.ResponseRecorder, want int) {
	h.t.Helper()
	if w.Code != want {
		h.t.Errorf("status %d, want %d: %s", w.Code, want, w.Body)
	}
}

func (phonebook) Charter(context.Context, *models.Actor) (said, address string, err error) {
	return "", "", models.Errorf(models.NotFound, "no charter")
}

func (phonebook) Refresh(context.Context, string) (*models.Actor, error) {
	return nil, models.Errorf(models.NotFound, "nothing")
}
