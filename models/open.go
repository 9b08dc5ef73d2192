package models

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"gorm.io/driver/postgres"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
	"gorm.io/gorm/schema"

	"praxis/internal/snowflake"
)

const (
	dialectSQLite   = "sqlite"
	dialectPostgres = "postgres"
)

// Options tune Open. The zero value is good: the system clock and a pool that fits the database.
type Options struct {
	Now            func() time.Time
	MaxConnections int
	// SkipMigrations leaves the schema as it is; Open then fails if it is not current.
	SkipMigrations bool
	// Migrating is called before each migration with the number of those that are left, and with 0 once all are done.
	Migrating func(left int)
	// AsItIs leaves the schema as it is, also an older one, and makes no new database: for who copies what is there.
	AsItIs bool
	Logger *slog.Logger
	// Trace is called with every statement, values included: for tests that count them, never for logs.
	Trace func(statement string)
}

// Open connects to the database at url ("sqlite:PATH" or "postgres://…"), brings the schema up to date under a lock
// and gives the Store. Errors: Invalid for a url that is neither; Unavailable when the server does not answer;
// Conflict when the schema is newer than this program.
func Open(ctx context.Context, url string, opts Options) (*Store, error) {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	dialector, dialect, err := dialectorFor(url)
	if err != nil {
		return nil, err
	}
	if err := prepareFile(url, dialect, opts.AsItIs); err != nil {
		return nil, err
	}
	db, err := gorm.Open(dialector, gormConfig(opts))
	if err != nil {
		return nil, Errorf(Unavailable, "open the database: %w", err)
	}
	store := &Store{db: db, dialect: dialect, now: opts.Now, ids: snowflake.New(opts.Now), address: postgresAddress(url)}
	store.writer.time = groupTime
	store.nodes.id, store.nodes.wake = rand.Text(), make(chan struct{}, 1)
	if err := store.prepare(ctx, url, opts); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return store, nil
}

func (s *Store) prepare(ctx context.Context, url string, opts Options) error {
	db, err := s.db.DB()
	if err != nil {
		return fmt.Errorf("open database handle: %w", err)
	}
	s.sizePool(db, opts.MaxConnections)
	if err := db.PingContext(ctx); err != nil {
		return Errorf(Unavailable, "the database does not answer: %w", err)
	}
	if opts.AsItIs {
		return refuseUnknown(ctx, db, s.dialect)
	}
	if opts.SkipMigrations {
		return checkSchema(ctx, db, s.dialect)
	}
	if err := migrate(ctx, db, s.dialect, url, opts.Migrating); err != nil {
		return err
	}
	return s.continueIDs(ctx)
}

// continueIDs sees to it that ids go on where they were, also when the clock has gone back since (security case H12). The
// tables are those that grow all the time and whose ids are never of the past.
func (s *Store) continueIDs(ctx context.Context) error {
	var last int64
	err := s.db.WithContext(ctx).Raw(`SELECT coalesce(max(id), 0) FROM
		(SELECT max(id) AS id FROM outbox_entry UNION ALL SELECT max(id) FROM notification) newest`).Scan(&last).Error
	if err != nil {
		return fmt.Errorf("read the newest id: %w", err)
	}
	s.ids.After(last)
	return nil
}

// sizePool: SQLite serves readers beside its one writer from a few connections; PostgreSQL gets more.
func (s *Store) sizePool(db *sql.DB, limit int) {
	if limit <= 0 {
		limit = 8
		if s.dialect == dialectPostgres {
			limit = 20
		}
	}
	db.SetMaxOpenConns(limit)
	db.SetMaxIdleConns(limit)
	db.SetConnMaxIdleTime(5 * time.Minute)
}

func gormConfig(opts Options) *gorm.Config {
	config := &gorm.Config{
		SkipDefaultTransaction: true,
		NamingStrategy:         schema.NamingStrategy{SingularTable: true},
		Logger:                 logger.Discard, // errors are returned, and wrapped by their callers
		NowFunc:                opts.Now,
	}
	if opts.Trace != nil {
		config.Logger = tracer{Interface: logger.Discard, trace: opts.Trace}
	}
	return config
}

