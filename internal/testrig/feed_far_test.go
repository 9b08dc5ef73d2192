package testrig

import (
	"fmt"
	"testing"
	"time"

	"praxis/models"
)

// farFeed is a feed at a group server, and what it holds.
type farFeed struct {
	*PeerActor
	pair *pair
}

// holds serves what the feed holds from now on.
func (f *farFeed) holds(uris ...any) {
	f.Peer.ServeDoc(M{
		"@context": "https://www.w3.org/ns/activitystreams", "id": f.URI + "/following", "type": "Collection", "totalItems": len(uris), "items": uris,
	})
}

// says lets the feed send an activity, after enough time that it is asked again.
func (f *farFeed) says(id string, activity M) {
	f.pair.Clock.Advance(2 * time.Minute)
	activity["id"] = "https://" + f.Peer.Host + "/activities/" + id
	activity["actor"], activity["to"] = f.URI, []string{"https://www.w3.org/ns/activitystreams#Public"}
	f.Send(f.pair.Server("a.test"), activity)
	f.pair.Settle()
	f.pair.Clock.Advance(2 * time.Minute)
	f.pair.Settle()
}

// TestMembersFollowFeedsElsewhere: who follows a feed of a group server follows what is in it, as it changes.
func TestMembersFollowFeedsElsewhere(t *testing.T) {
	both(t, func(t *testing.T, p *pair) {
		a, b := p.Server("a.test"), p.Server("b.test")
		cleo := a.Member("cleo")
		p.bo.Do("POST", "/api/praxis/v1/communities", M{"name": "ward", "display_name": "Ward"})
		ward, err := b.Store.Read(t.Context()).ActorByHandle("ward", "b.test")
		ok(t, err)
		peer := p.NewPeer("piefed.test", "piefed")
		one, two, locked := peer.Actor("one", "Group"), peer.Actor("two", "Group"), peer.ActorAt("/users/locked", "locked", "Group", func(doc M) { doc["manuallyApprovesFollowers"] = true })
		person := peer.Actor("pia", "Person")
		far := &farFeed{pair: p, PeerActor: peer.ActorAt("/f/health", "health", "Feed", func(doc M) {
			doc["following"], doc["attributedTo"] = "https://piefed.test/f/health/following", person.URI
		})}
		far.holds(one.URI, ward.URI, locked.URI, person.URI, "https://nowhere.test/c/none", "https://a.test/c/care", 7)
		follow := func(uri string) *models.Follow {
			target, err := a.Store.Read(t.Context()).ActorByURI(uri)
			if err != nil {
				return nil
			}
			f, _ := a.Store.Read(t.Context()).FollowBetween(cleo.Actor.ID, target.ID)
			return f
		}
		follows := func(when string, want map[string]bool) {
			t.Helper()
			for uri, is := range want {
				if (follow(uri) != nil) != is {
					t.Errorf("%s: that cleo follows %s is %v", when, uri, !is)
				}
			}
		}
		cleo.Follow("@health@piefed.test")
		p.Settle()
		follows("before it is accepted", map[string]bool{far.URI: true, one.URI: false})
		far.says("accept", M{"type": "Accept", "object": M{"type": "Follow", "id": follow(far.URI).URI, "actor": cleo.Actor.URI, "object": far.URI}})
		follows("then", map[string]bool{one.URI: true, ward.URI: true, "https://a.test/c/care": true, two.URI: false, locked.URI: false, person.URI: false})
		if f := follow(ward.URI); f == nil || f.State != models.FollowAccepted {
			t.Errorf("b.test was not asked: %+v", f)
		}
		far.holds(two.URI, "https://a.test/c/care")
		far.says("add", M{"type": "Announce", "object": M{
			"type": "Add", "id": "https://piefed.test/activities/inner", "actor": far.URI, "object": M{"type": "Group", "id": "https://evil.test/c/x"},
			"target": M{"type": "Collection", "id": far.URI + "/following"},
		}})
		follows("after an announced change", map[string]bool{one.URI: false, ward.URI: false, two.URI: true, "https://a.test/c/care": true})
		far.holds(one.URI)
		far.says("update", M{"type": "Update", "object": far.Doc})
		follows("after an Update", map[string]bool{one.URI: true, two.URI: false, "https://a.test/c/care": false})
		var many []any
		for i := range 60 {
			many = append(many, peer.Actor(fmt.Sprint("g", i), "Group").URI)
		}
		far.holds(many...)
		far.says("plain", M{"type": "Remove", "object": one.URI, "target": far.URI + "/following"})
		follows("of many", map[string]bool{one.URI: false, many[0].(string): true, many[49].(string): true, many[50].(string): false})
		target, err := a.Store.Read(t.Context()).ActorByURI(far.URI)
		ok(t, err)
		ok(t, a.Service.Unfollow(t.Context(), cleo.Actor, target))
		p.Settle()
		follows("at last", map[string]bool{far.URI: false, many[0].(string): false, many[49].(string): false})
	})
}

// TestFeedsCross: a member follows a feed of another instance of Praxis, and is kept in step.
func TestFeedsCross(t *testing.T) {
	both(t, func(t *testing.T, p *pair) {
		a, feed, _ := p.set(t)
		b := p.Server("b.test")
		cyn := b.Member("cyn")
		first, second := a.Community("first", p.ana), a.Community("second", p.ana)
		ok(t, a.Service.AddToFeed(t.Context(), p.ana.Actor, feed, first))
		cyn.Follow("@health@a.test")
		p.Settle()
		state := func(name string) string {
			t.Helper()
			target, err := b.Store.Read(t.Context()).ActorByHandle(name, "a.test")
			if err != nil {
				return "unknown"
			}
			follow, err := b.Store.Read(t.Context()).FollowBetween(cyn.Actor.ID, target.ID)
			if err != nil {
				return "none"
			}
			return follow.State
		}
		for name, want := range map[string]string{"health": models.FollowAccepted, "care": models.FollowAccepted, "first": models.FollowAccepted, "second": "unknown"} {
			if got := state(name); got != want {
				t.Errorf("at first cyn's follow of @%s is %s", name, got)
			}
		}
		p.Clock.Advance(2 * time.Minute)
		ok(t, a.Service.AddToFeed(t.Context(), p.ana.Actor, feed, second))
		ok(t, a.Service.RemoveFromFeed(t.Context(), p.ana.Actor, feed, first))
		p.Settle()
		p.Clock.Advance(2 * time.Minute)
		p.Settle()
		for name, want := range map[string]string{"first": "none", "second": models.FollowAccepted, "care": models.FollowAccepted} {
			if got := state(name); got != want {
				t.Errorf("later cyn's follow of @%s is %s", name, got)
			}
		}
		id := cyn.Find("@health@a.test")
		if shown := cyn.Object("GET", "/api/praxis/v1/feeds/"+id, nil); len(shown["communities"].([]any)) != 2 || shown["owner"] != nil {
			t.Errorf("at b the feed is %v", shown)
		}
		cyn.Object("POST", "/api/v1/accounts/"+id+"/unfollow", nil)
		p.Settle()
		if got := state("second") + state("care"); got != "nonenone" {
			t.Errorf("at last the follows are %s", got)
		}
	})
}
