package testdb

import (
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

// adminTimeout bounds the making and the dropping of one database.
const adminTimeout = time.Minute

// SQLite gives the URL of a database file that does not exist yet, in a folder that goes when the test ends.
func SQLite(t testing.TB) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "praxis.db")
}

// Postgres gives the URL ("postgres://…") of a fresh empty database that is dropped when the test ends. It lives in the
// cluster of PostgresVariable, or else in one that this process starts at the first call and that ends with the process.
// Without PostgreSQL the test is skipped, or fails when PRAXIS_TEST_REQUIRE contains "postgres".
func Postgres(t testing.TB) string {
	t.Helper()
	cluster := os.Getenv(PostgresVariable)
	if cluster == "" {
		if _, err := findServer(t.Context()); err != nil {
			Missing(t, err.Error(), "postgres", "postgresql")
		}
		own, err := ownCluster()
		if err != nil {
			t.Fatalf("start PostgreSQL for the tests: %v", err)
		}
		cluster = own.URL()
	}
	return freshDatabase(t, cluster)
}

// Each runs f once on each kind of database, as the subtests "sqlite" and "postgres".
func Each(t *testing.T, f func(t *testing.T, url string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { f(t, Postgres(t)) })
}

// ownCluster is never stopped by hand: its guard stops it when this process is gone, however the process ended. The
// context is not a test's, because the cluster outlives the test that happens to be the first.
var ownCluster = sync.OnceValues(func() (*Cluster, error) { return Start(context.Background()) })

func freshDatabase(t testing.TB, cluster string) string {
	t.Helper()
	name := "praxis_" + strings.ToLower(rand.Text())
	address, err := inDatabase(cluster, name)
	if err != nil {
		t.Fatalf("read the cluster's URL: %v", err)
	}
	// template0, since nobody can be connected to it: a visitor of template1 would make the statement fail.
	if err := administer(cluster, "CREATE DATABASE "+name+" TEMPLATE template0"); err != nil {
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
