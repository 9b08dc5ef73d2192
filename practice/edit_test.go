package practice_test

import (
	"slices"
	"testing"
	"time"

	"praxis/models"
	"praxis/practice"
)

func ptr[T any](value T) *T { return &value }

func TestEditKeepsWhatItDoesNotName(t *testing.T) {
	one(t, func(t *testing.T, w *world) {
		post := w.write(w.bo, "@woundcare Which dressing? #ask", func(d *practice.Draft) {
			d.Language, d.SpoilerText, d.Visibility = "de", "wounds", models.Unlisted
		})
		got, err := w.verbs.Edit(w.ctx(), w.bo, post, practice.Edit{Sensitive: ptr(true)})
		w.ok(err)
		if got.EditedAt == 0 {
			t.Error("an edited post is not marked as edited")
		}
		want := *w.now(post)
		want.EditedAt = 0
		if before := *post; before != want {
			t.Errorf("an edit of nothing changed\n%+v into\n%+v", before, want)
		}
		// The community stays though the text does not name it any more.
		got, err = w.verbs.Edit(w.ctx(), w.bo, post, practice.Edit{Text: ptr("Which dressing for a wet wound?"), SpoilerText: ptr("")})
		w.ok(err)
		if got.CommunityID != w.community.ID || got.Visibility != models.Unlisted || got.Kind != practice.InformationRequest {
			t.Errorf("after the edit: community %d, %s, kind %s", got.CommunityID, got.Visibility, got.Kind)
		}
		if got.Title != "Which dressing for a wet wound?" || got.SpoilerText != "" || got.Language != "de" {
			t.Errorf("after the edit: title %q, warning %q, language %q", got.Title, got.SpoilerText, got.Language)
		}
		plain := w.write(w.bo, "no title here")
		got, err = w.verbs.Edit(w.ctx(), w.bo, plain, practice.Edit{Text: ptr("@woundcare now with a name"), SpoilerText: ptr("careful")})
		w.ok(err)
		if got.Title != "" || got.CommunityID != 0 {
			t.Error("an edit published a post into a community")
		}
		if !got.Sensitive {
			t.Error("a post that got a warning is not sensitive")
		}
	})
}

func TestEditIsRefused(t *testing.T) {
	one(t, func(t *testing.T, w *world) {
		post := w.write(w.bo, "mine")
		_, err := w.verbs.Edit(w.ctx(), w.ana, post, practice.Edit{Text: ptr("not yours")})
		w.fails(err, models.Forbidden, "an edit of somebody else's post")
		_, err = w.verbs.Edit(w.ctx(), w.bo, post, practice.Edit{Text: ptr(" ")})
		w.fails(err, models.Invalid, "an edit into nothing")
		w.ok(w.verbs.Delete(w.ctx(), w.bo, post, practice.Cause{}))
		_, err = w.verbs.Edit(w.ctx(), w.bo, post, practice.Edit{Text: ptr("back")})
		w.fails(err, models.Gone, "an edit of a deleted post")
		if got := w.now(post); got.Content != "" || got.Source != "" {
			t.Errorf("the tombstone says %q", got.Content)
		}
	})
}

func TestEditTellsWhomItNamesNew(t *testing.T) {
	one(t, func(t *testing.T, w *world) {
		post := w.write(w.bo, "hello @ana", to(models.Direct))
		_, err := w.verbs.Edit(w.ctx(), w.bo, post, practice.Edit{Text: ptr("hello @ana and @cy #new")})
		w.ok(err)
		w.isTold(w.ana, "mention by bo")
		w.isTold(w.cy, "mention by bo")
		parts, err := w.read().PostParts([]int64{post.ID})
		w.ok(err)
		if len(parts.Mentions[post.ID]) != 2 || !slices.Equal(parts.Tags[post.ID], []string{"new"}) || !w.sees(w.cy, post) {
			t.Errorf("the edited post names %d and has tags %v", len(parts.Mentions[post.ID]), parts.Tags[post.ID])
		}
		_, err = w.verbs.Edit(w.ctx(), w.bo, post, practice.Edit{Text: ptr("hello @ana")})
		w.ok(err)
		if w.sees(w.cy, post) {
			t.Error("who is not named any more still reads the direct post")
		}
		w.isTold(w.cy)
	})
}

func TestOlderEditOfARemotePostIsIgnored(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		carl := w.remote("carl@peer.test", models.TypePerson)
		post := w.receive(w.note(carl, "1", "first"))
		at := w.Clock.Now()
		edit := func(content string, when time.Time) string {
			t.Helper()
			got, err := w.verbs.Edit(w.ctx(), carl, post, practice.Edit{Content: &content, Updated: when})
			w.ok(err)
			return got.Content
		}
		if got := edit("second", at.Add(-time.Hour)); got != "<p>first</p>" {
			t.Errorf("an edit from before the post made it %s", got)
		}
		w.Clock.Advance(time.Hour)
		if got := edit("third", at.Add(10*time.Minute)); got != "third" {
			t.Errorf("a newer edit made it %s", got)
		}
		if got := edit("second again", at.Add(5*time.Minute)); got != "third" {
			t.Errorf("an older edit made it %s", got)
		}
		// The wire tells whole seconds, and activities of one host come in order: the later of two with one date is newer.
		if got := edit("third changed", at.Add(10*time.Minute)); got != "third changed" {
			t.Errorf("a second edit of the same second made it %s", got)
		}
		edit("from the future", w.Clock.Now().Add(240*time.Hour))
		w.Clock.Advance(time.Hour)
		if got := edit("present", w.Clock.Now()); got != "present" {
			t.Errorf("an edit with a date in the future shuts out every later one: %s", got)
		}
	})
}

