package testrig

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"praxis/models"
)

// trio is a community at a.test that ana convenes and bo of b.test moderates, in which cleo of c.test writes; dora of c.test
// and eve of b.test follow it.
type trio struct {
	*Cluster
	t                        *testing.T
	ana, bo, cleo, dora, eve *Member
	care                     *models.Actor
}

func newTrio(t *testing.T, c *Cluster) *trio {
	t.Helper()
	w := &trio{
		Cluster: c, t: t, ana: c.Server("a.test").Member("ana"), bo: c.Server("b.test").Member("bo"),
		cleo: c.Server("c.test").Member("cleo"), dora: c.Server("c.test").Member("dora"), eve: c.Server("b.test").Member("eve"),
	}
	w.care = c.Server("a.test").Community("care", w.ana)
	for _, m := range []*Member{w.bo, w.cleo, w.dora, w.eve} {
		m.Follow("@care@a.test")
	}
	c.Settle()
	w.ana.Call(http.MethodPost, w.community(w.ana, "moderators"), M{"account_id": w.ana.Find("@bo@b.test")})
	c.Settle()
	return w
}

func trios(t *testing.T, f func(t *testing.T, w *trio)) {
	Each(t, []string{"a.test", "b.test", "c.test"}, func(t *testing.T, c *Cluster) { f(t, newTrio(t, c)) })
}

// community gives an address of the moderation API, with the id that a member's instance gives the community.
func (w *trio) community(m *Member, what string) string {
	w.t.Helper()
	return "/api/praxis/v1/communities/" + m.Find("@care@a.test") + "/" + what
}

// thread lets cleo write one, and gives its address.
func (w *trio) thread(title string) string {
	w.t.Helper()
	uri := w.cleo.Post("@care@a.test " + title)["uri"].(string)
	w.Settle()
	return uri
}

// idOn gives the id of a post at an instance, whoever may see it.
func (w *trio) idOn(s *Server, uri string) string {
	w.t.Helper()
	post, err := s.Store.Read(w.t.Context()).PostByURI(uri)
	if err != nil {
		w.t.Fatalf("%s on %s: %v", uri, s.Host, err)
	}
	return formatID(post.ID)
}

// act lets a member do something with a post, gives the status, and lets everybody hear of it.
func (w *trio) act(m *Member, verb, uri string, body any) int {
	w.t.Helper()
	status, _ := m.Do(http.MethodPost, "/api/praxis/v1/statuses/"+w.idOn(m.Server, uri)+"/"+verb, body)
	w.Settle()
	return status
}

func (w *trio) must(m *Member, verb, uri string, body any) {
	w.t.Helper()
	if status := w.act(m, verb, uri, body); status != http.StatusOK {
		w.t.Fatalf("%s by %s: %d", verb, m.Handle(), status)
	}
}

// stored gives a post as each instance has it.
func (w *trio) stored(uri string) map[string]*models.Post {
	w.t.Helper()
	posts := map[string]*models.Post{}
	for _, s := range w.order {
		post, err := s.Store.Read(w.t.Context()).PostByURI(uri)
		if err != nil {
			w.t.Fatalf("%s on %s: %v", uri, s.Host, err)
		}
		posts[s.Host] = post
	}
	return posts
}

// agree holds all instances to one state of a post.
func (w *trio) agree(uri, what string, want bool, is func(*models.Post) bool) {
	w.t.Helper()
	for host, post := range w.stored(uri) {
		if is(post) != want {
			w.t.Errorf("%s: %s is %v", host, what, !want)
		}
	}
}

func removed(p *models.Post) bool { return p.RemovedAt != 0 }
func locked(p *models.Post) bool  { return p.LockedAt != 0 }

// told reports whether a member was told something in private.
func (w *trio) told(m *Member, words ...string) bool {
	w.t.Helper()
	return w.notice(m, words...) != nil
}

