package peers

import (
	"net/http"
	"strings"
)

// dialect is how one software speaks and what it takes.
type dialect struct {
	software      string
	person, group string            // paths of actors; no group for software without communities
	ids           map[string]string // forms of ids: post, comment, activity, announce
	thread, reply func(*fake, M)
	activity      func(*fake, M)
	accept        func(*fake, M)
	relay         func(f *fake, activity M) []M
	prepare       func(*fake)
	person1       func(M) // what its actors have more
	group1        func(M)
	// objects: their community announces posts only, so that reactions and edits come from their authors.
	objects bool
	// quiet: its members write in their own community only.
	quiet  bool
	strict func(f *fake, activity M) []string
}

func (d *dialect) dressPerson(doc M) {
	if d.person1 != nil {
		d.person1(doc)
	}
}

func (d *dialect) dressGroup(doc M) {
	if d.group1 != nil {
		d.group1(doc)
	}
}

// forums are the software that knows communities.
var forums = []*dialect{lemmy(), piefed(), mbin(), nodebb(), discourse(), mobilizon(), wordpress(), guppe()}

// microblogs are those that know people only.
var microblogs = []*dialect{mastodon(), gotosocial()}

func lemmy() *dialect {
	return &dialect{
		software: "lemmy", person: "/u/mia", group: "/c/grp",
		ids: map[string]string{
			"activity": "/activities/any/0f6b3a1e-%d", "announce": "/activities/announce/0f6b3a1e-%d",
		},
		thread: func(_ *fake, doc M) {
			doc["attachment"] = []any{M{"type": "Link", "href": "https://example.org/paper"}}
			doc["source"] = M{"content": "typed", "mediaType": "text/markdown"}
			doc["language"] = M{"identifier": "en", "name": "English"}
			doc["sensitive"], doc["commentsEnabled"] = false, true
		},
		reply: func(_ *fake, doc M) {
			doc["source"], doc["distinguished"] = M{"content": "typed", "mediaType": "text/markdown"}, false
		},
		group1: func(doc M) {
			doc["attributedTo"], doc["featured"] = doc["id"].(string)+"/moderators", doc["id"].(string)+"/featured"
			doc["postingRestrictedToMods"], doc["sensitive"] = false, false
			doc["language"] = []any{M{"identifier": "und", "name": "Undetermined"}}
			doc["source"] = M{"content": "about", "mediaType": "text/markdown"}
		},
		strict: lemmyTakes,
	}
}

func piefed() *dialect {
	null := func(_ *fake, doc M) {
		doc["inReplyTo"] = nil
		doc["language"] = M{"identifier": "en", "name": "English"}
	}
	return &dialect{
		software: "piefed", person: "/u/mia", group: "/c/grp",
		ids: map[string]string{"activity": "/activities/any/tQ4hjZ-%d", "announce": "/activities/announce/xE9-%d"},
		thread: func(f *fake, doc M) {
			null(f, doc)
			doc["commentsEnabled"], doc["stickied"], doc["sensitive"] = true, false, false
			doc["attachment"] = []any{}
		},
		reply: func(_ *fake, doc M) { doc["flair"], doc["repliesEnabled"] = nil, true },
		accept: func(_ *fake, doc M) {
			doc["object"].(M)["to"] = nil
		},
		// It takes the @context of what it passes on away.
		relay: func(f *fake, activity M) []M {
			bare := M{}
			for key, value := range activity {
				if key != "@context" {
					bare[key] = value
				}
			}
			return []M{f.announce(bare)}
		},
		strict: piefedTakes,
	}
}

func mbin() *dialect {
	return &dialect{
		software: "mbin", person: "/u/mia", group: "/m/grp",
		ids: map[string]string{
			"post": "/m/grp/t/%d/how-deep", "comment": "/m/grp/t/1/-/comment/%d", "activity": "/f/object/2721ffc3-%d", "announce": "/f/object/9d-%d",
		},
		thread: func(_ *fake, doc M) {
			doc["summary"], doc["commentsEnabled"], doc["stickied"] = "How deep?", true, false
			doc["tag"], doc["sensitive"], doc["contentMap"] = []any{}, false, M{"en": doc["content"]}
		},
		accept: func(_ *fake, doc M) { doc["id"] = doc["object"].(M)["id"].(string) + "#accept"; adoptID(doc) },
		strict: mbinTakes,
	}
}

