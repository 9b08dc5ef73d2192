package models

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"
)

// Restore fills an empty database from a backup, in one transaction.
type Restore struct {
	db      *sql.DB
	tx      *sql.Tx
	dialect string
	tables  map[string]Table
	release func() error
}

const (
	// insertRows and insertValues bound one statement. The time that SQLite's driver takes grows with the square of the
	// values, and PostgreSQL takes 65535 of them.
	insertRows         = 500
	insertValues       = 30000
	insertValuesSQLite = 500
	// maxRow bounds one row of a backup, which is far more than any has.
	maxRow = 64 << 20
)

// BeginRestore opens the database at url, brings it to the schema of the backup and begins a transaction. Errors: Conflict
// when the schema is newer than this program, the database is not empty or is being served, or a table is not as the backup
// has it.
func BeginRestore(ctx context.Context, url string, schema int64, tables []Table) (*Restore, error) {
	release, err := Reserve(url)
	if err != nil {
		return nil, err
	}
	r := &Restore{release: release}
	if err := r.open(ctx, url, schema); err != nil {
		return nil, errors.Join(err, r.close())
	}
	if err := r.begin(ctx, tables); err != nil {
		return nil, errors.Join(err, r.Rollback())
	}
	return r, nil
}

func (r *Restore) open(ctx context.Context, url string, schema int64) error {
	dialector, dialect, err := dialectorFor(url)
	if err != nil {
		return err
	}
	if err := keepPrivate(url, dialect); err != nil {
		return err
	}
	db, err := gorm.Open(dialector, gormConfig(Options{Now: time.Now}))
	if err != nil {
		return Errorf(Unavailable, "open the database: %w", err)
	}
	if r.db, err = db.DB(); err != nil {
		return fmt.Errorf("open database handle: %w", err)
	}
	r.dialect = dialect
	return migrateTo(ctx, r.db, dialect, url, schema)
}

// begin compares the tables with those of the backup, and sees to it that there is nothing in them.
func (r *Restore) begin(ctx context.Context, tables []Table) error {
	var err error
	if r.tx, err = r.db.BeginTx(ctx, nil); err != nil {
		return fmt.Errorf("begin to fill the database: %w", err)
	}
	there, err := readTables(ctx, r.tx, r.dialect)
	if err != nil {
		return err
	}
	r.tables = make(map[string]Table, len(there))
	for _, t := range there {
		r.tables[t.Name] = t
		var filled bool
		if err := r.tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM "+quoted(t.Name)+")").Scan(&filled); err != nil {
			return fmt.Errorf("look into %s: %w", t.Name, err)
		}
		if filled {
			return Errorf(Conflict, "the database is not empty (%s has rows): restore into a new one", t.Name)
		}
	}
	return r.compare(tables)
}

// compare also takes over the order of columns in which the backup has the values.
func (r *Restore) compare(tables []Table) error {
	if len(tables) != len(r.tables) {
		return Errorf(Conflict, "the backup has %d tables and its schema %d: it was made by another program", len(tables), len(r.tables))
	}
	for _, told := range tables {
		table, ok := r.tables[told.Name]
		if !ok || len(told.Columns) != len(table.Columns) {
			return Errorf(Conflict, "the backup has a table %q, which is not that of its schema: it was made by another program", told.Name)
		}
		kinds := make([]string, len(told.Columns))
		for i, column := range told.Columns {
			at := slices.Index(table.Columns, column)
			if at < 0 || slices.Contains(told.Columns[:i], column) {
				return Errorf(Conflict, "the backup has a column %q of %s that its schema has not: it was made by another program", column, told.Name)
			}
			kinds[i] = table.kinds[at]
		}
		table.Columns, table.kinds = told.Columns, kinds
		r.tables[told.Name] = table
	}
	return nil
}

// Fill adds rows to a table, as Snapshot.Rows wrote them, and gives their number.
func (r *Restore) Fill(ctx context.Context, name string, lines io.Reader) (int64, error) {
	table, ok := r.tables[name]
	if !ok {
		return 0, Errorf(Conflict, "the backup has rows for %q, which is no table", name)
	}
	limit := r.batch(table)
	scanner := bufio.NewScanner(lines)
	scanner.Buffer(make([]byte, 64<<10), maxRow)
	var values []any
	var count, waiting int64
	for scanner.Scan() {
		row, err := rowFromJSON(table.kinds, scanner.Bytes())
		if err != nil {
			return 0, Errorf(Invalid, "row %d of a part of %s cannot be read: %v", count+1, name, err)
		}
		values = append(values, row...)
		count, waiting = count+1, waiting+1
		if waiting == limit {
			if err := r.insert(ctx, table, values); err != nil {
				return 0, err
			}
			values, waiting = values[:0], 0
		}
	}
	if err := scanner.Err(); err != nil {
		return 0, fmt.Errorf("read the rows of %s: %w", name, err)
	}
	return count, r.insert(ctx, table, values)
}

