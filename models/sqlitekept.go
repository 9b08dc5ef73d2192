package models

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"reflect"
	"strings"
	"sync"
)

// The driver of SQLite that keeps statements. database/sql asks a driver anew for each query, and SQLite then reads the
// SQL again, which took two fifths of the time of a page of a timeline.
const keepingDriverName = "sqlite-keeping"

// registerKeeping makes the driver known, once in a process.
var registerKeeping = sync.OnceValue(func() error {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return err
	}
	defer db.Close()
	sql.Register(keepingDriverName, keepingDriver{db.Driver()})
	return nil
})

const (
	maxKept     = 200     // statements of one connection
	maxKeptText = 8 << 10 // bytes of SQL; longer is hardly ever said twice
)

// keepingDriver is the driver of SQLite, but that its connections keep statements.
type keepingDriver struct{ inner driver.Driver }

// Open opens a connection.
func (d keepingDriver) Open(name string) (driver.Conn, error) {
	inner, err := d.inner.Open(name)
	if err != nil {
		return nil, err
	}
	if able, ok := inner.(sqliteConn); ok {
		return &keepingConn{sqliteConn: able, kept: map[string]*keptStatement{}}, nil
	}
	return inner, nil
}

// sqliteConn is what a connection of the driver can do.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// keepingConn is used by one goroutine at a time, as database/sql promises its drivers.
type keepingConn struct {
	sqliteConn
	kept map[string]*keptStatement
}

// keptStatement is a statement that was read before.
type keptStatement struct {
	driver.Stmt
	busy bool // rows of it are being read
}

// statement gives a statement to run, nil when the SQL is to go its usual way.
func (c *keepingConn) statement(ctx context.Context, query string) (*keptStatement, error) {
	if known := c.kept[query]; known != nil {
		if known.busy {
			return nil, nil
		}
		return known, nil
	}
	if len(query) > maxKeptText || !isOftenSaid(query) {
		return nil, nil
	}
	if len(c.kept) >= maxKept {
		c.forget()
	}
	fresh, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	kept := &keptStatement{Stmt: fresh}
	c.kept[query] = kept
	return kept, nil
}

// isOftenSaid tells queries and changes of rows from what prepares a database.
func isOftenSaid(query string) bool {
	word, _, _ := strings.Cut(strings.TrimLeft(query, " \t\n("), " ")
	switch strings.ToUpper(word) {
	case "SELECT", "INSERT", "UPDATE", "DELETE", "WITH":
		return true
	}
	return false
}

// forget makes room. What is being read stays.
func (c *keepingConn) forget() {
	for query, s := range c.kept {
		if !s.busy {
			_ = s.Close() // tells how it ended before, and that was told
			delete(c.kept, query)
		}
	}
}

// Close ends the connection.
func (c *keepingConn) Close() error {
	for _, s := range c.kept {
		_ = s.Close()
	}
	c.kept = nil
	return c.sqliteConn.Close()
}

// ExecContext changes rows.
func (c *keepingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	if runs, ok := statementOf[driver.StmtExecContext](s); ok {
		return runs.ExecContext(ctx, args)
	}
	return c.sqliteConn.ExecContext(ctx, query, args)
}

// QueryContext reads rows.
func (c *keepingConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	runs, ok := statementOf[driver.StmtQueryContext](s)
	if !ok {
		return c.sqliteConn.QueryContext(ctx, query, args)
	}
	rows, err := runs.QueryContext(ctx, args)
	if err != nil {
		return nil, err
	}
	s.busy = true
	return &keptRows{Rows: rows, of: s}, nil
}

func statementOf[T any](s *keptStatement) (T, bool) {
	var none T
	if s == nil {
		return none, false
	}
	able, ok := s.Stmt.(T)
	return able, ok
}

// keptRows are rows of a kept statement.
type keptRows struct {
	driver.Rows
	of *keptStatement
}

// Close lets the statement be used again.
func (r *keptRows) Close() error {
	r.of.busy = false
	return r.Rows.Close()
}

// ColumnTypeDatabaseTypeName is what database/sql asks for with ColumnTypes.
func (r *keptRows) ColumnTypeDatabaseTypeName(index int) string {
	if able, ok := r.Rows.(driver.RowsColumnTypeDatabaseTypeName); ok {
		return able.ColumnTypeDatabaseTypeName(index)
	}
	return ""
}

// ColumnTypeScanType is what database/sql asks for with ColumnTypes.
func (r *keptRows) ColumnTypeScanType(index int) reflect.Type {
	if able, ok := r.Rows.(driver.RowsColumnTypeScanType); ok {
		return able.ColumnTypeScanType(index)
	}
	return reflect.TypeFor[any]()
}
