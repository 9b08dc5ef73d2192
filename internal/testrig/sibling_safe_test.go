package testrig

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"praxis/federation/pact"
	"praxis/models"
	"praxis/practice"
)

// TestA24_AListPutsNobodyIntoACommunity: what a sibling lists as its own is no part of a community unless its author named that; else
// its moderators could hide what they like, also at its author's host.
func TestA24_AListPutsNobodyIntoACommunity(t *testing.T) {
	Each(t, []string{"a.test", "b.test"}, func(t *testing.T, c *Cluster) {
		x := newTraitor(t, c)
		mine := x.ann.Object(http.MethodPost, "/api/v1/statuses", M{"status": "Of my own."})["uri"].(string)
		other := x.bo.Object(http.MethodPost, "/api/v1/statuses", M{"status": "Of bo's own."})["uri"].(string)
		author := x.peer.Actor("zoe", "Person")
		named := author.Note("1", "Hello.", func(n M) { n["tag"], n["cc"] = []any{M{"type": "Mention", "href": x.group.URI}}, []string{x.group.URI} })["id"].(string)
		x.lists([]string{mine, other, named})
		x.sums(strings.Repeat("1", 64))
		c.Clock.Advance(2 * time.Minute)
		c.Settle()
		for i, uri := range []string{mine, other} {
			x.announces(x.group.Activity("Remove", fmt.Sprint("remove", i), uri, func(a M) { a["target"], a["audience"] = x.group.URI+"/outbox", x.group.URI }))
			post, err := x.a.Store.Read(t.Context()).VisiblePostByURI(uri, models.Anonymous)
			if err != nil || post.CommunityID != 0 {
				t.Errorf("%s is taken into a community, or hidden: %+v, %v", uri, post, err)
			}
		}
		if _, err := x.a.Store.Read(t.Context()).Admission(x.a.Group.ID, named); err != nil || x.a.Count("admission") != 1 {
			t.Errorf("%d posts are taken, and the one that names the community: %v", x.a.Count("admission"), err)
		}
	})
}

// TestA28_WhoRestsIsNotLiveByMoving: a sibling that people let rest gets nothing by saying that it closed, was lost, and is there again.
func TestA28_WhoRestsIsNotLiveByMoving(t *testing.T) {
	Each(t, []string{"a.test", "b.test"}, func(t *testing.T, c *Cluster) {
		x := newTraitor(t, c)
		rests := func(how string) {
			t.Helper()
			if pair := x.a.PairWith(x.as); pair.State != models.SiblingPaused || pair.Pause != models.PauseByAdmin {
				t.Errorf("%s: the pair is %s (%q)", how, pair.State, pair.Pause)
			}
		}
		x.a.SetPair(x.as, func(p *models.Sibling) { noErr(t, p.Rest(models.PauseByAdmin, "a test")) })
		them, heir := x.a.See(x.group.URI), x.a.See(x.b.Group.URI)
		noErr(t, x.a.Service.Move(t.Context(), them, heir))
		if state := x.a.PairWith(x.as).State; state != models.SiblingClosed {
			t.Fatalf("it is %s", state)
		}
		noErr(t, x.a.Service.MovedBack(t.Context(), them))
		rests("moved back")
		x.a.SetPair(x.as, func(p *models.Sibling) { noErr(t, p.MoveTo(models.SiblingLost, "a test")) })
		noErr(t, x.a.Service.SiblingSpoke(t.Context(), x.group.URI))
		rests("found")
	})
}

// TestE16_WhoReturnsToAnotherClass: a pair that rested, or was lost, while the community became one for its members is not live by
// itself: who may read was agreed on.
func TestE16_WhoReturnsToAnotherClass(t *testing.T) {
	Each(t, []string{"a.test", "b.test"}, func(t *testing.T, c *Cluster) {
		s := c.Siblings("wounds", pact.Bond{Removals: "auto", Bans: "advisory", Silence: 14}, "a.test", "b.test")
		a, b := s[0], s[1]
		class := func(name string) {
			_, err := a.Service.ChangeCommunity(t.Context(), nil, a.Group, practice.CommunityChange{Class: &name})
			noErr(t, err)
		}
		for how, change := range map[string]struct {
			goes    func(*models.Sibling) error
			returns func() error
		}{
			"listed again": {
				func(p *models.Sibling) error { return p.Rest(models.PauseUnlisted, "a test") },
				func() error { return a.Service.SiblingListed(t.Context(), a.PairWith(b).ID, true) },
			},
			"found": {
				func(p *models.Sibling) error { return p.MoveTo(models.SiblingLost, "a test") },
				func() error { return a.Service.SiblingSpoke(t.Context(), b.Group.URI) },
			},
		} {
			class(models.ClassPublic)
			a.SetPair(b, func(p *models.Sibling) { p.State, p.Pause = models.SiblingLive, ""; noErr(t, change.goes(p)) })
			class(models.ClassMembers)
			noErr(t, change.returns())
			if pair := a.PairWith(b); pair.State != models.SiblingPaused || pair.Pause != models.PauseOver {
				t.Errorf("%s: the pair is %s (%q)", how, pair.State, pair.Pause)
			}
		}
	})
}

// TestE11_CopiesOfHiddenCommunities: who may not know of a community does not learn by its copies that it is there.
func TestE11_CopiesOfHiddenCommunities(t *testing.T) {
	Each(t, []string{"a.test", "b.test"}, func(t *testing.T, c *Cluster) {
		s := c.Siblings("wounds", pact.Bond{Removals: "auto", Bans: "advisory", Silence: 14}, "a.test", "b.test")
		thread := s[0].Member("ann").writes("Dress it wet.", s[0])
		c.Settle()
		path := "/c/wounds/copies?id=" + thread["uri"].(string)
		if status, body := c.Fetch(s[1].Server, path); status != http.StatusOK {
			t.Fatalf("there is no copy: %d %s", status, body)
		}
		local := models.ClassLocal
		_, err := s[1].Service.ChangeCommunity(context.Background(), nil, s[1].Group, practice.CommunityChange{Class: &local})
		noErr(t, err)
		if status, body := c.Fetch(s[1].Server, path); status != http.StatusNotFound {
			t.Errorf("a stranger gets %d: %s", status, body)
		}
	})
}

// TestF10_DaysWithoutEnd: a sibling that names day after day is not asked for all of them in one go, while others wait.
func TestF10_DaysWithoutEnd(t *testing.T) {
	c := NewCluster(t, "a.test", "b.test")
	x := newTraitor(t, c)
	asked := 0
	x.peer.Handle(strings.TrimPrefix(x.group.URI, "https://odd.test")+"/admitted", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/activity+json")
		if r.URL.Query().Get("day") != "" {
			asked++
			fmt.Fprintf(w, `{"id":"https://odd.test%s","type":"CollectionPage","items":[]}`, r.URL.RequestURI())
			return
		}
		var days []string
		for day := range 3000 {
			days = append(days, fmt.Sprintf(`{"day":%d,"count":1,"digest":"%064d"}`, day, day))
		}
		fmt.Fprintf(w, `{"id":"https://odd.test%s","type":"Collection","days":[%s]}`, r.URL.RequestURI(), strings.Join(days, ","))
	})
	x.sums(strings.Repeat("1", 64))
	c.Clock.Advance(2 * time.Minute)
	c.Settle()
	if asked == 0 || asked > 500 {
		t.Errorf("it is asked %d times in one go", asked)
	}
}

func noErr(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
