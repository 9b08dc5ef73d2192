package practice_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"praxis/models"
	"praxis/practice"
)

// by gives an act of a moderator in the world's community about a post.
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

// notices gives what a member was told in private, oldest first.
func (w *world) notices(member *models.Actor) []string {
	w.t.Helper()
	rows, err := w.read().NotificationPage(member.ID, models.NotificationFilter{}, models.Page{Limit: 100})
	w.ok(err)
	var said []string
	for i := len(rows) - 1; i >= 0; i-- {
		post, err := w.read().Post(max(rows[i].PostID, 0))
		if err == nil && post.Visibility == models.Direct {
			said = append(said, post.Source)
		}
	}
	return said
}

// logged gives the verbs of the community's log, oldest first.
func (w *world) logged() string {
	w.t.Helper()
	rows, err := w.read().ModLogPage(w.community.ID, models.Page{Limit: 100})
	w.ok(err)
	var verbs []string
	for i := len(rows) - 1; i >= 0; i-- {
		verbs = append(verbs, rows[i].Verb)
		if rows[i].Activity == "" {
			w.t.Errorf("%s is logged without its activity", rows[i].Verb)
		}
	}
	return strings.Join(verbs, " ")
}

func TestRemovedPostIsHiddenFromAllButItsAuthor(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		thread := w.write(w.bo, "@woundcare A thread")
		reply := w.write(w.cy, "An answer", under(thread))
		w.fails(w.verbs.Remove(w.ctx(), w.by(w.cy, reply)), models.Forbidden, "a removal by who does not moderate")
		w.fails(w.verbs.Remove(w.ctx(), w.by(w.bo, reply)), models.Forbidden, "a removal by the asker")
		w.ok(w.verbs.Remove(w.ctx(), w.by(w.ana, reply)))
		w.ok(w.verbs.Remove(w.ctx(), w.by(w.ana, reply)))
		if w.sees(w.bo, reply) || w.sees(nil, reply) || !w.sees(w.cy, reply) {
			t.Error("a removed post is not for its author alone")
		}
		if n := w.now(thread).RepliesCount; n != 0 {
			t.Errorf("the thread counts %d replies", n)
		}
		if said := w.notices(w.cy); len(said) != 1 || !strings.Contains(said[0], "removed") || !strings.Contains(said[0], "off topic") {
			t.Errorf("the author was told %q", said)
		}
		w.fails(w.verbs.Favourite(w.ctx(), w.bo, reply, "", practice.Cause{}), models.NotFound, "a like of a removed post")
		w.ok(w.verbs.Restore(w.ctx(), w.by(w.ana, reply)))
		w.ok(w.verbs.Restore(w.ctx(), w.by(w.ana, reply)))
		if !w.sees(w.bo, reply) || w.now(thread).RepliesCount != 1 {
			t.Error("a restored post is not as it was")
		}
		if got := w.logged(); got != "remove restore" {
			t.Errorf("the log says %q", got)
		}
		w.ok(w.verbs.Remove(w.ctx(), w.by(w.ana, reply)))
		w.ok(w.verbs.Delete(w.ctx(), w.cy, reply, practice.Cause{}))
		if n := w.now(thread).RepliesCount; n != 0 {
			t.Errorf("a removed and deleted reply counts as %d", n)
		}
		w.fails(w.verbs.Restore(w.ctx(), w.by(w.ana, reply)), models.Gone, "the restoration of what its author deleted")
	})
}

func TestModeratorsActOnlyInTheirOwnCommunity(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		other := w.newCommunity(practice.NewCommunity{Username: "other", Convener: w.cy})
		thread, alone := w.write(w.bo, "@woundcare A thread"), w.write(w.bo, "in no community")
		elsewhere := func(a *practice.Act) { a.Community = other }
		for what, act := range map[string]practice.Act{
			"of another community": w.by(w.cy, thread, elsewhere), "of none": w.by(w.ana, alone),
		} {
			w.fails(w.verbs.Remove(w.ctx(), act), models.Forbidden, "removal of a post "+what)
			w.fails(w.verbs.Lock(w.ctx(), act), models.Forbidden, "lock of a post "+what)
			w.fails(w.verbs.PinInCommunity(w.ctx(), act), models.Forbidden, "pin of a post "+what)
		}
		if !w.sees(nil, thread) || !w.sees(nil, alone) || w.logged() != "" {
			t.Error("something happened")
		}
	})
}

