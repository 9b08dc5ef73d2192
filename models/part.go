package models

import (
	"context"
	"errors"
	"strconv"
)

// whole is what all parts of one transaction share.
type whole struct {
	// lost is the race that a part lost: PostgreSQL then wants the whole transaction again, whatever the part's caller makes
	// of the error.
	lost error
	// changedBlocks says that it changed which hosts are kept away.
	changedBlocks bool
	// changedReach says that it changed where actors elsewhere are reached.
	changedReach bool
}

type aroundKey struct{}

// Within gives a context in which Store.Tx and Store.Read work inside tx: what verbs do with it commits together with what
// else tx does. The context must not outlive the transaction. What fails in it is undone alone, as a part of tx.
func Within(ctx context.Context, tx *Tx) context.Context {
	return context.WithValue(ctx, aroundKey{}, tx)
}

// around gives the transaction within which a context is; nil for none.
func (s *Store) around(ctx context.Context) *Tx {
	tx, _ := ctx.Value(aroundKey{}).(*Tx)
	if tx == nil || tx.store != s {
		return nil
	}
	return tx
}

// Part runs f as a part of the transaction: when f fails, or panics, what it did is undone and the rest stands. What waits for
// the commit waits for that of the whole.
func (tx *Tx) Part(f func(part *Tx) error) error { return tx.part(false, f) }

// PartFor is Part for a verb, with the context that it needs: what f does in the part itself it does after it, and so the
// verb's transaction is the part.
func (tx *Tx) PartFor(ctx context.Context, f func(ctx context.Context, part *Tx) error) error {
	return tx.part(true, func(part *Tx) error { return f(Within(ctx, part), part) })
}

func (tx *Tx) part(fresh bool, f func(part *Tx) error) error {
	if tx.whole == nil {
		return errors.New("a part needs a transaction around it")
	}
	if tx.whole.lost != nil {
		return tx.whole.lost
	}
	part := &Tx{db: tx.db, store: tx.store, whole: tx.whole, depth: tx.depth + 1, fresh: fresh}
	if err := tx.db.Exec("SAVEPOINT " + part.name()).Error; err != nil {
		return translate(err, "part of a transaction")
	}
	if err := part.attempt(f); err != nil {
		return err
	}
	tx.onDone = append(tx.onDone, part.onDone...)
	return nil
}

func (tx *Tx) name() string { return "part" + strconv.Itoa(tx.depth) }

// within runs a verb's transaction in a part: as the part itself when it comes first, else as a part of it.
func (tx *Tx) within(f func(tx *Tx) error) error {
	if !tx.fresh {
		return tx.Part(f)
	}
	if tx.whole.lost != nil {
		return tx.whole.lost
	}
	tx.fresh = false
	done := false
	var err error
	defer func() {
		if !done {
			tx.undo(err)
			tx.onDone, tx.fresh = nil, true
		}
	}()
	err = f(tx)
	done = err == nil
	return err
}

func (tx *Tx) attempt(f func(part *Tx) error) (err error) {
	kept := false
	defer func() {
		if !kept {
			tx.undo(err)
		}
	}()
	if err := f(tx); err != nil {
		return err
	}
	if tx.whole.lost != nil {
		return tx.whole.lost
	}
	err = tx.db.Exec("RELEASE SAVEPOINT " + tx.name()).Error
	kept = err == nil
	return translate(err, "part of a transaction")
}

// undo goes back to where the part began.
func (tx *Tx) undo(cause error) {
	if isRetryable(cause) {
		tx.whole.lost = cause
	}
	err := tx.db.Exec("ROLLBACK TO SAVEPOINT " + tx.name()).Error
	if err != nil && tx.whole.lost == nil {
		tx.whole.lost = translate(err, "part of a transaction")
	}
}
