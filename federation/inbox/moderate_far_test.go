package inbox_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"praxis/federation/vocab"
	"praxis/internal/testrig"
)

// far is a community at lemmy.test that ana follows, with a moderator of its own host, one of third.test, and a thread by dora of
// fourth.test.
type far struct {
	*world
	group, own, third, dora *testrig.PeerActor
	thread                  M
	count                   int
}

func newFar(t *testing.T) *far {
	t.Helper()
	f := &far{world: newWorld(t)}
	peer := f.NewPeer("lemmy.test", "lemmy")
	f.group, f.own = peer.Actor("grp", "Group"), peer.Actor("own", "Person")
	f.third = f.NewPeer("third.test", "lemmy").Actor("tom", "Person")
	f.dora = f.NewPeer("fourth.test", "lemmy").Actor("dora", "Person")
	f.group.Doc["attributedTo"], f.group.Doc["featured"] = f.group.URI+"/moderators", f.group.URI+"/featured"
	peer.ServeDoc(f.group.Doc)
	f.moderators(f.own.URI, f.third.URI)
	f.ana.Follow("@grp@lemmy.test")
	f.Settle()
	for _, activity := range peer.Received() {
		if activity["type"] == "Follow" {
			f.send(f.group, f.group.Activity("Accept", "accept", activity))
		}
	}
	return f
}

func (f *far) moderators(uris ...string) {
	f.group.Peer.ServeDoc(M{"@context": vocab.Namespace, "id": f.group.URI + "/moderators", "type": "OrderedCollection", "orderedItems": uris})
}

func (f *far) write(name string) {
	f.T.Helper()
	f.thread = page(f.dora, f.group, name, name)
	f.send(f.group, f.announced(create(f.dora, f.group, "cr-"+name, f.thread)))
}

func (f *far) announced(activity M) M {
	f.count++
	return announce(f.group, fmt.Sprintf("an-%d", f.count), activity)
}

func (f *far) act(by *testrig.PeerActor, kind, id string, object any, changes ...func(M)) M {
	return by.Activity(kind, id, object, append([]func(M){func(a M) { a["cc"], a["audience"] = []string{f.group.URI}, f.group.URI }}, changes...)...)
}

func because(reason string) func(M) { return func(a M) { a["summary"] = reason } }

func TestA24_A25_AnnouncedActsCountWhenTheirActorModerates(t *testing.T) {
	f := newFar(t)
	f.write("1")
	uri := f.thread["id"].(string)
	removed := func() bool { return f.post(uri).RemovedAt != 0 }
	remove := f.act(f.third, "Delete", "d1", uri, because("no"))
	f.send(f.group, f.announced(remove))
	if removed() {
		t.Error("an act was believed of which its actor's host knows nothing")
	}
	f.third.Peer.ServeDoc(remove)
	f.Clock.Advance(time.Minute)
	f.send(f.group, f.announced(remove))
	if !removed() {
		t.Error("a moderator's act that its own host confirms was not believed")
	}
	restore := f.act(f.own, "Undo", "u1", f.act(f.own, "Delete", "d2", uri, because("no")))
	f.send(f.group, f.announced(restore))
	if removed() {
		t.Error("the act of the community's own host was not believed")
	}
	eve := f.third.Peer.Actor("eve", "Person")
	forged := f.act(eve, "Delete", "d3", uri, because("no"))
	f.third.Peer.ServeDoc(forged)
	f.send(f.group, f.announced(forged))
	if removed() {
		t.Error("an act was believed of who does not moderate, though the community announced it")
	}
	other := f.group.Peer.Actor("other", "Group")
	f.send(other, announce(other, "o1", other.Activity("Delete", "d4", uri, because("no"))))
	f.send(other, announce(other, "o2", f.own.Activity("Delete", "d5", uri, because("no"))))
	if removed() {
		t.Error("another community removed it")
	}
	// Who was appointed since is found on the list.
	f.moderators(f.own.URI, f.third.URI, eve.URI)
	f.Clock.Advance(2 * time.Minute)
	late := f.act(eve, "Delete", "d6", uri, because("no"))
	f.third.Peer.ServeDoc(late)
	f.send(f.group, f.announced(late))
	if !removed() {
		t.Error("a new moderator's act was not believed")
	}
}

