package practice_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"praxis/models"
	"praxis/practice"
)

// of says what a post is beside its text.
func of(kind string, facts practice.Facts) func(*practice.Draft) {
	return func(d *practice.Draft) { d.Kind, d.Facts = kind, &facts }
}

// seen gives a post with what was said to it.
func (w *world) seen(post *models.Post) practice.Practice {
	w.t.Helper()
	parts, err := w.read().PracticeParts([]int64{post.ID})
	w.ok(err)
	return practice.PracticeOf(w.now(post), parts, w.read().Now())
}

func (w *world) isIn(post *models.Post, state string) {
	w.t.Helper()
	if got := w.seen(post).State; got != state {
		w.t.Errorf("the post is %q, want %q", got, state)
	}
}

func TestLifeOfAQuestion(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		question := w.write(w.bo, "@woundcare Which dressing? #ask")
		w.isIn(question, practice.StateOpen)
		w.write(w.bo, "I mean for a wet wound", under(question))
		w.isIn(question, practice.StateOpen)
		answer := w.write(w.cy, "Foam.", under(question))
		w.isIn(question, practice.StateAnswered)
		w.write(w.bo, "#solved", under(answer))
		w.isIn(question, practice.StateSolved)
		w.write(w.bo, "no #unsolved", under(answer))
		w.isIn(question, models.StateReopened)
		change := func(state string) {
			t.Helper()
			_, err := w.verbs.Edit(w.ctx(), w.bo, w.now(question), practice.Edit{Facts: &practice.Facts{State: &state}})
			w.ok(err)
		}
		change(models.StateWithdrawn)
		w.isIn(question, models.StateWithdrawn)
		change(practice.StateOpen)
		w.isIn(question, models.StateReopened)
		w.write(w.bo, "#solved after all", under(answer))
		w.isIn(question, practice.StateSolved)
		w.isIn(w.write(w.bo, "@woundcare We talk #discuss"), "")
	})
}

func TestManyHelpfulAnswers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		question := w.write(w.bo, "@woundcare Which dressing? #ask")
		first, second := w.write(w.cy, "Foam.", under(question)), w.write(w.ana, "Honey.", under(question))
		dora := w.remote("dora@peer.test", models.TypePerson)
		w.write(w.bo, "#helped", under(second))
		w.receive(w.note(dora, "1", "#helped", func(d *practice.Draft) { d.InReplyToURI = second.URI }))
		w.write(w.ana, "that one #helped me, too", under(first)) // prose
		w.write(w.ana, "That one, too #helped", under(first))
		w.write(w.cy, "#helped", under(first))    // their own
		w.write(w.cy, "#helped", under(question)) // no answer
		if got := w.seen(question).Helpful; len(got) != 2 || got[0] != second.ID || got[1] != first.ID {
			t.Errorf("helpful are %v, want %d and %d", got, second.ID, first.ID)
		}
		events := published[practice.PracticeTallied](w)
		if len(events) != 3 || events[0].Post.ID != question.ID {
			t.Errorf("%d tallies were told", len(events))
		}
	})
}

func TestReuseIsCounted(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		asset := w.write(w.bo, "@woundcare A form #share", of("", practice.Facts{License: ptr("CC BY 4.0"), Version: ptr("3")}))
		if asset.Kind != practice.AssetShare || w.seen(asset).License != "CC-BY-4.0" {
			t.Fatalf("the asset is %q under %q", asset.Kind, w.seen(asset).License)
		}
		dora := w.remote("dora@peer.test", models.TypePerson)
		report := w.write(w.cy, "We use it on our ward. #reused", under(asset))
		if report.Kind != practice.ReuseReport {
			t.Errorf("the report is of the kind %q", report.Kind)
		}
		w.write(w.cy, "#reused again", under(report)) // somebody counts once
		w.receive(w.note(dora, "1", "At our clinic as well", func(d *practice.Draft) { d.InReplyToURI, d.Kind = asset.URI, practice.ReuseReport }))
		w.receive(w.note(w.remote("eva@peer.test", models.TypePerson), "2", "#reused", func(d *practice.Draft) { d.InReplyToURI, d.Backfilled = asset.URI, true }))
		w.write(w.bo, "#reused", under(asset)) // their own
		if got := w.seen(asset).Reuses; got != 3 {
			t.Errorf("it was used again %d times, want 3", got)
		}
		derived := w.write(w.cy, "@woundcare Our form #share", of("", practice.Facts{BasedOn: &[]string{asset.URI, "https://peer.test/forms/1"}}))
		found, err := w.read().DerivedPosts(asset, models.Anonymous, 10)
		w.ok(err)
		if len(found) != 1 || found[0].ID != derived.ID || len(w.seen(derived).Sources) != 2 {
			t.Errorf("derived are %d posts, the sources %v", len(found), w.seen(derived).Sources)
		}
		w.ok(w.verbs.Delete(w.ctx(), w.cy, report, practice.Cause{}))
	})
}