// adoptID keeps an id on the peer, which a suffix of our id would not be.
func adoptID(doc M) {
	id := doc["id"].(string)
	doc["id"] = "https://peer.test/f/accept/" + id[strings.LastIndex(id, "/")+1:]
}

func nodebb() *dialect {
	return &dialect{
		software: "nodebb", person: "/uid/1", group: "/category/2",
		ids: map[string]string{
			"post": "/post/%d", "comment": "/post/%d", "activity": "/post/1#activity/any/17%d", "announce": "/post/1#activity/announce/17%d",
		},
		thread: func(f *fake, doc M) {
			doc["type"], doc["summary"] = "Article", "<p>short</p>"
			doc["inReplyTo"], doc["updated"], doc["context"] = nil, nil, "https://peer.test/topic/1"
			doc["preview"] = M{"type": "Note", "attributedTo": f.mia.URI, "content": "short", "published": f.now()}
			doc["to"], doc["cc"] = []any{public, doc["audience"]}, []any{f.mia.URI + "/followers"}
		},
		reply:  func(_ *fake, doc M) { doc["context"], doc["updated"] = "https://peer.test/topic/1", nil },
		group1: func(doc M) { delete(doc, "followers"); delete(doc, "endpoints") },
		// Two announcements for each event: first the post, with everybody in cc, then the activity.
		relay: func(f *fake, activity M) []M {
			whole := f.announce(activity)
			object, ok := activity["object"].(M)
			if !ok || activity["type"] != "Create" || object["inReplyTo"] != nil {
				return []M{whole}
			}
			boost := f.announce(object)
			boost["to"], boost["cc"] = []any{f.grp.URI + "/followers"}, []any{public}
			return []M{boost, whole}
		},
		strict: nodebbTakes,
	}
}

func discourse() *dialect {
	return &dialect{
		software: "discourse", person: "/ap/actor/495843076e9e469fbd35ccf467ae9fb1", group: "/ap/actor/797217cf18c0e819dfafc52425590146",
		ids: map[string]string{
			"post": "/ap/object/1899f65c%d", "comment": "/ap/object/2899f65c%d", "activity": "/ap/activity/3899f65c%d", "announce": "/ap/activity/4899f65c%d",
		},
		thread: func(_ *fake, doc M) {
			doc["type"], doc["context"] = "Note", "https://peer.test/ap/collection/8850f6e8"
			delete(doc, "to")
			delete(doc, "cc")
			delete(doc, "tag")
			delete(doc, "mediaType")
		},
		reply: func(_ *fake, doc M) {
			doc["context"] = "https://peer.test/ap/collection/8850f6e8"
			delete(doc, "to")
			delete(doc, "cc")
			delete(doc, "tag")
		},
		// Its activities embed their actor.
		activity: func(f *fake, doc M) {
			doc["actor"] = M{"id": f.mia.URI, "type": "Person", "preferredUsername": "mia", "inbox": f.mia.URI + "/inbox"}
		},
		strict: takesAnything,
	}
}

func mobilizon() *dialect {
	return &dialect{
		software: "mobilizon", person: "/@mia", group: "/@grp", objects: true,
		ids: map[string]string{"post": "/events/b81c0531-%d", "comment": "/comments/c81c0531-%d", "activity": "/activity/%d", "announce": "/announces/%d"},
		thread: func(f *fake, doc M) {
			// In a group, the group is the author, and its organizer only sends word of it.
			doc["actor"] = f.mia.URI
			if doc["audience"] == f.grp.URI {
				doc["attributedTo"] = f.grp.URI
			}
			delete(doc, "audience")
			doc["type"], doc["startTime"], doc["endTime"] = "Event", "2026-05-01T18:00:00Z", "2026-05-01T20:00:00Z"
			doc["timezone"], doc["isOnline"], doc["category"], doc["joinMode"] = "Europe/London", false, "MEETING", "free"
			doc["location"] = M{"type": "Place", "name": "Town hall", "latitude": 51.5, "longitude": -0.1}
			doc["ical:status"], doc["repliesModerationOption"], doc["participantCount"] = "CONFIRMED", "allow_all", 0
		},
		relay:  announceIDs,
		strict: takesAnything,
	}
}