func TestLockedThreadTakesNoReplies(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		thread := w.write(w.bo, "@woundcare A thread")
		reply := w.write(w.cy, "An answer", under(thread))
		w.fails(w.verbs.Lock(w.ctx(), w.by(w.bo, thread)), models.Forbidden, "a lock by who does not moderate")
		w.ok(w.verbs.Lock(w.ctx(), w.by(w.ana, thread)))
		for _, parent := range []*models.Post{thread, reply} {
			_, err := w.tryWrite(w.cy, "One more", under(parent))
			w.fails(err, models.Forbidden, "a reply in a locked thread")
			if !strings.Contains(models.ErrorMessage(err), "off topic") {
				t.Errorf("the reason is not told: %v", err)
			}
		}
		rita := w.remote("rita@b.test", models.TypePerson)
		_, err := w.verbs.Post(w.ctx(), w.note(rita, "1", "late", func(d *practice.Draft) { d.InReplyToURI = thread.URI }))
		w.fails(err, models.Forbidden, "a remote reply in a locked thread")
		w.write(w.ana, "The moderator's last word", under(thread))
		w.ok(w.verbs.Unlock(w.ctx(), w.by(w.ana, thread)))
		w.write(w.cy, "One more", under(thread))
		if got := w.logged(); got != "lock unlock" {
			t.Errorf("the log says %q", got)
		}
	})
}

func TestBanKeepsSomebodyOutUntilItEnds(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.follow(w.cy, w.community)
		kept, gone := w.write(w.bo, "@woundcare A thread"), w.write(w.cy, "@woundcare Spam")
		elsewhere := w.write(w.cy, "not in the community")
		ban := w.by(w.ana, nil, about(w.cy), func(a *practice.Act) { a.Until, a.RemovePosts = w.Clock.Now().Add(time.Hour), true })
		w.fails(w.verbs.Ban(w.ctx(), w.by(w.bo, nil, about(w.cy))), models.Forbidden, "a ban by who does not moderate")
		w.fails(w.verbs.Ban(w.ctx(), w.by(w.ana, nil, about(w.ana))), models.Forbidden, "a ban of a moderator")
		w.ok(w.verbs.Ban(w.ctx(), ban))
		w.ok(w.verbs.Ban(w.ctx(), ban))
		if w.sees(w.bo, gone) || !w.sees(w.bo, kept) || !w.sees(w.bo, elsewhere) {
			t.Error("a ban removes what was posted in the community, and nothing else")
		}
		_, err := w.tryWrite(w.cy, "@woundcare Again")
		w.fails(err, models.Forbidden, "a thread of who is banned")
		_, err = w.tryWrite(w.cy, "Again", under(kept))
		w.fails(err, models.Forbidden, "a reply of who is banned")
		_, err = w.verbs.Follow(w.ctx(), w.cy, w.community, practice.FollowOptions{})
		w.fails(err, models.Forbidden, "a follow of who is banned")
		if _, err := w.read().FollowBetween(w.cy.ID, w.community.ID); !models.IsNotFound(err) {
			t.Errorf("who is banned follows still: %v", err)
		}
		if said := w.notices(w.cy); len(said) != 1 || !strings.Contains(said[0], "off topic") || !strings.Contains(said[0], "until") {
			t.Errorf("who is banned was told %q", said)
		}
		w.Clock.Advance(2 * time.Hour)
		w.write(w.cy, "@woundcare Back again")
		w.follow(w.cy, w.community)
		w.ok(w.verbs.Restore(w.ctx(), w.by(w.ana, gone)))
		if !w.sees(w.bo, gone) {
			t.Error("what a ban removed is not restored")
		}
		forever := w.by(w.ana, nil, about(w.cy))
		w.ok(w.verbs.Ban(w.ctx(), forever))
		w.Clock.Advance(10000 * time.Hour)
		_, err = w.tryWrite(w.cy, "Again", under(kept))
		w.fails(err, models.Forbidden, "a reply of who is banned for ever")
		w.ok(w.verbs.Unban(w.ctx(), forever))
		w.write(w.cy, "Lifted", under(kept))
		if got := w.logged(); got != "ban restore ban unban" {
			t.Errorf("the log says %q", got)
		}
	})
}

