package takealong

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// Kinds are what a file can be a list of.
const (
	Following    = "following"
	Lists        = "lists"
	Mutes        = "mutes"
	Blocks       = "blocks"
	DomainBlocks = "domain_blocks"
	Bookmarks    = "bookmarks"
)

// Kinds lists all kinds.
func Kinds() []string { return []string{Following, Lists, Mutes, Blocks, DomainBlocks, Bookmarks} }

// What a file may be at most (security case G21).
const (
	MaxBytes  = 20 << 20
	MaxLines  = 20_000
	maxCell   = 2000
	maxColumn = 32
)

// Line is one line of a list.
type Line struct {
	Subject           string   // an account, a host, or the address of a post
	List              string   // the title of a list
	HideBoosts        bool     // of a follow
	Notify            bool     // of a follow
	Languages         []string // of a follow
	KeepNotifications bool     // of a mute: notifications still come
}

// head says for each kind which heads its first column may have; lists have their title in the first one.
var heads = map[string][]string{
	Following: {"account address"}, Mutes: {"account address"}, Blocks: {"account address"}, Lists: {"list name"},
	DomainBlocks: {"#domain", "domain"}, Bookmarks: {"#uri", "uri"},
}

// Read reads a file of a kind, with a line of heads or without. Errors: for what is too large, is no CSV, or is of another kind. What a
// line says is not judged here.
func Read(kind string, r io.Reader) ([]Line, error) {
	if heads[kind] == nil {
		return nil, fmt.Errorf("there is no list of the kind %.40q: use %s", kind, strings.Join(Kinds(), ", "))
	}
	raw, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	if len(raw) > MaxBytes {
		return nil, fmt.Errorf("the file is larger than %d MB: divide it", MaxBytes>>20)
	}
	raw = bytes.TrimPrefix(raw, []byte("\uFEFF"))
	if !utf8.Valid(raw) || bytes.IndexByte(raw, 0) >= 0 {
		return nil, errors.New("the file is no text in UTF-8")
	}
	return readRows(kind, csv.NewReader(bytes.NewReader(raw)))
}

func readRows(kind string, rows *csv.Reader) ([]Line, error) {
	rows.FieldsPerRecord, rows.ReuseRecord, rows.TrimLeadingSpace = -1, true, true
	var columns []string
	var lines []Line
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("the file is no CSV: %w", err)
		}
		if len(row) > maxColumn {
			return nil, fmt.Errorf("a line has %d columns: this is no list of the kind %s", len(row), kind)
		}
		for i := range row {
			if row[i] = strings.TrimSpace(row[i]); len(row[i]) > maxCell {
				return nil, fmt.Errorf("line %d has a cell of more than %d bytes", len(lines)+1, maxCell)
			}
		}
		if columns == nil {
			if columns, err = columnsOf(kind, row); err != nil {
				return nil, err
			}
			if isHead(kind, row) {
				continue
			}
		}
		if len(lines) == MaxLines {
			return nil, fmt.Errorf("the file has more than %d lines: divide it", MaxLines)
		}
		if line, ok := lineOf(kind, columns, row); ok {
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 {
		return nil, errors.New("the file has no lines")
	}
	return lines, nil
}

func isHead(kind string, row []string) bool {
	return len(row) > 0 && slices.Contains(heads[kind], strings.ToLower(row[0]))
}

// columnsOf gives the columns of a file by its first line: what its heads say, or the order that files without heads have.
func columnsOf(kind string, first []string) ([]string, error) {
	if !isHead(kind, first) {
		for other := range heads {
			if isHead(other, first) {
				return nil, fmt.Errorf("the columns are those of a list of the kind %s, not %s", other, kind)
			}
		}
		if kind == Lists {
			return []string{"list name", "account address"}, nil
		}
		return []string{heads[kind][0], "show boosts", "notify on new posts", "languages"}, nil
	}
	columns := make([]string, len(first))
	for i, name := range first {
		columns[i] = strings.ToLower(name)
	}
	if kind == Lists && !slices.Contains(columns, "account address") {
		return nil, errors.New("the column Account address is missing")
	}
	return columns, nil
}

func lineOf(kind string, columns, row []string) (Line, bool) {
	line := Line{}
	for i, cell := range row {
		if i >= len(columns) {
			break
		}
		switch column := columns[i]; {
		case column == "account address":
			line.Subject = strings.TrimPrefix(plain(cell), "@")
		case column == "list name":
			line.List = plain(cell)
		case slices.Contains(heads[kind], column):
			line.Subject = plain(cell)
		case column == "show boosts":
			line.HideBoosts = kind == Following && isFalse(cell)
		case column == "notify on new posts":
			line.Notify = kind == Following && strings.EqualFold(cell, "true")
		case column == "languages" && kind == Following && cell != "":
			line.Languages = strings.FieldsFunc(cell, func(c rune) bool { return c == ',' || c == ' ' })
		case column == "hide notifications":
			line.KeepNotifications = isFalse(cell)
		}
	}
	return line, line.Subject != "" || line.List != ""
}

func isFalse(cell string) bool { return strings.EqualFold(cell, "false") }