// TestF05_ModerationInAnyOrder: create, remove, restore, lock and delete, in whatever order and each of them twice, lead to one
// state.
func TestF05_ModerationInAnyOrder(t *testing.T) {
	f := newFar(t)
	for number, order := range permutations(4) {
		name := fmt.Sprint("p", number)
		thread := page(f.dora, f.group, name, name)
		uri := thread["id"].(string)
		at := func(seconds int) func(M) {
			return func(a M) { a["published"] = fmt.Sprintf("2026-03-01T11:%02d:%02dZ", number, seconds) }
		}
		fresh := f.act(f.own, "Delete", name+"-x", uri, because("no"))
		activities := []M{
			create(f.dora, f.group, name+"-c", thread), f.act(f.own, "Delete", name+"-r", uri, because("no"), at(1)),
			f.act(f.own, "Undo", name+"-u", fresh, at(2)), f.act(f.own, "Lock", name+"-l", uri, at(3)),
		}
		deletion := number % 10 // at which step its author deletes it; in half of the orders never
		for step, i := range append(order, -1) {
			if step == deletion {
				gone := f.act(f.dora, "Delete", name+"-d", uri)
				f.send(f.dora, gone)
				f.send(f.dora, gone)
			}
			if i >= 0 {
				f.send(f.group, f.announced(activities[i]))
				f.send(f.group, f.announced(activities[i]))
			}
		}
		if deletion <= len(activities) {
			if f.hasPost(uri) {
				t.Errorf("%v, deleted at %d: the post is there", order, deletion)
			}
		} else if got := f.post(uri); got.RemovedAt != 0 || got.LockedAt == 0 {
			t.Errorf("%v: removed %v, locked %v", order, got.RemovedAt != 0, got.LockedAt != 0)
		}
	}
}

func TestActsAboutMembersByAFarCommunityAreTold(t *testing.T) {
	f := newFar(t)
	f.write("1")
	add := f.act(f.own, "Add", "a1", f.ana.Actor.URI, func(a M) { a["target"] = f.group.URI + "/moderators" })
	f.send(f.group, f.announced(add))
	told := func(words string) bool {
		for _, n := range f.ana.List("/api/v1/notifications?types[]=mention") {
			if strings.Contains(n["status"].(M)["content"].(string), words) {
				return true
			}
		}
		return false
	}
	if told("moderator") {
		t.Error("an appointment was believed that the community's list does not have")
	}
	f.moderators(f.own.URI, f.third.URI, f.ana.Actor.URI)
	add["id"] = "https://lemmy.test/activities/a2"
	f.send(f.group, f.announced(add))
	if !told("moderator") {
		t.Error("a member was not told of the appointment")
	}
	f.group.Peer.Received()
	id := f.ana.Locate(f.thread["id"].(string))["id"].(string)
	f.ana.Call("POST", "/api/praxis/v1/statuses/"+id+"/lock", M{"reason": "enough"})
	f.Settle()
	got := f.group.Peer.Received()
	if len(got) != 1 || got[0]["type"] != "Lock" || got[0]["object"] != f.thread["id"] || got[0]["actor"] != f.ana.Actor.URI || got[0]["summary"] != "enough" {
		t.Errorf("the community's host got %v", got)
	}
	ban := f.act(f.own, "Block", "b1", f.ana.Actor.URI, because("spam"), func(a M) { a["target"] = f.group.URI })
	f.send(f.group, f.announced(ban))
	if !told("banned") {
		t.Error("a member was not told of the ban")
	}
	if status, _ := f.ana.Do("POST", "/api/v1/statuses", M{"status": "@grp@lemmy.test hello"}); status != 403 {
		t.Errorf("a banned member's post: %d", status)
	}
	f.send(f.group, f.announced(f.act(f.own, "Undo", "b2", ban)))
	f.ana.Post("@grp@lemmy.test hello")
}
