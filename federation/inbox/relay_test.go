package inbox_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"praxis/federation/vocab"
	"praxis/internal/testrig"
)

// group is a community at another server that ana follows.
func (w *world) group(host, software string) (*testrig.Peer, *testrig.PeerActor) {
	w.T.Helper()
	peer := w.NewPeer(host, software)
	group := peer.Actor("grp", "Group")
	w.ana.Follow("@grp@" + host)
	w.Settle()
	var follow M
	for _, activity := range peer.Received() {
		if activity["type"] == "Follow" {
			follow = activity
		}
	}
	w.send(group, group.Activity("Accept", "accept", follow))
	return peer, group
}

func page(a *testrig.PeerActor, group *testrig.PeerActor, id, title string, changes ...func(M)) M {
	return a.Note(id, "text of "+title, append([]func(M){func(n M) {
		n["type"], n["name"], n["audience"] = "Page", title, group.URI
		n["to"], n["cc"] = []string{group.URI, vocab.Public}, []string{}
	}}, changes...)...)
}

func announce(group *testrig.PeerActor, id string, object any) M {
	return group.Activity("Announce", id, object, func(a M) { a["cc"] = []string{group.URI + "/followers"} })
}

func create(a, group *testrig.PeerActor, id string, object M) M {
	return a.Activity("Create", id, object, func(c M) { c["audience"] = group.URI })
}

func TestRelayedThreadComesHome(t *testing.T) {
	w := newWorld(t)
	_, group := w.group("lemmy.test", "lemmy")
	author := w.NewPeer("third.test", "lemmy").Actor("dora", "Person")
	post := page(author, group, "1", "Sharp tools")
	w.send(group, announce(group, "an1", create(author, group, "cr1", post)))
	home := w.ana.Home()
	if len(home) != 1 {
		t.Fatalf("home has %d entries", len(home))
	}
	if booster := home[0]["account"].(M); booster["group"] != true || booster["acct"] != "grp@lemmy.test" {
		t.Errorf("boosted by %v", booster["acct"])
	}
	inner := home[0]["reblog"].(M)
	if inner["praxis"].(M)["title"] != "Sharp tools" || inner["account"].(M)["acct"] != "dora@third.test" {
		t.Errorf("the thread is %v by %v", inner["praxis"], inner["account"].(M)["acct"])
	}
	// A comment comes into the thread, and not into every home.
	comment := author.Note("2", "and a comment", func(n M) {
		n["inReplyTo"], n["audience"] = post["id"], group.URI
		n["to"], n["cc"] = []string{group.URI, vocab.Public}, []string{}
	})
	w.send(group, announce(group, "an2", create(author, group, "cr2", comment)))
	if n := len(w.ana.Home()); n != 1 {
		t.Errorf("home has %d entries after a comment", n)
	}
	thread := w.ana.Object(http.MethodGet, "/api/v1/statuses/"+inner["id"].(string)+"/context", nil)
	if n := len(thread["descendants"].([]any)); n != 1 {
		t.Errorf("the thread has %d comments", n)
	}
}

func TestA24_RelayedPostIsAskedFromItsAuthorsHost(t *testing.T) {
	w := newWorld(t)
	_, group := w.group("lemmy.test", "lemmy")
	victim := w.NewPeer("victim.test", "mastodon").Actor("vera", "Person")
	// The community makes up words that its author's host does not know of.
	forged := M{
		"id": "https://victim.test/notes/forged", "type": "Page", "attributedTo": victim.URI, "name": "Forged", "content": "forged",
		"to": []string{group.URI, vocab.Public}, "cc": []string{}, "audience": group.URI,
	}
	w.send(group, announce(group, "1", create(victim, group, "c1", forged)))
	if w.hasPost("https://victim.test/notes/forged") {
		t.Error("a post was stored that its author's host does not have")
	}
	// It changes the words of a true post on the way.
	genuine := page(victim, group, "2", "Genuine")
	altered := M{}
	for key, value := range genuine {
		altered[key] = value
	}
	altered["content"] = "<p>altered</p>"
	w.send(group, announce(group, "2", create(victim, group, "c2", altered)))
	if got := w.post(genuine["id"].(string)); strings.Contains(got.Content, "altered") {
		t.Errorf("the community's version was stored: %q", got.Content)
	}
	// It says that the author changed or deleted it.
	w.Clock.Advance(time.Minute)
	altered["updated"] = vocab.FormatTime(w.Clock.Now())
	w.send(group, announce(group, "3", victim.Activity("Update", "u", altered)))
	if got := w.post(genuine["id"].(string)); strings.Contains(got.Content, "altered") {
		t.Errorf("a relayed Update was believed: %q", got.Content)
	}
	w.send(group, announce(group, "4", victim.Activity("Delete", "d", genuine["id"])))
	if !w.hasPost(genuine["id"].(string)) {
		t.Error("a relayed Delete was believed while the post is still there")
	}
	victim.Peer.Serve("/notes/2", http.StatusGone, "text/plain", nil)
	w.Clock.Advance(time.Hour)
	w.send(group, announce(group, "5", victim.Activity("Delete", "d2", genuine["id"])))
	if w.hasPost(genuine["id"].(string)) {
		t.Error("a relayed Delete that the author's host confirms was not carried out")
	}
}

