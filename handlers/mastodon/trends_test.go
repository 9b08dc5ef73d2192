package mastodon

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"praxis/internal/testdb"
	"praxis/models"
	"praxis/practice"
)

func TestTrends(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouseOn(t, database)
		alice, bob, carol := h.member("alice"), h.member("bob"), h.member("carol")
		discoverable := true
		_, err := h.service.UpdateProfile(t.Context(), alice, practice.Profile{Discoverable: &discoverable})
		h.must(err)
		liked := h.write(alice, "#care https://b.test/page", "public", nil)
		h.write(bob, "#care https://b.test/page", "public", nil)
		h.write(bob, "#alone #alone https://b.test/other", "public", nil)
		h.write(carol, "#hidden https://b.test/hidden", "unlisted", nil)
		h.write(alice, "#hidden https://b.test/hidden", "private", nil)
		self := h.write(alice, "mine", "public", nil)
		h.post(alice, pathOf("/api/v1/statuses/{id}/favourite", self.ID), nil).status(http.StatusOK)
		h.post(bob, pathOf("/api/v1/statuses/{id}/favourite", liked.ID), nil).status(http.StatusOK)
		h.must(h.store.Tx(t.Context(), func(tx *models.Tx) error {
			due, err := tx.DueCards(9)
			for i := range due {
				due[i].State, due[i].Title = models.CardReady, "Page"
				if err = tx.SaveCard(&due[i]); err != nil {
					return err
				}
			}
			return err
		}))
		for _, path := range []string{"/api/v1/trends/tags", "/api/v1/trends"} {
			got := h.get(nil, path).list()
			if len(got) != 1 || got[0]["name"] != "care" {
				t.Fatalf("tags %v", got)
			}
			today := got[0]["history"].([]any)[0].(map[string]any)
			if len(got[0]["history"].([]any)) != 7 || today["uses"] != "2" || today["accounts"] != "2" {
				t.Errorf("history %v", today)
			}
		}
		if got := idsOf(h.get(nil, "/api/v1/trends/statuses").list()); len(got) != 1 || got[0] != formatID(liked.ID) {
			t.Errorf("statuses %v", got)
		}
		links := h.get(nil, "/api/v1/trends/links").list()
		if len(links) != 1 || links[0]["url"] != "https://b.test/page" || len(links[0]["history"].([]any)) != 7 {
			t.Fatalf("links %v", links)
		}
		if described := loadSchemas(t); len(described.check("link", described["TrendsLink"], links[0])) > 0 {
			t.Error(described.check("link", described["TrendsLink"], links[0]))
		}
		if got := h.get(nil, "/api/v1/trends/links?offset=1").list(); len(got) != 0 {
			t.Errorf("beyond the end: %v", got)
		}
		if got := h.get(nil, "/api/v1/timelines/link?url="+url.QueryEscape("https://b.test/page")).list(); len(got) != 2 {
			t.Errorf("timeline %v", got)
		}
		h.get(nil, "/api/v1/timelines/link?url=x").absent()
		h.get(nil, "/api/v1/timelines/link").refused(http.StatusUnprocessableEntity)
		// Nobody makes a trend whom moderators limited.
		limit := func(at models.Timestamp) {
			h.must(h.store.Tx(t.Context(), func(tx *models.Tx) error { return tx.MarkActor(alice.ID, models.MarkSilenced, at) }))
			h.seconds.Add(int64((10 * time.Minute).Seconds()))
		}
		limit(1)
		for _, path := range []string{"/api/v1/trends/tags", "/api/v1/trends/statuses", "/api/v1/trends/links"} {
			if got := h.get(nil, path).list(); len(got) != 0 {
				t.Errorf("%s of a limited author: %v", path, got)
			}
		}
		limit(0)
		// A post that is gone, or whose author blocked the viewer, is no trend for them although the list is kept.
		h.post(alice, pathOf("/api/v1/accounts/{id}/block", carol.ID), nil).status(http.StatusOK)
		if got := h.get(carol, "/api/v1/trends/statuses").list(); len(got) != 0 {
			t.Errorf("for a blocked one %v", got)
		}
		h.seconds.Add(int64((5 * 24 * time.Hour).Seconds()))
		if got := h.get(nil, "/api/v1/trends/tags").list(); len(got) != 0 {
			t.Errorf("days later %v", got)
		}
	})
}

