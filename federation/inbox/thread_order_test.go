package inbox_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"praxis/federation/vocab"
	"praxis/internal/testrig"
)

// plan is what happens in a thread. Post 0 is its beginning; every other answers an earlier one.
type plan struct {
	parents []int // of posts 1, 2, ...
	remote  []bool
	edits   []int // how often each post is edited
	deleted []bool
	likes   []reaction
	answers []reaction // which reply is the accepted answer, at last one that stays
}

type reaction struct {
	post   int
	remote bool
	undone bool
}

func drawPlan(t *rapid.T) plan {
	var p plan
	n := rapid.IntRange(1, 4).Draw(t, "replies")
	for i := 0; i <= n; i++ {
		if i > 0 {
			p.parents = append(p.parents, rapid.IntRange(0, i-1).Draw(t, "parent"))
		}
		p.remote = append(p.remote, rapid.Bool().Draw(t, "remote"))
		p.edits = append(p.edits, rapid.IntRange(0, 2).Draw(t, "edits"))
		p.deleted = append(p.deleted, i > 0 && rapid.IntRange(0, 4).Draw(t, "deleted") == 0)
	}
	// Nobody likes a post twice here: what an Undo means that comes between two likes cannot be told, since Lemmy gives the
	// like in an Undo an id of its own.
	liked := map[reaction]bool{}
	for range rapid.IntRange(0, 3).Draw(t, "likes") {
		like := reaction{post: rapid.IntRange(0, n).Draw(t, "liked"), remote: rapid.Bool().Draw(t, "by")}
		if liked[like] {
			continue
		}
		liked[like] = true
		like.undone = rapid.Bool().Draw(t, "undone")
		p.likes = append(p.likes, like)
	}
	if chosen := rapid.IntRange(1, n).Draw(t, "answer"); !p.deleted[chosen] && rapid.Bool().Draw(t, "is chosen") {
		p.answers = append(p.answers, reaction{post: chosen, undone: rapid.Bool().Draw(t, "withdrawn")})
	}
	return p
}

// saga is a plan as the activities of one thread: those of a community's own host, which it vouches for, and those of a
// third one, which are proven.
type saga struct {
	r     *relayed
	local *testrig.PeerActor
	name  string
	plan  plan
	steps []M // announcements by the community, in the order in which things happened
	root  string
}

func (r *relayed) saga(local *testrig.PeerActor, name string, p plan) *saga {
	s := &saga{r: r, local: local, name: name, plan: p}
	for i := range p.remote {
		s.post(i)
	}
	for i, like := range p.likes {
		actor := s.actor(like.remote)
		s.toggle(actor, s.activity(actor, "Like", fmt.Sprint("like", i), s.uri(like.post)), like.undone)
	}
	for i, answer := range p.answers {
		asker := s.actor(p.remote[0])
		s.toggle(asker, s.activity(asker, "ChooseAnswer", fmt.Sprint("choice", i), s.uri(answer.post)), answer.undone)
	}
	for i, deleted := range p.deleted {
		if deleted {
			author := s.actor(p.remote[i])
			s.pass(author, s.activity(author, "Delete", fmt.Sprint("delete", i), s.uri(i)))
			author.Peer.Serve(s.path(i), http.StatusGone, "text/plain", nil)
		}
	}
	return s
}

func (s *saga) actor(remote bool) *testrig.PeerActor {
	if remote {
		return s.r.dora
	}
	return s.local
}

func (s *saga) path(i int) string { return fmt.Sprintf("/notes/%s-%d", s.name, i) }

func (s *saga) uri(i int) string { return "https://" + s.actor(s.plan.remote[i]).Peer.Host + s.path(i) }

// post makes a post in all its versions; its host has the last.
func (s *saga) post(i int) {
	author := s.actor(s.plan.remote[i])
	began := s.r.Clock.Now().Add(-time.Hour)
	for version := 0; version <= s.plan.edits[i]; version++ {
		doc := page(author, s.r.group, fmt.Sprintf("%s-%d", s.name, i), fmt.Sprintf("post %d", i), func(n M) {
			n["content"] = fmt.Sprintf("<p>post %d, version %d</p>", i, version)
			n["published"] = vocab.FormatTime(began.Add(time.Duration(i) * time.Second))
			if i > 0 {
				delete(n, "name")
				n["type"], n["inReplyTo"] = "Note", s.uri(s.plan.parents[i-1])
			}
			if version > 0 {
				n["updated"] = vocab.FormatTime(began.Add(time.Duration(version) * time.Minute))
			}
		})
		verb := "Create"
		if version > 0 {
			verb = "Update"
		}
		s.pass(author, s.activity(author, verb, fmt.Sprintf("post%d-%d", i, version), doc))
	}
	if i == 0 { // its other form
		s.root = s.uri(0)
		s.announce(s.root)
	}
}

