package peers

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestMicroblogs: two people of which one is on a microblog server follow each other, write, answer, boost and like.
func TestMicroblogs(t *testing.T) {
	for _, d := range microblogs {
		t.Run(d.software, func(t *testing.T) {
			f := newFake(t, d)
			f.befriend()
			f.theyWrite()
			f.weWrite()
			f.communityIsBoosted()
		})
	}
}

func (f *fake) befriend() {
	f.t.Helper()
	mia := f.ana.Follow("@mia@peer.test")["id"].(string)
	f.send(f.mia, f.accept(f.mia, f.one(f.hear(), "Follow")))
	f.send(f.mia, f.follow(f.mia, f.ana.Actor.URI))
	f.one(f.hear(), "Accept")
	got := f.ana.List("/api/v1/accounts/relationships?id[]=" + mia)[0]
	if got["following"] != true || got["followed_by"] != true {
		f.t.Fatalf("relationship %v", got)
	}
}

// toot is a post of mia's for everybody, with more people named.
func (f *fake) toot(text string, named ...string) M {
	doc := f.thread(f.mia.URI+"/followers", "", text)
	cc, tags := []any{f.mia.URI + "/followers"}, []any{}
	for _, uri := range named {
		cc, tags = append(cc, uri), append(tags, M{"type": "Mention", "href": uri, "name": "@somebody"})
	}
	doc["cc"], doc["tag"] = cc, tags
	f.peer.ServeDoc(doc)
	return doc
}

// theyWrite: mia's post comes home; it is answered, liked, boosted, edited, deleted.
func (f *fake) theyWrite() {
	f.t.Helper()
	post := f.toot("Good morning")
	f.send(f.mia, f.act("Create", f.mia.URI, post))
	seen := find(f.ana, post["id"])
	if seen == nil || !strings.Contains(seen["content"].(string), "Good morning") {
		f.t.Fatalf("ana's home %v", f.ana.Home())
	}
	path := "/api/v1/statuses/" + seen["id"].(string)
	f.ana.Reply(seen["id"].(string), "@mia@peer.test And to you")
	answer := f.one(f.hear(), "Create")["object"].(M)
	mentioned := false
	for _, tag := range listOf(answer["tag"]) {
		mentioned = mentioned || tag.(M)["href"] == f.mia.URI && tag.(M)["type"] == "Mention"
	}
	if answer["inReplyTo"] != post["id"] || !mentioned {
		f.t.Errorf("the answer arrives as %v", answer)
	}
	for verb, want := range map[string]string{"favourite": "Like", "reblog": "Announce"} {
		f.ana.Object(http.MethodPost, path+"/"+verb, nil)
		if got := f.one(f.hear(), want); got["object"] != post["id"] {
			f.t.Errorf("%s arrives as %v", verb, got)
		}
		f.ana.Object(http.MethodPost, path+"/un"+verb, nil)
		if got := f.one(f.hear(), "Undo"); got["object"].(M)["object"] != post["id"] || got["object"].(M)["type"] != want {
			f.t.Errorf("un%s arrives as %v", verb, got)
		}
	}
	f.Clock.Advance(time.Minute)
	f.send(f.mia, f.edited(f.mia.URI, post, "Good evening"))
	if got := status(f.ana, seen["id"]); !strings.Contains(got["content"].(string), "Good evening") {
		f.t.Errorf("after the edit: %v", got["content"])
	}
	gone := f.deleted(f.mia.URI, post)
	gone["object"] = M{"id": post["id"], "type": "Tombstone", "atomUri": post["id"]}
	f.send(f.mia, gone)
	if !isGone(f.ana, seen["id"]) {
		f.t.Error("the deleted post is still there")
	}
}

// weWrite: mia boosts and likes what ana wrote, names her, and takes the boost back.
func (f *fake) weWrite() {
	f.t.Helper()
	post := f.ana.Post("From here")
	if got := f.one(f.hear(), "Create")["object"].(M); got["id"] != post["uri"] {
		f.t.Errorf("mia hears %v", got)
	}
	boost := f.act("Announce", f.ana.Actor.URI, post["uri"])
	f.send(f.mia, boost)
	f.send(f.mia, f.act("Like", f.ana.Actor.URI, post["uri"]))
	reply := f.toot("@ana Well said", f.ana.Actor.URI)
	reply["inReplyTo"] = post["uri"]
	f.peer.ServeDoc(reply)
	f.send(f.mia, f.act("Create", f.mia.URI, reply))
	own := status(f.ana, post["id"])
	if own["reblogs_count"] != 1.0 || own["favourites_count"] != 1.0 || own["replies_count"] != 1.0 {
		f.t.Errorf("ana counts %v boosts, %v likes, %v replies", own["reblogs_count"], own["favourites_count"], own["replies_count"])
	}
	kinds := map[any]int{}
	for _, note := range f.ana.List("/api/v1/notifications") {
		kinds[note["type"]]++
	}
	if kinds["reblog"] != 1 || kinds["favourite"] != 1 || kinds["mention"] != 1 || kinds["follow"] != 1 {
		f.t.Errorf("ana is told %v", kinds)
	}
	f.send(f.mia, f.act("Undo", f.ana.Actor.URI, boost))
	if got := status(f.ana, post["id"]); got["reblogs_count"] != 0.0 {
		f.t.Errorf("%v boosts after it was taken back", got["reblogs_count"])
	}
	f.hear()
}

// communityIsBoosted: of a community, its followers on microblogs hear threads as boosts, each once, and no replies.
func (f *fake) communityIsBoosted() {
	f.t.Helper()
	f.send(f.mia, f.act("Undo", f.ana.Actor.URI, M{"id": f.id("activity"), "type": "Follow", "actor": f.mia.URI, "object": f.ana.Actor.URI}))
	f.joins()
	bo := f.server.Member("bo")
	post := bo.Post("@care In short\n\nAt length.")
	heard := f.hear()
	if len(heard) != 1 || heard[0]["type"] != "Announce" || heard[0]["object"] != post["uri"] || heard[0]["actor"] != f.care.URI {
		f.t.Errorf("a thread is heard as %s", show(heard))
	}
	bo.Reply(post["id"].(string), "One thing more.")
	if heard := f.hear(); len(heard) != 0 {
		f.t.Errorf("a reply is heard as %s", show(heard))
	}
}
