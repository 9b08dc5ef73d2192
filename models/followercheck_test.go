package models

import (
	"testing"
	"time"

	"praxis/internal/testdb"
)

func TestFollowerDigestIsThatOfOthers(t *testing.T) {
	one, two := "https://testing.example.org/users/1", "https://testing.example.org/users/2"
	const want = "c33f48cd341ef046a206b8a72ec97af65079f9a3a9b90eef79c5920dce45c61f"
	if got := FollowerDigest([]string{one, two}); got != want || FollowerDigest([]string{two, one}) != want {
		t.Errorf("got %s", got)
	}
	if got := FollowerDigest(nil); got != "0000000000000000000000000000000000000000000000000000000000000000" {
		t.Errorf("of nobody: %s", got)
	}
}

// TestFollowersKnowTheirHost: new ones, and those from before that was kept.
func TestFollowersKnowTheirHost(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		ana := h.actor("ana")
		for name, state := range map[string]string{
			"one@b.test": FollowAccepted, "two@b.test": FollowAccepted, "pending@b.test": FollowPending, "other@c.test": FollowAccepted, "here": FollowAccepted,
		} {
			h.follow(h.actor(name), ana, state)
		}
		check := func() {
			t.Helper()
			for host, want := range map[string]int{"b.test": 2, "c.test": 1, "a.test": 1, "d.test": 0, "": 0} {
				uris, err := h.read().FollowerURIs(ana.ID, host)
				if err != nil || len(uris) != want {
					t.Errorf("on %q: %v, %v", host, uris, err)
				}
			}
		}
		check()
		db, err := h.db.DB()
		h.must(err)
		provider, err := newProvider(db, h.dialect)
		h.must(err)
		_, err = provider.DownTo(t.Context(), 9)
		h.must(err)
		_, err = provider.Up(t.Context())
		h.must(err)
		check()
	})
}

func TestFollowersAreAskedForAfterAWhile(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		ben := h.actor("ben@b.test")
		ask := func(digest string) {
			h.do(func(tx *Tx) error {
				return tx.AskFollowers(ben.ID, "https://b.test/sync", digest, time.Minute, time.Hour)
			})
		}
		due := func(want int) []FollowerCheck {
			t.Helper()
			rows, err := h.read().DueFollowerChecks(10)
			if err != nil || len(rows) != want {
				t.Errorf("%d are due, %v, want %d", len(rows), err, want)
			}
			return rows
		}
		ask("one")
		due(0)
		h.now = h.now.Add(time.Minute)
		ask("two")
		if rows := due(1); len(rows) == 1 && rows[0].Digest != "two" {
			t.Errorf("due is %+v", rows[0])
		}
		h.do(func(tx *Tx) error {
			return tx.SaveFollowerCheck(&FollowerCheck{ActorID: ben.ID, URL: "x", Digest: "two", CheckedAt: tx.Now()})
		})
		due(0)
		ask("three")
		h.now = h.now.Add(2 * time.Minute)
		due(0)
		h.now = h.now.Add(time.Hour)
		due(1)
	})
}

func TestAbsences(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		oldest := func() string {
			absence, err := h.read().OldestAbsence()
			if IsNotFound(err) {
				return "none"
			}
			h.must(err)
			h.do(func(tx *Tx) error { return tx.EndAbsence(absence.Host) })
			return "of " + absence.Host
		}
		want := func(when, what string) {
			t.Helper()
			if got := oldest(); got != what {
				t.Errorf("%s: absence %s, want %s", when, got, what)
			}
		}
		wake := func() {
			h.do(func(tx *Tx) error { return tx.WakePeer("b.test") })
			h.do(func(tx *Tx) error { return tx.NoteSilences() })
		}
		beat := func(start bool) { h.do(func(tx *Tx) error { return tx.StayAlive(start) }) }
		beat(true)
		wake()
		want("at first", "none")
		h.now = h.now.Add(6 * 24 * time.Hour)
		beat(false)
		wake()
		want("after six days", "none")
		h.now = h.now.Add(8 * 24 * time.Hour)
		beat(false) // this instance was there all the time
		wake()
		want("after eight days of silence", "of b.test")
		wake()
		want("at the next word", "none")
		h.now = h.now.Add(8 * 24 * time.Hour)
		beat(true)
		wake()
		want("after eight days away", "of ")
		want("and of nobody else", "none")
		h.now = h.now.Add(2 * 24 * time.Hour)
		beat(true)
		want("after two days away", "none")
	})
}
