package testrig

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"praxis/federation/pact"
	"praxis/federation/reconcile"
	"praxis/federation/sign"
	"praxis/models"
)

// traitor is a sibling of ours whose every word the test decides: it was agreed with, and does what it likes.
type traitor struct {
	*Cluster
	a, b    *Sibling
	ann, bo *Member
	peer    *Peer
	group   *PeerActor
	as      *Sibling
	told    int
}

func newTraitor(t *testing.T, c *Cluster) *traitor {
	t.Helper()
	terms := pact.Bond{Removals: "auto", Bans: "mutual", Silence: 14}
	all := c.Siblings("wounds", terms, "a.test", "b.test")
	x := &traitor{Cluster: c, a: all[0], b: all[1], ann: all[0].Member("ann"), bo: all[1].Member("bo"), peer: c.NewPeer("odd.test", "praxis")}
	x.group = x.peer.Actor("wounds", "Group")
	x.as = &Sibling{Server: &Server{Host: x.peer.Host, Cluster: c}, Group: &models.Actor{URI: x.group.URI}}
	x.a.joins(x.as, terms)
	return x
}

// announces sends ours what the sibling claims that somebody did.
func (x *traitor) announces(inner any) {
	x.T.Helper()
	x.told++
	if status, said := x.group.Send(x.a.Server, x.group.Activity("Announce", fmt.Sprint("announce", x.told), inner)); status >= 500 {
		x.T.Errorf("%v is answered with %d: %s", inner, status, said)
	}
	x.Settle()
}

// writes gives what a member writes in a community.
func (m *Member) writes(text string, in *Sibling) M {
	m.Server.Cluster.T.Helper()
	return m.Object(http.MethodPost, "/api/v1/statuses", M{"status": text + " @" + in.Group.Username + "@" + in.Host})
}

// TestA24_ASiblingSpeaksForNobody: what it passes on is believed of its author alone, whatever was agreed.
func TestA24_ASiblingSpeaksForNobody(t *testing.T) {
	Each(t, []string{"a.test", "b.test"}, func(t *testing.T, c *Cluster) {
		x := newTraitor(t, c)
		thread := x.bo.writes("Dress it wet.", x.b)
		c.Settle()
		uri, posts := thread["uri"].(string), x.a.Count("post")
		forged := func(id, author string, changes ...func(M)) M {
			note := x.group.Note(id, "Forged.", func(n M) { n["attributedTo"], n["audience"] = author, x.group.URI })
			create := x.group.Activity("Create", "create-"+id, note, func(a M) { a["actor"], a["audience"] = author, x.group.URI })
			for _, change := range changes {
				change(create)
			}
			return create
		}
		onB := func(a M) { a["id"], a["object"].(M)["id"] = "https://b.test/a/1", "https://b.test/o/1" }
		for name, inner := range map[string]any{
			"a post that another's member never wrote":    forged("1", x.bo.Actor.URI),
			"the same with ids of that host":              forged("2", x.bo.Actor.URI, onB),
			"a post of a member of ours":                  forged("3", x.ann.Actor.URI),
			"one with a proof of the Group":               x.group.Prove(forged("4", x.bo.Actor.URI, onB)),
			"a change of what another wrote":              x.forgedChange("Update", uri, M{"id": uri, "type": "Note", "attributedTo": x.bo.Actor.URI, "content": "Forged.", "audience": x.b.Group.URI}),
			"a deletion by who did not write it":          x.forgedChange("Delete", uri, uri),
			"a removal where another sibling decides":     x.group.Activity("Remove", "remove", uri, func(a M) { a["target"], a["audience"] = x.b.Group.URI+"/context", x.b.Group.URI }),
			"a lock where another sibling decides":        x.group.Activity("Lock", "lock", uri, func(a M) { a["audience"] = x.b.Group.URI }),
			"an announcement of another sibling's":        M{"id": "https://b.test/c/wounds/relays/x", "type": "Announce", "actor": x.b.Group.URI, "object": forged("5", x.bo.Actor.URI)},
			"an offer in the name of a sibling":           M{"id": "https://b.test/a/9", "type": "Leave", "actor": x.b.Group.URI, "object": M{"id": "https://b.test/a/1#siblings", "type": "SiblingAgreement"}, "to": []string{x.a.Group.URI}},
			"another sibling's word that a third is lost": M{"id": "https://b.test/a/10", "type": "SiblingLost", "actor": x.b.Group.URI, "object": x.group.URI},
			"nothing at all":                              nil,
		} {
			x.announces(inner)
			if got := x.a.Count("post"); got != posts {
				t.Errorf("%s: %d posts, and %d before", name, got, posts)
				posts = got
			}
			row, err := x.a.Store.Read(t.Context()).VisiblePostByURI(uri, models.Anonymous)
			if err != nil || !strings.Contains(row.Content, "Dress it wet.") || row.LockedAt != 0 {
				t.Fatalf("%s: the thread is %+v, %v", name, row, err)
			}
			if state := x.a.PairWith(x.b).State; state != models.SiblingLive {
				t.Fatalf("%s: the other pair is %s", name, state)
			}
		}
	})
}

