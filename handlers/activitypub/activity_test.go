package activitypub

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"praxis/models"
	"praxis/practice"
)

func TestActivityIsServedAsItWasSent(t *testing.T) {
	h := newHouse(t, nil)
	alice := h.member("alice")
	path := h.activity(h.post(alice, "Hello", models.Public, nil))
	entry, err := h.store.Read(t.Context()).OutboxEntryByURI("https://a.test" + path)
	h.must(err)
	w := h.get(path)
	if got := w.Body.String(); got != entry.Payload {
		t.Errorf("served %s, sent %s", got, entry.Payload)
	}
	if doc := h.doc(w); doc["type"] != "Create" || doc["id"] != entry.ActivityURI {
		t.Errorf("%v", doc)
	}
	h.notFound(h.get("/a/1"))
}

func TestBoostIsServedUntilItIsTakenBack(t *testing.T) {
	h := newHouse(t, nil)
	alice := h.member("alice")
	post := h.post(alice, "Hello", models.Public, nil)
	boost, err := h.service.Share(t.Context(), alice, post, "", 0)
	h.must(err)
	if doc := h.doc(h.get(h.path(boost.URI))); doc["type"] != "Announce" || doc["object"] != post.URI {
		t.Errorf("%v", doc)
	}
	h.must(h.service.Unshare(t.Context(), alice, post))
	h.notFound(h.get(h.path(boost.URI)))
	if page := h.get("/u/alice/outbox?page=true").Body.String(); strings.Contains(page, boost.URI) {
		t.Error("the outbox still shows the boost")
	}
}

func TestE10_PrivateActivityIsNotServed(t *testing.T) {
	h := newHouse(t, nil)
	alice, follower := h.member("alice"), h.remote("follower", "b.test")
	h.follows(follower, alice)
	h.post(alice, "Secret", models.Private, nil)
	lane, err := h.store.Read(t.Context()).Lane("b.test", 0, 10)
	h.must(err)
	if len(lane) != 1 {
		t.Fatalf("%d deliveries", len(lane))
	}
	sent, err := h.store.Read(t.Context()).OutboxEntry(lane[0].EntryID)
	h.must(err)
	h.notFound(h.get(h.path(sent.ActivityURI)))
	h.notFound(h.getAs(follower, h.path(sent.ActivityURI)))
	// Absent and private look the same to bad signatures, too.
	h.status(h.get(h.path(sent.ActivityURI), signerHeader, "bad"), http.StatusUnauthorized)
	h.status(h.get("/a/1", signerHeader, "bad"), http.StatusUnauthorized)
}

func TestE10_ActivityOfAPostThatIsNoLongerPublicIsNotServed(t *testing.T) {
	h := newHouse(t, nil)
	alice := h.member("alice")
	post := h.post(alice, "Hello", models.Public, nil)
	path := h.activity(post)
	h.must(h.store.Tx(t.Context(), func(tx *models.Tx) error {
		post.Visibility = models.Private
		return tx.SavePost(post)
	}))
	h.notFound(h.get(path))
	if items := h.doc(h.get("/u/alice/outbox?page=true"))["orderedItems"].([]any); len(items) != 0 {
		t.Errorf("the outbox still shows %v", items)
	}
}

func TestCommunityRelaysAreServedUntilThePostIsDeleted(t *testing.T) {
	h := newHouse(t, nil)
	alice := h.member("alice")
	care := h.community("care", alice)
	h.follows(h.remote("bob", "b.test"), care)
	post, err := h.service.Post(t.Context(), practice.Draft{Author: alice, Text: "Hello", Community: care})
	h.must(err)
	items := h.doc(h.get("/c/care/outbox?page=true"))["orderedItems"].([]any)
	if len(items) != 1 {
		t.Fatalf("outbox %v", items)
	}
	relay := items[0].(map[string]any)
	inner, _ := relay["object"].(map[string]any)
	if relay["type"] != "Announce" || inner["type"] != "Create" {
		t.Errorf("relay %v", relay)
	}
	h.doc(h.get(h.path(relay["id"].(string))))
	h.must(h.service.Delete(t.Context(), alice, post, practice.Cause{}))
	h.notFound(h.get(h.path(relay["id"].(string))))
	if got := h.relayOf(care, "Delete"); h.get(got).Code != http.StatusOK {
		t.Errorf("the relay of the Delete at %s is not served", got)
	}
}