// notice gives what a member was told in private with some words in it, the latest first; nil for nothing.
func (w *trio) notice(m *Member, words ...string) M {
	w.t.Helper()
	for _, n := range m.List("/api/v1/notifications?types[]=mention") {
		post := n["status"].(M)
		content, all := post["content"].(string), post["visibility"] == "direct"
		for _, word := range words {
			all = all && strings.Contains(content, word)
		}
		if all {
			return post
		}
	}
	return nil
}

// log gives the verbs of the community's log as an instance has it, the oldest first.
func (w *trio) log(m *Member) string {
	w.t.Helper()
	entries := m.List(w.community(m, "log?limit=80"))
	verbs := make([]string, len(entries))
	for i, e := range entries {
		verbs[len(entries)-1-i] = e["verb"].(string)
	}
	return strings.Join(verbs, " ")
}

func TestModeratorOfAnotherHostIsAppointedAndTold(t *testing.T) {
	trios(t, func(t *testing.T, w *trio) {
		if !w.told(w.bo, "moderator", "care@a.test") {
			t.Error("who was appointed does not know")
		}
		for _, m := range []*Member{w.ana, w.bo, w.cleo} {
			var names []string
			for _, moderator := range m.List(w.community(m, "moderators")) {
				names = append(names, moderator["account"].(M)["username"].(string))
			}
			got := strings.Join(names, " ")
			if !strings.Contains(got, "bo") {
				t.Errorf("%s sees the moderators %q", m.Handle(), got)
			}
		}
		status, _ := w.ana.Do(http.MethodDelete, w.community(w.ana, "moderators"), M{"account_id": w.ana.Find("@bo@b.test")})
		w.Settle()
		if status != http.StatusOK || !w.told(w.bo, "not moderate") {
			t.Errorf("the dismissal: %d", status)
		}
		uri := w.thread("After the dismissal")
		if got := w.act(w.bo, "remove", uri, nil); got != http.StatusForbidden {
			t.Errorf("a dismissed moderator's act: %d", got)
		}
		for _, m := range []*Member{w.ana, w.bo, w.cleo} {
			if got := w.log(m); got != "appoint dismiss" {
				t.Errorf("%s reads the log %q", m.Handle(), got)
			}
		}
	})
}

func TestConvenerOfAnotherHostAppoints(t *testing.T) {
	trios(t, func(t *testing.T, w *trio) {
		names := func(m *Member) string {
			var names []string
			for _, moderator := range m.List(w.community(m, "moderators")) {
				if name := moderator["account"].(M)["username"].(string); name != "ana" { // whom not every host knows
					names = append(names, name)
				}
			}
			slices.Sort(names)
			return strings.Join(names, " ")
		}
		all := func(what, want string) {
			for _, m := range []*Member{w.ana, w.bo, w.cleo} {
				if got := names(m); got != want {
					t.Errorf("%s: %s sees the moderators %q, want %q", what, m.Handle(), got, want)
				}
			}
		}
		propose := func(method, whom string) {
			w.bo.Call(method, w.community(w.bo, "moderators"), M{"account_id": w.bo.Find(whom)})
			w.Settle()
		}
		all("at first", "bo")
		propose(http.MethodPost, "@cleo@c.test") // by a moderator, who may not
		all("after an appointment by a moderator", "bo")
		w.ana.Call(http.MethodPost, w.community(w.ana, "moderators"), M{"account_id": w.ana.Find("@bo@b.test"), "role": "convener"})
		w.Settle()
		propose(http.MethodPost, "@cleo@c.test")
		all("after an appointment by a convener", "bo cleo")
		if !w.told(w.cleo, "moderator") {
			t.Error("who was appointed does not know")
		}
		uri := w.thread("By the new moderator")
		w.must(w.cleo, "lock", uri, nil)
		w.agree(uri, "locked", true, locked)
		propose(http.MethodDelete, "@cleo@c.test")
		all("after the dismissal", "bo")
		if status, _ := w.ana.Do(http.MethodDelete, w.community(w.ana, "moderators"), M{"account_id": w.ana.Find("@ana@a.test")}); status != http.StatusOK {
			t.Errorf("a convener who is not the last one goes: %d", status)
		}
		w.Settle()
		propose(http.MethodDelete, "@bo@b.test") // the last convener, who may not
		if got := names(w.ana); got != "bo" {
			t.Errorf("the community is left with %q", got)
		}
	})
}

