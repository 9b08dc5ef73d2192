package inbox_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"praxis/federation/sign"
	"praxis/federation/vocab"
	"praxis/internal/testrig"
	"praxis/models"
)

// befriended lets ana follow carl, accepted.
func (w *world) befriended() {
	w.T.Helper()
	w.ana.Follow("@carl@peer.test")
	w.Settle()
	w.send(w.carl, w.carl.Activity("Accept", "accept-carl", w.lastFollow()))
}

// send posts an activity, which must be taken, and lets it be carried out.
func (w *world) send(a *testrig.PeerActor, activity M) {
	w.T.Helper()
	if status, body := a.Send(w.server, activity); status != http.StatusAccepted {
		w.T.Fatalf("%v is not taken: %d %s", activity["type"], status, body)
	}
	w.Settle()
}

// post gives a stored post by its id.
func (w *world) post(uri string) *models.Post {
	w.T.Helper()
	post, err := w.server.Store.Read(w.T.Context()).PostByURI(uri)
	if err != nil {
		w.T.Fatalf("post %s: %v", uri, err)
	}
	return post
}

func (w *world) hasPost(uri string) bool {
	w.T.Helper()
	post, err := w.server.Store.Read(w.T.Context()).PostByURI(uri)
	return err == nil && !post.IsGone()
}

func TestFollowIsAcceptedWithTheWholeFollow(t *testing.T) {
	w := newWorld(t)
	w.send(w.carl, w.follow(w.carl))
	var accept M
	for _, activity := range w.peer.Received() {
		if activity["type"] == "Accept" {
			accept = activity
		}
	}
	if accept == nil {
		t.Fatal("no Accept came")
	}
	inner, _ := accept["object"].(M)
	if inner["id"] != "https://peer.test/activities/follow-carl" || inner["type"] != "Follow" || inner["actor"] != w.carl.URI || inner["object"] != w.community.URI {
		t.Errorf("the Accept embeds %v", inner)
	}
	// Again with another id, as a host does that lost the first Accept.
	w.send(w.carl, w.carl.Activity("Follow", "follow-again", w.community.URI))
	if got := w.peer.Received(); len(got) != 1 || got[0]["object"].(M)["id"] != "https://peer.test/activities/follow-again" {
		t.Errorf("a second Follow is answered with %v", got)
	}
	w.send(w.carl, w.carl.Activity("Undo", "undo", M{"type": "Follow", "id": "https://peer.test/activities/follow-again", "actor": w.carl.URI, "object": w.community.URI}))
	if n := w.server.Count("follow"); n != 1 {
		t.Errorf("%d follows after the Undo, the convener's alone should be there", n)
	}
}

func TestA20_A21_OnlyTheFollowedAccepts(t *testing.T) {
	w := newWorld(t)
	w.ana.Follow("@carl@peer.test")
	w.Settle()
	follow := w.lastFollow()
	unchangedFollow := func() {
		t.Helper()
		if got := w.ana.List("/api/v1/accounts/relationships?id[]=" + w.ana.Find("@carl@peer.test"))[0]; got["following"] != false || got["requested"] != true {
			t.Errorf("relationship %v", got)
		}
	}
	w.send(w.mallory, w.mallory.Activity("Accept", "1", follow))
	unchangedFollow()
	w.send(w.mallory, w.mallory.Activity("Accept", "2", follow["id"]))
	unchangedFollow()
	w.send(w.mallory, w.mallory.Activity("Accept", "3", M{"type": "Follow", "id": "https://peer.test/made-up", "actor": w.ana.Actor.URI, "object": w.mallory.URI}))
	if n := w.server.Count("follow"); n != 2 {
		t.Errorf("%d follows after an Accept of a follow that was never sent", n)
	}
	w.send(w.carl, w.carl.Activity("Accept", "4", follow["id"]))
	if got := w.ana.List("/api/v1/accounts/relationships?id[]=" + w.ana.Find("@carl@peer.test"))[0]; got["following"] != true {
		t.Errorf("relationship after the true Accept %v", got)
	}
	w.send(w.carl, w.carl.Activity("Reject", "5", follow))
	if got := w.ana.List("/api/v1/accounts/relationships?id[]=" + w.ana.Find("@carl@peer.test"))[0]; got["following"] != false {
		t.Errorf("relationship after the Reject %v", got)
	}
}

