package testrig_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"praxis/internal/testrig"
	"praxis/models"
	"praxis/practice"
)

// later lets some time pass, after which siblings ask each other how they stand.
func later(c *testrig.Cluster, passed time.Duration) {
	c.Clock.Advance(passed)
	c.Settle()
}

// praxisOf gives what a status says beside what all clients know.
func praxisOf(m *testrig.Member, uri any) testrig.M {
	id := m.Locate(uri.(string))["id"].(string)
	return m.Object(http.MethodGet, "/api/v1/statuses/"+id, nil)["praxis"].(testrig.M)
}

// whereabouts gives what each organization has of a post, as "a:origin b:has".
func whereabouts(said testrig.M) string {
	var all []string
	for _, one := range said["siblings"].([]any) {
		at := one.(testrig.M)
		all = append(all, at["host"].(string)[:1]+":"+at["state"].(string))
	}
	return strings.Join(all, " ")
}

func page(t *testing.T, c *testrig.Cluster, s *testrig.Sibling, path string, want int) string {
	t.Helper()
	status, body := c.Do(http.MethodGet, "https://"+s.Host+path, "", nil)
	if status != want {
		t.Fatalf("%s answers %s with %d: %.300s", s.Host, path, status, body)
	}
	return string(body)
}

func holds(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not in %s", part, text)
		}
	}
}

func lacks(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if strings.Contains(text, part) {
			t.Errorf("%q is in %s", part, text)
		}
	}
}

// pathOf gives the page of a post at a sibling.
func shownPage(t *testing.T, s *testrig.Sibling, author *testrig.Member, uri any) string {
	t.Helper()
	post, err := s.Store.Read(context.Background()).PostByURI(uri.(string))
	if err != nil {
		t.Fatal(err)
	}
	host := ""
	if author.Server.Host != s.Host {
		host = "@" + author.Server.Host
	}
	return fmt.Sprintf("/@%s%s/%d", author.Actor.Username, host, post.ID)
}

// A thread says where it comes from and who has it: siblings say themselves with whom they are in step; a host that is lost, and one
// that left, are marked.
func TestSiblingsSayWhoHasAThread(t *testing.T) {
	threeSiblings(t, func(t *testing.T, c *testrig.Cluster, s []*testrig.Sibling) {
		a, b, third := s[0], s[1], s[2]
		ann, bo := a.Member("ann"), b.Member("bo")
		thread := post(ann, a, "Acetone dissolves the seal.")
		c.Settle()
		if got := whereabouts(praxisOf(ann, thread["uri"])); got != "a:origin b:sent c:sent" {
			t.Errorf("at first a says %q", got)
		}
		c.Clock.Advance(30 * time.Minute)
		post(ann, a, "Another one.") // what goes on tells the siblings that they are in step
		c.Settle()
		later(c, 2*time.Hour)
		said := praxisOf(ann, thread["uri"])
		if got := whereabouts(said); got != "a:origin b:has c:has" || said["urn"] == nil {
			t.Errorf("a says %q of %v", got, said["urn"])
		}
		if got := whereabouts(praxisOf(bo, thread["uri"])); got != "a:origin b:has c:has" {
			t.Errorf("b says %q, though c says that it is in step with a", got)
		}
		b.SetPair(third, func(pair *models.Sibling) { pair.State = models.SiblingLost })
		if got := whereabouts(praxisOf(bo, thread["uri"])); got != "a:origin b:has c:lost" {
			t.Errorf("b says %q", got)
		}
		b.SetPair(third, func(pair *models.Sibling) { pair.State = models.SiblingLeft })
		if got := whereabouts(praxisOf(bo, thread["uri"])); got != "a:origin b:has c:left" {
			t.Errorf("b says %q", got)
		}
		html := page(t, c, b, shownPage(t, b, ann, thread["uri"]), http.StatusOK)
		holds(t, html, "Which organizations have this thread", "from <bdi>a.test</bdi>", "left the community")
		holds(t, page(t, c, b, "/@solvents", http.StatusOK), "from <bdi>a.test</bdi>")
		for _, format := range []string{"atom", "rss"} {
			holds(t, page(t, c, b, "/@solvents/feed."+format, http.StatusOK), "From a.test.")
		}
	})
}

