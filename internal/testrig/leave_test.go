package testrig

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"praxis/models"
	"praxis/practice"
)

// followsOn tells whom of the given addresses a member follows, as the member's own instance has it.
func followsOn(t *testing.T, m *Member, uris ...string) []string {
	t.Helper()
	var found []string
	tx := m.Server.Store.Read(t.Context())
	for _, uri := range uris {
		target, err := tx.ActorByURI(uri)
		if err != nil {
			continue
		}
		if follow, err := tx.FollowBetween(m.Actor.ID, target.ID); err == nil && follow.State == models.FollowAccepted {
			found = append(found, uri)
		}
	}
	return found
}

// TestAlumnusMovesAway: somebody leaves the organization, gets in by the recovery code, and moves to another instance. Followers
// everywhere come along, none has both accounts and none is lost; the community takes the new account with the role; what was
// written stays.
func TestAlumnusMovesAway(t *testing.T) {
	Each(t, []string{"a.test", "b.test"}, func(t *testing.T, c *Cluster) {
		a, b := c.Server("a.test"), c.Server("b.test")
		ana, bo, dan, cleo, fresh := a.Member("ana"), a.Member("bo"), a.Member("dan"), b.Member("cleo"), b.Member("ana")
		eve := c.NewPeer("eve.test", "mastodon").Actor("eve", "Person")
		eve.Send(a, eve.Activity("Follow", "1", ana.Actor.URI))
		for _, follower := range []*Member{bo, dan, cleo} {
			follower.Follow(ana.Handle())
		}
		dan.Follow(fresh.Handle()) // has both before
		wounds := a.Community("wounds", ana)
		inside := a.Community("inside", ana, local)
		thread := ana.Post("@wounds How do you do this?")
		ana.Post("Words to be taken back")
		c.Settle()
		code := ana.Object(http.MethodPost, ownMe+"/recovery/code", M{"password": Password})["code"].(string)
		ana.Object(http.MethodPost, ownMe+"/leaving", M{"password": Password})
		if status, _ := ana.Do(http.MethodGet, "/api/v1/timelines/home", nil); status != http.StatusUnauthorized {
			t.Fatalf("a token of who left answers %d", status)
		}
		ana.Token = recoverToken(t, a, "ana", code)
		if status, _ := ana.Do(http.MethodGet, "/api/v1/timelines/home", nil); status != http.StatusForbidden {
			t.Errorf("a recovery reads the home timeline: %d", status)
		}
		mine := ana.List("/api/v1/accounts/" + fmt.Sprint(ana.Actor.ID) + "/statuses")
		if len(mine) != 2 {
			t.Fatalf("ana sees %d posts of her own", len(mine))
		}
		ana.Object(http.MethodDelete, "/api/v1/statuses/"+mine[0]["id"].(string), nil)
		if status, _ := ana.Do(http.MethodPost, "/api/v1/statuses", M{"status": "still here"}); status != http.StatusForbidden {
			t.Errorf("who left posts: %d", status)
		}
		refused := func(why string, body M) {
			if status, text := ana.Do(http.MethodPost, ownMe+"/move", body); status != http.StatusUnprocessableEntity {
				t.Errorf("%s: %d %s", why, status, text)
			}
		}
		refused("without an alias", M{"to": fresh.Handle()})
		refused("to oneself", M{"to": ana.Handle()})
		refused("to nobody", M{"to": "@nobody@b.test"})
		refused("to what is none", M{"to": "=cmd() x"})
		fresh.Object(http.MethodPost, ownMe+"/aliases", M{"alias": ana.Handle()})
		moved := ana.Object(http.MethodPost, ownMe+"/move", M{"to": fresh.Handle()})
		if moved["moved_to"] != fresh.Actor.URI {
			t.Errorf("moved to %v", moved["moved_to"])
		}
		c.Settle()
		for _, follower := range []*Member{bo, dan, cleo} {
			if got := followsOn(t, follower, ana.Actor.URI, fresh.Actor.URI); !slices.Equal(got, []string{fresh.Actor.URI}) {
				t.Errorf("%s follows %v", follower.Handle(), got)
			}
		}
		told := fmt.Sprint(eve.Peer.Received())
		if !strings.Contains(told, "type:Move") || !strings.Contains(told, "target:"+fresh.Actor.URI) {
			t.Errorf("a follower elsewhere was told %s", told)
		}
		for group, want := range map[*models.Actor]string{wounds: models.RoleOfConvener, inside: ""} {
			known, err := a.Store.Read(t.Context()).ActorByURI(fresh.Actor.URI)
			if err != nil {
				t.Fatal(err)
			}
			if role, err := a.Store.Read(t.Context()).ModeratorRole(group.ID, known.ID); err != nil || role != want {
				t.Errorf("the new account is %q in %s, want %q: %v", role, group.Username, want, err)
			}
		}
		shown := bo.Object(http.MethodGet, "/api/v1/accounts/"+fmt.Sprint(ana.Actor.ID), nil)
		if target, _ := shown["moved"].(M); target == nil || target["acct"] != "ana@b.test" {
			t.Errorf("clients are shown %v", shown["moved"])
		}
		if found := bo.Locate(thread["uri"].(string)); found["account"].(M)["acct"] != "ana" {
			t.Error("the thread is another's")
		}
		if status, _ := ana.Do(http.MethodPost, ownMe+"/move", M{"to": fresh.Handle()}); status != http.StatusForbidden {
			t.Errorf("a second Move within 30 days: %d", status)
		}
		c.Clock.Advance(25 * time.Hour)
		if status, _ := ana.Do(http.MethodGet, ownMe+"/leaving", nil); status != http.StatusUnauthorized {
			t.Errorf("a recovery lasts for more than a day: %d", status)
		}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://a.test/@ana", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept", "text/html")
		if _, page := c.exchange(r); !strings.Contains(page, fresh.Actor.URI) || !strings.Contains(page, "Has left") {
			t.Errorf("the profile does not say where ana went: %s", page)
		}
	})
}

