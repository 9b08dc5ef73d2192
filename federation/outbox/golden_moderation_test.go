package outbox_test

import (
	"testing"
	"time"

	"praxis/models"
	"praxis/practice"
)

// TestGoldenModeration walks through what moderators do, and holds the exact activities and their ways.
func TestGoldenModeration(t *testing.T) {
	w := newWorld(t)
	w.goldenActs()
	w.goldenPowers()
	w.goldenReports()
}

// by gives an act of a moderator in the world's community.
func (w *world) by(moderator *models.Actor, post *models.Post, changes ...func(*practice.Act)) practice.Act {
	act := practice.Act{Moderator: moderator, Community: w.community, Reason: "off topic"}
	if post != nil {
		act.PostURI = post.URI
	}
	for _, change := range changes {
		change(&act)
	}
	return act
}

func about(target *models.Actor) func(*practice.Act) {
	return func(a *practice.Act) { a.Target = target }
}

func (w *world) goldenActs() {
	ctx := w.t.Context()
	thread := w.write(w.ana, "@woundcare Which dressing? #ask")
	w.written()
	w.ok(w.verbs.Remove(ctx, w.by(w.ana, thread)))
	w.golden("remove")
	w.ok(w.verbs.Restore(ctx, w.by(w.ana, thread)))
	w.golden("restore")
	w.ok(w.verbs.Remove(ctx, w.by(w.ana, thread)))
	w.written()
	w.ok(w.verbs.Restore(ctx, w.by(w.community, thread)))
	w.golden("restore-by-another")
	w.ok(w.verbs.Lock(ctx, w.by(w.ana, thread)))
	w.golden("lock")
	w.ok(w.verbs.Unlock(ctx, w.by(w.ana, thread)))
	w.golden("unlock")
	w.ok(w.verbs.PinInCommunity(ctx, w.by(w.ana, thread)))
	w.golden("pin-in-community")
	w.ok(w.verbs.UnpinInCommunity(ctx, w.by(w.ana, thread)))
	w.golden("unpin-in-community")
	other, err := w.verbs.CreateCommunity(ctx, practice.NewCommunity{Username: "other", Convener: w.ana})
	w.ok(err)
	w.ok(w.verbs.MoveThread(ctx, w.by(w.ana, thread, func(a *practice.Act) { a.To = other })))
	w.golden("move")
}

func (w *world) goldenPowers() {
	ctx := w.t.Context()
	mia, leo := w.actor(w.masto), w.actor(w.lemmy)
	ban := w.by(w.ana, nil, about(mia), func(a *practice.Act) { a.Until, a.RemovePosts = time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), true })
	w.ok(w.verbs.Ban(ctx, ban))
	w.golden("ban")
	w.ok(w.verbs.Unban(ctx, w.by(w.ana, nil, about(mia))))
	w.golden("unban")
	w.ok(w.verbs.AppointModerator(ctx, w.by(w.ana, nil, about(leo))))
	w.golden("appoint")
	w.ok(w.verbs.DismissModerator(ctx, w.by(w.ana, nil, about(leo))))
	w.golden("dismiss")
	// In a community elsewhere a member's act goes to its inbox.
	group := w.actor(w.group())
	away := w.write(w.bo, "@grp@lemmy.test Anybody there?")
	w.ok(w.verbs.Admit(ctx, group, away, practice.Announced{URI: "https://lemmy.test/a/admit"}))
	w.ok(w.verbs.SetModerators(ctx, group, []*models.Actor{w.bo}))
	w.written()
	w.ok(w.verbs.Lock(ctx, w.by(w.bo, away, func(a *practice.Act) { a.Community = group })))
	w.golden("remote-lock")
}

func (w *world) goldenReports() {
	ctx := w.t.Context()
	thread := w.write(w.ana, "@woundcare Rude words")
	w.ok(w.verbs.AppointModerator(ctx, w.by(w.ana, nil, about(w.actor(w.lemmy)))))
	w.written()
	report, err := w.verbs.Report(ctx, practice.Complaint{Reporter: w.bo, Target: w.ana, Posts: []*models.Post{thread}, Comment: "rude"})
	w.ok(err)
	w.golden("community-flag")
	w.ok(w.verbs.ResolveReport(ctx, practice.Resolution{Act: w.by(w.ana, nil), Report: report, Answer: "we talked"}))
	w.golden("community-resolve")
}
