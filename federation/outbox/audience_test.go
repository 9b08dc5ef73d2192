package outbox_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"praxis/models"
	"praxis/practice"
)

const public = "https://www.w3.org/ns/activitystreams#Public"

func (w *world) goes(e entry, want ...string) {
	w.t.Helper()
	slices.Sort(want)
	if !slices.Equal(e.Inboxes, want) {
		w.t.Errorf("%s goes to %v, and should to %v", e.Type, e.Inboxes, want)
	}
}

// only gives the one entry of a type.
func (w *world) only(entries []entry, activityType string) entry {
	w.t.Helper()
	var found []entry
	for _, e := range entries {
		if e.Type == activityType {
			found = append(found, e)
		}
	}
	if len(found) != 1 {
		w.t.Fatalf("%d activities of type %s were written among %d", len(found), activityType, len(entries))
	}
	return found[0]
}

func list(value any) []string {
	var items []string
	for _, item := range value.([]any) {
		items = append(items, item.(string))
	}
	return items
}

func TestWhoGetsAPost(t *testing.T) {
	w := newWorld(t)
	everybody := []string{"https://any.test/inbox", "https://lemmy.test/inbox", "https://masto.test/inbox"}
	for _, c := range []struct {
		visibility string
		inboxes    []string
		toAll      bool
	}{
		{models.Public, everybody, true},
		{models.Unlisted, everybody, true},
		{models.Private, everybody, false},
		{models.Direct, []string{"https://lemmy.test/inbox"}, false},
	} {
		w.write(w.bo, "hello @leo@lemmy.test "+secret, to(c.visibility))
		e := w.only(w.written(), "Create")
		w.goes(e, c.inboxes...)
		object := e.Doc["object"].(M)
		for level, doc := range map[string]M{"activity": e.Doc, "object": object} {
			addressees := append(list(doc["to"]), list(doc["cc"])...)
			if slices.Contains(addressees, public) != c.toAll || e.Public != c.toAll {
				t.Errorf("%s: the %s is addressed to %v and may be fetched: %v", c.visibility, level, addressees, e.Public)
			}
			if slices.Contains(addressees, w.bo.FollowersURI) != (c.visibility != models.Direct) {
				t.Errorf("%s: the %s is addressed to %v", c.visibility, level, addressees)
			}
			if !slices.Contains(addressees, w.lemmy.URI) {
				t.Errorf("%s: the %s does not name who is mentioned: %v", c.visibility, level, addressees)
			}
		}
	}
	// Ana has no followers: only who is named gets it, and a host with two of them once.
	w.write(w.ana, "hello @mia@masto.test and @sam@masto.test")
	w.goes(w.only(w.written(), "Create"), "https://masto.test/inbox")
}

func TestCommunityThreadNamesItsCommunityOnBothLevels(t *testing.T) {
	w := newWorld(t)
	thread := w.write(w.ana, "@woundcare Which dressing?")
	entries := w.written()
	create := w.only(entries, "Create")
	w.goes(create) // ana has no followers, and the community lives here
	reply := w.write(w.bo, "Foam.", under(thread))
	replied := w.only(w.written(), "Create")
	for _, e := range []entry{create, replied} {
		object := e.Doc["object"].(M)
		if e.Doc["audience"] != w.community.URI || object["audience"] != w.community.URI {
			t.Errorf("audience %v and %v", e.Doc["audience"], object["audience"])
		}
		if !slices.Contains(list(object["to"]), w.community.URI) || !slices.Contains(list(object["to"]), public) {
			t.Errorf("to %v", object["to"])
		}
	}
	var forms []string
	for _, e := range entries {
		if e.Type != "Announce" {
			continue
		}
		if e.Doc["actor"] != w.community.URI || !slices.Contains(list(e.Doc["cc"]), w.community.FollowersURI) {
			t.Errorf("announced by %v to %v", e.Doc["actor"], e.Doc["cc"])
		}
		switch object := e.Doc["object"].(type) {
		case string: // the boost, for microblogs
			forms = append(forms, "boost")
			w.goes(e, "https://any.test/inbox", "https://masto.test/inbox")
			if object != thread.URI {
				t.Errorf("the boost is of %s", object)
			}
		case M: // the relay, for forums
			forms = append(forms, "relay")
			w.goes(e, "https://any.test/inbox", "https://lemmy.test/inbox")
		}
	}
	if slices.Sort(forms); !slices.Equal(forms, []string{"boost", "relay"}) {
		t.Errorf("the thread is announced as %v", forms)
	}
	_ = reply
}

