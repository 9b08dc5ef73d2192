package mastodon

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tomnomnom/linkheader"

	"praxis/internal/testdb"
	"praxis/models"
	"praxis/practice"
)

// crowd fills a house so that every list has length entries for alice.
func crowd(h *house, length int) (alice *models.Actor, lists map[string]int) {
	h.t.Helper()
	alice = h.member("alice")
	locked := h.member("locked")
	_, err := h.service.UpdateProfile(h.t.Context(), alice, practice.Profile{Locked: new(bool)})
	h.must(err)
	root := h.write(alice, "root #topic", "public", nil)
	h.must(h.service.Block(h.t.Context(), locked, h.remote("nobody", "n.test", models.TypePerson), ""))
	care := h.community("care", alice, true)
	for i := range length {
		other := h.remote("r"+strconv.Itoa(i), "b.test", models.TypePerson)
		bad := h.remote("x"+strconv.Itoa(i), "x.test", models.TypePerson)
		h.follows(other, alice)
		h.follows(alice, other)
		h.must(h.service.Block(h.t.Context(), alice, bad, ""))
		draft := practice.Draft{
			Author: other, URI: fmt.Sprintf("https://b.test/p/%d", i), Content: "<p>hi #topic</p>", Tags: []string{"topic"},
			Mentions: []*models.Actor{alice}, InReplyToURI: root.URI,
		}
		if i%2 == 0 {
			draft.InReplyToURI = ""
		}
		post := h.receive(draft)
		h.must(h.service.Favourite(h.t.Context(), alice, post, "", practice.Cause{}))
		h.must(h.service.Favourite(h.t.Context(), other, root, "https://b.test/l/"+strconv.Itoa(i), practice.Cause{URI: "x"}))
		_, err := h.service.Share(h.t.Context(), other, root, "https://b.test/s/"+strconv.Itoa(i), 0)
		h.must(err)
		_, err = h.service.Follow(h.t.Context(), other, care, practice.FollowOptions{URI: "https://b.test/f/" + strconv.Itoa(i)})
		h.must(err)
	}
	return alice, map[string]int{
		"/api/v1/timelines/home":                               length + 1,
		"/api/v1/timelines/public":                             length + 1,
		"/api/v1/timelines/public?remote=1":                    length,
		"/api/v1/timelines/tag/Topic":                          length + 1,
		"/api/v1/favourites":                                   length,
		"/api/v1/blocks":                                       length,
		"/api/v1/follow_requests":                              length,
		"/api/v1/notifications":                                4 * length,
		"/api/v1/notifications?types[]=reblog":                 length,
		pathOf("/api/v1/accounts/{id}/followers", alice.ID):    length,
		pathOf("/api/v1/accounts/{id}/following", alice.ID):    length + 1,
		pathOf("/api/v1/accounts/{id}/statuses", alice.ID):     1,
		pathOf("/api/v1/statuses/{id}/favourited_by", root.ID): length,
		pathOf("/api/v1/statuses/{id}/reblogged_by", root.ID):  length,
		"/api/v2/notifications?grouped_types[]=none":           4 * length,
	}
}

// TestWalkByLink: whatever the length of the pages, following the Link header gives everything once, in one order, both
// ways; the last page leads no further.
func TestWalkByLink(t *testing.T) {
	const length = 4
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouseOn(t, database)
		alice, lists := crowd(h, length)
		for path, total := range lists {
			whole := h.walk(alice, path, 40, "next")
			if len(whole) != total {
				t.Errorf("%s has %d entries, want %d", path, len(whole), total)
			}
			for _, limit := range []int{1, 2, 3, total} {
				if got := h.walk(alice, path, limit, "next"); !slices.Equal(got, whole) {
					t.Errorf("%s by %d: %v, want %v", path, limit, got, whole)
				}
			}
			h.walkBack(alice, path, whole)
		}
	})
}

