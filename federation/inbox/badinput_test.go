package inbox_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"praxis/federation/vocab"
)

func TestThreadThatAnswersItself(t *testing.T) {
	w := newWorld(t)
	w.befriended()
	itself := w.carl.Note("self", "I answer myself", func(n M) { n["inReplyTo"] = n["id"] })
	first := w.carl.Note("first", "I answer the second", func(n M) { n["inReplyTo"] = "https://peer.test/notes/second" })
	second := w.carl.Note("second", "I answer the first", func(n M) { n["inReplyTo"] = "https://peer.test/notes/first" })
	third := w.carl.Note("third", "I answer the second, too", func(n M) { n["inReplyTo"] = second["id"] })
	for i, note := range []M{itself, first, second, third} {
		w.send(w.carl, w.carl.Activity("Create", fmt.Sprint("c", i), note))
	}
	for _, note := range []M{itself, first, second, third} {
		status := w.ana.Locate(note["id"].(string))
		thread := w.ana.Object(http.MethodGet, "/api/v1/statuses/"+status["id"].(string)+"/context", nil)
		for _, side := range []string{"ancestors", "descendants"} {
			seen := map[any]bool{status["id"]: true}
			for _, item := range thread[side].([]any) {
				if id := item.(M)["id"]; seen[id] {
					t.Errorf("%v has %v twice among its %s", note["id"], item.(M)["uri"], side)
				} else {
					seen[id] = true
				}
			}
		}
	}
	// It is served, edited and deleted like any other.
	w.Clock.Advance(time.Minute)
	w.send(w.carl, w.carl.Activity("Update", "u", w.carl.Note("first", "changed", func(n M) {
		n["inReplyTo"], n["updated"] = second["id"], vocab.FormatTime(w.Clock.Now())
	})))
	if got := w.post(first["id"].(string)).Content; !strings.Contains(got, "changed") {
		t.Errorf("after the edit: %q", got)
	}
	for i, note := range []M{itself, first, second, third} {
		w.send(w.carl, w.carl.Activity("Delete", fmt.Sprint("d", i), note["id"]))
		if w.hasPost(note["id"].(string)) {
			t.Errorf("%v is still there", note["id"])
		}
	}
}

func TestC16_C18_TenThousandMentions(t *testing.T) {
	w := newWorld(t)
	w.befriended()
	crowd := w.NewPeer("crowd.test", "mastodon")
	var tags []M
	var to []string
	for i := range 10_000 {
		uri := fmt.Sprintf("https://crowd.test/users/u%d", i)
		tags, to = append(tags, M{"type": "Mention", "href": uri, "name": "@u"}), append(to, uri)
	}
	crowd.Actor("u0", "Person")
	note := w.carl.Note("crowd", "hello everybody", func(n M) { n["tag"], n["cc"] = tags, append(to, w.ana.Actor.URI) })
	calls := w.Network.Calls("crowd.test")
	w.send(w.carl, w.carl.Activity("Create", "crowd", note))
	if !w.hasPost(note["id"].(string)) {
		t.Fatal("the post did not come in")
	}
	if n := w.Network.Calls("crowd.test") - calls; n > 40 {
		t.Errorf("one post made %d requests to a host", n)
	}
}

// TestC15_ChainOfTenThousandReplies: a post at its end is shown with what fits into the budget above it.
func TestC15_ChainOfTenThousandReplies(t *testing.T) {
	w := newWorld(t)
	w.befriended()
	const length = 10_000
	for i := range length {
		w.carl.Note(fmt.Sprint("chain", i), "on and on", func(n M) {
			if i > 0 {
				n["inReplyTo"] = fmt.Sprintf("https://peer.test/notes/chain%d", i-1)
			}
		})
	}
	last := w.carl.Note(fmt.Sprint("chain", length), "the end", func(n M) { n["inReplyTo"] = fmt.Sprintf("https://peer.test/notes/chain%d", length-1) })
	before, calls := w.server.Count("post"), w.Network.Calls("peer.test")
	w.send(w.carl, w.carl.Activity("Create", "end", last))
	stored, asked := w.server.Count("post")-before, w.Network.Calls("peer.test")-calls
	if stored < 10 || stored > 31 || asked > 40 {
		t.Errorf("%d posts were stored and %d requests made", stored, asked)
	}
	status := w.ana.Locate(last["id"].(string))
	thread := w.ana.Object(http.MethodGet, "/api/v1/statuses/"+status["id"].(string)+"/context", nil)
	if n := len(thread["ancestors"].([]any)); int64(n) != stored-1 {
		t.Errorf("%d posts above are shown, %d are there", n, stored-1)
	}
}