// TestAnswerInTheSameVersion: an asker's host says by an Update that an answer was accepted, though the text is the one
// that we have.
func TestAnswerInTheSameVersion(t *testing.T) {
	one(t, func(t *testing.T, w *world) {
		carl := w.remote("carl@peer.test", models.TypePerson)
		question := w.receive(w.note(carl, "1", "who knows?"))
		answer := w.write(w.bo, "I do", under(question))
		w.Clock.Advance(time.Hour)
		edited := w.Clock.Now()
		for _, accepted := range []*models.Post{nil, answer} {
			_, err := w.verbs.Edit(w.ctx(), carl, question, practice.Edit{Content: ptr("who really knows?"), Updated: edited, Answer: accepted})
			w.ok(err)
		}
		if got := w.now(question); got.AcceptedAnswerID != answer.ID || got.Content != "who really knows?" {
			t.Errorf("the accepted answer is %d of %q", got.AcceptedAnswerID, got.Content)
		}
	})
}

func TestDeleteLeavesATombstone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.follow(w.cy, w.bo)
		w.follow(w.cy, w.community)
		post := w.write(w.bo, "@woundcare A question for @ana #ask", func(d *practice.Draft) { d.SpoilerText = "careful" })
		reply := w.write(w.ana, "an answer", under(post))
		w.ok(w.verbs.Favourite(w.ctx(), w.ana, post, "", practice.Cause{}))
		_, err := w.verbs.Share(w.ctx(), w.ana, post, "", 0)
		w.ok(err)
		_, err = w.verbs.Edit(w.ctx(), w.ana, reply, practice.Edit{Text: ptr("a better answer")})
		w.ok(err)
		w.fails(w.verbs.Delete(w.ctx(), w.ana, post, practice.Cause{}), models.Forbidden, "deleting somebody else's post")
		w.outbox.events = nil
		w.ok(w.verbs.Delete(w.ctx(), w.bo, post, practice.Cause{}))
		w.ok(w.verbs.Delete(w.ctx(), w.bo, post, practice.Cause{}))
		if events := published[practice.PostDeleted](w); len(events) != 1 || len(events[0].Mentions) != 2 {
			t.Errorf("deleting twice published %d events", len(events))
		}
		got := w.now(post)
		if got.DeletedAt == 0 || got.URI != post.URI || got.Content+got.Source+got.Title+got.SpoilerText != "" {
			t.Errorf("the tombstone is %+v", got)
		}
		for _, owner := range []*models.Actor{w.ana, w.bo, w.cy} {
			if w.sees(owner, post) || w.atHome(owner, post) {
				t.Errorf("%s still sees the post", owner.Username)
			}
		}
		db := w.database()
		for _, query := range []string{
			"SELECT count(*) FROM home_entry WHERE original_id = $1", "SELECT count(*) FROM notification WHERE post_id = $1",
			"SELECT count(*) FROM favourite WHERE post_id = $1", "SELECT count(*) FROM post WHERE reblog_of_id = $1",
			"SELECT count(*) FROM post_tag WHERE post_id = $1", "SELECT count(*) FROM attachment WHERE post_id = $1",
			"SELECT count(*) FROM outbox_entry WHERE post_id = $1 AND public AND payload LIKE '%A question for%'",
			"SELECT count(*) FROM outbox_entry WHERE post_id = $1 AND listed",
		} {
			var n int
			if w.ok(db.QueryRow(query, post.ID).Scan(&n)); n != 0 {
				t.Errorf("%d rows are left: %s", n, query)
			}
		}
		if n := w.actor(w.bo).PostsCount; n != 0 {
			t.Errorf("bo has %d posts", n)
		}
		if !w.sees(w.ana, reply) || w.now(reply).ThreadID != post.ID {
			t.Error("the reply went with the post")
		}
	})
}

func TestDeletedAnswerIsAcceptedNoMore(t *testing.T) {
	one(t, func(t *testing.T, w *world) {
		question := w.write(w.bo, "who knows?")
		answer := w.write(w.ana, "I do", under(question))
		w.ok(w.verbs.Answer(w.ctx(), w.bo, question, answer, false, practice.Cause{}))
		w.ok(w.verbs.Delete(w.ctx(), w.ana, answer, practice.Cause{}))
		if got := w.now(question); got.AcceptedAnswerID != 0 || got.RepliesCount != 0 {
			t.Errorf("accepted %d, %d replies", got.AcceptedAnswerID, got.RepliesCount)
		}
	})
}

// TestDeletedBoostIsUndone: a boost has an id of its own, and whoever deletes it takes it back.
func TestDeletedBoostIsUndone(t *testing.T) {
	one(t, func(t *testing.T, w *world) {
		post := w.write(w.ana, "hello")
		boost, err := w.verbs.Share(w.ctx(), w.bo, post, "", 0)
		w.ok(err)
		w.outbox.events = nil
		w.ok(w.verbs.Delete(w.ctx(), w.bo, boost, practice.Cause{}))
		if n := len(published[practice.Unshared](w)); n != 1 || w.now(post).SharesCount != 0 {
			t.Errorf("%d boosts undone, %d are counted", n, w.now(post).SharesCount)
		}
		again, err := w.verbs.Share(w.ctx(), w.bo, post, "", 0)
		w.ok(err)
		if again.IsGone() || again.ID == boost.ID || w.now(post).SharesCount != 1 {
			t.Errorf("boosted again: %+v", again)
		}
	})
}
