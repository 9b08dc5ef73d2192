package practice_test

import (
	"testing"

	"praxis/models"
	"praxis/practice"
)

func (w *world) counts(a *models.Actor, followers, following int64) {
	w.t.Helper()
	if got := w.actor(a); got.FollowersCount != followers || got.FollowingCount != following {
		w.t.Errorf("@%s has %d followers and follows %d; should be %d and %d",
			a.Username, got.FollowersCount, got.FollowingCount, followers, following)
	}
}

func (w *world) lock(a *models.Actor) {
	w.t.Helper()
	_, err := w.verbs.UpdateProfile(w.ctx(), a, practice.Profile{Locked: ptr(true)})
	w.ok(err)
	a.Locked = true
}

func TestFollowOfWhoTakesEverybody(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		old := w.write(w.ana, "written before")
		follow := w.follow(w.bo, w.ana)
		if follow.State != models.FollowAccepted || !w.atHome(w.bo, old) {
			t.Errorf("the follow is %s, the older post at home: %v", follow.State, w.atHome(w.bo, old))
		}
		w.counts(w.ana, 1, 1) // she follows the community that she convenes
		w.counts(w.bo, 0, 1)
		w.isTold(w.ana, "follow by bo")
		again, err := w.verbs.Follow(w.ctx(), w.bo, w.ana, practice.FollowOptions{HideReblogs: true, Notify: true})
		w.ok(err)
		if again.ID != follow.ID || again.ShowReblogs || !again.Notify || again.State != models.FollowAccepted {
			t.Errorf("followed again: %+v", again)
		}
		w.counts(w.ana, 1, 1)
		w.ok(w.verbs.Unfollow(w.ctx(), w.bo, w.ana))
		w.ok(w.verbs.Unfollow(w.ctx(), w.bo, w.ana))
		w.counts(w.ana, 0, 1)
		w.counts(w.bo, 0, 0)
		w.isTold(w.ana)
		if w.atHome(w.bo, old) {
			t.Error("the post of who is not followed any more is still at home")
		}
	})
}

func TestFollowIsRefused(t *testing.T) {
	one(t, func(t *testing.T, w *world) {
		refused := func(target *models.Actor, want models.Code, what string) {
			t.Helper()
			_, err := w.verbs.Follow(w.ctx(), w.bo, target, practice.FollowOptions{})
			w.fails(err, want, what)
		}
		refused(w.bo, models.Forbidden, "following oneself")
		instance, err := w.verbs.EnsureInstanceActor(w.ctx())
		w.ok(err)
		refused(instance, models.Forbidden, "following a server")
		w.ok(w.verbs.Block(w.ctx(), w.ana, w.bo, ""))
		refused(w.ana, models.Forbidden, "following who blocked one")
		w.ok(w.verbs.Block(w.ctx(), w.bo, w.cy, ""))
		refused(w.cy, models.Forbidden, "following whom one blocked")
		w.ok(w.verbs.DeleteActor(w.ctx(), w.cy))
		refused(w.actor(w.cy), models.Gone, "following who is gone")
		refused(w.cy, models.Gone, "following who is gone since it was read")
		w.fails(w.verbs.AnswerFollow(w.ctx(), w.ana, w.bo, true), models.NotFound, "accepting what was never asked")
		w.counts(w.bo, 0, 0)
	})
}

func TestFollowOfALockedMember(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.lock(w.ana)
		private := w.write(w.ana, "for followers", to(models.Private))
		if follow := w.follow(w.bo, w.ana); follow.State != models.FollowPending {
			t.Fatalf("the follow is %s", follow.State)
		}
		w.counts(w.ana, 0, 1)
		w.isTold(w.ana, "follow_request by bo")
		if w.sees(w.bo, private) {
			t.Error("who only asked to follow reads what is for followers")
		}
		_, err := w.verbs.DecideRequest(w.ctx(), w.cy, w.bo, true)
		w.fails(err, models.NotFound, "a stranger decides")
		target, err := w.verbs.DecideRequest(w.ctx(), w.ana, w.bo, true)
		w.ok(err)
		if target.ID != w.ana.ID || !w.sees(w.bo, private) || !w.atHome(w.bo, private) {
			t.Errorf("accepted for %s: reads %v, at home %v", target.Username, w.sees(w.bo, private), w.atHome(w.bo, private))
		}
		w.counts(w.ana, 1, 1)
		w.isTold(w.ana, "follow by bo")
		// Taken back: as if it had never been.
		w.ok(w.verbs.RemoveFollower(w.ctx(), w.ana, w.bo))
		w.counts(w.ana, 0, 1)
		w.counts(w.bo, 0, 0)
		w.isTold(w.ana)
		if w.sees(w.bo, private) || w.atHome(w.bo, private) {
			t.Error("a follower who was removed still reads what is for followers")
		}
		w.follow(w.bo, w.ana)
		_, err = w.verbs.DecideRequest(w.ctx(), w.ana, w.bo, false)
		w.ok(err)
		w.isTold(w.ana)
		w.follow(w.bo, w.ana)
		w.ok(w.verbs.Unfollow(w.ctx(), w.bo, w.ana))
		w.isTold(w.ana)
		w.counts(w.ana, 0, 1)
		w.counts(w.bo, 0, 0)
	})
}

