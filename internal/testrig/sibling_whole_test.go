package testrig

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"praxis/models"
	"praxis/practice"
)

// TestSiblingsFromOfferToReturn: three communities become one by offers that their conveners agree to; what is posted at one is at all,
// once; what the first withdraws the others hide, as they agreed; when a host is gone the successor that it named looks after its
// threads, and when it returns all have the same.
func TestSiblingsFromOfferToReturn(t *testing.T) {
	Each(t, allianceHosts, func(t *testing.T, c *Cluster) {
		k := newKin(t, c)
		terms := practice.SiblingTerms{Removals: practice.RemoveAuto, Silence: 5}
		k.link(k.a, k.b, terms)
		k.link(k.a, k.c, terms)
		k.link(k.b, k.c, terms)
		ok(t, k.a.Service.SetSuccessors(t.Context(), k.convener[k.a].Actor, k.house[k.a], []int64{k.pair(k.a, k.c).ID}))
		k.Settle()
		ann, bo := k.convener[k.a], k.convener[k.b]
		reader := k.b.Member("dora")
		reader.Follow("@wounds@b.test")
		reader.Follow("@wounds@a.test")
		k.Settle()

		first := ann.Post("@wounds@a.test Honey on wounds\n\nDoes it help?")["uri"].(string)
		second := ann.Post("@wounds@a.test Buy my honey\n\nCheap!")["uri"].(string)
		k.Settle()
		for _, s := range []*Server{k.a, k.b, k.c} {
			k.showsAll(s, 2)
		}
		if got := reader.homeHas(first); got != 1 {
			t.Errorf("who follows two siblings has the thread %d times", got)
		}
		ok(t, k.a.Service.Remove(context.Background(), practice.Act{Moderator: ann.Actor, Community: k.house[k.a], PostURI: second, Reason: "advertisement"}))
		k.Settle()
		for _, s := range []*Server{k.a, k.b, k.c} {
			k.showsAll(s, 1)
		}

		c.Network.SetDown("a.test", true)
		for range 8 {
			c.Clock.Advance(24 * time.Hour)
			c.Settle()
		}
		for _, s := range []*Server{k.b, k.c} {
			if pair := k.pair(s, k.a); pair.State != models.SiblingLost || pair.AdopterURI != k.house[k.c].URI {
				t.Errorf("at %s it is %s, taken up by %q", s.Host, pair.State, pair.AdopterURI)
			}
		}
		if page := k.page(k.b); !strings.Contains(page, "a.test has not been heard of since") || !strings.Contains(page, "c.test looks after them") {
			t.Error("the page of the community does not say what happened to a.test")
		}
		bo.Reply(bo.Locate(first)["id"].(string), "It does.")
		k.Settle()
		if got := k.convener[k.c].answersTo(first); got != 1 {
			t.Errorf("the successor shows %d answers", got)
		}
		c.Network.SetDown("a.test", false)
		bo.Post("@wounds@b.test Sugar on wounds\n\nAnd that?")
		for range 3 {
			c.Clock.Advance(12 * time.Hour)
			c.Settle()
		}
		for _, s := range []*Server{k.a, k.b, k.c} {
			k.showsAll(s, 2)
		}
		if got := ann.answersTo(first); got != 1 {
			t.Errorf("who returned shows %d answers", got)
		}
		k.is(k.b, k.a, models.SiblingLive)
		k.is(k.c, k.a, models.SiblingLive)
	})
}

// showsAll reports how many threads the community has at a server, for everybody.
func (k *kin) showsAll(at *Server, want int) {
	k.t.Helper()
	rows, err := at.Store.Read(context.Background()).CommunityThreads(k.house[at].ID, models.Anonymous, models.Page{Limit: 40})
	if err != nil || len(rows) != want {
		k.t.Errorf("%s shows %d threads, want %d: %v", at.Host, len(rows), want, err)
	}
}

// page gives the community's page for visitors.
func (k *kin) page(at *Server) string {
	k.t.Helper()
	return k.pageAt(at, "/@wounds")
}

// pageAt gives a page of a server as a visitor sees it.
func (k *kin) pageAt(at *Server, path string) string {
	k.t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "https://"+at.Host+path, nil)
	ok(k.t, err)
	r.Header.Set("Accept", "text/html")
	answer, err := (&http.Client{Transport: k.Network}).Do(r)
	ok(k.t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	ok(k.t, err)
	return string(body)
}

// homeHas counts how often a post is in a member's home.
func (m *Member) homeHas(uri string) (n int) {
	for _, status := range m.List("/api/v1/timelines/home?limit=40") {
		if boost, is := status["reblog"].(M); is {
			status = boost
		}
		if status["uri"] == uri {
			n++
		}
	}
	return n
}

// answersTo counts the answers to a post that a member sees.
func (m *Member) answersTo(uri string) int {
	found := m.Object(http.MethodGet, "/api/v1/statuses/"+m.Locate(uri)["id"].(string)+"/context", nil)
	return len(found["descendants"].([]any))
}
