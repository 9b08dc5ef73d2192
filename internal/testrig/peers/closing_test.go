package peers

import (
	"encoding/json"
	"net/http"
	"testing"

	"praxis/federation/pact"
	"praxis/internal/testrig"
	"praxis/models"
)

// TestClosedCommunityBringsItsFollowers: a community closes for a sibling. A microblog server looks at both ends, as it does for people,
// and lets its member follow the other; from then on she has its threads.
func TestClosedCommunityBringsItsFollowers(t *testing.T) {
	for _, d := range microblogs {
		t.Run(d.software, func(t *testing.T) {
			f := newFake(t, d, "b.test")
			s := f.Siblings("wards", pact.Bond{Removals: "auto", Bans: "advisory", Silence: 14}, "a.test", "b.test")
			a, b := s[0], s[1]
			bo := b.Member("bo")
			bo.Follow("@wards@b.test")
			f.send(f.mia, f.follow(f.mia, a.Group.URI))
			f.one(f.hear(), "Accept")
			if err := a.Service.CloseCommunity(t.Context(), nil, a.Group, a.PairWith(b).ID, "", true); err != nil {
				t.Fatal(err)
			}
			f.moves(f.one(f.hear(), "Move"), a, b)
			bo.Post("@wards@b.test How do you dress this?")
			f.Settle()
			seen := 0
			for _, activity := range f.peer.Received() {
				if activity["type"] == "Announce" && activity["actor"] == b.Group.URI {
					seen++
				}
			}
			if seen != 1 {
				t.Errorf("mia has the thread of the successor %d times", seen)
			}
		})
	}
}

// moves does what such a server does about a Move: it believes what both ends say, and nothing else.
func (f *fake) moves(move M, from, to *testrig.Sibling) {
	f.t.Helper()
	if move["actor"] != from.Group.URI || move["object"] != from.Group.URI || move["target"] != to.Group.URI {
		f.t.Fatalf("the Move is %v", move)
	}
	left, went := f.fetchDoc(move["object"].(string)), f.fetchDoc(move["target"].(string))
	known := false
	for _, alias := range listOf(went["alsoKnownAs"]) {
		known = known || alias == from.Group.URI
	}
	if left["movedTo"] != to.Group.URI || !known || went["movedTo"] != nil {
		f.t.Fatalf("%s does not move anybody from %v to %v", f.d.software, left, went)
	}
	f.peer.Judge = nil // what follows comes from two servers
	if status, body := f.mia.Send(to.Server, f.follow(f.mia, to.Group.URI)); status != http.StatusAccepted {
		f.t.Fatalf("the follow of the successor is answered %d %s", status, body)
	}
	f.send(f.mia, f.act("Undo", from.Group.URI, M{"type": "Follow", "actor": f.mia.URI, "object": from.Group.URI}))
	for one, want := range map[*testrig.Sibling]bool{from: false, to: true} {
		tx := one.Store.Read(f.t.Context())
		mia, err := tx.ActorByURI(f.mia.URI)
		if err != nil {
			f.t.Fatal(err)
		}
		follow, err := tx.FollowBetween(mia.ID, one.Group.ID)
		if (err == nil && follow.State == models.FollowAccepted) != want {
			f.t.Errorf("mia follows the one at %s: %v %v", one.Host, follow, err)
		}
	}
	f.peer.Received()
}

// fetchDoc gives a document as the peer reads it.
func (f *fake) fetchDoc(address string) M {
	f.t.Helper()
	status, _, body := f.mia.Ask(address)
	doc := M{}
	if err := json.Unmarshal([]byte(body), &doc); err != nil || status != http.StatusOK {
		f.t.Fatalf("%s: %d %v", address, status, err)
	}
	return doc
}
