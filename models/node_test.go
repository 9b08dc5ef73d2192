package models

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"praxis/internal/testdb"
)

// listener notes which changes a node hears of.
type listener struct {
	mu    sync.Mutex
	heard []Change
}

func (l *listener) hear(c Change) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.heard = append(l.heard, c)
}

func (l *listener) of(kind ChangeKind) (found []Change) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.heard {
		if c.Kind == kind {
			found = append(found, c)
		}
	}
	return found
}

func soon(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(15 * time.Second); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: it does not come", what)
		}
	}
}

// TestNodesHearOfEachOther: what one commits the other hears of, once and in order, however long it is; what is rolled back nobody
// hears of, nor does a node hear itself twice.
func TestNodesHearOfEachOther(t *testing.T) {
	url := testdb.Postgres(t)
	ctx, stop := context.WithCancel(t.Context())
	var working sync.WaitGroup
	defer func() { stop(); working.Wait() }()
	var stores [2]*Store
	var heard [2]*listener
	for i := range stores {
		store, err := Open(t.Context(), url, Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = store.Close() })
		stores[i], heard[i] = store, &listener{}
		store.Watch(heard[i].hear)
		working.Go(func() { store.Join(ctx, slog.New(slog.DiscardHandler)) })
	}
	emit := func(c Change, fails error) {
		t.Helper()
		err := stores[0].Tx(t.Context(), func(tx *Tx) error {
			tx.Emit(c)
			return fails
		})
		if (err == nil) != (fails == nil) {
			t.Fatal(err)
		}
	}
	soon(t, "they find each other", func() bool {
		emit(Change{Kind: PostEdited, ID: 1}, nil)
		return len(heard[1].of(PostEdited)) > 0
	})
	long := &GonePost{Post: Post{ID: 7, URI: strings.Repeat("x", 9000)}}
	emit(Change{Kind: PostPlaced, ID: 2}, errOnPurpose)
	emit(Change{Kind: PostDeleted, ID: 3, Gone: long}, nil)
	emit(Change{Kind: PostPlaced, ID: 4}, nil)
	emit(Change{Kind: PostPlaced, ID: 5}, nil)
	soon(t, "the last one", func() bool { return len(heard[1].of(PostPlaced)) == 2 })
	if got := heard[1].of(PostPlaced); got[0].ID != 4 || got[1].ID != 5 {
		t.Errorf("out of order: %v", got)
	}
	if got := heard[1].of(PostDeleted); len(got) != 1 || got[0].Gone == nil || got[0].Gone.Post.URI != long.Post.URI {
		t.Errorf("a long one: %v", got)
	}
	if got := heard[0].of(PostPlaced); len(got) != 2 {
		t.Errorf("it heard itself %d times", len(got))
	}

	block := func(host string) {
		t.Helper()
		if err := stores[0].Tx(t.Context(), func(tx *Tx) error { return tx.PutDomainBlock(host, "test") }); err != nil {
			t.Fatal(err)
		}
	}
	if blocked, err := stores[1].Read(t.Context()).HostBlocked("bad.test"); blocked || err != nil {
		t.Fatal(blocked, err)
	}
	block("bad.test")
	soon(t, "a block", func() bool {
		blocked, err := stores[1].Read(t.Context()).HostBlocked("bad.test")
		return blocked && err == nil
	})
	stores[0].CallNodes("letters")
	soon(t, "a call", func() bool { return len(heard[1].of(WorkWaits)) == 1 })
}

// TestANodeAloneTellsNobody: where there is no other node, commits carry no notice.
func TestANodeAloneTellsNobody(t *testing.T) {
	store, err := Open(t.Context(), testdb.Postgres(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	if !store.tellsNodes() {
		t.Error("a command does not tell whoever serves")
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { store.Join(ctx, slog.New(slog.DiscardHandler)); close(done) }()
	soon(t, "it finds that it is alone", func() bool { return !store.tellsNodes() })
	stop()
	<-done
}

// TestTwoNodesGiveTheSameID: the one that comes second tries again with another.
func TestTwoNodesGiveTheSameID(t *testing.T) {
	store, err := Open(t.Context(), testdb.Postgres(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	insert := func(id func(tx *Tx) int64) error {
		return store.Tx(t.Context(), func(tx *Tx) error {
			row := map[string]any{"id": id(tx), "payload": "", "created_at": 0}
			return translate(tx.db.Table("node_message").Create(row).Error, "message")
		})
	}
	if err := insert(func(*Tx) int64 { return 42 }); err != nil {
		t.Fatal(err)
	}
	tries := 0
	err = insert(func(tx *Tx) int64 {
		if tries++; tries == 1 {
			return 42
		}
		return tx.NewID()
	})
	if err != nil || tries != 2 {
		t.Errorf("%d tries, %v", tries, err)
	}
}
