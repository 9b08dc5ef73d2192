package web

import (
	"fmt"
	"net/http"
	"testing"

	"praxis/models"
	"praxis/practice"
)

func TestModerationLogIsForAllToRead(t *testing.T) {
	w := newWard(t)
	w.holds(w.page("", "/c/woundcare/log"), "Nothing yet.")
	act := practice.Act{Moderator: w.anna, Community: w.community, PostURI: w.question.URI, Reason: "for the record <b>"}
	w.must(w.service.PinInCommunity(t.Context(), act))
	w.must(w.service.Lock(t.Context(), act))
	act.PostURI = w.answer.URI
	w.must(w.service.Remove(t.Context(), act))
	log := w.page("", "/c/woundcare/log")
	w.holds(log, "Anna Berg", "Ben Okafor", "pinned", "locked", "removed a post", "Which dressing for a heel ulcer", "for the record &lt;b&gt;")
	w.lacks(log, "alginate", w.path(w.answer.URL))
	w.holds(w.page("ben", "/c/woundcare/log"), w.path(w.answer.URL)) // the author reads it still
	w.holds(w.page("", "/@woundcare"), "<h2>Pinned</h2>", "Locked", `href="/c/woundcare/log"`)
	w.lacks(w.page("", w.path(w.question.URL)), "alginate")
	w.holds(w.page("ben", w.path(w.question.URL)), "alginate", "Removed by moderators")
	w.status(w.get("", w.path(w.answer.URL)), http.StatusNotFound)
	w.status(w.get("", "/c/anna/log"), http.StatusNotFound)
	w.status(w.get("", "/c/nowhere/log"), http.StatusNotFound)
	w.status(w.get("", "/c/woundcare/log?max_id=x"), http.StatusUnprocessableEntity)
}

func TestModerationLogHasPages(t *testing.T) {
	w := newWard(t)
	count := func(path string) int64 {
		before := w.statements.Load()
		w.page("", path)
		return w.statements.Load() - before
	}
	w.must(w.service.Lock(t.Context(), practice.Act{Moderator: w.anna, Community: w.community, PostURI: w.question.URI, Reason: "the first"}))
	few := count("/c/woundcare/log")
	for i := range listSize {
		post := w.post(w.ben, fmt.Sprintf("@woundcare thread %d", i), models.Public, nil)
		w.must(w.service.Lock(t.Context(), practice.Act{Moderator: w.anna, Community: w.community, PostURI: post.URI}))
	}
	if many := count("/c/woundcare/log"); many > few {
		t.Errorf("%d statements for one line, %d for many", few, many)
	}
	page := w.page("", "/c/woundcare/log")
	w.holds(page, "Older")
	w.lacks(page, "the first")
	rows, err := w.store.Read(t.Context()).ModLogPage(w.community.ID, models.Page{Limit: listSize})
	w.must(err)
	w.holds(w.page("", "/c/woundcare/log?max_id="+format(rows[listSize-1].ID)), "the first", "Newest")
}

func TestSettingsAreOfferedToWhoLooksAfterACommunity(t *testing.T) {
	w := newWard(t)
	const settings = `href="/c/woundcare/settings"`
	w.holds(w.page("anna", "/@woundcare"), settings)
	for _, viewer := range []string{"", "ben"} {
		w.lacks(w.page(viewer, "/@woundcare"), settings)
	}
}