// batch is how many rows of a table go into one statement.
func (r *Restore) batch(table Table) int64 {
	values := insertValues
	if r.dialect == dialectSQLite {
		values = insertValuesSQLite
	}
	return int64(max(1, min(insertRows, values/len(table.Columns))))
}

func (r *Restore) insert(ctx context.Context, table Table, values []any) error {
	if len(values) == 0 {
		return nil
	}
	if _, err := r.tx.ExecContext(ctx, r.insertion(table, len(values)), values...); err != nil {
		return fmt.Errorf("fill %s: %w", table.Name, err)
	}
	return nil
}

// insertion gives the statement that inserts so many values. SQLite has no numbers: with them, it looks for a name.
func (r *Restore) insertion(table Table, values int) string {
	var text strings.Builder
	fmt.Fprintf(&text, "INSERT INTO %s (%s) VALUES ", quoted(table.Name), quotedList(table.Columns))
	for i := range values {
		switch {
		case i == 0:
			text.WriteString("(")
		case i%len(table.Columns) == 0:
			text.WriteString("), (")
		default:
			text.WriteString(", ")
		}
		if r.dialect == dialectSQLite {
			text.WriteString("?")
		} else {
			text.WriteString("$" + strconv.Itoa(i+1))
		}
	}
	text.WriteString(")")
	return text.String()
}

// RestoredReason is the error of deliveries that waited when the backup was made, and the failure of posts whose time passed.
const RestoredReason = "restored from a backup: it may have gone out since"

// Settled says what a restore did not leave as it was in the backup.
type Settled struct{ Deliveries, Scheduled, Pushes int64 }

// Settle sees to it that nothing goes out a second time: what waited to be sent when the backup was made has, for all that
// anybody knows, been sent since. It is kept where people see it, and they decide. taken is when the backup was made.
func (r *Restore) Settle(ctx context.Context, taken, now Timestamp) (Settled, error) {
	var s Settled
	for _, step := range []struct {
		changed   *int64
		statement string
		args      []any
	}{
		{
			&s.Deliveries, "UPDATE delivery SET state = $1, last_error = $2, updated_at = $3 WHERE state IN ($4, $5)",
			[]any{DeliveryParked, RestoredReason, now, DeliveryPending, DeliveryAside},
		},
		{&s.Scheduled, "UPDATE scheduled_post SET failure = $1 WHERE due_at <= $2 AND failure = ''", []any{RestoredReason, now}},
		{&s.Pushes, "DELETE FROM push_message", nil},
	} {
		result, err := r.tx.ExecContext(ctx, step.statement, step.args...)
		if err == nil {
			*step.changed, err = result.RowsAffected()
		}
		if err != nil {
			return s, fmt.Errorf("settle what waited: %w", err)
		}
	}
	return s, r.beginEpoch(ctx, taken, now)
}

func (r *Restore) beginEpoch(ctx context.Context, taken, now Timestamp) error {
	var before string
	err := r.tx.QueryRowContext(ctx, "SELECT value FROM setting WHERE key = $1", SettingEpoch).Scan(&before)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("read the epoch: %w", err)
	}
	for key, value := range map[string]string{
		SettingEpoch: nextEpoch(before), SettingRestored: strconv.FormatInt(int64(now), 10), SettingBackup: strconv.FormatInt(int64(taken), 10),
	} {
		_, err := r.tx.ExecContext(ctx, "INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value", key, value)
		if err != nil {
			return fmt.Errorf("begin a new epoch: %w", err)
		}
	}
	return nil
}

// Commit keeps what was filled in, and closes the database.
func (r *Restore) Commit() error {
	if err := r.tx.Commit(); err != nil {
		return errors.Join(fmt.Errorf("keep the restored rows: %w", err), r.close())
	}
	return r.close()
}

// Rollback drops what was filled in, and closes the database.
func (r *Restore) Rollback() error {
	var err error
	if r.tx != nil {
		err = r.tx.Rollback()
	}
	return errors.Join(err, r.close())
}

func (r *Restore) close() error {
	var err error
	if r.db != nil {
		err = r.db.Close()
	}
	return errors.Join(err, r.release())
}

// realPath gives the one path of a file, however it is called, so that it has one lock.
func realPath(path string) string {
	if absolute, err := filepath.Abs(path); err == nil {
		path = absolute
	}
	folder, err := filepath.EvalSymlinks(filepath.Dir(path))
	if err != nil {
		return path
	}
	path = filepath.Join(folder, filepath.Base(path))
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}
