package practice_test

import (
	"strings"
	"testing"
	"time"

	"praxis/models"
	"praxis/practice"
)

// classed makes a community of a class, with a way to join.
func (w *world) classed(name, class, joining string) *models.Actor {
	w.t.Helper()
	return w.newCommunity(practice.NewCommunity{Username: name, Class: class, Joining: joining, Convener: w.ana})
}

// in posts into a community and gives the post.
func (w *world) in(community, author *models.Actor, visibility string) (*models.Post, error) {
	return w.verbs.Post(w.ctx(), practice.Draft{Author: author, Text: "@" + community.Username + " What now?", Visibility: visibility})
}

func (w *world) runs(software string, host string) {
	w.t.Helper()
	w.ok(w.server.Store.Tx(w.ctx(), func(tx *models.Tx) error {
		return tx.UpdatePeer(host, func(p *models.Peer) { p.Software, p.NodeInfoAt = software, tx.Now() })
	}))
}

// TestPostsKeepTheirClass: a post gets the class of its community and keeps it; nothing is published by mistake.
func TestPostsKeepTheirClass(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for class, want := range map[string]string{
			models.ClassMembers: models.ForMembers, models.ClassPartners: models.ForPartners, models.ClassLocal: models.ForLocal,
		} {
			community := w.classed("c"+class, class, models.JoiningOpen)
			_, err := w.in(community, w.ana, models.Public)
			w.fails(err, models.Invalid, "a public post into a community for "+class)
			post, err := w.in(community, w.ana, models.Private)
			w.ok(err)
			if post.Visibility != want || post.CommunityID != community.ID {
				t.Errorf("a post for %s is %q in %d", class, post.Visibility, post.CommunityID)
			}
			answer, err := w.verbs.Post(w.ctx(), practice.Draft{Author: w.ana, Text: "So", Visibility: models.Private, InReplyTo: post})
			w.ok(err)
			if answer.Visibility != want {
				t.Errorf("an answer for %s is %q", class, answer.Visibility)
			}
			direct, err := w.in(community, w.ana, models.Direct)
			w.ok(err)
			if direct.CommunityID != 0 || direct.Visibility != models.Direct {
				t.Errorf("a direct post is in the community: %+v", direct)
			}
			open := models.ClassPublic
			_, err = w.verbs.ChangeCommunity(w.ctx(), w.ana, community, practice.CommunityChange{Class: &open})
			w.ok(err)
			if _, err := w.read().VisiblePost(post.ID, models.Anonymous); !models.IsNotFound(err) {
				t.Errorf("what was for %s is for everybody since the community is: %v", class, err)
			}
		}
	})
}

// TestWaysToJoin: each way to join, for members here.
func TestWaysToJoin(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		join := func(who, c *models.Actor, ask practice.JoinRequest) (string, error) {
			m, err := w.verbs.Join(w.ctx(), who, c, ask)
			if err != nil {
				return "", err
			}
			return m.State, nil
		}
		open := w.classed("open", "", models.JoiningOpen)
		if state, err := join(w.bo, open, practice.JoinRequest{}); err != nil || state != models.MembershipAccepted {
			t.Errorf("to an open community: %q, %v", state, err)
		}
		asked := w.classed("asked", models.ClassMembers, models.JoiningRequest)
		state, err := join(w.bo, asked, practice.JoinRequest{Message: "I dress wounds"})
		if err != nil || state != models.MembershipRequested {
			t.Errorf("on request: %q, %v", state, err)
		}
		w.fails(w.verbs.DecideJoin(w.ctx(), w.cy, asked, w.bo, true), models.Forbidden, "a decision by somebody else")
		w.ok(w.verbs.DecideJoin(w.ctx(), w.ana, asked, w.bo, true))
		if m, err := w.read().Membership(asked.ID, w.bo.ID); err != nil || m.State != models.MembershipAccepted || m.Message != "I dress wounds" {
			t.Errorf("after the decision: %+v, %v", m, err)
		}
		w.fails(w.verbs.DecideJoin(w.ctx(), w.ana, asked, w.bo, true), models.NotFound, "a second decision")
		closed := w.classed("closed", "", models.JoiningClosed)
		_, err = join(w.bo, closed, practice.JoinRequest{})
		w.fails(err, models.Forbidden, "to a closed community")
		_, err = w.in(closed, w.bo, models.Public)
		w.fails(err, models.Forbidden, "a post by who does not belong")
		w.ok(w.verbs.Leave(w.ctx(), w.bo, asked))
		if _, err := w.read().Membership(asked.ID, w.bo.ID); !models.IsNotFound(err) {
			t.Errorf("who left is a member still: %v", err)
		}
		_, err = join(w.bo, w.cy, practice.JoinRequest{})
		w.fails(err, models.Invalid, "joining a person")
	})
}

