package directory_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"praxis/federation/vocab"
	"praxis/internal/text"
	"praxis/models"
	"praxis/practice"
)

func (w *world) draft(doc M) (practice.Draft, error) {
	w.t.Helper()
	object, err := vocab.DecodeObject(encode(w.t, doc))
	w.ok(err)
	return w.dir.Draft(w.t.Context(), object)
}

func TestObjectsBecomeReadablePosts(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		doc     M
		title   string
		content []string // what a reader finds in the text
		spoiler string
	}{
		"Note with a warning": {M{"type": "Note", "content": "<p>deep</p>", "summary": "careful", "sensitive": true}, "", []string{"deep"}, "careful"},
		"Article": {
			M{"type": "Article", "name": "On wounds", "content": "<p>They heal.</p>", "summary": "An abstract"},
			"On wounds",
			[]string{"They heal."},
			"",
		},
		"Article without a text": {
			M{"type": "Article", "name": "On wounds", "content": nil, "summary": "<p>An abstract</p>"},
			"On wounds",
			[]string{"An abstract"},
			"",
		},
		"Page of a link": {
			M{"type": "Page", "name": "Look", "content": nil, "attachment": []M{{"type": "Link", "href": "https://example.org/x"}}},
			"Look", nil, "",
		},
		"Question": {
			M{"type": "Question", "content": "<p>Which?</p>", "oneOf": []M{{"type": "Note", "name": "Foam <b>"}, {"type": "Note", "name": "Honey"}}},
			"",
			[]string{"Which?"},
			"",
		},
		"Event": {
			M{
				"type": "Event", "name": "Meeting", "content": "<p>Come.</p>", "startTime": "2026-04-01T18:30:00+02:00", "url": "https://peer.test/e/1",
				"location": M{"type": "Place", "name": "Room 5 <x>"},
			},
			"Meeting",
			[]string{"Come.", "2026-04-01 16:30 UTC", "Room 5 <x>", "https://peer.test/e/1"},
			"",
		},
		"Video": {
			M{
				"type": "Video", "name": "Film", "content": "One *line*\r\n\r\nAnother <line>\r\nhttps://example.org", "mediaType": "text/markdown",
				"url": []M{{"type": "Link", "mediaType": "video/mp4", "href": "https://peer.test/v.mp4"}, {"type": "Link", "mediaType": "text/html", "href": "https://peer.test/v/1"}},
			},
			"Film",
			[]string{"One *line*\n\nAnother <line>\nhttps://example.org", "https://peer.test/v/1"},
			"",
		},
		"Note of plain text":             {M{"type": "Note", "content": "1 < 2\nreally", "mediaType": "text/plain"}, "", []string{"1 < 2\nreally"}, ""},
		"Note that is wrong of its type": {M{"type": "Note", "content": "<p>bold</p>", "mediaType": "text/markdown"}, "", []string{"bold"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			note := w.carl.Note(strings.ReplaceAll(name, " ", "-"), "", func(n M) {
				for key, value := range c.doc {
					if n[key] = value; value == nil {
						delete(n, key)
					}
				}
			})
			post := w.locate(note["id"].(string))
			if post.Title != c.title || post.SpoilerText != c.spoiler || post.Type != c.doc["type"] {
				t.Errorf("title %q, warning %q, type %s", post.Title, post.SpoilerText, post.Type)
			}
			plain := text.Plain(post.Content)
			for _, want := range c.content {
				if !strings.Contains(plain, want) {
					t.Errorf("%q is not in\n%s\nof %s", want, plain, post.Content)
				}
			}
		})
	}
	for _, kind := range []string{"Tombstone", "ChatMessage", "Create", "Person", "Collection"} {
		_, err := w.draft(w.carl.Note("no-"+kind, "", func(n M) { n["type"] = kind }))
		w.fails(err, models.Invalid, kind)
	}
	_, err := w.draft(w.carl.Note("vote", "", func(n M) { n["name"], n["inReplyTo"] = "Foam", "https://peer.test/notes/q"; delete(n, "content") }))
	w.fails(err, models.Invalid, "the vote of a poll")
}

