package activitypub

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"praxis/models"
)

func TestActorsAreServed(t *testing.T) {
	h := newHouse(t, nil)
	alice := h.member("alice")
	care := h.community("care", alice)
	instance, err := h.service.EnsureInstanceActor(t.Context())
	h.must(err)
	for path, want := range map[string]*models.Actor{
		"/u/alice": alice, "/u/Alice": alice, "/c/care": care, "/actor": instance,
	} {
		w := h.get(path)
		doc := h.doc(w)
		if doc["id"] != want.URI || doc["type"] != want.Type {
			t.Errorf("%s: id %v, type %v", path, doc["id"], doc["type"])
		}
		if got := w.Header().Get("Cache-Control"); got != cachePublic {
			t.Errorf("%s: Cache-Control %q", path, got)
		}
		for _, name := range []string{"inbox", "outbox", "preferredUsername", "publicKey", "assertionMethod", "endpoints", "published", "updated"} {
			if doc[name] == nil {
				t.Errorf("%s: no %s", path, name)
			}
		}
	}
	h.notFound(h.get("/u/care"))
	h.notFound(h.get("/c/alice"))
	h.notFound(h.get("/u/nobody"))
}

func TestHeadWorks(t *testing.T) {
	h := newHouse(t, nil)
	h.member("alice")
	server := httptest.NewServer(h.handler)
	defer server.Close()
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodHead, server.URL+"/u/alice", nil)
	r.Header.Set("Accept", asAccept)
	resp, err := http.DefaultClient.Do(r)
	h.must(err)
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK || resp.ContentLength <= 0 || resp.Header.Get("Content-Type") != contentType {
		t.Errorf("HEAD: %d, length %d, %v", resp.StatusCode, resp.ContentLength, resp.Header)
	}
}

func TestRemoteActorsAreNotServed(t *testing.T) {
	h := newHouse(t, nil)
	intruder := &models.Actor{URI: "https://a.test/u/mallory", Type: models.TypePerson, Username: "mallory", Host: "evil.test"}
	h.must(h.store.Tx(t.Context(), func(tx *models.Tx) error { return tx.CreateActor(intruder) }))
	h.notFound(h.get("/u/mallory"))
	squatter := &models.Actor{URI: "https://evil.test/squatter", Type: models.TypePerson, Username: "squatter", Host: "a.test"}
	h.must(h.store.Tx(t.Context(), func(tx *models.Tx) error { return tx.CreateActor(squatter) }))
	h.notFound(h.finger("acct:squatter@a.test"))
}

func TestNegotiation(t *testing.T) {
	h := newHouse(t, nil)
	alice := h.member("alice")
	care := h.community("care", alice)
	post := h.post(alice, "Hello", models.Public, nil)
	const (
		document = http.StatusOK
		page     = http.StatusFound
	)
	cases := []struct {
		accept string
		want   int
	}{
		{"", document},
		{"*/*", document},
		{"application/activity+json", document},
		{asAccept, document},
		{`application/ld+json;profile="https://www.w3.org/ns/activitystreams"`, document},
		{"application/json", document},
		{"application/activity+json, text/html;q=0.1", document},
		{"text/html, application/activity+json", document},
		{"text/html;q=0.9, application/activity+json;q=0.8", page},
		{"text/html", page},
		{"TEXT/HTML", page},
		{browserAccept, page},
		{"application/json, text/plain, */*", document},
		{";;;,,,/", document},
	}
	for _, tc := range cases {
		for path, location := range map[string]string{
			"/u/alice": alice.URL, "/c/care": care.URL, h.path(post.URI): post.URL,
		} {
			w := h.get(path, "Accept", tc.accept)
			if w.Code != tc.want {
				t.Errorf("%s with %q: status %d, want %d", path, tc.accept, w.Code, tc.want)
			}
			if tc.want == page && w.Header().Get("Location") != location {
				t.Errorf("%s: sent to %q, want %q", path, w.Header().Get("Location"), location)
			}
			if got := w.Header().Get("Vary"); got != "Accept, Signature" {
				t.Errorf("%s with %q: Vary %q", path, tc.accept, got)
			}
		}
	}
}

func TestProfilePagesSendServersToTheID(t *testing.T) {
	h := newHouse(t, nil)
	alice := h.member("alice")
	post := h.post(alice, "Hello", models.Public, nil)
	for from, want := range map[string]string{h.path(alice.URL): alice.URI, h.path(post.URL): post.URI} {
		w := h.get(from)
		h.status(w, http.StatusFound)
		if got := w.Header().Get("Location"); got != want {
			t.Errorf("%s leads to %q, want %q", from, got, want)
		}
		// Without a page of its own the router has no route for browsers.
		h.status(h.get(from, "Accept", browserAccept), http.StatusNotFound)
	}
	h.notFound(h.get("/@nobody"))
}

func TestG27_DeletedActorIsATombstone(t *testing.T) {
	h := newHouse(t, nil)
	alice := h.member("alice")
	h.must(h.service.DeleteActor(t.Context(), alice))
	w := h.get("/u/alice")
	h.status(w, http.StatusGone)
	doc := h.body(w)
	if doc["type"] != "Tombstone" || doc["id"] != alice.URI || doc["formerType"] != "Person" || doc["deleted"] == nil {
		t.Errorf("tombstone %v", doc)
	}
	for _, part := range []string{"outbox", "followers", "featured"} {
		h.status(h.get("/u/alice/"+part), http.StatusGone)
	}
	h.status(h.get("/.well-known/webfinger?resource=acct:alice@a.test"), http.StatusGone)
}