// relayOf gives the path of a community's newest relay of an activity of a type, as it was sent.
func (h *house) relayOf(community *models.Actor, verb string) string {
	h.t.Helper()
	tx := h.store.Read(h.t.Context())
	lane, err := tx.Lane("b.test", 0, 100)
	h.must(err)
	for i := len(lane) - 1; i >= 0; i-- {
		entry, err := tx.OutboxEntry(lane[i].EntryID)
		h.must(err)
		if entry.ActorID == community.ID && strings.Contains(entry.Payload, `"type":"`+verb+`"`) {
			return h.path(entry.ActivityURI)
		}
	}
	h.t.Fatalf("no relay of a %s", verb)
	return ""
}

func TestDeletedMembersActivitiesAreGone(t *testing.T) {
	h := newHouse(t, nil)
	alice := h.member("alice")
	path := h.activity(h.post(alice, "My secret past", models.Public, nil))
	h.doc(h.get(path))
	h.must(h.service.DeleteActor(t.Context(), alice))
	h.notFound(h.get(path))
}

func TestDeletedPostTakesItsCreateWithIt(t *testing.T) {
	h := newHouse(t, nil)
	alice := h.member("alice")
	post := h.post(alice, "Hello", models.Public, nil)
	path := h.activity(post)
	h.must(h.service.Delete(t.Context(), alice, post, practice.Cause{}))
	h.notFound(h.get(path))
	if doc := h.doc(h.get("/u/alice/outbox")); doc["totalItems"] != 0.0 {
		t.Errorf("outbox counts %v", doc["totalItems"])
	}
}

func TestE05_OutboxHoldsPublicActivitiesOnly(t *testing.T) {
	h := newHouse(t, nil)
	alice, follower := h.member("alice"), h.remote("follower", "b.test")
	h.follows(follower, alice)
	want := map[any]bool{}
	for range outboxPage + 2 {
		post := h.post(alice, "Hello", models.Public, nil)
		want["https://a.test"+h.activity(post)] = true
	}
	for _, visibility := range []string{models.Private, models.Direct} {
		h.post(alice, "Secret word", visibility, nil)
	}
	doc := h.doc(h.get("/u/alice/outbox"))
	if doc["totalItems"] != float64(len(want)) || doc["id"] != alice.Outbox {
		t.Errorf("outbox %v", doc)
	}
	// Who follows sees no more: the collection is the same for everybody.
	page := h.getAs(follower, "/u/alice/outbox?page=true")
	if strings.Contains(page.Body.String(), "Secret word") {
		t.Error("a private post is in the outbox")
	}
	first := h.doc(page)["orderedItems"].([]any)[0].(map[string]any)
	if object, whole := first["object"].(map[string]any); !whole || object["content"] == nil {
		t.Errorf("the first item is not a whole activity: %v", first)
	}
	if pages := h.walk(doc["first"], want); pages != 2 {
		t.Errorf("%d pages", pages)
	}
	h.notFound(h.get("/u/alice/outbox?max_id=-1"))
	h.notFound(h.get("/u/alice/outbox?max_id=one"))
}

func TestC23_OneUnwieldyActivityDoesNotBreakThePage(t *testing.T) {
	h := newHouse(t, nil)
	alice := h.member("alice")
	deep := `{"id":"https://a.test/a/1","type":"Create","object":` + strings.Repeat(`{"a":`, 62) + `1` + strings.Repeat(`}`, 62) + `}`
	h.list(alice, "https://a.test/a/1", deep)
	if items := h.outboxItems(); len(items) != 1 || items[0] != "https://a.test/a/1" {
		t.Errorf("items %.200v", items)
	}
}

func TestOutboxPageHasABoundedSize(t *testing.T) {
	h := newHouse(t, nil)
	alice := h.member("alice")
	for _, uri := range []string{"https://a.test/a/1", "https://a.test/a/2"} {
		h.list(alice, uri, `{"id":"`+uri+`","type":"Create","content":"`+strings.Repeat("x", maxWhole-200)+`"}`)
	}
	items := h.outboxItems()
	if len(items) != 2 || items[1] != "https://a.test/a/1" {
		t.Fatalf("items %.200v", items)
	}
	if newest, whole := items[0].(map[string]any); !whole || newest["id"] != "https://a.test/a/2" {
		t.Errorf("the newest one is not whole: %.200v", items[0])
	}
}

