package testrig

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"praxis/federation/vocab"
	"praxis/models"
)

// TestFirstContactBringsThreadsWithTheirReplies: who follows a community of another organization first finds its last
// threads with what was answered, hears of none of it, and what goes on is tied to them.
func TestFirstContactBringsThreadsWithTheirReplies(t *testing.T) {
	Each(t, []string{"a.test", "b.test", "c.test"}, func(t *testing.T, c *Cluster) {
		a, b := c.Server("a.test"), c.Server("b.test")
		ana, cy := a.Member("ana"), c.Server("c.test").Member("cy")
		a.Community("woundcare", ana)
		cy.Follow("@woundcare@a.test")
		c.Settle()
		for i := range 30 {
			root := ana.Post(fmt.Sprintf("@woundcare Question %d?\n\n@bo@b.test should know", i))
			c.Settle()
			c.Clock.Advance(time.Minute)
			answer := cy.Reply(cy.Locate(root["uri"].(string))["id"].(string), fmt.Sprintf("Answer %d by somebody elsewhere", i))
			c.Settle()
			ana.Reply(ana.Locate(answer["uri"].(string))["id"].(string), fmt.Sprintf("Thanks %d", i))
			c.Settle()
		}
		bo := b.Member("bo")
		group := bo.Find("@woundcare@a.test")
		bo.Object(http.MethodPost, "/api/v1/accounts/"+group+"/follow", nil)
		for range 3 { // what a slow machine did not get at once is asked for again
			c.Settle()
			c.Clock.Advance(5 * time.Minute)
		}
		shown := bo.List("/api/v1/accounts/" + group + "/statuses?limit=40")
		if len(shown) != 30 {
			t.Fatalf("%d of 30 threads came", len(shown))
		}
		for i, boost := range shown {
			thread := boost["reblog"].(M)
			around := bo.Object(http.MethodGet, "/api/v1/statuses/"+thread["id"].(string)+"/context", nil)
			if !strings.Contains(thread["content"].(string), fmt.Sprintf("Question %d?", 29-i)) || len(around["descendants"].([]any)) != 2 {
				t.Errorf("thread %d: %v with %v", i, thread["content"], around["descendants"])
			}
		}
		if told := bo.List("/api/v1/notifications"); len(told) != 0 {
			t.Errorf("what came later notified: %v", told)
		}
		if home := bo.Home(); len(home) != 20 || !strings.Contains(fmt.Sprint(home[0]), "Question 29") {
			t.Errorf("%d threads at home", len(home))
		}
		state, err := b.Store.Read(t.Context()).Backfill(parseTestID(t, group))
		if err != nil || state.State != models.BackfillDone || state.Threads != 30 || state.Posts != 60 {
			t.Errorf("the backfill stands at %+v, %v", state, err)
		}
		t.Logf("30 threads with 60 replies took %d requests", state.Requests)
	})
}

func parseTestID(t *testing.T, text string) int64 {
	t.Helper()
	var id int64
	if _, err := fmt.Sscan(text, &id); err != nil {
		t.Fatal(err)
	}
	return id
}

// lemmyish gives a peer with a community whose outbox and threads have the shape of Lemmy's.
func lemmyish(c *Cluster, threads int) (*Peer, *PeerActor) {
	p := c.NewPeer("l.test", "lemmy")
	group, author := p.Actor("wounds", "Group"), p.Actor("fay", "Person")
	var items []any
	for i := range threads {
		id := fmt.Sprintf("https://l.test/post/%d", i)
		page := M{
			"@context": vocab.Namespace, "id": id, "type": "Page", "attributedTo": author.URI, "name": fmt.Sprintf("Thread %d", i),
			"to": []string{group.URI, vocab.Public}, "cc": []string{}, "audience": group.URI, "content": "<p>text</p>",
			"published": vocab.FormatTime(c.Clock.Now().Add(-time.Duration(i) * time.Hour)), "context": id + "/context",
		}
		p.ServeDoc(page)
		note := M{
			"@context": vocab.Namespace, "id": id + "/1", "type": "Note", "attributedTo": author.URI, "inReplyTo": id, "audience": group.URI,
			"to": []string{vocab.Public}, "cc": []string{group.URI}, "content": "<p>reply</p>", "published": vocab.FormatTime(c.Clock.Now()),
		}
		p.ServeDoc(note)
		p.ServeDoc(M{"@context": vocab.Namespace, "id": id + "/context", "type": "OrderedCollection", "totalItems": 2, "orderedItems": []string{id, id + "/1"}})
		items = append(items, M{
			"type": "Announce", "id": id + "/announce", "actor": group.URI,
			"object": M{"type": "Create", "id": id + "/create", "actor": author.URI, "object": page},
		})
	}
	p.ServeDoc(M{"@context": vocab.Namespace, "id": group.URI + "/outbox", "type": "OrderedCollection", "totalItems": threads, "orderedItems": items})
	return p, group
}