// tracer hands statements on instead of logging them.
type tracer struct {
	logger.Interface
	trace func(statement string)
}

// LogMode keeps the tracer whatever the level.
func (t tracer) LogMode(logger.LogLevel) logger.Interface { return t }

// Trace is called by gorm after each statement.
func (t tracer) Trace(_ context.Context, _ time.Time, statement func() (string, int64), _ error) {
	text, _ := statement()
	t.trace(text)
}

// keptLog is how much of its log SQLite keeps on the disk once all of it is in the database. A long reader, such as a backup,
// lets it grow.
const keptLog = 8 << 20

// dialectorFor: the pragmas make SQLite durable beside concurrent readers: WAL, a writer that takes its lock at once
// (a read lock that grows to a write lock deadlocks), enforced references.
func dialectorFor(raw string) (gorm.Dialector, string, error) {
	switch {
	case strings.HasPrefix(raw, "sqlite:"):
		path := sqlitePath(raw)
		if path == "" {
			return nil, "", FieldErrorf("database", "database %q names no file: use sqlite:PATH, such as sqlite:praxis.db", raw)
		}
		dsn := "file:" + (&url.URL{Path: path}).EscapedPath() +
			"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
			"&_pragma=journal_size_limit(" + strconv.Itoa(keptLog) + ")&_pragma=foreign_keys(1)&_txlock=immediate"
		pool, err := openFrugal("sqlite", dsn)
		if err != nil {
			return nil, "", err
		}
		return sqlite.New(sqlite.Config{Conn: pool}), dialectSQLite, nil
	case strings.HasPrefix(raw, "postgres:"), strings.HasPrefix(raw, "postgresql://"):
		return postgres.Open(postgresAddress(raw)), dialectPostgres, nil
	}
	return nil, "", FieldErrorf("database", "database %q is neither sqlite:PATH nor postgres://USER:PASSWORD@HOST/NAME", redact(raw))
}

// connectTimeout is how long a server may take to let us in, in seconds, unless the address says otherwise.
const connectTimeout = "10"

// bounded gives the address of a server with a limit to how long connecting may take (security case H32).
func bounded(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Query().Has("connect_timeout") {
		return raw
	}
	// Added as text: encoded anew, the other parameters might read otherwise.
	if u.RawQuery != "" {
		u.RawQuery += "&"
	}
	u.RawQuery += "connect_timeout=" + connectTimeout
	return u.String()
}

func prepareFile(url, dialect string, there bool) error {
	if !there || dialect != dialectSQLite {
		return keepPrivate(url, dialect)
	}
	if _, err := os.Stat(sqlitePath(url)); err != nil {
		return Errorf(Conflict, "there is no database %s: correct the setting database", sqlitePath(url))
	}
	return nil
}

// postgresAddress takes from a database's address what the driver does not know: "postgres:" before key=value words.
func postgresAddress(raw string) string {
	if strings.HasPrefix(raw, "postgres://") || strings.HasPrefix(raw, "postgresql://") {
		return bounded(raw)
	}
	return strings.TrimPrefix(raw, "postgres:")
}

// keepPrivate makes the file of a new SQLite database readable for its owner alone: it holds keys and messages. SQLite
// gives the files beside it the same rights.
func keepPrivate(raw, dialect string) error {
	if dialect != dialectSQLite {
		return nil
	}
	file, err := os.OpenFile(sqlitePath(raw), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return Errorf(Unavailable, "open the database: %w", err)
	}
	return file.Close()
}

func sqlitePath(raw string) string {
	return strings.TrimPrefix(strings.TrimPrefix(raw, "sqlite:"), "//")
}

// redact keeps passwords out of messages.
func redact(raw string) string {
	if u, err := url.Parse(raw); err == nil && u.User != nil {
		return u.Redacted()
	}
	if scheme, _, ok := strings.Cut(raw, ":"); ok {
		return scheme + ":…"
	}
	return raw
}
