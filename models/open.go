package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
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
	Logger         *slog.Logger
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
	if err := keepPrivate(url, dialect); err != nil {
		return nil, err
	}
	db, err := gorm.Open(dialector, gormConfig(opts))
	if err != nil {
		return nil, Errorf(Unavailable, "open the database: %w", err)
	}
	store := &Store{db: db, dialect: dialect, now: opts.Now, ids: snowflake.New(opts.Now)}
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
	if opts.SkipMigrations {
		return checkSchema(ctx, db, s.dialect)
	}
	return migrate(ctx, db, s.dialect, url)
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
			"&_pragma=foreign_keys(1)&_txlock=immediate"
		if err := registerKeeping(); err != nil {
			return nil, "", Errorf(Internal, "prepare the driver of SQLite: %w", err)
		}
		return sqlite.New(sqlite.Config{DriverName: keepingDriverName, DSN: dsn}), dialectSQLite, nil
	case strings.HasPrefix(raw, "postgres://"), strings.HasPrefix(raw, "postgresql://"):
		return postgres.Open(raw), dialectPostgres, nil
	case strings.HasPrefix(raw, "postgres:"):
		return postgres.Open(strings.TrimPrefix(raw, "postgres:")), dialectPostgres, nil
	}
	return nil, "", FieldErrorf("database", "database %q is neither sqlite:PATH nor postgres://USER:PASSWORD@HOST/NAME", redact(raw))
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
