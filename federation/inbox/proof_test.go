package inbox_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"praxis/federation/sign"
	"praxis/federation/vocab"
	"praxis/internal/testrig"
)

// relayed is a community elsewhere that ana follows, and somebody at a third host whose activities it passes on.
type relayed struct {
	*world
	group *testrig.PeerActor
	third *testrig.Peer
	dora  *testrig.PeerActor
}

func newRelayed(t *testing.T) *relayed {
	t.Helper()
	w := newWorld(t)
	_, group := w.group("lemmy.test", "lemmy")
	third := w.NewPeer("third.test", "lemmy")
	r := &relayed{world: w, group: group, third: third, dora: third.Actor("dora", "Person")}
	return r
}

// page is a thread that its author's host does not give to anybody.
func (r *relayed) page(id string, changes ...func(M)) M {
	r.T.Helper()
	doc := page(r.dora, r.group, id, "Title of "+id, changes...)
	r.third.Serve("/notes/"+id, http.StatusForbidden, "text/plain", nil)
	return doc
}

// pass lets the community announce something embedded.
func (r *relayed) pass(id string, inner any) {
	r.T.Helper()
	r.send(r.group, announce(r.group, id, inner))
}

// known lets the directory meet dora.
func (r *relayed) known() {
	r.T.Helper()
	r.pass("known", r.dora.Prove(create(r.dora, r.group, "known", r.page("known"))))
	if !r.hasPost("https://third.test/notes/known") {
		r.T.Fatal("a proven post did not come in")
	}
}

func (r *relayed) likes() int64 { return r.post("https://third.test/notes/known").LikesCount }

func (r *relayed) like(id string) M {
	return r.dora.Activity("Like", id, "https://third.test/notes/known", func(a M) { a["audience"] = r.group.URI })
}

func TestA24_ProvenActivityNeedsNoQuestion(t *testing.T) {
	r := newRelayed(t)
	r.known()
	r.Network.SetDown("third.test", true)
	calls := r.Network.Calls("third.test")
	r.pass("1", r.dora.Prove(create(r.dora, r.group, "1", r.page("1"))))
	post := r.post("https://third.test/notes/1")
	if post.Title != "Title of 1" || !strings.Contains(post.Content, "text of Title of 1") || post.CommunityID == 0 {
		t.Errorf("stored %+v", post)
	}
	// It is edited, liked, and the like is taken back: hosts that serve no activities are heard, too.
	edited := r.page("1", func(n M) {
		n["content"], n["updated"] = "edited", vocab.FormatTime(r.Clock.Now().Add(time.Second))
	})
	r.Clock.Advance(time.Minute)
	r.pass("2", r.dora.Prove(r.dora.Activity("Update", "2", edited, func(a M) { a["audience"] = r.group.URI })))
	if got := r.post("https://third.test/notes/1").Content; got != "edited" {
		t.Errorf("after a proven Update: %q", got)
	}
	like := r.like("3")
	r.pass("3", r.dora.Prove(like))
	if n := r.likes(); n != 1 {
		t.Errorf("%d likes after a proven one", n)
	}
	r.pass("4", r.dora.Prove(r.dora.Activity("Undo", "4", like, func(a M) { a["audience"] = r.group.URI })))
	if n := r.likes(); n != 0 {
		t.Errorf("%d likes after it was taken back", n)
	}
	r.pass("5", r.dora.Prove(r.dora.Activity("Delete", "5", M{"id": "https://third.test/notes/1", "type": "Tombstone"}, func(a M) { a["audience"] = r.group.URI })))
	if r.hasPost("https://third.test/notes/1") {
		t.Error("a proven Delete did nothing")
	}
	if n := r.Network.Calls("third.test"); n != calls {
		t.Errorf("the author's host was asked %d times", n-calls)
	}
}

