package testrig

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// shares posts with explicit fields into the community that a member finds by its handle.
func (m *Member) shares(community string, fields M) M {
	m.Server.Cluster.T.Helper()
	fields["community_id"] = m.Find(community)
	return m.Object(http.MethodPost, "/api/v1/statuses", fields)
}

func praxis(status M) M { return status["praxis"].(M) }

// TestPracticePostsCross: what a member says of a post beside its text is the same at the other instance, and so is what is
// said to it there.
func TestPracticePostsCross(t *testing.T) {
	both(t, func(t *testing.T, p *pair) {
		older := p.ana.Post("An older form")
		made := p.ana.shares("@care@a.test", M{
			"status": "The text.", "title": "A form & more", "kind": "AssetShare", "license": "CC BY 4.0", "version": "2",
			"based_on": []string{id(older)}, "topics": []string{"wounds"},
		})
		p.Settle()
		seen := p.bo.Locate(made["uri"].(string))
		info := praxis(seen)
		if info["title"] != "A form & more" || info["kind"] != "AssetShare" || info["license"] != "CC-BY-4.0" || info["version"] != "2" ||
			info["topics"].([]any)[0] != "wounds" || info["based_on"].([]any)[0].(M)["uri"] != older["uri"] {
			t.Errorf("bo sees %v", info)
		}
		if seen["content"] != made["content"] {
			t.Errorf("ana's text is %q, bo sees %q", made["content"], seen["content"])
		}
		p.bo.Reply(id(seen), "We use it on our ward. #reused")
		p.Settle()
		for _, m := range []*Member{p.ana, p.bo} {
			if got := praxis(m.Locate(made["uri"].(string)))["reuses_count"]; got != 1.0 {
				t.Errorf("%s counts %v reuses", m.Handle(), got)
			}
		}
		doc := p.document(p.Server("a.test"), made["uri"])
		if doc["license"] != "https://spdx.org/licenses/CC-BY-4.0" || doc["name"] != "A form & more" || doc["reusesCount"] != 1.0 ||
			doc["content"] != "<p><strong>A form &amp; more</strong></p><p>The text.</p>" {
			t.Errorf("on the wire %v", doc)
		}
		reuses := p.document(p.Server("a.test"), doc["reuses"])
		if reuses["totalItems"] != 1.0 || reuses["type"] != "OrderedCollection" {
			t.Errorf("the collection is %v", reuses)
		}
		p.ana.Object(http.MethodPut, "/api/v1/statuses/"+id(made), M{"version": "3", "title": "A better form"})
		p.Settle()
		if info := praxis(p.bo.Locate(made["uri"].(string))); info["version"] != "3" || info["title"] != "A better form" || info["license"] != "CC-BY-4.0" {
			t.Errorf("after the change bo sees %v", info)
		}
	})
}

// TestHelpfulAnswersCross: replies that were of use are known at both ends, whoever says so.
func TestHelpfulAnswersCross(t *testing.T) {
	both(t, func(t *testing.T, p *pair) {
		question := p.bo.shares("@care@a.test", M{"status": "Which dressing?", "kind": "ProblemSolving"})
		p.Settle()
		answer := p.ana.Reply(id(p.ana.Locate(question["uri"].(string))), "Foam.")
		cyn := p.Server("a.test").Member("cyn")
		p.Settle()
		cyn.Reply(id(cyn.Locate(answer["uri"].(string))), "#helped")
		p.bo.Reply(id(p.bo.Locate(answer["uri"].(string))), "#helped")
		p.Settle()
		for _, m := range []*Member{p.ana, p.bo} {
			status := m.Locate(question["uri"].(string))
			reply := m.Locate(answer["uri"].(string))
			if got := praxis(status)["helpful"].([]any); len(got) != 1 || got[0] != id(reply) || praxis(status)["state"] != "answered" {
				t.Errorf("%s sees %v", m.Handle(), praxis(status))
			}
		}
		doc := p.document(p.Server("b.test"), question["uri"])
		if got := doc["suggestedAnswer"].([]any); len(got) != 1 || got[0] != answer["uri"] {
			t.Errorf("on the wire %v", got)
		}
	})
}

// follower lets an actor of a server of another make follow a community.
func (c *Cluster) follower(host, software, name, community string) *PeerActor {
	c.T.Helper()
	actor := c.NewPeer(host, software).Actor(name, "Person")
	server := c.Server("a.test")
	if status, body := actor.Send(server, actor.Activity("Follow", "f-"+name, "https://a.test/c/"+community)); status != http.StatusAccepted {
		c.T.Fatalf("the follow is answered %d %s", status, body)
	}
	c.Settle()
	actor.Peer.Received()
	return actor
}

// of gives those of some activities that have a type, and whose object has one.
func of(activities []M, activityType, objectType string) []M {
	return slices.DeleteFunc(slices.Clone(activities), func(a M) bool {
		object, _ := a["object"].(M)
		return a["type"] != activityType || object == nil || object["type"] != objectType
	})
}

