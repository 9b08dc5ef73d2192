package peers

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"
)

// The tests of this file follow the names of Lemmy's own tests between servers, as far as the stories do not tell them yet.

// TestCommentUnderAPostThatIsNotThere: "Create a comment in a non-existent post".
func TestCommentUnderAPostThatIsNotThere(t *testing.T) {
	f := newFake(t, lemmy())
	f.joins()
	reply := f.reply(f.care.URI, "https://peer.test/post/404", f.mia.URI, "To nobody")
	f.send(f.mia, f.act("Create", f.care.URI, reply))
	ours := f.reply(f.care.URI, "https://a.test/o/404", f.mia.URI, "To nobody of yours")
	f.send(f.mia, f.act("Create", f.care.URI, ours))
	for _, doc := range []M{reply, ours} {
		if got := f.ana.Locate(doc["id"].(string)); got["in_reply_to_id"] != nil {
			t.Errorf("it answers %v", got["in_reply_to_id"])
		}
	}
}

// TestReplyFromAnotherServerIsTold: "Reply from another instance, get notification", "Mention beta from alpha".
func TestReplyFromAnotherServerIsTold(t *testing.T) {
	f := newFake(t, lemmy())
	f.joins()
	post := f.ana.Post("@care Anybody?\n\nI ask.")
	f.hear()
	f.send(f.mia, f.act("Create", f.care.URI, f.reply(f.care.URI, post["uri"].(string), f.ana.Actor.URI, "Me.")))
	elsewhere := f.thread(f.care.URI, "To ana", "Look here")
	elsewhere["tag"] = []any{M{"type": "Mention", "href": f.ana.Actor.URI, "name": "@ana@a.test"}}
	f.send(f.mia, f.act("Create", f.care.URI, elsewhere))
	told := f.ana.List("/api/v1/notifications?types[]=mention")
	if len(told) != 2 || !strings.Contains(fmt.Sprint(told), "<p>Me.</p>") || !strings.Contains(fmt.Sprint(told), "<p>Look here</p>") {
		t.Errorf("ana is told %v", told)
	}
}

// TestActivityReachesTheThirdServer: "A and G subscribe to B (center), A posts, it gets announced to G", and "activity from
// another instance is sent to third instance". Not a word of it is changed.
func TestActivityReachesTheThirdServer(t *testing.T) {
	f := newFake(t, lemmy())
	f.joins()
	third := f.NewPeer("third.test", "lemmy")
	gus := third.Actor("gus", "Person")
	f.send(gus, gus.Activity("Follow", "1", f.care.URI))
	f.hear()
	third.Received()
	thread := f.thread(f.care.URI, "For all", "Of us")
	create := f.act("Create", f.care.URI, thread)
	steps := []M{create, f.act("Like", f.care.URI, thread["id"]), f.edited(f.care.URI, thread, "Of you"), f.deleted(f.care.URI, thread)}
	for _, activity := range steps {
		f.Clock.Advance(time.Minute)
		f.send(f.mia, activity)
		var want M
		raw, err := json.Marshal(activity)
		if err == nil {
			err = json.Unmarshal(raw, &want)
		}
		if err != nil {
			t.Fatal(err)
		}
		if got := announced(third.Received(), activity["id"]); !reflect.DeepEqual(got, want) {
			t.Errorf("the third server hears %v, want %v", got, want)
		}
	}
}

// TestThreadAboveIsFetched: "Fetch in_reply_tos" and "Fetch a deeply nested comment".
func TestThreadAboveIsFetched(t *testing.T) {
	f := newFake(t, lemmy())
	f.ana.Follow("@grp@peer.test")
	f.send(f.grp, f.accept(f.grp, f.one(f.hear(), "Follow")))
	post := f.thread(f.grp.URI, "At the top", "of all")
	parent := post
	for depth := range 20 {
		parent = f.reply(f.grp.URI, parent["id"].(string), f.mia.URI, fmt.Sprint("depth ", depth))
	}
	deepest := f.ana.Locate(parent["id"].(string))
	thread := f.ana.Object(http.MethodGet, "/api/v1/statuses/"+deepest["id"].(string)+"/context", nil)
	above := thread["ancestors"].([]any)
	if len(above) != 20 || above[0].(M)["uri"] != post["id"] {
		t.Errorf("%d posts above", len(above))
	}
}

// TestCommunityIsFoundHoweverItIsWritten: "Get community for different casing on domain", "Search for beta community".
func TestCommunityIsFoundHoweverItIsWritten(t *testing.T) {
	f := newFake(t, lemmy())
	id := f.ana.Find("@grp@peer.test")
	for _, written := range []string{"@grp@PEER.test", "grp@peer.test", "!grp@peer.test", f.grp.URI} {
		found := f.ana.Object(http.MethodGet, "/api/v2/search?resolve=true&type=accounts&q="+written, nil)["accounts"].([]any)
		if len(found) != 1 || found[0].(M)["id"] != id {
			t.Errorf("%s finds %v", written, found)
		}
	}
}

