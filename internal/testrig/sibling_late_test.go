package testrig_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"praxis/internal/testrig"
)

// What a Group took late is on its page at the place of its date, and in the homes of those who missed it; nobody is notified, and no
// host hears of it.
func TestWhatComesLateIsNoNews(t *testing.T) {
	threeSiblings(t, func(t *testing.T, c *testrig.Cluster, s []*testrig.Sibling) {
		a, b := s[0], s[1]
		ann, bo, cleo := a.Member("ann"), b.Member("bo"), b.Member("cleo")
		group := bo.Find("@solvents@b.test")
		bo.Object(http.MethodPost, "/api/v1/accounts/"+group+"/follow", testrig.M{"notify": true})
		mastodon := c.NewPeer("mastodon.test", "mastodon")
		reader := mastodon.Actor("zoe", "Person")
		reader.Send(b.Server, reader.Activity("Follow", "1", b.Group.URI))
		post(ann, a, "Before.")
		c.Settle()
		lose(c, b.Host)
		c.Clock.Advance(24 * time.Hour)
		missed := post(ann, a, "Missed.")
		ann.Reply(missed["id"].(string), "An answer.")
		c.Settle()
		c.Clock.Advance(24 * time.Hour)
		post(bo, b, "Meanwhile.")
		cleo.Follow("@solvents@b.test")
		c.Network.Carry(nil)
		c.Settle()
		c.Clock.Advance(time.Hour)
		post(ann, a, "After.")
		c.Settle()
		notified := len(bo.List("/api/v1/notifications"))
		mastodon.Received()
		c.Clock.Advance(2 * time.Minute)
		c.Settle()
		whole := []string{"After.", "Meanwhile.", "Missed.", "Before."}
		if got := plain(bo.List("/api/v1/accounts/" + group + "/statuses")); !slices.Equal(got, whole) {
			t.Errorf("the page of the Group shows %q", got)
		}
		if got := plain(bo.Home()); !slices.Equal(got, whole) {
			t.Errorf("who missed it has at home %q", got)
		}
		if got := plain(cleo.Home()); slices.Contains(got, "Missed.") {
			t.Errorf("who followed later has at home %q", got)
		}
		if got := len(bo.List("/api/v1/notifications")); got != notified {
			t.Errorf("%d notifications, and %d before", got, notified)
		}
		if got := mastodon.Received(); len(got) != 0 {
			t.Errorf("another host is told: %v", got)
		}
	})
}

// plain gives what a timeline says, without whom it names.
func plain(list []testrig.M) []string {
	said := texts(list)
	for i := range said {
		said[i], _, _ = strings.Cut(said[i], " ")
	}
	return said
}
