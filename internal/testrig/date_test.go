package testrig_test

import (
	"slices"
	"testing"
	"time"

	"praxis/federation/vocab"
	"praxis/internal/testrig"
	"praxis/models"
)

// TestC11_DatesAhead: a clock that is an hour off is believed, so that all have the same date; next week is not. Neither stays on top
// of a timeline.
func TestC11_DatesAhead(t *testing.T) {
	testrig.Each(t, []string{"a.test"}, func(t *testing.T, c *testrig.Cluster) {
		a := c.Server("a.test")
		peer := c.NewPeer("m.test", "mastodon")
		ann, bo := a.Member("ann"), peer.Actor("bo", "Person")
		ann.Follow("@bo@m.test")
		c.Settle()
		bo.Send(a, bo.Activity("Accept", "1", peer.Received()[0]))
		for id, ahead := range map[string]time.Duration{"hour": time.Hour, "week": 7 * 24 * time.Hour} {
			claimed := c.Clock.Now().Add(ahead)
			note := bo.Note(id, id, func(n testrig.M) { n["published"] = vocab.FormatTime(claimed) })
			bo.Send(a, bo.Activity("Create", "create-"+id, note))
			c.Settle()
			row, err := a.Store.Read(t.Context()).PostByURI(note["id"].(string))
			if err != nil {
				t.Fatal(err)
			}
			if off := row.PublishedAt.Time().Sub(claimed); ahead == time.Hour && off.Abs() >= time.Second || row.PublishedAt > models.At(c.Clock.Now().Add(2*time.Hour)) {
				t.Errorf("%s: dated %s, which claims %s", id, row.PublishedAt.Time(), claimed)
			}
		}
		ann.Object("POST", "/api/v1/statuses", testrig.M{"status": "later"})
		if got := texts(ann.Home()); len(got) != 3 || got[0] != "later" || !slices.Contains(got, "hour") {
			t.Errorf("home is %q", got)
		}
	})
}
