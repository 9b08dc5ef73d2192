package testrig_test

import (
	"context"
	"crypto/sha256"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"praxis/internal/testrig"
	"praxis/models"
	"praxis/practice"
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

// Who looks after the threads of a lost sibling withdraws one, and shows it again.
func TestAdopterWithdrawsAndShowsAgain(t *testing.T) {
	threeSiblings(t, func(t *testing.T, c *testrig.Cluster, s []*testrig.Sibling) {
		a, b, third := s[0], s[1], s[2]
		thread := post(a.Member("ann"), a, "Acetone dissolves the seal.")
		c.Settle()
		c.Network.SetDown(a.Host, true)
		for _, one := range []*testrig.Sibling{b, third} {
			one.SetPair(a, func(pair *models.Sibling) { pair.State, pair.AdopterURI = models.SiblingLost, third.Group.URI })
		}
		does(t, third, third.Service.Remove, about(thread["uri"]))
		if got := shows(t, s[1:], thread["uri"]); got != "" {
			t.Errorf("the adopter withdrew it, and it is shown at %q", got)
		}
		does(t, third, third.Service.Restore, about(thread["uri"]))
		if got := shows(t, s[1:], thread["uri"]); got != "bc" {
			t.Errorf("the adopter shows it again, and it is shown at %q", got)
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

// A host died before it told all who goes on for it: the words of those who know it let all name the same one, in whatever order they
// come.
func TestAllNameTheSameAdopter(t *testing.T) {
	hosts := []string{"a.test", "b.test", "c.test", "d.test"}
	testrig.Each(t, hosts, func(t *testing.T, c *testrig.Cluster) {
		s := c.Siblings("solvents", agreed(), hosts...)
		lost, left := s[0], s[1:]
		slices.SortFunc(left, func(one, other *testrig.Sibling) int { return strings.Compare(fate(lost, one), fate(lost, other)) })
		unaware, next := left[0], left[2] // the first would name itself, by its hash
		c.Settle()
		c.Network.SetDown(lost.Host, true)
		for _, one := range left[1:] {
			one.Declared(lost, next)
		}
		pass(c, 16)
		for _, one := range left {
			if pair := one.PairWith(lost); pair.State != models.SiblingLost || pair.AdopterURI != next.Group.URI {
				t.Errorf("at %s it is %s, taken up by %s and not %s", one.Host, pair.State, pair.AdopterURI, next.Group.URI)
			}
		}
		words, err := unaware.Store.Read(context.Background()).SiblingLosses(unaware.Group.ID, lost.Group.URI)
		if err != nil || len(words) != len(left) {
			t.Fatalf("%d words: %v", len(words), err)
		}
		for _, order := range [][]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
			forget(t, unaware, lost)
			for _, i := range order {
				hear(t, unaware, lost, &words[i])
			}
			if pair := unaware.PairWith(lost); pair.State != models.SiblingLost || pair.AdopterURI != next.Group.URI {
				t.Errorf("with the words in the order %v it is %s, taken up by %s", order, pair.State, pair.AdopterURI)
			}
		}
	})
}

// fate is by what of several that are left one is chosen of which nothing is known.
func fate(lost, one *testrig.Sibling) string {
	sum := sha256.Sum256([]byte(lost.Group.URI + " " + one.Group.URI))
	return string(sum[:])
}

// forget lets a sibling be as before anybody said that it is lost.
func forget(t *testing.T, at, lost *testrig.Sibling) {
	t.Helper()
	at.SetPair(lost, func(pair *models.Sibling) { pair.State, pair.AdopterURI, pair.HeardAt = models.SiblingLive, "", 1 })
	err := at.Store.Tx(context.Background(), func(tx *models.Tx) error { return tx.ForgetSiblingLoss(at.Group.ID, lost.Group.URI, "") })
	if err != nil {
		t.Fatal(err)
	}
}

// hear lets a word on the loss of a sibling come, or be said by the Group here itself.
func hear(t *testing.T, at, lost *testrig.Sibling, word *models.SiblingLoss) {
	t.Helper()
	var err error
	if word.ByURI == at.Group.URI {
		err = at.Service.SiblingSilent(context.Background(), at.PairWith(lost).ID)
	} else {
		err = at.Service.HearLoss(context.Background(), at.See(word.ByURI), practice.LossSaid{URI: lost.Group.URI, Successors: word.SuccessorList()})
	}
	if err != nil {
		t.Fatal(err)
	}
}
