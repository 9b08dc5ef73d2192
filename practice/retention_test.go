package practice_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"praxis/internal/takealong"
	"praxis/models"
	"praxis/practice"
)

// TestRetentionForgetsOnlyWhatIsDue: old threads of others go when nobody here has any part in them, and nothing else does.
func TestRetentionForgetsOnlyWhatIsDue(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		keep := practice.Keep{Remote: 100 * 24 * time.Hour, Imports: 30 * 24 * time.Hour}
		keeper := practice.New(w.server.Store, w.verbs.Links(), practice.Limits{Keep: keep}, slog.New(slog.DiscardHandler))
		carl := w.remote("carl@x.test", models.TypePerson)
		stale := w.receive(w.note(carl, "1", "old news"))
		answer := w.receive(w.note(carl, "1a", "old news goes on", under(stale)))
		kept := map[string]*models.Post{
			"kept by somebody":  w.receive(w.note(carl, "2", "worth keeping")),
			"liked by somebody": w.receive(w.note(carl, "3", "nice")),
			"answered here":     w.receive(w.note(carl, "4", "what do you think")),
			"shared here":       w.receive(w.note(carl, "5", "look")),
			"names a member":    w.receive(w.note(carl, "6", "hi @ana", func(d *practice.Draft) { d.Mentions = []*models.Actor{w.ana} })),
			"of a community":    w.receive(w.note(carl, "7", "question", func(d *practice.Draft) { d.Community = w.community })),
			"local":             w.write(w.ana, "My own words"),
		}
		w.ok(w.verbs.Bookmark(w.ctx(), w.ana, kept["kept by somebody"]))
		w.ok(w.verbs.Favourite(w.ctx(), w.ana, kept["liked by somebody"], "", practice.Cause{}))
		w.write(w.ana, "a lot", under(kept["answered here"]))
		_, err := w.verbs.Share(w.ctx(), w.ana, kept["shared here"], "", 0)
		w.ok(err)
		_, err = w.verbs.ReadImport(w.ctx(), w.ana, practice.NewImport{Kind: takealong.Blocks, File: strings.NewReader("x@b.test\n")})
		w.ok(err)
		w.Clock.Advance(101 * 24 * time.Hour)
		kept["new"] = w.receive(w.note(carl, "8", "news"))
		due, err := keeper.Retention(w.ctx())
		w.ok(err)
		gone, err := keeper.RunRetention(w.ctx())
		w.ok(err)
		for i, class := range gone {
			want := map[string]int64{models.KeptRemote: 1, models.KeptImports: 1}[class.Class]
			if class.Due != want || due[i].Due != want {
				t.Errorf("%s: %d were due, %d went, want %d", class.Class, due[i].Due, class.Due, want)
			}
		}
		for _, post := range []*models.Post{stale, answer} {
			if _, err := w.read().Post(post.ID); !models.IsNotFound(err) {
				t.Errorf("%s is still there: %v", post.URI, err)
			}
		}
		for why, post := range kept {
			if _, err := w.read().Post(post.ID); err != nil {
				t.Errorf("%s: %v", why, err)
			}
		}
		w.receive(w.note(carl, "1", "old news")) // it can come again
	})
}