func TestRelayTouchesNoByte(t *testing.T) {
	w := newWorld(t)
	thread := w.write(w.ana, "@woundcare Which dressing?")
	entries := w.written()
	create := w.only(entries, "Create")
	relayed := false
	for _, e := range entries {
		if _, embedded := e.Doc["object"].(M); e.Type == "Announce" && embedded {
			relayed = strings.Contains(e.Payload, `"object":`+create.Payload+`,"proof":{`)
		}
	}
	if !relayed {
		t.Error("the member's own Create is not relayed byte for byte")
	}
	// And what came from outside, however odd: order, spaces, escapes and unknown properties stay.
	note := w.lemmy.Note("1", "Foam", func(n M) {
		n["inReplyTo"], n["audience"] = thread.URI, w.community.URI
		n["to"], n["cc"] = []string{w.community.URI, public}, []string{}
	})
	object, err := json.Marshal(note)
	w.ok(err)
	raw := `{ "type":"Create", "zz":{"b":1,"a":[1.0,2e3]}, "actor":"` + w.lemmy.URI + `",  "id":"https://lemmy.test/create/1", "to":["` + public +
		`","` + w.community.URI + `"],"cc":[], "note":"<\u00e9>", "object":` + string(object) + `}`
	status, body := w.lemmy.SendRaw(w.server, []byte(raw), "", nil)
	if status != 202 {
		t.Fatalf("answered %d %s", status, body)
	}
	w.Settle()
	relays := w.written()
	e := w.only(relays, "Announce")
	if !strings.Contains(e.Payload, `"object":`+raw+`,"proof":{`) {
		t.Errorf("relayed as %s", e.Payload)
	}
	w.goes(e, "https://any.test/inbox", "https://lemmy.test/inbox")
}

func TestE09_WhatIsDoneWithAPrivatePostSaysNothingOfIt(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	post := w.write(w.bo, secret+" for followers", to(models.Private))
	w.written()
	_, err := w.verbs.Share(ctx, w.bo, post, "", 0)
	w.ok(err)
	w.ok(w.verbs.Unshare(ctx, w.bo, post))
	w.ok(w.verbs.Favourite(ctx, w.bo, post, "", practice.Cause{}))
	w.ok(w.verbs.Unfavourite(ctx, w.bo, post, practice.Cause{}))
	answer := w.write(w.masterOf(post), "@bo "+secret, under(post), to(models.Direct))
	w.ok(w.verbs.Answer(ctx, w.bo, post, answer, false, practice.Cause{}))
	w.ok(w.verbs.Answer(ctx, w.bo, post, answer, true, practice.Cause{}))
	w.ok(w.verbs.Delete(ctx, w.bo, post, practice.Cause{}))
	for _, e := range w.written() {
		addressees := list(e.Doc["to"])
		if cc, ok := e.Doc["cc"]; ok {
			addressees = append(addressees, list(cc)...)
		}
		if e.Public || e.Listed && e.Type != "Create" || slices.Contains(addressees, public) {
			t.Errorf("%s of a private post: addressed to %v, may be fetched: %v", e.Type, addressees, e.Public)
		}
		if _, embedded := e.Doc["object"].(M); embedded && e.Type == "Announce" {
			t.Errorf("a boost embeds the post: %s", e.Payload)
		}
	}
}

// masterOf gives a member who may read a private post of bo's.
func (w *world) masterOf(post *models.Post) *models.Actor {
	w.visibleTo(w.ana, post)
	return w.ana
}

func TestFollowsGoToTheOwnInbox(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	_, err := w.verbs.Follow(ctx, w.ana, w.actor(w.masto), practice.FollowOptions{})
	w.ok(err)
	w.goes(w.only(w.written(), "Follow"), w.masto.URI+"/inbox")
	// Between members nothing is sent.
	_, err = w.verbs.Follow(ctx, w.ana, w.bo, practice.FollowOptions{})
	w.ok(err)
	w.ok(w.verbs.Block(ctx, w.ana, w.bo, ""))
	if entries := w.written(); len(entries) != 0 {
		t.Errorf("%d activities were written of what concerns members alone", len(entries))
	}
}

func TestNobodyIsToldWhoIsGone(t *testing.T) {
	w := newWorld(t)
	w.from(w.lemmy, "Delete", "gone", w.lemmy.URI)
	w.written()
	w.write(w.bo, "hello @leo@lemmy.test")
	w.goes(w.only(w.written(), "Create"), "https://any.test/inbox", "https://masto.test/inbox")
	// What a deleted community once took is relayed no more.
	thread := w.write(w.ana, "@woundcare a thread")
	w.ok(w.verbs.DeleteActor(t.Context(), w.community))
	w.written()
	text := "changed"
	_, err := w.verbs.Edit(t.Context(), w.ana, thread, practice.Edit{Text: &text})
	w.ok(err)
	for _, e := range w.written() {
		if e.Type == "Announce" {
			t.Errorf("a deleted community announces: %s", e.Payload)
		}
	}
}

func TestDeletedMemberSaysGoodbye(t *testing.T) {
	w := newWorld(t)
	w.ok(w.verbs.DeleteActor(t.Context(), w.bo))
	w.goes(w.only(w.written(), "Delete"), "https://any.test/inbox", "https://lemmy.test/inbox", "https://masto.test/inbox")
	w.Settle()
	var got []string
	for _, a := range w.masto.Peer.Received() {
		got = append(got, a["type"].(string))
	}
	if !slices.Contains(got, "Delete") {
		t.Errorf("the peer received %v", got)
	}
}