// announceIDs is the object form of software that names posts only.
func announceIDs(f *fake, activity M) []M {
	object, ok := activity["object"].(M)
	if !ok || activity["type"] != "Create" {
		return nil
	}
	return []M{f.announce(object["id"])}
}

func wordpress() *dialect {
	return &dialect{
		software: "wordpress", person: "/author/mia/", group: "/@blog", quiet: true,
		ids: map[string]string{"post": "/?p=%d", "comment": "/?c=%d", "activity": "/?p=1#activity-%d", "announce": "/?p=1#announce-%d"},
		thread: func(f *fake, doc M) {
			doc["type"], doc["attachment"] = "Article", []any{}
			doc["to"], doc["cc"] = []any{public, f.mia.URI + "followers"}, []any{}
		},
		group1: func(doc M) { doc["attributedTo"] = "https://peer.test/wp-json/activitypub/1.0/collections/moderators" },
		strict: takesAnything,
	}
}

func guppe() *dialect {
	return &dialect{
		software: "guppe", person: "/u/mia", group: "/u/grp", objects: true,
		ids: map[string]string{"post": "/o/%d", "comment": "/o/%d", "activity": "/s/%d", "announce": "/s/a%d"},
		thread: func(_ *fake, doc M) {
			doc["type"] = "Note"
			delete(doc, "name")
			delete(doc, "audience")
		},
		reply: func(_ *fake, doc M) { delete(doc, "audience") },
		activity: func(_ *fake, doc M) {
			delete(doc, "audience")
		},
		accept: func(_ *fake, doc M) { doc["object"] = doc["object"].(M)["id"] },
		relay:  announceIDs,
		strict: takesAnything,
	}
}

func mastodon() *dialect {
	return &dialect{
		software: "mastodon", person: "/users/mia",
		ids: map[string]string{"post": "/users/mia/statuses/%d", "comment": "/users/mia/statuses/%d", "activity": "/users/mia/statuses/1/activity-%d"},
		thread: func(f *fake, doc M) {
			doc["type"], doc["to"], doc["cc"] = "Note", []any{public}, []any{f.mia.URI + "/followers", doc["audience"]}
			doc["summary"], doc["inReplyTo"], doc["atomUri"], doc["conversation"] = nil, nil, doc["id"], "tag:peer.test,2026:1"
			doc["contentMap"] = M{"en": doc["content"]}
			delete(doc, "name")
			delete(doc, "audience")
			delete(doc, "mediaType")
		},
		reply: func(f *fake, doc M) {
			doc["to"], doc["cc"] = []any{public}, append([]any{f.mia.URI + "/followers"}, doc["cc"].([]any)...)
			doc["summary"], doc["inReplyToAtomUri"] = nil, doc["inReplyTo"]
			delete(doc, "audience")
		},
		activity: func(_ *fake, doc M) {
			delete(doc, "audience")
			if doc["type"] == "Like" || doc["type"] == "Follow" || doc["type"] == "Undo" {
				delete(doc, "to")
				delete(doc, "cc")
			}
		},
		accept: func(_ *fake, doc M) { delete(doc, "to") },
		strict: mastodonTakes,
	}
}

func gotosocial() *dialect {
	d := mastodon()
	d.software = "gotosocial"
	d.ids = map[string]string{"post": "/users/mia/statuses/01J%d", "comment": "/users/mia/statuses/01J%d", "activity": "/users/mia/activity/01K%d"}
	d.activity = func(f *fake, doc M) {
		delete(doc, "audience")
		if doc["type"] == "Like" {
			delete(doc, "cc")
		}
	}
	// Who does not sign gets nothing.
	d.prepare = func(f *fake) {
		f.peer.Guard = func(r *http.Request) int {
			if r.Header.Get("Signature") == "" && !strings.HasPrefix(r.URL.Path, "/.well-known/") && !strings.HasPrefix(r.URL.Path, "/nodeinfo") {
				f.t.Errorf("gotosocial was asked for %s without a signature", r.URL.Path)
				return http.StatusUnauthorized
			}
			return 0
		}
	}
	return d
}
