package web

import (
	"testing"

	"praxis/models"
	"praxis/practice"
)

// TestPageOfAFeed: it shows the communities of which the visitor may learn.
func TestPageOfAFeed(t *testing.T) {
	w := newWard(t)
	set, err := w.service.CreateFeed(t.Context(), practice.NewFeed{Username: "health", DisplayName: "Health & more", About: "All about health", Owner: w.anna})
	w.must(err)
	w.holds(w.page("", "/@health"), "Health &amp; more", "All about health", "Nothing to show")
	inner, err := w.service.CreateCommunity(t.Context(), practice.NewCommunity{Username: "inner", DisplayName: "Inner circle", Class: models.ClassLocal, Convener: w.anna})
	w.must(err)
	for _, community := range []*models.Actor{w.community, inner} {
		w.must(w.service.AddToFeed(t.Context(), w.anna, set, community))
	}
	shown := w.page("", "/@health")
	w.holds(shown, "<h2>Communities</h2>", `href="/@`+w.community.Username+`"`)
	w.lacks(shown, "Inner circle", "<h2>Posts</h2>")
	w.holds(w.page("anna", "/@health"), "Inner circle")
}