// TestVisitIsAnEventElsewhere: a server that shows events gets one, lets its people come, and is told whether there is place;
// a server of another kind gets the thread alone.
func TestVisitIsAnEventElsewhere(t *testing.T) {
	Each(t, []string{"a.test"}, func(t *testing.T, c *Cluster) {
		ana := c.Server("a.test").Member("ana")
		c.Server("a.test").Community("care", ana)
		mo, mia := c.follower("mobilizon.test", "mobilizon", "mo", "care"), c.follower("masto.test", "mastodon", "mia", "care")
		visit := ana.shares("@care@a.test", M{
			"status": "Come and see.", "title": "Our ward", "kind": "Visit", "start_time": "2099-05-03T10:00", "end_time": "2099-05-03T12:00",
			"timezone": "Europe/Berlin", "place": "Ward 3", "capacity": 1,
		})
		c.Settle()
		got := of(mo.Peer.Received(), "Create", "Event")
		if events := of(mia.Peer.Received(), "Create", "Event"); len(got) != 1 || len(events) != 0 {
			t.Fatalf("%d events went to a server that shows them, %d to another", len(got), len(events))
		}
		event := got[0]["object"].(M)
		for name, want := range map[string]any{
			"name": "Our ward", "startTime": "2099-05-03T08:00:00Z", "endTime": "2099-05-03T10:00:00Z", "timezone": "Europe/Berlin",
			"maximumAttendeeCapacity": 1.0, "remainingAttendeeCapacity": 1.0, "participantCount": 0.0, "commentsEnabled": false,
			"ical:status": "CONFIRMED", "joinMode": "free", "companion": visit["uri"], "id": visit["uri"].(string) + "/event",
		} {
			if event[name] != want {
				t.Errorf("%s of the event is %v, want %v", name, event[name], want)
			}
		}
		if place := event["location"].(M); place["type"] != "Place" || place["name"] != "Ward 3" {
			t.Errorf("the place is %v", place)
		}
		if served := c.document(c.Server("a.test"), event["id"]); served["name"] != "Our ward" {
			t.Errorf("the event is served as %v", served)
		}
		join := mo.Activity("Join", "join-1", event["id"], func(a M) { a["participationMessage"] = "I come by train" })
		mo.SendTo("https://a.test/u/ana/inbox", join)
		c.Settle()
		accepts := of(mo.Peer.Received(), "Accept", "Join")
		if len(accepts) != 1 || accepts[0]["object"].(M)["id"] != join["id"] || accepts[0]["object"].(M)["actor"] != mo.URI || accepts[0]["actor"] != ana.Actor.URI {
			t.Fatalf("the answer is %v", accepts)
		}
		shown := praxis(ana.Locate(visit["uri"].(string)))["event"].(M)
		if shown["going"] != 1.0 || shown["remaining"] != 0.0 {
			t.Errorf("ana sees %v", shown)
		}
		max := mo.Peer.Actor("max", "Person")
		max.Send(c.Server("a.test"), max.Activity("Join", "join-2", event["id"]))
		c.Settle()
		if rejects := of(mo.Peer.Received(), "Reject", "Join"); len(rejects) != 1 {
			t.Errorf("a full visit answers %v", rejects)
		}
		mo.Send(c.Server("a.test"), mo.Activity("Leave", "leave-1", event["id"]))
		c.Settle()
		if shown := praxis(ana.Locate(visit["uri"].(string)))["event"].(M); shown["going"] != 0.0 {
			t.Errorf("after the leave ana sees %v", shown)
		}
		if updates := of(mo.Peer.Received(), "Update", "Event"); len(updates) == 0 || updates[len(updates)-1]["object"].(M)["remainingAttendeeCapacity"] != 1.0 {
			t.Errorf("the event was updated as %v", updates)
		}
		ana.Object(http.MethodDelete, "/api/v1/statuses/"+id(visit), nil)
		c.Settle()
		if deletes := of(mo.Peer.Received(), "Delete", "Tombstone"); !slices.ContainsFunc(deletes, func(d M) bool { return d["object"].(M)["id"] == event["id"] }) {
			t.Errorf("the event is not taken back: %v", deletes)
		}
		if status, _ := c.Fetch(c.Server("a.test"), strings.TrimPrefix(event["id"].(string), "https://a.test")); status != http.StatusGone {
			t.Errorf("the event is still there: %d", status)
		}
	})
}

