package testrig_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"praxis/federation/pact"
	"praxis/internal/testrig"
	"praxis/models"
	"praxis/practice"
)

// among gives what siblings agree on that are for their members only.
func among() pact.Bond {
	bond := agreed()
	bond.Class, bond.History = models.ClassMembers, 90
	return bond
}

// circle is a community for members, at two hosts, with a member of each.
type circle struct {
	*testrig.Cluster
	t       *testing.T
	a, b    *testrig.Sibling
	ann, bo *testrig.Member
}

func eachCircle(t *testing.T, f func(t *testing.T, k *circle), more ...string) {
	t.Helper()
	hosts := append([]string{"a.test", "b.test"}, more...)
	testrig.Each(t, hosts, func(t *testing.T, c *testrig.Cluster) {
		s := c.Siblings("solvents", among(), hosts[:2]...)
		k := &circle{Cluster: c, t: t, a: s[0], b: s[1], ann: s[0].Member("ann"), bo: s[1].Member("bo")}
		k.joins(k.ann, k.a)
		k.joins(k.bo, k.b)
		f(t, k)
	})
}

func (k *circle) joins(m *testrig.Member, s *testrig.Sibling) {
	k.t.Helper()
	m.Follow("@solvents@" + s.Host)
	k.Settle()
}

// within posts into a community for its members.
func within(m *testrig.Member, s *testrig.Sibling, text string) testrig.M {
	return m.Object(http.MethodPost, "/api/v1/statuses", testrig.M{
		"status": text + " @" + s.Group.Username + "@" + s.Host, "visibility": "private",
	})
}

// reads reports whether a member, or nobody, reads a post where they are.
func reads(t *testing.T, at *testrig.Server, m *testrig.Member, uri any) bool {
	t.Helper()
	viewer := models.Anonymous
	if m != nil {
		viewer = m.Actor.ID
	}
	_, err := at.Store.Read(context.Background()).VisiblePostByURI(uri.(string), viewer)
	if err != nil && !models.IsNotFound(err) {
		t.Fatal(err)
	}
	return err == nil
}

// What is written for members at one sibling is read by the members of the other, with the answers, and by nobody else.
func TestE06_MembersOfSiblingsReadEachOther(t *testing.T) {
	eachCircle(t, func(t *testing.T, k *circle) {
		outsider := k.b.Member("cleo")
		mastodon := k.NewPeer("mastodon.test", "mastodon").Actor("zoe", "Person")
		mastodon.Send(k.b.Server, mastodon.Activity("Follow", "1", k.b.Group.URI))
		k.Settle()
		mastodon.Peer.Received()
		thread := within(k.ann, k.a, "Acetone dissolves the seal.")
		k.Settle()
		if home := texts(k.bo.Home()); len(home) != 1 || !strings.Contains(home[0], "Acetone") {
			t.Fatalf("a member of the sibling has %q at home", home)
		}
		answer := k.bo.Reply(k.bo.Locate(thread["uri"].(string))["id"].(string), "Take another seal.")
		k.Settle()
		around := k.ann.Object(http.MethodGet, "/api/v1/statuses/"+thread["id"].(string)+"/context", nil)
		if got := around["descendants"].([]any); len(got) != 1 {
			t.Errorf("the first has %d answers", len(got))
		}
		if told := k.ann.List("/api/v1/notifications"); len(told) != 1 || told[0]["type"] != "mention" {
			t.Errorf("who was answered hears %v", told)
		}
		for _, uri := range []any{thread["uri"], answer["uri"]} {
			if reads(t, k.b.Server, outsider, uri) || reads(t, k.b.Server, nil, uri) || reads(t, k.a.Server, nil, uri) {
				t.Errorf("others read %v", uri)
			}
			if !reads(t, k.b.Server, k.bo, uri) || !reads(t, k.a.Server, k.ann, uri) {
				t.Errorf("members do not read %v", uri)
			}
		}
		for _, got := range mastodon.Peer.Received() {
			if got["type"] == "Announce" {
				t.Errorf("Mastodon got %v", got)
			}
		}
	})
}

// Edits, withdrawals and deletions reach what was admitted for members.
func TestMembersOnlySiblingsFollowWhatBecomesOfAPost(t *testing.T) {
	eachCircle(t, func(t *testing.T, k *circle) {
		thread := within(k.ann, k.a, "Acetone dissolves the seal.")
		other := within(k.ann, k.a, "Ethanol does not.")
		k.Settle()
		k.ann.Object(http.MethodPut, "/api/v1/statuses/"+thread["id"].(string), testrig.M{"status": "Acetone dissolves most seals. @solvents@a.test"})
		k.Settle()
		if home := strings.Join(texts(k.bo.Home()), "|"); !strings.Contains(home, "most seals") {
			t.Errorf("the sibling's member reads %q", home)
		}
		k.ann.Object(http.MethodDelete, "/api/v1/statuses/"+thread["id"].(string), nil)
		k.Settle()
		if reads(t, k.b.Server, k.bo, thread["uri"]) || !reads(t, k.b.Server, k.bo, other["uri"]) {
			t.Error("what was deleted is read, or the other is not")
		}
	})
}

