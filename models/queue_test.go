package models

import (
	"errors"
	"slices"
	"testing"
	"time"

	"praxis/internal/testdb"
)

// TestB24_ReplayFindsWhatItDid: the same activity by the same signer is stored once, whatever became of it.
func TestB24_ReplayFindsWhatItDid(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		entry := func(uri, signer string) *InboxEntry {
			return &InboxEntry{ActivityURI: uri, SignerURI: signer, Type: "Like", Payload: "{}"}
		}
		h.do(func(tx *Tx) error {
			for _, c := range []struct {
				entry *InboxEntry
				want  bool
			}{
				{entry("x", "ana"), true}, {entry("x", "ana"), false}, {entry("x", "ben"), true}, {entry("y", "ana"), true},
			} {
				if added, err := tx.AddInboxEntry(c.entry); err != nil || added != c.want {
					t.Errorf("%s by %s: got %v, %v", c.entry.ActivityURI, c.entry.SignerURI, added, err)
				}
			}
			return nil
		})
		due, err := h.read().DueInboxEntries("", At(h.now), 10)
		if err != nil || len(due) != 3 || due[0].SignerURI != "ana" || due[2].ActivityURI != "y" {
			t.Fatalf("got %v, %v", due, err)
		}
		h.do(func(tx *Tx) error {
			due[0].State, due[0].ProcessedAt = InboxDone, tx.Now()
			due[1].NextTryAt = tx.Now().Add(time.Minute)
			if err := tx.FinishInboxEntry(&due[0]); err != nil {
				return err
			}
			return tx.FinishInboxEntry(&due[1])
		})
		if again, err := h.read().DueInboxEntries("", At(h.now), 10); err != nil || len(again) != 1 || again[0].ID != due[2].ID {
			t.Errorf("got %v, %v", again, err)
		}
		h.do(func(tx *Tx) error {
			if added, err := tx.AddInboxEntry(entry("x", "ana")); err != nil || added {
				t.Errorf("a replay after the fact: got %v, %v", added, err)
			}
			if n, err := tx.PruneInboxEntries(time.Hour); err != nil || n != 0 {
				t.Errorf("%d young entries were pruned, %v", n, err)
			}
			return nil
		})
		h.now = h.now.Add(2 * time.Hour)
		h.do(func(tx *Tx) error {
			if n, err := tx.PruneInboxEntries(time.Hour); err != nil || n != 1 {
				t.Errorf("%d entries were pruned, %v", n, err)
			}
			return nil
		})
	})
}

func TestLanes(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		ana := h.actor("ana")
		send := func(uri string, hosts ...string) *OutboxEntry {
			entry := &OutboxEntry{ActivityURI: uri, ActorID: ana.ID, Type: "Create", Payload: "{}"}
			var inboxes []Inbox
			for _, host := range hosts {
				inboxes = append(inboxes, Inbox{host, "https://" + host + "/inbox"})
			}
			h.do(func(tx *Tx) error { return tx.AddOutboxEntry(entry, inboxes) })
			return entry
		}
		one := send("1", "b.test", "c.test", "b.test")
		two := send("2", "b.test")
		hosts := func() []string {
			found, err := h.read().DueHosts(At(h.now), 10)
			h.must(err)
			slices.Sort(found)
			return found
		}
		if got := hosts(); !slices.Equal(got, []string{"b.test", "c.test"}) {
			t.Errorf("got %v", got)
		}
		lane, err := h.read().Lane("b.test", 0, 10)
		if err != nil || len(lane) != 2 || lane[0].EntryID != one.ID || lane[1].EntryID != two.ID {
			t.Fatalf("the lane is not in order, or an inbox gets something twice: %v, %v", lane, err)
		}
		if at, err := h.read().NextTry(); err != nil || at == 0 || at > At(h.now) {
			t.Errorf("next try at %v, %v, want at once", at, err)
		}

		h.do(func(tx *Tx) error {
			return tx.UpdatePeer("b.test", func(p *Peer) { p.Failures++; p.NextTryAt = tx.Now().Add(time.Minute) })
		})
		if got := hosts(); !slices.Equal(got, []string{"c.test"}) {
			t.Errorf("a peer that failed is tried at once: %v", got)
		}
		h.do(func(tx *Tx) error { return tx.WakePeer("b.test") })
		if got := hosts(); !slices.Equal(got, []string{"b.test", "c.test"}) {
			t.Errorf("a peer that spoke to us still waits: %v", got)
		}
		if p, err := h.read().Peer("b.test"); err != nil || p.Failures != 1 || p.LastInboundAt == 0 {
			t.Errorf("got %+v, %v", p, err)
		}

		h.do(func(tx *Tx) error {
			for i := range lane {
				lane[i].State = DeliveryDone
				if err := tx.FinishDelivery(&lane[i]); err != nil {
					return err
				}
			}
			return nil
		})
		if n, err := h.read().PendingDeliveries(); err != nil || n != 1 {
			t.Errorf("%d pending, %v", n, err)
		}
		h.now = h.now.Add(time.Hour)
		h.do(func(tx *Tx) error {
			if n, err := tx.PruneDeliveries(time.Minute); err != nil || n != 2 {
				t.Errorf("%d pruned, %v, want the finished ones", n, err)
			}
			return nil
		})
	})
}