// TestA03_A26_CommunityThatClaimsOurHost: nothing that a peer serves or sends makes it speak for an address of ours.
func TestA03_A26_CommunityThatClaimsOurHost(t *testing.T) {
	w := newWorld(t)
	impostor := w.peer.ActorAt("/c/woundcare", "woundcare", "Group", func(doc M) {
		doc["id"] = "https://peer.test/c/woundcare"
		doc["inbox"], doc["outbox"] = w.community.URI+"/inbox", w.community.URI+"/outbox"
		doc["followers"], doc["endpoints"] = w.community.URI+"/followers", M{"sharedInbox": "https://a.test/inbox"}
	})
	claims := M{}
	for key, value := range impostor.Doc {
		claims[key] = value
	}
	claims["id"] = w.community.URI
	w.peer.Serve("/c/claims", http.StatusOK, vocab.MediaType, encode(t, claims))
	w.peer.Serve("/.well-known/webfinger?resource=acct%3Aclaims%40peer.test", http.StatusOK, "application/jrd+json", encode(t, M{
		"subject": "acct:woundcare@a.test", "links": []M{{"rel": "self", "type": "application/activity+json", "href": "https://peer.test/c/claims"}},
	}))
	before := w.owned(t)
	for _, wanted := range []string{"@claims@peer.test", "https://peer.test/c/claims", "@woundcare@peer.test", "https://peer.test/c/woundcare"} {
		found := w.ana.Object(http.MethodGet, "/api/v2/search?resolve=true&type=accounts&q="+wanted, nil)["accounts"].([]any)
		for _, account := range found {
			if acct := account.(M)["acct"]; acct != "woundcare" && !strings.HasSuffix(acct.(string), "@peer.test") {
				t.Errorf("%s finds %v", wanted, acct)
			}
			if account.(M)["acct"] == "woundcare" && !strings.Contains(wanted, "a.test") {
				t.Errorf("%s leads to our own community", wanted)
			}
		}
	}
	ours := impostor.Activity("Announce", "1", "https://peer.test/notes/1")
	ours["actor"] = w.community.URI
	status, body := impostor.Send(w.server, ours)
	want(t, status, http.StatusForbidden, body)
	if after := w.owned(t); after != before {
		t.Errorf("what changed (-before +after):\n%s", cmp.Diff(before, after))
	}
}

// TestC14_CollectionWithoutEnd: of the moderators of a community one page is read, wherever it says that there is more.
func TestC14_CollectionWithoutEnd(t *testing.T) {
	w := newWorld(t)
	group := w.peer.ActorAt("/c/endless", "endless", "Group", func(doc M) { doc["attributedTo"] = "https://peer.test/c/endless/moderators" })
	w.peer.ServeDoc(M{
		"@context": vocab.Namespace, "id": "https://peer.test/c/endless/moderators", "type": "OrderedCollection",
		"first": "https://peer.test/c/endless/moderators", "next": "https://peer.test/c/endless/moderators", "orderedItems": []string{w.carl.URI},
	})
	calls := w.Network.Calls("peer.test")
	w.ana.Find("@" + group.Name + "@peer.test")
	if n := w.Network.Calls("peer.test") - calls; n > 10 {
		t.Errorf("%d requests", n)
	}
}

// TestA30_NoLinkOfAProfileIsVerified: nothing that a profile says of itself makes its links look verified.
func TestA30_NoLinkOfAProfileIsVerified(t *testing.T) {
	w := newWorld(t)
	w.carl.Doc["attachment"] = []M{
		{"type": "PropertyValue", "name": "Bank", "value": `<a rel="me" href="https://victim.test@evil.test/">https://victim.test</a>`, "verifiedAt": "2026-01-01T00:00:00Z"},
	}
	w.peer.ServeDoc(w.carl.Doc)
	account := w.ana.Object(http.MethodGet, "/api/v1/accounts/"+w.ana.Find("@carl@peer.test"), nil)
	for _, field := range account["fields"].([]any) {
		if field.(M)["verified_at"] != nil {
			t.Errorf("shown as verified: %v", field)
		}
	}
}

