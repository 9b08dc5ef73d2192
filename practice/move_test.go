package practice_test

import (
	"fmt"
	"testing"

	"praxis/models"
	"praxis/practice"
)

// TestMoveOfSomebodyPopular: followers are carried over in portions, so that no host is flooded; each has one of the two accounts at
// every moment, with the settings and lists of before. Who blocked or muted the old account blocks or mutes the new one.
func TestMoveOfSomebodyPopular(t *testing.T) {
	defer practice.CarryAtOnce(10)()
	each(t, func(t *testing.T, w *world) {
		old, fresh := w.remote("carl@x.test", models.TypePerson), w.remote("carl@y.test", models.TypePerson)
		var followers []*models.Actor
		accept := func(m *models.Actor, target *models.Actor) { w.ok(w.verbs.AnswerFollow(w.ctx(), target, m, true)) }
		for i := range 15 {
			m := w.member(fmt.Sprintf("m%d", i))
			_, err := w.verbs.Follow(w.ctx(), m, old, practice.FollowOptions{HideReblogs: true, Notify: true, Languages: []string{"de"}})
			w.ok(err)
			accept(m, old)
			followers = append(followers, m)
		}
		title := "friends"
		l, err := w.verbs.CreateList(w.ctx(), followers[0], practice.ListChange{Title: &title})
		w.ok(err)
		w.ok(w.verbs.AddToList(w.ctx(), followers[0], l.ID, []int64{old.ID}))
		w.follow(followers[1], fresh) // has both before
		w.ok(w.verbs.Block(w.ctx(), followers[2], fresh, ""))
		w.ok(w.verbs.Block(w.ctx(), w.bo, old, ""))
		w.ok(w.verbs.Mute(w.ctx(), w.cy, old, practice.MuteOptions{Notifications: true}))
		count := func() (before, after int) {
			for i, m := range followers {
				_, errOld := w.read().FollowBetween(m.ID, old.ID)
				_, errNew := w.read().FollowBetween(m.ID, fresh.ID)
				if (errOld == nil) == (errNew == nil) && (i != 1 || before+after > 1) {
					t.Errorf("%s has both accounts or none: %v, %v", m.Username, errOld, errNew)
				}
				if errOld == nil {
					before++
				}
				if errNew == nil {
					after++
				}
			}
			return before, after
		}
		w.ok(w.verbs.Move(w.ctx(), old, fresh))
		if before, after := count(); before != 6 || after != 9 { // one of the ten stays, for a block
			t.Errorf("after the first portion %d have the old account, %d the new one", before, after)
		}
		did, err := w.verbs.TendMoves(w.ctx())
		if w.ok(err); !did {
			t.Error("nothing was left to do")
		}
		if before, after := count(); before != 1 || after != 14 {
			t.Errorf("at the end %d have the old account, %d the new one", before, after)
		}
		if did, err = w.verbs.TendMoves(w.ctx()); did || err != nil {
			t.Errorf("the move does not end: %v", err)
		}
		follow, err := w.read().FollowBetween(followers[0].ID, fresh.ID)
		if w.ok(err); follow.ShowReblogs || !follow.Notify || follow.Languages != "de" {
			t.Errorf("the settings are lost: %+v", follow)
		}
		lists, err := w.read().ListsWith(followers[0].ID, fresh.ID)
		if w.ok(err); len(lists) != 1 {
			t.Errorf("%d lists", len(lists))
		}
		if _, err := w.read().BlockBetween(w.bo.ID, fresh.ID); err != nil {
			t.Error("the block is lost", err)
		}
		mutes, err := w.read().Mutes(w.cy.ID, []int64{fresh.ID})
		if w.ok(err); mutes[fresh.ID] == nil || !mutes[fresh.ID].HideNotifications {
			t.Error("the mute is lost")
		}
		w.ok(w.verbs.Move(w.ctx(), old, fresh)) // told again
	})
}

// TestCommunityTakesWhoMoved: role and membership pass on from one host to another, as the moderation log shows; where the new
// account is banned, or may not be, they do not.
func TestCommunityTakesWhoMoved(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		old, fresh := w.remote("carl@x.test", models.TypePerson), w.remote("carl@y.test", models.TypePerson)
		closed := w.newCommunity(practice.NewCommunity{Username: "closed", Convener: w.ana})
		inner := w.newCommunity(practice.NewCommunity{Username: "inner", Convener: w.ana, Class: models.ClassMembers})
		for _, group := range []*models.Actor{w.community, closed} {
			_, err := w.verbs.Join(w.ctx(), old, group, practice.JoinRequest{})
			w.ok(err)
			w.ok(w.verbs.AppointModerator(w.ctx(), practice.Act{Moderator: w.ana, Community: group, Target: old}))
		}
		w.ok(w.server.Store.Tx(w.ctx(), func(tx *models.Tx) error {
			return tx.PutMembership(&models.Membership{CommunityID: inner.ID, ActorID: old.ID, Role: models.MemberCore, State: models.MembershipAccepted})
		}))
		w.ok(w.verbs.Ban(w.ctx(), practice.Act{Moderator: w.ana, Community: closed, Target: fresh}))
		joined, err := w.read().Membership(w.community.ID, old.ID)
		w.ok(err)
		w.ok(w.verbs.Move(w.ctx(), old, fresh))
		got, err := w.read().Membership(w.community.ID, fresh.ID)
		if w.ok(err); got.State != models.MembershipAccepted || got.JoinedAt != joined.JoinedAt {
			t.Errorf("the membership is %+v", got)
		}
		for group, want := range map[*models.Actor]string{w.community: models.RoleOfModerator, closed: "", inner: ""} {
			role, err := w.read().ModeratorRole(group.ID, fresh.ID)
			if w.ok(err); role != want {
				t.Errorf("%s: role %q, want %q", group.Username, role, want)
			}
			if want == "" {
				if m, err := w.read().MembershipIfAny(group.ID, fresh.ID); err != nil || m != nil {
					t.Errorf("%s took who may not be there: %+v, %v", group.Username, m, err)
				}
			}
		}
		if role, err := w.read().ModeratorRole(w.community.ID, old.ID); err != nil || role != "" {
			t.Errorf("the old account is still %q: %v", role, err)
		}
		if m, err := w.read().MembershipIfAny(w.community.ID, old.ID); err != nil || m != nil {
			t.Errorf("the old account still belongs: %+v, %v", m, err)
		}
		follow := w.follow(fresh, w.community) // which needs no decision any more
		if follow.State != models.FollowAccepted {
			t.Errorf("the new account waits: %s", follow.State)
		}
	})
}
