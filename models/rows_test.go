package models

import (
	"math"
	"reflect"
	"testing"
	"time"

	"praxis/internal/testdb"
)

// TestRowsAreReadWhole: what is stored in every column of the widest rows is read again, as gorm itself reads it.
func TestRowsAreReadWhole(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		actor := newActor("ann")
		h.fill(actor, "ID", "Handle")
		post := &Post{ID: 7}
		h.fill(post, "ID", "AuthorID", "ThreadID")
		file := &Attachment{}
		h.fill(file, "ID")
		h.do(func(tx *Tx) error {
			if err := tx.CreateActor(actor); err != nil {
				return err
			}
			post.AuthorID, post.ThreadID, file.ID = actor.ID, post.ID, tx.NewID()
			for _, row := range []any{post, file} {
				if err := tx.db.Create(row).Error; err != nil {
					return err
				}
			}
			return nil
		})
		sameRows[Actor](h)
		sameRows[Post](h)
		sameRows[Attachment](h)
	})
}

// fill gives every field but some a value of its own.
func (h *house) fill(row any, but ...string) {
	h.Helper()
	fields := reflect.ValueOf(row).Elem()
	for i := range fields.NumField() {
		field, name := fields.Field(i), fields.Type().Field(i).Name
		for _, skipped := range but {
			if name == skipped {
				name = ""
			}
		}
		switch {
		case name == "":
		case field.Kind() == reflect.String:
			field.SetString("é " + name)
		case field.Kind() == reflect.Bool:
			field.SetBool(true)
		case field.Kind() == reflect.Float64:
			field.SetFloat(0.25 + float64(i))
		case field.Kind() == reflect.Int64:
			field.SetInt(math.MaxInt32 + int64(i))
		default:
			h.Fatalf("%s is of a sort that rows do not have", name)
		}
	}
}

func sameRows[T any](h *house) {
	h.Helper()
	if shapeOf(h.db, reflect.TypeFor[T]()) == nil {
		h.Fatalf("%T is left to gorm", *new(T))
	}
	var want []T
	h.must(h.db.Find(&want).Error)
	got, err := list[T](h.db, "rows")
	h.must(err)
	if len(want) != 1 || !reflect.DeepEqual(got, want) {
		h.Errorf("read %+v, want %+v", got, want)
	}
}

// TestRowsOfOtherSorts: a column that holds what its field cannot is an error, and no panic.
func TestRowsOfOtherSorts(t *testing.T) {
	var row struct {
		Number int64
		Text   string
		Flag   bool
		Part   float64
	}
	fields := reflect.ValueOf(&row).Elem()
	for i := range fields.NumField() {
		for _, value := range []any{int64(1), "text", []byte("text"), true, 0.5, nil, time.Now()} {
			err := put(fields.Field(i), value)
			fits := value == nil || reflect.TypeOf(value) == fields.Field(i).Type() ||
				(i == 1 && reflect.TypeOf(value).Kind() == reflect.Slice) || (i > 1 && value == any(int64(1)))
			if (err == nil) != fits {
				t.Errorf("%T in %s: %v", value, fields.Type().Field(i).Name, err)
			}
		}
	}
}