func TestA35_SuspendedActorIsNotHeardThroughOthers(t *testing.T) {
	w := newWorld(t)
	w.befriended()
	w.send(w.mallory, w.mallory.Activity("Create", "1", w.mallory.Note("1", "before", addressed(w.ana.Actor.URI))))
	w.suspend(w.mallory.URI)
	spam := w.mallory.Note("2", "spam")
	home := len(w.ana.Home())
	for id, object := range map[string]any{"boost": spam["id"], "boost-old": "https://peer.test/notes/1"} {
		w.send(w.carl, w.carl.Activity("Announce", id, object))
	}
	reply := w.carl.Note("reply", "look above", func(n M) { n["inReplyTo"] = spam["id"] })
	w.send(w.carl, w.carl.Activity("Create", "reply", reply))
	if w.hasPost(spam["id"].(string)) {
		t.Error("a post of a suspended actor came in by others")
	}
	for _, status := range w.ana.Home() {
		if inner, ok := status["reblog"].(M); ok && inner["account"].(M)["acct"] == "mallory@peer.test" {
			t.Error("a boost shows what a suspended actor wrote")
		}
	}
	if n := len(w.ana.Home()); n > home+1 {
		t.Errorf("home grew from %d to %d", home, n)
	}
	status, body := w.mallory.Send(w.server, w.mallory.Activity("Update", "u", w.mallory.Note("3", "unknown")))
	want(t, status, http.StatusForbidden, body)
}

// TestA16_NobodyForgetsWhatAnotherWillWrite: a deletion that comes before what it deletes counts for its own actor only,
// also among actors of one host.
func TestA16_NobodyForgetsWhatAnotherWillWrite(t *testing.T) {
	w := newWorld(t)
	w.befriended()
	note := w.carl.Note("future", "still to come")
	w.send(w.mallory, w.mallory.Activity("Delete", "early", note["id"]))
	w.send(w.carl, w.carl.Activity("Create", "future", note))
	if !w.hasPost(note["id"].(string)) {
		t.Error("mallory deleted what carl had not sent yet")
	}
}

// TestA13_A16_WordOfAGroupsPostIsAskedFromItsHost: anybody on a group's host may send word of its posts, as Mobilizon's
// organizers do. What is true of them their host says; on other hosts nobody is listened to.
func TestA13_A16_WordOfAGroupsPostIsAskedFromItsHost(t *testing.T) {
	w := newWorld(t)
	peer, group := w.group("events.test", "mobilizon")
	mia, eve := peer.Actor("mia", "Person"), w.NewPeer("other.test", "").Actor("eve", "Person")
	event := group.Note("1", "at eight", func(n M) { n["type"], n["name"] = "Event", "Meeting" })
	w.send(group, announce(group, "1", event["id"]))
	uri := event["id"].(string)
	content := func() string { return w.post(uri).Content }
	if !strings.Contains(content(), "at eight") {
		t.Fatalf("the event came in as %q", content())
	}
	w.Clock.Advance(time.Minute)
	claimed := altered(event)
	w.send(mia, mia.Activity("Update", "1", claimed))
	w.send(eve, eve.Activity("Update", "2", claimed))
	if strings.Contains(content(), "mallory") {
		t.Errorf("what was claimed of it was believed: %q", content())
	}
	group.Note("1", "at nine", func(n M) {
		n["type"], n["name"], n["updated"] = "Event", "Meeting", vocab.FormatTime(w.Clock.Now())
	})
	w.send(eve, eve.Activity("Update", "3", claimed))
	if strings.Contains(content(), "at nine") {
		t.Error("an actor of another host was listened to")
	}
	w.Clock.Advance(time.Minute)
	w.send(mia, mia.Activity("Update", "4", claimed))
	if !strings.Contains(content(), "at nine") {
		t.Errorf("after word of an edit: %q", content())
	}
	w.send(mia, mia.Activity("Delete", "5", uri))
	if !w.hasPost(uri) {
		t.Error("a post was deleted that its host still has")
	}
	peer.Serve("/notes/1", http.StatusGone, "text/plain", nil)
	w.Clock.Advance(time.Minute)
	w.send(eve, eve.Activity("Delete", "6", uri))
	if !w.hasPost(uri) {
		t.Error("an actor of another host deleted it")
	}
	w.send(mia, mia.Activity("Delete", "7", uri))
	if w.hasPost(uri) {
		t.Error("word of a deletion that its host confirms did nothing")
	}
}
