package models

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/stdlib"
	"modernc.org/sqlite"

	"praxis/internal/testdb"
)

// The variables that make the test's own binary a process that migrates a database and is killed on the way.
const (
	migrateVariable = "PRAXIS_TEST_MIGRATE"
	killVariable    = "PRAXIS_TEST_KILL_BEFORE"
)

func TestMain(m *testing.M) {
	if url := os.Getenv(migrateVariable); url != "" {
		os.Exit(migrateAndDie(url))
	}
	os.Exit(m.Run())
}

// migrateAndDie migrates the database at url, kills itself before a statement if it is told to, and otherwise says how many
// there were.
func migrateAndDie(url string) int {
	at, err := strconv.ParseInt(os.Getenv(killVariable), 10, 64)
	if err != nil {
		at = -1
	}
	connector := &fatal{at: at, dsn: url, driver: stdlib.GetDefaultDriver()}
	dialect := dialectPostgres
	if strings.HasPrefix(url, "sqlite:") {
		dialect, connector.driver = dialectSQLite, &sqlite.Driver{}
		connector.dsn = "file:" + sqlitePath(url) + "?_pragma=journal_mode(WAL)&_pragma=foreign_keys(1)&_txlock=immediate"
	}
	db := sql.OpenDB(connector)
	if err := migrate(context.Background(), db, dialect, url, nil); err != nil {
		_, _ = os.Stderr.WriteString(err.Error())
		return 1
	}
	_, _ = os.Stdout.WriteString(strconv.FormatInt(connector.count.Load(), 10))
	return 0
}

// fatal opens connections whose process is killed before a certain statement.
type fatal struct {
	driver driver.Driver
	dsn    string
	at     int64
	count  atomic.Int64
}

func (f *fatal) Driver() driver.Driver { return f.driver }

func (f *fatal) Connect(context.Context) (driver.Conn, error) {
	conn, err := f.driver.Open(f.dsn)
	if err != nil {
		return nil, err
	}
	full, ok := conn.(wholeConn)
	if !ok {
		return nil, errors.New("the driver lacks what the test needs")
	}
	return &fatalConn{full, f}, nil
}

type wholeConn interface {
	driver.Conn
	driver.ExecerContext
	driver.QueryerContext
	driver.ConnBeginTx
	driver.ConnPrepareContext
}

type fatalConn struct {
	wholeConn
	fatal *fatal
}

// ExecContext is where every statement of a migration passes.
func (c *fatalConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if c.fatal.count.Add(1) == c.fatal.at {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // the kernel takes it from here
	}
	return c.wholeConn.ExecContext(ctx, query, args)
}

// CheckNamedValue leaves values to the driver, if it wants them.
func (c *fatalConn) CheckNamedValue(value *driver.NamedValue) error {
	if checker, ok := c.wholeConn.(driver.NamedValueChecker); ok {
		return checker.CheckNamedValue(value)
	}
	return driver.ErrSkip
}

// killedAt migrates in a process that is killed before the statement at; 0 for one that is not. It gives what it said.
func killedAt(t *testing.T, url string, at int64) string {
	t.Helper()
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), migrateVariable+"="+url, killVariable+"="+strconv.FormatInt(at, 10))
	var said, complained strings.Builder
	command.Stdout, command.Stderr = &said, &complained
	err := command.Run()
	status, _ := command.ProcessState.Sys().(syscall.WaitStatus)
	if killed := status.Signaled() && status.Signal() == syscall.SIGKILL; killed != (at > 0) || (at == 0 && err != nil) {
		t.Fatalf("killed before statement %d: %v %s", at, err, complained.String())
	}
	return said.String()
}

// TestH24_MigrationKilledAtAnyStatement: whatever was under way is rolled back, and the next start completes the schema as
// if nothing had been.
func TestH24_MigrationKilledAtAnyStatement(t *testing.T) {
	testdb.EachEmpty(t, func(t *testing.T, url string) {
		total, err := strconv.ParseInt(killedAt(t, url, 0), 10, 64)
		if err != nil || total < 100 {
			t.Fatalf("%d statements, %v", total, err)
		}
		want := openHouse(t, url).schema()
		const kills = 8
		for i := range int64(kills) {
			at := 1 + i*(total-1)/(kills-1)
			fresh := testdb.EmptySQLite(t)
			if strings.HasPrefix(url, "postgres") {
				fresh = testdb.EmptyPostgres(t)
			}
			killedAt(t, fresh, at)
			if diff := cmp.Diff(want, openHouse(t, fresh).schema()); diff != "" {
				t.Errorf("killed before statement %d of %d, the schema is another one:\n%s", at, total, diff)
			}
		}
	})
}

// schema says all that there is in the database by its own words.
func (h *house) schema() []string {
	h.Helper()
	query := "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master ORDER BY 1"
	if h.dialect == dialectPostgres {
		query = `SELECT table_name || ' ' || column_name || ' ' || data_type || ' ' || coalesce(column_default, '') || ' ' || is_nullable
			FROM information_schema.columns WHERE table_schema = current_schema()
			UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema()
			UNION ALL SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint ORDER BY 1`
	}
	var lines []string
	h.must(h.db.Raw(query).Scan(&lines).Error)
	return lines
}
