package testrig_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"praxis/federation/pact"
	"praxis/internal/testrig"
	"praxis/models"
	"praxis/practice"
)

// does lets those who run a sibling do something about a post or somebody.
func does(t *testing.T, s *testrig.Sibling, do func(context.Context, practice.Act) error, change func(*practice.Act)) {
	t.Helper()
	act := practice.Act{Moderator: s.Group, Community: s.Group, Reason: "Off topic."}
	change(&act)
	if err := do(context.Background(), act); err != nil {
		t.Fatal(err)
	}
	s.Cluster.Settle()
}

func about(uri any) func(*practice.Act) {
	return func(act *practice.Act) { act.PostURI = uri.(string) }
}

// shows tells which of the siblings show a post.
func shows(t *testing.T, s []*testrig.Sibling, uri any) string {
	t.Helper()
	said := ""
	for _, one := range s {
		if _, err := one.Store.Read(context.Background()).VisiblePostByURI(uri.(string), models.Anonymous); err == nil {
			said += one.Host[:1]
		}
	}
	return said
}

func follower(c *testrig.Cluster, host, software string, of *testrig.Sibling) *testrig.Peer {
	peer := c.NewPeer(host, software)
	reader := peer.Actor("zoe", "Person")
	reader.Send(of.Server, reader.Activity("Follow", "1", of.Group.URI))
	return peer
}

func types(list []testrig.M) []string {
	var said []string
	for _, activity := range list {
		word := activity["type"].(string)
		if inner, ok := activity["object"].(testrig.M); ok {
			word += " " + inner["type"].(string)
		}
		said = append(said, word)
	}
	return said
}

// Moderators of the sibling that took a post first withdraw it everywhere, at once or once those there agree.
func TestSiblingsWithdraw(t *testing.T) {
	threeSiblings(t, func(t *testing.T, c *testrig.Cluster, s []*testrig.Sibling) {
		a, b, third := s[0], s[1], s[2]
		b.SetPair(a, func(pair *models.Sibling) {
			pair.Agreement = b.Agree(a, pact.Bond{Removals: "review", Bans: "advisory", Silence: 14})
		})
		mastodon := follower(c, "mastodon.test", "mastodon", third)
		thread := post(a.Member("ann"), a, "Buy my acetone.")
		c.Settle()
		mastodon.Received()
		does(t, a, a.Service.Remove, about(thread["uri"]))
		if got := shows(t, s, thread["uri"]); got != "b" {
			t.Errorf("shown at %q, and only b reviews", got)
		}
		if got := types(mastodon.Received()); len(got) != 1 || got[0] != "Undo Announce" {
			t.Errorf("a plain follower got %q", got)
		}
		does(t, a, a.Service.Restore, about(thread["uri"]))
		if got := shows(t, s, thread["uri"]); got != "abc" {
			t.Errorf("shown again at %q", got)
		}
		if got := types(mastodon.Received()); len(got) != 1 || got[0] != "Announce" {
			t.Errorf("a plain follower got %q", got)
		}
	})
}

// Moderators of another sibling hide it at home: the others still show it, know of it, and hear why.
func TestSiblingsDisagree(t *testing.T) {
	threeSiblings(t, func(t *testing.T, c *testrig.Cluster, s []*testrig.Sibling) {
		a, b := s[0], s[1]
		mastodon, cleo := follower(c, "mastodon.test", "mastodon", b), s[2].Member("cleo")
		thread := post(a.Member("ann"), a, "Buy my acetone.")
		c.Settle()
		mastodon.Received()
		does(t, b, b.Service.Remove, about(thread["uri"]))
		if got := shows(t, s, thread["uri"]); got != "ac" {
			t.Errorf("shown at %q", got)
		}
		if got := types(mastodon.Received()); len(got) != 1 || got[0] != "Undo Announce" {
			t.Errorf("a plain follower got %q", got)
		}
		said := cleo.Object(http.MethodGet, "/api/v1/statuses/"+cleo.Locate(thread["uri"].(string))["id"].(string), nil)["praxis"].(testrig.M)
		if hidden := said["hidden_at"].([]any); said["origin"] != "a.test" || len(said["organizations"].([]any)) != 3 || len(hidden) != 1 || hidden[0].(testrig.M)["host"] != "b.test" {
			t.Errorf("c says of it: %v, %v, %v", said["origin"], said["organizations"], hidden)
		}
		if a.Count("report") != 1 {
			t.Error("the sibling that took it first does not hear why")
		}
		for _, one := range []*testrig.Sibling{a, s[2]} {
			act, err := one.Store.Read(context.Background()).StandingAct(one.See(b.Group.URI).ID, models.ActRemove, thread["uri"].(string))
			if err != nil || act.Reason != "Off topic." {
				t.Errorf("%s does not know that it is hidden at b: %v", one.Host, err)
			}
		}
		does(t, b, b.Service.Restore, about(thread["uri"]))
		if got := shows(t, s, thread["uri"]); got != "abc" {
			t.Errorf("shown again at %q", got)
		}
		for _, one := range []*testrig.Sibling{a, s[2]} {
			if _, err := one.Store.Read(context.Background()).StandingAct(one.See(b.Group.URI).ID, models.ActRemove, thread["uri"].(string)); !models.IsNotFound(err) {
				t.Errorf("%s says that it is hidden at b still", one.Host)
			}
		}
	})
}