func TestPostOfAFollowedActorComesHome(t *testing.T) {
	w := newWorld(t)
	w.befriended()
	w.send(w.carl, w.carl.Activity("Create", "c1", w.carl.Note("1", "good morning")))
	home := w.ana.Home()
	if len(home) != 1 || !strings.Contains(home[0]["content"].(string), "good morning") {
		t.Fatalf("home %v", home)
	}
	// Whom nobody here knows is not kept.
	w.send(w.mallory, w.mallory.Activity("Create", "m1", w.mallory.Note("m1", "to nobody")))
	if w.hasPost("https://peer.test/notes/m1") {
		t.Error("a post that concerns nobody here was stored")
	}
}

func TestA11_PostOfAnotherIsFetchedOrDropped(t *testing.T) {
	w := newWorld(t)
	w.befriended()
	forged := w.mallory.Note("forged", "carl never said this", func(n M) { n["attributedTo"] = w.carl.URI })
	w.send(w.mallory, w.mallory.Activity("Create", "1", forged))
	if w.hasPost("https://peer.test/notes/forged") {
		t.Error("a post by another actor than the sender was stored")
	}
	elsewhere := M{
		"id": "https://victim.test/notes/1", "type": "Note", "attributedTo": "https://victim.test/users/v", "content": "forged",
		"to": []string{vocab.Public}, "cc": []string{w.ana.Actor.URI},
	}
	w.send(w.carl, w.carl.Activity("Create", "2", elsewhere))
	mixed := M{
		"id": "https://victim.test/notes/2", "type": "Note", "attributedTo": w.carl.URI, "content": "forged",
		"to": []string{vocab.Public}, "cc": []string{w.ana.Actor.URI},
	}
	w.send(w.carl, w.carl.Activity("Create", "3", mixed))
	for _, uri := range []string{"https://victim.test/notes/1", "https://victim.test/notes/2"} {
		if w.hasPost(uri) {
			t.Errorf("%s was stored", uri)
		}
	}
}

func TestA13_A14_OnlyTheAuthorChangesAPost(t *testing.T) {
	w := newWorld(t)
	w.befriended()
	note := w.carl.Note("1", "first")
	w.send(w.carl, w.carl.Activity("Create", "1", note))
	w.Clock.Advance(time.Minute)
	edited := w.carl.Note("1", "second", func(n M) { n["updated"] = vocab.FormatTime(w.Clock.Now()) })
	w.send(w.mallory, w.mallory.Activity("Update", "2", edited))
	if got := w.post(note["id"].(string)); strings.Contains(got.Content, "second") || got.EditedAt != 0 {
		t.Errorf("another actor changed the post to %q", got.Content)
	}
	other := w.NewPeer("other.test", "lemmy").Actor("eve", "Person")
	w.send(other, other.Activity("Update", "2", edited))
	if got := w.post(note["id"].(string)); strings.Contains(got.Content, "second") {
		t.Errorf("an actor of another host changed the post to %q", got.Content)
	}
	w.send(w.carl, w.carl.Activity("Update", "3", edited))
	if got := w.post(note["id"].(string)); !strings.Contains(got.Content, "second") || got.EditedAt == 0 {
		t.Errorf("the author's change came out as %q", got.Content)
	}
	// F6: an older version that comes late changes nothing.
	w.send(w.carl, w.carl.Activity("Update", "4", w.carl.Note("1", "stale", func(n M) { n["updated"] = "2026-03-01T12:00:01Z" })))
	if got := w.post(note["id"].(string)); !strings.Contains(got.Content, "second") {
		t.Errorf("an older version replaced the newer: %q", got.Content)
	}
}

