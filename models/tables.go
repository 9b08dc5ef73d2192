package models

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

// The kinds of columns: what both databases store alike.
const (
	kindInteger = "integer"
	kindReal    = "real"
	kindBoolean = "boolean"
	kindText    = "text"
	kindBytes   = "bytes"
)

// Table is what a backup has of one table. Rows name their values by the place of the column.
type Table struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"`
	Rows    int64    `json:"rows"`

	kinds   []string
	parents []string // the tables that its rows point to
}

// versionTable is the one table that is goose's.
const versionTable = "goose_db_version"

// figureTable is the one table that triggers fill, also when its rows come from a backup: no backup has it.
const figureTable = "community_figure"

// catalogues say what tables there are, which columns they have and what these point to, each in the words of its database.
var catalogues = map[string]struct{ tables, columns, parents string }{
	dialectSQLite: {
		tables:  `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY name`,
		columns: `SELECT name, type FROM pragma_table_info($1) ORDER BY cid`,
		parents: `SELECT DISTINCT "table" FROM pragma_foreign_key_list($1) ORDER BY 1`,
	},
	dialectPostgres: {
		tables: `SELECT table_name FROM information_schema.tables
			WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY 1`,
		columns: `SELECT column_name, data_type FROM information_schema.columns
			WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position`,
		parents: `SELECT DISTINCT parent.relname FROM pg_constraint c JOIN pg_class child ON child.oid = c.conrelid
			JOIN pg_class parent ON parent.oid = c.confrelid JOIN pg_namespace n ON n.oid = child.relnamespace
			WHERE c.contype = 'f' AND n.nspname = current_schema() AND child.relname = $1 ORDER BY 1`,
	},
}

// readTables gives all tables of the schema, each after those that its rows point to.
func readTables(ctx context.Context, tx *sql.Tx, dialect string) ([]Table, error) {
	said := catalogues[dialect]
	names, err := words(ctx, tx, said.tables)
	if err != nil {
		return nil, err
	}
	var tables []Table
	for _, name := range names {
		if name == versionTable || name == figureTable {
			continue
		}
		table := Table{Name: name}
		if err := table.readColumns(ctx, tx, said.columns); err != nil {
			return nil, err
		}
		if table.parents, err = words(ctx, tx, said.parents, name); err != nil {
			return nil, err
		}
		tables = append(tables, table)
	}
	return parentsFirst(tables)
}

func (t *Table) readColumns(ctx context.Context, tx *sql.Tx, query string) error {
	rows, err := tx.QueryContext(ctx, query, t.Name)
	if err != nil {
		return fmt.Errorf("read the columns of %s: %w", t.Name, err)
	}
	defer rows.Close()
	for rows.Next() {
		var column, declared string
		if err := rows.Scan(&column, &declared); err != nil {
			return fmt.Errorf("read the columns of %s: %w", t.Name, err)
		}
		kind, ok := kindOf(declared)
		if !ok {
			return fmt.Errorf("the column %s of %s has the type %s, which no backup knows", column, t.Name, declared)
		}
		t.Columns, t.kinds = append(t.Columns, column), append(t.kinds, kind)
	}
	return rows.Err()
}

func kindOf(declared string) (kind string, ok bool) {
	switch strings.ToLower(declared) {
	case "integer", "bigint", "smallint":
		return kindInteger, true
	case "real", "double precision":
		return kindReal, true
	case "boolean":
		return kindBoolean, true
	case "text", "character varying":
		return kindText, true
	case "blob", "bytea":
		return kindBytes, true
	}
	return "", false
}

// parentsFirst sorts tables so that rows never point to what comes later.
func parentsFirst(tables []Table) ([]Table, error) {
	sorted, placed := make([]Table, 0, len(tables)), map[string]bool{}
	for len(sorted) < len(tables) {
		before := len(sorted)
		for _, t := range tables {
			waits := func(parent string) bool { return !placed[parent] }
			if placed[t.Name] || slices.ContainsFunc(t.parents, waits) {
				continue
			}
			sorted, placed[t.Name] = append(sorted, t), true
		}
		if len(sorted) == before {
			return nil, fmt.Errorf("tables point at each other in a circle, or at themselves: only %d of %d can be sorted", before, len(tables))
		}
	}
	return sorted, nil
}

// words gives the one column of a query.
func words(ctx context.Context, tx *sql.Tx, query string, args ...any) ([]string, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	defer rows.Close()
	var found []string
	for rows.Next() {
		var word string
		if err := rows.Scan(&word); err != nil {
			return nil, fmt.Errorf("read the schema: %w", err)
		}
		found = append(found, word)
	}
	return found, rows.Err()
}

// quoted writes a name of the schema so that it is never anything else. Names come from the schema, and from backups only
// where they are the same.
func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func quotedList(names []string) string {
	list := make([]string, len(names))
	for i, name := range names {
		list[i] = quoted(name)
	}
	return strings.Join(list, ", ")
}