// Who leaves the sibling reads no more; a pair that rests or is over brings nothing new, and its server reads nothing.
func TestE16_FormerMembersAndSiblingsReadNothingNew(t *testing.T) {
	eachCircle(t, func(t *testing.T, k *circle) {
		before := within(k.ann, k.a, "Acetone dissolves the seal.")
		k.Settle()
		k.a.SetPair(k.b, func(p *models.Sibling) { fine(t, p.Rest(models.PauseByAdmin, "a test")) })
		while := within(k.ann, k.a, "While it rests.")
		k.Settle()
		if _, err := k.b.Store.Read(context.Background()).PostByURI(while["uri"].(string)); !models.IsNotFound(err) {
			t.Errorf("a sibling that rests was sent what is for members: %v", err)
		}
		asks := k.a.See(k.b.Group.URI)
		if reads(t, k.a.Server, &testrig.Member{Actor: asks}, while["uri"]) {
			t.Error("a sibling that rests reads at the other")
		}
		k.a.SetPair(k.b, func(p *models.Sibling) { fine(t, p.MoveTo(models.SiblingLive, "a test")) })
		if !reads(t, k.b.Server, k.bo, before["uri"]) {
			t.Error("what was taken is lost")
		}
		k.bo.Object(http.MethodPost, "/api/v1/accounts/"+k.bo.Find("@solvents@b.test")+"/unfollow", nil)
		if reads(t, k.b.Server, k.bo, before["uri"]) {
			t.Error("who left reads on")
		}
	})
}

// What a sibling missed comes by comparison.
func TestMembersOnlySiblingsCompare(t *testing.T) {
	eachCircle(t, func(t *testing.T, k *circle) {
		lose(k.Cluster, "b.test")
		missed := within(k.ann, k.a, "Acetone dissolves the seal.")
		answer := k.ann.Reply(missed["id"].(string), "And rubber.")
		k.Settle()
		k.Network.Carry(nil)
		if reads(t, k.b.Server, k.bo, missed["uri"]) {
			t.Fatal("nothing was lost")
		}
		k.Clock.Advance(24 * 3600e9)
		within(k.ann, k.a, "Are you there?")
		k.compares()
		k.hasForMembers(missed, answer)
	})
}

// What was there before two became siblings comes by comparison, too, as far back as was agreed.
func TestMembersOnlySiblingsHaveAHistory(t *testing.T) {
	testrig.Each(t, []string{"a.test", "b.test"}, func(t *testing.T, c *testrig.Cluster) {
		k := &circle{Cluster: c, t: t}
		for _, host := range []string{"a.test", "b.test"} {
			server := c.Server(host)
			group := server.Community("solvents", nil, func(c *practice.NewCommunity) { c.Class = models.ClassMembers })
			k.a, k.b = k.b, &testrig.Sibling{Server: server, Group: group}
		}
		k.ann, k.bo = k.a.Member("ann"), k.b.Member("bo")
		k.joins(k.ann, k.a)
		k.joins(k.bo, k.b)
		older := within(k.ann, k.a, "Long ago.")
		c.Clock.Advance(60 * 24 * 3600e9)
		old := within(k.ann, k.a, "Acetone dissolves the seal.")
		answer := k.ann.Reply(old["id"].(string), "And rubber.")
		c.Clock.Advance(40 * 24 * 3600e9)
		c.Pair(k.a, k.b, among())
		for _, s := range [][]*testrig.Sibling{{k.a, k.b}, {k.b, k.a}} {
			s[0].SetPair(s[1], func(p *models.Sibling) { p.AgreedAt = 0 })
		}
		within(k.ann, k.a, "We are two.")
		k.compares()
		k.hasForMembers(old, answer)
		if reads(t, k.b.Server, k.bo, older["uri"]) {
			t.Error("more came than was agreed")
		}
	})
}

func (k *circle) compares() {
	k.t.Helper()
	for range 4 {
		k.Settle()
		k.Clock.Advance(7 * 60e9)
	}
	within(k.ann, k.a, "Another one.")
	for range 4 {
		k.Settle()
		k.Clock.Advance(7 * 60e9)
	}
}

// hasForMembers expects that the member of the sibling reads posts, and nobody else.
func (k *circle) hasForMembers(posts ...testrig.M) {
	k.t.Helper()
	for _, post := range posts {
		if !reads(k.t, k.b.Server, k.bo, post["uri"]) || reads(k.t, k.b.Server, nil, post["uri"]) {
			k.t.Errorf("%v did not come, or to all", post["uri"])
		}
	}
}