func (x *traitor) forgedChange(kind, id string, object any) M {
	return M{"id": "https://odd.test/activities/" + kind + "-" + id[len(id)-6:], "type": kind, "actor": x.bo.Actor.URI, "object": object, "audience": x.b.Group.URI}
}

// sums tells ours of what the sibling says that it took first.
func (x *traitor) sums(digest string) {
	x.T.Helper()
	x.told++
	now := models.At(x.Clock.Now())
	said := reconcile.SiblingSummary{URL: x.group.URI + "/admitted", Since: now.Add(-30 * 24 * time.Hour), Until: now, Digest: digest}
	note := x.group.Note(fmt.Sprint("told", x.told), "Hello.")
	x.group.SendWith(x.a.Server, x.group.Activity("Create", fmt.Sprint("telling", x.told), note), sign.RFC9421, http.Header{sign.SiblingSync: {said.String()}})
	x.Settle()
}

// lists lets it list posts, of each day that it is asked for.
func (x *traitor) lists(ids []string) {
	x.peer.Handle(strings.TrimPrefix(x.group.URI, "https://odd.test")+"/admitted", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/activity+json")
		if r.URL.Query().Get("day") == "" {
			days := ""
			for day := range 31 {
				days += fmt.Sprintf(`,{"day":%d,"count":%d,"digest":"%064d"}`, x.Clock.Now().Unix()/86400-int64(day), len(ids), day)
			}
			fmt.Fprintf(w, `{"id":"https://odd.test%s","type":"Collection","days":[%s]}`, r.URL.RequestURI(), days[1:])
			return
		}
		items := ids
		if r.URL.Query().Get("page") != "0" {
			items = nil
		}
		fmt.Fprintf(w, `{"id":"https://odd.test%s","type":"CollectionPage","items":["%s"]}`, r.URL.RequestURI(), strings.Join(items, `","`))
	})
}

// TestA08_SiblingsDoNotLetUsAskOthersForEver: a list of what never was makes us ask a third host for some of it, seldom.
func TestA08_SiblingsDoNotLetUsAskOthersForEver(t *testing.T) {
	c := NewCluster(t, "a.test", "b.test")
	x := newTraitor(t, c)
	c.NewPeer("victim.test", "mastodon")
	var ids []string
	for i := range 450 {
		ids = append(ids, fmt.Sprintf("https://victim.test/notes/%d", i))
	}
	x.lists(ids)
	for hour := range 24 {
		x.sums(fmt.Sprintf("%064x", hour))
		c.Clock.Advance(time.Hour)
		c.Settle()
	}
	if asked := c.Network.Calls("victim.test"); asked == 0 || asked > 1000 {
		t.Errorf("a stranger was asked %d times in a day", asked)
	}
	if n := x.a.Count("admission"); n != 0 {
		t.Errorf("%d posts that never were are taken", n)
	}
	if x.a.PairWith(x.b).State != models.SiblingLive {
		t.Error("another pair suffers from it")
	}
}

// TestF10_HistoryThatNeverEnds: of a sibling that lists more and more, some is taken in a day, and the rest another day.
func TestF10_HistoryThatNeverEnds(t *testing.T) {
	c := NewCluster(t, "a.test", "b.test")
	x := newTraitor(t, c)
	x.a.Service.LimitSiblings(5)
	author := x.peer.Actor("zoe", "Person")
	var ids []string
	for i := range 450 {
		note := author.Note(fmt.Sprint(i), "More.", func(n M) { n["audience"], n["cc"] = x.group.URI, []string{x.group.URI} })
		ids = append(ids, note["id"].(string))
	}
	x.lists(ids)
	x.sums(strings.Repeat("1", 64))
	c.Clock.Advance(2 * time.Minute)
	c.Settle()
	first := x.a.Count("admission")
	if first < 100 || first > 200 {
		t.Fatalf("%d were taken at once, and 100 may be", first)
	}
	c.Clock.Advance(20 * time.Hour)
	c.Settle()
	if got := x.a.Count("admission"); got != first {
		t.Errorf("%d within a day", got)
	}
	c.Clock.Advance(12 * time.Hour)
	c.Settle()
	if got := x.a.Count("admission"); got <= first {
		t.Errorf("no more a day later: %d", got)
	}
}

// TestE12_HistoryThatWasNotAgreed: a sibling reads nothing of what was before, beyond what was agreed.
func TestE12_HistoryThatWasNotAgreed(t *testing.T) {
	Each(t, []string{"a.test", "b.test"}, func(t *testing.T, c *Cluster) {
		a, b := c.Server("a.test"), c.Server("b.test")
		groups := []*Sibling{{a, a.Community("wounds", nil)}, {b, b.Community("wounds", nil)}}
		ann := a.Member("ann")
		ann.writes("Before.", groups[0])
		c.Settle()
		c.Clock.Advance(3 * 24 * time.Hour)
		c.Pair(groups[0], groups[1], pact.Bond{Removals: "auto", Bans: "advisory", Silence: 14, History: 1})
		ann.writes("After.", groups[0])
		c.Settle()
		for range 3 {
			c.Clock.Advance(time.Hour)
			ann.writes("Again.", groups[0])
			c.Settle()
		}
		if got := b.Count("admission"); got != 4 {
			t.Errorf("%d posts were taken of the 4 since they are siblings", got)
		}
		if pair := groups[1].PairWith(groups[0]); pair.SyncDigest != "" {
			t.Errorf("they find a difference in what is not shared: %+v", pair)
		}
	})
}

