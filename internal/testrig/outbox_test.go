package testrig

import (
	"testing"
)

// TestOutboxHoldsWhatWasFetched: a reply that only a later one led to is in the outbox of its community, by its id, since
// nobody sent its Create here.
func TestOutboxHoldsWhatWasFetched(t *testing.T) {
	both(t, func(t *testing.T, p *pair) {
		a := p.Server("a.test")
		thread := p.ana.Post("@care@a.test Which dressing?")
		mia := p.NewPeer("masto.test", "mastodon").Actor("mia", "Person")
		under := func(parent any) func(M) { return func(n M) { n["inReplyTo"] = parent } }
		first := mia.Note("1", "Foam", under(thread["uri"]))
		second := mia.Note("2", "And honey", under(first["id"]), func(n M) { n["cc"] = []string{"https://a.test/c/care"} })
		mia.Send(a, mia.Activity("Create", "2", second))
		p.Settle()
		page := p.document(a, "https://a.test/c/care/outbox?page=true")
		found := map[any]int{}
		for _, item := range page["orderedItems"].([]any) {
			switch object := item.(M)["object"].(type) {
			case string:
				found[object]++
			case M:
				found[object["object"].(M)["id"]]++
			}
		}
		for _, uri := range []any{thread["uri"], first["id"], second["id"]} {
			if found[uri] != 1 {
				t.Errorf("%v is %d times in the outbox: %v", uri, found[uri], found)
			}
		}
		if page["startIndex"] != 0.0 || page["last"] == nil {
			t.Errorf("the page begins at %v, the last one is %v", page["startIndex"], page["last"])
		}
	})
}
