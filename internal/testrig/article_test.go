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
