package testdb

import (
	"context"
	"database/sql"
	"net/url"
	"os"
	"strings"
	"testing"

	_ "modernc.org/sqlite" // the database/sql driver "sqlite"
)

func open(t *testing.T, address string) *sql.DB {
	t.Helper()
	driver, source := "pgx", address
	if path, ok := strings.CutPrefix(address, "sqlite:"); ok {
		driver, source = "sqlite", path
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatalf("open %s: %v", address, err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func exec1(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func TestEachGivesAnEmptyDatabaseOfEachKind(t *testing.T) {
	var kinds []string
	Each(t, func(t *testing.T, address string) {
		kind, _, _ := strings.Cut(address, ":")
		kinds = append(kinds, kind)
		db := open(t, address)
		exec1(t, db, "CREATE TABLE thing (name TEXT)")
		exec1(t, db, "INSERT INTO thing VALUES ('Ä')")
		var name string
		if err := db.QueryRowContext(t.Context(), "SELECT name FROM thing").Scan(&name); err != nil || name != "Ä" {
			t.Fatalf("got %q, %v", name, err)
		}
	})
	if got := strings.Join(kinds, " "); got != "sqlite postgres" && os.Getenv(RequireVariable) != "" {
		t.Fatalf("ran on %q", got)
	}
}

func TestDatabasesAreSeparate(t *testing.T) {
	for kind, fresh := range map[string]func(testing.TB) string{"sqlite": SQLite, "postgres": Postgres} {
		t.Run(kind, func(t *testing.T) {
			exec1(t, open(t, fresh(t)), "CREATE TABLE thing (name TEXT)")
			exec1(t, open(t, fresh(t)), "CREATE TABLE thing (name TEXT)")
		})
	}
}

func TestPostgresIsRecentAndKnowsLettersBeyondASCII(t *testing.T) {
	db := open(t, Postgres(t))
	var version int
	if err := db.QueryRowContext(t.Context(), "SELECT current_setting('server_version_num')::int").Scan(&version); err != nil {
		t.Fatal(err)
	}
	if version < oldestServer*10000 {
		t.Errorf("server version %d", version)
	}
	var encoding string
	if err := db.QueryRowContext(t.Context(), "SHOW server_encoding").Scan(&encoding); err != nil || encoding != "UTF8" {
		t.Errorf("encoding %q, %v", encoding, err)
	}
}

func TestPostgresDropsTheDatabaseDespiteOpenConnections(t *testing.T) {
	outer := open(t, Postgres(t))
	var name string
	t.Run("user", func(t *testing.T) {
		address := Postgres(t)
		name = databaseName(t, address)
		// Not closed before the cleanup that drops: a test that forgets must not hold the run up.
		leaked, err := sql.Open("pgx", address)
		if err != nil {
			t.Fatal(err)
		}
		if err := leaked.PingContext(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !exists(t, outer, name) {
			t.Fatal("the database is not there")
		}
	})
	if exists(t, outer, name) {
		t.Errorf("database %s is still there", name)
	}
}

func databaseName(t *testing.T, address string) string {
	t.Helper()
	parsed, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(parsed.Path, "/")
}

func exists(t *testing.T, db *sql.DB, name string) bool {
	t.Helper()
	var found bool
	query := "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)"
	if err := db.QueryRowContext(context.Background(), query, name).Scan(&found); err != nil {
		t.Fatal(err)
	}
	return found
}

func TestInDatabaseRefusesOtherSchemes(t *testing.T) {
	got, err := inDatabase("postgres://u:p@h:1/postgres?sslmode=disable", "x")
	if err != nil || got != "postgres://u:p@h:1/x?sslmode=disable" {
		t.Errorf("got %q, %v", got, err)
	}
	for _, bad := range []string{"", "sqlite:x.db", "host=/tmp", "mysql://h/x", "postgres://%zz"} {
		if got, err := inDatabase(bad, "x"); err == nil {
			t.Errorf("inDatabase(%q) = %q", bad, got)
		}
	}
}

func TestSQLiteIsACopyOfTheTemplate(t *testing.T) {
	template := EmptySQLite(t)
	made := open(t, template)
	exec1(t, made, "CREATE TABLE thing (name TEXT)")
	if err := made.Close(); err != nil {
		t.Fatal(err)
	}
	t.Setenv(SQLiteTemplateVariable, strings.TrimPrefix(template, "sqlite:"))
	exec1(t, open(t, SQLite(t)), "INSERT INTO thing VALUES ('one')")
	exec1(t, open(t, EmptySQLite(t)), "CREATE TABLE thing (name TEXT)")
	var rows int
	if err := open(t, SQLite(t)).QueryRowContext(t.Context(), "SELECT count(*) FROM thing").Scan(&rows); err != nil || rows != 0 {
		t.Errorf("a second copy has %d rows, %v", rows, err)
	}
}