// What waited while a host was away for long is no flood.
func TestWhatWaitedIsNoFlood(t *testing.T) {
	c := NewCluster(t, "a.test", "b.test")
	all := c.Siblings("wounds", pact.Bond{Removals: "auto", Bans: "advisory", Silence: 14}, "a.test", "b.test")
	a, b, ann := all[0], all[1], all[0].Member("ann")
	b.Service.LimitSiblings(20)
	day := func(posts int) {
		for i := range posts {
			ann.writes(fmt.Sprint("Daily ", i), a)
		}
		c.Settle()
		c.Clock.Advance(24 * time.Hour)
	}
	for range 8 {
		day(5)
	}
	c.Network.SetDown(b.Host, true)
	for range 6 {
		day(5)
	}
	c.Network.SetDown(b.Host, false)
	for range 3 {
		c.Clock.Advance(8 * time.Hour)
		c.Settle()
	}
	if pair := b.PairWith(a); pair.State != models.SiblingLive {
		t.Errorf("it is %s: %s", pair.State, pair.Reason)
	}
	if got := b.Count("admission"); got != 70 {
		t.Errorf("%d posts of 70", got)
	}
}

// TestA25_WhoWasASiblingDecidesNothing: after the end its moderators remove nothing here, and its bans are its own.
func TestA25_WhoWasASiblingDecidesNothing(t *testing.T) {
	c := NewCluster(t, "a.test", "b.test")
	x := newTraitor(t, c)
	author := x.peer.Actor("zoe", "Person")
	inOdd := func(m M) { m["audience"], m["cc"] = x.group.URI, []string{x.group.URI} }
	note := author.Note("1", "Kept.", inOdd)
	x.announces(author.Activity("Create", "zoe1", note, inOdd))
	uri := note["id"].(string)
	if _, err := x.a.Store.Read(t.Context()).Admission(x.a.Group.ID, uri); err != nil {
		t.Fatal(err)
	}
	if _, err := x.a.Service.LeaveSibling(t.Context(), nil, x.a.Group, x.a.PairWith(x.as).ID, "enough"); err != nil {
		t.Fatal(err)
	}
	c.Settle()
	x.announces(x.group.Activity("Remove", "remove", uri, func(a M) { a["target"], a["audience"] = x.group.URI+"/outbox", x.group.URI }))
	x.announces(x.group.Activity("Block", "ban", x.ann.Actor.URI, func(a M) { a["target"], a["audience"] = x.group.URI, x.group.URI }))
	taken, err := x.a.Store.Read(t.Context()).Admission(x.a.Group.ID, uri)
	if err != nil || taken.State != models.AdmissionShown {
		t.Errorf("what is kept is %+v, %v", taken, err)
	}
	if _, err := x.a.Store.Read(t.Context()).VisiblePostByURI(uri, models.Anonymous); err != nil {
		t.Errorf("what is kept is not shown: %v", err)
	}
	if _, err := x.a.Store.Read(t.Context()).BanOf(x.a.Group.ID, x.ann.Actor); !models.IsNotFound(err) {
		t.Errorf("a member of ours is banned: %v", err)
	}
}

// A sibling on other software may give its log in one, and is read all the same.
func TestSiblingLogWithoutPages(t *testing.T) {
	x := newTraitor(t, NewCluster(t, "a.test", "b.test"))
	x.group.Doc["siblingReport"] = x.group.URI + "/report"
	x.peer.ServeDoc(x.group.Doc)
	x.peer.ServeDoc(M{
		"id": x.group.URI + "/report", "type": "SiblingReport", "attributedTo": x.group.URI, "modlog": x.group.URI + "/modlog",
		"published": x.Clock.Now().UTC().Format(time.RFC3339),
	})
	removal := x.group.Activity("Delete", "removal", "https://odd.test/notes/1", func(a M) {
		a["summary"], a["audience"], a["published"] = "Advertisement.", x.group.URI, x.Clock.Now().UTC().Format(time.RFC3339)
	})
	x.peer.ServeDoc(M{"id": x.group.URI + "/modlog", "type": "OrderedCollection", "totalItems": 1, "orderedItems": []any{x.group.Prove(removal)}})
	x.Clock.Advance(2 * time.Hour)
	x.Settle()
	lines := x.ann.List("/api/praxis/v1/communities/" + x.ann.Find("@wounds@a.test") + "/log?host=odd.test")
	if len(lines) != 1 || lines[0]["verb"] != "remove" || lines[0]["verified"] != true || lines[0]["reason"] != "Advertisement." {
		t.Errorf("the log of the sibling is read as %v", lines)
	}
}