func TestOutboxIsDurableWithItsCause(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		ana := h.actor("ana")
		err := h.Tx(t.Context(), func(tx *Tx) error {
			entry := &OutboxEntry{ActivityURI: "1", ActorID: ana.ID, Type: "Create", Payload: "{}"}
			if err := tx.AddOutboxEntry(entry, []Inbox{{"b.test", "https://b.test/inbox"}}); err != nil {
				return err
			}
			return errOnPurpose
		})
		if err == nil || h.count("outbox_entry") != 0 || h.count("delivery") != 0 {
			t.Error("an activity is left of what did not happen")
		}
	})
}

// TestF05_UndoBeforeItsActivity: it may come first, for a day; afterwards the id is free again.
func TestF05_UndoBeforeItsActivity(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		add := func(kind, uri string) (added bool) {
			h.do(func(tx *Tx) (err error) {
				added, err = tx.AddInboxEntry(&InboxEntry{ActivityURI: uri, SignerURI: "ana", Type: kind, Payload: "{}"})
				return err
			})
			return added
		}
		undo := func(uri string) {
			h.do(func(tx *Tx) error { return tx.UndoInboxEntry(uri, "ana") })
		}
		undo("early")
		if add("Like", "early") {
			t.Error("what was undone before it came is taken")
		}
		h.now = h.now.Add(undoneEarlyFor + time.Second)
		if !add("Like", "early") {
			t.Error("a day later the id is still not free")
		}
		add("Like", "waiting")
		undo("waiting")
		due, err := h.read().DueInboxEntries("", At(h.now), 10)
		if err != nil || len(due) != 1 || due[0].ActivityURI != "early" {
			t.Fatalf("due are %v, %v", due, err)
		}
		add("Follow", "follow")
		h.do(func(tx *Tx) error {
			due, err := tx.DueInboxEntries("", At(h.now), 10)
			for i := range due {
				due[i].State, due[i].ProcessedAt = InboxDone, tx.Now()
				err = errors.Join(err, tx.FinishInboxEntry(&due[i]))
			}
			return err
		})
		undo("follow")
		undo("early")
		if !add("Follow", "follow") {
			t.Error("one cannot follow again under the same id")
		}
		if add("Like", "early") {
			t.Error("a like that was carried out and undone is taken again")
		}
	})
}

// TestB24_RelayedActivityIsRemembered: what came by way of somebody else counts as come, until memory is tidied up.
func TestB24_RelayedActivityIsRemembered(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		known := func(uri, actor string) bool {
			got, err := h.read().HasInboxEntry(uri, actor)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		if known("like", "ana") {
			t.Error("known before it came")
		}
		for range 2 {
			h.do(func(tx *Tx) error { return tx.RememberRelayed("like", "ana", "Like") })
		}
		if !known("like", "ana") || known("like", "eve") || known("other", "ana") {
			t.Error("the memory is not of this activity of this actor")
		}
		h.do(func(tx *Tx) error {
			if added, err := tx.AddInboxEntry(&InboxEntry{ActivityURI: "like", SignerURI: "ana", Type: "Like", Payload: "{}"}); err != nil || added {
				t.Errorf("what was relayed is taken again: %v, %v", added, err)
			}
			if due, err := tx.DueInboxEntries("", At(h.now), 10); err != nil || len(due) != 0 {
				t.Errorf("the memory waits to be carried out: %v, %v", due, err)
			}
			return nil
		})
		h.now = h.now.Add(2 * time.Hour)
		h.do(func(tx *Tx) error {
			if n, err := tx.PruneInboxEntries(time.Hour); err != nil || n != 1 {
				t.Errorf("%d entries were tidied up, %v", n, err)
			}
			return nil
		})
	})
}
