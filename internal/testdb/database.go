package testdb

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the database/sql driver "pgx"
)

// PostgresVariable names the environment variable with the URL of a running cluster whose user may create databases.
// When it is set no cluster is started.
const PostgresVariable = "PRAXIS_TEST_POSTGRES"

// TemplateVariable names the environment variable with the name of a database in that cluster which has the current schema
// and nothing in it. Fresh databases are copies of it: that takes a tenth of the time of migrating an empty one.
const TemplateVariable = "PRAXIS_TEST_TEMPLATE"

// SQLiteTemplateVariable names the environment variable with the path of a database file that has the current schema and
// nothing in it. Fresh files are copies of it.
const SQLiteTemplateVariable = "PRAXIS_TEST_SQLITE_TEMPLATE"

// adminTimeout bounds the making and the dropping of one database.
const adminTimeout = time.Minute

// SQLite gives the URL of a database file without rows, in a folder that goes when the test ends. It has no tables either
// unless SQLiteTemplateVariable is set: whoever opens it migrates it.
func SQLite(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "praxis.db")
	if template := os.Getenv(SQLiteTemplateVariable); template != "" {
		bytes, err := os.ReadFile(template)
		if err == nil {
			err = os.WriteFile(path, bytes, 0o600)
		}
		if err != nil {
			t.Fatalf("copy the template: %v", err)
		}
	}
	return "sqlite:" + path
}

// EmptySQLite gives the URL of a database file that does not exist yet, in a folder that goes when the test ends.
func EmptySQLite(t testing.TB) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "praxis.db")
}

// Postgres gives the URL ("postgres://…") of a fresh database that is dropped when the test ends. It has no rows, and no
// tables either unless TemplateVariable is set: whoever opens it migrates it. It lives in the cluster of PostgresVariable,
// or else in one that this process starts at the first call and that ends with the process.
// Without PostgreSQL the test is skipped, or fails when PRAXIS_TEST_REQUIRE contains "postgres".
func Postgres(t testing.TB) string {
	t.Helper()
	return freshDatabase(t, cluster(t), cmp.Or(os.Getenv(TemplateVariable), nobodysTemplate))
}

// EmptyPostgres is Postgres without tables, whatever TemplateVariable says.
func EmptyPostgres(t testing.TB) string {
	t.Helper()
	return freshDatabase(t, cluster(t), nobodysTemplate)
}

// cluster gives the URL of the cluster in which databases are made.
func cluster(t testing.TB) string {
	t.Helper()
	if given := os.Getenv(PostgresVariable); given != "" {
		return given
	}
	if _, err := findServer(t.Context()); err != nil {
		Missing(t, err.Error(), "postgres", "postgresql")
	}
	own, err := ownCluster()
	if err != nil {
		t.Fatalf("start PostgreSQL for the tests: %v", err)
	}
	return own.URL()
}

// Private gives a cluster of the test's own, which it may crash, and which ends with it. Without PostgreSQL it is as
// Postgres.
func Private(t testing.TB) *Cluster {
	t.Helper()
	if _, err := findServer(t.Context()); err != nil {
		Missing(t, err.Error(), "postgres", "postgresql")
	}
	own, err := Start(context.WithoutCancel(t.Context()))
	if err != nil {
		t.Fatalf("start PostgreSQL for the test: %v", err)
	}
	t.Cleanup(func() {
		if err := own.Stop(); err != nil {
			t.Error(err)
		}
	})
	return own
}

// Each runs f once on each kind of database, as the subtests "sqlite" and "postgres".
func Each(t *testing.T, f func(t *testing.T, url string)) {
	t.Helper()
	Both(t, func(t *testing.T) { f(t, SQLite(t)) }, func(t *testing.T) { f(t, Postgres(t)) })
}

// EachEmpty is Each with databases without tables.
func EachEmpty(t *testing.T, f func(t *testing.T, url string)) {
	t.Helper()
	Both(t, func(t *testing.T) { f(t, EmptySQLite(t)) }, func(t *testing.T) { f(t, EmptyPostgres(t)) })
}

// Both runs the subtests "sqlite" and "postgres" at the same time: much of either is waiting for a disk or for another process.
func Both(t *testing.T, sqlite, postgres func(t *testing.T)) {
	t.Helper()
	var running sync.WaitGroup
	running.Go(func() { t.Run("sqlite", sqlite) })
	running.Go(func() { t.Run("postgres", postgres) })
	running.Wait()
}

// ownCluster is never stopped by hand: its guard stops it when this process is gone, however the process ended. The
// context is not a test's, because the cluster outlives the test that happens to be the first.
var ownCluster = sync.OnceValues(func() (*Cluster, error) { return Start(context.Background()) })

// Create makes an empty database in the cluster and gives its URL.
func (c *Cluster) Create(name string) (string, error) {
	address, err := inDatabase(c.URL(), name)
	if err != nil {
		return "", err
	}
	if err := administer(c.URL(), "CREATE DATABASE "+name+" TEMPLATE "+nobodysTemplate); err != nil {
		return "", fmt.Errorf("make the database %s: %w", name, err)
	}
	return address, nil
}

// nobodysTemplate is a template that nobody can be connected to: a visitor of template1 would make the statement fail.
const nobodysTemplate = "template0"

func freshDatabase(t testing.TB, cluster, template string) string {
	t.Helper()
	name := "praxis_" + strings.ToLower(rand.Text())
	address, err := inDatabase(cluster, name)
	if err != nil {
		t.Fatalf("read the cluster's URL: %v", err)
	}
	if err := administer(cluster, "CREATE DATABASE "+name+" TEMPLATE "+template); err != nil {
		t.Fatalf("make a database: %v", err)
	}
	t.Cleanup(func() {
		if err := administer(cluster, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("drop the database: %v", err)
		}
	})
	return address
}

// inDatabase gives the cluster's URL with another database name.
func inDatabase(cluster, name string) (string, error) {
	address, err := url.Parse(cluster)
	if err != nil {
		return "", fmt.Errorf("%s: %w", PostgresVariable, err)
	}
	if address.Scheme != "postgres" && address.Scheme != "postgresql" {
		return "", fmt.Errorf("%s is no postgres:// URL", PostgresVariable)
	}
	address.Path = "/" + name
	return address.String(), nil
}

// administer runs one statement in the cluster's maintenance database.
func administer(cluster, statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), adminTimeout)
	defer cancel()
	db, err := sql.Open("pgx", cluster)
	if err != nil {
		return fmt.Errorf("connect to the cluster: %w", err)
	}
	_, err = db.ExecContext(ctx, statement)
	if closeErr := db.Close(); err == nil {
		err = closeErr
	}
	return err
}
