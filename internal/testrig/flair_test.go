package testrig

import (
	"testing"

	"praxis/practice"
)

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// tagged gives a note the flair of an id, in a community.
func tagged(community, flair string) func(M) {
	return func(n M) {
		n["audience"], n["name"] = community, "A title"
		n["cc"] = []string{community}
		n["tag"] = []M{{"type": "CommunityPostTag", "id": flair, "preferredUsername": "x", "name": "X"}}
	}
}

// TestFlairOfOurCommunity: who chooses one of the tags of a community of ours elsewhere gives the thread that kind.
func TestFlairOfOurCommunity(t *testing.T) {
	both(t, func(t *testing.T, p *pair) {
		a := p.Server("a.test")
		care, err := a.Store.Read(t.Context()).ActorByHandle("care", "a.test")
		ok(t, err)
		ok(t, a.Service.OperateHabits(t.Context(), care, practice.Habits{Kinds: &[]string{practice.Visit, practice.Story}}))
		pia := p.NewPeer("piefed.test", "piefed").Actor("pia", "Person")
		for id, c := range map[string]struct{ flair, want string }{
			"1": {"https://a.test/c/care/kinds/Story", practice.Story},
			"2": {"https://a.test/c/care/kinds/Discussion", ""}, // not in use
			"3": {"https://a.test/c/other/kinds/Story", ""},     // of another community
			"4": {"https://piefed.test/c/care/kinds/Story", ""}, // of nobody here
			"5": {"https://a.test/c/care/kinds/Story/../x", ""}, // no kind
			"6": {"https://a.test/c/care/kinds/Answer", ""},     // of replies
			"7": {"https://a.test/c/care/kinds/" + "story", ""}, // not the id
		} {
			note := pia.Note(id, "How it went", tagged(care.URI, c.flair))
			pia.Send(a, pia.Activity("Create", id, note))
			p.Settle()
			post, err := a.Store.Read(t.Context()).PostByURI(note["id"].(string))
			ok(t, err)
			if post.Kind != c.want || post.CommunityID != care.ID {
				t.Errorf("with the flair %s a thread is of the kind %q", c.flair, post.Kind)
			}
		}
		note := pia.Note("8", "How it went", tagged(care.URI, "https://a.test/c/care/kinds/Story"), func(n M) {
			n["additionalType"] = practice.KindAddress(practice.Visit)
		})
		pia.Send(a, pia.Activity("Create", "8", note))
		p.Settle()
		if post, err := a.Store.Read(t.Context()).PostByURI(note["id"].(string)); err != nil || post.Kind != practice.Visit {
			t.Errorf("beside a kind the flair counts: %v, %v", post, err)
		}
	})
}

// TestFlairOfCommunityElsewhere: its threads here have the kinds that its flairs mean, and ours there bear its flairs.
func TestFlairOfCommunityElsewhere(t *testing.T) {
	both(t, func(t *testing.T, p *pair) {
		a := p.Server("a.test")
		lemmy := p.NewPeer("lemmy.test", "lemmy")
		ask, far := "https://lemmy.test/tag/1", "https://elsewhere.test/tag/2"
		group := lemmy.ActorAt("/c/wounds", "wounds", "Group", func(doc M) {
			doc["tag"] = []M{
				{"type": "CommunityPostTag", "id": far, "preferredUsername": "story", "name": "Story"}, // of another host
				{"type": "CommunityPostTag", "id": ask, "preferredUsername": "question", "name": "Question"},
				{"type": "CommunityPostTag", "id": "https://lemmy.test/tag/3", "preferredUsername": "cats", "name": "Cats"},
				{"type": "CommunityPostTag", "preferredUsername": "visit"},
				{"type": "Emoji", "name": ":x:"},
			}
		})
		leo := lemmy.Actor("leo", "Person")
		p.ana.Follow("@wounds@lemmy.test")
		p.Settle()
		group.Send(a, group.Activity("Accept", "a", M{"type": "Follow", "actor": p.ana.Actor.URI, "object": group.URI}))
		p.Settle()
		for id, c := range map[string]struct{ flair, want string }{"1": {ask, practice.InformationRequest}, "2": {far, ""}, "3": {"https://lemmy.test/tag/3", ""}} {
			note := leo.Note(id, "Which dressing", tagged(group.URI, c.flair))
			group.Send(a, group.Activity("Announce", "n"+id, leo.Activity("Create", id, note)))
			p.Settle()
			post, err := a.Store.Read(t.Context()).PostByURI(note["id"].(string))
			ok(t, err)
			if post.Kind != c.want {
				t.Errorf("with the flair %s a thread is of the kind %q", c.flair, post.Kind)
			}
		}
		later := leo.Note("3", "Which dressing", tagged(group.URI, ask), func(n M) { n["updated"] = n["published"] })
		group.Send(a, group.Activity("Announce", "u3", leo.Activity("Update", "u", later)))
		p.Settle()
		if post, err := a.Store.Read(t.Context()).PostByURI(later["id"].(string)); err != nil || post.Kind != practice.InformationRequest {
			t.Errorf("after the change of the flair the thread is %v, %v", post, err)
		}
		for kind, want := range map[string]string{practice.InformationRequest: ask, practice.Story: ""} {
			made := p.ana.shares("@wounds@lemmy.test", M{"status": "The text", "title": "A title", "kind": kind})
			doc := p.document(a, made["uri"])
			got := ""
			for _, tag := range doc["tag"].([]any) {
				if tag := tag.(M); tag["type"] == "CommunityPostTag" {
					got = tag["id"].(string)
				}
			}
			if got != want {
				t.Errorf("a thread of the kind %s bears %q, want %q", kind, got, want)
			}
		}
	})
}