func TestPool(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		deadline := w.Clock.Now().Add(48 * time.Hour)
		pool := w.write(w.bo, "@woundcare Gauze together #pool", of("", practice.Facts{Threshold: ptr(20.0), Unit: ptr("kg"), Deadline: &deadline}))
		w.isIn(pool, practice.StateOpen)
		joins := func(who *models.Actor, text string, count, sum int64) {
			t.Helper()
			w.write(who, text, under(pool))
			if got := w.seen(pool); got.Pledges != count || got.Pledged != sum {
				t.Errorf("after %q: %d join with %d, want %d with %d", text, got.Pledges, got.Pledged, count, sum)
			}
		}
		joins(w.cy, "#join 5 kg", 1, 5000)
		joins(w.ana, "We take part, too: #join 2,5 kg", 2, 7500)
		joins(w.cy, "#join 6", 2, 8500)
		joins(w.cy, "I would #join in if I could", 2, 8500)
		joins(w.cy, "#join 10 boxes", 2, 2500) // counts, and cannot be added
		joins(w.ana, "#leave", 1, 0)
		joins(w.ana, "#join 1 kg", 2, 1000)
		w.Clock.Advance(72 * time.Hour)
		joins(w.bo, "#join 3 kg", 2, 1000)
		w.isIn(pool, practice.StateClosed)
	})
}

func TestVisitHasPlaces(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		start := w.Clock.Now().Add(48 * time.Hour)
		visit := w.write(w.bo, "@woundcare Come and see #visit", of("", practice.Facts{Start: &start, Capacity: ptr(int64(1))}))
		comes := func(who *models.Actor, text string, going, maybe int64) {
			t.Helper()
			w.write(who, text, under(visit))
			if got := w.seen(visit); got.Going != going || got.Maybe != maybe || got.Remaining() != 1-going {
				t.Errorf("after %q: %d come, %d may, %d places are left", text, got.Going, got.Maybe, got.Remaining())
			}
		}
		comes(w.cy, "#maybe", 0, 1)
		comes(w.cy, "#going", 1, 0)
		comes(w.ana, "#going", 1, 0) // full
		comes(w.cy, "#going for sure", 1, 0)
		comes(w.cy, "sorry #notgoing", 0, 0)
		comes(w.ana, "#going", 1, 0)
		dora := w.remote("dora@peer.test", models.TypePerson)
		join := practice.Cause{URI: "https://peer.test/joins/1", Raw: []byte("{}")}
		w.outbox.events = nil
		w.ok(w.verbs.Attend(w.ctx(), dora, visit, false, join))
		if events := published[practice.AttendanceAnswered](w); len(events) != 1 || events[0].Accepted {
			t.Errorf("a full visit answers %+v", events)
		}
		comes(w.ana, "#notgoing", 0, 0)
		w.ok(w.verbs.Attend(w.ctx(), dora, visit, false, join))
		if events := published[practice.AttendanceAnswered](w); len(events) != 1 || !events[0].Accepted || w.seen(visit).Going != 1 {
			t.Errorf("a visit with a place answers %+v", events)
		}
		w.ok(w.verbs.Attend(w.ctx(), dora, visit, true, join))
		if w.seen(visit).Going != 0 {
			t.Error("who leaves still comes")
		}
		question := w.write(w.bo, "Which dressing? #ask")
		w.fails(w.verbs.Attend(w.ctx(), dora, question, false, join), models.Invalid, "to attend a question")
		private := w.write(w.bo, "Come #visit", to(models.Private))
		w.fails(w.verbs.Attend(w.ctx(), dora, private, false, join), models.NotFound, "to attend what one may not read")
		w.Clock.Advance(72 * time.Hour)
		comes(w.ana, "#going", 0, 0)
		w.isIn(visit, practice.StateClosed)
	})
}

