package practice_test

import (
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"praxis/models"
	"praxis/practice"
)

func TestPostLimits(t *testing.T) {
	one(t, func(t *testing.T, w *world) {
		limit := w.verbs.Limits().PostChars
		before := w.server.Count("post")
		for what, text := range map[string]string{"no text": "", "blank text": " \n\t ", "one character too many": strings.Repeat("ä", limit+1)} {
			_, err := w.tryWrite(w.ana, text)
			w.fails(err, models.Invalid, what)
		}
		_, err := w.tryWrite(w.ana, strings.Repeat("ä", limit), func(d *practice.Draft) { d.SpoilerText = "x" })
		w.fails(err, models.Invalid, "a warning above the limit")
		_, err = w.tryWrite(w.ana, "hello", to("everybody"))
		w.fails(err, models.Invalid, "an unknown visibility")
		if n := w.server.Count("post"); n != before {
			t.Errorf("%d posts were stored of what is refused", n-before)
		}
		// Characters count, not bytes.
		if post := w.write(w.ana, strings.Repeat("ä", limit)); post.Visibility != models.Public {
			t.Errorf("a post is %s unless it says otherwise", post.Visibility)
		}
		spoiled := w.write(w.ana, "hello", func(d *practice.Draft) { d.SpoilerText = "careful" })
		if !spoiled.Sensitive {
			t.Error("a post with a warning is not sensitive")
		}
	})
}

func TestPostOfAKeyIsMadeOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		keyed := func(d *practice.Draft) { d.IdempotencyKey = "key" }
		first := w.write(w.ana, "once", keyed)
		w.outbox.events = nil
		again := w.write(w.ana, "once", keyed)
		if again.ID != first.ID || len(w.outbox.events) != 0 {
			t.Errorf("repeated, the post is %d and not %d, with %d events", again.ID, first.ID, len(w.outbox.events))
		}
		if other := w.write(w.bo, "once", keyed); other.ID == first.ID {
			t.Error("another member's key gives this member's post")
		}
		w.Clock.Advance(25 * time.Hour)
		if later := w.write(w.ana, "once", keyed); later.ID == first.ID {
			t.Error("a key is remembered for more than a day")
		}
	})
}

func TestWhoReadsWhat(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.follow(w.bo, w.ana)
		readers := map[string]*models.Actor{"author": w.ana, "follower": w.bo, "stranger": w.cy, "nobody": nil, "named": w.member("dee")}
		for visibility, who := range map[string]string{
			models.Public:   "author follower named nobody stranger",
			models.Unlisted: "author follower named nobody stranger",
			models.Private:  "author follower named",
			models.Direct:   "author named",
		} {
			post := w.write(w.ana, "hello @dee", to(visibility))
			for name, reader := range readers {
				if want := strings.Contains(who, name); w.sees(reader, post) != want {
					t.Errorf("%s post: %s reads it: %v", visibility, name, !want)
				}
			}
			if w.atHome(w.bo, post) != (visibility != models.Direct) || !w.atHome(w.ana, post) || w.atHome(w.cy, post) {
				t.Errorf("%s post: at home with ana %v, bo %v, cy %v", visibility, w.atHome(w.ana, post), w.atHome(w.bo, post), w.atHome(w.cy, post))
			}
		}
		w.isTold(readers["named"], "mention by ana", "mention by ana", "mention by ana", "mention by ana")
	})
}

func TestMentionMakesAThread(t *testing.T) {
	one(t, func(t *testing.T, w *world) {
		w.newCommunity(practice.NewCommunity{Username: "burns"})
		w.follow(w.cy, w.community)
		post := w.write(w.bo, "@woundcare Which dressing? #ask\n\nWe tried two, as @burns knows.")
		if post.CommunityID != w.community.ID {
			t.Fatalf("the thread is in %d", post.CommunityID)
		}
		if post.Title != "Which dressing?" || post.Kind != practice.InformationRequest || post.ThreadID != post.ID {
			t.Errorf("title %q, kind %q, thread %d of %d", post.Title, post.Kind, post.ThreadID, post.ID)
		}
		if !w.atHome(w.cy, post) {
			t.Error("a follower of the community does not have the thread at home")
		}
		if shared := published[practice.Shared](w); len(shared) != 1 || shared[0].Actor.ID != w.community.ID {
			t.Errorf("announced %d times", len(shared))
		}
		if n := w.now(post).SharesCount; n != 0 {
			t.Errorf("the announcement counts as %d boosts", n)
		}
		plain := w.write(w.bo, "First line\n\nand more")
		if plain.Title != "" || plain.CommunityID != 0 {
			t.Errorf("a post outside has title %q and community %d", plain.Title, plain.CommunityID)
		}
		unlisted := w.write(w.bo, "@woundcare quietly", to(models.Unlisted))
		if unlisted.CommunityID != w.community.ID {
			t.Error("an unlisted post is not taken by the community that it names")
		}
	})
}