func TestConvenersSayWhoModerates(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		rita := w.remote("rita@b.test", models.TypePerson)
		role := func(role string) func(*practice.Act) { return func(a *practice.Act) { a.Role = role } }
		w.fails(w.verbs.AppointModerator(w.ctx(), w.by(w.bo, nil, about(w.bo))), models.Forbidden, "an appointment of oneself")
		w.fails(w.verbs.AppointModerator(w.ctx(), w.by(w.ana, nil, about(w.bo), role("king"))), models.Invalid, "a role that is none")
		w.fails(w.verbs.AppointModerator(w.ctx(), w.by(w.ana, nil, about(w.community))), models.Invalid, "a community as moderator")
		w.fails(w.verbs.DismissModerator(w.ctx(), w.by(w.ana, nil, about(w.ana))), models.Forbidden, "the last convener's farewell")
		w.fails(w.verbs.AppointModerator(w.ctx(), w.by(w.ana, nil, about(w.ana), role("moderator"))), models.Forbidden, "the last convener as moderator")
		w.ok(w.verbs.AppointModerator(w.ctx(), w.by(w.ana, nil, about(rita))))
		w.ok(w.verbs.AppointModerator(w.ctx(), w.by(w.ana, nil, about(w.bo))))
		w.fails(w.verbs.DismissModerator(w.ctx(), w.by(w.bo, nil, about(rita))), models.Forbidden, "a dismissal by a moderator")
		w.fails(w.verbs.AppointModerator(w.ctx(), w.by(w.bo, nil, about(w.cy))), models.Forbidden, "an appointment by a moderator")
		thread := w.write(w.cy, "@woundcare A thread")
		w.ok(w.verbs.Remove(w.ctx(), w.by(w.bo, thread)))
		w.ok(w.verbs.DismissModerator(w.ctx(), w.by(w.bo, nil, about(w.bo))))
		w.fails(w.verbs.Restore(w.ctx(), w.by(w.bo, thread)), models.Forbidden, "an act of who moderates no more")
		w.ok(w.verbs.AppointModerator(w.ctx(), w.by(w.ana, nil, about(w.bo), role("convener"))))
		w.ok(w.verbs.DismissModerator(w.ctx(), w.by(w.bo, nil, about(w.ana))))
		if got := w.logged(); got != "appoint appoint remove dismiss appoint dismiss" {
			t.Errorf("the log says %q", got)
		}
	})
}