// What is hidden at one organization is said at the others, with the reason; and there, to those who come by the address. What is
// withdrawn where it began is said likewise, also while moderators look at it.
func TestSiblingsSayWhatIsHidden(t *testing.T) {
	threeSiblings(t, func(t *testing.T, c *testrig.Cluster, s []*testrig.Sibling) {
		a, b, third := s[0], s[1], s[2]
		third.SetPair(a, func(pair *models.Sibling) {
			terms := agreed()
			terms.Removals = "review"
			pair.Agreement = third.Agree(a, terms)
		})
		ann, cleo := a.Member("ann"), third.Member("cleo")
		thread := post(ann, a, "Buy my acetone.")
		c.Settle()
		address := shownPage(t, b, ann, thread["uri"])
		does(t, b, b.Service.Remove, about(thread["uri"]))
		if got := whereabouts(praxisOf(cleo, thread["uri"])); got != "a:origin c:has b:hidden" {
			t.Errorf("c says %q", got)
		}
		holds(t, page(t, c, third, shownPage(t, third, ann, thread["uri"]), http.StatusOK), "hidden by its moderators", "Off topic.")
		hidden := page(t, c, b, address, http.StatusNotFound)
		holds(t, hidden, "This thread is hidden here", "Off topic.", "It is visible elsewhere", "a.test")
		lacks(t, hidden, "acetone")
		does(t, b, b.Service.Restore, about(thread["uri"]))
		page(t, c, b, address, http.StatusOK)
		does(t, a, a.Service.Remove, about(thread["uri"]))
		holds(t, page(t, c, b, address, http.StatusNotFound), "This thread was withdrawn", "a.test", "Off topic.")
		if got := whereabouts(praxisOf(cleo, thread["uri"])); !strings.HasPrefix(got, "a:withdrawn c:review") {
			t.Errorf("while c looks at it, it says %q", got)
		}
		lacks(t, page(t, c, a, shownPage(t, a, ann, thread["uri"]), http.StatusNotFound), "acetone", "Off topic.")
		lacks(t, page(t, c, b, strings.Replace(address, "@ann", "@ann2", 1), http.StatusNotFound), "withdrawn")
	})
}

// Everybody reads the logs of all organizations as one, with what was signed; one that does not answer is named.
func TestSiblingsShareTheirLogs(t *testing.T) {
	threeSiblings(t, func(t *testing.T, c *testrig.Cluster, s []*testrig.Sibling) {
		a, b, third := s[0], s[1], s[2]
		ann, cleo := a.Member("ann"), third.Member("cleo")
		one, other := post(ann, a, "Buy my acetone."), post(ann, a, "Buy my benzene.")
		c.Settle()
		does(t, b, b.Service.Remove, about(one["uri"]))
		later(c, time.Minute)
		does(t, a, a.Service.Lock, func(act *practice.Act) { act.PostURI, act.Reason = other["uri"].(string), "It is said." })
		later(c, time.Minute)
		spam := c.NewPeer("m.test", "mastodon").Actor("spam", "Person")
		does(t, b, b.Service.Ban, func(act *practice.Act) { act.Target = b.See(spam.URI) })
		later(c, 2*time.Hour)
		path := "/api/praxis/v1/communities/" + cleo.Find("@solvents@c.test") + "/log"
		lines := func(query string) []string {
			var said []string
			for _, line := range cleo.List(path + query) {
				said = append(said, fmt.Sprint(line["host"], " ", line["verb"], " ", line["verified"], " ", line["shown_here"], " ", line["reason"]))
			}
			return said
		}
		want := []string{"b.test ban true false Off topic.", "a.test lock true false It is said.", "b.test remove true true Off topic."}
		if got := lines(""); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("c reads %q", got)
		}
		if got := lines("?host=a.test"); fmt.Sprint(got) != fmt.Sprint(want[1:2]) {
			t.Errorf("of a, c reads %q", got)
		}
		first := cleo.List(path + "?limit=1")
		if got := cleo.List(path + "?limit=1&max_id=" + first[0]["id"].(string)); len(got) != 1 || got[0]["verb"] != "lock" {
			t.Errorf("the second page has %v", got)
		}
		if status, _ := cleo.Do(http.MethodGet, path+"?host=x.test", nil); status != http.StatusUnprocessableEntity {
			t.Errorf("a host that is none gives %d", status)
		}
		holds(t, page(t, c, third, "/c/solvents/log", http.StatusOK), "at b.test", "signature verified", "shown here", "Off topic.")
		c.Network.SetDown(b.Host, true)
		later(c, 2*time.Hour)
		holds(t, page(t, c, third, "/c/solvents/log?host=b.test", http.StatusOK), "did not answer since", "banned")
	})
}

