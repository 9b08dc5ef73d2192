package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"praxis/internal/testrig/chromium"
	"praxis/models"
	"praxis/practice"
)

// TestPagesInABrowser: every page stands on wide and on narrow screens without a bar to scroll sideways, loads all that
// it names, and breaks none of its own rules.
func TestPagesInABrowser(t *testing.T) {
	w := furnishedWard(t)
	server := httptest.NewServer(w.handler)
	defer server.Close()
	tab := chromium.Open(t)
	for _, p := range w.tour() {
		for _, width := range []int64{1280, 360} {
			look(tab, server.URL, p, width, false)
		}
	}
	look(tab, server.URL, w.tour()[0], 1280, true)
	for _, p := range w.tour() {
		if p.name == "log" || p.name == "far" || p.name == "hidden" || p.name == "community" {
			look(tab, server.URL, p, 390, true)
		}
	}
	look(tab, server.URL, stop{"thread", "", w.path(w.question.URL)}, 360, true)
}

// stop is a page to look at.
type stop struct{ name, viewer, path string }

func (w *ward) tour() []stop {
	return []stop{
		{"front", "", "/"},
		{"home", "anna", "/"},
		{"communities", "", "/communities"},
		{"community", "", "/@woundcare"},
		{"member", "", "/@anna"},
		{"remote", "", "/@marieke_van_der_berg_wundmanagerin@a-really-long-host-name.of-a-clinic.in-a-far-away-place.example"},
		{"thread", "", w.path(w.question.URL)},
		{"reply", "ben", w.path(w.thanks.URL)},
		{"tag", "", "/tags/ask"},
		{"empty", "", "/tags/nothing"},
		{"about", "", "/about"},
		{"absent", "", "/@nobody"},
		{"log", "", "/c/woundcare/log"},
		{"far", "", "/@cleo@far.example/" + format(w.far.ID)},
		{"hidden", "", "/@cleo@near.example/" + format(w.hidden.ID)},
	}
}

// furnishSiblings makes the community one of several, with a log, members, and a thread that is hidden here.
func (w *ward) furnishSiblings() {
	w.t.Helper()
	far, near := w.sibling("far.example", "Honey on heels"), w.sibling("near.example", "Sugar on heels")
	w.far, w.hidden = far.thread, near.thread
	for _, k := range []*kin{far, near} {
		w.says(k, practice.SiblingSays{
			Members: 41, Hosts: map[string]int64{k.group.Host: 30, "a-really-long-host-name.of-a-clinic.in-a-far-away-place.example": 11},
			InStep: map[string]models.Timestamp{w.community.URI: models.At(w.store.Now().Add(time.Hour)), far.group.URI: models.At(w.store.Now().Add(time.Hour))},
			Log: []models.SiblingLogEntry{
				{ActivityURI: k.group.URI + "/a/1", Verb: models.ActRemove, ActorURI: k.author.URI, ObjectURI: w.question.URI, Reason: "Twice the same.", Proven: true},
				{ActivityURI: k.group.URI + "/a/2", Verb: models.ActBan, ActorURI: k.group.URI + "/users/somebody", ObjectURI: "https://m.example/users/spam", Reason: "Spam."},
			},
		})
	}
	w.must(w.service.Remove(w.t.Context(), practice.Act{Moderator: w.anna, Community: w.community, PostURI: near.thread.URI, Reason: "We do not use sugar."}))
	w.must(w.service.MissReport(w.t.Context(), near.pair.ID, "near.example: connection refused"))
}

// furnishedWard is a ward with all that makes pages wide: long words, long names, code, deep threads.
func furnishedWard(t *testing.T) *ward {
	w := newWard(t)
	note := "Nurse on ward 3 since 2009, wound care specialist.\nAsk me about #dressings, and about https://wounds.example/a/very/long/address/that/goes/on/and/on/without/any/place/to/break/it.html"
	_, err := w.service.UpdateProfile(t.Context(), w.anna, practice.Profile{Note: &note, Fields: []models.Field{{Name: "Room", Value: "3.14"}, {Name: "Website", Value: "https://hospital.example/wards/3"}}})
	w.must(err)
	w.house.community("pumps", "Infusion pumps", "Setting up, cleaning and repairing infusion pumps of all makers: settings, alarms, spare parts, and what to do in the night.", w.ben)
	w.house.community("handover", "Handover at the bedside", "Talking with patients rather than about them when shifts change.", w.anna)
	far := w.remote("marieke_van_der_berg_wundmanagerin", "a-really-long-host-name.of-a-clinic.in-a-far-away-place.example", "Marieke van der Berg-Oosterhuis, Wundmanagerin")
	w.draft(practice.Draft{
		Author: far, InReplyTo: w.question, InReplyToURI: w.question.URI, URI: far.URI + "/1", URL: far.URL + "/1", Published: w.store.Now(),
		Language: "de", Content: "<p>Bei uns hilft die Wundversorgungsdokumentationssoftwareeinführungsarbeitsgruppe.</p><pre><code>one very long line of a program that nobody ever wanted to break into two shorter lines, and so it goes on</code></pre><blockquote><p>As they say.</p></blockquote>",
		Attachments: []models.Attachment{{Type: "image", URL: "https://pictures.example/heel.jpg", Description: "A heel, four weeks later"}},
	})
	w.post(w.ben, "@woundcare We have written down how we photograph wounds #share\n\nLight from the side, a ruler in the picture, no flash.", models.Public, nil)
	w.post(w.ben, "@pumps Alarm 47 in the night and nobody knows why #stuck\n\nIt comes back after each restart.", models.Public, nil)
	w.draftWarned("This is about a wound that smells.")
	w.post(w.anna, "Only for those who follow me: I am on leave next week.", models.Private, nil)
	w.furnishSiblings()
	last := w.thanks
	for i := range 7 {
		last = w.post([]*models.Actor{w.ben, w.anna}[i%2], fmt.Sprintf("One more thought, number %d, with enough text to fill more than one line on a narrow screen.", i+1), models.Public, last)
	}
	return w
}

// styled tells whether the stylesheets are in force.
const styled = `[...document.styleSheets].filter(s => s.cssRules.length > 0).length`

// look judges a page as somebody sees it.
func look(tab *chromium.Tab, base string, s stop, width int64, dark bool) {
	tab.T.Helper()
	tab.Complaints()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	chromium.Call(tab, network.ClearBrowserCookies, cdp.Empty{})
	if s.viewer != "" {
		chromium.Call(tab, network.SetCookie, network.SetCookieParams{Name: sessionCookie, Value: s.viewer, URL: base})
	}
	tab.Screen(width, 800, scheme)
	tab.Visit(base + s.path)
	wide, sheets := tab.Overflow(), chromium.Ask(tab, chromedp.Evaluate[int](styled))
	if wide != "" {
		tab.T.Errorf("%s is wider than %d pixels: %s", s.path, width, wide)
	}
	absent := s.name == "absent" || s.name == "hidden"
	if sheets < 2 && s.name != "absent" {
		tab.T.Errorf("%s has %d stylesheets", s.path, sheets)
	}
	for _, fault := range tab.Complaints() {
		if absent && strings.Contains(fault, fmt.Sprint(http.StatusNotFound)) {
			continue // the browser says that there is nothing, which is so
		}
		tab.T.Errorf("%s at %d pixels: %s", s.path, width, fault)
	}
	tab.Keep(fmt.Sprintf("%s-%d-%s.png", s.name, width, scheme))
}
