package testrig_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"praxis/internal/testrig"
	"praxis/models"
)

// closes lets an instance close its Group for another one.
func closes(t *testing.T, one, heir *testrig.Sibling) {
	t.Helper()
	if err := one.Service.CloseCommunity(context.Background(), nil, one.Group, one.PairWith(heir).ID, "Our lab moves", true); err != nil {
		t.Fatal(err)
	}
	one.Cluster.Settle()
}

// of gives the first activity of a type.
func of(activities []testrig.M, kind string) testrig.M {
	for _, activity := range activities {
		if activity["type"] == kind {
			return activity
		}
	}
	return nil
}

func (k *keeper) follows(m *testrig.Member, uri string) bool {
	tx := m.Server.Store.Read(k.t.Context())
	target, err := tx.ActorByURI(uri)
	if err != nil {
		return false
	}
	follow, err := tx.FollowBetween(m.Actor.ID, target.ID)
	return err == nil && follow.State == models.FollowAccepted
}

type keeper struct{ t *testing.T }

// A community closes at one host in order: the sibling names it as its own, followers on every kind of software are asked to move,
// those here are moved; the page says where it went; nobody begins anything there; its threads go on at the other, which decides on
// them; and all of it can be undone.
func TestCommunityClosesForASibling(t *testing.T) {
	threeSiblings(t, func(t *testing.T, c *testrig.Cluster, s []*testrig.Sibling) {
		a, b, third := s[0], s[1], s[2]
		k := &keeper{t}
		ann, ann2, bo, cleo := a.Member("ann"), a.Member("ann2"), b.Member("bo"), third.Member("cleo")
		ann.Follow("@solvents@a.test")
		ann2.Follow("@solvents@a.test")
		list := ann.Object(http.MethodPost, "/api/v1/lists", testrig.M{"title": "Lab"})["id"].(string)
		ann.Do(http.MethodPost, "/api/v1/lists/"+list+"/accounts", testrig.M{"account_ids": []string{ann.Find("@solvents@a.test")}})
		bo.Follow("@solvents@a.test")
		cleo.Follow("@solvents@a.test")
		mastodon, gotosocial := c.NewPeer("mastodon.test", "mastodon"), c.NewPeer("gts.test", "gotosocial")
		zoe, yan := mastodon.Actor("zoe", "Person"), gotosocial.Actor("yan", "Person")
		for _, reader := range []*testrig.PeerActor{zoe, yan} {
			reader.Send(a.Server, reader.Activity("Follow", "1", a.Group.URI))
		}
		thread := post(ann, a, "Acetone dissolves the seal.")
		c.Settle()
		mastodon.Received()
		gotosocial.Received()

		said, err := a.Service.PreviewClosing(t.Context(), nil, a.Group, a.PairWith(b).ID)
		if err != nil || said.Successor != "@solvents@b.test" || said.Moving != 6 || said.Remaining != 0 || said.Threads != 1 {
			t.Fatalf("the preview says %+v %v", said, err)
		}
		if got := ann.List("/api/praxis/v1/communities?local=true"); len(got) != 1 {
			t.Errorf("the directory has %v", got)
		}
		closes(t, a, b)

		for _, peer := range []*testrig.Peer{mastodon, gotosocial} {
			got := peer.Received()
			move := of(got, "Move")
			if move == nil || move["object"] != a.Group.URI || move["target"] != b.Group.URI || move["actor"] != a.Group.URI {
				t.Errorf("a follower elsewhere hears %v", got)
			}
		}
		// What those servers look at before they believe it.
		_, doc := c.Fetch(a.Server, "/c/solvents")
		if !strings.Contains(doc, `"movedTo":"`+b.Group.URI+`"`) {
			t.Errorf("the closed Group says %s", doc)
		}
		_, doc = c.Fetch(b.Server, "/c/solvents")
		if !strings.Contains(doc, `"alsoKnownAs":["`+a.Group.URI+`"]`) {
			t.Errorf("the successor says %s", doc)
		}
		for _, m := range []*testrig.Member{ann, ann2, bo, cleo} {
			if !k.follows(m, b.Group.URI) || k.follows(m, a.Group.URI) {
				t.Errorf("%s follows the successor: %v, the closed one: %v", m.Handle(), k.follows(m, b.Group.URI), k.follows(m, a.Group.URI))
			}
		}
		listed := ann.List("/api/v1/lists/" + list + "/accounts")
		if len(listed) != 1 || listed[0]["acct"] != "solvents@b.test" {
			t.Errorf("ann's list has %v", listed)
		}
		if told := ann.List("/api/v1/notifications"); len(told) == 0 || !strings.Contains(told[0]["status"].(testrig.M)["content"].(string), "goes on as") {
			t.Errorf("ann is told %v", told)
		}
		if pair := third.PairWith(a); pair.State != models.SiblingClosed || pair.AdopterURI != b.Group.URI {
			t.Errorf("at c.test it is %s, taken up by %s", pair.State, pair.AdopterURI)
		}
		if pair := a.PairWith(third); pair.State != models.SiblingLive {
			t.Errorf("at its own host its pair is %s", pair.State)
		}
		// Nobody begins a thread there, or follows it, and is told where to go.
		status, text := ann.Do(http.MethodPost, "/api/v1/statuses", testrig.M{"status": "New @solvents@a.test", "community_id": ann.Find("@solvents@a.test")})
		if status != http.StatusForbidden || !strings.Contains(string(text), "@solvents@b.test") {
			t.Errorf("a new thread: %d %s", status, text)
		}
		late := mastodon.Actor("late", "Person")
		late.Send(a.Server, late.Activity("Follow", "2", a.Group.URI))
		c.Settle()
		if of(mastodon.Received(), "Reject") == nil {
			t.Error("who wants to follow a closed community gets no answer")
		}
		// The thread goes on at the successor, for everybody.
		ann.Reply(thread["id"].(string), "Take another seal.")
		cleo.Reply(cleo.Locate(thread["uri"].(string))["id"].(string), "Or none.")
		c.Settle()
		for _, m := range []*testrig.Member{ann, bo, cleo} {
			if got := answers(m, thread["uri"]); got != 2 {
				t.Errorf("%s sees %d answers", m.Handle(), got)
			}
		}
		if got := ann.List("/api/praxis/v1/communities?local=true"); len(got) != 0 {
			t.Errorf("the directory has the closed community: %v", got)
		}
		if page := pageOf(t, a, "/@solvents"); !strings.Contains(page, "It is closed here and goes on as") {
			t.Errorf("the page of the closed community does not say where it went: %s", page)
		}

		if err := a.Service.UndoClosing(t.Context(), nil, a.Group); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if pair := third.PairWith(a); pair.State != models.SiblingLive || pair.AdopterURI != "" {
			t.Errorf("after the undo it is %s at c.test", pair.State)
		}
		_, doc = c.Fetch(a.Server, "/c/solvents")
		_, heir := c.Fetch(b.Server, "/c/solvents")
		if strings.Contains(doc, `"movedTo":"https`) || strings.Contains(heir, `"alsoKnownAs":["`) {
			t.Error("after the undo one points to the other still")
		}
		closes(t, a, b) // and once more, which must count as a new Move
		if pair := third.PairWith(a); pair.State != models.SiblingClosed {
			t.Errorf("the second time it is %s at c.test", pair.State)
		}
	})
}

