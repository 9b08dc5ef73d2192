package models

import (
	"testing"

	"praxis/internal/testdb"
)

func TestFollowsAreCountedOnceAccepted(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		ana, ben := h.actor("ana"), h.actor("ben@b.test")
		check := func(when string, want int64) {
			t.Helper()
			if a, b := h.actorNow(ana.ID).FollowingCount, h.actorNow(ben.ID).FollowersCount; a != want || b != want {
				t.Errorf("%s: following %d, followers %d, want %d", when, a, b, want)
			}
		}
		f := h.follow(ana, ben, FollowPending)
		check("pending", 0)
		if again := h.follow(ana, ben, FollowAccepted); again.ID != f.ID || again.AcceptedAt == 0 {
			t.Errorf("the follow is another one: %+v", again)
		}
		check("accepted", 1)
		h.follow(ana, ben, FollowAccepted)
		check("accepted again", 1)
		h.follow(ana, ben, FollowPending)
		check("pending again", 0)
		f = h.follow(ana, ben, FollowAccepted)
		for range 2 {
			h.do(func(tx *Tx) error { return tx.DeleteFollow(f) })
		}
		check("deleted", 0)
	})
}

func TestInboxesOfFollowers(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		ana := h.actor("ana")
		for _, name := range []string{"one@b.test", "two@b.test", "three@c.test", "pending@d.test", "local"} {
			follower := h.actor(name)
			if follower.Host == "b.test" {
				follower.SharedInbox = "https://b.test/inbox"
				h.do(func(tx *Tx) error { return tx.UpdateActor(follower) })
			}
			state := FollowAccepted
			if follower.Host == "d.test" {
				state = FollowPending
			}
			h.follow(follower, ana, state)
		}
		gone := h.actor("gone@e.test")
		h.follow(gone, ana, FollowAccepted)
		h.must(h.db.Model(&Actor{}).Where("id = ?", gone.ID).UpdateColumn("suspended_at", 1).Error)

		inboxes, err := h.read().FollowerInboxes(ana.ID)
		h.must(err)
		got := map[Inbox]bool{}
		for _, inbox := range inboxes {
			got[inbox] = true
		}
		if len(inboxes) != 2 || !got[Inbox{"b.test", "https://b.test/inbox"}] || !got[Inbox{"c.test", "https://c.test/u/three/inbox"}] {
			t.Errorf("got %v", inboxes)
		}
	})
}

func TestHostBlocksCoverWhatIsBelow(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		h.do(func(tx *Tx) error { return tx.PutDomainBlock("Evil.test", "spam") })
		for host, want := range map[string]bool{
			"evil.test": true, "EVIL.test.": true, "a.b.evil.test": true, "evil.test:8080": true, "a.evil.test:1": true,
			"notevil.test": false, "test": false, "evil.test.example": false, "": false,
		} {
			if got, err := h.read().HostBlocked(host); err != nil || got != want {
				t.Errorf("%q: got %v, %v, want %v", host, got, err, want)
			}
		}
	})
}
