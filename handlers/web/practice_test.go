package web

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"praxis/models"
	"praxis/practice"
)

// shares publishes a post of a kind into the community.
func (w *ward) shares(author *models.Actor, text, kind string, facts practice.Facts) *models.Post {
	w.t.Helper()
	post, err := w.service.Post(w.t.Context(), practice.Draft{
		Author: author, Text: text, Title: "About " + kind, Kind: kind, Community: w.community, Placed: true, Facts: &facts,
	})
	w.must(err)
	return post
}

func ptr[T any](v T) *T { return &v }

// TestPracticeOnPages: a thread's page shows what its author and others said beside the text.
func TestPracticeOnPages(t *testing.T) {
	w := newWard(t)
	asset := w.shares(w.anna, "A form.", practice.AssetShare, practice.Facts{License: ptr("CC-BY-4.0"), Version: ptr("1.2"), BasedOn: &[]string{w.question.URI, "https://b.test/<x>"}})
	w.post(w.ben, "#reused", models.Public, asset)
	shown := w.page("", w.path(asset.URL))
	w.holds(shown, "<h1 dir=\"auto\">About AssetShare</h1>", "https://spdx.org/licenses/CC-BY-4.0", "1.2", "Used again", "1 time", "Based on", "Which dressing")
	w.lacks(shown, "<strong>About AssetShare</strong>", "<x>")
	start := time.Date(2099, 5, 3, 8, 0, 0, 0, time.UTC)
	visit := w.shares(w.anna, "Come.", practice.Visit, practice.Facts{Start: &start, Timezone: ptr("Europe/Berlin"), Place: ptr("Ward 3"), Capacity: ptr(int64(4))})
	w.post(w.ben, "#going", models.Public, visit)
	w.holds(w.page("", w.path(visit.URL)), "Sunday, 3 May 2099, 10:00 (CEST)", "Ward 3", "1 person; 3 places are left")
	pool := w.shares(w.anna, "Gauze.", practice.Coordination, practice.Facts{Threshold: ptr(20.0), Unit: ptr("kg"), Deadline: &start})
	w.post(w.ben, "#join 2.5 kg", models.Public, pool)
	w.holds(w.page("", w.path(pool.URL)), "2.5 kg of 20 kg by 1 member", "3 May 2099")
	question := w.shares(w.anna, "How?", practice.ProblemSolving, practice.Facts{})
	reply := w.post(w.ben, "So.", models.Public, question)
	w.post(w.anna, "#helped", models.Public, reply)
	w.holds(w.page("", w.path(question.URL)), "Of use to others", `the reply by <bdi>Ben Okafor</bdi>`)
	text := "Longer."
	document := w.shares(w.anna, "Text.", practice.Documentation, practice.Facts{Status: ptr("draft")})
	_, err := w.service.Edit(t.Context(), w.anna, document, practice.Edit{Text: &text})
	w.must(err)
	w.holds(w.page("", w.path(document.URL)), "Revision", "<bdi>2</bdi>", "<bdi>draft</bdi>")
}

// TestThreadsByKind: the page of a community shows threads of one kind, and those that wait for an answer.
func TestThreadsByKind(t *testing.T) {
	w := newWard(t)
	w.shares(w.anna, "A form.", practice.AssetShare, practice.Facts{})
	w.shares(w.anna, "How?", practice.ProblemSolving, practice.Facts{})
	for path, want := range map[string][2]string{
		"/@woundcare?kind=AssetShare": {"About AssetShare", "About ProblemSolving"},
		"/@woundcare?unanswered=1":    {"About ProblemSolving", "Which dressing"},
		"/@woundcare?kind=Nonsense":   {"About ProblemSolving", "no such text"},
	} {
		shown := w.page("", path)
		w.holds(shown, want[0], `aria-current="page"`)
		w.lacks(shown, want[1])
	}
}

// TestCalendarOfVisits: a community's public visits are a calendar.
func TestCalendarOfVisits(t *testing.T) {
	w := newWard(t)
	start := time.Date(2099, 5, 3, 8, 0, 0, 0, time.UTC)
	w.shares(w.anna, "Come; and see,\nall of you.", practice.Visit, practice.Facts{Start: &start, End: ptr(start.Add(time.Hour)), Place: ptr("Ward 3, left")})
	direct := w.post(w.anna, "@woundcare secret #visit 2099-06-01 10:00", models.Direct, nil)
	if direct.Kind != practice.Visit {
		t.Fatal("the direct post is no visit")
	}
	r := httptest.NewRecorder()
	w.handler.ServeHTTP(r, httptest.NewRequest(http.MethodGet, "/c/woundcare/visits.ics", nil))
	calendar := r.Body.String()
	if kind := r.Header().Get("Content-Type"); r.Code != http.StatusOK || kind != "text/calendar; charset=utf-8" {
		t.Fatalf("%d %s", r.Code, kind)
	}
	for _, line := range []string{"BEGIN:VCALENDAR", "SUMMARY:About Visit", "DTSTART:20990503T080000Z", "DTEND:20990503T090000Z", `LOCATION:Ward 3\, left`, `X-WR-CALNAME:Wound care`} {
		if !strings.Contains(calendar, line+"\r\n") {
			t.Errorf("no line %q in %s", line, calendar)
		}
	}
	if strings.Count(calendar, "BEGIN:VEVENT") != 1 || strings.Contains(calendar, "secret") {
		t.Errorf("the calendar shows what is not public: %s", calendar)
	}
	for _, path := range []string{"/c/anna/visits.ics", "/c/nobody/visits.ics"} {
		r := httptest.NewRecorder()
		w.handler.ServeHTTP(r, httptest.NewRequest(http.MethodGet, path, nil))
		if r.Code != http.StatusNotFound {
			t.Errorf("%s answers %d", path, r.Code)
		}
	}
}

// TestUndoPage: the link shows a button, and only the button takes the command back.
func TestUndoPage(t *testing.T) {
	w := newWard(t)
	asset := w.shares(w.anna, "A form.", practice.AssetShare, practice.Facts{})
	w.post(w.ben, "#reused", models.Public, asset)
	rows, err := w.store.Read(t.Context()).NotificationPage(w.ben.ID, models.NotificationFilter{}, models.Page{Limit: 1})
	w.must(err)
	note, err := w.store.Read(t.Context()).Post(rows[0].PostID)
	w.must(err)
	path := regexp.MustCompile(`/undo/\S+`).FindString(note.Source)
	used := func() int64 {
		parts, err := w.store.Read(t.Context()).PracticeParts([]int64{asset.ID})
		w.must(err)
		return practice.PracticeOf(asset, parts, 0).Reuses
	}
	ask := func(method, path string, want int) string {
		t.Helper()
		r := httptest.NewRecorder()
		w.handler.ServeHTTP(r, httptest.NewRequest(method, path, nil))
		if r.Code != want {
			t.Fatalf("%s %s answers %d, want %d", method, path, r.Code, want)
		}
		return r.Body.String()
	}
	w.holds(ask(http.MethodGet, path, http.StatusOK), `<form method="post">`, "noindex")
	if used() != 1 {
		t.Fatal("the link alone took it back")
	}
	w.holds(ask(http.MethodPost, path, http.StatusOK), "Taken back")
	if used() != 0 {
		t.Error("the button takes nothing back")
	}
	ask(http.MethodPost, path, http.StatusConflict)
	ask(http.MethodGet, "/undo/nonsense", http.StatusNotFound)
	ask(http.MethodPost, "/undo/nonsense", http.StatusNotFound)
}