func TestA24_BadProofIsNoProof(t *testing.T) {
	r := newRelayed(t)
	r.known()
	eve := r.third.Actor("eve", "Person")
	like := r.like("like")
	for name, forged := range map[string]json.RawMessage{
		"changed":   json.RawMessage(strings.Replace(string(r.dora.Prove(like)), `"type":"Like"`, `"type":"Like","summary":"x"`, 1)),
		"another's": eve.Prove(like),
		"unknown":   json.RawMessage(strings.Replace(string(r.dora.Prove(like)), "#ed25519-key", "#other-key", 1)),
		"moved":     json.RawMessage(strings.Replace(string(r.dora.Prove(like)), "third.test/users/dora#", "lemmy.test/users/dora#", 1)),
	} {
		r.pass("forged-"+name, forged)
		if n := r.likes(); n != 0 {
			t.Fatalf("%s: %d likes", name, n)
		}
	}
	if got := scrape(t, r.server); !strings.Contains(got, `praxis_inbox_activities_total{outcome="bad_proof",type="Like"} 4`) {
		t.Errorf("bad proofs are not counted: %s", got)
	}
	// The origin decides where the proof does not: of a changed post its own words are stored.
	genuine := page(r.dora, r.group, "2", "Genuine")
	altered := strings.Replace(string(r.dora.Prove(create(r.dora, r.group, "c2", genuine))), "text of", "lies of", 1)
	r.pass("altered", json.RawMessage(altered))
	if got := r.post("https://third.test/notes/2").Content; !strings.Contains(got, "text of") {
		t.Errorf("stored %q", got)
	}
	// And so it does for a like whose proof was broken on the way.
	r.third.ServeDoc(like)
	r.Clock.Advance(time.Minute) // that it is not there is remembered for a moment
	r.pass("broken", json.RawMessage(strings.Replace(string(r.dora.Prove(like)), `"proofValue":"z`, `"proofValue":"z2`, 1)))
	if n := r.likes(); n != 1 {
		t.Errorf("%d likes after one that its origin confirms", n)
	}
}

func TestA11_ProofDoesNotReachBeyondItsActor(t *testing.T) {
	r := newRelayed(t)
	r.known()
	vera := r.third.Actor("vera", "Person")
	forged := r.page("vera", func(n M) { n["attributedTo"] = vera.URI })
	r.third.Serve("/notes/vera", http.StatusNotFound, "text/plain", nil)
	r.pass("1", r.dora.Prove(create(r.dora, r.group, "1", forged)))
	elsewhere := r.page("elsewhere")
	elsewhere["id"] = "https://lemmy.test/notes/elsewhere"
	r.pass("2", r.dora.Prove(create(r.dora, r.group, "2", elsewhere)))
	for _, uri := range []string{"https://third.test/notes/vera", "https://lemmy.test/notes/elsewhere"} {
		if r.hasPost(uri) {
			t.Errorf("%s is stored by a proof of another", uri)
		}
	}
	// Nor does it make dora the author of what vera wrote.
	r.pass("3", vera.Prove(create(vera, r.group, "3", r.page("3", func(n M) { n["attributedTo"] = vera.URI }))))
	r.pass("4", r.dora.Prove(r.dora.Activity("Delete", "4", "https://third.test/notes/3", func(a M) { a["audience"] = r.group.URI })))
	if !r.hasPost("https://third.test/notes/3") {
		t.Error("another's proof deleted a post")
	}
}

func TestA25_ProvenActivityIsNotReplayedInAnotherCommunity(t *testing.T) {
	r := newRelayed(t)
	r.known()
	_, other := r.world.group("other.test", "lemmy")
	r.Network.SetDown("third.test", true)
	calls := r.Network.Calls("third.test")
	unnamed := r.page("unnamed", func(n M) { delete(n, "audience"); n["to"] = []string{vocab.Public} })
	for id, inner := range map[string]json.RawMessage{
		"audience": r.dora.Prove(create(r.dora, r.group, "1", r.page("1"))),
		"to":       r.dora.Prove(r.dora.Activity("Create", "2", r.page("2", func(n M) { delete(n, "audience") }))),
		"nothing":  r.dora.Prove(r.dora.Activity("Create", "3", unnamed)),
		"like":     r.dora.Prove(r.dora.Activity("Like", "4", "https://third.test/notes/known")),
	} {
		r.send(other, announce(other, "replay-"+id, inner))
	}
	for _, id := range []string{"1", "2", "unnamed"} {
		if r.hasPost("https://third.test/notes/" + id) {
			t.Errorf("%s was taken into another community", id)
		}
	}
	if n := r.likes(); n != 0 {
		t.Errorf("%d likes by another community's word", n)
	}
	if n := r.Network.Calls("third.test"); n != calls {
		t.Errorf("the author's host was asked %d times", n-calls)
	}
	// The community whose thread it is may pass on what names nobody.
	r.pass("mine", r.dora.Prove(r.dora.Activity("Like", "4", "https://third.test/notes/known")))
	if n := r.likes(); n != 1 {
		t.Errorf("%d likes by the community's own word", n)
	}
}

