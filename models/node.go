package models

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
)

// nodes is what a process knows of others that serve the same database, on PostgreSQL. What one commits the others hear of by
// NOTIFY, in the order of the commits.
type nodes struct {
	id     string // of this process
	joined atomic.Bool
	hears  atomic.Bool  // it listens to the others now
	alone  atomic.Bool  // there is no other: nothing need be told
	hellos atomic.Int64 // how many nodes came since the start, so that who counted before does not overlook them
	calls  sync.Map     // works that others may have to be told of, by name
	wake   chan struct{}
}

// The channel of PostgreSQL on which nodes speak, and how long a message may be: it takes 8000 bytes.
const (
	nodeChannel = "praxis"
	maxNotice   = 7500
)

// notice is what one node tells the others.
type notice struct {
	Node    string   `json:"n"`
	Changes []Change `json:"c,omitempty"`
	Message int64    `json:"m,omitempty"` // where the changes stand that are too long for a notice
	Hello   bool     `json:"h,omitempty"` // a node that is new
}

// tellsNodes reports whether what is committed is told to other processes. A command does so always: it does not know who serves.
func (s *Store) tellsNodes() bool { return s.SharesWork() && !s.nodes.alone.Load() }

// tellNodes tells the others of the changes of a transaction, in the transaction: they hear of it when it has committed.
func (tx *Tx) tellNodes() error {
	if !tx.store.tellsNodes() {
		return nil
	}
	var changes []Change
	for _, e := range tx.onDone {
		if e.change != nil {
			changes = append(changes, *e.change)
		}
	}
	if len(changes) == 0 {
		return nil
	}
	return tx.notify(notice{Node: tx.store.nodes.id, Changes: changes})
}

func (tx *Tx) notify(n notice) error {
	raw, err := json.Marshal(n)
	if err != nil {
		return fmt.Errorf("tell other nodes: %w", err)
	}
	if len(raw) > maxNotice {
		n.Message, n.Changes = tx.NewID(), nil
		row := map[string]any{"id": n.Message, "payload": string(raw), "created_at": tx.Now()}
		if err := tx.db.Table("node_message").Create(row).Error; err != nil {
			return translate(err, "message to other nodes")
		}
		if raw, err = json.Marshal(n); err != nil {
			return fmt.Errorf("tell other nodes: %w", err)
		}
	}
	return translate(tx.db.Exec("SELECT pg_notify(?, ?)", nodeChannel, string(raw)).Error, "message to other nodes")
}

// PruneNodeMessages removes what every node has long read, and nodes that are no more.
func (tx *Tx) PruneNodeMessages() error {
	if err := tx.db.Exec("DELETE FROM node_message WHERE created_at < ?", tx.Now().Add(-time.Hour)).Error; err != nil {
		return translate(err, "messages to other nodes")
	}
	if !tx.store.SharesWork() {
		return nil
	}
	return translate(tx.db.Exec(`DELETE FROM lease WHERE name LIKE 'node/%' AND until_ms < `+databaseNow+` - 86400000`).Error, "nodes")
}

// CallNodes lets other nodes look whether a background work of theirs has something to do. It does not block, and says it once
// however often it is called at once.
func (s *Store) CallNodes(work string) {
	if !s.nodes.joined.Load() || !s.tellsNodes() {
		return
	}
	s.nodes.calls.Store(work, true)
	select {
	case s.nodes.wake <- struct{}{}:
	default:
	}
}

// presence is for how long a node counts as there without a word.
const presence = 15 * time.Second

// Node names this process among those that work on the store.
func (s *Store) Node() string { return s.nodes.id }

// Hears reports whether this process listens to what other nodes commit.
func (s *Store) Hears() bool { return s.nodes.hears.Load() }