// TestCommandsFromElsewhere: somebody on a server that knows no commands gives them by replies, and the community says
// privately what it understood, with a link that takes it back.
func TestCommandsFromElsewhere(t *testing.T) {
	Each(t, []string{"a.test"}, func(t *testing.T, c *Cluster) {
		ana := c.Server("a.test").Member("ana")
		c.Server("a.test").Community("care", ana)
		mia := c.follower("masto.test", "mastodon", "mia", "care")
		community := "https://a.test/c/care"
		question := mia.Note("q", `<span class="h-card"><a href="https://a.test/@care">@<span>care</span></a></span> Stuck: it stays wet`, func(n M) {
			n["cc"] = []string{community}
			n["tag"] = []M{{"type": "Mention", "href": community, "name": "@care@a.test"}}
		})
		mia.Send(c.Server("a.test"), mia.Activity("Create", "c-q", question))
		c.Settle()
		seen := ana.Locate(question["id"].(string))
		if info := praxis(seen); info["kind"] != "ProblemSolving" || info["state"] != "open" || info["community"] == nil {
			t.Fatalf("ana sees %v", info)
		}
		answer := ana.Reply(id(seen), "With foam.")
		c.Settle()
		mia.Peer.Received()
		reply := mia.Note("r", `<a href="https://a.test/@ana">@ana</a> that was it <a href="https://masto.test/tags/solved">#solved</a>`, func(n M) {
			n["inReplyTo"], n["cc"] = answer["uri"], []string{ana.Actor.URI}
			n["tag"] = []M{{"type": "Hashtag", "href": "https://masto.test/tags/solved", "name": "#solved"}}
		})
		mia.Send(c.Server("a.test"), mia.Activity("Create", "c-r", reply))
		c.Settle()
		if info := praxis(ana.Locate(question["id"].(string))); info["accepted_answer_id"] != id(answer) || info["state"] != "solved" {
			t.Errorf("ana sees %v", info)
		}
		notes := of(mia.Peer.Received(), "Create", "Note")
		if len(notes) != 1 {
			t.Fatalf("mia was sent %d notes: %v", len(notes), notes)
		}
		note := notes[0]["object"].(M)
		if note["attributedTo"] != community || note["to"].([]any)[0] != mia.URI || len(note["to"].([]any))+len(note["cc"].([]any)) != 1 || note["inReplyTo"] != reply["id"] {
			t.Errorf("the note is %v", note)
		}
		link := "https://a.test/undo/"
		_, after, found := strings.Cut(note["source"].(M)["content"].(string), link)
		if !found {
			t.Fatalf("no link in %v", note["source"])
		}
		if status, _ := c.Do(http.MethodPost, link+strings.Fields(after)[0], "", nil); status != http.StatusOK {
			t.Fatalf("the link answers %d", status)
		}
		c.Settle()
		if info := praxis(ana.Locate(question["id"].(string))); info["accepted_answer_id"] != nil || info["state"] != "reopened" {
			t.Errorf("after the undo ana sees %v", info)
		}
	})
}

// TestOddPracticePosts: kinds and licences that nobody knows stay as they are; dates that are no dates, and values of the
// wrong sort, are as good as absent. Nothing is an error.
func TestOddPracticePosts(t *testing.T) {
	Each(t, []string{"a.test"}, func(t *testing.T, c *Cluster) {
		ana := c.Server("a.test").Member("ana")
		c.Server("a.test").Community("care", ana)
		mia := c.follower("odd.test", "odd", "mia", "care")
		odd := mia.Note("odd", "Strange things", func(n M) {
			n["cc"], n["audience"], n["name"] = []string{"https://a.test/c/care"}, "https://a.test/c/care", "Strange"
			n["additionalType"], n["license"], n["version"] = "https://odd.test/ns#BakeSale", "Ask my grandmother", 2
			n["expires"], n["startTime"], n["threshold"], n["pledged"] = "tomorrow", "2026-99-99", "many", -5
			n["isBasedOn"], n["topics"], n["suggestedAnswer"] = []any{"nonsense", 7, nil, "https://odd.test/1"}, M{"a": 1}, "https://odd.test/none"
			n["creativeWorkStatus"], n["maximumAttendeeCapacity"], n["state"] = []any{"Draft"}, 1e30, strings.Repeat("x", 5000)
		})
		if status, body := mia.Send(c.Server("a.test"), mia.Activity("Create", "c-odd", odd)); status != http.StatusAccepted {
			t.Fatalf("answered %d %s", status, body)
		}
		c.Settle()
		info := praxis(ana.Locate(odd["id"].(string)))
		if info["kind"] != "https://odd.test/ns#BakeSale" || info["label"] != "BakeSale" || info["license"] != "Ask my grandmother" ||
			info["license_url"] != nil || info["version"] != "2" || info["review_at"] != nil || info["state"] != nil || info["title"] != "Strange" {
			t.Errorf("ana sees %v", info)
		}
		if sources := info["based_on"].([]any); len(sources) != 1 || sources[0].(M)["uri"] != "https://odd.test/1" {
			t.Errorf("based on %v", sources)
		}
		// Whoever is asked to come to what is no visit is not let in, and nothing breaks.
		for number, object := range []any{"https://a.test/o/1/event", ana.Actor.URI, "https://a.test/event", M{"type": "Event"}, odd["id"]} {
			mia.Send(c.Server("a.test"), mia.Activity("Join", "j"+string(rune('a'+number)), object))
		}
		c.Settle()
		if n := c.Server("a.test").Count("response"); n != 0 {
			t.Errorf("%d responses were stored", n)
		}
	})
}
