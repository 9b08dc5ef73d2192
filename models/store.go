package models

import (
	"context"
	"fmt"
	"sync"
	"time"

	"gorm.io/gorm"

	"praxis/internal/snowflake"
)

// Store is the database of one instance. It is safe for concurrent use.
type Store struct {
	db      *gorm.DB
	dialect string
	now     func() time.Time
	ids     *snowflake.Source
	// writes serialises writing transactions on SQLite, which has one writer: waiting here is fair, while waiting in
	// the database is a poll.
	writes   sync.Mutex
	watchers watchers
}

// Tx is a set of queries that see one state of the database. Inside Store.Tx they commit together.
type Tx struct {
	db      *gorm.DB
	store   *Store
	onDone  []func()
	writing bool
}

// Now gives the store's clock.
func (s *Store) Now() time.Time { return s.now() }

// Dialect is "sqlite" or "postgres".
func (s *Store) Dialect() string { return s.dialect }

// Read gives queries outside of a transaction, for handlers that only look.
func (s *Store) Read(ctx context.Context) *Tx {
	return &Tx{db: s.db.WithContext(ctx), store: s}
}

// maxTries bounds how often a transaction that lost a race is run again.
const maxTries = 4

// Tx runs f in one transaction: commits when it returns nil, rolls back otherwise. It may run f again when PostgreSQL
// reports a serialization failure or a deadlock, so f must not touch anything but the transaction; what has to happen
// after the commit goes through Tx.AfterCommit.
func (s *Store) Tx(ctx context.Context, f func(tx *Tx) error) error {
	if s.dialect == dialectSQLite {
		s.writes.Lock()
		defer s.writes.Unlock()
	}
	for try := 1; ; try++ {
		done, err := s.attempt(ctx, f)
		if err == nil {
			for _, hook := range done {
				hook()
			}
			return nil
		}
		if try == maxTries || !isRetryable(err) {
			return err
		}
	}
}

func (s *Store) attempt(ctx context.Context, f func(tx *Tx) error) ([]func(), error) {
	tx := &Tx{store: s, writing: true}
	err := s.db.WithContext(ctx).Transaction(func(db *gorm.DB) error {
		tx.db = db
		return f(tx)
	})
	return tx.onDone, fault(err)
}

// AfterCommit calls hook once the transaction has committed; never when it rolled back. Hooks must not block: on
// SQLite the next writer waits for them.
func (tx *Tx) AfterCommit(hook func()) { tx.onDone = append(tx.onDone, hook) }

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

// first loads one row or gives a NotFound Error that names what.
func first[T any](db *gorm.DB, what string) (*T, error) {
	var row T
	if err := db.Take(&row).Error; err != nil {
		return nil, translate(err, what)
	}
	return &row, nil
}

// list loads rows.
func list[T any](db *gorm.DB, what string) ([]T, error) {
	var rows []T
	if err := db.Find(&rows).Error; err != nil {
		return nil, translate(err, what)
	}
	return rows, nil
}

// CountRows counts the rows of a table, for tests that show that nothing was stored.
func (tx *Tx) CountRows(table string) (int64, error) {
	var n int64
	return n, translate(tx.db.Table(table).Count(&n).Error, table)
}
