package peers

import (
	"maps"

	"praxis/federation/vocab"
	"praxis/internal/testrig"
)

// The shapes that most software agrees on (FEP-1b12); each dialect dresses them in its own way.

func (f *fake) now() string { return vocab.FormatTime(f.Clock.Now()) }

// thread is the beginning of a discussion in a community.
func (f *fake) thread(community, title, text string) M {
	doc := M{
		"@context": vocab.Namespace, "id": f.id("post"), "type": "Page", "attributedTo": f.mia.URI, "name": title,
		"content": "<p>" + text + "</p>", "mediaType": "text/html", "published": f.now(),
		"to": []any{community, public}, "cc": []any{}, "audience": community,
		"tag": []any{M{"type": "Mention", "href": community, "name": "@community"}},
	}
	f.dress(f.d.thread, doc)
	f.peer.ServeDoc(doc)
	return doc
}

// reply answers a post.
func (f *fake) reply(community, parent, author, text string) M {
	doc := M{
		"@context": vocab.Namespace, "id": f.id("comment"), "type": "Note", "attributedTo": f.mia.URI, "inReplyTo": parent,
		"content": "<p>" + text + "</p>", "mediaType": "text/html", "published": f.now(),
		"to": []any{public}, "cc": []any{community, author}, "audience": community,
		"tag": []any{M{"type": "Mention", "href": author, "name": "@author"}},
	}
	f.dress(f.d.reply, doc)
	f.peer.ServeDoc(doc)
	return doc
}

func (f *fake) dress(change func(*fake, M), doc M) {
	if change != nil {
		change(f, doc)
	}
}

// act is an activity of mia's in a community.
func (f *fake) act(kind, community string, object any) M {
	doc := M{
		"@context": vocab.Namespace, "id": f.id("activity"), "type": kind, "actor": f.mia.URI, "object": object,
		"to": []any{public}, "cc": []any{community}, "audience": community,
	}
	if embedded, ok := object.(M); ok && (kind == "Create" || kind == "Update") {
		for _, key := range []string{"to", "cc"} {
			if list, ok := embedded[key]; ok {
				doc[key] = list
			}
		}
	}
	f.dress(f.d.activity, doc)
	return doc
}

// edited is an Update of a post with another text.
func (f *fake) edited(community string, post M, text string) M {
	changed := maps.Clone(post)
	changed["content"], changed["updated"] = "<p>"+text+"</p>", f.now()
	f.peer.ServeDoc(changed)
	return f.act("Update", community, changed)
}

// deleted is the Delete of a post, which is not served any more.
func (f *fake) deleted(community string, post M) M {
	f.peer.Serve(post["id"].(string)[len("https://peer.test"):], 410, "text/plain", nil)
	return f.act("Delete", community, post["id"])
}

// follow asks to follow.
func (f *fake) follow(from *testrig.PeerActor, target string) M {
	doc := M{
		"@context": vocab.Namespace, "id": f.id("activity"), "type": "Follow", "actor": from.URI, "object": target, "to": []any{target},
	}
	f.dress(f.d.activity, doc)
	return doc
}

// accept answers a Follow.
func (f *fake) accept(by *testrig.PeerActor, follow M) M {
	doc := M{
		"@context": vocab.Namespace, "id": f.id("activity"), "type": "Accept", "actor": by.URI, "to": []any{follow["actor"]},
		"object": M{"id": follow["id"], "type": "Follow", "actor": follow["actor"], "object": follow["object"]},
	}
	f.dress(f.d.accept, doc)
	return doc
}

// relay lets their community announce an activity, in each form that the software uses.
func (f *fake) relay(activity M) {
	f.t.Helper()
	if f.d.relay != nil {
		for _, announcement := range f.d.relay(f, activity) {
			f.send(f.grp, announcement)
		}
		return
	}
	f.send(f.grp, f.announce(activity))
}

// announce is the activity form (FEP-1b12).
func (f *fake) announce(object any) M {
	return M{
		"@context": vocab.Namespace, "id": f.id("announce"), "type": "Announce", "actor": f.grp.URI, "object": object,
		"to": []any{public}, "cc": []any{f.grp.URI + "/followers"},
	}
}