func (s *saga) activity(actor *testrig.PeerActor, kind, id string, object any) M {
	return actor.Activity(kind, s.name+"-"+id, object, func(a M) { a["audience"] = s.r.group.URI })
}

func (s *saga) toggle(actor *testrig.PeerActor, activity M, undone bool) {
	s.pass(actor, activity)
	if undone {
		id := activity["id"].(string)
		s.pass(actor, s.activity(actor, "Undo", id[strings.LastIndex(id, "-")+1:]+"-undo", activity))
	}
}

func (s *saga) pass(actor *testrig.PeerActor, activity M) {
	if actor == s.local {
		s.announce(activity)
		return
	}
	s.announce(actor.Prove(activity))
}

func (s *saga) announce(object any) {
	s.steps = append(s.steps, announce(s.r.group, fmt.Sprintf("%s-an%d", s.name, len(s.steps)), object))
}

// play sends the announcements in an order, and lets everything that waits have its time.
func (s *saga) play(t *rapid.T, order []int) {
	for _, i := range order {
		if status, body := s.r.group.Send(s.r.server, s.steps[i]); status != http.StatusAccepted {
			t.Fatalf("answered %d %s", status, body)
		}
	}
	for range 6 {
		s.r.Settle()
		s.r.Clock.Advance(5 * time.Minute)
	}
}

// view is how ana sees the thread, without what its name and the moment have to do with it.
func (s *saga) view() M {
	home := 0
	var root M
	for _, status := range s.r.ana.Home() {
		if inner, ok := status["reblog"].(M); ok && inner["uri"] == s.root {
			home++
			root = inner
		}
	}
	if root == nil {
		return M{"home": home}
	}
	thread := s.r.ana.Object(http.MethodGet, "/api/v1/statuses/"+root["id"].(string)+"/context", nil)
	names := map[any]any{root["id"]: s.root}
	posts := append([]any{root}, thread["descendants"].([]any)...)
	for _, item := range posts {
		names[item.(M)["id"]] = item.(M)["uri"]
	}
	view := M{"home": home}
	for _, item := range posts {
		post := item.(M)
		view[post["uri"].(string)] = M{
			"content": post["content"], "likes": post["favourites_count"], "replies": post["replies_count"], "parent": names[post["in_reply_to_id"]],
			"solved": post["praxis"].(M)["solved"], "answer": names[post["praxis"].(M)["accepted_answer_id"]],
		}
	}
	raw, err := json.Marshal(view)
	if err != nil {
		return M{"error": err.Error()}
	}
	var plain M
	if err := json.Unmarshal([]byte(strings.ReplaceAll(string(raw), s.name, "NAME")), &plain); err != nil {
		return M{"error": err.Error()}
	}
	return plain
}

// fewer sets how many cases are tried, unless the command line says it.
func fewer(t *testing.T, checks string) {
	t.Helper()
	f := flag.Lookup("rapid.checks")
	if f == nil || f.Value.String() != f.DefValue {
		return
	}
	if err := f.Value.Set(checks); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Value.Set(f.DefValue) })
}

// TestF05_ThreadIsTheSameInAnyOrder: whatever order the activities of a thread come in, and however often each, the same
// thread comes out as when everything comes once and in time.
func TestF05_ThreadIsTheSameInAnyOrder(t *testing.T) {
	r := newRelayed(t)
	r.known()
	local := r.group.Peer.Actor("local", "Person")
	fewer(t, "25") // each plays two threads through a whole server
	runs := 0
	rapid.Check(t, func(rt *rapid.T) {
		runs++
		p := drawPlan(rt)
		inTime, anyhow := r.saga(local, fmt.Sprintf("t%dx", runs), p), r.saga(local, fmt.Sprintf("s%dx", runs), p)
		order := make([]int, len(inTime.steps))
		for i := range order {
			order[i] = i
		}
		inTime.play(rt, order)
		again := rapid.SliceOfN(rapid.SampledFrom(order), 0, 5).Draw(rt, "again")
		anyhow.play(rt, rapid.Permutation(append(append([]int{}, order...), again...)).Draw(rt, "order"))
		if diff := cmp.Diff(inTime.view(), anyhow.view()); diff != "" {
			rt.Fatalf("in time (-) and anyhow (+):\n%s", diff)
		}
	})
	t.Logf("%d threads", runs)
}
