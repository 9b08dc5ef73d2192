package peers

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestTheirsComeToOurs: a member of each software follows a community of ours, starts a thread in it, is answered, answers,
// likes, edits, deletes, and leaves.
func TestTheirsComeToOurs(t *testing.T) {
	for _, d := range append(append([]*dialect{}, forums...), microblogs...) {
		if d.quiet {
			continue
		}
		t.Run(d.software, func(t *testing.T) {
			f := newFake(t, d)
			follow := f.joins()
			thread, answer := f.asks()
			f.reacts(thread, answer)
			f.changes(thread)
			f.leaves(follow)
		})
	}
}

// joins follows ana's community and is accepted.
func (f *fake) joins() M {
	f.t.Helper()
	follow := f.follow(f.mia, f.care.URI)
	f.send(f.mia, follow)
	accept := f.one(f.hear(), "Accept")
	if inner, _ := accept["object"].(M); accept["actor"] != f.care.URI || inner["id"] != follow["id"] {
		f.t.Fatalf("the answer is %v", accept)
	}
	return follow
}

// asks starts a thread, which ana sees and answers.
func (f *fake) asks() (thread M, answer string) {
	f.t.Helper()
	thread = f.thread(f.care.URI, "How deep?", "Of the wound.")
	create := f.act("Create", f.care.URI, thread)
	f.send(f.mia, create)
	seen := find(f.ana, thread["id"])
	if seen == nil || !strings.Contains(seen["content"].(string), "Of the wound.") {
		f.t.Fatalf("ana sees %v", seen)
	}
	if thread["name"] != nil && seen["praxis"].(M)["title"] != "How deep?" {
		f.t.Errorf("the title is %v", seen["praxis"])
	}
	if announced(f.hear(), create["id"]) == nil {
		f.t.Error("the community does not tell the author's server that it took the thread")
	}
	answer = f.ana.Reply(seen["id"].(string), "Two fingers.")["uri"].(string)
	heard := f.one(f.hear(), "Create")["object"].(M)
	if heard["id"] != answer || heard["inReplyTo"] != thread["id"] || !strings.Contains(heard["content"].(string), "Two fingers.") {
		f.t.Errorf("the answer arrives as %v", heard)
	}
	return thread, answer
}

// reacts answers what was answered, likes it, and takes that back.
func (f *fake) reacts(thread M, answer string) {
	f.t.Helper()
	seen := find(f.ana, thread["id"])
	reply := f.reply(f.care.URI, answer, f.ana.Actor.URI, "That deep!")
	f.send(f.mia, f.act("Create", f.care.URI, reply))
	if got := replies(f.ana, seen["id"]); len(got) != 2 || !strings.Contains(got[reply["id"].(string)], "That deep!") {
		f.t.Errorf("the thread holds %v", got)
	}
	like := f.act("Like", f.care.URI, answer)
	f.send(f.mia, like)
	f.send(f.mia, like)
	own := f.ana.Locate(answer)["id"]
	if got := status(f.ana, own); got["favourites_count"] != 1.0 {
		f.t.Errorf("%v favourites after a like", got["favourites_count"])
	}
	f.send(f.mia, f.act("Undo", f.care.URI, like))
	if got := status(f.ana, own); got["favourites_count"] != 0.0 {
		f.t.Errorf("%v favourites after it was taken back", got["favourites_count"])
	}
	f.Clock.Advance(time.Minute)
	f.send(f.mia, f.edited(f.care.URI, reply, "That wide!"))
	if got := replies(f.ana, seen["id"])[reply["id"].(string)]; !strings.Contains(got, "That wide!") {
		f.t.Errorf("the edited reply is %q", got)
	}
	f.send(f.mia, f.deleted(f.care.URI, reply))
	if got := replies(f.ana, seen["id"]); len(got) != 1 {
		f.t.Errorf("after a deletion the thread holds %v", got)
	}
	f.hear()
}