// Members are counted as far as a pair agreed to it, for live siblings alone, and never by name.
func TestSiblingsCountTheirMembers(t *testing.T) {
	threeSiblings(t, func(t *testing.T, c *testrig.Cluster, s []*testrig.Sibling) {
		a, b, third := s[0], s[1], s[2]
		for one, level := range map[*testrig.Sibling]string{b: "hosts", third: "none"} {
			terms := agreed()
			terms.Roster = level
			for _, pair := range [][2]*testrig.Sibling{{a, one}, {one, a}} {
				pair[0].SetPair(pair[1], func(p *models.Sibling) { p.Agreement = pair[0].Agree(pair[1], terms) })
			}
		}
		for i := range 6 {
			b.Member(fmt.Sprintf("bo%d", i)).Follow("@solvents@b.test")
		}
		m := c.NewPeer("m.test", "mastodon")
		for i := range 4 {
			reader := m.Actor(fmt.Sprintf("zoe%d", i), "Person")
			reader.Send(b.Server, reader.Activity("Follow", fmt.Sprint(i), b.Group.URI))
		}
		third.Member("cleo").Follow("@solvents@c.test")
		ann := a.Member("ann")
		ann.Follow("@solvents@a.test")
		c.Settle()
		later(c, 2*time.Hour)
		said := ann.List("/api/praxis/v1/communities/" + ann.Find("@solvents@a.test") + "/organizations")
		if len(said) != 3 || said[0]["total_members"] != 11.0 || said[0]["organizations"] != 2.0 || said[1]["members"] != 10.0 || said[2]["members"] != nil {
			t.Errorf("a says %v", said)
		}
		if hosts := said[1]["member_hosts"].([]any); len(hosts) != 1 || hosts[0].(testrig.M)["host"] != "b.test" {
			t.Errorf("fewer than five are named: %v", hosts)
		}
		holds(t, page(t, c, a, "/@solvents", http.StatusOK), "11 members at 2 organizations")
		holds(t, page(t, c, a, "/@solvents/feed.atom", http.StatusOK), "11 members at 2 organizations")
		stranger := m.Actor("zoe0", "Person")
		for _, path := range []string{"/c/solvents/report", "/c/solvents/totals?since=0"} {
			if status, body := stranger.Get(b.Server, path); status != http.StatusNotFound {
				t.Errorf("a stranger gets %d of %s: %s", status, path, body)
			}
			if status, _ := c.Fetch(b.Server, path); status != http.StatusUnauthorized {
				t.Errorf("without a signature %s gives %d", path, status)
			}
		}
		a.SetPair(b, func(p *models.Sibling) { p.State = models.SiblingLeft })
		lacks(t, page(t, c, a, "/@solvents", http.StatusOK), "organizations</summary>")
	})
}

// Likes reach the author's host and the origin; the others read totals, in one question an hour, while forums that follow hear of
// each.
func TestSiblingsReadTotals(t *testing.T) {
	hosts := []string{"a.test", "b.test", "c.test", "d.test", "e.test"}
	c := testrig.NewCluster(t, hosts...)
	s := c.Siblings("solvents", agreed(), hosts...)
	a := s[0]
	lemmy := follower(c, "lemmy.test", "lemmy", a)
	ann := a.Member("ann")
	thread := post(ann, a, "Acetone dissolves the seal.")
	c.Settle()
	later(c, 2*time.Hour)
	lemmy.Received()
	posted, asked := 0, 0
	c.Network.Watch(func(r *http.Request) {
		switch path, _ := url.PathUnescape(r.URL.Path); {
		case r.Method == http.MethodPost && strings.HasSuffix(path, "inbox"):
			posted++
		case strings.HasSuffix(path, "/totals"):
			asked++
		}
	})
	const each = 4
	for _, one := range s {
		for i := range each {
			liker := one.Member(fmt.Sprintf("m%d", i))
			id := liker.Locate(thread["uri"].(string))["id"].(string)
			liker.Object(http.MethodPost, "/api/v1/statuses/"+id+"/favourite", nil)
			if i == 0 {
				liker.Object(http.MethodPost, "/api/v1/statuses/"+id+"/reblog", nil)
			}
		}
	}
	c.Settle()
	likes := len(s) * each
	if got := len(lemmy.Received()); got != likes {
		t.Errorf("Lemmy heard of %d of %d likes", got, likes)
	}
	// 16 likes and 4 shares come from the others, 20 go to Lemmy; the sharers tell nobody else.
	t.Logf("%d likes and %d shares at %d hosts took %d messages", likes, len(s), len(s), posted)
	if want := (likes - each) + likes + len(s) - 1; posted > want {
		t.Errorf("%d messages were sent, and %d suffice", posted, want)
	}
	later(c, time.Hour+time.Minute)
	for _, one := range s {
		reader := one.Member("reader")
		got := reader.Object(http.MethodGet, "/api/v1/statuses/"+reader.Locate(thread["uri"].(string))["id"].(string), nil)
		if got["favourites_count"] != float64(likes) || got["reblogs_count"] != float64(len(s)) {
			t.Errorf("%s shows %v likes and %v shares", one.Host, got["favourites_count"], got["reblogs_count"])
		}
	}
	if most := len(s) * (len(s) - 1) * 2; asked == 0 || asked > most {
		t.Errorf("%d questions for totals were asked", asked)
	}
}