// TestG14_InvitationsCountAsOftenAsTheySay: an invitation ends with its uses, its time and its revocation.
func TestG14_InvitationsCountAsOftenAsTheySay(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.classed("invited", models.ClassMembers, models.JoiningInvitation)
		other := w.classed("other", models.ClassMembers, models.JoiningInvitation)
		_, err := w.verbs.Join(w.ctx(), w.bo, c, practice.JoinRequest{})
		w.fails(err, models.Forbidden, "without an invitation")
		_, err = w.verbs.Invite(w.ctx(), w.bo, c, practice.NewInvitation{})
		w.fails(err, models.Forbidden, "an invitation by somebody else")
		once, err := w.verbs.Invite(w.ctx(), w.ana, c, practice.NewInvitation{MaxUses: 1, Lasts: time.Hour})
		w.ok(err)
		_, err = w.verbs.Join(w.ctx(), w.bo, other, practice.JoinRequest{Invitation: once.Token})
		w.fails(err, models.Invalid, "an invitation to another community")
		_, err = w.verbs.Join(w.ctx(), w.bo, c, practice.JoinRequest{Invitation: w.verbs.Links().Invitation(once.Token)})
		w.ok(err)
		_, err = w.verbs.Join(w.ctx(), w.cy, c, practice.JoinRequest{Invitation: once.Token})
		w.fails(err, models.Invalid, "a used invitation")
		brief, err := w.verbs.Invite(w.ctx(), w.ana, c, practice.NewInvitation{Lasts: time.Hour})
		w.ok(err)
		w.Clock.Advance(2 * time.Hour)
		_, err = w.verbs.Join(w.ctx(), w.cy, c, practice.JoinRequest{Invitation: brief.Token})
		w.fails(err, models.Invalid, "an invitation that ended")
		taken, err := w.verbs.Invite(w.ctx(), w.ana, c, practice.NewInvitation{})
		w.ok(err)
		w.fails(w.verbs.RevokeInvitation(w.ctx(), w.ana, other, taken.ID), models.NotFound, "an invitation of another community")
		w.ok(w.verbs.RevokeInvitation(w.ctx(), w.ana, c, taken.ID))
		_, err = w.verbs.Join(w.ctx(), w.cy, c, practice.JoinRequest{Invitation: taken.Token})
		w.fails(err, models.Invalid, "an invitation that was taken back")
	})
}

// TestCharterHasVersions: a new text is a new version, and who joins acknowledges the one that holds.
func TestCharterHasVersions(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, text := range []string{"We share.", "We share.", "We share, and we cite."} {
			_, err := w.verbs.ChangeCommunity(w.ctx(), w.ana, w.community, practice.CommunityChange{Charter: &text})
			w.ok(err)
		}
		_, err := w.verbs.ChangeCommunity(w.ctx(), w.bo, w.community, practice.CommunityChange{})
		w.fails(err, models.Forbidden, "a change by who does not convene")
		versions, err := w.read().CharterVersions(w.community.ID)
		if err != nil || len(versions) != 2 || versions[0].Version != 2 || versions[1].Source != "We share." {
			t.Fatalf("versions: %+v, %v", versions, err)
		}
		for _, version := range []int64{0, 1, 3} {
			_, err := w.verbs.Join(w.ctx(), w.bo, w.community, practice.JoinRequest{Charter: version})
			w.fails(err, models.Invalid, "another version than the one that holds")
		}
		m, err := w.verbs.Join(w.ctx(), w.bo, w.community, practice.JoinRequest{Charter: 2})
		if err != nil || m.CharterVersion != 2 {
			t.Errorf("%+v, %v", m, err)
		}
	})
}

// TestE13_SoftwareThatTellsEverybodyIsTurnedAway: only software that is known to keep posts within a community follows one
// that is not for everybody, and a class that narrows drops the others.
func TestE13_SoftwareThatTellsEverybodyIsTurnedAway(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.classed("quiet", models.ClassMembers, models.JoiningOpen)
		for host, software := range map[string]string{"m.test": "mastodon", "k.test": "mbin", "u.test": "", "l.test": "lemmy", "p.test": "praxis"} {
			w.runs(software, host)
			follower := w.remote("fay@"+host, models.TypePerson)
			_, err := w.verbs.Follow(w.ctx(), follower, c, practice.FollowOptions{URI: follower.URI + "/follow"})
			w.ok(err)
			follow, err := w.read().FollowBetween(follower.ID, c.ID)
			if kept := err == nil && follow.State == models.FollowAccepted; kept != (software == "lemmy" || software == "praxis") {
				t.Errorf("the follow from %s is kept: %v", software, kept)
			}
		}
		follower := w.remote("gus@m.test", models.TypePerson)
		_, err := w.verbs.Follow(w.ctx(), follower, w.community, practice.FollowOptions{URI: follower.URI + "/follow"})
		w.ok(err)
		members := models.ClassMembers
		_, err = w.verbs.ChangeCommunity(w.ctx(), w.ana, w.community, practice.CommunityChange{Class: &members})
		w.ok(err)
		if _, err := w.read().FollowBetween(follower.ID, w.community.ID); !models.IsNotFound(err) {
			t.Errorf("a follower on Mastodon outlived the class: %v", err)
		}
	})
}