func TestThreadMovesWithItsReplies(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		other := w.newCommunity(practice.NewCommunity{Username: "other", Convener: w.bo})
		far := w.remote("far@b.test", models.TypeGroup)
		into := func(to *models.Actor) func(*practice.Act) { return func(a *practice.Act) { a.To = to } }
		thread := w.write(w.cy, "@woundcare A thread")
		reply := w.write(w.bo, "An answer", under(thread))
		w.fails(w.verbs.MoveThread(w.ctx(), w.by(w.ana, thread, into(other))), models.Forbidden, "a move into what one does not moderate")
		w.ok(w.verbs.AppointModerator(w.ctx(), practice.Act{Moderator: w.bo, Community: other, Target: w.ana}))
		w.fails(w.verbs.MoveThread(w.ctx(), w.by(w.ana, reply, into(other))), models.Invalid, "the move of a reply")
		w.fails(w.verbs.MoveThread(w.ctx(), w.by(w.ana, thread, into(far))), models.Invalid, "a move to another host")
		w.ok(w.verbs.PinInCommunity(w.ctx(), w.by(w.ana, thread)))
		w.ok(w.verbs.Lock(w.ctx(), w.by(w.ana, thread)))
		w.ok(w.verbs.Remove(w.ctx(), w.by(w.ana, reply)))
		w.ok(w.verbs.MoveThread(w.ctx(), w.by(w.ana, thread, into(other))))
		elsewhere := func(a *practice.Act) { a.Community = other }
		w.fails(w.verbs.Unlock(w.ctx(), w.by(w.ana, thread)), models.Forbidden, "an act of the community that it left")
		w.ok(w.verbs.Unlock(w.ctx(), w.by(w.bo, thread, elsewhere)))
		w.ok(w.verbs.Restore(w.ctx(), w.by(w.bo, reply, elsewhere)))
		if got := w.now(thread); got.LockedAt != 0 || w.now(reply).RemovedAt != 0 {
			t.Error("the moderators of the new community cannot undo what was done before")
		}
		for _, community := range []*models.Actor{w.community, other} {
			if n, err := w.read().CountPins(community.ID); n != 0 || err != nil {
				t.Errorf("%d pins, %v", n, err)
			}
		}
		w.ok(w.verbs.PinInCommunity(w.ctx(), w.by(w.bo, thread, elsewhere)))
		if w.now(thread).CommunityID != other.ID || w.now(reply).CommunityID != other.ID {
			t.Error("not the whole thread moved")
		}
		if _, err := w.read().BoostOf(thread.ID, w.community.ID); !models.IsNotFound(err) {
			t.Errorf("the old community announces it still: %v", err)
		}
		if _, err := w.read().BoostOf(thread.ID, other.ID); err != nil {
			t.Errorf("the new community does not announce it: %v", err)
		}
	})
}

func TestHiddenHereIsHiddenByStaffAlone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		rita := w.remote("rita@b.test", models.TypePerson)
		root := w.write(w.ana, "root")
		far := w.receive(w.note(rita, "1", "far", func(d *practice.Draft) { d.InReplyToURI = root.URI }))
		near := w.write(w.bo, "near", under(root))
		_, err := w.verbs.HideHere(w.ctx(), w.ana, far.ID, "no")
		w.fails(err, models.Forbidden, "hiding by a convener")
		w.ok(w.verbs.SetRole(w.ctx(), w.cy, models.RoleModerator))
		before := w.server.Count("outbox_entry")
		for _, post := range []*models.Post{far, near} {
			_, err := w.verbs.HideHere(w.ctx(), w.cy, post.ID, "no")
			w.ok(err)
			if w.sees(w.ana, post) || w.sees(nil, post) {
				t.Error("a hidden post is seen")
			}
		}
		if !w.sees(w.bo, near) || w.now(near).HiddenReason != "no" {
			t.Error("the author does not see why it is hidden")
		}
		_, err = w.verbs.HideHere(w.ctx(), w.cy, near.ID, "no")
		w.ok(err)
		if n := w.now(root).RepliesCount; n != 0 { // E4: the number would tell of them
			t.Errorf("the thread counts %d replies that nobody sees", n)
		}
		for _, post := range []*models.Post{far, near} {
			_, err := w.verbs.ShowHere(w.ctx(), w.cy, post.ID)
			w.ok(err)
			if !w.sees(w.ana, post) {
				t.Error("a post that is shown again is not seen")
			}
		}
		if n := w.now(root).RepliesCount; n != 2 {
			t.Errorf("the thread counts %d replies of two", n)
		}
		if n := w.server.Count("outbox_entry"); n != before {
			t.Errorf("%d activities were written", n-before)
		}
		secret := w.write(w.bo, "secret", to(models.Private))
		_, err = w.verbs.HideHere(w.ctx(), w.cy, secret.ID, "")
		w.fails(err, models.NotFound, "hiding of what staff may not read")
	})
}

