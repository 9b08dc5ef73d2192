package activitypub

import (
	"net/http"
	"testing"

	"praxis/models"
	"praxis/practice"
)

// TestKindsOfCommunities: a community lists the kinds that it uses, in its document, in a collection and each by itself, to
// those who may know of it.
func TestKindsOfCommunities(t *testing.T) {
	h := newHouse(t, nil)
	alice := h.member("alice")
	care := h.community("care", alice)
	if kinds := h.doc(h.get("/c/care/kinds")); kinds["totalItems"] != float64(len(practice.ThreadKinds())) {
		t.Errorf("a community that did not choose uses %v", kinds)
	}
	h.must(h.service.SetHabits(t.Context(), alice, care, practice.Habits{Kinds: &[]string{practice.Visit, practice.InformationRequest}}))
	group := h.doc(h.get("/c/care"))
	tags := group["tag"].([]any)
	question := tags[0].(map[string]any)
	if len(tags) != 2 || group["kinds"] != care.URI+"/kinds" || question["type"] != "CommunityPostTag" || question["name"] != "Question" ||
		question["preferredUsername"] != "informationrequest" || question["id"] != care.URI+"/kinds/InformationRequest" {
		t.Errorf("the community says %v, %v", group["kinds"], tags)
	}
	kinds := h.doc(h.get("/c/care/kinds"))
	if kinds["id"] != group["kinds"] || kinds["type"] != "OrderedCollection" || len(kinds["orderedItems"].([]any)) != 2 {
		t.Errorf("the kinds are %v", kinds)
	}
	if tag := h.doc(h.get(h.path(question["id"].(string)))); tag["id"] != question["id"] || tag["name"] != "Question" {
		t.Errorf("the kind is %v", tag)
	}
	h.doc(h.get("/c/care/kinds/Story")) // no more in use: its threads keep it
	for _, path := range []string{"/c/care/kinds/Answer", "/c/care/kinds/Nonsense", "/u/alice/kinds", "/u/alice/kinds/Visit", "/c/none/kinds"} {
		h.notFound(h.get(path))
	}
	h.status(h.get("/c/care/kinds/Visit", "Accept", "text/html"), http.StatusFound)
}

// TestE11_KindsOfHiddenCommunities: they are absent, as the community is.
func TestE11_KindsOfHiddenCommunities(t *testing.T) {
	h := newHouse(t, nil)
	_, err := h.service.CreateCommunity(t.Context(), practice.NewCommunity{Username: "inner", Class: models.ClassLocal, Convener: h.member("alice")})
	h.must(err)
	eve := h.remote("eve", "b.test")
	for _, path := range []string{"/c/inner/kinds", "/c/inner/kinds/Visit"} {
		h.notFound(h.get(path))
		h.notFound(h.getAs(eve, path))
	}
}