func TestSuspendedActorIsHidden(t *testing.T) {
	h := newHouse(t, nil)
	alice := h.member("alice")
	post := h.post(alice, "Hello", models.Public, nil)
	alice.SuspendedAt = models.At(h.store.Now())
	h.must(h.store.Tx(t.Context(), func(tx *models.Tx) error { return tx.UpdateActor(alice) }))
	for _, path := range []string{"/u/alice", "/u/alice/outbox", h.path(post.URI), h.path(post.URI) + "/replies"} {
		h.notFound(h.get(path))
	}
	h.notFound(h.get("/.well-known/webfinger?resource=acct:alice@a.test"))
}

func TestB30_InstanceActorIsServedUnsigned(t *testing.T) {
	h := newHouse(t, secure)
	instance, err := h.service.EnsureInstanceActor(t.Context())
	h.must(err)
	for _, signer := range []string{"", "bad", "busy", "blocked"} {
		doc := h.doc(h.get("/actor", signerHeader, signer))
		if doc["id"] != instance.URI || doc["publicKey"] == nil {
			t.Errorf("signed by %q: %v", signer, doc)
		}
	}
}

func TestB30_SecureModeStillHandsOutKeys(t *testing.T) {
	h := newHouse(t, secure)
	alice := h.member("alice")
	bob := h.remote("bob", "b.test")
	for _, signer := range []string{"", "bad", "busy"} {
		doc := h.doc(h.get("/u/alice", signerHeader, signer))
		var names []string
		for name := range doc {
			names = append(names, name)
		}
		slices.Sort(names)
		if got := strings.Join(names, " "); got != "@context assertionMethod id inbox preferredUsername publicKey type" {
			t.Errorf("signed by %q: served %s", signer, got)
		}
		if doc["id"] != alice.URI {
			t.Errorf("id %v", doc["id"])
		}
	}
	if doc := h.doc(h.getAs(bob, "/u/alice")); doc["name"] != "ALICE" {
		t.Errorf("a signed fetch gets %v", doc)
	}
	h.status(h.get("/u/alice", signerHeader, "blocked"), http.StatusForbidden)
}

func TestSecureModeAnswersSignedRequestsOnly(t *testing.T) {
	h := newHouse(t, secure)
	alice := h.member("alice")
	h.community("care", alice)
	bob := h.remote("bob", "b.test")
	post := h.post(alice, "Hello", models.Public, nil)
	paths := []string{
		"/u/alice/outbox", "/u/alice/outbox?page=true", "/u/alice/followers", "/u/alice/following", "/u/alice/featured",
		"/c/care/moderators", h.path(post.URI), h.path(post.URI) + "/replies", h.path(post.ContextURI), h.activity(post),
	}
	for _, path := range paths {
		for signer, want := range map[string]int{"": 401, "bad": 401, "busy": 503, "blocked": 403} {
			w := h.get(path, signerHeader, signer)
			if w.Code != want {
				t.Errorf("%s signed by %q: status %d, want %d", path, signer, w.Code, want)
			}
			if want == http.StatusServiceUnavailable && w.Header().Get("Retry-After") == "" {
				t.Errorf("%s: 503 without Retry-After", path)
			}
		}
		w := h.getAs(bob, path)
		h.doc(w)
		if got := w.Header().Get("Cache-Control"); got != cachePrivate {
			t.Errorf("B31 %s: Cache-Control %q in secure mode", path, got)
		}
	}
	// What is not there looks the same as what is.
	h.status(h.get("/o/1"), http.StatusUnauthorized)
}

func TestE16_BlockedHostIsRefusedWithOpenDoors(t *testing.T) {
	h := newHouse(t, nil)
	alice := h.member("alice")
	post := h.post(alice, "Hello", models.Public, nil)
	for _, path := range []string{"/u/alice", "/u/alice/outbox", h.path(post.URI)} {
		h.status(h.get(path, signerHeader, "blocked"), http.StatusForbidden)
		// A signature that cannot be read counts as none: the same is to be had without.
		h.doc(h.get(path, signerHeader, "bad"))
	}
}

// activity gives the path of the Create of a post.
func (h *house) activity(post *models.Post) string {
	h.t.Helper()
	entries, err := h.store.Read(h.t.Context()).OutboxPage(post.AuthorID, models.Page{Limit: 50})
	h.must(err)
	for _, entry := range entries {
		if entry.PostID == post.ID {
			return h.path(entry.ActivityURI)
		}
	}
	h.t.Fatalf("no listed activity of post %d", post.ID)
	return ""
}

func TestEmojiAreServedUnderTheirIDs(t *testing.T) {
	h := newHouse(t, nil)
	var kept, hidden *models.CustomEmoji
	h.must(h.service.Store().Tx(t.Context(), func(tx *models.Tx) error {
		kept = &models.CustomEmoji{Shortcode: "wave", URL: "https://a.test/media/1.png", File: "1.png", Visible: true}
		hidden = &models.CustomEmoji{Shortcode: "away", URL: "https://a.test/media/2.png", File: "2.png", Disabled: true}
		remote := &models.CustomEmoji{Shortcode: "wave", Host: "b.test", URL: "https://b.test/1.png"}
		for _, e := range []*models.CustomEmoji{kept, hidden, remote} {
			if _, err := tx.PutEmoji(e); err != nil {
				return err
			}
		}
		return nil
	}))
	id := h.service.Links().Emoji(kept.ID)
	doc := h.doc(h.get(h.path(id)))
	icon, _ := doc["icon"].(map[string]any)
	if doc["id"] != id || doc["type"] != "Emoji" || doc["name"] != ":wave:" || icon["url"] != kept.URL || icon["mediaType"] != "image/png" {
		t.Errorf("the emoji is %v", doc)
	}
	h.notFound(h.get(h.path(h.service.Links().Emoji(hidden.ID))))
	h.notFound(h.get(h.path(h.service.Links().Emoji(kept.ID + 12345))))
}