// Forums know no Move of a Group: the preview counts their people as those who stay, and they stay, refused by nobody, and hear what
// goes on in the community, so that they can follow the successor when they want to.
func TestForumsStayWithAClosedCommunity(t *testing.T) {
	threeSiblings(t, func(t *testing.T, c *testrig.Cluster, s []*testrig.Sibling) {
		a, b := s[0], s[1]
		bo := b.Member("bo")
		bo.Follow("@solvents@b.test")
		lemmy, piefed := c.NewPeer("lemmy.test", "lemmy"), c.NewPeer("piefed.test", "piefed")
		readers := []*testrig.PeerActor{lemmy.Actor("zoe", "Person"), piefed.Actor("yan", "Person")}
		for _, reader := range readers {
			reader.Send(a.Server, reader.Activity("Follow", "1", a.Group.URI))
		}
		thread := post(bo, b, "Acetone dissolves the seal.")
		c.Settle()
		said, err := a.Service.PreviewClosing(t.Context(), nil, a.Group, a.PairWith(b).ID)
		if err != nil || said.Moving != 0 || said.Remaining != 2 || len(said.Followers) != 2 || said.Followers[0].Moves || said.Followers[1].Moves {
			t.Fatalf("the preview says %+v %v", said, err)
		}
		closes(t, a, b)
		for _, peer := range []*testrig.Peer{lemmy, piefed} {
			if got := peer.Received(); of(got, "Reject") != nil {
				t.Errorf("%s is refused what it has: %v", peer.Host, got)
			}
		}
		tx := a.Store.Read(t.Context())
		for _, reader := range readers {
			actor, err := tx.ActorByURI(reader.URI)
			if err != nil {
				t.Fatal(err)
			}
			if follow, err := tx.FollowBetween(actor.ID, a.Group.ID); err != nil || follow.State != models.FollowAccepted {
				t.Errorf("%s follows no more: %v", reader.URI, err)
			}
		}
		bo.Reply(thread["id"].(string), "Take another seal.")
		c.Settle()
		for _, peer := range []*testrig.Peer{lemmy, piefed} {
			if got := peer.Received(); of(got, "Announce") == nil {
				t.Errorf("%s does not hear of an answer: %v", peer.Host, got)
			}
		}
		for _, reader := range readers { // by hand
			reader.Send(b.Server, reader.Activity("Follow", "2", b.Group.URI))
		}
		c.Settle()
		for _, peer := range []*testrig.Peer{lemmy, piefed} {
			if got := peer.Received(); of(got, "Accept") == nil {
				t.Errorf("%s cannot follow the successor: %v", peer.Host, got)
			}
		}
	})
}

