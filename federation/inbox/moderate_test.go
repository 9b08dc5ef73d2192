package inbox_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"praxis/internal/testrig"
	"praxis/models"
	"praxis/practice"
)

// bench is a world whose community lem of lemmy.test moderates, with a thread of carl's, to whom others are known.
type bench struct {
	*world
	lem, mal *testrig.PeerActor
	other    *models.Actor
	post     string
	count    int
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{world: newWorld(t)}
	lemmy := b.NewPeer("lemmy.test", "lemmy")
	b.lem, b.mal = lemmy.Actor("lem", "Person"), lemmy.Actor("mal", "Person")
	b.send(b.lem, b.lem.Activity("Follow", "follow-lem", b.community.URI))
	b.send(b.mal, b.mal.Activity("Follow", "follow-mal", b.community.URI))
	b.other = b.server.Community("other", b.ana)
	for _, community := range []*models.Actor{b.community, b.other} {
		b.ok(b.server.Service.AppointModerator(t.Context(), practice.Act{
			Moderator: b.ana.Actor, Community: community, Target: b.actor(b.lem.URI), Role: models.RoleOfConvener,
		}))
	}
	b.thread("first")
	lemmy.Received()
	return b
}

// thread lets carl write a new thread.
func (b *bench) thread(name string) {
	b.T.Helper()
	note := b.carl.Note(name, "@woundcare "+name, func(n M) {
		n["cc"], n["context"] = []string{b.community.URI}, "https://peer.test/contexts/"+name
	})
	b.send(b.carl, b.carl.Activity("Create", "create-"+name, note))
	b.post = note["id"].(string)
}

func (b *bench) ok(err error) {
	b.T.Helper()
	if err != nil {
		b.T.Fatal(err)
	}
}

func (b *bench) actor(uri string) *models.Actor {
	b.T.Helper()
	actor, err := b.server.Store.Read(b.T.Context()).ActorByURI(uri)
	b.ok(err)
	return actor
}

// fixture gives an activity by an actor in the shape of a kind of server.
func (b *bench) fixture(name string, by *testrig.PeerActor, more ...string) M {
	b.T.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "moderation", name+".json"))
	b.ok(err)
	b.count++
	id := fmt.Sprintf("https://%s/activities/%s-%d", by.Peer.Host, name, b.count)
	more = append(more, `"ID`, `"`+id, "MODERATOR", by.URI, "AUTHOR", b.carl.URI, "COMMUNITY", b.community.URI, "OTHER", b.other.URI,
		"POST", b.post, "CONTEXT", b.world.post(b.post).ContextURI)
	var activity M
	b.ok(json.Unmarshal([]byte(strings.NewReplacer(more...).Replace(string(raw))), &activity))
	return activity
}

// state says how the thread, its author and the community are now.
func (b *bench) state() string {
	b.T.Helper()
	tx, post := b.server.Store.Read(b.T.Context()), b.world.post(b.post)
	var is []string
	add := func(what string, holds bool) {
		if holds {
			is = append(is, what)
		}
	}
	add("removed", post.RemovedAt != 0)
	add("locked", post.LockedAt != 0)
	add("moved", post.CommunityID == b.other.ID)
	pinned, err := tx.PinnedPosts(b.community.ID, models.Anonymous)
	b.ok(err)
	add("pinned", len(pinned) > 0)
	_, err = tx.BanOf(b.community.ID, b.actor(b.carl.URI))
	add("banned", err == nil)
	moderates, err := tx.IsModerator(b.community.ID, b.actor(b.carl.URI).ID)
	b.ok(err)
	add("moderates", moderates)
	reports, err := tx.ReportPage(models.ReportFilter{CommunityID: b.community.ID}, models.Page{})
	b.ok(err)
	add(fmt.Sprintf("reports:%d", len(reports)), len(reports) > 0)
	return strings.Join(is, " ")
}

// steps are acts of a moderator in the shapes of several servers, and what holds after each.
var steps = []struct{ fixture, then string }{
	{"lemmy-remove", "removed"},
	{"lemmy-restore", ""},
	{"mbin-remove", "removed"},
	{"lemmy-restore", ""},
	{"lemmy-lock", "locked"},
	{"lemmy-unlock", ""},
	{"lemmy-lock", "locked"},
	{"mbin-unlock", ""},
	{"lemmy-pin", "pinned"},
	{"lemmy-unpin", ""},
	{"lemmy-appoint", "moderates"},
	{"lemmy-dismiss", ""},
	{"lemmy-ban", "removed banned"},
	{"lemmy-unban", "removed"},
	{"lemmy-restore", ""},
	{"piefed-move", "moved"},
}