// walk follows links and gives the ids that it met.
func (h *house) walk(actor *models.Actor, path string, limit int, rel string) []string {
	h.t.Helper()
	path = withParam(path, "limit", strconv.Itoa(limit))
	var met []string
	for steps := 0; path != ""; steps++ {
		if steps > 100 {
			h.t.Fatalf("the way through %s has no end", path)
		}
		a := h.get(actor, path)
		page := entries(a)
		if len(page) > limit {
			h.t.Errorf("%s gives %d entries", path, len(page))
		}
		met = append(met, page...)
		if len(page) == 0 && len(met) > 0 && rel == "next" {
			h.t.Errorf("%s is an empty page at the end", path)
		}
		path = h.link(a, rel, path)
	}
	return met
}

// walkBack goes up again from the oldest entry; on that way the pages come in the other order.
func (h *house) walkBack(actor *models.Actor, path string, whole []string) {
	h.t.Helper()
	at := withParam(withParam(path, "limit", "2"), "min_id", "1")
	var met []string
	for steps := 0; steps <= len(whole); steps++ {
		a := h.get(actor, at)
		page := entries(a)
		if len(page) == 0 {
			break
		}
		met = append(page, met...)
		at = h.link(a, "prev", at)
	}
	if !slices.Equal(met, whole) {
		h.t.Errorf("%s from below: %v, want %v", path, met, whole)
	}
}

func entries(a answer) []string {
	a.t.Helper()
	if strings.HasPrefix(a.Body.String(), "{") {
		groups := a.object()["notification_groups"].([]any)
		found := []string{}
		for _, g := range groups {
			found = append(found, g.(map[string]any)["group_key"].(string))
		}
		return found
	}
	return idsOf(a.list())
}

// link gives where the Link header leads, after checking that it keeps what the address says.
func (h *house) link(a answer, rel, from string) string {
	h.t.Helper()
	for _, link := range linkheader.Parse(a.Header().Get("Link")).FilterByRel(rel) {
		rest, ok := strings.CutPrefix(link.URL, "https://a.test/")
		if !ok {
			h.t.Fatalf("%q is not absolute", link.URL)
		}
		before, _ := url.Parse(from)
		after, _ := url.Parse(link.URL)
		for name, values := range before.Query() {
			if !slices.Contains([]string{"max_id", "min_id", "since_id", "access_token"}, name) && !slices.Equal(after.Query()[name], values) {
				h.t.Errorf("%s loses %s", link.URL, name)
			}
		}
		return "/" + rest
	}
	return ""
}

func withParam(path, name, value string) string {
	parsed, _ := url.Parse(path)
	query := parsed.Query()
	query.Set(name, value)
	parsed.RawQuery = query.Encode()
	return parsed.String()
}

func TestLinkCarriesNoToken(t *testing.T) {
	h := newHouse(t)
	alice := h.member("alice")
	h.write(alice, "one", "public", nil)
	h.write(alice, "two", "public", nil)
	link := h.get(alice, "/api/v1/timelines/public?limit=1&local=true&access_token=secret").Header().Get("Link")
	if strings.Contains(link, "secret") || !strings.Contains(link, "local=true") || !strings.Contains(link, `rel="next"`) {
		t.Errorf("Link: %s", link)
	}
}

func TestPagesAreBounded(t *testing.T) {
	h := newHouse(t)
	alice := h.member("alice")
	for range 41 {
		h.write(alice, "again", "public", nil)
	}
	for asked, want := range map[string]int{"": 20, "0": 20, "-3": 20, "x": 20, "7": 7, "1000": 40} {
		if got := h.get(alice, "/api/v1/timelines/home?limit="+asked).list(); len(got) != want {
			t.Errorf("limit %q gives %d", asked, len(got))
		}
	}
	for _, name := range []string{"max_id", "since_id", "min_id"} {
		h.get(alice, "/api/v1/timelines/home?"+name+"=").status(http.StatusOK)
		if text := h.get(alice, "/api/v1/timelines/home?"+name+"=abc").refused(http.StatusUnprocessableEntity); !strings.Contains(text, name) {
			t.Errorf("%s: %s", name, text)
		}
	}
}