func TestRequestsToJoinGoToTheModerators(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		closed := w.newCommunity(practice.NewCommunity{Username: "closed", Convener: w.ana, Request: true})
		far := w.remote("far@peer.test", models.TypePerson)
		w.ok(w.server.Store.Tx(w.ctx(), func(tx *models.Tx) error {
			if err := tx.AddModerator(closed.ID, far.ID, "moderator"); err != nil {
				return err
			}
			return tx.AddModerator(closed.ID, w.cy.ID, "moderator")
		}))
		w.follow(w.bo, closed)
		w.isTold(w.ana, "follow_request by bo")
		w.isTold(w.cy, "follow_request by bo")
		if n := w.server.Count("notification"); n != 2 {
			t.Errorf("%d notifications, two moderators live here", n)
		}
		target, err := w.verbs.DecideRequest(w.ctx(), w.cy, w.bo, true)
		w.ok(err)
		if target.ID != closed.ID {
			t.Errorf("decided for %s", target.Username)
		}
		w.isTold(w.ana)
		w.isTold(w.cy)
		w.counts(closed, 2, 0)
	})
}

func TestFollowAcrossHosts(t *testing.T) {
	one(t, func(t *testing.T, w *world) {
		carl := w.remote("carl@peer.test", models.TypePerson)
		if follow := w.follow(w.bo, carl); follow.State != models.FollowPending || len(published[practice.Followed](w)) != 1 {
			t.Errorf("the follow is %s", follow.State)
		}
		w.counts(carl, 0, 0)
		w.ok(w.verbs.AnswerFollow(w.ctx(), carl, w.bo, true))
		w.ok(w.verbs.AnswerFollow(w.ctx(), carl, w.bo, true))
		w.counts(carl, 1, 0)
		w.ok(w.verbs.AnswerFollow(w.ctx(), carl, w.bo, false))
		w.counts(carl, 0, 0)
		w.outbox.events = nil
		for _, uri := range []string{"https://peer.test/follow/1", "https://peer.test/follow/2"} {
			follow, err := w.verbs.Follow(w.ctx(), carl, w.bo, practice.FollowOptions{URI: uri, Raw: []byte(`{"type":"Follow"}`)})
			w.ok(err)
			answered := published[practice.FollowAnswered](w)
			if follow.URI != uri || len(answered) != 1 || !answered[0].Accepted || answered[0].Follow.URI != uri {
				t.Errorf("%s is answered %d times", uri, len(answered))
			}
		}
		w.counts(w.bo, 1, 0)
		w.isTold(w.bo, "follow by carl")
		w.ok(w.verbs.Unfollow(w.ctx(), carl, w.bo))
		w.counts(w.bo, 0, 0)
		if n := len(w.outbox.events); n != 0 {
			t.Errorf("an Undo from outside published %d events", n)
		}
	})
}

func TestMoveCarriesFollowersOver(t *testing.T) {
	one(t, func(t *testing.T, w *world) {
		old, new := w.remote("carl@old.test", models.TypePerson), w.remote("carl@new.test", models.TypePerson)
		for _, m := range []*models.Actor{w.bo, w.cy} {
			w.follow(m, old)
			w.ok(w.verbs.AnswerFollow(w.ctx(), old, m, true))
		}
		w.ok(w.verbs.Block(w.ctx(), w.cy, new, ""))
		w.outbox.events = nil
		w.ok(w.verbs.Move(w.ctx(), old, new))
		if asked := published[practice.Followed](w); len(asked) != 1 || asked[0].Actor.ID != w.bo.ID {
			t.Errorf("%d follows were sent", len(asked))
		}
		w.counts(w.bo, 0, 0)
		if got := w.actor(old); got.MovedToURI != new.URI {
			t.Errorf("moved to %q", got.MovedToURI)
		}
	})
}

func TestRequestsGoWithTheirCommunity(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first := w.newCommunity(practice.NewCommunity{Username: "asked1", Convener: w.ana, Request: true})
		second := w.newCommunity(practice.NewCommunity{Username: "asked2", Convener: w.ana, Request: true})
		w.follow(w.bo, first)
		w.follow(w.cy, first)
		w.follow(w.cy, second)
		w.isTold(w.ana, "follow_request by bo", "follow_request by cy")
		w.ok(w.verbs.DeleteActor(w.ctx(), first))
		w.isTold(w.ana, "follow_request by cy")
		w.ok(w.verbs.DeleteActor(w.ctx(), second))
		w.isTold(w.ana)
	})
}
