package directory_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"praxis/models"
)

func encode(t *testing.T, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestFindByHandle(t *testing.T) {
	w := newWorld(t)
	carl := w.find("carl", "PEER.test")
	if carl.URI != w.carl.URI || carl.Handle != "carl@peer.test" || carl.PublicKeyID != w.carl.URI+"#main-key" {
		t.Errorf("found %s, %s with key %s", carl.URI, carl.Handle, carl.PublicKeyID)
	}
	if n := w.asked("peer.test", func() { w.find("carl", "peer.test") }); n != 0 {
		t.Errorf("who is known is asked for again, %d times", n)
	}
	for what, c := range map[string]struct {
		user, host string
		want       models.Code
	}{
		"nobody there":          {"nobody", "peer.test", models.NotFound},
		"no such host":          {"carl", "nowhere.test", models.Unavailable},
		"no handle":             {"a b", "peer.test", models.NotFound},
		"nobody here":           {"nobody", "a.test", models.NotFound},
		"a host that is a path": {"carl", "peer.test/x", models.NotFound},
	} {
		_, err := w.dir.FindByHandle(t.Context(), c.user, c.host)
		w.fails(err, c.want, what)
	}
	if ana := w.find("ANA", "a.test"); ana.ID != w.ana.Actor.ID {
		t.Errorf("found %s", ana.URI)
	}
}

// TestA27_WeAreNeverAsked: whatever the way, this instance sends no request to itself.
func TestA27_WeAreNeverAsked(t *testing.T) {
	w := newWorld(t)
	post := w.ana.Post("hello")
	w.finger(w.peer, "mirror", "peer.test", "mirror@peer.test", w.ana.Actor.URI)
	note := w.carl.Note("1", "mirror", func(n M) {
		n["inReplyTo"] = "https://a.test/o/404"
		n["tag"] = []M{{"type": "Mention", "href": "https://a.test/u/nobody"}, {"type": "Mention", "href": "https://A.test:443/u/nobody"}}
	})
	w.serve(w.peer, "/redirected", M{"id": "https://a.test/u/ana", "type": "Person"})
	n := w.asked("a.test", func() {
		for _, uri := range []string{
			"https://a.test/u/nobody", "https://A.TEST/u/nobody", "https://a.test:443/u/nobody", "https://a.test./u/nobody", "http://a.test/u/nobody",
			"https://a.test/@nobody", "https://a.test/o/404", "https://peer.test/redirected",
		} {
			if _, _, err := w.dir.FindByURI(t.Context(), uri); err == nil {
				t.Errorf("%s was found", uri)
			}
			if _, err := w.dir.Actor(t.Context(), uri); err == nil {
				t.Errorf("%s is an actor", uri)
			}
			if _, err := w.dir.Key(t.Context(), uri+"#main-key", true); err == nil {
				t.Errorf("%s has a key", uri)
			}
		}
		_, _ = w.dir.FindByHandle(t.Context(), "mirror", "peer.test")
		_, _ = w.dir.FindByHandle(t.Context(), "nobody", "A.test")
		w.locate(note["id"].(string))
	})
	if n != 0 {
		t.Errorf("we asked ourselves %d times", n)
	}
	for _, uri := range []string{w.ana.Actor.URI, "https://a.test/@ana", "https://A.test/@Ana"} {
		if actor, _, err := w.dir.FindByURI(t.Context(), uri); err != nil || actor == nil || actor.ID != w.ana.Actor.ID {
			t.Errorf("%s: %v", uri, err)
		}
	}
	for _, uri := range []string{post["uri"].(string), post["url"].(string)} {
		if found := w.locate(uri); found.URI != post["uri"] {
			t.Errorf("%s is %s", uri, found.URI)
		}
	}
}

func TestA29_HandlesHoldInBothDirections(t *testing.T) {
	w := newWorld(t)
	evil := w.NewPeer("evil.test", "")
	eve := evil.Actor("eve", "Person")
	// A host that claims somebody else's actor for a name of its own: the actor's own host has the last word.
	w.finger(evil, "famous", "evil.test", "famous@evil.test", w.carl.URI)
	_, err := w.dir.FindByHandle(t.Context(), "famous", "evil.test")
	w.fails(err, models.NotFound, "a name at another host that the actor does not know")
	if carl := w.actor(w.carl.URI); carl.Handle != "carl@peer.test" {
		t.Errorf("carl is called %s", carl.Handle)
	}
	// An answer that names a handle at another host, which does not confirm it.
	w.finger(evil, "eve", "evil.test", "carl@peer.test", eve.URI)
	if actor, err := w.dir.FindByHandle(t.Context(), "eve", "evil.test"); err == nil && actor.Handle != "eve@evil.test" {
		t.Errorf("eve is called %s", actor.Handle)
	}
	if actor, err := w.dir.Actor(t.Context(), eve.URI); err == nil && actor.Handle != "eve@evil.test" {
		t.Errorf("eve is called %s", actor.Handle)
	}
	if carl := w.find("carl", "peer.test"); carl.URI != w.carl.URI {
		t.Errorf("carl@peer.test is %s", carl.URI)
	}
}

// split makes an actor on social.split.test that goes by the name of split.test.
func (w *world) split() (uri string) {
	social, apex := w.NewPeer("social.split.test", "mastodon"), w.NewPeer("split.test", "")
	dora := social.Actor("dora", "Person")
	w.finger(social, "dora", "social.split.test", "dora@split.test", dora.URI)
	w.finger(apex, "dora", "split.test", "dora@split.test", dora.URI)
	return dora.URI
}

func TestSplitDomain(t *testing.T) {
	w := newWorld(t)
	uri := w.split()
	for _, host := range []string{"social.split.test", "split.test"} {
		if dora := w.find("dora", host); dora.Handle != "dora@split.test" || dora.URI != uri {
			t.Errorf("found %s, %s", dora.Handle, dora.URI)
		}
	}
}

// TestSplitDomainKeepsItsName: the name does not change because the host that lends it is down for an hour.
func TestSplitDomainKeepsItsName(t *testing.T) {
	w := newWorld(t)
	uri := w.split()
	w.find("dora", "split.test")
	w.Network.SetDown("split.test", true)
	w.Clock.Advance(25 * time.Hour)
	dora, err := w.dir.Refresh(t.Context(), uri)
	w.ok(err)
	if dora.Handle != "dora@split.test" {
		t.Errorf("dora is called %s while split.test is down", dora.Handle)
	}
	w.Network.SetDown("split.test", false)
	w.Clock.Advance(25 * time.Hour)
	if dora := w.actor(uri); dora.Handle != "dora@split.test" {
		t.Errorf("dora is called %s", dora.Handle)
	}
}

func TestA03_SpoofedID(t *testing.T) {
	w := newWorld(t)
	evil := w.NewPeer("evil.test", "")
	eve := evil.Actor("eve", "Person")
	before := *w.actor(w.carl.URI)
	spoof := changed(eve.Doc, M{"id": w.carl.URI, "name": "not carl"})
	w.serve(evil, "/users/spoof", spoof)
	w.finger(evil, "spoof", "evil.test", "spoof@evil.test", "https://evil.test/users/spoof")
	_, err := w.dir.FindByHandle(t.Context(), "spoof", "evil.test")
	w.fails(err, models.NotFound, "a spoofed actor by handle")
	if actor, err := w.dir.Refresh(t.Context(), "https://evil.test/users/spoof"); err == nil && actor.DisplayName != "carl" {
		t.Errorf("the spoofed document was taken: %s", actor.DisplayName)
	}
	after, err := w.read().ActorByURI(w.carl.URI)
	w.ok(err)
	if after.PublicKeyPEM != before.PublicKeyPEM || after.DisplayName != before.DisplayName || after.Inbox != before.Inbox || after.Handle != before.Handle {
		t.Errorf("carl became %+v", after)
	}
	// The id is one that its host does not have.
	w.serve(evil, "/users/ghost", changed(eve.Doc, M{"id": "https://peer.test/users/ghost"}))
	if _, err := w.dir.Refresh(t.Context(), "https://evil.test/users/ghost"); err == nil {
		t.Error("an actor that its own host does not have was taken")
	}
	if !w.isUnknown("https://peer.test/users/ghost") {
		t.Error("the ghost is stored")
	}
}

func TestActorsThatAreNotUsable(t *testing.T) {
	w := newWorld(t)
	for what, change := range map[string]M{
		"no inbox":          {"inbox": nil},
		"an inbox far away": {"inbox": "https://elsewhere.test/inbox"},
		"no name":           {"preferredUsername": nil},
		"a bad name":        {"preferredUsername": "a@b"},
	} {
		id := "https://peer.test/users/" + strings.ReplaceAll(what, " ", "-")
		w.peer.ServeDoc(changed(w.carl.Doc, changedID(id, change)))
		_, err := w.dir.Actor(t.Context(), id)
		w.fails(err, models.Invalid, what)
		if !w.isUnknown(id) {
			t.Errorf("%s: stored", what)
		}
	}
	w.serve(w.peer, "/users/html", w.carl.Doc)
	w.peer.Serve("/users/html", http.StatusOK, "text/html", encode(t, w.carl.Doc))
	_, err := w.dir.Actor(t.Context(), "https://peer.test/users/html")
	w.fails(err, models.Invalid, "a document of another type")
}

func changedID(id string, change M) M {
	out := M{"id": id}
	for key, value := range change {
		out[key] = value
	}
	return out
}

func TestAddressesThatLeadToTheID(t *testing.T) {
	w := newWorld(t)
	w.serve(w.peer, "/@carl", w.carl.Doc) // the page, for those who ask for ActivityStreams
	actor, _, err := w.dir.FindByURI(t.Context(), "https://peer.test/@carl")
	w.ok(err)
	if actor.URI != w.carl.URI {
		t.Errorf("found %s", actor.URI)
	}
	note := w.carl.Note("1", "hello")
	w.serve(w.peer, "/@carl/1", note)
	if post := w.locate("https://peer.test/@carl/1"); post.URI != note["id"] {
		t.Errorf("found %s", post.URI)
	}
	for what, uri := range map[string]string{"a word": "carl", "a mail address": "mailto:carl@peer.test", "a file": "file:///etc/passwd", "nothing": ""} {
		_, _, err := w.dir.FindByURI(t.Context(), uri)
		w.fails(err, models.NotFound, what)
	}
}

// TestSearchIsAgreedTo: the posts of who says nothing of it are not searched by words.
func TestSearchIsAgreedTo(t *testing.T) {
	for said, want := range map[any]bool{nil: false, false: false, true: true} {
		w := newWorld(t)
		doc := changed(w.carl.Doc, M{"indexable": said})
		if said == nil {
			delete(doc, "indexable")
		}
		w.peer.ServeDoc(doc)
		if got := w.actor(w.carl.URI); got.Indexable != want {
			t.Errorf("indexable %v is stored as %v", said, got.Indexable)
		}
	}
}

func TestActorsAreRefreshedAfterADay(t *testing.T) {
	w := newWorld(t)
	w.actor(w.carl.URI)
	w.peer.ServeDoc(changed(w.carl.Doc, M{"name": "Carl the Second"}))
	w.Clock.Advance(23 * time.Hour)
	if n := w.asked("peer.test", func() { w.actor(w.carl.URI) }); n != 0 {
		t.Errorf("a fresh actor is asked for %d times", n)
	}
	w.Clock.Advance(2 * time.Hour)
	before := w.actor(w.carl.URI)
	if before.DisplayName != "Carl the Second" {
		t.Errorf("after a day the actor is called %s", before.DisplayName)
	}
	// While its host is down, or talks nonsense, what is known stays.
	for what, breakIt := range map[string]func(){
		"down":     func() { w.Network.SetDown("peer.test", true) },
		"broken":   func() { w.peer.Serve("/users/carl", http.StatusInternalServerError, "text/plain", nil) },
		"nonsense": func() { w.serve(w.peer, "/users/carl", M{"id": w.carl.URI, "type": "Person"}) },
	} {
		w.Clock.Advance(25 * time.Hour)
		breakIt()
		if got := w.actor(w.carl.URI); got.DisplayName != "Carl the Second" || got.ID != before.ID {
			t.Errorf("%s: the actor is %+v", what, got)
		}
		if got := w.find("carl", "peer.test"); got.ID != before.ID {
			t.Errorf("%s: found %s", what, got.URI)
		}
		w.Network.SetDown("peer.test", false)
		w.peer.ServeDoc(changed(w.carl.Doc, M{"name": "Carl the Second"}))
	}
}

func TestActorsThatAreGone(t *testing.T) {
	w := newWorld(t)
	w.peer.Serve("/users/dead", http.StatusGone, "text/plain", nil)
	_, err := w.dir.Actor(t.Context(), "https://peer.test/users/dead")
	w.fails(err, models.Gone, "an unknown actor")
	w.actor(w.carl.URI)
	w.Clock.Advance(25 * time.Hour)
	w.peer.Serve("/users/carl", http.StatusGone, "text/plain", nil)
	_, err = w.dir.Actor(t.Context(), w.carl.URI)
	w.fails(err, models.Gone, "an actor that is gone since")
	_, err = w.dir.FindByHandle(t.Context(), "carl", "peer.test")
	w.fails(err, models.Gone, "its handle")
	// One that was deleted here is not asked for any more.
	w.ok(w.server.Service.DeleteActor(t.Context(), mustActor(w, w.carl.URI)))
	if n := w.asked("peer.test", func() {
		if _, err := w.dir.Refresh(t.Context(), w.carl.URI); err == nil {
			t.Error("a deleted actor came back")
		}
		_, _ = w.dir.Actor(t.Context(), w.carl.URI)
	}); n > 1 {
		t.Errorf("a deleted actor is asked for %d times", n)
	}
}

func mustActor(w *world, uri string) *models.Actor {
	w.t.Helper()
	actor, err := w.read().ActorByURI(uri)
	w.ok(err)
	return actor
}

func TestModeratorsAreLearned(t *testing.T) {
	w := newWorld(t)
	lemmy := w.NewPeer("lemmy.test", "lemmy")
	group, leo := lemmy.Actor("grp", "Group"), lemmy.Actor("leo", "Person")
	w.actor(leo.URI)
	w.actor(w.carl.URI)
	list := "https://lemmy.test/c/grp/moderators"
	lemmy.ServeDoc(changed(group.Doc, M{"attributedTo": list, "postingRestrictedToMods": true}))
	moderators := func(uris ...string) M {
		return M{"id": list, "type": "OrderedCollection", "totalItems": len(uris), "orderedItems": uris}
	}
	lemmy.ServeDoc(moderators(leo.URI, "https://lemmy.test/u/unknown", w.ana.Actor.URI))
	community := w.actor(group.URI)
	if !community.IsCommunity() || !community.ModeratorsPost {
		t.Errorf("the community is %+v", community)
	}
	moderates := func(uri string, want bool) {
		t.Helper()
		got, err := w.read().IsModerator(community.ID, mustActor(w, uri).ID)
		if w.ok(err); got != want {
			t.Errorf("%s moderates: %v", uri, got)
		}
	}
	moderates(leo.URI, true)
	moderates(w.ana.Actor.URI, true)
	moderates(w.carl.URI, false)
	w.Clock.Advance(25 * time.Hour)
	lemmy.ServeDoc(moderators(w.carl.URI))
	w.actor(group.URI)
	moderates(leo.URI, false)
	moderates(w.carl.URI, true)
	// What cannot be had changes nothing.
	w.Clock.Advance(25 * time.Hour)
	lemmy.Serve("/c/grp/moderators", http.StatusBadGateway, "text/plain", nil)
	w.actor(group.URI)
	moderates(w.carl.URI, true)
}

func TestSoftwareIsLearnedOnceADay(t *testing.T) {
	w := newWorld(t)
	w.actor(w.carl.URI)
	software := func(want string) {
		t.Helper()
		peer, err := w.read().Peer("peer.test")
		if w.ok(err); peer.Software != want {
			t.Errorf("peer.test runs %q, want %q", peer.Software, want)
		}
	}
	software("mastodon")
	again := func() { w.dir.LearnSoftware(t.Context(), "peer.test") }
	if n := w.asked("peer.test", again); n != 0 {
		t.Errorf("asked %d times on the same day", n)
	}
	w.Clock.Advance(25 * time.Hour)
	w.peer.ServeJSON("/.well-known/nodeinfo", M{"links": []M{}})
	if n := w.asked("peer.test", again); n != 1 {
		t.Errorf("asked %d times on the next day", n)
	}
	software("mastodon") // what was known stays
	if n := w.asked("peer.test", again); n != 0 {
		t.Errorf("who does not say is asked %d times again", n)
	}
	if n := w.asked("a.test", func() { w.dir.LearnSoftware(t.Context(), "a.test") }); n != 0 {
		t.Error("we asked ourselves")
	}
}
