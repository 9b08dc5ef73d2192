package models

import (
	"fmt"
	"slices"
	"testing"

	"praxis/internal/testdb"
)

// TestFollowerInboxesAreAlwaysTrue: what is kept at hand never differs from what a fresh reading gives, whatever changes.
func TestFollowerInboxesAreAlwaysTrue(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		ana := h.actor("ana")
		check := func(when string, want ...string) {
			t.Helper()
			for range 2 { // the second time from memory
				found, err := h.read().FollowerInboxes(ana.ID)
				h.must(err)
				var got []string
				for _, inbox := range found {
					got = append(got, inbox.URL)
				}
				slices.Sort(got)
				if !slices.Equal(got, want) {
					t.Errorf("%s: %v, want %v", when, got, want)
				}
			}
		}
		check("nobody")
		var follows []*Follow
		var actors []*Actor
		for i := range 3 {
			far := &Actor{
				URI: fmt.Sprintf("https://h%d.test/u/x", i), Type: TypePerson, Username: "x", Host: fmt.Sprintf("h%d.test", i),
				Inbox: fmt.Sprintf("https://h%d.test/u/x/inbox", i),
			}
			h.do(func(tx *Tx) error { return tx.SaveRemoteActor(far) })
			follow := &Follow{URI: far.URI + "/f", ActorID: far.ID, TargetID: ana.ID, State: FollowAccepted}
			h.do(func(tx *Tx) error { return tx.PutFollow(follow) })
			follows, actors = append(follows, follow), append(actors, far)
		}
		own := func(i int) string { return fmt.Sprintf("https://h%d.test/u/x/inbox", i) }
		check("three", own(0), own(1), own(2))
		h.do(func(tx *Tx) error { return tx.DeleteFollow(follows[0]) })
		check("one has gone", own(1), own(2))
		again := &Follow{URI: "again", ActorID: actors[0].ID, TargetID: ana.ID, State: FollowAccepted}
		h.do(func(tx *Tx) error {
			if err := tx.DeleteFollow(follows[1]); err != nil {
				return err
			}
			return tx.PutFollow(again)
		})
		check("one goes and another comes at once", own(0), own(2))
		moved := *actors[2]
		moved.Inbox, moved.SharedInbox = "https://h2.test/elsewhere", "https://h2.test/inbox"
		h.do(func(tx *Tx) error { return tx.SaveRemoteActor(&moved) })
		check("an inbox moved", own(0), "https://h2.test/inbox")
		h.do(func(tx *Tx) error { return tx.MarkActor(actors[0].ID, MarkSuspended, tx.Now()) })
		check("one is suspended", "https://h2.test/inbox")
		h.do(func(tx *Tx) error { return tx.MarkActor(actors[0].ID, MarkSuspended, 0) })
		check("and no more", own(0), "https://h2.test/inbox")
		h.do(func(tx *Tx) error {
			changed := moved
			changed.SharedInbox = "https://h2.test/third"
			if err := tx.SaveRemoteActor(&changed); err != nil {
				return err
			}
			found, err := tx.FollowerInboxes(ana.ID)
			if len(found) != 2 || !slices.ContainsFunc(found, func(i Inbox) bool { return i.URL == "https://h2.test/third" }) {
				t.Errorf("within the transaction that changes it: %v, %v", found, err)
			}
			return err
		})
		check("after it", own(0), "https://h2.test/third")
		if err := h.Tx(t.Context(), func(tx *Tx) error {
			changed := moved
			changed.SharedInbox = "https://h2.test/never"
			if err := tx.SaveRemoteActor(&changed); err != nil {
				return err
			}
			if _, err := tx.FollowerInboxes(ana.ID); err != nil {
				return err
			}
			return errOnPurpose
		}); err == nil {
			t.Fatal("it did not fail")
		}
		check("what was rolled back never was", own(0), "https://h2.test/third")
	})
}