func TestSearchOfTexts(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouseOn(t, database)
		alice, bob := h.member("alice"), h.member("bob")
		unindexed, open := false, h.member("open")
		_, err := h.service.UpdateProfile(t.Context(), bob, practice.Profile{Indexable: &unindexed})
		h.must(err)
		h.community("care", alice, false)
		mine := h.write(alice, "Die ÄPFEL href sind 100% reif", "private", nil)
		named := h.write(bob, "@alice äpfel for you", "direct", nil)
		quiet := h.write(bob, "äpfel of bob", "public", nil)
		found := h.write(open, "Open äpfel https://b.test/x", "public", nil)
		thread := h.write(bob, "@care äpfel for the community", "public", nil)
		h.write(bob, "secret äpfel", "private", nil)
		search := func(actor *models.Actor, query string) []string {
			t.Helper()
			list := []map[string]any{}
			for _, item := range h.get(actor, "/api/v2/search?type=statuses&"+query).object()["statuses"].([]any) {
				list = append(list, item.(map[string]any))
			}
			return idsOf(list)
		}
		q := func(words string) string { return "q=" + url.QueryEscape(words) }
		id := func(posts ...*models.Post) []string {
			var all []string
			for _, p := range posts {
				all = append(all, formatID(p.ID))
			}
			return all
		}
		for _, c := range []struct {
			query string
			want  []string
		}{
			{q("äpfel"), id(thread, found, named, mine)},
			{q("ÄPFEL open"), id(found)},
			{q(`"open äpfel"`), id(found)},
			{q("äpfel -open"), id(thread, named, mine)},
			{q("100%"), id(mine)},
			{q("_pfel"), nil},
			{q("nofollow"), nil},
			{q("from:me äpfel"), id(mine)},
			{q("äpfel from:@open"), id(found)},
			{q("from:nobody äpfel"), nil},
			{q("has:link"), id(found)},
			{q("has:media äpfel"), nil},
			{q("is:reply äpfel"), nil},
			{q("-is:reply open"), id(found)},
			{q("before:2026-03-01 äpfel"), nil},
			{q("after:2026-02-28 open"), id(found)},
			{q("during:2026-03-01 open"), id(found)},
			{q("during:never äpfel"), nil},
			{q("äpfel") + "&account_id=" + formatID(open.ID), id(found)},
			{q("äpfel") + "&limit=1&offset=1", id(found)},
			{q("-open"), nil},
		} {
			if got := search(alice, c.query); len(got) != len(c.want) || len(got) > 0 && got[0] != c.want[0] || len(got) > 0 && got[len(got)-1] != c.want[len(c.want)-1] {
				t.Errorf("%s: %v, want %v", c.query, got, c.want)
			}
		}
		if got := search(nil, q("äpfel")); len(got) != 0 {
			t.Errorf("nobody finds %v", got)
		}
		h.post(alice, pathOf("/api/v1/statuses/{id}/favourite", quiet.ID), nil).status(http.StatusOK)
		if got := search(alice, q("bob äpfel")); len(got) != 1 || got[0] != formatID(quiet.ID) {
			t.Errorf("a liked one is not found: %v", got)
		}
		h.as(open, http.MethodPut, pathOf("/api/v1/statuses/{id}", found.ID), map[string]any{"status": "Birnen"}).status(http.StatusOK)
		h.as(bob, http.MethodDelete, pathOf("/api/v1/statuses/{id}", thread.ID), nil).status(http.StatusOK)
		if got := search(alice, q("birnen")); len(got) != 1 || len(search(alice, q("open"))) != 0 || len(search(alice, q("community"))) != 0 {
			t.Errorf("after an edit and a deletion %v", got)
		}
	})
}
