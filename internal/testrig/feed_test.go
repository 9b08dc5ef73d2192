package testrig

import (
	"fmt"
	"net/http"
	"testing"

	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

// set makes a feed of ana's with the community care in it.
func (p *pair) set(t *testing.T) (*Server, *models.Actor, *models.Actor) {
	t.Helper()
	a := p.Server("a.test")
	care, err := a.Store.Read(t.Context()).ActorByHandle("care", "a.test")
	ok(t, err)
	feed, err := a.Service.CreateFeed(t.Context(), practice.NewFeed{Username: "Health", DisplayName: "Health", About: "All about health", Owner: p.ana.Actor})
	ok(t, err)
	ok(t, a.Service.AddToFeed(t.Context(), p.ana.Actor, feed, care))
	return a, feed, care
}

// typed gives the activities of a type among some.
func typed(activities []M, activityType string) []M {
	var found []M
	for _, activity := range activities {
		if activity["type"] == activityType {
			found = append(found, activity)
		}
	}
	return found
}

// TestFeedIsServedAndFollowed: group servers find a feed, follow it, and are told what comes in and goes.
func TestFeedIsServedAndFollowed(t *testing.T) {
	both(t, func(t *testing.T, p *pair) {
		a, feed, care := p.set(t)
		doc := p.document(a, "https://a.test/f/health")
		for name, want := range map[string]any{
			"type": "Feed", "preferredUsername": "health", "name": "Health", "attributedTo": p.ana.Actor.URI, "following": feed.URI + "/following",
			"moderators": feed.URI + "/moderators", "inbox": feed.URI + "/inbox", "outbox": feed.URI + "/outbox", "url": "https://a.test/@health",
		} {
			if doc[name] != want {
				t.Errorf("%s is %v, want %v", name, doc[name], want)
			}
		}
		wire, err := vocab.DecodeActor(a.mustFetch(t, "/f/health"))
		if err != nil || wire.Type != "Feed" || len(wire.PublicKeys) != 1 {
			t.Errorf("the feed is read as %+v, %v", wire, err)
		}
		if owners := p.document(a, doc["moderators"])["orderedItems"].([]any); len(owners) != 1 || owners[0] != p.ana.Actor.URI {
			t.Errorf("the owners are %v", owners)
		}
		if finger := p.document(a, "https://a.test/.well-known/webfinger?resource=acct:health@a.test"); finger["aliases"] == nil {
			t.Errorf("WebFinger says %v", finger)
		}
		lemmy := p.NewPeer("lemmy.test", "lemmy")
		leo, far := lemmy.Actor("leo", "Person"), lemmy.Actor("wounds", "Group")
		follow := leo.Activity("Follow", "f", feed.URI)
		leo.Send(a, follow)
		p.Settle()
		accepts := typed(lemmy.Received(), "Accept")
		if len(accepts) != 1 || accepts[0]["actor"] != feed.URI || accepts[0]["object"].(M)["id"] != follow["id"] || accepts[0]["object"].(M)["object"] != feed.URI {
			t.Fatalf("the answer is %v", accepts)
		}
		group, err := a.Directory.FindByHandle(t.Context(), "wounds", "lemmy.test")
		ok(t, err)
		ok(t, a.Service.AddToFeed(t.Context(), p.ana.Actor, feed, group))
		ok(t, a.Service.AddToFeed(t.Context(), p.ana.Actor, feed, group)) // again: nothing new
		told := p.told(lemmy)
		if len(typed(told, "Update")) != 1 || typed(told, "Update")[0]["object"].(M)["id"] != feed.URI {
			t.Errorf("followers are sent %v", told)
		}
		announced(t, told, "Add", far.URI, feed)
		items := p.document(a, doc["following"])
		if items["type"] != "Collection" || items["totalItems"] != 2.0 || fmt.Sprint(items["items"]) != fmt.Sprint([]any{care.URI, far.URI}) {
			t.Errorf("the feed has %v", items)
		}
		ok(t, a.Service.RemoveFromFeed(t.Context(), p.ana.Actor, feed, group))
		announced(t, p.told(lemmy), "Remove", far.URI, feed)
		outbox := p.document(a, feed.Outbox+"?page=true")["orderedItems"].([]any)
		if len(outbox) != 3 || p.document(a, outbox[0].(M)["id"])["type"] != "Announce" || p.document(a, outbox[0].(M)["object"].(M)["id"])["type"] != "Remove" {
			t.Errorf("the outbox of the feed has %v", outbox)
		}
	})
}

func (s *Server) mustFetch(t *testing.T, path string) []byte {
	t.Helper()
	status, raw := s.Cluster.Fetch(s, path)
	if status != http.StatusOK {
		t.Fatalf("%s: %d", path, status)
	}
	return []byte(raw)
}

// told gives what a peer receives until all is sent.
func (p *pair) told(peer *Peer) []M {
	p.Settle()
	return peer.Received()
}

func announced(t *testing.T, told []M, verb, community string, feed *models.Actor) {
	t.Helper()
	all := typed(told, "Announce")
	if len(all) != 1 || all[0]["actor"] != feed.URI {
		t.Fatalf("announced is %v", all)
	}
	inner := all[0]["object"].(M)
	if inner["type"] != verb || inner["actor"] != feed.URI || inner["object"].(M)["id"] != community || inner["target"].(M)["id"] != feed.FollowingURI {
		t.Errorf("announced is %v", inner)
	}
}

// TestMembersFollowFeeds: who follows a feed follows its communities; what came by it alone goes with it, and what a member
// chose stays.
func TestMembersFollowFeeds(t *testing.T) {
	both(t, func(t *testing.T, p *pair) {
		a, feed, care := p.set(t)
		cleo := a.Member("cleo")
		own := a.Community("own", p.ana)
		closed := a.Community("closed", p.ana, func(c *practice.NewCommunity) { c.Joining = models.JoiningRequest })
		hidden := a.Community("hidden", p.ana, func(c *practice.NewCommunity) { c.Class, c.Unlisted = models.ClassMembers, true })
		for _, community := range []*models.Actor{own, closed, hidden} {
			ok(t, a.Service.AddToFeed(t.Context(), p.ana.Actor, feed, community))
		}
		cleo.Follow("@own@a.test")
		follows := func(target *models.Actor) bool {
			f, err := a.Store.Read(t.Context()).FollowBetween(cleo.Actor.ID, target.ID)
			return err == nil && f.State == models.FollowAccepted
		}
		holds := func(when string, want map[*models.Actor]bool) {
			t.Helper()
			for target, is := range want {
				if follows(target) != is {
					t.Errorf("%s: that cleo follows @%s is %v", when, target.Username, !is)
				}
			}
		}
		cleo.Follow("@health@a.test")
		holds("at first", map[*models.Actor]bool{feed: true, care: true, own: true, closed: false, hidden: false})
		later, kept := a.Community("later", p.ana), a.Community("kept", p.ana)
		for _, community := range []*models.Actor{later, kept} {
			ok(t, a.Service.AddToFeed(t.Context(), p.ana.Actor, feed, community))
		}
		cleo.Follow("@kept@a.test") // by hand now
		holds("later", map[*models.Actor]bool{later: true, kept: true})
		ok(t, a.Service.RemoveFromFeed(t.Context(), p.ana.Actor, feed, later))
		ok(t, a.Service.Unfollow(t.Context(), cleo.Actor, care)) // by hand
		third := a.Community("third", p.ana)
		ok(t, a.Service.AddToFeed(t.Context(), p.ana.Actor, feed, third))
		holds("after changes", map[*models.Actor]bool{later: false, care: false, third: true})
		ok(t, a.Service.Unfollow(t.Context(), cleo.Actor, feed))
		holds("at last", map[*models.Actor]bool{feed: false, own: true, kept: true, third: false})
		if err := a.Service.AddToFeed(t.Context(), cleo.Actor, feed, later); models.ErrorCode(err) != models.Forbidden {
			t.Errorf("who does not own the feed gets %v", err)
		}
	})
}

// TestE11_FeedsHideWhatIsHidden: a community that is not for everybody is in no document and no message of a feed.
func TestE11_FeedsHideWhatIsHidden(t *testing.T) {
	both(t, func(t *testing.T, p *pair) {
		a, feed, _ := p.set(t)
		lemmy := p.NewPeer("lemmy.test", "lemmy")
		lemmy.Actor("leo", "Person").Send(a, lemmy.Actor("leo", "Person").Activity("Follow", "f", feed.URI))
		p.told(lemmy)
		inner := a.Community("inner", p.ana, func(c *practice.NewCommunity) { c.Class = models.ClassLocal })
		ok(t, a.Service.AddToFeed(t.Context(), p.ana.Actor, feed, inner))
		if told := p.told(lemmy); len(told) != 0 {
			t.Errorf("followers are told %v", told)
		}
		if items := p.document(a, feed.FollowingURI); items["totalItems"] != 1.0 {
			t.Errorf("everybody sees %v", items)
		}
		if seen := p.ana.Object(http.MethodGet, "/api/praxis/v1/feeds/"+fmt.Sprint(feed.ID), nil); len(seen["communities"].([]any)) != 2 {
			t.Errorf("ana sees %v", seen)
		}
		ok(t, a.Service.RemoveFromFeed(t.Context(), p.ana.Actor, feed, inner))
		if told := p.told(lemmy); len(told) != 0 {
			t.Errorf("followers are told %v", told)
		}
		dora := a.Member("dora")
		later := a.Community("later", p.ana, func(c *practice.NewCommunity) { c.Class, c.Unlisted = models.ClassMembers, true })
		own, err := a.Service.CreateFeed(t.Context(), practice.NewFeed{Username: "mine", Owner: dora.Actor})
		ok(t, err)
		if err := a.Service.AddToFeed(t.Context(), dora.Actor, own, later); !models.IsNotFound(err) {
			t.Errorf("who may not know of a community adds it: %v", err)
		}
	})
}