func TestE15_UpdateNeverWidensAnAudience(t *testing.T) {
	w := newWorld(t)
	w.befriended()
	private := w.carl.Note("1", "for followers", func(n M) { n["to"], n["cc"] = []string{w.carl.URI + "/followers"}, []string{} })
	w.send(w.carl, w.carl.Activity("Create", "1", private))
	w.Clock.Advance(time.Minute)
	w.send(w.carl, w.carl.Activity("Update", "2", w.carl.Note("1", "for all?", func(n M) { n["updated"] = vocab.FormatTime(w.Clock.Now()) })))
	if got := w.post("https://peer.test/notes/1"); got.Visibility != models.Private {
		t.Errorf("visibility %s", got.Visibility)
	}
}

func TestA15_ActorUpdateIsAskedFromItsHost(t *testing.T) {
	w := newWorld(t)
	w.befriended()
	claimed := M{}
	for key, value := range w.carl.Doc {
		claimed[key] = value
	}
	claimed["name"], claimed["inbox"] = "Not what the host says", "https://peer.test/users/mallory/inbox"
	w.send(w.carl, w.carl.Activity("Update", "1", claimed))
	actor, err := w.server.Store.Read(t.Context()).ActorByURI(w.carl.URI)
	if err != nil || actor.DisplayName != "carl" || actor.Inbox != w.carl.URI+"/inbox" {
		t.Errorf("actor after an Update that its host does not confirm: %+v, %v", actor, err)
	}
	w.carl.Doc["name"] = "Carl the Second"
	w.peer.ServeDoc(w.carl.Doc)
	w.Clock.Advance(time.Minute)
	w.send(w.carl, w.carl.Activity("Update", "2", w.carl.Doc))
	if actor, err = w.server.Store.Read(t.Context()).ActorByURI(w.carl.URI); err != nil || actor.DisplayName != "Carl the Second" {
		t.Errorf("actor after a true Update: %+v, %v", actor, err)
	}
}

func TestA16_OnlyTheAuthorDeletes(t *testing.T) {
	w := newWorld(t)
	w.befriended()
	w.send(w.carl, w.carl.Activity("Create", "1", w.carl.Note("1", "mine")))
	w.send(w.mallory, w.mallory.Activity("Delete", "2", "https://peer.test/notes/1"))
	w.send(w.mallory, w.mallory.Activity("Delete", "3", w.carl.URI))
	w.send(w.mallory, w.mallory.Activity("Delete", "4", w.ana.Actor.URI))
	if !w.hasPost("https://peer.test/notes/1") {
		t.Error("somebody else deleted the post")
	}
	if actor, err := w.server.Store.Read(t.Context()).ActorByURI(w.carl.URI); err != nil || actor.IsGone() {
		t.Error("somebody else deleted the actor")
	}
	w.send(w.carl, w.carl.Activity("Delete", "5", M{"type": "Tombstone", "id": "https://peer.test/notes/1"}))
	if w.hasPost("https://peer.test/notes/1") || len(w.ana.Home()) != 0 {
		t.Error("the author's Delete left the post")
	}
}

func TestF04_DeleteBeforeCreate(t *testing.T) {
	w := newWorld(t)
	w.befriended()
	note := w.carl.Note("1", "too late")
	w.send(w.carl, w.carl.Activity("Delete", "1", note["id"]))
	w.send(w.carl, w.carl.Activity("Create", "2", note))
	if w.hasPost("https://peer.test/notes/1") {
		t.Error("a Create brought back what was deleted before")
	}
	// Nobody forgets in another host's name.
	other := w.NewPeer("other.test", "").Actor("eve", "Person")
	w.send(other, other.Activity("Delete", "3", "https://peer.test/notes/2"))
	w.send(w.carl, w.carl.Activity("Create", "4", w.carl.Note("2", "still here")))
	if !w.hasPost("https://peer.test/notes/2") {
		t.Error("another host's Delete suppressed a post")
	}
}