func TestA24_RelayedLikeIsAskedFromItsActorsHost(t *testing.T) {
	w := newWorld(t)
	_, group := w.group("lemmy.test", "lemmy")
	third := w.NewPeer("third.test", "lemmy")
	dora := third.Actor("dora", "Person")
	post := page(dora, group, "1", "Likeable")
	w.send(group, announce(group, "an1", create(dora, group, "cr1", post)))
	id := post["id"].(string)
	like := dora.Activity("Like", "like", id, func(a M) { a["audience"] = group.URI })
	w.send(group, announce(group, "an2", like))
	if n := w.post(id).LikesCount; n != 0 {
		t.Errorf("%d likes of which the liker's host knows nothing", n)
	}
	third.ServeDoc(like)
	w.Clock.Advance(time.Minute)
	w.send(group, announce(group, "an3", like))
	if n := w.post(id).LikesCount; n != 1 {
		t.Errorf("%d likes after one that the liker's host confirms", n)
	}
	// The community's own host speaks for its own people.
	local := group.Peer.Actor("local", "Person")
	w.send(group, announce(group, "an4", local.Activity("Like", "like2", id, func(a M) { a["audience"] = group.URI })))
	if n := w.post(id).LikesCount; n != 2 {
		t.Errorf("%d likes after one by a member of the community's host", n)
	}
}

func TestA25_AnnounceOfAnotherCommunitysActivityIsDropped(t *testing.T) {
	w := newWorld(t)
	_, group := w.group("lemmy.test", "lemmy")
	other := group.Peer.Actor("other", "Group")
	author := w.NewPeer("third.test", "lemmy").Actor("dora", "Person")
	w.send(group, announce(group, "1", create(author, other, "c", page(author, other, "1", "Elsewhere"))))
	if w.hasPost("https://third.test/notes/1") {
		t.Error("a post of another community came in")
	}
}

func TestF10_AnnounceOfAnAnnounceIsNotFollowed(t *testing.T) {
	w := newWorld(t)
	_, group := w.group("lemmy.test", "lemmy")
	author := w.NewPeer("third.test", "lemmy").Actor("dora", "Person")
	other := author.Peer.Actor("group2", "Group")
	inner := announce(other, "inner", create(author, group, "c", page(author, group, "1", "Looped")))
	w.send(group, announce(group, "outer", inner))
	if w.hasPost("https://third.test/notes/1") || w.server.Count("outbox_entry") > 3 {
		t.Error("an announced announcement was followed")
	}
	// Nor by a person: only communities relay.
	w.befriended()
	w.send(w.carl, w.carl.Activity("Announce", "p", create(author, group, "c", page(author, group, "1", "By a person"))))
	if w.hasPost("https://third.test/notes/1") {
		t.Error("a person relayed an activity")
	}
}

func TestA23_WrappersAreResolvedToTheirBase(t *testing.T) {
	w := newWorld(t)
	w.befriended()
	mine := w.ana.Object(http.MethodPost, "/api/v1/statuses", M{"status": "for followers", "visibility": "private"})
	w.send(w.mallory, w.mallory.Activity("Announce", "1", mine["uri"]))
	if n := w.server.Count("post"); n != 1 {
		t.Errorf("%d posts after the boost of a private one", n)
	}
}

func TestObjectFormOfAMicroblogGroupComesHome(t *testing.T) {
	w := newWorld(t)
	_, group := w.group("guppe.test", "guppe")
	author := w.NewPeer("third.test", "mastodon").Actor("dora", "Person")
	note := author.Note("1", "@grp hello", func(n M) {
		n["cc"] = []string{group.URI}
		n["tag"] = []M{{"type": "Mention", "href": group.URI, "name": "@grp@guppe.test"}}
	})
	w.send(group, announce(group, "1", note["id"]))
	home := w.ana.Home()
	if len(home) != 1 || home[0]["reblog"].(M)["uri"] != note["id"] {
		t.Fatalf("home %v", home)
	}
	if got := w.post(note["id"].(string)); got.CommunityID == 0 {
		t.Error("the post does not belong to the group that it names")
	}
	// A group cannot make a part of itself what did not name it.
	other := author.Note("2", "nothing to do with it")
	w.send(group, announce(group, "2", other["id"]))
	if got := w.post(other["id"].(string)); got.CommunityID != 0 {
		t.Error("a group appropriated a post")
	}
}

