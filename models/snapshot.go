package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Snapshot is the whole database as it is at one moment, for a backup, while others go on writing.
type Snapshot struct {
	// Schema is the version of the schema, and Tables are all tables in an order in which they can be filled again.
	Schema int64
	Tables []Table

	tx *sql.Tx
}

// Snapshot begins to read. On SQLite the log of what others write meanwhile grows until Close.
func (s *Store) Snapshot(ctx context.Context) (*Snapshot, error) {
	db, err := s.db.DB()
	if err != nil {
		return nil, fmt.Errorf("open database handle: %w", err)
	}
	options := &sql.TxOptions{ReadOnly: true}
	if s.dialect == dialectPostgres {
		options.Isolation = sql.LevelRepeatableRead
	}
	tx, err := db.BeginTx(ctx, options)
	if err != nil {
		return nil, fmt.Errorf("begin to read the database: %w", err)
	}
	snapshot := &Snapshot{tx: tx}
	if err := snapshot.look(ctx, s.dialect); err != nil {
		return nil, errors.Join(err, snapshot.Close())
	}
	return snapshot, nil
}

func (sn *Snapshot) look(ctx context.Context, dialect string) error {
	err := sn.tx.QueryRowContext(ctx, "SELECT max(version_id) FROM "+versionTable+" WHERE is_applied").Scan(&sn.Schema)
	if err != nil {
		return fmt.Errorf("read the schema version: %w", err)
	}
	if sn.Tables, err = readTables(ctx, sn.tx, dialect); err != nil {
		return err
	}
	for i := range sn.Tables {
		table := &sn.Tables[i]
		if err := sn.tx.QueryRowContext(ctx, "SELECT count(*) FROM "+quoted(table.Name)).Scan(&table.Rows); err != nil {
			return fmt.Errorf("count the rows of %s: %w", table.Name, err)
		}
	}
	return nil
}

// Rows calls write with each row of a table, as one line of JSON with its end.
func (sn *Snapshot) Rows(ctx context.Context, table Table, write func(line []byte) error) error {
	rows, err := sn.tx.QueryContext(ctx, "SELECT "+quotedList(table.Columns)+" FROM "+quoted(table.Name))
	if err != nil {
		return fmt.Errorf("read %s: %w", table.Name, err)
	}
	defer rows.Close()
	values, places := make([]any, len(table.Columns)), make([]any, len(table.Columns))
	for i := range values {
		places[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(places...); err != nil {
			return fmt.Errorf("read %s: %w", table.Name, err)
		}
		line, err := rowToJSON(table.kinds, values)
		if err != nil {
			return fmt.Errorf("write a row of %s: %w", table.Name, err)
		}
		if err := write(line); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Setting gives a value of the instance as it was at the moment of the snapshot; "" when it was never set.
func (sn *Snapshot) Setting(ctx context.Context, key string) (string, error) {
	var value string
	err := sn.tx.QueryRowContext(ctx, "SELECT value FROM setting WHERE key = $1", key).Scan(&value)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read the setting %s: %w", key, err)
	}
	return value, nil
}

// Close ends the reading.
func (sn *Snapshot) Close() error { return sn.tx.Rollback() }
