package practice_test

import (
	"testing"

	"praxis/models"
	"praxis/practice"
)

// TestF04_DeletedPostKeepsItsPlace: a post that was deleted before it came is never shown, but what answers it hangs in the
// thread in which it was written, whichever of the two came first.
func TestF04_DeletedPostKeepsItsPlace(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		carl := w.remote("carl@peer.test", models.TypePerson)
		below := func(id string) func(*practice.Draft) {
			return func(d *practice.Draft) { d.InReplyToURI = "https://peer.test/notes/" + id }
		}
		root := w.receive(w.note(carl, "root", "the beginning"))
		w.ok(w.verbs.Forget(w.ctx(), carl, "https://peer.test/notes/gone"))
		early := w.receive(w.note(carl, "early", "before it", below("gone")))
		if early.ThreadID == root.ID {
			t.Fatal("nothing ties the early reply to the thread yet, and it is there")
		}
		for range 2 {
			_, err := w.verbs.Post(w.ctx(), w.note(carl, "gone", "deleted", below("root")))
			w.fails(err, models.Gone, "a post that was deleted before it came")
		}
		late := w.receive(w.note(carl, "late", "after it", below("gone")))
		for name, post := range map[string]*models.Post{"early": early, "late": late} {
			if got := w.now(post); got.ThreadID != root.ID || got.IsGone() {
				t.Errorf("the %s reply is in thread %d, want %d", name, got.ThreadID, root.ID)
			}
		}
		grave, err := w.server.Store.Read(w.ctx()).PostByURI("https://peer.test/notes/gone")
		if err != nil || !grave.IsGone() || grave.Content != "" {
			t.Errorf("the deleted post is %+v, %v", grave, err)
		}
		if got := w.now(root); got.RepliesCount != 0 {
			t.Errorf("the beginning counts %d replies", got.RepliesCount)
		}
	})
}