func TestWhoKnowsAndWhatStays(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		gap := w.write(w.bo, "@woundcare Who knows maggots? #whoknows", of("", practice.Facts{Topics: &[]string{"#maggots"}}))
		w.write(w.cy, "#iknow", under(gap))
		w.write(w.ana, "Ask me.\n#iknow larval therapy", under(gap))
		w.write(w.ana, "#keep", under(gap))
		rows, err := w.read().Responses(gap.ID, models.ResponseKnows, 0, 10)
		w.ok(err)
		if len(rows) != 2 || rows[0].Topic != "maggots" || rows[1].Topic != "larval therapy" || w.seen(gap).Keeps != 1 || w.seen(gap).Knows != 2 {
			t.Errorf("known is %+v", rows)
		}
		w.isIn(gap, practice.StateOpen)
		_, err = w.verbs.Edit(w.ctx(), w.bo, gap, practice.Edit{Facts: &practice.Facts{Status: ptr("closed")}})
		w.ok(err)
		w.isIn(gap, practice.StateClosed)
		question := w.write(w.bo, "@woundcare Which dressing? #ask")
		w.write(w.cy, "#dup https://peer.test/1", under(question)) // neither asker nor moderator
		if got := w.seen(question).DuplicateOf; got != "" {
			t.Errorf("anybody says that it is a duplicate of %s", got)
		}
		w.write(w.ana, "#dup https://peer.test/2", under(question))
		if got := w.seen(question).DuplicateOf; got != "https://peer.test/2" {
			t.Errorf("it is a duplicate of %q", got)
		}
	})
}

var undoLink = regexp.MustCompile(`https://a\.test/undo/([A-Za-z0-9_.-]+)`)

// note reads the newest private note that the community wrote to somebody: its text and the token of its link.
func (w *world) acknowledged(owner *models.Actor) (text, token string) {
	w.t.Helper()
	rows, err := w.read().NotificationPage(owner.ID, models.NotificationFilter{}, models.Page{Limit: 1})
	w.ok(err)
	if len(rows) == 0 || rows[0].ActorID != w.community.ID {
		w.t.Fatalf("the community told %s nothing", owner.Username)
	}
	post, err := w.read().Post(rows[0].PostID)
	w.ok(err)
	if post.Visibility != models.Direct {
		w.t.Errorf("the note is %s", post.Visibility)
	}
	if match := undoLink.FindStringSubmatch(post.Source); match != nil {
		token = match[1]
	}
	return post.Source, token
}