// TestE16_WhoLeavesReadsNoMore: taking the membership away takes the reading away.
func TestE16_WhoLeavesReadsNoMore(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.classed("inner", models.ClassMembers, models.JoiningOpen)
		_, err := w.verbs.Join(w.ctx(), w.bo, c, practice.JoinRequest{})
		w.ok(err)
		post, err := w.in(c, w.ana, models.Private)
		w.ok(err)
		if _, err := w.read().VisiblePost(post.ID, w.bo.ID); err != nil {
			t.Fatal(err)
		}
		w.fails(w.verbs.RemoveMember(w.ctx(), w.cy, c, w.bo), models.Forbidden, "a dismissal by somebody else")
		w.ok(w.verbs.RemoveMember(w.ctx(), w.ana, c, w.bo))
		if _, err := w.read().VisiblePost(post.ID, w.bo.ID); !models.IsNotFound(err) {
			t.Errorf("who was dismissed reads on: %v", err)
		}
		partner := w.classed("shared", models.ClassPartners, models.JoiningOpen)
		w.runs("praxis", "b.test")
		guest := w.remote("gil@b.test", models.TypePerson)
		_, err = w.verbs.Follow(w.ctx(), guest, partner, practice.FollowOptions{URI: guest.URI + "/1"})
		w.fails(err, models.NotFound, "a follow by no partner")
		w.fails(w.verbs.ShareWithPartner(w.ctx(), w.ana, partner, "b.test", false), models.Invalid, "sharing with no partner")
		_, err = w.verbs.OneSidedPartner(w.ctx(), practice.By{}, "b.test", "")
		w.ok(err)
		w.ok(w.verbs.ShareWithPartner(w.ctx(), w.ana, partner, "b.test", false))
		_, err = w.verbs.Follow(w.ctx(), guest, partner, practice.FollowOptions{URI: guest.URI + "/1"})
		w.ok(err)
		shared, err := w.in(partner, w.ana, models.Private)
		w.ok(err)
		if _, err := w.read().VisiblePost(shared.ID, guest.ID); err != nil {
			t.Errorf("a partner does not read: %v", err)
		}
		_, err = w.verbs.Post(w.ctx(), practice.Draft{
			Author: guest, URI: "https://b.test/1", Content: "hello", Visibility: models.ForMembers, Community: partner,
		})
		w.fails(err, models.Forbidden, "a post by a partner that may only read")
		w.ok(w.verbs.EndPartnerSharing(w.ctx(), w.ana, partner, "b.test"))
		if _, err := w.read().VisiblePost(shared.ID, guest.ID); !models.IsNotFound(err) {
			t.Errorf("a partner reads on: %v", err)
		}
		if _, err := w.read().FollowBetween(guest.ID, partner.ID); !models.IsNotFound(err) {
			t.Errorf("the follow stays: %v", err)
		}
	})
}

// TestE25_AnswersReachNoMoreThanWhatTheyAnswer: an answer in a thread for some is for those, whoever writes it and whatever it
// asks for, and what moderators removed is answered by nobody else.
func TestE25_AnswersReachNoMoreThanWhatTheyAnswer(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.classed("inner", models.ClassMembers, models.JoiningOpen)
		_, err := w.verbs.Join(w.ctx(), w.bo, c, practice.JoinRequest{})
		w.ok(err)
		thread, err := w.in(c, w.bo, models.Private)
		w.ok(err)
		_, err = w.verbs.Post(w.ctx(), practice.Draft{Author: w.ana, Text: "for all to read", Visibility: models.Public, InReplyTo: thread})
		w.fails(err, models.Invalid, "a public answer of the moderator in a thread for members")
		answer, err := w.verbs.Post(w.ctx(), practice.Draft{Author: w.ana, Text: "for us", Visibility: models.Private, InReplyTo: thread})
		w.ok(err)
		if answer.Visibility != models.ForMembers {
			t.Errorf("the answer is %q", answer.Visibility)
		}
		if _, err := w.read().VisiblePost(answer.ID, w.cy.ID); !models.IsNotFound(err) {
			t.Errorf("somebody else reads it: %v", err)
		}
		w.ok(w.verbs.Remove(w.ctx(), practice.Act{Moderator: w.ana, Community: c, PostURI: thread.URI}))
		if _, err := w.verbs.Post(w.ctx(), practice.Draft{Author: w.cy, Text: "what was it?", InReplyTo: thread}); err == nil {
			t.Error("somebody answers what was removed")
		}
	})
}

// TestE11_NobodyNamesWhatTheyMayNotKnow: a hidden community that somebody guesses stays plain text, and takes no post of theirs.
func TestE11_NobodyNamesWhatTheyMayNotKnow(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.newCommunity(practice.NewCommunity{Username: "hidden", Class: models.ClassMembers, Unlisted: true, Convener: w.ana})
		post, err := w.in(c, w.cy, models.Private)
		w.ok(err)
		if post.CommunityID != 0 || strings.Contains(post.Content, "<a ") {
			t.Errorf("a stranger's post is in %d: %s", post.CommunityID, post.Content)
		}
		if post, err = w.in(c, w.ana, models.Private); err != nil || post.CommunityID != c.ID {
			t.Errorf("the convener's post: %+v, %v", post, err)
		}
	})
}
