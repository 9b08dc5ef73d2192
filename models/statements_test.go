package models

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
)

func openPool(t *testing.T) *sql.DB {
	t.Helper()
	pool, err := openFrugal("sqlite", "file:"+filepath.Join(t.TempDir(), "x.db")+"?_pragma=journal_mode(WAL)&_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := pool.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := pool.ExecContext(t.Context(), "CREATE TABLE x (id INTEGER PRIMARY KEY, word text)"); err != nil {
		t.Fatal(err)
	}
	return pool
}

// TestKeptStatementsDoNotMix: a statement that runs again while its rows are being read has rows of its own.
func TestKeptStatementsDoNotMix(t *testing.T) {
	pool := openPool(t)
	for i := range 5 {
		if _, err := pool.ExecContext(t.Context(), "INSERT INTO x (id, word) VALUES (?, ?)", i, fmt.Sprint("word", i)); err != nil {
			t.Fatal(err)
		}
	}
	tx, err := pool.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	const query = "SELECT word FROM x WHERE id >= ? ORDER BY id"
	outer, err := tx.QueryContext(t.Context(), query, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = outer.Close() }()
	for i := 0; outer.Next(); i++ {
		var word, inner string
		if err := outer.Scan(&word); err != nil || word != fmt.Sprint("word", i) {
			t.Errorf("row %d: %s, %v", i, word, err)
		}
		if err := tx.QueryRowContext(t.Context(), query, 4).Scan(&inner); err != nil || inner != "word4" {
			t.Errorf("within row %d: %s, %v", i, inner, err)
		}
	}
	if err := outer.Err(); err != nil {
		t.Error(err)
	}
}

// TestKeptStatementsFollowTheSchema: a statement that was compiled before a column came gives the column, too; and errors of a
// statement leave it usable.
func TestKeptStatementsFollowTheSchema(t *testing.T) {
	pool := openPool(t)
	pool.SetMaxOpenConns(1)
	columns := func() int {
		t.Helper()
		rows, err := pool.QueryContext(t.Context(), "SELECT * FROM x")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = rows.Close() }()
		names, err := rows.Columns()
		if err != nil || rows.Err() != nil {
			t.Fatal(err, rows.Err())
		}
		return len(names)
	}
	const insert = "INSERT INTO x (id, word) VALUES (?, ?)"
	before := columns()
	for i, want := range []bool{true, false, true} { // the second has the id of the first
		_, err := pool.ExecContext(t.Context(), insert, i/2*i, "word")
		if (err == nil) != want {
			t.Errorf("insert %d: %v", i, err)
		}
	}
	if _, err := pool.ExecContext(t.Context(), "ALTER TABLE x ADD COLUMN more text NOT NULL DEFAULT ''"); err != nil {
		t.Fatal(err)
	}
	if after := columns(); after != before+1 {
		t.Errorf("%d columns, and %d after one more", before, after)
	}
}

// TestManyStatements: more than are kept, by several at once, give what they should.
func TestManyStatements(t *testing.T) {
	pool := openPool(t)
	pool.SetMaxOpenConns(3)
	var wait sync.WaitGroup
	for worker := range 4 {
		wait.Go(func() {
			for i := range 3 * keptStatements {
				var got int
				query := fmt.Sprintf("SELECT ? + %d", i)
				if err := pool.QueryRowContext(t.Context(), query, worker).Scan(&got); err != nil || got != i+worker {
					t.Errorf("%s: %d, %v", query, got, err)
					return
				}
			}
		})
	}
	wait.Wait()
}