func TestCommunityRelaysInTheFormThatAPeerReads(t *testing.T) {
	w := newWorld(t)
	forum, blog, silent := w.NewPeer("forum.test", "lemmy"), w.NewPeer("blog.test", "mastodon"), w.NewPeer("silent.test", "")
	for _, peer := range []*testrig.Peer{forum, blog, silent} {
		reader := peer.Actor("reader", "Person")
		w.send(reader, w.follow(reader))
		peer.Received()
	}
	post := w.ana.Post("@woundcare@a.test Two forms\n\nOne for each.")
	w.Settle()
	forms := func(p *testrig.Peer) (activity, object int) {
		for _, got := range p.Received() {
			if got["type"] != "Announce" {
				continue
			}
			if inner, ok := got["object"].(M); ok && inner["type"] == "Create" {
				activity++
				if got["actor"] != w.community.URI || inner["actor"] != w.ana.Actor.URI {
					t.Errorf("relayed by %v: a Create by %v", got["actor"], inner["actor"])
				}
			} else if got["object"] == post["uri"] {
				object++
			}
		}
		return activity, object
	}
	for peer, want := range map[*testrig.Peer][2]int{forum: {1, 0}, blog: {0, 1}, silent: {1, 1}} {
		if activity, object := forms(peer); activity != want[0] || object != want[1] {
			t.Errorf("%s got %d activity forms and %d object forms, want %v", peer.Host, activity, object, want)
		}
	}
	// Replies go to forums only: as boosts they would flood the others.
	w.ana.Reply(post["id"].(string), "a reply")
	w.Settle()
	if activity, _ := forms(forum); activity != 1 {
		t.Errorf("the forum got %d relayed replies", activity)
	}
	if activity, object := forms(blog); activity+object != 0 {
		t.Errorf("the microblog got %d announcements of a reply", activity+object)
	}
}

func TestPostFromAMicroblogIntoACommunityIsRelayedByteForByte(t *testing.T) {
	w := newWorld(t)
	forum := w.NewPeer("forum.test", "lemmy")
	reader := forum.Actor("reader", "Person")
	w.send(reader, w.follow(reader))
	forum.Received()
	note := w.carl.Note("1", "@woundcare A question", func(n M) {
		n["cc"] = []string{w.community.URI}
		n["tag"] = []M{{"type": "Mention", "href": w.community.URI, "name": "@woundcare@a.test"}}
		n["odd:extension"] = M{"kept": []any{1.5, nil, "x"}}
	})
	w.send(w.carl, w.carl.Activity("Create", "c1", note))
	var relayed M
	for _, got := range forum.Received() {
		if inner, ok := got["object"].(M); ok && got["type"] == "Announce" && inner["type"] == "Create" {
			relayed = inner
		}
	}
	if relayed == nil {
		t.Fatal("nothing was relayed")
	}
	if relayed["@context"] == nil || relayed["object"].(M)["odd:extension"] == nil {
		t.Errorf("the relayed activity lost parts: %v", relayed)
	}
	if home := w.ana.Home(); len(home) != 1 || home[0]["reblog"].(M)["uri"] != note["id"] {
		t.Errorf("the convener's home %v", home)
	}
	if got := w.post(note["id"].(string)); got.Title != "A question" {
		t.Errorf("title %q", got.Title)
	}
}

func TestChooseAnswerOfAForum(t *testing.T) {
	w := newWorld(t)
	note := w.carl.Note("q", "How?", func(n M) { n["cc"] = []string{w.community.URI}; n["name"] = "How?" })
	w.send(w.carl, w.carl.Activity("Create", "c", note))
	question := w.ana.Locate(note["id"].(string))
	answer := w.ana.Reply(question["id"].(string), "Thus.")
	w.Settle()
	choose := func(a *testrig.PeerActor, id string) M {
		return a.Activity("ChooseAnswer", id, answer["uri"], func(c M) { c["audience"] = w.community.URI })
	}
	solved := func() any { return w.ana.Locate(note["id"].(string))["praxis"].(M)["solved"] }
	w.send(w.mallory, choose(w.mallory, "m"))
	if solved() != false {
		t.Error("somebody else chose the answer")
	}
	w.send(w.carl, choose(w.carl, "c1"))
	if solved() != true {
		t.Error("the asker's choice was not taken")
	}
	w.send(w.carl, w.carl.Activity("Undo", "c2", choose(w.carl, "c1")))
	if solved() != false {
		t.Error("the asker's withdrawal was not taken")
	}
}

func TestAnnouncedActivityMayBeNamedByItsID(t *testing.T) {
	w := newWorld(t)
	_, group := w.group("lemmy.test", "lemmy")
	author := w.NewPeer("third.test", "lemmy").Actor("dora", "Person")
	activity := create(author, group, "c", page(author, group, "1", "By its name"))
	author.Peer.ServeDoc(activity)
	w.send(group, announce(group, "an", activity["id"]))
	if home := w.ana.Home(); len(home) != 1 {
		t.Errorf("home has %d entries", len(home))
	}
	if !w.hasPost("https://third.test/notes/1") {
		t.Error("the post did not come in")
	}
}