// The charter of a community that hides is read by its siblings, and absent for everybody else.
func TestE11_CharterOfAHiddenCommunityIsForItsSiblings(t *testing.T) {
	eachCircle(t, func(t *testing.T, k *circle) {
		said, hidden := "What is said here stays here.", true
		if _, err := k.a.Service.ChangeCommunity(t.Context(), nil, k.a.Group, practice.CommunityChange{Charter: &said, Unlisted: &hidden}); err != nil {
			t.Fatal(err)
		}
		k.Settle()
		read, err := k.b.Service.ReadTheirCharter(t.Context(), nil, k.b.Group, k.b.PairWith(k.a).ID)
		if err != nil || read.Text != said {
			t.Errorf("a sibling reads %+v: %v", read, err)
		}
		stranger := k.NewPeer("odd.test", "praxis").Actor("cleo", "Person")
		if status, _ := stranger.Get(k.a.Server, "/c/solvents/charter"); status != http.StatusNotFound {
			t.Errorf("a stranger gets %d", status)
		}
	})
}

// A community that changes whom it is for has agreed on nothing for that.
func TestSiblingsRestWhenTheClassChanges(t *testing.T) {
	eachCircle(t, func(t *testing.T, k *circle) {
		public := models.ClassPublic
		_, err := k.a.Service.ChangeCommunity(context.Background(), nil, k.a.Group, practice.CommunityChange{Class: &public})
		fine(t, err)
		k.Settle()
		if here, there := k.a.PairWith(k.b), k.b.PairWith(k.a); here.State != models.SiblingPaused || there.State != models.SiblingPaused {
			t.Errorf("the pairs are %s (%s) and %s (%s)", here.State, here.Reason, there.State, there.Reason)
		}
	})
}

func fine(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// What is written for partners at one sibling is read by everybody of both organizations, also when it is an answer, late, or edited, and by
// nobody else.
func TestE06_PartnersOfSiblingsReadEachOther(t *testing.T) {
	testrig.Each(t, []string{"a.test", "b.test"}, func(t *testing.T, c *testrig.Cluster) {
		terms := among()
		terms.Class = models.ClassPartners
		var s []*testrig.Sibling
		for _, host := range []string{"a.test", "b.test"} {
			server := c.Server(host)
			s = append(s, &testrig.Sibling{Server: server, Group: server.Community("wards", nil, func(c *practice.NewCommunity) { c.Class = terms.Class })})
		}
		a, b := s[0], s[1]
		ann, colleague, bo, cleo := a.Member("ann"), a.Member("dora"), b.Member("bo"), b.Member("cleo")
		for _, one := range [][]*testrig.Sibling{{a, b}, {b, a}} {
			_, err := one[0].Service.OneSidedPartner(context.Background(), practice.By{}, one[1].Host, "")
			fine(t, err)
		}
		fine(t, a.Service.ShareWithPartner(context.Background(), nil, a.Group, "b.test", true))
		fine(t, b.Service.ShareWithPartner(context.Background(), nil, b.Group, "a.test", true))
		c.Pair(a, b, terms)
		ann.Follow("@wards@a.test")
		bo.Follow("@wards@b.test")
		c.Settle()
		thread := within(ann, a, "Acetone dissolves the seal.")
		c.Settle()
		both := func(uri any) {
			t.Helper()
			for i, m := range []*testrig.Member{ann, colleague, bo, cleo} {
				if !reads(t, s[i/2].Server, m, uri) {
					t.Errorf("%v: %s does not read it", uri, m.Actor.Username)
				}
			}
			if reads(t, a.Server, nil, uri) || reads(t, b.Server, nil, uri) {
				t.Errorf("%v: others read it", uri)
			}
		}
		both(thread["uri"])
		answer := cleo.Reply(cleo.Locate(thread["uri"].(string))["id"].(string), "Which solvent instead?")
		c.Settle()
		both(answer["uri"])
		ann.Object(http.MethodPut, "/api/v1/statuses/"+thread["id"].(string), testrig.M{"status": "Acetone dissolves the seal at once. @wards@a.test"})
		c.Settle()
		both(thread["uri"])
		c.Network.SetDown("b.test", true)
		late := within(ann, a, "Ethanol does not.")
		c.Settle()
		c.Network.SetDown("b.test", false)
		c.Clock.Advance(time.Hour)
		c.Settle()
		both(late["uri"])
		stranger := c.NewPeer("third.test", "praxis").Actor("zoe", "Person")
		if status, _ := stranger.Get(a.Server, "/c/wards/actor_token"); status != http.StatusNotFound {
			t.Errorf("a stranger who asks for a token gets %d", status)
		}
	})
}