func TestA18_A19_UndoIsOfOnesOwnDeeds(t *testing.T) {
	w := newWorld(t)
	mine := w.ana.Post("like me")
	uri := mine["uri"].(string)
	w.send(w.carl, w.carl.Activity("Like", "like", uri))
	likes := func() int64 { return w.post(uri).LikesCount }
	if likes() != 1 {
		t.Fatalf("%d likes", likes())
	}
	for i, object := range []any{
		"https://peer.test/activities/like",
		M{"type": "Like", "id": "https://peer.test/activities/like", "actor": w.carl.URI, "object": uri},
		M{"type": "Like", "actor": w.carl.URI, "object": uri},
		M{"type": "Like", "actor": w.mallory.URI, "object": uri},
	} {
		w.send(w.mallory, w.mallory.Activity("Undo", "undo"+string(rune('a'+i)), object))
		if likes() != 1 {
			t.Fatalf("somebody else took the like back: %v", object)
		}
	}
	w.send(w.carl, w.carl.Activity("Undo", "undo", M{"type": "Like", "actor": w.carl.URI, "object": uri}))
	if likes() != 0 {
		t.Errorf("%d likes after the Undo", likes())
	}
}

func TestLikeAndBoostReachTheAuthor(t *testing.T) {
	w := newWorld(t)
	uri := w.ana.Post("worth sharing")["uri"].(string)
	w.send(w.carl, w.carl.Activity("Like", "like", uri))
	w.send(w.carl, w.carl.Activity("Announce", "boost", uri))
	types := map[string]bool{}
	for _, n := range w.ana.List("/api/v1/notifications") {
		types[n["type"].(string)] = true
	}
	if !types["favourite"] || !types["reblog"] {
		t.Errorf("notifications %v", types)
	}
	post := w.post(uri)
	if post.LikesCount != 1 || post.SharesCount != 1 {
		t.Errorf("%d likes, %d boosts", post.LikesCount, post.SharesCount)
	}
	w.send(w.carl, w.carl.Activity("Undo", "undo", M{"type": "Announce", "id": "https://peer.test/activities/boost", "actor": w.carl.URI, "object": uri}))
	if post := w.post(uri); post.SharesCount != 0 {
		t.Errorf("%d boosts after the Undo", post.SharesCount)
	}
}

func TestE07_ReactionsToHiddenPostsLeaveNoTrace(t *testing.T) {
	w := newWorld(t)
	hidden := w.ana.Object(http.MethodPost, "/api/v1/statuses", M{"status": "for my followers", "visibility": "private"})
	unchanged(t, w.server, func() {
		w.send(w.carl, w.carl.Activity("Like", "like", hidden["uri"]))
		w.send(w.carl, w.carl.Activity("Announce", "boost", hidden["uri"]))
	}, "inbox_entry", "actor")
}

func TestBlockAndItsUndo(t *testing.T) {
	w := newWorld(t)
	w.befriended()
	w.send(w.carl, w.carl.Activity("Block", "block", w.ana.Actor.URI))
	if got := w.ana.List("/api/v1/accounts/relationships?id[]=" + w.ana.Find("@carl@peer.test")); got[0]["following"] != false || got[0]["blocked_by"] != true {
		t.Errorf("relationship %v", got[0])
	}
	w.send(w.carl, w.carl.Activity("Undo", "unblock", M{"type": "Block", "id": "https://peer.test/activities/block", "actor": w.carl.URI, "object": w.ana.Actor.URI}))
	if n := w.server.Count("block"); n != 0 {
		t.Errorf("%d blocks after the Undo", n)
	}
}

func TestFlagBecomesAReport(t *testing.T) {
	w := newWorld(t)
	post := w.ana.Post("hm")
	w.send(w.carl, w.carl.Activity("Flag", "flag", []any{w.ana.Actor.URI, post["uri"]}, func(a M) { a["content"] = strings.Repeat("x", 6000) }))
	reports, err := w.server.Store.Read(t.Context()).Reports()
	if err != nil || len(reports) != 1 {
		t.Fatalf("%d reports, %v", len(reports), err)
	}
	if reports[0].TargetID != w.ana.Actor.ID || reports[0].PostIDs == "" || len(reports[0].Comment) != 5000 {
		t.Errorf("report %+v", reports[0])
	}
}