func TestRemovalAndRestorationReachAllHosts(t *testing.T) {
	trios(t, func(t *testing.T, w *trio) {
		for _, moderator := range []*Member{w.ana, w.bo} {
			uri := w.thread("To be removed by " + moderator.Actor.Username)
			for _, stranger := range []*Member{w.eve, w.dora, w.cleo} {
				if got := w.act(stranger, "remove", uri, nil); got != http.StatusForbidden {
					t.Errorf("a removal by %s: %d", stranger.Handle(), got)
				}
			}
			w.agree(uri, "removed", false, removed)
			w.must(moderator, "remove", uri, M{"reason": "not for here"})
			w.agree(uri, "removed", true, removed)
			if got, _ := w.dora.Do(http.MethodGet, "/api/v1/statuses/"+w.idOn(w.dora.Server, uri), nil); got != http.StatusNotFound {
				t.Errorf("a follower reads it: %d", got)
			}
			own := w.cleo.Object(http.MethodGet, "/api/v1/statuses/"+w.idOn(w.cleo.Server, uri), nil)["praxis"].(M)
			if own["removed"] != true || own["moderation_reason"] != "not for here" || !w.told(w.cleo, "removed", "not for here") {
				t.Errorf("its author sees %v", own)
			}
			if status, _ := w.Fetch(w.cleo.Server, strings.TrimPrefix(uri, "https://c.test")); status != http.StatusNotFound {
				t.Errorf("others fetch it: %d", status)
			}
			w.must(moderator, "restore", uri, nil)
			w.agree(uri, "removed", false, removed)
			// The other moderator undoes what this one did.
			other := map[*Member]*Member{w.ana: w.bo, w.bo: w.ana}[moderator]
			w.must(moderator, "remove", uri, M{"reason": "again"})
			w.must(other, "restore", uri, nil)
			w.agree(uri, "removed", false, removed)
		}
		for _, m := range []*Member{w.ana, w.bo, w.cleo} {
			if got := w.log(m); got != "appoint"+strings.Repeat(" remove restore", 4) {
				t.Errorf("%s reads the log %q", m.Handle(), got)
			}
		}
	})
}

func TestLockReachesAllHosts(t *testing.T) {
	trios(t, func(t *testing.T, w *trio) {
		for _, moderator := range []*Member{w.ana, w.bo} {
			uri := w.thread("To be locked by " + moderator.Actor.Username)
			if got := w.act(w.eve, "lock", uri, nil); got != http.StatusForbidden {
				t.Errorf("a lock by a stranger: %d", got)
			}
			w.must(moderator, "lock", uri, M{"reason": "enough"})
			w.agree(uri, "locked", true, locked)
			for _, m := range []*Member{w.dora, w.eve, w.cleo} {
				status, body := m.Do(http.MethodPost, "/api/v1/statuses", M{"status": "one more", "in_reply_to_id": w.idOn(m.Server, uri)})
				if status != http.StatusForbidden || !strings.Contains(string(body), "enough") {
					t.Errorf("a reply by %s: %d %s", m.Handle(), status, body)
				}
			}
			w.must(moderator, "unlock", uri, nil)
			w.agree(uri, "locked", false, locked)
			w.dora.Reply(w.idOn(w.dora.Server, uri), "at last")
		}
	})
}

