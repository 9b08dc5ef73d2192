package activitypub

import (
	"net/http"
	"testing"
	"time"

	"praxis/models"
	"praxis/practice"
)

func (h *house) shares(author *models.Actor, kind, visibility string, facts practice.Facts) *models.Post {
	h.t.Helper()
	post, err := h.service.Post(h.t.Context(), practice.Draft{Author: author, Text: "The text", Title: "About " + kind, Kind: kind, Visibility: visibility, Facts: &facts})
	h.must(err)
	return post
}

// TestPartsOfPracticePosts: the event of a visit, the versions of a document and the reports of reuse are served to those who
// may read the post, and end with it.
func TestPartsOfPracticePosts(t *testing.T) {
	h := newHouse(t, nil)
	alice, bob := h.member("alice"), h.member("bob")
	follower, stranger := h.remote("follower", "b.test"), h.remote("stranger", "b.test")
	h.follows(follower, alice)
	start := time.Date(2099, 5, 3, 8, 0, 0, 0, time.UTC)
	visit := h.shares(alice, practice.Visit, models.Private, practice.Facts{Start: &start})
	h.notFound(h.getAs(stranger, h.path(visit.URI)+"/event"))
	if doc := h.doc(h.getAs(follower, h.path(visit.URI)+"/event")); doc["type"] != "Event" || doc["name"] != "About Visit" || doc["companion"] != visit.URI {
		t.Errorf("the event is %v", doc)
	}
	undated := h.shares(alice, practice.Visit, models.Public, practice.Facts{})
	h.notFound(h.get(h.path(undated.URI) + "/event"))

	document := h.shares(alice, practice.Documentation, models.Public, practice.Facts{})
	for _, text := range []string{"Second", "Third"} {
		_, err := h.service.Edit(t.Context(), alice, document, practice.Edit{Text: &text})
		h.must(err)
	}
	edits := h.doc(h.get(h.path(document.URI) + "/edits"))
	items := edits["orderedItems"].([]any)
	first, second := items[0].(map[string]any), items[1].(map[string]any)
	if edits["totalItems"] != 2.0 || first["content"] != "<p>The text</p>" || second["content"] != "<p>Second</p>" || first["id"] != document.URI+"#revisions/1" ||
		first["attributedTo"] != alice.URI || first["published"] == "" {
		t.Errorf("the versions are %v", items)
	}

	asset := h.shares(alice, practice.AssetShare, models.Public, practice.Facts{})
	report := h.post(bob, "#reused", models.Public, asset)
	h.post(h.member("cleo"), "#reused", models.Direct, asset)
	reuses := h.doc(h.get(h.path(asset.URI) + "/reuses"))
	page := h.doc(h.get(h.path(asset.URI) + "/reuses?page=true"))
	if reuses["totalItems"] != 2.0 || len(page["orderedItems"].([]any)) != 1 || page["orderedItems"].([]any)[0] != report.URI {
		t.Errorf("the reports are %v, %v", reuses, page)
	}
	h.notFound(h.get(h.path(document.URI) + "/reuses"))
	h.must(h.service.Delete(t.Context(), alice, asset, practice.Cause{}))
	h.status(h.get(h.path(asset.URI)+"/reuses"), http.StatusGone)
}
