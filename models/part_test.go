package models

import (
	"context"
	"errors"
	"slices"
	"testing"

	"praxis/internal/testdb"
)

// TestPartsOfATransaction: a part that fails undoes itself alone, and the hooks of those that stand run once all is committed.
func TestPartsOfATransaction(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		refused := errors.New("refused")
		var heard []string
		make1 := func(ctx context.Context, name string, fail error) error {
			return h.Tx(ctx, func(tx *Tx) error {
				tx.AfterCommit(func() { heard = append(heard, name) })
				if err := tx.CreateActor(newActor(name)); err != nil {
					return err
				}
				return fail
			})
		}
		h.do(func(tx *Tx) error {
			ctx := Within(t.Context(), tx)
			h.must(make1(ctx, "ann", nil))
			if err := make1(ctx, "bo", refused); !errors.Is(err, refused) {
				t.Errorf("got %v", err)
			}
			// A broken statement leaves the rest of a PostgreSQL transaction usable.
			h.wantCode(make1(ctx, "ann", nil), Conflict)
			if _, err := h.Read(ctx).ActorByHandle("ann", "a.test"); err != nil {
				t.Errorf("what is not committed is not seen within: %v", err)
			}
			if len(heard) != 0 {
				t.Errorf("%v ran before the commit", heard)
			}
			return make1(ctx, "cleo", nil)
		})
		if !slices.Equal(heard, []string{"ann", "cleo"}) {
			t.Errorf("hooks of %v ran", heard)
		}
		for name, want := range map[string]bool{"ann": true, "bo": false, "cleo": true} {
			if _, err := h.read().ActorByHandle(name, "a.test"); (err == nil) != want {
				t.Errorf("%s: %v", name, err)
			}
		}
		heard = nil
		err := h.Tx(t.Context(), func(tx *Tx) error {
			h.must(make1(Within(t.Context(), tx), "dan", nil))
			return refused
		})
		if _, missing := h.read().ActorByHandle("dan", "a.test"); !errors.Is(err, refused) || !IsNotFound(missing) || heard != nil {
			t.Errorf("%v, %v, %v: a part outlived its transaction", err, missing, heard)
		}
	})
}

// TestPartForAVerb: the first verb in a part is undone like any other, and what its caller does then stands.
func TestPartForAVerb(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		refused := errors.New("refused")
		heard := 0
		verb := func(ctx context.Context, name string, fail error) error {
			return h.Tx(ctx, func(tx *Tx) error {
				tx.AfterCommit(func() { heard++ })
				return errors.Join(tx.CreateActor(newActor(name)), fail)
			})
		}
		h.do(func(tx *Tx) error {
			err := tx.PartFor(t.Context(), func(ctx context.Context, part *Tx) error {
				if err := verb(ctx, "ann", refused); !errors.Is(err, refused) {
					t.Errorf("got %v", err)
				}
				h.must(verb(ctx, "bo", nil))
				h.wantCode(verb(ctx, "bo", nil), Conflict)
				return part.CreateActor(newActor("cleo"))
			})
			h.must(err)
			return tx.CreateActor(newActor("dan"))
		})
		for name, want := range map[string]bool{"ann": false, "bo": true, "cleo": true, "dan": true} {
			if _, err := h.read().ActorByHandle(name, "a.test"); (err == nil) != want {
				t.Errorf("%s: %v", name, err)
			}
		}
		if heard != 1 {
			t.Errorf("%d hooks ran, not 1", heard)
		}
	})
}

// TestPartThatPanics: what a panic left half done is undone, and the transaction can go on.
func TestPartThatPanics(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		h.do(func(tx *Tx) error {
			func() {
				defer func() {
					if recover() == nil {
						t.Error("the panic is lost")
					}
				}()
				_ = tx.Part(func(part *Tx) error {
					h.must(part.CreateActor(newActor("ann")))
					panic("half done")
				})
			}()
			return tx.CreateActor(newActor("bo"))
		})
		if n := h.count("actor"); n != 1 {
			t.Errorf("%d actors, not 1", n)
		}
	})
}

// TestLostRaceInAPart: PostgreSQL wants the whole transaction again, also when the caller of the part forgets its error.
func TestLostRaceInAPart(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		if h.Dialect() != dialectPostgres {
			t.Log("one writer at a time loses no race")
			return
		}
		tries := 0
		h.do(func(tx *Tx) error {
			tries++
			_ = tx.Part(func(part *Tx) error {
				if tries > 1 {
					return part.CreateActor(newActor("ann"))
				}
				return part.db.Exec(`DO $$ BEGIN RAISE EXCEPTION 'lost' USING ERRCODE = '40P01'; END $$`).Error
			})
			return nil
		})
		if tries != 2 || h.count("actor") != 1 {
			t.Errorf("%d tries, %d actors", tries, h.count("actor"))
		}
	})
}