func TestModeratorsOfOtherSoftwareActInTheirOwnShapes(t *testing.T) {
	b := newBench(t)
	for i, step := range steps {
		act := b.fixture(step.fixture, b.lem)
		b.send(b.lem, act)
		b.send(b.lem, act)
		if got := b.state(); got != step.then {
			t.Fatalf("step %d, after %s: %q, want %q", i, step.fixture, got, step.then)
		}
		var announced M
		for _, got := range b.lem.Peer.Received() {
			if inner, ok := got["object"].(M); ok && got["type"] == "Announce" && inner["id"] == act["id"] {
				announced = got
			}
		}
		if announced == nil || announced["actor"] != b.community.URI {
			t.Errorf("%s is not announced", step.fixture)
		}
	}
	entries, err := b.server.Store.Read(t.Context()).ModLogPage(b.community.ID, models.Page{Limit: 80})
	b.ok(err)
	if len(entries) != len(steps)+1 { // and the appointment of lem
		t.Errorf("%d lines in the log for %d acts", len(entries), len(steps))
	}
	b.thread("second")
	b.send(b.lem, b.fixture("nodebb-move", b.lem))
	if got := b.state(); got != "moved" {
		t.Errorf("after the move of a context: %q", got)
	}
}

// TestA24_A37_ActsOfWhoDoesNotModerateLeaveNothing: whoever sends them, and whichever way.
func TestA24_A37_ActsOfWhoDoesNotModerateLeaveNothing(t *testing.T) {
	b := newBench(t)
	seen := map[string]bool{}
	for _, step := range steps {
		if seen[step.fixture] {
			continue
		}
		seen[step.fixture] = true
		for _, stranger := range []*testrig.PeerActor{b.mal, b.mallory, b.carl} {
			if stranger == b.carl && strings.HasSuffix(step.fixture, "-remove") {
				continue // the author's own: a deletion
			}
			unchanged(t, b.server, func() { b.send(stranger, b.fixture(step.fixture, stranger)) }, "inbox_entry", "actor")
			if got := b.state(); got != "" {
				t.Fatalf("%s by %s: %q", step.fixture, stranger.URI, got)
			}
		}
		// In the moderator's name, signed by somebody else: refused at the door.
		if status, _ := b.mal.Send(b.server, b.fixture(step.fixture, b.lem)); status != 401 {
			t.Errorf("a forged %s is answered with %d", step.fixture, status)
		}
		// In the moderator's name, announced by a group that has nothing to do with it.
		group := b.mal.Peer.Actor("grp-"+step.fixture, "Group")
		act := b.fixture(step.fixture, b.lem)
		act["audience"] = group.URI
		b.send(group, announce(group, "an-"+step.fixture, act))
		if got := b.state(); got != "" {
			t.Fatalf("%s announced by another group: %q", step.fixture, got)
		}
	}
	for table, want := range map[string]int64{"community_act": 0, "mod_log": 2} {
		if n := b.server.Count(table); n != want {
			t.Errorf("%d rows in %s, want %d", n, table, want)
		}
	}
}

// TestUndoOfAnothersActIsRefused: whoever undoes embeds an activity of their own.
func TestUndoOfAnothersActIsRefused(t *testing.T) {
	b := newBench(t)
	remove := b.fixture("lemmy-remove", b.lem)
	b.send(b.lem, remove)
	for i, undo := range []M{
		b.mal.Activity("Undo", "u1", remove), b.mal.Activity("Undo", "u2", remove["id"]), b.fixture("lemmy-restore", b.mal),
	} {
		b.send(b.mal, undo)
		if got := b.state(); got != "removed" {
			t.Errorf("undo %d: %q", i, got)
		}
	}
	b.send(b.lem, b.lem.Activity("Undo", "u3", remove["id"]))
	if got := b.state(); got != "" {
		t.Errorf("an Undo by the id of the act: %q", got)
	}
}