// TestBackfillReadsWhatOthersHave: an outbox with whole activities and no pages, within the limits, and nothing that was not
// meant for the community, or that leads in circles.
func TestBackfillReadsWhatOthersHave(t *testing.T) {
	c := NewCluster(t, "a.test")
	a := c.Server("a.test")
	bo := a.Member("bo")
	peer, group := lemmyish(c, 80)
	id := bo.Find("@wounds@l.test")
	bo.Object(http.MethodPost, "/api/v1/accounts/"+id+"/follow", nil)
	c.Settle()
	follow := peer.Received()[0]
	group.Send(a, group.Activity("Accept", "1", follow))
	c.Settle()
	state, err := a.Store.Read(t.Context()).Backfill(parseTestID(t, id))
	if err != nil || state.State != models.BackfillDone || state.Threads != 50 || state.Posts != 50 {
		t.Errorf("the backfill stands at %+v, %v", state, err)
	}
	shown := bo.List("/api/v1/accounts/" + id + "/statuses?limit=40")
	if len(shown) != 40 || shown[0]["reblog"].(M)["replies_count"] != 1.0 {
		t.Errorf("%d threads, and the first is %v", len(shown), shown[0])
	}
}

// TestC15_BackfillEnds: an outbox without end, pages in circles, threads of others and ten thousand replies cost no more
// than the limits say.
func TestC15_BackfillEnds(t *testing.T) {
	c := NewCluster(t, "a.test")
	a := c.Server("a.test")
	bo := a.Member("bo")
	p := c.NewPeer("h.test", "praxis")
	group, author := p.Actor("trap", "Group"), p.Actor("eve", "Person")
	stranger := author.Note("stranger", "not for any community")
	first := author.Note("first", "for it", func(n M) {
		n["audience"], n["to"] = group.URI, []string{group.URI, vocab.Public}
		n["context"], n["replies"] = "https://h.test/ring", "https://h.test/many"
	})
	circle := func(name, next string, items ...any) {
		p.ServeDoc(M{"@context": vocab.Namespace, "id": "https://h.test/" + name, "type": "OrderedCollectionPage", "next": "https://h.test/" + next, "orderedItems": items})
	}
	circle("ring", "ring2")
	circle("ring2", "ring")
	circle("outbox1", "outbox2", stranger["id"], first["id"], "https://a.test/o/1", 7, nil, "javascript:alert(1)", "https://elsewhere.test/1")
	circle("outbox2", "outbox1")
	p.ServeDoc(M{"@context": vocab.Namespace, "id": group.URI + "/outbox", "type": "OrderedCollection", "first": "https://h.test/outbox1"})
	var many []any
	for i := range 10_000 {
		many = append(many, fmt.Sprintf("https://h.test/notes/none%d", i))
	}
	p.ServeDoc(M{"@context": vocab.Namespace, "id": "https://h.test/many", "type": "OrderedCollection", "orderedItems": many})
	id := bo.Find("@trap@h.test")
	bo.Object(http.MethodPost, "/api/v1/accounts/"+id+"/follow", nil)
	c.Settle()
	group.Send(a, group.Activity("Accept", "1", p.Received()[0]))
	for range 5 { // a host that does not answer is asked again for a while
		c.Settle()
		c.Clock.Advance(time.Hour)
	}
	state, err := a.Store.Read(t.Context()).Backfill(parseTestID(t, id))
	if err != nil || state.State != models.BackfillDone || state.Threads != 1 || state.Requests > 1500 {
		t.Errorf("the backfill stands at %+v, %v", state, err)
	}
	if shown := bo.List("/api/v1/accounts/" + id + "/statuses?limit=40"); len(shown) != 1 {
		t.Errorf("%d threads in the community", len(shown))
	}
	if strings.Contains(a.Log(), "panic") {
		t.Error("something panicked")
	}
}

// TestOpeningAThreadBringsItsReplies: who opens a thread from elsewhere gets what is missing of it, and not each time anew.
func TestOpeningAThreadBringsItsReplies(t *testing.T) {
	c := NewCluster(t, "a.test")
	a := c.Server("a.test")
	bo := a.Member("bo")
	p, _ := lemmyish(c, 1)
	thread := bo.Locate("https://l.test/post/0")
	path := "/api/v1/statuses/" + thread["id"].(string) + "/context"
	bo.Object(http.MethodGet, path, nil)
	c.Settle()
	if around := bo.Object(http.MethodGet, path, nil); len(around["descendants"].([]any)) != 1 {
		t.Errorf("the reply did not come: %v", around)
	}
	p.ServeDoc(M{"@context": vocab.Namespace, "id": "https://l.test/post/0/context", "type": "OrderedCollection", "orderedItems": []string{"https://l.test/post/0/2"}})
	fay := PeerActor{Peer: p, URI: "https://l.test/users/fay"}
	p.ServeDoc(M{
		"@context": vocab.Namespace, "id": "https://l.test/post/0/2", "type": "Note", "attributedTo": fay.URI, "inReplyTo": "https://l.test/post/0",
		"to": []string{vocab.Public}, "cc": []string{}, "content": "<p>later</p>", "published": vocab.FormatTime(c.Clock.Now()),
	})
	for _, want := range []int{1, 2} {
		c.Settle()
		if around := bo.Object(http.MethodGet, path, nil); len(around["descendants"].([]any)) != want {
			t.Errorf("%d replies, and %d should be there", len(around["descendants"].([]any)), want)
		}
		c.Clock.Advance(time.Hour)
		bo.Object(http.MethodGet, path, nil)
	}
}
