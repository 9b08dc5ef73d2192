package testrig

import (
	"encoding/json"
	"net/http"
	"testing"
)

// typesOf gives the types of the objects about a post that a peer was sent, in whatever they were wrapped.
func typesOf(received []M) map[string]int {
	found := map[string]int{}
	for _, activity := range received {
		for object, ok := activity["object"].(M); ok; object, ok = object["object"].(M) {
			if object["attributedTo"] != nil {
				found[object["type"].(string)]++
			}
		}
	}
	return found
}

// TestThreadsAreArticlesForMbin: who files notes elsewhere is sent, and served, a thread as an Article under the same id;
// everybody else has it as the Note that it is, and answers are Notes for all.
func TestThreadsAreArticlesForMbin(t *testing.T) {
	Each(t, []string{"a.test"}, func(t *testing.T, c *Cluster) {
		a := c.Server("a.test")
		ana := a.Member("ana")
		group := a.Community("woundcare", ana)
		mbin, lemmy := c.NewPeer("k.test", "mbin").Actor("kay", "Person"), c.NewPeer("l.test", "lemmy").Actor("lea", "Person")
		for _, fan := range []*PeerActor{mbin, lemmy} {
			fan.Send(a, fan.Activity("Follow", "1", group.URI))
		}
		c.Settle()
		mbin.Peer.Received()
		lemmy.Peer.Received()
		thread := ana.Post("@woundcare Which dressing?\n\nIt weeps.")
		ana.Reply(thread["id"].(string), "Alginate")
		ana.Object(http.MethodPut, "/api/v1/statuses/"+thread["id"].(string), M{"status": "@woundcare Which dressing?\n\nIt weeps a lot."})
		c.Settle()
		if got := typesOf(mbin.Peer.Received()); got["Article"] != 2 || got["Note"] != 1 {
			t.Errorf("Mbin was sent %v", got)
		}
		if got := typesOf(lemmy.Peer.Received()); got["Article"] != 0 || got["Note"] != 3 {
			t.Errorf("Lemmy was sent %v", got)
		}
		path := thread["uri"].(string)[len("https://a.test"):]
		for fan, want := range map[*PeerActor]string{mbin: "Article", lemmy: "Note"} {
			var doc M
			_, body := fan.Get(a, path)
			if err := json.Unmarshal([]byte(body), &doc); err != nil || doc["type"] != want || doc["id"] != thread["uri"] {
				t.Errorf("%s is served %v (%v)", fan.URI, doc["type"], err)
			}
		}
	})
}

// TestGoToSocialFoldsNothingAway: a server that takes a name for a warning has a thread without one, whichever way it comes;
// and it is sent no type that only forums know, which it would answer with an error that holds all else up.
func TestGoToSocialFoldsNothingAway(t *testing.T) {
	c := NewCluster(t, "a.test")
	a := c.Server("a.test")
	ana := a.Member("ana")
	group := a.Community("woundcare", ana)
	gus := c.NewPeer("g.test", "gotosocial").Actor("gus", "Person")
	for i, followed := range []string{group.URI, ana.Actor.URI} {
		gus.Send(a, gus.Activity("Follow", string(rune('1'+i)), followed))
	}
	c.Settle()
	gus.Peer.Received()
	thread := ana.Post("@woundcare Which dressing? #ask\n\nIt weeps.")
	c.Settle()
	titled := 0
	for _, activity := range gus.Peer.Received() {
		if object, ok := activity["object"].(M); ok && object["name"] != nil {
			titled++
		}
	}
	var doc M
	_, body := gus.Get(a, thread["uri"].(string)[len("https://a.test"):])
	if err := json.Unmarshal([]byte(body), &doc); err != nil || doc["name"] != nil || doc["type"] != "Note" || titled != 0 {
		t.Errorf("served with the name %v, sent %d times with one (%v)", doc["name"], titled, err)
	}
	note := gus.Note("answer", "Alginate", func(n M) { n["inReplyTo"], n["cc"] = thread["uri"], []string{ana.Actor.URI, group.URI} })
	gus.Send(a, gus.Activity("Create", "3", note))
	c.Settle()
	ana.Reply(ana.Locate(note["id"].(string))["id"].(string), "@gus@g.test Thanks #solved")
	ana.Object(http.MethodPost, "/api/praxis/v1/statuses/"+thread["id"].(string)+"/lock", nil)
	c.Settle()
	if ana.Object(http.MethodGet, "/api/v1/statuses/"+thread["id"].(string), nil)["praxis"].(M)["solved"] != true {
		t.Error("the answer is not accepted")
	}
	for _, activity := range gus.Peer.Received() {
		for at := activity; at != nil; at, _ = at["object"].(M) {
			if kind, _ := at["type"].(string); kind == "ChooseAnswer" || kind == "Lock" {
				t.Errorf("sent %s to who does not know it", kind)
			}
		}
	}
}

// TestBoostReadersHearOfChanges: who has a thread as a community's boost, and does not follow its author, hears of an edit and
// of the deletion.
func TestBoostReadersHearOfChanges(t *testing.T) {
	c := NewCluster(t, "a.test")
	a := c.Server("a.test")
	ana := a.Member("ana")
	group := a.Community("woundcare", ana)
	mia := c.NewPeer("m.test", "mastodon").Actor("mia", "Person")
	mia.Send(a, mia.Activity("Follow", "1", group.URI))
	c.Settle()
	thread := ana.Post("@woundcare Which dressing?\n\nIt weeps.")
	path := "/api/v1/statuses/" + thread["id"].(string)
	c.Settle()
	ana.Object(http.MethodPut, path, M{"status": "@woundcare Which dressing?\n\nIt weeps a lot."})
	c.Settle()
	ana.Object(http.MethodDelete, path, nil)
	c.Settle()
	seen := map[string]int{}
	for _, activity := range mia.Peer.Received() {
		seen[activity["type"].(string)]++
	}
	if seen["Announce"] != 1 || seen["Update"] != 1 || seen["Delete"] != 1 || seen["Create"] != 0 {
		t.Errorf("Mastodon was sent %v", seen)
	}
}

// TestBoostOfWhatIsGoneIsTakenBack: who has a thread from a third server as the boost of a community of ours hears from the
// community that it is gone.
func TestBoostOfWhatIsGoneIsTakenBack(t *testing.T) {
	c := NewCluster(t, "a.test", "b.test")
	a := c.Server("a.test")
	ana, bo := a.Member("ana"), c.Server("b.test").Member("bo")
	group := a.Community("woundcare", ana)
	mia := c.NewPeer("m.test", "mastodon").Actor("mia", "Person")
	mia.Send(a, mia.Activity("Follow", "1", group.URI))
	bo.Follow("@woundcare@a.test")
	c.Settle()
	thread := bo.Post("@woundcare@a.test Which dressing?")
	c.Settle()
	bo.Object(http.MethodDelete, "/api/v1/statuses/"+thread["id"].(string), nil)
	c.Settle()
	var announced, undone string
	for _, activity := range mia.Peer.Received() {
		switch inner, _ := activity["object"].(M); activity["type"] {
		case "Announce":
			announced, _ = activity["id"].(string)
		case "Undo":
			undone, _ = inner["id"].(string)
		}
	}
	if announced == "" || undone != announced {
		t.Errorf("announced %q, taken back %q", announced, undone)
	}
}
