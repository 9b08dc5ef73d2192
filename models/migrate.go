package models

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*/*.sql
var migrations embed.FS

func newProvider(db *sql.DB, dialect string) (*goose.Provider, error) {
	folder, err := fs.Sub(migrations, "migrations/"+dialect)
	if err != nil {
		return nil, fmt.Errorf("read migrations of %s: %w", dialect, err)
	}
	opts := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	gooseDialect := database.DialectSQLite3
	if dialect == dialectPostgres {
		gooseDialect = database.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return nil, fmt.Errorf("make migration lock: %w", err)
		}
		opts = append(opts, goose.WithSessionLocker(locker))
	}
	provider, err := goose.NewProvider(gooseDialect, db, folder, opts...)
	if err != nil {
		return nil, fmt.Errorf("read migrations of %s: %w", dialect, err)
	}
	return provider, nil
}

// migrate applies what is missing, one migrator at a time.
func migrate(ctx context.Context, db *sql.DB, dialect, url string, step func(left int)) error {
	if dialect == dialectSQLite {
		unlock, err := lockFile(sqlitePath(url) + ".migrate")
		if err != nil {
			return err
		}
		defer unlock()
	}
	provider, err := newProvider(db, dialect)
	if err != nil {
		return err
	}
	if err := refuseNewer(ctx, provider); err != nil {
		return err
	}
	if step != nil {
		return migrateInSteps(ctx, provider, step)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate the database: %w", err)
	}
	return nil
}

// migrateInSteps calls step before each migration with the number of those that are left, and with 0 at the end.
func migrateInSteps(ctx context.Context, provider *goose.Provider, step func(left int)) error {
	for {
		status, err := provider.Status(ctx)
		if err != nil {
			return fmt.Errorf("read the schema version: %w", err)
		}
		left := 0
		for _, migration := range status {
			if migration.State == goose.StatePending {
				left++
			}
		}
		step(left)
		if _, err := provider.UpByOne(ctx); errors.Is(err, goose.ErrNoNextVersion) {
			return nil
		} else if err != nil {
			return fmt.Errorf("migrate the database: %w", err)
		}
	}
}

// migrateTo brings a database that has nothing in it to the schema of a backup, which may be an older one than this
// program's.
func migrateTo(ctx context.Context, db *sql.DB, dialect, url string, version int64) error {
	if dialect == dialectSQLite {
		unlock, err := lockFile(sqlitePath(url) + ".migrate")
		if err != nil {
			return err
		}
		defer unlock()
	}
	provider, err := newProvider(db, dialect)
	if err != nil {
		return err
	}
	current, target, err := provider.GetVersions(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("read the schema version: %w", err)
	case version > target:
		return Errorf(Conflict, "the backup has schema version %d and this program knows only up to %d: run a newer praxis", version, target)
	case version < 1:
		return Errorf(Invalid, "the backup has schema version %d, which never was", version)
	case current > version:
		return Errorf(Conflict, "the database has schema version %d and the backup %d: restore into a new database; its schema is brought up to date afterwards", current, version)
	}
	if _, err := provider.UpTo(ctx, version); err != nil {
		return fmt.Errorf("migrate the database: %w", err)
	}
	return nil
}

// checkSchema fails unless the schema is exactly this program's.
func checkSchema(ctx context.Context, db *sql.DB, dialect string) error {
	provider, err := newProvider(db, dialect)
	if err != nil {
		return err
	}
	if err := refuseNewer(ctx, provider); err != nil {
		return err
	}
	pending, err := provider.HasPending(ctx)
	if err != nil {
		return fmt.Errorf("read the schema version: %w", err)
	}
	if pending {
		return Errorf(Conflict, "the database schema is older than this program: run `praxis migrate`")
	}
	return nil
}

// refuseUnknown fails unless the schema is one that this program knows, however old.
func refuseUnknown(ctx context.Context, db *sql.DB, dialect string) error {
	provider, err := newProvider(db, dialect)
	if err != nil {
		return err
	}
	if err := refuseNewer(ctx, provider); err != nil {
		return err
	}
	if current, _, err := provider.GetVersions(ctx); err != nil || current == 0 {
		return errors.Join(err, Errorf(Conflict, "the database is empty: correct the setting database"))
	}
	return nil
}

// refuseNewer keeps an older program from writing into a schema that it does not know.
func refuseNewer(ctx context.Context, provider *goose.Provider) error {
	current, target, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read the schema version: %w", err)
	}
	if current > target {
		return Errorf(Conflict, "the database has schema version %d and this program knows only up to %d: run a newer praxis", current, target)
	}
	return nil
}

// lockFile holds an exclusive lock on path until the returned function is called.
func lockFile(path string) (func(), error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, Errorf(Unavailable, "lock the database for migration: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		_ = file.Close()
		return nil, Errorf(Unavailable, "lock the database for migration: %w", err)
	}
	// The file stays: removing it would let a waiter hold a lock on a file that nobody else can see.
	return func() { _ = file.Close() }, nil
}

// SchemaVersion gives the version of the schema and the newest that this program knows.
func (s *Store) SchemaVersion(ctx context.Context) (current, target int64, err error) {
	db, err := s.db.DB()
	if err != nil {
		return 0, 0, fmt.Errorf("open database handle: %w", err)
	}
	provider, err := newProvider(db, s.dialect)
	if err != nil {
		return 0, 0, err
	}
	return provider.GetVersions(ctx)
}
