package activitypub

import (
	"net/http"
	"slices"
	"strconv"
	"testing"

	"praxis/models"
	"praxis/practice"
)

func TestPostIsServed(t *testing.T) {
	h := newHouse(t, nil)
	alice := h.member("alice")
	for _, visibility := range []string{models.Public, models.Unlisted} {
		post := h.post(alice, "Hello", visibility, nil)
		w := h.get(h.path(post.URI))
		doc := h.doc(w)
		if doc["id"] != post.URI || doc["attributedTo"] != alice.URI {
			t.Errorf("%s: %v", visibility, doc)
		}
		if got := w.Header().Get("Cache-Control"); got != cachePublic {
			t.Errorf("%s: Cache-Control %q", visibility, got)
		}
	}
}

func TestE02_HiddenPostLooksAbsent(t *testing.T) {
	h := newHouse(t, nil)
	alice := h.member("alice")
	for _, visibility := range []string{models.Private, models.Direct} {
		post := h.post(alice, "Secret", visibility, nil)
		for _, part := range []string{"", "/replies", "/event", "/edits", "/reuses"} {
			for _, accept := range []string{asAccept, browserAccept} {
				hidden := h.get(h.path(post.URI)+part, "Accept", accept)
				absent := h.get("/o/"+strconv.FormatInt(post.ID+1, 10)+part, "Accept", accept)
				h.notFound(hidden)
				h.notFound(absent)
			}
			// Nor does a bad signature tell the two apart.
			h.status(h.get(h.path(post.URI)+part, signerHeader, "bad"), http.StatusUnauthorized)
			h.status(h.get("/o/1"+part, signerHeader, "bad"), http.StatusUnauthorized)
			h.status(h.get("/o/1"+part, signerHeader, "busy"), http.StatusServiceUnavailable)
		}
	}
	h.notFound(h.get("/o/9223372036854775808"))
	h.notFound(h.get("/o/0"))
}

func TestE03_OnlyTheAudienceReads(t *testing.T) {
	h := newHouse(t, nil)
	alice := h.member("alice")
	follower, neighbour := h.remote("follower", "b.test"), h.remote("neighbour", "b.test")
	h.follows(follower, alice)
	private := h.post(alice, "For followers", models.Private, nil)
	direct := h.post(alice, "For nobody else", models.Direct, nil)
	h.must(h.store.Tx(t.Context(), func(tx *models.Tx) error { return tx.SetMentions(direct.ID, []int64{neighbour.ID}) }))
	h.notFound(h.getAs(neighbour, h.path(private.URI)))
	h.notFound(h.getAs(follower, h.path(direct.URI)))
	for reader, post := range map[*models.Actor]*models.Post{follower: private, neighbour: direct} {
		w := h.getAs(reader, h.path(post.URI))
		if doc := h.doc(w); doc["id"] != post.URI {
			t.Errorf("%v", doc)
		}
		if got := w.Header().Get("Cache-Control"); got != "private, no-store" {
			t.Errorf("B31: Cache-Control %q of a post for few", got)
		}
	}
}

func TestE04_RepliesAndThreadOmitWhatTheReaderMayNotSee(t *testing.T) {
	h := newHouse(t, nil)
	alice, bob := h.member("alice"), h.remote("bob", "b.test")
	h.follows(bob, alice)
	root := h.post(alice, "Root", models.Public, nil)
	open := h.post(alice, "Open", models.Unlisted, root)
	closed := h.post(alice, "Closed", models.Private, root)
	for _, tc := range []struct {
		reader          *models.Actor
		replies, thread []any
		caching         string
	}{
		{nil, []any{open.URI}, []any{root.URI, open.URI}, cachePublic},
		{bob, []any{open.URI, closed.URI}, []any{root.URI, open.URI, closed.URI}, cachePrivate},
	} {
		for path, want := range map[string][]any{h.path(root.URI) + "/replies": tc.replies, h.path(root.ContextURI): tc.thread} {
			signer := ""
			if tc.reader != nil {
				signer = tc.reader.URI
			}
			w := h.get(path, signerHeader, signer)
			doc := h.doc(w)
			if doc["totalItems"] != float64(len(want)) || doc["type"] != "OrderedCollection" || doc["id"] != "https://a.test"+path {
				t.Errorf("%s for %q: %v", path, signer, doc)
			}
			if got := w.Header().Get("Cache-Control"); got != tc.caching {
				t.Errorf("%s for %q: Cache-Control %q", path, signer, got)
			}
			page := h.doc(h.get(h.path(doc["first"].(string)), signerHeader, signer))
			if !slices.Equal(page["orderedItems"].([]any), want) || page["partOf"] != doc["id"] {
				t.Errorf("%s for %q: page %v, want %v", path, signer, page, want)
			}
		}
	}
}

