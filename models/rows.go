package models

import (
	"cmp"
	"database/sql"
	"fmt"
	"reflect"
	"strings"
	"sync"

	"gorm.io/gorm"
)

// shape says where the columns of a table go in its struct. Reading most rows by it, gorm's own way being for every sort of
// field, halves what a row costs.
type shape struct {
	columns []string       // in the order of the struct
	places  map[string]int // by column, the field
}

var shapes sync.Map // of *shape, nil where a field is of a sort that shapes do not know; by reflect.Type

// shapeOf gives the shape of a type; nil when gorm has to read it.
func shapeOf(db *gorm.DB, t reflect.Type) *shape {
	if known, ok := shapes.Load(t); ok {
		s, _ := known.(*shape)
		return s
	}
	s := newShape(db, t)
	shapes.Store(t, s)
	return s
}

func newShape(db *gorm.DB, t reflect.Type) *shape {
	statement := &gorm.Statement{DB: db}
	if err := statement.Parse(reflect.New(t).Interface()); err != nil {
		return nil
	}
	s := &shape{places: map[string]int{}}
	for _, field := range statement.Schema.Fields {
		if field.DBName == "" || len(field.StructField.Index) != 1 || !isPlain(field.FieldType.Kind()) || field.Serializer != nil {
			return nil
		}
		s.columns = append(s.columns, field.DBName)
		s.places[field.DBName] = field.StructField.Index[0]
	}
	return s
}

func isPlain(kind reflect.Kind) bool {
	return kind == reflect.Int64 || kind == reflect.Int || kind == reflect.String || kind == reflect.Bool || kind == reflect.Float64
}

// put stores what a database gave in a field. NULL is the zero value.
func put(field reflect.Value, value any) error {
	switch v := value.(type) {
	case nil:
		field.SetZero()
		return nil
	case int64:
		switch field.Kind() {
		case reflect.Int64, reflect.Int:
			field.SetInt(v)
			return nil
		case reflect.Bool:
			field.SetBool(v != 0)
			return nil
		case reflect.Float64:
			field.SetFloat(float64(v))
			return nil
		}
	case string:
		if field.Kind() == reflect.String {
			field.SetString(v)
			return nil
		}
	case []byte:
		if field.Kind() == reflect.String {
			field.SetString(string(v))
			return nil
		}
	case bool:
		if field.Kind() == reflect.Bool {
			field.SetBool(v)
			return nil
		}
	case float64:
		if field.Kind() == reflect.Float64 {
			field.SetFloat(v)
			return nil
		}
	}
	return fmt.Errorf("a column holds %T where %s is kept", value, field.Type())
}

// rowReader takes the values of a row as they come.
type rowReader struct {
	values, targets []any
}

func newRowReader(width int) *rowReader {
	r := &rowReader{values: make([]any, width), targets: make([]any, width)}
	for i := range r.values {
		r.targets[i] = &r.values[i]
	}
	return r
}

// readRows appends what a query gives.
func readRows[T any](rows *sql.Rows, s *shape) ([]T, error) {
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	places := make([]int, len(names))
	for i, name := range names {
		place, ok := s.places[name]
		if !ok {
			place = -1
		}
		places[i] = place
	}
	reader := newRowReader(len(names))
	found := []T{}
	for rows.Next() {
		if err := rows.Scan(reader.targets...); err != nil {
			return nil, err
		}
		var row T
		fields := reflect.ValueOf(&row).Elem()
		for i, place := range places {
			if place < 0 {
				continue
			}
			if err := put(fields.Field(place), reader.values[i]); err != nil {
				return nil, fmt.Errorf("%s: %w", names[i], err)
			}
		}
		found = append(found, row)
	}
	return found, rows.Err()
}

// list loads the rows of a table.
func list[T any](db *gorm.DB, what string) ([]T, error) { return listOf[T](db.Model(new(T)), what) }

// listOf loads what a query over another table gives, or one that is written out.
func listOf[T any](db *gorm.DB, what string) ([]T, error) {
	s := shapeOf(db, reflect.TypeFor[T]())
	if s == nil {
		var rows []T
		err := db.Find(&rows).Error
		return rows, translate(err, what)
	}
	rows, err := db.Rows()
	if err != nil {
		return nil, translate(err, what)
	}
	found, err := readRows[T](rows, s)
	return found, translate(err, what)
}

// first loads one row or gives a NotFound Error that names what.
func first[T any](db *gorm.DB, what string) (*T, error) {
	rows, err := list[T](db.Limit(1), what)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, translate(gorm.ErrRecordNotFound, what)
	}
	return &rows[0], nil
}

// readTuple reads the one row of a query whose columns are those of some structs, one after the other; NotFound for none. What
// an outer join did not find stays empty.
func readTuple(db *gorm.DB, what, after string, args []any, into map[string]any, order ...string) error {
	var columns []string
	var fields []reflect.Value
	for _, alias := range order {
		row := reflect.ValueOf(into[alias]).Elem()
		s := shapeOf(db, row.Type())
		if s == nil {
			return fmt.Errorf("rows of %s have fields that cannot be read so", row.Type())
		}
		for _, column := range s.columns {
			columns, fields = append(columns, alias+"."+column), append(fields, row.Field(s.places[column]))
		}
	}
	rows, err := db.Raw("SELECT "+strings.Join(columns, ", ")+" "+after, args...).Rows()
	if err != nil {
		return translate(err, what)
	}
	defer rows.Close()
	if !rows.Next() {
		return translate(cmp.Or(rows.Err(), gorm.ErrRecordNotFound), what)
	}
	reader := newRowReader(len(fields))
	if err := rows.Scan(reader.targets...); err != nil {
		return translate(err, what)
	}
	for i, field := range fields {
		if err := put(field, reader.values[i]); err != nil {
			return fmt.Errorf("%s: %w", columns[i], err)
		}
	}
	return nil
}
