package testrig_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"praxis/internal/testrig"
)

// TestG12_VotesFromOutsideCountOnce: once for each actor, as long as the poll is open, and only in what the voter may read.
func TestG12_VotesFromOutsideCountOnce(t *testing.T) {
	testrig.Each(t, []string{"a.test"}, func(t *testing.T, c *testrig.Cluster) {
		server := c.Server("a.test")
		ana := server.Member("ana")
		eve := c.NewPeer("evil.test", "mastodon").Actor("eve", "Person")
		ask := func(visibility string) m {
			return ana.Object(http.MethodPost, "/api/v1/statuses", m{
				"status": "Which?", "visibility": visibility, "poll": m{"options": []string{"x", "y"}, "expires_in": 600},
			})
		}
		open, hidden := ask("public"), ask("private")
		number := 0
		vote := func(status m, name string) {
			number++
			id := "https://evil.test/votes/" + strings.Repeat("i", number)
			note := m{"id": id, "type": "Note", "attributedTo": eve.URI, "to": []string{ana.Actor.URI}, "inReplyTo": status["uri"], "name": name}
			eve.Send(server, eve.Activity("Create", "v"+strings.Repeat("i", number), note))
			c.Settle()
		}
		count := func(status m) float64 {
			return ana.Object(http.MethodGet, "/api/v1/statuses/"+status["id"].(string), nil)["poll"].(m)["votes_count"].(float64)
		}
		vote(open, "z")
		vote(hidden, "x")
		if count(open) != 0 || count(hidden) != 0 {
			t.Errorf("votes that are none count: %v, %v", count(open), count(hidden))
		}
		vote(open, "x")
		vote(open, "x")
		vote(open, "y")
		if n := count(open); n != 1 {
			t.Errorf("one voter made %v votes", n)
		}
		late := ask("public")
		c.Clock.Advance(time.Hour)
		vote(late, "x")
		if n := count(late); n != 0 {
			t.Errorf("%v votes after the end", n)
		}
		if n := server.Count("post"); n != 3 {
			t.Errorf("votes were stored as posts: %d", n)
		}
	})
}
