package activitypub

import (
	"fmt"
	"testing"

	"praxis/models"
	"praxis/practice"
)

func TestModerationLogIsACollectionOfActivities(t *testing.T) {
	h := newHouse(t, nil)
	ann, bo := h.member("ann"), h.member("bo")
	care := h.community("care", ann)
	for i := range outboxPage + 1 {
		post := h.postInto(care, bo, fmt.Sprintf("canary %d", i))
		h.must(h.service.Remove(t.Context(), practice.Act{Moderator: ann, Community: care, PostURI: post.URI, Reason: "no"}))
	}
	list := h.doc(h.get("/c/care/modlog"))
	if list["totalItems"] != float64(outboxPage+1) || list["type"] != "OrderedCollection" {
		t.Errorf("the collection is %v", list)
	}
	page := h.doc(h.get(h.path(list["first"].(string))))
	items := page["orderedItems"].([]any)
	if len(items) != outboxPage {
		t.Fatalf("%d items", len(items))
	}
	for _, item := range items {
		act := item.(map[string]any)
		if act["type"] != "Delete" || act["actor"] != ann.URI || act["summary"] != "no" || act["content"] != nil {
			t.Errorf("an item is %v", act)
		}
		// Others may verify what the community announced.
		if fetched := h.doc(h.get(h.path(act["id"].(string)))); fetched["object"] != act["object"] {
			t.Errorf("the activity by its id is %v", fetched)
		}
	}
	rest := h.doc(h.get(h.path(page["next"].(string))))
	if n := len(rest["orderedItems"].([]any)); n != 1 || rest["next"] != nil {
		t.Errorf("the last page has %d items and goes on with %v", n, rest["next"])
	}
	h.notFound(h.get("/u/ann/modlog"))
	h.notFound(h.get("/c/none/modlog"))
}

// TestE11_LogsOfHiddenCommunities: they are absent, as the community is, but for those whom it is for.
func TestE11_LogsOfHiddenCommunities(t *testing.T) {
	h := newHouse(t, nil)
	ann, eve := h.member("ann"), h.remote("eve", "b.test")
	for _, class := range []string{models.ClassLocal, models.ClassPartners} {
		inner, err := h.service.CreateCommunity(t.Context(), practice.NewCommunity{Username: class, Class: class, Convener: ann})
		h.must(err)
		post, err := h.service.Post(t.Context(), practice.Draft{Author: ann, Community: inner, Text: "canary", Visibility: models.Private})
		h.must(err)
		h.must(h.service.Remove(t.Context(), practice.Act{Moderator: ann, Community: inner, PostURI: post.URI, Reason: "no"}))
		for _, path := range []string{"/c/" + class + "/modlog", "/c/" + class + "/modlog?page=true"} {
			h.notFound(h.get(path))
			h.notFound(h.getAs(eve, path))
		}
	}
}

// TestRemovedPostIsAbsent: unlike a deleted one it may come back, so that nobody is told to forget it.
func TestRemovedPostIsAbsent(t *testing.T) {
	h := newHouse(t, nil)
	ann, bo := h.member("ann"), h.member("bo")
	care := h.community("care", ann)
	post := h.postInto(care, bo, "hello")
	act := practice.Act{Moderator: ann, Community: care, PostURI: post.URI}
	h.must(h.service.Remove(t.Context(), act))
	h.notFound(h.get(h.path(post.URI)))
	h.notFound(h.get(h.path(post.URI) + "/replies"))
	h.must(h.service.Restore(t.Context(), act))
	h.doc(h.get(h.path(post.URI)))
}

func (h *house) postInto(community, author *models.Actor, text string) *models.Post {
	h.t.Helper()
	post, err := h.service.Post(h.t.Context(), practice.Draft{Author: author, Community: community, Text: text})
	h.must(err)
	return post
}