func TestFewerReadersStayOutOfCommunities(t *testing.T) {
	one(t, func(t *testing.T, w *world) {
		w.follow(w.cy, w.community)
		for _, visibility := range []string{models.Private, models.Direct} {
			w.outbox.events = nil
			post := w.write(w.bo, "@woundcare only between us", to(visibility))
			if post.CommunityID != 0 || post.Title != "" || len(published[practice.Shared](w)) != 0 {
				t.Errorf("%s: the community took the post", visibility)
			}
			if w.sees(w.cy, post) || w.atHome(w.cy, post) {
				t.Errorf("%s: a follower of the community sees the post", visibility)
			}
		}
		thread := w.write(w.bo, "@woundcare A question")
		if reply := w.write(w.cy, "an answer", under(thread)); reply.CommunityID != w.community.ID || reply.ThreadID != thread.ID {
			t.Errorf("a public reply is in community %d, thread %d", reply.CommunityID, reply.ThreadID)
		}
		if n := w.now(thread).RepliesCount; n != 1 {
			t.Errorf("%d replies, there is one", n)
		}
		whisper := w.write(w.cy, "@bo by the way", under(thread), to(models.Direct))
		if whisper.CommunityID != 0 || w.now(thread).RepliesCount != 1 {
			t.Errorf("a direct reply is in community %d and counts: %d", whisper.CommunityID, w.now(thread).RepliesCount)
		}
		// A reply stays where its thread is, whatever it names.
		w.newCommunity(practice.NewCommunity{Username: "burns"})
		outside := w.write(w.bo, "outside")
		if reply := w.write(w.cy, "@burns look", under(outside)); reply.CommunityID != 0 {
			t.Error("a reply carried a thread into a community")
		}
		w.isTold(w.bo, "mention by cy", "mention by cy", "mention by cy")
	})
}

func TestClosedCommunities(t *testing.T) {
	one(t, func(t *testing.T, w *world) {
		closed := w.newCommunity(practice.NewCommunity{Username: "closed", Convener: w.ana, Request: true})
		stranger := w.remote("eve@peer.test", models.TypePerson)
		refused := func(author *models.Actor, what string) {
			t.Helper()
			before := w.server.Count("post")
			_, err := w.tryWrite(author, "@closed let me in")
			w.fails(err, models.Forbidden, what)
			if w.server.Count("post") != before {
				t.Errorf("%s: the post was stored", what)
			}
		}
		refused(w.bo, "a stranger")
		_, err := w.verbs.Post(w.ctx(), w.note(stranger, "1", "let me in", func(d *practice.Draft) { d.Community = closed }))
		w.fails(err, models.Forbidden, "a stranger from elsewhere")
		w.follow(w.bo, closed)
		refused(w.bo, "who only asked to join")
		w.ok(w.verbs.AnswerFollow(w.ctx(), closed, w.bo, true))
		thread := w.write(w.bo, "@closed now I am in")
		_, err = w.tryWrite(w.cy, "me too", under(thread))
		w.fails(err, models.Forbidden, "a stranger's reply")
		w.write(w.ana, "welcome", under(thread))

		w.ok(w.server.Store.Tx(w.ctx(), func(tx *models.Tx) error {
			current, err := tx.Actor(w.community.ID)
			if err != nil {
				return err
			}
			current.ModeratorsPost = true
			return tx.UpdateActor(current)
		}))
		_, err = w.tryWrite(w.bo, "@woundcare a thread")
		w.fails(err, models.Forbidden, "a thread where moderators alone begin them")
		notice := w.write(w.ana, "@woundcare a notice")
		w.write(w.bo, "understood", under(notice))
	})
}

func TestPostIntoWhatIsGone(t *testing.T) {
	one(t, func(t *testing.T, w *world) {
		thread := w.write(w.bo, "@woundcare a thread")
		dead := w.write(w.bo, "gone soon")
		w.ok(w.verbs.Delete(w.ctx(), w.bo, dead, practice.Cause{}))
		_, err := w.tryWrite(w.ana, "too late", under(dead))
		w.fails(err, models.Invalid, "a reply to a deleted post")
		w.ok(w.verbs.DeleteActor(w.ctx(), w.community))
		reply := w.write(w.cy, "still talking", under(thread))
		if reply.CommunityID != 0 {
			t.Error("a reply entered a community that is gone")
		}
		if post := w.write(w.cy, "@woundcare anybody there?"); post.CommunityID != 0 || strings.Contains(post.Content, "<a") {
			t.Errorf("a post entered a community that is gone: %s", post.Content)
		}
	})
}

func TestE07_ReplyToWhatOneCannotRead(t *testing.T) {
	one(t, func(t *testing.T, w *world) {
		secret := w.write(w.ana, "@cy between us", to(models.Direct))
		_, err := w.tryWrite(w.bo, "what is this?", under(secret))
		w.fails(err, models.NotFound, "a reply to a hidden post")
		w.write(w.cy, "@ana yes", under(secret), to(models.Direct))
	})
}