func TestThreadBelongsToAuthorOrCommunity(t *testing.T) {
	h := newHouse(t, nil)
	alice := h.member("alice")
	care := h.community("care", alice)
	alone := h.post(alice, "Alone", models.Public, nil)
	if doc := h.doc(h.get(h.path(alone.ContextURI))); doc["attributedTo"] != alice.URI {
		t.Errorf("attributed to %v", doc["attributedTo"])
	}
	h.must(h.store.Tx(t.Context(), func(tx *models.Tx) error {
		alone.CommunityID = care.ID
		return tx.SavePost(alone)
	}))
	if doc := h.doc(h.get(h.path(alone.ContextURI))); doc["attributedTo"] != care.URI {
		t.Errorf("attributed to %v", doc["attributedTo"])
	}
	reply := h.post(alice, "Reply", models.Public, alone)
	h.notFound(h.get("/t/" + strconv.FormatInt(reply.ID, 10)))
}

func TestRepliesArePaged(t *testing.T) {
	h := newHouse(t, nil)
	alice, bob := h.member("alice"), h.remote("bob", "b.test")
	root := h.post(alice, "Root", models.Public, nil)
	want := map[any]bool{}
	h.must(h.store.Tx(t.Context(), func(tx *models.Tx) error {
		for i := range listPage + 3 {
			reply := &models.Post{
				URI: "https://b.test/o/" + strconv.Itoa(i), AuthorID: bob.ID, InReplyToID: root.ID, InReplyToURI: root.URI,
				ThreadID: root.ThreadID, Visibility: models.Public, PublishedAt: tx.Now(),
			}
			want[reply.URI] = true
			if err := tx.CreatePost(reply); err != nil {
				return err
			}
		}
		return nil
	}))
	doc := h.doc(h.get(h.path(root.URI) + "/replies"))
	if doc["totalItems"] != float64(len(want)) {
		t.Errorf("totalItems %v", doc["totalItems"])
	}
	if pages := h.walk(doc["first"], want); pages != 2 {
		t.Errorf("%d pages", pages)
	}
	h.notFound(h.get(h.path(root.URI) + "/replies?min_id=x"))
}

// walk follows a collection from its first page to the last; each item must be wanted, and come once.
func (h *house) walk(next any, want map[any]bool, pairs ...string) int {
	h.t.Helper()
	pages := 0
	for ; next != nil && pages < 10; pages++ {
		doc := h.doc(h.get(h.path(next.(string)), pairs...))
		if doc["id"] != next {
			h.t.Errorf("page %v calls itself %v", next, doc["id"])
		}
		for _, item := range doc["orderedItems"].([]any) {
			key := item
			if whole, ok := item.(map[string]any); ok {
				key = whole["id"]
			}
			if !want[key] {
				h.t.Errorf("item %v is not wanted here, or came twice", key)
			}
			delete(want, key)
		}
		next = doc["next"]
	}
	if len(want) > 0 {
		h.t.Errorf("never came: %v", want)
	}
	return pages
}

func TestDeletedPostIsATombstoneOnlyIfItWasPublic(t *testing.T) {
	h := newHouse(t, nil)
	alice := h.member("alice")
	for visibility, want := range map[string]int{models.Public: 410, models.Unlisted: 410, models.Private: 404, models.Direct: 404} {
		post := h.post(alice, "Hello", visibility, nil)
		h.must(h.service.Delete(t.Context(), alice, post, practice.Cause{}))
		for id, was := range map[string]string{
			post.URI: "Note", post.URI + "/replies": "OrderedCollection", post.ContextURI: "OrderedCollection",
		} {
			w := h.get(h.path(id))
			h.status(w, want)
			if want == http.StatusNotFound {
				h.notFound(w)
				continue
			}
			if doc := h.body(w); doc["type"] != "Tombstone" || doc["id"] != id || doc["formerType"] != was || doc["content"] != nil {
				t.Errorf("%s: tombstone %v", visibility, doc)
			}
		}
	}
}

func TestForeignPostsAndBoostsAreNotOurs(t *testing.T) {
	h := newHouse(t, nil)
	alice, bob := h.member("alice"), h.remote("bob", "b.test")
	foreign := &models.Post{URI: "https://b.test/o/1", AuthorID: bob.ID, Visibility: models.Public, PublishedAt: 1}
	h.must(h.store.Tx(t.Context(), func(tx *models.Tx) error { return tx.CreatePost(foreign) }))
	boost, err := h.service.Share(t.Context(), alice, h.post(alice, "Mine", models.Public, nil), "", 0)
	h.must(err)
	for _, post := range []*models.Post{foreign, boost} {
		h.notFound(h.get("/o/" + strconv.FormatInt(post.ID, 10)))
		h.notFound(h.get("/t/" + strconv.FormatInt(post.ID, 10)))
	}
}
