package testrig_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"praxis/federation/pact"
	"praxis/internal/testrig"
	"praxis/models"
)

func agreed() pact.Bond { return pact.Bond{Removals: "auto", Bans: "advisory", Silence: 14} }

// threads gives the threads that the page of a Group shows, as "host of the author: text", newest first.
func threads(t *testing.T, s *testrig.Sibling) []models.Post {
	t.Helper()
	rows, err := s.Store.Read(context.Background()).CommunityThreads(s.Group.ID, models.Anonymous, models.Page{Limit: 40})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// texts gives what a timeline says.
func texts(list []testrig.M) []string {
	var said []string
	for _, status := range list {
		if boost, ok := status["reblog"].(testrig.M); ok {
			status = boost
		}
		said = append(said, strings.NewReplacer("<p>", "", "</p>", "").Replace(status["content"].(string)))
	}
	return said
}

func threeSiblings(t *testing.T, f func(t *testing.T, c *testrig.Cluster, s []*testrig.Sibling)) {
	t.Helper()
	hosts := []string{"a.test", "b.test", "c.test"}
	testrig.Each(t, hosts, func(t *testing.T, c *testrig.Cluster) {
		f(t, c, c.Siblings("solvents", agreed(), hosts...))
	})
}

func post(m *testrig.Member, s *testrig.Sibling, text string) testrig.M {
	return m.Object(http.MethodPost, "/api/v1/statuses", testrig.M{"status": text + " @" + s.Group.Username + "@" + s.Host})
}

// A thread at one sibling is at all, once; a plain follower of a sibling gets it from that sibling alone, once.
func TestSiblingsShareAThread(t *testing.T) {
	threeSiblings(t, func(t *testing.T, c *testrig.Cluster, s []*testrig.Sibling) {
		a, b := s[0], s[1]
		lemmy, mastodon := c.NewPeer("lemmy.test", "lemmy"), c.NewPeer("mastodon.test", "mastodon")
		for _, peer := range []*testrig.Peer{lemmy, mastodon} {
			reader := peer.Actor("zoe", "Person")
			reader.Send(b.Server, reader.Activity("Follow", "1", b.Group.URI))
		}
		ann, bo := a.Member("ann"), b.Member("bo")
		bo.Follow("@solvents@b.test")
		bo.Follow("@solvents@a.test")
		c.Settle()
		lemmy.Received()
		mastodon.Received()
		thread := post(ann, a, "Acetone dissolves the seal.")
		c.Settle()
		for _, one := range s {
			if got := threads(t, one); len(got) != 1 || got[0].URI != thread["uri"] {
				t.Errorf("%s shows %d threads", one.Host, len(got))
			}
		}
		if home := texts(bo.Home()); len(home) != 1 {
			t.Errorf("who follows two siblings has %q", home)
		}
		if got := mastodon.Received(); len(got) != 1 || got[0]["type"] != "Announce" || got[0]["object"] != thread["uri"] || got[0]["actor"] != b.Group.URI {
			t.Errorf("the microblog got %v", got)
		}
		got := lemmy.Received()
		if len(got) != 1 {
			t.Fatalf("Lemmy got %v", got)
		}
		inner := got[0]["object"].(testrig.M)
		if inner["audience"] != b.Group.URI || inner["object"].(testrig.M)["audience"] != b.Group.URI || inner["proof"] != nil {
			t.Errorf("Lemmy would file it elsewhere: %v", inner)
		}
	})
}

// An answer at one sibling is at all, also while the host that took the thread first is down.
func TestSiblingsTalkWithoutTheFirst(t *testing.T) {
	threeSiblings(t, func(t *testing.T, c *testrig.Cluster, s []*testrig.Sibling) {
		a, b, third := s[0], s[1], s[2]
		ann, bo, cleo := a.Member("ann"), b.Member("bo"), third.Member("cleo")
		bo.Follow("@solvents@b.test")
		cleo.Follow("@solvents@c.test")
		thread := post(ann, a, "Acetone dissolves the seal.")
		c.Settle()
		c.Network.SetDown(a.Host, true)
		first := bo.Reply(bo.Locate(thread["uri"].(string))["id"].(string), "Take another seal.")
		c.Settle()
		second := cleo.Reply(cleo.Locate(first["uri"].(string))["id"].(string), "Which one?")
		c.Settle()
		for _, m := range []*testrig.Member{bo, cleo} {
			shown := m.Object(http.MethodGet, "/api/v1/statuses/"+m.Locate(thread["uri"].(string))["id"].(string)+"/context", nil)
			if got := shown["descendants"].([]any); len(got) != 2 {
				t.Errorf("%s shows %d answers", m.Server.Host, len(got))
			}
		}
		c.Network.SetDown(a.Host, false)
		c.Clock.Advance(3 * 3600e9)
		c.Settle()
		shown := ann.Object(http.MethodGet, "/api/v1/statuses/"+thread["id"].(string)+"/context", nil)
		if got := shown["descendants"].([]any); len(got) != 2 {
			t.Errorf("the first shows %d answers after its return", len(got))
		}
		for _, uri := range []any{first["uri"], second["uri"]} {
			for _, one := range s {
				found, err := one.Store.Read(context.Background()).PostByURI(uri.(string))
				if err != nil {
					t.Fatal(err)
				}
				origin, err := one.Store.Read(context.Background()).Actor(found.CommunityID)
				if err != nil || origin.Host == a.Host {
					t.Errorf("%s says that %s came in at %v, %v", one.Host, uri, origin, err)
				}
			}
		}
	})
}
