package testrig_test

import (
	"net/http"
	"testing"
	"time"

	"praxis/internal/testrig"
	"praxis/models"
)

func answers(m *testrig.Member, uri any) int {
	shown := m.Object(http.MethodGet, "/api/v1/statuses/"+m.Locate(uri.(string))["id"].(string)+"/context", nil)
	return len(shown["descendants"].([]any))
}

// pass lets days go by.
func pass(c *testrig.Cluster, days int) {
	for range days {
		c.Clock.Advance(24 * time.Hour)
		c.Settle()
	}
}

// A host is gone for good, as it seems: the others agree, its threads go on by the successor that it named, and when it returns
// nothing is there twice.
func TestSiblingsOutliveAHost(t *testing.T) {
	threeSiblings(t, func(t *testing.T, c *testrig.Cluster, s []*testrig.Sibling) {
		a, b, third := s[0], s[1], s[2]
		ann, bo, cleo := a.Member("ann"), b.Member("bo"), third.Member("cleo")
		bo.Follow("@solvents@b.test")
		bo.Follow("@solvents@a.test")
		cleo.Follow("@solvents@c.test")
		thread := post(ann, a, "Acetone dissolves the seal.")
		c.Settle()
		c.Network.SetDown(a.Host, true)
		for _, one := range []*testrig.Sibling{b, third} {
			one.Declared(a, third)
		}
		bo.Reply(bo.Locate(thread["uri"].(string))["id"].(string), "And it smells.") // its lane is given up before the host returns
		pass(c, 13)
		if pair := b.PairWith(a); pair.State != models.SiblingLive {
			t.Fatalf("it is %s before the time that was agreed", pair.State)
		}
		pass(c, 2)
		for _, one := range []*testrig.Sibling{b, third} {
			if pair := one.PairWith(a); pair.State != models.SiblingLost || pair.AdopterURI != third.Group.URI {
				t.Errorf("at %s it is %s, taken up by %s", one.Host, pair.State, pair.AdopterURI)
			}
		}
		if b.PairWith(third).State != models.SiblingLive {
			t.Error("one that answers is lost")
		}
		bo.Reply(bo.Locate(thread["uri"].(string))["id"].(string), "Take another seal.")
		c.Settle()
		if got := answers(cleo, thread["uri"]); got != 2 {
			t.Errorf("the adopter shows %d answers", got)
		}
		c.Network.SetDown(a.Host, false)
		pass(c, 1)
		c.Clock.Advance(10 * time.Minute)
		c.Settle()
		for _, one := range []*testrig.Sibling{b, third} {
			if pair := one.PairWith(a); pair.State != models.SiblingLive || pair.AdopterURI != "" {
				t.Errorf("at %s it is %s after its return", one.Host, pair.State)
			}
		}
		if got := answers(ann, thread["uri"]); got != 2 {
			t.Errorf("who returned shows %d answers", got)
		}
		if a.Count("sibling_loss") != 0 {
			t.Error("who returned holds others for lost")
		}
		for _, one := range s {
			if got := threads(t, one); len(got) != 1 {
				t.Errorf("%s shows %d threads", one.Host, len(got))
			}
		}
	})
}

// One sibling alone, or one that is none, loses nobody: most of them have to say so, and each has to find it silent by itself.
func TestOneAloneLosesNobody(t *testing.T) {
	hosts := []string{"a.test", "b.test", "c.test", "d.test"}
	c := testrig.NewCluster(t, hosts...)
	s := c.Siblings("solvents", agreed(), hosts...)
	stranger := c.NewPeer("m.test", "mastodon").Actor("noise", "Group")
	stranger.Send(s[1].Server, stranger.Activity("SiblingLost", "1", s[0].Group.URI))
	for range 2 { // what the first has to say it says before it is gone
		c.Settle()
		c.Clock.Advance(2 * time.Hour)
	}
	c.Settle()
	s[1].SetPair(s[0], func(pair *models.Sibling) { pair.HeardAt = 1 })
	c.Network.SetDown(s[0].Host, true)
	c.Settle()
	c.Clock.Advance(2 * time.Hour)
	c.Settle()
	for _, one := range s[1:] {
		if pair := one.PairWith(s[0]); pair.State != models.SiblingLive {
			t.Errorf("at %s it is %s", one.Host, pair.State)
		}
	}
	if s[2].Count("sibling_loss") != 1 {
		t.Errorf("%d words were heard, of one sibling", s[2].Count("sibling_loss"))
	}
}