// list puts an activity into an actor's outbox.
func (h *house) list(actor *models.Actor, uri, payload string) {
	h.t.Helper()
	entry := &models.OutboxEntry{ActivityURI: uri, ActorID: actor.ID, Type: "Create", Public: true, Listed: true, Payload: payload}
	h.must(h.store.Tx(h.t.Context(), func(tx *models.Tx) error { return tx.AddOutboxEntry(entry, nil) }))
}

func (h *house) outboxItems() []any {
	h.t.Helper()
	return h.doc(h.get("/u/alice/outbox?page=true"))["orderedItems"].([]any)
}

func TestE12_FollowersAreToldToSignersOnly(t *testing.T) {
	h := newHouse(t, nil)
	alice := h.member("alice")
	care := h.community("care", alice)
	bob, eve := h.remote("bob", "b.test"), h.remote("eve", "e.test")
	h.follows(bob, alice)
	h.follows(alice, bob)
	h.follows(bob, care)
	pending := &models.Follow{URI: "https://e.test/f", ActorID: eve.ID, TargetID: alice.ID, State: models.FollowPending}
	h.must(h.store.Tx(t.Context(), func(tx *models.Tx) error { return tx.PutFollow(pending) }))
	for path, want := range map[string][]any{
		"/u/alice/followers": {bob.URI}, "/u/alice/following": {bob.URI, care.URI},
		"/c/care/followers": {alice.URI, bob.URI}, "/c/care/following": {},
	} {
		w := h.get(path)
		doc := h.doc(w)
		if doc["totalItems"] != float64(len(want)) || doc["first"] != nil || doc["orderedItems"] != nil {
			t.Errorf("%s unsigned: %v", path, doc)
		}
		for signer, status := range map[string]int{"": 401, "bad": 401, "busy": 503, "blocked": 403} {
			h.status(h.get(path+"?page=true", signerHeader, signer), status)
		}
		signed := h.getAs(eve, path)
		if got := signed.Header().Get("Cache-Control"); got != cachePrivate {
			t.Errorf("%s signed: Cache-Control %q", path, got)
		}
		all := map[any]bool{}
		for _, uri := range want {
			all[uri] = true
		}
		h.walk(h.doc(signed)["first"], all, signerHeader, eve.URI)
	}
}

func TestFeaturedAndModerators(t *testing.T) {
	h := newHouse(t, nil)
	alice := h.member("alice")
	care := h.community("care", alice)
	featured := h.doc(h.get("/u/alice/featured"))
	if items, ok := featured["orderedItems"].([]any); !ok || len(items) != 0 || featured["totalItems"] != 0.0 {
		t.Errorf("featured %v", featured)
	}
	// What is pinned is in it, but for what not everybody may read.
	var pinned []any
	for _, visibility := range []string{models.Public, models.Private, models.Unlisted} {
		post, err := h.service.Post(t.Context(), practice.Draft{Author: alice, Text: "x", Visibility: visibility})
		if err == nil {
			err = h.service.Pin(t.Context(), alice, post)
		}
		if err != nil {
			t.Fatal(err)
		}
		if visibility != models.Private {
			pinned = append([]any{post.URI}, pinned...)
		}
	}
	if items := h.doc(h.get("/u/alice/featured"))["orderedItems"].([]any); !slices.Equal(items, pinned) {
		t.Errorf("featured %v, want %v", items, pinned)
	}
	doc := h.doc(h.get("/c/care/moderators"))
	items := doc["orderedItems"].([]any)
	if len(items) != 1 || items[0] != alice.URI || doc["totalItems"] != 1.0 || doc["id"] != care.ModeratorsURI || doc["type"] != "OrderedCollection" {
		t.Errorf("moderators %v", doc)
	}
	h.notFound(h.get("/u/alice/moderators"))
	h.notFound(h.get("/c/none/moderators"))
}
