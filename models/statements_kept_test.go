package models

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
)

// keeping gives one connection of the driver that keeps statements, to a fresh database with a table of three rows.
func keeping(t *testing.T) *sql.Conn {
	t.Helper()
	db, err := openFrugal("sqlite", "file:"+filepath.Join(t.TempDir(), "a.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	run(t, conn, `CREATE TABLE a (id INTEGER PRIMARY KEY, name text); INSERT INTO a (name) VALUES ('x'), ('y'), ('z')`)
	return conn
}

func run(t *testing.T, conn *sql.Conn, query string, args ...any) {
	t.Helper()
	if _, err := conn.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func names(t *testing.T, conn *sql.Conn, query string, args ...any) (all string) {
	t.Helper()
	rows, err := conn.QueryContext(t.Context(), query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	for rows.Next() {
		var name sql.NullString
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		all += name.String
	}
	if rows.Err() != nil {
		t.Fatal(rows.Err())
	}
	return all
}

func keptBy(t *testing.T, conn *sql.Conn) (n int) {
	t.Helper()
	err := conn.Raw(func(c any) error {
		n = len(c.(*frugalConn).kept)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestKeptStatementsAreUsedAgainWithOtherValues(t *testing.T) {
	conn := keeping(t)
	const query = `SELECT name FROM a WHERE id >= ? ORDER BY id`
	for from, want := range map[int]string{1: "xyz", 2: "yz", 3: "z", 4: ""} {
		if got := names(t, conn, query, from); got != want {
			t.Errorf("from %d: %q, want %q", from, got, want)
		}
	}
	for _, name := range []any{"w", nil, "v"} {
		run(t, conn, `INSERT INTO a (name) VALUES (?)`, name)
	}
	if got := names(t, conn, query, 4); got != "wv" {
		t.Errorf("after inserts: %q", got)
	}
	if n := keptBy(t, conn); n != 2 {
		t.Errorf("%d statements are kept, want 2", n)
	}
}

// TestKeptStatementWithinItself: the same query while rows of it are still being read.
func TestKeptStatementWithinItself(t *testing.T) {
	conn := keeping(t)
	const query = `SELECT name FROM a ORDER BY id`
	rows, err := conn.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	seen := ""
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		seen += name + names(t, conn, query)
	}
	if err := rows.Close(); err != nil || seen != "xxyzyxyzzxyz" {
		t.Errorf("%q, %v", seen, err)
	}
	if got := names(t, conn, query); got != "xyz" {
		t.Errorf("afterwards: %q", got)
	}
}

// TestKeptStatementsAfterChangesFailuresAndCancels: neither another schema, nor a constraint, nor the end of a context spoils
// a statement.
func TestKeptStatementsAfterChangesFailuresAndCancels(t *testing.T) {
	conn := keeping(t)
	const query, insert = `SELECT * FROM a WHERE id = ?`, `INSERT INTO a (id, name) VALUES (?, ?)`
	for range 2 {
		if _, err := conn.ExecContext(t.Context(), insert, 1, "again"); err == nil {
			t.Error("an id was given twice")
		}
	}
	run(t, conn, insert, 9, "n")
	read := func(ctx context.Context) (columns int, err error) {
		rows, err := conn.QueryContext(ctx, query, 9)
		if err != nil {
			return 0, err
		}
		defer rows.Close()
		all, err := rows.Columns()
		return len(all), err
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := read(ended); err == nil {
		t.Error("a query ran in a context that has ended")
	}
	if n, err := read(t.Context()); n != 2 || err != nil {
		t.Errorf("%d columns, %v", n, err)
	}
	run(t, conn, `ALTER TABLE a ADD COLUMN more text DEFAULT 'm'`)
	if n, err := read(t.Context()); n != 3 || err != nil {
		t.Errorf("after the schema changed: %d columns, %v", n, err)
	}
}

func TestKeptStatementsAreBounded(t *testing.T) {
	conn := keeping(t)
	for i := range 3 * keptStatements {
		if got := names(t, conn, fmt.Sprintf(`SELECT name FROM a WHERE id = ? AND %d > 0`, i+1), 1); got != "x" {
			t.Fatalf("query %d: %q", i, got)
		}
	}
	if n := keptBy(t, conn); n == 0 || n > keptStatements {
		t.Errorf("%d statements are kept, at most %d should be", n, keptStatements)
	}
}
