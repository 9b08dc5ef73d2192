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
	// changedBlocks says that it changed which hosts are blocked.
	changedBlocks bool
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
func (tx *Tx) Part(f func(part *Tx) error) error {
	if tx.whole == nil {
		return errors.New("a part needs a transaction around it")
	}
	if tx.whole.lost != nil {
		return tx.whole.lost
	}
	part := &Tx{db: tx.db, store: tx.store, whole: tx.whole, depth: tx.depth + 1}
	name := "part" + strconv.Itoa(part.depth)
	if err := tx.db.Exec("SAVEPOINT " + name).Error; err != nil {
		return translate(err, "part of a transaction")
	}
	if err := part.attempt(f, name); err != nil {
		return err
	}
	tx.onDone = append(tx.onDone, part.onDone...)
	return nil
}

func (tx *Tx) attempt(f func(part *Tx) error, name string) (err error) {
	kept := false
	defer func() {
		if kept {
			return
		}
		if isRetryable(err) {
			tx.whole.lost = err
		}
		undo := tx.db.Exec("ROLLBACK TO SAVEPOINT " + name).Error
		if undo != nil && tx.whole.lost == nil {
			tx.whole.lost = translate(undo, "part of a transaction")
		}
	}()
	if err := f(tx); err != nil {
		return err
	}
	if tx.whole.lost != nil {
		return tx.whole.lost
	}
	err = tx.db.Exec("RELEASE SAVEPOINT " + name).Error
	kept = err == nil
	return translate(err, "part of a transaction")
}