// TestEditsOfRemovedPosts: what its author says elsewhere in the meantime is seen once it is restored, and announced by nobody.
func TestEditsOfRemovedPosts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		rita := w.remote("rita@b.test", models.TypePerson)
		far := w.receive(w.note(rita, "1", "before", func(d *practice.Draft) { d.Community = w.community }))
		near := w.write(w.bo, "@woundcare before")
		for _, post := range []*models.Post{far, near} {
			w.ok(w.verbs.Remove(w.ctx(), w.by(w.ana, post)))
		}
		entries := w.server.Count("outbox_entry")
		text := "<p>after</p>"
		_, err := w.verbs.Edit(w.ctx(), rita, far, practice.Edit{Content: &text, Updated: w.Clock.Now(), Cause: practice.Cause{URI: "x", Raw: []byte(`{}`)}})
		w.ok(err)
		if n := w.server.Count("outbox_entry"); n != entries {
			t.Error("the edit of a removed post was announced")
		}
		_, err = w.verbs.Edit(w.ctx(), w.bo, near, practice.Edit{Text: &text})
		w.fails(err, models.Forbidden, "a member's edit of a removed post")
		w.ok(w.verbs.Restore(w.ctx(), w.by(w.ana, far)))
		if got := w.now(far); got.Content != text || got.RemovedAt != 0 {
			t.Errorf("restored as %q", got.Content)
		}
	})
}

// TestBannedFollowerOfAnotherHostIsAnswered: it would wait for ever otherwise.
func TestBannedFollowerOfAnotherHostIsAnswered(t *testing.T) {
	one(t, func(t *testing.T, w *world) {
		rita := w.remote("rita@b.test", models.TypePerson)
		w.ok(w.verbs.Ban(w.ctx(), w.by(w.ana, nil, about(rita))))
		w.outbox.events = nil
		_, err := w.verbs.Follow(w.ctx(), rita, w.community, practice.FollowOptions{URI: "https://b.test/f/1"})
		w.ok(err)
		if _, err := w.read().FollowBetween(rita.ID, w.community.ID); !models.IsNotFound(err) {
			t.Errorf("a banned actor follows: %v", err)
		}
		answers := published[practice.FollowAnswered](w)
		if len(answers) != 1 || answers[0].Accepted || answers[0].Follow.URI != "https://b.test/f/1" {
			t.Errorf("the answer is %v", answers)
		}
	})
}

// TestFailedActLeavesNothing: when other hosts cannot be told, nothing has happened.
func TestFailedActLeavesNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		thread := w.write(w.bo, "@woundcare A thread")
		w.write(w.cy, "An answer", under(thread))
		acts := map[string]func() error{
			"remove":  func() error { return w.verbs.Remove(w.ctx(), w.by(w.ana, thread)) },
			"lock":    func() error { return w.verbs.Lock(w.ctx(), w.by(w.ana, thread)) },
			"pin":     func() error { return w.verbs.PinInCommunity(w.ctx(), w.by(w.ana, thread)) },
			"ban":     func() error { return w.verbs.Ban(w.ctx(), w.by(w.ana, nil, about(w.cy))) },
			"appoint": func() error { return w.verbs.AppointModerator(w.ctx(), w.by(w.ana, nil, about(w.cy))) },
		}
		tables := []string{"community_act", "mod_log", "pin", "moderator", "post", "notification", "outbox_entry", "follow"}
		count := func() (all []int64) {
			for _, table := range tables {
				all = append(all, w.server.Count(table))
			}
			return all
		}
		for name, act := range acts {
			// A notice to a member is published before the act itself.
			for failAt := 1; failAt <= 2; failAt++ {
				before := count()
				w.outbox.failAt = failAt
				err := act()
				if w.outbox.failAt != 0 { // it published less than that
					w.outbox.failAt = 0
					break
				}
				if err == nil || !slices.Equal(before, count()) {
					t.Errorf("%s, failing at %d: %v, rows before %v and after %v", name, failAt, err, before, count())
				}
			}
		}
	})
}