// ownMe is where a member takes along what is theirs.
const ownMe = "/api/praxis/v1/me"

func recoverToken(t *testing.T, s *Server, login, code string) string {
	t.Helper()
	visitor := &Member{Server: s}
	if status, _ := visitor.Do(http.MethodPost, "/api/praxis/v1/recovery", M{"login": login, "code": "wrong"}); status != http.StatusUnauthorized {
		t.Fatalf("a wrong code answers %d", status)
	}
	got := visitor.Object(http.MethodPost, "/api/praxis/v1/recovery", M{"login": login, "code": code})
	return got["access_token"].(string)
}

// TestMoveToMastodon: a destination of other software, which follows nobody by itself; who left gets there as well, and a host that
// is blocked is no destination.
func TestMoveToMastodon(t *testing.T) {
	c := NewCluster(t, "a.test")
	a := c.Server("a.test")
	ana, bo := a.Member("ana"), a.Member("bo")
	bo.Follow(ana.Handle())
	home := c.NewPeer("home.test", "mastodon")
	there := home.ActorAt("/users/ana", "ana", "Person", func(doc M) { doc["alsoKnownAs"] = []string{ana.Actor.URI} })
	c.NewPeer("loop.test", "mastodon").ActorAt("/users/ana", "ana", "Person", func(doc M) {
		doc["alsoKnownAs"], doc["movedTo"] = []string{ana.Actor.URI}, ana.Actor.URI
	})
	evil := c.NewPeer("evil.test", "mastodon").ActorAt("/users/ana", "ana", "Person", func(doc M) { doc["alsoKnownAs"] = []string{ana.Actor.URI} })
	ana.Find("@ana@evil.test")
	if _, _, err := a.Service.BlockDomainBy(t.Context(), practice.By{}, models.DomainBlock{Host: "evil.test", Severity: models.SeveritySuspend}); err != nil {
		t.Fatal(err)
	}
	for to, want := range map[string]int{
		evil.URI: http.StatusUnprocessableEntity, "@ana@loop.test": http.StatusUnprocessableEntity, "https://a.test/actor": http.StatusUnprocessableEntity, "": http.StatusUnprocessableEntity,
	} {
		if status, text := ana.Do(http.MethodPost, ownMe+"/move", M{"to": to, "password": Password}); status != want {
			t.Errorf("to %q: %d %s", to, status, text)
		}
	}
	if status, _ := ana.Do(http.MethodPost, ownMe+"/move", M{"to": there.URI, "password": "wrong"}); status != http.StatusForbidden {
		t.Errorf("without the password: %d", status)
	}
	ana.Object(http.MethodPost, ownMe+"/move", M{"to": there.URI, "password": Password})
	c.Settle()
	received := fmt.Sprint(home.Received())
	if !strings.Contains(received, "type:Follow") || !strings.Contains(received, bo.Actor.URI) {
		t.Errorf("bo does not ask to follow there: %s", received)
	}
	if got := followsOn(t, bo, ana.Actor.URI); len(got) != 0 {
		t.Errorf("bo still follows %v", got)
	}
	_, doc := there.Get(a, strings.TrimPrefix(ana.Actor.URI, "https://a.test"))
	if !strings.Contains(doc, `"movedTo":"`+there.URI+`"`) {
		t.Errorf("the actor does not say where it went: %s", doc)
	}
}

// TestG27_DeletedNameIsNeverGivenAgain: a member deletes the account; others are told, and the name stays reserved.
func TestG27_DeletedNameIsNeverGivenAgain(t *testing.T) {
	Each(t, []string{"a.test", "b.test"}, func(t *testing.T, c *Cluster) {
		a, b := c.Server("a.test"), c.Server("b.test")
		ana, cleo := a.Member("ana"), b.Member("cleo")
		cleo.Follow(ana.Handle())
		post := ana.Post("My own words")
		c.Settle()
		uri := post["uri"].(string)
		cleo.Locate(uri)
		if status, _ := ana.Do(http.MethodPost, ownMe+"/delete", M{"password": "wrong"}); status != http.StatusForbidden {
			t.Errorf("a stolen token deletes: %d", status)
		}
		ana.Object(http.MethodPost, ownMe+"/delete", M{"password": Password})
		c.Settle()
		if status, _ := ana.Do(http.MethodGet, ownMe+"/leaving", nil); status != http.StatusUnauthorized {
			t.Errorf("the token still answers %d", status)
		}
		for _, server := range []*Server{a, b} {
			stored, err := server.Store.Read(t.Context()).PostByURI(uri)
			if err == nil && (stored.DeletedAt == 0 || stored.Content != "") {
				t.Errorf("%s still has the post: %q", server.Host, stored.Content)
			}
		}
		if status, _ := c.Fetch(a, strings.TrimPrefix(ana.Actor.URI, "https://a.test")); status != http.StatusGone {
			t.Errorf("the actor answers %d", status)
		}
		if _, err := a.Service.CreateMember(t.Context(), newMember("ana")); models.ErrorCode(err) != models.Conflict {
			t.Errorf("the name is given again: %v", err)
		}
		account, err := a.Store.Read(t.Context()).AccountByActor(ana.Actor.ID)
		if err != nil || account.Email != "" || account.PasswordHash != "" || account.DisabledAt == 0 {
			t.Errorf("what is left of the account: %+v, %v", account, err)
		}
	})
}

func newMember(name string) practice.NewMember { return practice.NewMember{Username: name} }

func local(c *practice.NewCommunity) { c.Class = models.ClassLocal }