// changes edits the thread and deletes it.
func (f *fake) changes(thread M) {
	f.t.Helper()
	seen := find(f.ana, thread["id"])
	f.Clock.Advance(time.Minute)
	update := f.edited(f.care.URI, thread, "Of the pressure sore.")
	f.send(f.mia, update)
	if got := status(f.ana, seen["id"]); !strings.Contains(got["content"].(string), "pressure sore") || got["edited_at"] == nil {
		f.t.Errorf("after the edit: %v, edited at %v", got["content"], got["edited_at"])
	}
	if announced(f.hear(), update["id"]) == nil {
		f.t.Error("the edit is not passed on")
	}
	f.send(f.mia, f.deleted(f.care.URI, thread))
	if !isGone(f.ana, seen["id"]) {
		f.t.Error("the deleted thread is still there")
	}
	f.hear()
}

// leaves, and hears nothing more.
func (f *fake) leaves(follow M) {
	f.t.Helper()
	f.send(f.mia, f.act("Undo", f.care.URI, follow))
	f.hear()
	f.ana.Post("@care Among us\n\nNobody else hears this.")
	if got := f.hear(); len(got) != 0 {
		f.t.Errorf("who left still hears %s", show(got))
	}
}

// TestOursGoToTheirs: a member of ours follows a community of each software, sees its threads, posts into it, answers,
// likes, edits, deletes, and leaves.
func TestOursGoToTheirs(t *testing.T) {
	for _, d := range forums {
		t.Run(d.software, func(t *testing.T) {
			f := newFake(t, d)
			f.weJoin()
			thread := f.weRead()
			f.weAnswer(thread)
			f.wePost()
			f.theyChange(thread)
			f.weLeave()
		})
	}
}

// pass lets their community tell what mia did, or mia herself where the community tells of posts only.
func (f *fake) pass(activity M) {
	f.t.Helper()
	if f.d.objects && activity["type"] != "Create" {
		f.send(f.mia, activity)
		return
	}
	f.relay(activity)
}

func (f *fake) weJoin() {
	f.t.Helper()
	group := f.ana.Follow("@grp@peer.test")["id"].(string)
	follow := f.one(f.hear(), "Follow")
	if follow["object"] != f.grp.URI || follow["actor"] != f.ana.Actor.URI {
		f.t.Fatalf("asked %v", follow)
	}
	f.send(f.grp, f.accept(f.grp, follow))
	if got := f.ana.List("/api/v1/accounts/relationships?id[]=" + group)[0]; got["following"] != true || got["requested"] != false {
		f.t.Fatalf("after the Accept: %v", got)
	}
}

// weRead: a thread of theirs comes home once, with what is said about it.
func (f *fake) weRead() M {
	f.t.Helper()
	thread := f.thread(f.grp.URI, "Who has a lift?", "For heavy patients.")
	f.pass(f.act("Create", f.grp.URI, thread))
	seen := find(f.ana, thread["id"])
	if seen == nil || !strings.Contains(seen["content"].(string), "heavy patients") {
		f.t.Fatalf("ana sees %v", f.ana.Home())
	}
	if n := len(f.ana.Home()); n != 1 {
		f.t.Errorf("the thread is %d times at home", n)
	}
	if thread["name"] != nil && seen["praxis"].(M)["title"] != "Who has a lift?" {
		f.t.Errorf("the title is %v", seen["praxis"])
	}
	reply := f.reply(f.grp.URI, thread["id"].(string), f.mia.URI, "We have two.")
	f.pass(f.act("Create", f.grp.URI, reply))
	if got := replies(f.ana, seen["id"]); len(got) != 1 {
		f.t.Errorf("the thread holds %v", got)
	}
	f.pass(f.act("Like", f.grp.URI, thread["id"]))
	if got := status(f.ana, seen["id"]); got["favourites_count"] != 1.0 {
		f.t.Errorf("%v favourites after a like", got["favourites_count"])
	}
	return thread
}

