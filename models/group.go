package models

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"gorm.io/gorm"
)

// On SQLite, which has one writer, a commit costs far more than what is committed: it waits for the disk. Transactions that come
// while others are under way share one commit: each runs by itself after the one before, sees what that did, and is undone by
// itself when it fails. Nobody hears of success before the commit.

// How much may share a commit.
const (
	groupTime = 8 * time.Millisecond // from the first one's begin
	groupSize = 64
)

// writer lets one transaction after the other write to SQLite.
type writer struct {
	turn    sync.Mutex
	waiting atomic.Int32 // for their turn
	group   *group       // under way; guarded by turn
	time    time.Duration
}

// group is the transactions that share a commit.
type group struct {
	db      *gorm.DB
	begun   time.Time
	size    int
	effects []effect // of those that succeeded, in order
	lost    bool     // it cannot be committed
	done    chan struct{}
	err     error // of the commit; set before done is closed
}

// grouped runs f in a transaction of SQLite, which may share its commit with others.
func (s *Store) grouped(ctx context.Context, f func(tx *Tx) error) (err error) {
	w := &s.writer
	w.waiting.Add(1)
	w.turn.Lock()
	w.waiting.Add(-1)
	g, err := s.join(ctx)
	if err != nil {
		w.turn.Unlock()
		return err
	}
	member := &Tx{db: g.db.WithContext(context.WithoutCancel(ctx)), store: s, whole: &whole{}}
	finished := false
	defer func() {
		if !finished { // f panicked
			g.undo()
		}
		if ended := s.leave(g); ended != nil && err == nil {
			err = ended
		}
	}()
	err = g.run(ctx, member, f)
	finished = true
	return err
}

// join gives the group under way, or begins one. The end of one member's context must not undo the others.
func (s *Store) join(ctx context.Context) (*group, error) {
	if err := ctx.Err(); err != nil {
		s.writer.closeIfLast(s)
		return nil, err
	}
	g := s.writer.group
	if g == nil {
		db := s.db.WithContext(context.WithoutCancel(ctx)).Begin()
		if db.Error != nil {
			return nil, fault(db.Error)
		}
		g = &group{db: db, begun: time.Now(), done: make(chan struct{})}
		s.writer.group = g
	}
	g.size++
	return g, nil
}

// run does one member's work. The first needs no part of its own: nobody else's work is there to be kept.
func (g *group) run(ctx context.Context, member *Tx, f func(tx *Tx) error) error {
	if g.size > 1 {
		if err := g.db.Exec("SAVEPOINT member").Error; err != nil {
			g.lost = true
			return fault(err)
		}
	}
	err := f(member)
	if err == nil {
		err = member.whole.lost
	}
	if err == nil {
		err = ctx.Err() // who asked has gone, and is to find nothing done
	}
	if err != nil {
		g.undo()
		return fault(err)
	}
	if g.size > 1 {
		if err := g.db.Exec("RELEASE SAVEPOINT member").Error; err != nil {
			g.lost = true
			return fault(err)
		}
	}
	g.effects = append(g.effects, member.onDone...)
	return nil
}

// undo takes back what the member under way did. Where that cannot be done, SQLite has undone the whole: a full disk does so.
func (g *group) undo() {
	if g.size == 1 {
		g.lost = true
		return
	}
	if g.db.Exec("ROLLBACK TO SAVEPOINT member").Error != nil || g.db.Exec("RELEASE SAVEPOINT member").Error != nil {
		g.lost = true
	}
}

// leave gives the turn on to who waits and may still join, or ends the group; it comes back when the group has ended, with the
// error of the commit.
func (s *Store) leave(g *group) error {
	w := &s.writer
	if g.lost || w.waiting.Load() == 0 || g.size >= groupSize || time.Since(g.begun) > w.time {
		s.end(g)
		w.turn.Unlock()
	} else {
		w.turn.Unlock()
		<-g.done
	}
	return g.err
}

// end commits, and does what waited for that, in order.
func (s *Store) end(g *group) {
	s.writer.group = nil
	defer close(g.done)
	if g.lost {
		_ = g.db.Rollback().Error // SQLite may have done so itself
		g.err = errLost
		return
	}
	if g.err = fault(g.db.Commit().Error); g.err != nil {
		_ = g.db.Rollback().Error
		return
	}
	s.finish(g.effects)
}

// closeIfLast ends a group whose last hope for a member went away.
func (w *writer) closeIfLast(s *Store) {
	if w.group != nil && w.waiting.Load() == 0 {
		s.end(w.group)
	}
}

// errLost is what those hear whose transaction was undone because another one of the group could not be undone alone.
var errLost = Errorf(Unavailable, "The database could not keep this; try again.")
