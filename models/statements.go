package models

import (
	linked "container/list"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
)

// keptStatements is how many compiled statements a connection to SQLite keeps.
const keptStatements = 200

// openFrugal gives a pool of connections to SQLite that compile each statement once: SQLite itself keeps none, and to compile
// costs more than to run. (PostgreSQL's driver does so by itself.)
func openFrugal(driverName, dsn string) (*sql.DB, error) {
	plain, err := sql.Open(driverName, dsn)
	if err != nil {
		return nil, fmt.Errorf("open the driver: %w", err)
	}
	defer func() { _ = plain.Close() }() // it has no connection yet
	return sql.OpenDB(frugal{plain.Driver(), dsn}), nil
}

// frugal is the driver.Connector of such connections.
type frugal struct {
	driver driver.Driver
	dsn    string
}

// Connect opens a connection.
func (f frugal) Connect(context.Context) (driver.Conn, error) {
	conn, err := f.driver.Open(f.dsn)
	if err != nil {
		return nil, err
	}
	full, ok := conn.(fullConn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("connections of %T cannot be used", f.driver), conn.Close())
	}
	return &frugalConn{fullConn: full, kept: map[string]*linked.Element{}, order: linked.New()}, nil
}

// Driver gives the driver.
func (f frugal) Driver() driver.Driver { return f.driver }

// fullConn is what database/sql makes use of.
type fullConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// frugalConn keeps the statements that it compiled. database/sql lets nobody use a connection while another does.
type frugalConn struct {
	fullConn
	kept  map[string]*linked.Element // of *kept, by text
	order *linked.List               // the latest used first
}

type kept struct {
	text string
	stmt fullStmt
	busy bool // its rows are being read: it cannot be run again meanwhile
}

type fullStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// worthKeeping reports what is run again and again. Schemas change seldom.
// Very long ones are hardly ever said twice.
func worthKeeping(text string) bool {
	if len(text) > 8<<10 {
		return false
	}
	verb, _, _ := strings.Cut(text, " ")
	switch verb {
	case "SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "SAVEPOINT", "RELEASE", "ROLLBACK":
		return true
	}
	return false
}

// statement gives a compiled statement that is free; nil where none is kept.
func (c *frugalConn) statement(ctx context.Context, text string) (*kept, error) {
	if at := c.kept[text]; at != nil {
		c.order.MoveToFront(at)
		k, _ := at.Value.(*kept)
		if k.busy {
			return nil, nil
		}
		return k, nil
	}
	if !worthKeeping(text) {
		return nil, nil
	}
	stmt, err := c.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	full, ok := stmt.(fullStmt)
	if !ok {
		return nil, stmt.Close()
	}
	k := &kept{text: text, stmt: full}
	c.kept[text] = c.order.PushFront(k)
	return k, c.makeRoom()
}

// makeRoom forgets the statement that was not used for longest.
func (c *frugalConn) makeRoom() error {
	last := c.order.Back()
	if c.order.Len() <= keptStatements {
		return nil
	}
	k, _ := last.Value.(*kept)
	if k.busy {
		return nil // the next one makes room
	}
	c.order.Remove(last)
	delete(c.kept, k.text)
	return k.stmt.Close()
}

// ExecContext runs a statement.
func (c *frugalConn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	k, err := c.statement(ctx, text)
	if err != nil {
		return nil, err
	}
	if k == nil {
		return c.fullConn.ExecContext(ctx, text, args)
	}
	return k.stmt.ExecContext(ctx, args)
}

// QueryContext runs a statement that gives rows.
func (c *frugalConn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	k, err := c.statement(ctx, text)
	if err != nil {
		return nil, err
	}
	if k == nil {
		return c.fullConn.QueryContext(ctx, text, args)
	}
	rows, err := k.stmt.QueryContext(ctx, args)
	if err != nil {
		return nil, err
	}
	full, ok := rows.(fullRows)
	if !ok {
		return nil, errors.Join(fmt.Errorf("rows of %T cannot be used", rows), rows.Close())
	}
	k.busy = true
	return &keptRows{full, k}, nil
}

// Close ends the connection and what it keeps.
func (c *frugalConn) Close() error {
	var all []error
	for at := c.order.Front(); at != nil; at = at.Next() {
		k, _ := at.Value.(*kept)
		all = append(all, k.stmt.Close())
	}
	return errors.Join(append(all, c.fullConn.Close())...)
}

// fullRows are rows with all that database/sql can be asked about them.
type fullRows interface {
	driver.Rows
	driver.RowsColumnTypeDatabaseTypeName
	driver.RowsColumnTypeLength
	driver.RowsColumnTypeNullable
	driver.RowsColumnTypePrecisionScale
	driver.RowsColumnTypeScanType
}

// keptRows give the statement free when they are closed.
type keptRows struct {
	fullRows
	of *kept
}

// Close ends the reading.
func (r *keptRows) Close() error {
	r.of.busy = false
	return r.fullRows.Close()
}