// Join makes this process a node, which hears of what others commit, until ctx ends: Watch's hears are called for
// their changes as for its own. On SQLite it only waits. What others said while the connection was away is lost; streams promise nothing,
// and works look by themselves from time to time.
func (s *Store) Join(ctx context.Context, log *slog.Logger) {
	if !s.SharesWork() {
		<-ctx.Done()
		return
	}
	s.nodes.joined.Store(true)
	var working sync.WaitGroup
	working.Go(func() { s.bePresent(ctx, log) })
	for ctx.Err() == nil {
		if err := s.listen(ctx); err != nil && ctx.Err() == nil {
			log.WarnContext(ctx, "other nodes are not heard for a moment", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
	working.Wait()
}

// listen hears the others on a connection of its own.
func (s *Store) listen(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, s.address)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, "LISTEN "+nodeChannel); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	s.forgetCached() // what was said before is not known
	if err := s.Tx(ctx, func(tx *Tx) error { return tx.notify(notice{Node: s.nodes.id, Hello: true}) }); err != nil {
		return err
	}
	s.nodes.hears.Store(true)
	defer s.nodes.hears.Store(false)
	defer time.AfterFunc(presence/3, s.forgetCached).Stop() // what a node committed that had not yet heard of this one
	for {
		message, err := conn.WaitForNotification(ctx)
		if err != nil {
			return fmt.Errorf("wait: %w", err)
		}
		s.hearNotice(ctx, message.Payload)
	}
}

func (s *Store) forgetCached() {
	s.rules.forget()
	s.reach.forget()
}

// hearNotice passes on what another node said.
func (s *Store) hearNotice(ctx context.Context, payload string) {
	var n notice
	if json.Unmarshal([]byte(payload), &n) != nil || n.Node == s.nodes.id {
		return
	}
	if n.Hello {
		s.nodes.hellos.Add(1)
		s.nodes.alone.Store(false)
		return
	}
	if n.Message != 0 {
		var stored string
		err := s.Read(ctx).db.Table("node_message").Where("id = ?", n.Message).Limit(1).Pluck("payload", &stored).Error
		if err != nil || json.Unmarshal([]byte(stored), &n) != nil {
			return
		}
	}
	for _, change := range n.Changes {
		switch change.Kind {
		case BlocksChanged:
			s.rules.forget()
		case ReachChanged:
			s.reach.forget()
		}
		s.watchers.tell(change)
	}
}

// bePresent says from time to time that this node is there, looks who else is, and calls the others.
func (s *Store) bePresent(ctx context.Context, log *slog.Logger) {
	ticker := time.NewTicker(presence / 3)
	defer ticker.Stop()
	for {
		if err := s.Tx(ctx, func(tx *Tx) error { return tx.lookAround() }); err != nil && ctx.Err() == nil {
			log.WarnContext(ctx, "other nodes not looked for", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-s.nodes.wake:
			s.sayCalls(ctx, log)
		}
	}
}

func (tx *Tx) lookAround() error {
	id, hears, hellos := tx.store.nodes.id, tx.store.nodes.hears.Load(), tx.store.nodes.hellos.Load()
	if _, err := tx.ClaimLeases(id, []string{"node/" + id}, presence); err != nil {
		return err
	}
	var others int64
	err := tx.db.Table("lease").Where("name LIKE 'node/%' AND owner <> ? AND until_ms >= "+databaseNow, id).Count(&others).Error
	if err != nil {
		return translate(err, "nodes")
	}
	if hears { // who does not listen would not learn who comes next
		tx.AfterCommit(func() { tx.store.nodes.foundOthers(others, hellos) })
	}
	return nil
}

// foundOthers notes how many others there are, unless one came while they were counted.
func (n *nodes) foundOthers(others, hellos int64) {
	n.alone.Store(others == 0)
	if n.hellos.Load() != hellos {
		n.alone.Store(false)
	}
}

func (s *Store) sayCalls(ctx context.Context, log *slog.Logger) {
	var changes []Change
	s.nodes.calls.Range(func(work, _ any) bool {
		s.nodes.calls.Delete(work)
		changes = append(changes, Change{Kind: WorkWaits, Name: work.(string)})
		return true
	})
	if len(changes) == 0 {
		return
	}
	if err := s.Tx(ctx, func(tx *Tx) error { return tx.notify(notice{Node: s.nodes.id, Changes: changes}) }); err != nil && ctx.Err() == nil {
		log.WarnContext(ctx, "other nodes not called", "error", err)
	}
}