func TestComplaintsOfOtherSoftwareReachModerators(t *testing.T) {
	b := newBench(t)
	for i, name := range []string{"lemmy-report", "mbin-report"} {
		flag := b.fixture(name, b.mal)
		b.send(b.mal, flag)
		if got := b.state(); got != "reports:1" {
			t.Fatalf("%s: %q", name, got)
		}
		if n := len(b.ana.List("/api/v1/notifications?types[]=admin.report")); n != 1 {
			t.Errorf("%s: the convener has %d notifications", name, n)
		}
		forwarded := false
		for _, got := range b.lem.Peer.Received() {
			inner, ok := got["object"].(M)
			forwarded = forwarded || ok && got["type"] == "Announce" && inner["id"] == flag["id"]
		}
		if !forwarded {
			t.Errorf("%s does not reach the moderator's host", name)
		}
		for _, got := range b.peer.Received() {
			if raw, _ := json.Marshal(got); strings.Contains(string(raw), flag["id"].(string)) {
				t.Errorf("%s reaches a host without moderators", name)
			}
		}
		b.send(b.mal, b.fixture("lemmy-resolve", b.mal, "REPORT", flag["id"].(string)))
		if got := b.state(); got != "reports:1" {
			t.Errorf("%d: a stranger resolved: %q", i, got)
		}
		b.send(b.lem, b.fixture("lemmy-resolve", b.lem, "REPORT", flag["id"].(string)))
		if got := b.state(); got != "" {
			t.Errorf("%d: the moderator's answer is not taken: %q", i, got)
		}
		b.lem.Peer.Received()
	}
}

// TestNonsenseOfModeratorsHarmsNothing: activities of every kind that moderators send, with whatever in the place of their
// parts, are taken and change nothing.
func TestNonsenseOfModeratorsHarmsNothing(t *testing.T) {
	b := newBench(t)
	odd := []any{
		nil, "", "x", 7, true,
		[]any{},
		[]any{nil, 1},
		M{},
		M{"id": 5},
		M{"type": "Delete"},
		b.post, b.community.URI, b.lem.URI, b.ana.Actor.URI,
		"https://a.test/o/1", "https://nowhere.test/",
		M{"type": "Lock", "actor": b.lem.URI, "object": M{"type": "Lock"}},
		M{"type": "Block", "id": "https://lemmy.test/b", "actor": b.lem.URI, "object": []any{}, "target": b.community.URI},
	}
	number := 0
	for _, kind := range []string{"Lock", "Add", "Remove", "Block", "Move", "Flag", "Resolve", "Undo", "Delete"} {
		for _, object := range odd {
			for _, target := range []any{nil, b.community.URI, b.community.URI + "/moderators", b.community.URI + "/featured"} {
				if object == b.post || kind == "Flag" || object == b.ana.Actor.URI {
					continue // that would be sense, from a moderator
				}
				number++
				act := b.lem.Activity(kind, fmt.Sprint("odd-", number), object, func(a M) {
					a["target"], a["cc"], a["audience"], a["endTime"], a["origin"] = target, []string{b.community.URI}, 9, "never", target
				})
				if status, body := b.lem.Send(b.server, act); status >= 500 {
					t.Fatalf("%v: %d %s", act, status, body)
				}
			}
		}
		b.Settle()
	}
	if got := b.state(); got != "" {
		t.Errorf("it led to %q", got)
	}
	if log := b.server.Log(); strings.Contains(log, "panic") {
		t.Error("something panicked")
	}
}

// TestRemovalBeforeThePostKeepsItFromBeingAnnounced: the community does not pass on what its moderators removed.
func TestRemovalBeforeThePostKeepsItFromBeingAnnounced(t *testing.T) {
	b := newBench(t)
	note := b.carl.Note("late", "@woundcare late", func(n M) { n["cc"] = []string{b.community.URI} })
	remove := b.fixture("lemmy-remove", b.lem)
	remove["object"] = note["id"]
	b.send(b.lem, remove)
	b.lem.Peer.Received()
	b.peer.Received()
	b.send(b.carl, b.carl.Activity("Create", "late", note))
	if got := b.world.post(note["id"].(string)); got.RemovedAt == 0 || got.CommunityID != b.community.ID {
		t.Error("the post is not removed")
	}
	for _, peer := range []*testrig.Peer{b.lem.Peer, b.peer} {
		for _, got := range peer.Received() {
			if raw, _ := json.Marshal(got); got["type"] == "Announce" && strings.Contains(string(raw), note["id"].(string)) {
				t.Errorf("%s got %s", peer.Host, raw)
			}
		}
	}
	restore := b.fixture("lemmy-restore", b.lem)
	restore["object"].(M)["object"] = note["id"]
	b.send(b.lem, restore)
	if got := b.world.post(note["id"].(string)); got.RemovedAt != 0 {
		t.Error("the post is not restored")
	}
}
