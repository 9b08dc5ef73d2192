package activitypub

import (
	"fmt"
	"testing"

	"praxis/models"
	"praxis/practice"
)

// pages follows an outbox's pages by a link, and gives how often it met each post; between is done before each further page.
func (h *house) pages(from, link string, between func()) (met map[string]int, starts []float64) {
	h.t.Helper()
	met = map[string]int{}
	for page := h.doc(h.get(h.path(from))); ; page = h.doc(h.get(h.path(page[link].(string)))) {
		if page["first"] == nil || page["last"] == nil || page["partOf"] == nil {
			h.t.Errorf("a page without links: %v", page["id"])
		}
		start, numbered := page["startIndex"].(float64)
		items := page["orderedItems"].([]any)
		if numbered != (len(items) > 0) {
			h.t.Errorf("%v with %d items begins at %v", page["id"], len(items), page["startIndex"])
		}
		starts = append(starts, start)
		for _, item := range items {
			activity := item.(map[string]any)
			inner, _ := activity["object"].(map[string]any)
			post, _ := inner["object"].(map[string]any)
			if activity["type"] != "Announce" || inner["type"] != "Create" {
				h.t.Errorf("the outbox has a %v of a %v", activity["type"], inner["type"])
			}
			met[post["id"].(string)]++
		}
		if page[link] == nil {
			return met, starts
		}
		between()
	}
}

// TestOutboxIsWholeWhileItGrows: who walks a community's outbox finds each post that everybody may read, and once, in both
// directions, also while posts come.
func TestOutboxIsWholeWhileItGrows(t *testing.T) {
	h := newHouse(t, nil)
	alice := h.member("alice")
	care := h.community("care", alice)
	write := func(text string) string {
		post, err := h.service.Post(t.Context(), practice.Draft{Author: alice, Text: text, Community: care})
		h.must(err)
		return post.URI
	}
	var posts []string
	for i := range 70 {
		posts = append(posts, write(fmt.Sprint("Post ", i)))
	}
	h.post(alice, "@care Not for everybody", models.Private, nil)
	box := h.doc(h.get("/c/care/outbox"))
	if box["totalItems"] != 70.0 || box["first"] == nil || box["last"] == nil {
		t.Errorf("the outbox is %v", box)
	}
	grown := 0
	met, starts := h.pages(box["first"].(string), "next", func() { grown++; posts = append(posts, write(fmt.Sprint("Later ", grown))) })
	for i, uri := range posts {
		if want := map[bool]int{true: 1}[i < 70]; met[uri] != want {
			t.Errorf("post %d was met %d times", i, met[uri])
		}
	}
	if fmt.Sprint(starts) != "[0 21 42 63]" { // each page moved by the one that came
		t.Errorf("the pages begin at %v", starts)
	}
	met, starts = h.pages(box["last"].(string), "prev", func() {})
	if len(met) != len(posts) || starts[len(starts)-1] != 0 || starts[0] != float64(len(posts)-outboxPage) {
		t.Errorf("upwards %d of %d posts were met, at %v", len(met), len(posts), starts)
	}
	for uri, times := range met {
		if times != 1 {
			t.Errorf("%s was met %d times upwards", uri, times)
		}
	}
	last := h.doc(h.get(h.path(box["last"].(string))))
	if last["next"] != nil || last["prev"] == nil || last["id"] != box["last"] {
		t.Errorf("the last page goes on at %v", last["next"])
	}
	if empty := h.doc(h.get("/c/care/outbox?max_id=1")); empty["startIndex"] != nil || empty["next"] != nil || len(empty["orderedItems"].([]any)) != 0 {
		t.Errorf("before everything stands %v", empty)
	}
}