func TestA28_MoveNeedsBothEnds(t *testing.T) {
	w := newWorld(t)
	w.befriended()
	home := w.NewPeer("newhome.test", "mastodon")
	carl2 := home.Actor("carl", "Person")
	follows := func(uri string) bool {
		actor, err := w.server.Store.Read(t.Context()).ActorByURI(uri)
		if err != nil {
			return false
		}
		_, err = w.server.Store.Read(t.Context()).FollowBetween(w.ana.Actor.ID, actor.ID)
		return err == nil
	}
	move := func(id string) {
		w.Clock.Advance(time.Hour)
		w.send(w.carl, w.carl.Activity("Move", id, w.carl.URI, func(a M) { a["target"] = carl2.URI }))
	}
	move("m1") // neither end agrees
	w.carl.Doc["movedTo"] = carl2.URI
	w.peer.ServeDoc(w.carl.Doc)
	move("m2") // the new one does not know of it
	if follows(carl2.URI) || !follows(w.carl.URI) {
		t.Fatal("a Move that the target does not confirm was followed")
	}
	carl2.Doc["alsoKnownAs"] = []string{w.carl.URI}
	home.ServeDoc(carl2.Doc)
	move("m3")
	if !follows(carl2.URI) || follows(w.carl.URI) {
		t.Error("a Move that both ends confirm was not followed")
	}
}

func TestRepliesFetchTheirThread(t *testing.T) {
	w := newWorld(t)
	w.befriended()
	w.mallory.Note("root", "the beginning")
	w.mallory.Note("middle", "the middle", func(n M) { n["inReplyTo"] = "https://peer.test/notes/root" })
	w.send(w.carl, w.carl.Activity("Create", "1", w.carl.Note("end", "the end", func(n M) { n["inReplyTo"] = "https://peer.test/notes/middle" })))
	end, root := w.post("https://peer.test/notes/end"), w.post("https://peer.test/notes/root")
	if end.ThreadID != root.ID || root.AuthorID == end.AuthorID {
		t.Errorf("thread of the end %d, the root is %d", end.ThreadID, root.ID)
	}
	status := w.ana.Locate("https://peer.test/notes/end")
	thread := w.ana.Object(http.MethodGet, "/api/v1/statuses/"+status["id"].(string)+"/context", nil)
	if n := len(thread["ancestors"].([]any)); n != 2 {
		t.Errorf("%d ancestors", n)
	}
}

func TestB17_KeyRotation(t *testing.T) {
	w := newWorld(t)
	w.send(w.carl, w.follow(w.carl))
	spare := w.peer.Actor("spare", "Person")
	w.carl.Keys = spare.Keys
	w.carl.Doc["publicKey"].(M)["publicKeyPem"] = spare.Doc["publicKey"].(M)["publicKeyPem"]
	w.peer.ServeDoc(w.carl.Doc)
	w.Clock.Advance(time.Hour)
	status, body := w.carl.Send(w.server, w.carl.Activity("Undo", "undo", w.follow(w.carl)))
	want(t, status, http.StatusAccepted, body)
	// B18: bad signatures do not make us ask again and again.
	w.carl.Keys = w.mallory.Keys
	before := w.Network.Calls("peer.test")
	for range 5 {
		status, body := w.carl.Send(w.server, w.carl.Activity("Like", "x", w.ana.Actor.URI))
		want(t, status, http.StatusUnauthorized, body)
	}
	if calls := w.Network.Calls("peer.test") - before; calls > 4 {
		t.Errorf("%d requests after five bad signatures", calls)
	}
}

func TestRFC9421IsTaken(t *testing.T) {
	w := newWorld(t)
	status, body := w.carl.SendRaw(w.server, encode(t, w.follow(w.carl)), sign.RFC9421, nil)
	want(t, status, http.StatusAccepted, body)
	w.Settle()
	if n := w.server.Count("follow"); n != 2 {
		t.Errorf("%d follows", n)
	}
}
