package web

import (
	"encoding/xml"
	"net/http"
	"strings"
	"testing"

	"praxis/models"
	"praxis/practice"
)

// TestFeeds: a community's threads as Atom and RSS, by kind and by hashtag, with nothing that is not for everybody.
func TestFeeds(t *testing.T) {
	w := newWard(t)
	w.post(w.anna, "@woundcare "+canary+" unlisted", models.Unlisted, nil)
	w.post(w.anna, canary+" private #ask", models.Private, nil)
	w.draftWarned(canary)
	for path, holds := range map[string][]string{
		"/@woundcare/feed.atom":                         {"Which dressing", "Question:", "<published>", w.question.URI},
		"/@woundcare/feed.rss":                          {"Which dressing", "<pubDate>"},
		"/@woundcare/feed.atom?kind=InformationRequest": {"Which dressing"},
		"/@woundcare/feed.atom?tag=ask":                 {"Which dressing"},
		"/tags/ask/feed.atom":                           {"Which dressing"},
		"/@anna/feed.rss":                               {"Which dressing"},
	} {
		shown := w.page("", path)
		w.holds(shown, holds...)
		w.lacks(shown, canary)
		var document struct{ XMLName xml.Name }
		if err := xml.Unmarshal([]byte(shown), &document); err != nil {
			t.Errorf("%s is no XML: %v", path, err)
		}
	}
	if shown := w.page("", "/@woundcare/feed.atom?kind=Visit"); strings.Contains(shown, "<entry>") {
		t.Error("a feed of visits has something else")
	}
	for path, status := range map[string]int{
		"/@woundcare/feed.atom?kind=Nonsense": http.StatusUnprocessableEntity, "/@woundcare/feed.atom?tag=%00": http.StatusUnprocessableEntity,
		"/@nobody/feed.atom": http.StatusNotFound, "/@woundcare/feed.json": http.StatusNotFound,
	} {
		w.status(w.get("", path), status)
	}
	hidden, err := w.service.CreateCommunity(t.Context(), practice.NewCommunity{Username: "hidden", Class: models.ClassLocal})
	w.must(err)
	w.status(w.get("", "/@"+hidden.Username+"/feed.atom"), http.StatusNotFound)
}