// What moderators hide at home stays hidden there, though the sibling that took it first removes it and shows it again.
func TestSiblingShowsNothingThatIsHiddenHere(t *testing.T) {
	threeSiblings(t, func(t *testing.T, c *testrig.Cluster, s []*testrig.Sibling) {
		a, b := s[0], s[1]
		thread := post(a.Member("ann"), a, "Buy my acetone.")
		c.Settle()
		does(t, b, b.Service.Remove, about(thread["uri"]))
		does(t, a, a.Service.Remove, about(thread["uri"]))
		does(t, a, a.Service.Restore, about(thread["uri"]))
		if got := shows(t, s, thread["uri"]); got != "ac" {
			t.Errorf("shown at %q, and b hides it", got)
		}
		does(t, b, b.Service.Restore, about(thread["uri"]))
		if got := shows(t, s, thread["uri"]); got != "abc" {
			t.Errorf("shown again at %q", got)
		}
	})
}

// A ban is news to the others, or holds there, too, as agreed; it is lifted likewise.
func TestSiblingsBan(t *testing.T) {
	threeSiblings(t, func(t *testing.T, c *testrig.Cluster, s []*testrig.Sibling) {
		a, b := s[0], s[1]
		b.SetPair(a, func(pair *models.Sibling) {
			pair.Agreement = b.Agree(a, pact.Bond{Removals: "auto", Bans: "mutual", Silence: 14})
		})
		spam := c.NewPeer("m.test", "mastodon").Actor("spam", "Person")
		ban := func(act *practice.Act) { act.Target = a.See(spam.URI) }
		does(t, a, a.Service.Ban, ban)
		banned := func() string {
			said := ""
			for _, one := range s {
				if _, err := one.Store.Read(context.Background()).BanOf(one.Group.ID, one.See(spam.URI)); err == nil {
					said += one.Host[:1]
				}
			}
			return said
		}
		if got := banned(); got != "ab" {
			t.Errorf("banned at %q", got)
		}
		does(t, a, a.Service.Unban, ban)
		if got := banned(); got != "" {
			t.Errorf("still banned at %q", got)
		}
	})
}

// A sibling that sends ten times its norm rests by itself; the others go on. What comes after an agreement was withdrawn is not
// taken.
func TestF10_SiblingsThatFlood(t *testing.T) {
	c := testrig.NewCluster(t, "a.test", "b.test", "c.test")
	s := c.Siblings("solvents", agreed(), "a.test", "b.test", "c.test")
	a, b, third := s[0], s[1], s[2]
	b.Service.LimitSiblings(20)
	ann, cleo := a.Member("ann"), third.Member("cleo")
	for i := range 30 {
		post(ann, a, fmt.Sprint("Flood ", i))
	}
	c.Settle()
	if pair := b.PairWith(a); pair.State != models.SiblingPaused || pair.Reason == "" {
		t.Errorf("the sibling that floods is %s: %s", pair.State, pair.Reason)
	}
	if got := b.Count("admission"); got != 21 {
		t.Errorf("%d posts were taken", got)
	}
	post(cleo, third, "Still here.")
	c.Settle()
	if got := b.Count("admission"); got != 22 {
		t.Error("the flood stopped another sibling")
	}
	b.SetPair(third, func(pair *models.Sibling) { pair.State = models.SiblingLeft })
	kept := post(cleo, third, "After leaving.")
	c.Settle()
	if got := b.Count("admission"); got != 22 {
		t.Error("what was sent after the agreement was withdrawn was taken")
	}
	if shows(t, []*testrig.Sibling{a}, kept["uri"]) != "a" {
		t.Error("another pair was stopped")
	}
}