// Only a live sibling is asked, only the one who was asked accepts, and nobody is moved to who does not name the other.
func TestA28_ClosingNeedsBoth(t *testing.T) {
	c := testrig.NewCluster(t, "a.test", "b.test", "c.test")
	s := c.Siblings("solvents", agreed(), "a.test", "b.test", "c.test")
	a, b, third := s[0], s[1], s[2]
	bo := b.Member("bo")
	evil := c.NewPeer("evil.test", "praxis").Actor("solvents", "Group")
	// Somebody who is no sibling asks b to go on with it.
	evil.Send(b.Server, evil.Activity("Offer", "1", testrig.M{"type": "Move", "actor": evil.URI, "object": evil.URI, "target": b.Group.URI}, func(m testrig.M) { m["to"] = []any{b.Group.URI} }))
	c.Settle()
	if _, doc := c.Fetch(b.Server, "/c/solvents"); strings.Contains(doc, `"alsoKnownAs":["`) {
		t.Error("a stranger is named as ours")
	}
	// Somebody accepts what was asked of another, or was never asked.
	for _, offer := range []string{"https://a.test/a/1", a.Group.URI} {
		evil.Send(a.Server, evil.Activity("Accept", offer[len(offer)-1:]+"x", testrig.M{"type": "Offer", "id": offer, "actor": a.Group.URI}, func(m testrig.M) { m["to"] = []any{a.Group.URI} }))
	}
	// A Group says that it moved to one that does not know it.
	bo.Follow("@solvents@evil.test")
	evil.Send(b.Server, evil.Activity("Move", "2", evil.URI, func(m testrig.M) { m["target"] = third.Group.URI }))
	c.Settle()
	if pair := b.PairWith(third); pair.State != models.SiblingLive {
		t.Errorf("it is %s", pair.State)
	}
	if (&keeper{t}).follows(bo, third.Group.URI) {
		t.Error("bo was moved by a Group that nobody names")
	}
	fresh, err := a.Store.Read(t.Context()).Actor(a.Group.ID)
	if err != nil || fresh.MovedToURI != "" {
		t.Errorf("the community closed: %v", err)
	}
}

// When a host is gone, what its authors signed is to be had from its siblings, under an address that is made of the old one: by members
// of a third host who never saw it, since it proves itself by a key that was known before; and by nobody else's word.
func TestA24_SignedCopiesOutliveTheirHost(t *testing.T) {
	hosts := []string{"a.test", "b.test", "c.test"}
	testrig.Each(t, hosts, func(t *testing.T, c *testrig.Cluster) {
		s := c.Siblings("solvents", agreed(), "a.test", "b.test")
		a, b := s[0], s[1]
		third := &testrig.Sibling{Server: c.Server("c.test"), Group: c.Server("c.test").Community("solvents", nil)}
		ann, bo, cleo := a.Member("ann"), b.Member("bo"), third.Member("cleo")
		bo.Follow("@solvents@b.test")
		thread := post(ann, a, "Acetone dissolves the seal.")
		other := post(ann, a, "Ethanol does not.")
		inside := ann.Object(http.MethodPost, "/api/v1/statuses", testrig.M{"status": "Only for you @bo@b.test", "visibility": "direct"})
		c.Settle()
		third.See(ann.Actor.URI) // its key is known from now on
		c.Pair(third, a, agreed())
		c.Pair(third, b, agreed())
		c.Settle()
		ann.Object(http.MethodPut, "/api/v1/statuses/"+thread["id"].(string), testrig.M{"status": "Acetone dissolves any seal. @solvents@a.test"})
		c.Settle()
		c.Network.SetDown(a.Host, true)

		copyOf := func(uri any) (int, string) {
			return c.Fetch(b.Server, "/c/solvents/copies?id="+uri.(string))
		}
		status, doc := copyOf(thread["uri"])
		if status != http.StatusOK || !strings.Contains(doc, "eddsa-jcs-2022") || !strings.Contains(doc, "any seal") {
			t.Fatalf("the copy: %d %s", status, doc)
		}
		if page := pageOf(t, b, "/c/solvents/copies?id="+thread["uri"].(string)); !strings.Contains(page, "any seal") || !strings.Contains(page, "<html") {
			t.Error("a browser gets no page of the copy")
		}
		for _, uri := range []any{inside["uri"], "https://a.test/o/1", "https://b.test/", "%00"} {
			if status, doc := copyOf(uri); status != http.StatusNotFound {
				t.Errorf("a copy of %v: %d %s", uri, status, doc)
			}
		}
		found := cleo.Locate(other["uri"].(string))
		if !strings.Contains(found["content"].(string), "Ethanol does not") || found["account"].(testrig.M)["acct"] != "ann@a.test" {
			t.Errorf("cleo finds %v", found)
		}
	})
}