// TestA12_AnAuthorIsOnTheObjectsHost: nothing on one host makes a post of somebody at another.
func TestA12_AnAuthorIsOnTheObjectsHost(t *testing.T) {
	w := newWorld(t)
	evil := w.NewPeer("evil.test", "")
	eve := evil.Actor("eve", "Person")
	w.actor(w.carl.URI)
	for what, owner := range map[string]any{
		"the victim": w.carl.URI, "both": []string{eve.URI, w.carl.URI}, "nobody": nil,
	} {
		note := eve.Note(strings.ReplaceAll(what, " ", "-"), "forged", func(n M) {
			if n["attributedTo"] = owner; owner == nil {
				delete(n, "attributedTo")
			}
		})
		_, _, err := w.dir.FindByURI(t.Context(), note["id"].(string))
		w.fails(err, models.Invalid, what)
	}
	// The owner's address is on the attacker's host, and the document there calls itself the victim.
	w.serve(evil, "/users/mask", changed(eve.Doc, M{"id": w.carl.URI}))
	note := eve.Note("masked", "forged", func(n M) { n["attributedTo"] = "https://evil.test/users/mask" })
	_, _, err := w.dir.FindByURI(t.Context(), note["id"].(string))
	w.fails(err, models.Invalid, "an owner that leads to the victim")
	if n := w.server.Count("post"); n != 0 {
		t.Errorf("%d forged posts were stored", n)
	}
	// And a note that calls itself one of the victim's host is taken from there only.
	w.serve(evil, "/notes/x", w.carl.Note("real", "what carl said"))
	if post := w.locate("https://evil.test/notes/x"); post.URI != "https://peer.test/notes/real" || !strings.Contains(post.Content, "what carl said") {
		t.Errorf("found %s", post.URI)
	}
}

// chain serves a thread of notes by carl, each the answer to the one before, and gives the last id.
func (w *world) chain(length int) string {
	var last string
	for i := range length {
		note := w.carl.Note(fmt.Sprintf("c%d", i), "link", func(n M) {
			if i > 0 {
				n["inReplyTo"] = last
			}
		})
		last = note["id"].(string)
	}
	return last
}

func TestC15_ThreadsAreFollowedUpOnlySoFar(t *testing.T) {
	w := newWorld(t)
	last := w.chain(100)
	n := w.asked("peer.test", func() { w.locate(last) })
	if n > 41 {
		t.Errorf("%d requests for one post", n)
	}
	stored := w.server.Count("post")
	if stored < 20 || stored > 31 {
		t.Errorf("%d posts of the thread are stored", stored)
	}
	// What is there hangs together: from the post upwards.
	post := w.locate(last)
	thread, err := w.read().Thread(post.ThreadID, models.Anonymous, 100)
	if w.ok(err); int64(len(thread)) != stored {
		t.Errorf("%d of %d posts are in the post's thread", len(thread), stored)
	}
}

// TestThreadOfManyAuthors: where the requests of a task do not last for everybody, the post that was wanted is there, and
// the nearest above it.
func TestThreadOfManyAuthors(t *testing.T) {
	w := newWorld(t)
	var last string
	for i := range 20 {
		author := w.NewPeer(fmt.Sprintf("h%d.test", i), "mastodon").Actor("author", "Person")
		last = author.Note("1", "link", func(n M) {
			if last != "" {
				n["inReplyTo"] = last
			}
		})["id"].(string)
	}
	post := w.locate(last)
	if post.InReplyToID == 0 {
		t.Fatal("the post does not hang on the one above it")
	}
	thread, err := w.read().Thread(post.ThreadID, models.Anonymous, 100)
	if w.ok(err); int64(len(thread)) != w.server.Count("post") || len(thread) < 3 {
		t.Errorf("%d posts are in the thread, %d are stored", len(thread), w.server.Count("post"))
	}
}

