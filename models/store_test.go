package models

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"praxis/internal/testdb"
)

func TestTx(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		hooks := 0
		h.do(func(tx *Tx) error {
			tx.AfterCommit(func() { hooks++ })
			return tx.PutSetting("a", "1")
		})
		err := h.Tx(t.Context(), func(tx *Tx) error {
			tx.AfterCommit(func() { t.Error("a hook ran although nothing was committed") })
			if err := tx.PutSetting("a", "2"); err != nil {
				return err
			}
			return errOnPurpose
		})
		if !errors.Is(err, errOnPurpose) {
			t.Errorf("got %v", err)
		}
		if value, err := h.read().Setting("a"); value != "1" || err != nil {
			t.Errorf("got %q, %v, want what was committed", value, err)
		}
		if hooks != 1 {
			t.Errorf("%d hooks ran, want 1", hooks)
		}
	})
}

func TestTxRunsAgainAfterALostRace(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		lost := &pgconn.PgError{Code: pgSerialization}
		tries, hooks := 0, 0
		h.do(func(tx *Tx) error {
			tries++
			tx.AfterCommit(func() { hooks++ })
			if tries < maxTries {
				return translate(lost, "race")
			}
			return nil
		})
		if tries != maxTries || hooks != 1 {
			t.Errorf("%d tries and %d hooks, want %d and 1", tries, hooks, maxTries)
		}
		tries = 0
		err := h.Tx(t.Context(), func(*Tx) error { tries++; return lost })
		if !errors.Is(err, lost) || tries != maxTries {
			t.Errorf("got %v after %d tries", err, tries)
		}
		tries = 0
		err = h.Tx(t.Context(), func(*Tx) error { tries++; return errOnPurpose })
		if !errors.Is(err, errOnPurpose) || tries != 1 {
			t.Errorf("got %v after %d tries, want one", err, tries)
		}
	})
}

func TestConcurrentWritersAllCount(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		author := h.actor("ana")
		post := h.post(author, Public, nil)
		const writers = 8
		likers := make([]*Actor, writers)
		for i := range likers {
			likers[i] = h.actor("liker" + string(rune('a'+i)))
		}
		var done sync.WaitGroup
		for _, liker := range likers {
			done.Go(func() {
				err := h.Tx(context.WithoutCancel(t.Context()), func(tx *Tx) error {
					_, err := tx.PutFavourite(&Favourite{URI: liker.URI + "#like", ActorID: liker.ID, PostID: post.ID})
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		done.Wait()
		if n := h.postNow(post.ID).LikesCount; n != writers {
			t.Errorf("%d likes are counted, want %d", n, writers)
		}
	})
}

func TestOpenRefuses(t *testing.T) {
	for _, url := range []string{"", "praxis.db", "mysql://user:secret@db.test/x", "sqlite:", "sqlite:/nowhere/at/all/praxis.db", "postgres://user:secret@127.0.0.1:1/x"} {
		store, err := Open(t.Context(), url, Options{})
		if err == nil {
			t.Errorf("%q opens", url)
			_ = store.Close()
			continue
		}
		if code := ErrorCode(err); code != Invalid && code != Unavailable {
			t.Errorf("%q: %v has the code %q", url, err, code)
		}
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: the message holds the password: %v", url, err)
		}
	}
}

// TestH12_IdsStayUniqueWhenTheClockGoesBack: also over a restart, and the time of day in between does not matter.
func TestH12_IdsStayUniqueWhenTheClockGoesBack(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		ann := h.actor("ann")
		entry := &OutboxEntry{ActivityURI: "https://a.test/1", ActorID: ann.ID, Type: "Create", Payload: "{}"}
		h.do(func(tx *Tx) error { return tx.AddOutboxEntry(entry, nil) })
		again, err := Open(t.Context(), url, Options{Now: func() time.Time { return h.now.Add(-48 * time.Hour) }})
		h.must(err)
		defer func() { h.must(again.Close()) }()
		h.must(again.Tx(t.Context(), func(tx *Tx) error {
			if id := tx.NewID(); id <= entry.ID {
				t.Errorf("after a restart with a clock that went back the id %d follows %d", id, entry.ID)
			}
			return nil
		}))
	})
}