// A sibling that alters a copy, that has one without a proof, or one by a key that nobody knew before, is not believed.
func TestA25_AlteredCopiesAreRefused(t *testing.T) {
	c := testrig.NewCluster(t, "a.test", "b.test")
	s := c.Siblings("solvents", agreed(), "a.test", "b.test")
	a, b := s[0], s[1]
	bo := b.Member("bo")
	gone := c.NewPeer("gone.test", "praxis")
	lost, zoe := gone.Actor("solvents", "Group"), gone.Actor("zoe", "Person")
	evil := c.NewPeer("evil.test", "praxis")
	liar := evil.ActorAt("/c/solvents", "solvents", "Group", func(m testrig.M) {
		m["urn"], m["siblings"], m["copies"] = "urn:uuid:01890000-0000-7000-8000-000000000001", "https://evil.test/c/solvents/siblings", "https://evil.test/copies"
	})
	for _, actor := range []*testrig.PeerActor{lost, zoe, liar} {
		b.See(actor.URI)
	}
	if err := b.Store.Tx(t.Context(), func(tx *models.Tx) error {
		for uri, state := range map[string]string{lost.URI: models.SiblingLost, liar.URI: models.SiblingLive} {
			actor, err := tx.ActorByURI(uri)
			if err != nil {
				return err
			}
			row := &models.Sibling{CommunityID: b.Group.ID, SiblingID: actor.ID, SiblingURI: uri, Host: actor.Host, State: state, Agreement: b.PairWith(a).Agreement, HeardAt: tx.Now()}
			if err := tx.SaveSibling(row); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	note := zoe.Note("1", "What zoe wrote", func(m testrig.M) { m["audience"] = lost.URI })
	create := zoe.Activity("Create", "c1", note, func(m testrig.M) { m["to"], m["audience"] = note["to"], lost.URI })
	proven := string(zoe.Prove(create))
	c.Network.SetDown("gone.test", true)
	query := "/api/v2/search?resolve=true&q=" + note["id"].(string)
	for name, body := range map[string]string{
		"altered":         strings.Replace(proven, "What zoe wrote", "What zoe never wrote", 1),
		"without a proof": string(mustJSON(t, create)),
		"by another":      string(liar.Prove(create)),
		"of another post": string(zoe.Prove(zoe.Activity("Create", "c2", zoe.Note("2", "Something else")))),
		"by a stranger":   string(gone.Actor("new", "Person").Prove(create)),
		"nothing":         "{}",
		"not for all":     string(zoe.Prove(zoe.Activity("Create", "c3", zoe.Note("1", "What zoe wrote", func(m testrig.M) { m["to"] = []any{lost.URI}; m["cc"] = []any{} })))),
	} {
		evil.Serve("/copies", http.StatusOK, "application/activity+json", []byte(body))
		found := bo.Object(http.MethodGet, query, nil)["statuses"].([]any)
		if len(found) != 0 {
			t.Errorf("a copy that is %s is believed: %v", name, found)
		}
		c.Clock.Advance(20 * 60 * 1e9)
	}
	evil.Serve("/copies", http.StatusOK, "application/activity+json", []byte(proven))
	if found := bo.Object(http.MethodGet, query, nil)["statuses"].([]any); len(found) != 1 {
		t.Errorf("the true copy is not taken: %v", found)
	}
}

// pageOf gives a page as a browser of somebody who is not signed in gets it.
func pageOf(t *testing.T, s *testrig.Sibling, path string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+s.Host+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/html")
	answer, err := (&http.Client{Transport: s.Cluster.Network}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %v", path, answer.StatusCode, err)
	}
	return string(body)
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