func TestThreadsThatGoInCircles(t *testing.T) {
	w := newWorld(t)
	answers := func(id, parent string) M {
		return w.carl.Note(id, "link", func(n M) { n["inReplyTo"] = "https://peer.test/notes/" + parent })
	}
	answers("a", "b")
	answers("b", "a")
	answers("x", "y")
	answers("y", "z")
	answers("z", "x")
	self := answers("self", "self")
	for _, uri := range []string{"https://peer.test/notes/a", "https://peer.test/notes/b", "https://peer.test/notes/y", "https://peer.test/notes/x", self["id"].(string)} {
		post := w.locate(uri)
		// Upwards there is an end.
		for steps := 0; post.InReplyToID != 0; steps++ {
			if steps > 10 {
				t.Fatalf("%s: there is no end upwards", uri)
			}
			parent, err := w.read().Post(post.InReplyToID)
			w.ok(err)
			if parent.ThreadID != post.ThreadID {
				t.Errorf("%s: %s is in another thread than %s", uri, post.URI, parent.URI)
			}
			post = parent
		}
	}
	if n := w.server.Count("post"); n != 6 {
		t.Errorf("%d posts are stored, there are six", n)
	}
}

func TestC16_MentionsAreLookedUpOnlySoFar(t *testing.T) {
	w := newWorld(t)
	var tags []M
	for i := range 60 {
		stranger := w.peer.Actor(fmt.Sprintf("s%d", i), "Person")
		tags = append(tags, M{"type": "Mention", "href": stranger.URI, "name": "@" + stranger.Name})
	}
	known := w.peer.Actor("known", "Person")
	w.actor(known.URI)
	tags = append(tags, M{"type": "Mention", "href": known.URI}, M{"type": "Mention", "href": w.ana.Actor.URI})
	note := w.carl.Note("1", "hello all", func(n M) { n["tag"] = tags })
	before := w.server.Count("actor")
	n := w.asked("peer.test", func() { w.locate(note["id"].(string)) })
	if made := w.server.Count("actor") - before; made > 9 || n > 41 {
		t.Errorf("%d actors were made by one post, with %d requests", made, n)
	}
	parts, err := w.read().PostParts([]int64{w.locate(note["id"].(string)).ID})
	w.ok(err)
	named := map[string]bool{}
	for _, list := range parts.Mentions {
		for _, actor := range list {
			named[actor.URI] = true
		}
	}
	if !named[known.URI] || !named[w.ana.Actor.URI] {
		t.Error("whom we know is not among those that the post names")
	}
}

func TestVisibilityOfAnObject(t *testing.T) {
	w := newWorld(t)
	followers := w.carl.URI + "/followers"
	for i, c := range []struct {
		to, cc any
		want   string
	}{
		{[]string{vocab.Public}, []string{followers}, models.Public},
		{"as:Public", nil, models.Public},
		{"Public", nil, models.Public},
		{[]string{followers}, []string{vocab.Public}, models.Unlisted},
		{followers, nil, models.Private},
		{[]string{w.ana.Actor.URI}, []string{followers}, models.Private},
		{[]string{w.ana.Actor.URI}, nil, models.Direct},
		{nil, nil, models.Direct},
		{[]string{"https://other.test/users/x/followers"}, nil, models.Direct},
	} {
		draft, err := w.draft(w.carl.Note(fmt.Sprintf("v%d", i), "x", func(n M) { n["to"], n["cc"] = c.to, c.cc }))
		if w.ok(err); draft.Visibility != c.want {
			t.Errorf("to %v, cc %v is %s and not %s", c.to, c.cc, draft.Visibility, c.want)
		}
	}
}

func TestFetchedPostsNotifyNobody(t *testing.T) {
	w := newWorld(t)
	note := w.carl.Note("1", "hello ana", func(n M) {
		n["tag"], n["cc"] = []M{{"type": "Mention", "href": w.ana.Actor.URI}}, []string{w.ana.Actor.URI}
	})
	w.locate(note["id"].(string))
	if w.server.Count("notification") != 0 || w.server.Count("home_entry") != 0 {
		t.Error("a post that was looked up is told as news")
	}
	if n := w.asked("peer.test", func() { w.locate(note["id"].(string)) }); n != 0 {
		t.Errorf("a known post is asked for %d times", n)
	}
	w.peer.Serve("/notes/gone", http.StatusGone, "text/plain", nil)
	_, _, err := w.dir.FindByURI(t.Context(), "https://peer.test/notes/gone")
	w.fails(err, models.Gone, "a post that is gone")
	_, _, err = w.dir.FindByURI(t.Context(), "https://peer.test/notes/never")
	w.fails(err, models.NotFound, "a post that never was")
}