func TestCommandsAreAcknowledgedAndUndone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		pool := w.write(w.bo, "@woundcare Gauze together #pool", of("", practice.Facts{Unit: ptr("kg")}))
		w.write(w.cy, "#join 5 kg", under(pool))
		text, first := w.acknowledged(w.cy)
		if !strings.Contains(text, "with 5 kg") || first == "" {
			t.Errorf("the community says %q", text)
		}
		w.write(w.cy, "#join 8 kg", under(pool))
		_, second := w.acknowledged(w.cy)
		w.fails(w.verbs.Undo(w.ctx(), first), models.Conflict, "to undo what was changed since")
		w.ok(w.verbs.Undo(w.ctx(), second))
		if got := w.seen(pool).Pledged; got != 5000 {
			t.Errorf("after the undo %d are pledged", got)
		}
		w.fails(w.verbs.Undo(w.ctx(), second), models.Conflict, "to undo twice")
		w.write(w.cy, "#leave", under(pool))
		_, left := w.acknowledged(w.cy)
		w.ok(w.verbs.Undo(w.ctx(), left))
		if got := w.seen(pool); got.Pledged != 5000 || got.Pledges != 1 {
			t.Errorf("after the undo of #leave %d are pledged", got.Pledged)
		}
		question := w.write(w.bo, "@woundcare Which dressing? #ask")
		answer := w.write(w.cy, "Foam.", under(question))
		w.write(w.bo, "#solved", under(answer))
		_, solved := w.acknowledged(w.bo)
		w.ok(w.verbs.Undo(w.ctx(), solved))
		if w.now(question).AcceptedAnswerID != 0 {
			t.Error("the answer is still accepted")
		}
		for what, token := range map[string]string{
			"a forged link": solved[:len(solved)-3] + "AAA", "no link": "x", "nothing": "", "another payload": "e30" + solved[strings.Index(solved, "."):],
		} {
			w.fails(w.verbs.Undo(w.ctx(), token), models.NotFound, what)
		}
		w.write(w.bo, "#solved", under(answer))
		_, old := w.acknowledged(w.bo)
		w.Clock.Advance(8 * 24 * time.Hour)
		w.fails(w.verbs.Undo(w.ctx(), old), models.NotFound, "an old link")
	})
}

func TestCommandsEnd(t *testing.T) {
	one(t, func(t *testing.T, w *world) {
		var threads []*models.Post
		for i := range 32 {
			threads = append(threads, w.write(w.bo, fmt.Sprintf("@woundcare Thread %d #discuss", i)))
		}
		for _, thread := range threads {
			w.write(w.cy, "#keep", under(thread))
		}
		if w.seen(threads[29]).Keeps != 1 || w.seen(threads[30]).Keeps != 0 {
			t.Error("the thirtieth command of an hour counts, and no further one")
		}
		w.Clock.Advance(2 * time.Hour)
		w.write(w.cy, "#keep", under(threads[31]))
		if w.seen(threads[31]).Keeps != 1 {
			t.Error("after an hour commands do not count again")
		}
		w.fails(w.verbs.SetHabits(w.ctx(), w.cy, w.community, practice.Habits{Commands: ptr(false)}), models.Forbidden, "to switch commands off")
		w.ok(w.verbs.SetHabits(w.ctx(), w.ana, w.community, practice.Habits{Commands: ptr(false)}))
		w.write(w.cy, "#keep", under(threads[30]))
		if w.seen(threads[30]).Keeps != 0 {
			t.Error("commands that are off count")
		}
	})
}

// TestRepliesBeforeTheirThread: what was said to a thread that comes late counts as if it had come first.
func TestRepliesBeforeTheirThread(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		dora, eva := w.remote("dora@peer.test", models.TypePerson), w.remote("eva@peer.test", models.TypePerson)
		w.receive(w.note(eva, "helped", "#helped", func(d *practice.Draft) { d.InReplyToURI = "https://peer.test/notes/answer" }))
		w.receive(w.note(eva, "answer", "Foam.", func(d *practice.Draft) { d.InReplyToURI = "https://peer.test/notes/q" }))
		w.receive(w.note(dora, "solved", "#solved", func(d *practice.Draft) { d.InReplyToURI = "https://peer.test/notes/answer" }))
		w.receive(w.note(dora, "helped2", "#helped", func(d *practice.Draft) { d.InReplyToURI = "https://peer.test/notes/answer" }))
		question := w.receive(w.note(dora, "q", "Which dressing?", func(d *practice.Draft) { d.Kind = practice.InformationRequest }))
		answer, err := w.read().PostByURI("https://peer.test/notes/answer")
		w.ok(err)
		if got := w.seen(question); got.State != practice.StateSolved || len(got.Helpful) != 1 || got.Helpful[0] != answer.ID {
			t.Errorf("the question is %s, helpful are %v", got.State, got.Helpful)
		}
	})
}