func TestRemotePostIsTakenOnce(t *testing.T) {
	one(t, func(t *testing.T, w *world) {
		carl := w.remote("carl@peer.test", models.TypePerson)
		w.follow(w.ana, carl)
		w.ok(w.verbs.AnswerFollow(w.ctx(), carl, w.ana, true))
		first := w.receive(w.note(carl, "1", "hello"))
		if again := w.receive(w.note(carl, "1", "changed")); again.ID != first.ID || again.Content != first.Content {
			t.Errorf("taken again it is %d with %s", again.ID, again.Content)
		}
		if !w.atHome(w.ana, first) || w.actor(carl).PostsCount != 1 {
			t.Errorf("at home %v, %d posts", w.atHome(w.ana, first), w.actor(carl).PostsCount)
		}
		mallory := w.remote("mallory@peer.test", models.TypePerson)
		stolen := w.note(carl, "1", "mine now")
		stolen.Author = mallory
		_, err := w.verbs.Post(w.ctx(), stolen)
		w.fails(err, models.Forbidden, "a known post of another author")
		w.ok(w.verbs.Delete(w.ctx(), carl, first, practice.Cause{}))
		_, err = w.verbs.Post(w.ctx(), w.note(carl, "1", "back again"))
		w.fails(err, models.Gone, "a deleted post")
		w.ok(w.verbs.Forget(w.ctx(), carl, "https://peer.test/notes/2"))
		_, err = w.verbs.Post(w.ctx(), w.note(carl, "2", "late"))
		w.fails(err, models.Gone, "a post that was deleted before it came")
		w.ok(w.verbs.Forget(w.ctx(), mallory, "https://peer.test/notes/4"))
		w.receive(w.note(carl, "4", "not mallory's to delete"))
		old := w.receive(w.note(carl, "3", "from the archive", func(d *practice.Draft) { d.Backfilled = true }))
		if w.atHome(w.ana, old) {
			t.Error("a post that was only fetched is at home")
		}
	})
}

// Works that fetch the same post at once all get it, and none of them fails.
func TestRemotePostThatSomeTakeAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		carl := w.remote("carl@peer.test", models.TypePerson)
		for number := range 8 {
			note := w.note(carl, strconv.Itoa(number), "hello", func(d *practice.Draft) { d.Backfilled = true })
			var ids [6]int64
			var wait sync.WaitGroup
			for i := range ids {
				wait.Go(func() {
					post, err := w.verbs.Post(w.ctx(), note)
					if err != nil {
						t.Error(err)
						return
					}
					ids[i] = post.ID
				})
			}
			wait.Wait()
			for _, id := range ids {
				if id != ids[0] {
					t.Fatalf("they got %v", ids)
				}
			}
		}
	})
}

func TestRepliesThatCameFirst(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		carl := w.remote("carl@peer.test", models.TypePerson)
		answers := func(id string) func(*practice.Draft) {
			return func(d *practice.Draft) { d.InReplyToURI = "https://peer.test/notes/" + id }
		}
		leaf := w.receive(w.note(carl, "c", "third", answers("b")))
		hidden := w.receive(w.note(carl, "x", "third, hidden", answers("b"), to(models.Private)))
		middle := w.receive(w.note(carl, "b", "second", answers("a")))
		root := w.receive(w.note(carl, "a", "first", func(d *practice.Draft) { d.Community = w.community }))
		for name, post := range map[string]*models.Post{"root": root, "middle": middle, "leaf": leaf, "hidden": hidden} {
			stored := w.now(post)
			if stored.ThreadID != root.ID {
				t.Errorf("%s is in thread %d and not %d", name, stored.ThreadID, root.ID)
			}
			if want := name != "hidden"; (stored.CommunityID == w.community.ID) != want {
				t.Errorf("%s is in community %d", name, stored.CommunityID)
			}
		}
		if a, b := w.now(root).RepliesCount, w.now(middle).RepliesCount; a != 1 || b != 1 {
			t.Errorf("replies %d and %d, one each is public", a, b)
		}
	})
}

// The parent was read before the post that it answers came, which moved it to another thread.
func TestReplyJoinsTheThreadThatItsParentMovedTo(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		carl := w.remote("carl@peer.test", models.TypePerson)
		stale := w.receive(w.note(carl, "2", "the second", func(d *practice.Draft) { d.InReplyToURI = "https://peer.test/notes/1" }))
		root := w.receive(w.note(carl, "1", "the first"))
		if reply := w.write(w.ana, "the third", under(stale)); reply.ThreadID != root.ID {
			t.Errorf("the reply is in thread %d, not in %d", reply.ThreadID, root.ID)
		}
	})
}
