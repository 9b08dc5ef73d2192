package models

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"praxis/internal/testdb"
)

// TestTransactionsThatShareACommit: many at once, some of which fail, panic, or whose caller goes away: what succeeded is there, and
// nothing else; each saw what those before it did; hooks ran in the order of the transactions.
func TestTransactionsThatShareACommit(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		const workers, each = 12, 40
		var mu sync.Mutex
		var hooked, ran []int64
		var wanted atomic.Int64
		var wait sync.WaitGroup
		work := func(worker, i int) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			defer func() {
				if cause := recover(); cause != nil && cause != "on purpose" {
					panic(cause)
				}
			}()
			kind := (worker + i) % 5
			err := h.Tx(ctx, func(tx *Tx) error {
				id := tx.NewID()
				row := map[string]any{"id": id, "payload": fmt.Sprint(worker, " ", i), "created_at": 0}
				if err := tx.db.Table("node_message").Create(row).Error; err != nil {
					return err
				}
				switch kind {
				case 0:
					return errOnPurpose
				case 1:
					panic("on purpose")
				case 2:
					cancel()
				}
				tx.AfterCommit(func() { mu.Lock(); hooked = append(hooked, id); mu.Unlock() })
				if h.Dialect() == dialectSQLite {
					mu.Lock()
					ran = append(ran, id)
					mu.Unlock()
				}
				return nil
			})
			switch {
			case kind == 0 && !errors.Is(err, errOnPurpose), kind == 2 && err == nil, kind > 2 && err != nil:
				t.Errorf("kind %d: %v", kind, err)
			case kind > 2:
				wanted.Add(1)
			}
		}
		for worker := range workers {
			wait.Go(func() {
				for i := range each {
					work(worker, i)
				}
			})
		}
		wait.Wait()
		if n := h.count("node_message"); n != wanted.Load() || int64(len(hooked)) != n {
			t.Errorf("%d rows and %d hooks, want %d", n, len(hooked), wanted.Load())
		}
		at := 0
		for _, id := range ran { // those that were undone later are in it as well
			if at < len(hooked) && hooked[at] == id {
				at++
			}
		}
		if h.Dialect() == dialectSQLite && at != len(hooked) {
			t.Errorf("hooks did not run in the order of the transactions: %d of %d", at, len(hooked))
		}
	})
}

// TestSharedCommitIsOne: transactions that wait while another is under way are committed together.
func TestSharedCommitIsOne(t *testing.T) {
	h := openHouse(t, testdb.SQLite(t))
	h.writer.time = time.Hour // however slow this machine is
	begun, goOn := make(chan struct{}), make(chan struct{})
	add := func(tx *Tx, id int) error {
		return tx.db.Table("node_message").Create(map[string]any{"id": id, "payload": "", "created_at": 0}).Error
	}
	var wait sync.WaitGroup
	wait.Go(func() {
		h.do(func(tx *Tx) error {
			close(begun)
			<-goOn
			return add(tx, 100)
		})
	})
	<-begun
	const others = 4
	var inside, outside [others]int64
	for i := range others {
		wait.Go(func() {
			h.do(func(tx *Tx) error {
				outside[i] = h.count("node_message")
				if err := tx.db.Table("node_message").Count(&inside[i]).Error; err != nil {
					return err
				}
				return add(tx, i+1)
			})
		})
	}
	for h.writer.waiting.Load() < others { // all of them wait for their turn
		runtime.Gosched()
	}
	close(goOn)
	wait.Wait()
	slices.Sort(inside[:])
	if inside != [others]int64{1, 2, 3, 4} {
		t.Errorf("the transactions saw %v rows", inside)
	}
	if outside != [others]int64{} {
		t.Errorf("before the commit, others saw %v rows", outside)
	}
}