func TestB24_RelayedToggleIsCarriedOutOnce(t *testing.T) {
	r := newRelayed(t)
	r.known()
	first, second := r.dora.Prove(r.like("first")), r.dora.Prove(r.like("second"))
	undo := r.dora.Prove(r.dora.Activity("Undo", "undo", r.like("first"), func(a M) { a["audience"] = r.group.URI }))
	for i, step := range []struct {
		inner json.RawMessage
		likes int64
	}{
		{first, 1}, {first, 1}, {undo, 0}, {first, 0}, {second, 1}, {undo, 1}, {second, 1},
	} {
		r.pass("step"+string(rune('a'+i)), step.inner)
		if n := r.likes(); n != step.likes {
			t.Errorf("step %d: %d likes, want %d", i, n, step.likes)
		}
	}
	// What its actor sends itself counts together with what was relayed.
	third := r.like("third")
	r.pass("withdrawn", r.dora.Prove(r.dora.Activity("Undo", "undo2", r.like("second"), func(a M) { a["audience"] = r.group.URI })))
	r.send(r.dora, third)
	r.send(r.dora, r.dora.Activity("Undo", "undo3", third))
	r.pass("late", r.dora.Prove(third))
	if n := r.likes(); n != 0 {
		t.Errorf("%d likes after all were taken back", n)
	}
	// A copy that is older than the memory does not count.
	old := r.dora.Prove(r.like("old"))
	r.Clock.Advance(15 * 24 * time.Hour)
	r.pass("old", old)
	if n := r.likes(); n != 0 {
		t.Errorf("%d likes by an old proof", n)
	}
}

func TestNobodyJoinsOrLeavesByHearsay(t *testing.T) {
	r := newRelayed(t)
	r.known()
	follow := r.dora.Activity("Follow", "follow", r.community.URI)
	before := r.server.Count("follow")
	r.pass("join", r.dora.Prove(follow))
	if n := r.server.Count("follow"); n != before {
		t.Errorf("%d follows after a relayed one, %d before", n, before)
	}
	r.send(r.dora, follow)
	r.pass("leave", r.dora.Prove(r.dora.Activity("Undo", "undo", follow, func(a M) { a["audience"] = r.group.URI })))
	r.pass("leave-by-id", r.dora.Prove(r.dora.Activity("Undo", "undo2", follow["id"], func(a M) { a["audience"] = r.group.URI })))
	if n := r.server.Count("follow"); n != before+1 {
		t.Errorf("%d follows after relayed farewells, want %d", n, before+1)
	}
	r.pass("delete", r.dora.Prove(r.dora.Activity("Delete", "gone", r.dora.URI, func(a M) { a["audience"] = r.group.URI })))
	if actor, err := r.server.Store.Read(t.Context()).ActorByURI(r.dora.URI); err != nil || actor.IsGone() {
		t.Errorf("dora was deleted by hearsay: %v", err)
	}
}

func TestA35_A36_ProofsOfTheBlockedCountForNothing(t *testing.T) {
	for name, block := range map[string]func(r *relayed){
		"host":  func(r *relayed) { r.block("third.test") },
		"actor": func(r *relayed) { r.suspend(r.dora.URI) },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRelayed(t)
			r.known()
			block(r)
			calls := r.Network.Calls("third.test")
			unchanged(t, r.server, func() {
				r.pass("1", r.dora.Prove(create(r.dora, r.group, "1", r.page("1"))))
				r.pass("2", r.dora.Prove(r.like("2")))
			}, "inbox_entry")
			if n := r.Network.Calls("third.test"); n != calls {
				t.Errorf("asked %d times", n-calls)
			}
		})
	}
}

func TestProofWaitsForAKeyThatCannotBeHad(t *testing.T) {
	r := newRelayed(t)
	inner := r.dora.Prove(create(r.dora, r.group, "1", r.page("1")))
	r.Network.SetDown("third.test", true)
	r.pass("1", inner)
	if r.hasPost("https://third.test/notes/1") {
		t.Fatal("a post of a stranger came in without a key")
	}
	r.Network.SetDown("third.test", false)
	r.Clock.Advance(time.Hour)
	r.Settle()
	if !r.hasPost("https://third.test/notes/1") {
		t.Error("the post did not come in after the key could be had")
	}
}

// TestB32_ProofIsNoSignature: the signature of the request decides about what comes directly. A proof neither replaces it
// nor, when it is no good, spoils it.
func TestB32_ProofIsNoSignature(t *testing.T) {
	w := newWorld(t)
	w.befriended()
	activity := w.carl.Activity("Create", "proven", w.carl.Note("proven", "proven"))
	status, body := w.mallory.SendRaw(w.server, w.carl.Prove(activity), sign.Cavage, nil)
	want(t, status, http.StatusUnauthorized, body)
	broken := strings.Replace(string(w.carl.Prove(activity)), "<p>proven", "<p>broken", 1)
	if status, body := w.carl.SendRaw(w.server, []byte(broken), sign.Cavage, nil); status != http.StatusAccepted {
		t.Errorf("answered %d %s", status, body)
	}
	w.Settle()
	if !w.hasPost("https://peer.test/notes/proven") {
		t.Error("what its actor's host signed was not taken")
	}
}
