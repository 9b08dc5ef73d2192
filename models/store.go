package models

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"praxis/internal/snowflake"
)

// Store is the database of one instance. It is safe for concurrent use.
type Store struct {
	db       *gorm.DB
	dialect  string
	address  string // of PostgreSQL, for a connection that listens
	now      func() time.Time
	ids      *snowflake.Source
	writer   writer // of SQLite
	watchers watchers
	rules    rulesAtHand
	nodes    nodes
	reach    reach
}

// effect is what a transaction does once it has committed: a hook, or a change that is told.
type effect struct {
	hook   func()
	change *Change
}

// Tx is a set of queries that see one state of the database. Inside Store.Tx they commit together.
type Tx struct {
	db     *gorm.DB
	store  *Store
	onDone []effect
	whole  *whole // the transaction; nil outside of one
	depth  int    // of the part that it is; 0 for the transaction itself
	fresh  bool   // nothing was done in the part yet
}

// Now gives the store's clock.
func (s *Store) Now() time.Time { return s.now() }

// Dialect is "sqlite" or "postgres".
func (s *Store) Dialect() string { return s.dialect }

// Read gives queries outside of a transaction, for handlers that only look; those of the transaction within which ctx is.
func (s *Store) Read(ctx context.Context) *Tx {
	if around := s.around(ctx); around != nil {
		return around
	}
	return &Tx{db: s.db.WithContext(ctx), store: s}
}

// maxTries bounds how often a transaction that lost a race is run again.
const maxTries = 4

// Tx runs f in one transaction: commits when it returns nil, rolls back otherwise. It may run f again when PostgreSQL
// reports a serialization failure or a deadlock, or when an id was drawn that is taken, so f must not touch anything but the
// transaction; what has to happen after the commit goes through Tx.AfterCommit. Within another transaction it is a part of
// that one, see Within.
func (s *Store) Tx(ctx context.Context, f func(tx *Tx) error) error {
	if around := s.around(ctx); around != nil {
		return around.within(f)
	}
	once := s.single
	if s.dialect == dialectSQLite {
		once = s.grouped
	}
	for try := 1; ; try++ {
		err := once(ctx, f)
		if err == nil || try == maxTries || !isRetryable(err) {
			return err
		}
	}
}

// single runs f in a transaction of its own, as PostgreSQL has them.
func (s *Store) single(ctx context.Context, f func(tx *Tx) error) error {
	done, err := s.attempt(ctx, f)
	if err == nil {
		s.finish(done)
	}
	return err
}

// finish does what waited for the commit.
func (s *Store) finish(done []effect) {
	for _, e := range done {
		if e.change != nil {
			s.watchers.tell(*e.change)
		} else {
			e.hook()
		}
	}
}

func (s *Store) attempt(ctx context.Context, f func(tx *Tx) error) ([]effect, error) {
	tx := &Tx{store: s, whole: &whole{}}
	err := s.db.WithContext(ctx).Transaction(func(db *gorm.DB) error {
		tx.db = db
		if err := f(tx); err != nil {
			return err
		}
		if tx.whole.lost != nil {
			return tx.whole.lost
		}
		return tx.tellNodes()
	})
	if tx.whole.lost != nil {
		err = tx.whole.lost
	}
	return tx.onDone, fault(err)
}

// AfterCommit calls hook once the transaction has committed; never when it rolled back. Hooks must not block: on
// SQLite the next writer waits for them.
func (tx *Tx) AfterCommit(hook func()) { tx.onDone = append(tx.onDone, effect{hook: hook}) }

// Now gives the store's clock as a Timestamp.
func (tx *Tx) Now() Timestamp { return At(tx.store.now()) }

// NewID gives a fresh id that sorts after all earlier ones.
func (tx *Tx) NewID() int64 { return tx.store.ids.Next() }

// NewIDAt gives a fresh id that sorts by the time t, for posts that are older than their arrival.
func (tx *Tx) NewIDAt(t time.Time) int64 { return tx.store.ids.At(t) }

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	db, err := s.db.DB()
	if err != nil {
		return fmt.Errorf("open database handle: %w", err)
	}
	return db.PingContext(ctx)
}

// Close ends all connections.
func (s *Store) Close() error {
	db, err := s.db.DB()
	if err != nil {
		return fmt.Errorf("open database handle: %w", err)
	}
	return db.Close()
}

// CountRows counts the rows of a table, for tests that show that nothing was stored.
func (tx *Tx) CountRows(table string) (int64, error) {
	var n int64
	return n, translate(tx.db.Table(table).Count(&n).Error, table)
}