// weAnswer: what ana says in their thread arrives once, and coming back it is no second one.
func (f *fake) weAnswer(thread M) {
	f.t.Helper()
	seen := find(f.ana, thread["id"])
	f.hear()
	answer := f.ana.Reply(seen["id"].(string), "May we borrow one?")
	heard := f.hear()
	for _, activity := range heard { // to several inboxes, perhaps, but always the same
		if activity["id"] != heard[0]["id"] {
			f.t.Errorf("an answer arrives as %s", show(heard))
		}
	}
	create := f.one(heard, "Create")
	if object := create["object"].(M); object["inReplyTo"] != thread["id"] || object["id"] != answer["uri"] {
		f.t.Errorf("the answer arrives as %v", object)
	}
	f.relay(create)
	if got := replies(f.ana, seen["id"]); len(got) != 2 {
		f.t.Errorf("after its return the thread holds %v", got)
	}
	f.ana.Object(http.MethodPost, "/api/v1/statuses/"+seen["id"].(string)+"/favourite", nil)
	if like := f.one(f.hear(), "Like"); like["object"] != thread["id"] {
		f.t.Errorf("liked %v", like)
	}
	f.ana.Object(http.MethodPost, "/api/v1/statuses/"+seen["id"].(string)+"/unfavourite", nil)
	if undo := f.one(f.hear(), "Undo"); undo["object"].(M)["object"] != thread["id"] {
		f.t.Errorf("took back %v", undo)
	}
}

// wePost: ana starts a thread in their community, edits and deletes it.
func (f *fake) wePost() {
	f.t.Helper()
	post := f.ana.Post("@grp@peer.test A question from afar\n\nDo you weigh it?")
	create := f.one(f.hear(), "Create")
	object := create["object"].(M)
	if object["audience"] != f.grp.URI || create["audience"] != f.grp.URI || object["id"] != post["uri"] {
		f.t.Errorf("posted %v", create)
	}
	f.relay(create)
	listed := f.ana.List("/api/v1/accounts/" + f.ana.Find("@grp@peer.test") + "/statuses")
	if !holds(listed, post["uri"]) {
		f.t.Errorf("the community took it, and shows %s", show(listed))
	}
	f.Clock.Advance(time.Minute)
	f.ana.Object(http.MethodPut, "/api/v1/statuses/"+post["id"].(string), M{"status": "@grp@peer.test A better question\n\nDo you weigh it?"})
	if update := f.one(f.hear(), "Update"); !strings.Contains(update["object"].(M)["content"].(string), "better question") {
		f.t.Errorf("edited %v", update)
	}
	f.ana.Object(http.MethodDelete, "/api/v1/statuses/"+post["id"].(string), nil)
	if gone := f.one(f.hear(), "Delete"); gone["object"].(M)["id"] != post["uri"] {
		f.t.Errorf("deleted %v", gone)
	}
}

// theyChange: their thread is edited and deleted.
func (f *fake) theyChange(thread M) {
	f.t.Helper()
	seen := find(f.ana, thread["id"])
	f.Clock.Advance(time.Minute)
	f.pass(f.edited(f.grp.URI, thread, "For all patients."))
	if got := status(f.ana, seen["id"]); !strings.Contains(got["content"].(string), "all patients") {
		f.t.Errorf("after the edit: %v", got["content"])
	}
	f.pass(f.deleted(f.grp.URI, thread))
	if !isGone(f.ana, seen["id"]) {
		f.t.Error("the deleted thread is still there")
	}
}

func (f *fake) weLeave() {
	f.t.Helper()
	f.hear()
	f.ana.Object(http.MethodPost, "/api/v1/accounts/"+f.ana.Find("@grp@peer.test")+"/unfollow", nil)
	undo := f.one(f.hear(), "Undo")
	if inner, _ := undo["object"].(M); inner["type"] != "Follow" || inner["object"] != f.grp.URI {
		f.t.Errorf("left with %v", undo)
	}
	after := f.thread(f.grp.URI, "After", "Nobody here follows.")
	f.relay(f.act("Create", f.grp.URI, after))
	if find(f.ana, after["id"]) != nil {
		f.t.Error("who left still hears of it")
	}
}