// TestNamesInOtherScripts: "Community name with non-ascii chars", "Set a new avatar", "Create user with Arabic name",
// "Set some user settings, check that they are federated".
func TestNamesInOtherScripts(t *testing.T) {
	f := newFake(t, lemmy())
	f.grp.Doc["name"], f.mia.Doc["name"] = "Уход за ранами", "تجريب"
	f.mia.Doc["icon"] = M{"type": "Image", "url": "https://peer.test/old.png"}
	f.peer.ServeDoc(f.grp.Doc)
	f.peer.ServeDoc(f.mia.Doc)
	show := func(handle string) M {
		return f.ana.Object(http.MethodGet, "/api/v1/accounts/"+f.ana.Find(handle), nil)
	}
	if got := show("@grp@peer.test"); got["display_name"] != "Уход за ранами" {
		t.Errorf("the community is shown as %v", got["display_name"])
	}
	mia := show("@mia@peer.test")
	if mia["display_name"] != "تجريب" {
		t.Errorf("mia is shown as %v", mia["display_name"])
	}
	f.Clock.Advance(time.Minute)
	f.mia.Doc["name"], f.mia.Doc["icon"] = "Mia", M{"type": "Image", "url": "https://peer.test/new.png"}
	f.peer.ServeDoc(f.mia.Doc)
	f.send(f.mia, f.act("Update", f.care.URI, f.mia.Doc))
	if got := show("@mia@peer.test"); got["display_name"] != "Mia" || got["avatar"] == mia["avatar"] {
		t.Errorf("after the change: %v, %v", got["display_name"], got["avatar"])
	}
}

// TestDeletedUserTakesTheirPostsAlong: "Delete user".
func TestDeletedUserTakesTheirPostsAlong(t *testing.T) {
	f := newFake(t, lemmy())
	f.joins()
	thread, _ := f.asks()
	seen := find(f.ana, thread["id"])
	f.send(f.mia, f.act("Delete", f.care.URI, f.mia.URI))
	if !isGone(f.ana, seen["id"]) {
		t.Error("the post of a deleted user is still there")
	}
}

// TestPrivateMessages: create, update and delete one; nobody else sees it.
func TestPrivateMessages(t *testing.T) {
	f := newFake(t, lemmy())
	bo := f.server.Member("bo")
	message := f.reply(f.care.URI, "", f.ana.Actor.URI, "Between us")
	delete(message, "inReplyTo")
	delete(message, "audience")
	message["to"], message["cc"] = []any{f.ana.Actor.URI}, []any{}
	private := func(a M) M {
		a["to"], a["cc"] = []any{f.ana.Actor.URI}, []any{}
		delete(a, "audience")
		return a
	}
	f.send(f.mia, private(f.act("Create", f.care.URI, message)))
	notes := f.ana.List("/api/v1/notifications?types[]=mention")
	if len(notes) != 1 {
		t.Fatalf("ana is told %v", notes)
	}
	seen := notes[0]["status"].(M)
	if seen["visibility"] != "direct" || !isGone(bo, seen["id"]) {
		t.Errorf("the message is %v, or bo sees it", seen["visibility"])
	}
	f.Clock.Advance(time.Minute)
	f.send(f.mia, private(f.edited(f.care.URI, message, "Between you and me")))
	if got := status(f.ana, seen["id"]); !strings.Contains(got["content"].(string), "you and me") {
		t.Errorf("after the edit: %v", got["content"])
	}
	f.send(f.mia, private(f.deleted(f.care.URI, message)))
	if !isGone(f.ana, seen["id"]) {
		t.Error("the deleted message is still there")
	}
}

// TestSensitiveStaysSensitive: "Enforce community-ban / NSFW" is of ours only in that the mark is kept both ways.
func TestSensitiveStaysSensitive(t *testing.T) {
	f := newFake(t, lemmy())
	f.joins()
	thread := f.thread(f.care.URI, "Look away", "Of blood")
	thread["sensitive"] = true
	f.send(f.mia, f.act("Create", f.care.URI, thread))
	if got := find(f.ana, thread["id"]); got["sensitive"] != true {
		t.Errorf("shown as %v", got["sensitive"])
	}
	f.hear()
	f.ana.Object(http.MethodPost, "/api/v1/statuses", M{"status": "@care Careful\n\nBlood", "sensitive": true})
	if got := f.one(f.hear(), "Create")["object"].(M); got["sensitive"] != true {
		t.Errorf("sent as %v", got["sensitive"])
	}
}

// TestCommunityFollowsCommunity: NodeBB follows with a category of its own.
func TestCommunityFollowsCommunity(t *testing.T) {
	f := newFake(t, nodebb())
	f.send(f.grp, f.follow(f.grp, f.care.URI))
	f.one(f.hear(), "Accept")
	post := f.ana.Post("@care Between forums\n\nHello.")
	if got := f.one(f.hear(), "Create")["object"].(M); got["id"] != post["uri"] {
		t.Errorf("the category hears %v", got)
	}
}

// TestOthersReadOurCommunity: "Fetch community, includes posts", "Collection of featured posts gets federated".
func TestOthersReadOurCommunity(t *testing.T) {
	f := newFake(t, lemmy())
	post := f.ana.Post("@care Read this\n\nAnd that.")
	f.Settle()
	group := f.read(f.care.URI)
	for _, key := range []string{"id", "type", "preferredUsername", "inbox", "outbox", "followers", "featured", "attributedTo", "publicKey"} {
		if group[key] == nil {
			t.Errorf("the community has no %s", key)
		}
	}
	if !isMoment(group["published"]) || group["type"] != "Group" {
		t.Errorf("the community is %v", group)
	}
	for _, key := range []string{"outbox", "featured", "attributedTo"} {
		if got := f.read(text(group[key])); got["type"] != "OrderedCollection" {
			t.Errorf("%s is %v", key, got)
		}
	}
	outbox := f.read(text(group["outbox"]))
	first := text(outbox["first"])
	if !strings.Contains(fmt.Sprint(f.read(first)), text(post["uri"])) {
		t.Errorf("the outbox begins with %v", f.read(first))
	}
}

func (f *fake) read(address string) M {
	f.t.Helper()
	for _, complaint := range f.fetchesAs(address) {
		f.t.Error(complaint)
	}
	_, _, body := f.mia.Ask(address)
	var doc M
	if err := json.Unmarshal([]byte(body), &doc); err != nil {
		f.t.Fatalf("%s: %v", address, err)
	}
	return doc
}