func TestPinReachesAllHosts(t *testing.T) {
	trios(t, func(t *testing.T, w *trio) {
		for _, moderator := range []*Member{w.ana, w.bo} {
			uri := w.thread("To be pinned by " + moderator.Actor.Username)
			pinned := func(m *Member) bool {
				for _, post := range m.List("/api/v1/accounts/" + m.Find("@care@a.test") + "/statuses?pinned=true") {
					if post["uri"] == uri {
						return true
					}
				}
				return false
			}
			if got := w.act(w.eve, "pin_in_community", uri, nil); got != http.StatusForbidden {
				t.Errorf("a pin by a stranger: %d", got)
			}
			w.must(moderator, "pin_in_community", uri, nil)
			for _, m := range []*Member{w.ana, w.bo, w.cleo} {
				if !pinned(m) {
					t.Errorf("%s does not see the pin of %s", m.Handle(), moderator.Handle())
				}
			}
			if _, body := w.Fetch(w.ana.Server, "/c/care/featured"); !strings.Contains(body, uri) {
				t.Errorf("the collection of pinned posts: %s", body)
			}
			w.must(moderator, "unpin_in_community", uri, nil)
			for _, m := range []*Member{w.ana, w.bo, w.cleo} {
				if pinned(m) {
					t.Errorf("%s sees the pin still", m.Handle())
				}
			}
		}
	})
}

func TestBanReachesAllHosts(t *testing.T) {
	trios(t, func(t *testing.T, w *trio) {
		for _, moderator := range []*Member{w.ana, w.bo} {
			uri := w.thread("By who is banned by " + moderator.Actor.Username)
			whom := M{"account_id": moderator.Find("@cleo@c.test"), "reason": "spam", "remove_posts": true, "duration": 3600}
			if got, _ := w.eve.Do(http.MethodPost, w.community(w.eve, "bans"), M{"account_id": w.eve.Find("@cleo@c.test")}); got != http.StatusForbidden {
				t.Errorf("a ban by a stranger: %d", got)
			}
			if got, body := moderator.Do(http.MethodPost, w.community(moderator, "bans"), whom); got != http.StatusOK || !strings.Contains(string(body), "cleo") {
				t.Fatalf("a ban by %s: %d %s", moderator.Handle(), got, body)
			}
			w.Settle()
			w.agree(uri, "removed", true, removed)
			if status, body := w.cleo.Do(http.MethodPost, "/api/v1/statuses", M{"status": "@care@a.test again"}); status != http.StatusForbidden || !strings.Contains(string(body), "spam") {
				t.Errorf("a post of who is banned: %d %s", status, body)
			}
			if status, _ := w.cleo.Do(http.MethodPost, "/api/v1/accounts/"+w.cleo.Find("@care@a.test")+"/follow", nil); status != http.StatusForbidden {
				t.Errorf("a follow of who is banned: %d", status)
			}
			if !w.told(w.cleo, "banned", "spam") {
				t.Error("who is banned does not know")
			}
			if got, _ := moderator.Do(http.MethodDelete, w.community(moderator, "bans"), whom); got != http.StatusOK {
				t.Fatalf("the ban is not lifted: %d", got)
			}
			w.Settle()
			w.cleo.Follow("@care@a.test")
			w.Settle()
			w.thread("Welcome back")
		}
	})
}

func TestThreadMovesOnAllHosts(t *testing.T) {
	trios(t, func(t *testing.T, w *trio) {
		other := w.Server("a.test").Community("other", w.ana)
		w.dora.Follow("@other@a.test")
		w.bo.Follow("@other@a.test")
		w.Settle()
		uri := w.thread("In the wrong place")
		w.dora.Reply(w.idOn(w.dora.Server, uri), "indeed")
		w.Settle()
		target := M{"target_id": w.ana.Find("@other@a.test")}
		if got := w.act(w.eve, "move", uri, target); got != http.StatusForbidden && got != http.StatusNotFound {
			t.Errorf("a move by a stranger: %d", got)
		}
		w.must(w.ana, "move", uri, target)
		for _, m := range []*Member{w.ana, w.bo, w.dora} {
			shown := m.Object(http.MethodGet, "/api/v1/statuses/"+w.idOn(m.Server, uri), nil)["praxis"].(M)["community"].(M)
			if !strings.HasPrefix(shown["acct"].(string), other.Username) {
				t.Errorf("%s sees it in %v", m.Handle(), shown["acct"])
			}
		}
	})
}

func formatID(id int64) string { return strconv.FormatInt(id, 10) }
