package hostlist

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// How much a list may hold (security case G21).
const (
	MaxRows  = 20_000
	MaxBytes = 20 << 20
	maxLine  = 16 << 10
)

// The severities, as in models.
const (
	Suspend = "suspend"
	Silence = "silence"
	Noop    = "noop"
	Retract = "retract" // the block is taken back
)

// AllowsLine is the first line of a list of allowed hosts in the plain form: who would read it as a list to be blocked is refused.
const AllowsLine = "# hosts that are allowed"

// What lists of allowed hosts are made of here.
const (
	Allow  = "allow"
	Refuse = "refuse" // the allowance is taken back
)

// Row is what a list says of one host.
type Row struct {
	Line          int    `json:"line"` // or the place in a list in JSON, from 1
	Host          string `json:"host"` // as it stands there
	Severity      string `json:"severity"`
	RejectMedia   bool   `json:"reject_media,omitempty"`
	RejectReports bool   `json:"reject_reports,omitempty"`
	PublicComment string `json:"public_comment,omitempty"`
	Note          string `json:"note,omitempty"`
	Obfuscate     bool   `json:"obfuscate,omitempty"`
}

// IsAllowance reports whether the row is about the allowance of its host, and not about its block.
func (r *Row) IsAllowance() bool { return r.Severity == Allow || r.Severity == Refuse }

// Fault is what is wrong with a list, and where.
type Fault struct {
	Line int
	Text string
}

// Error says so.
func (f *Fault) Error() string {
	if f.Line == 0 {
		return f.Text
	}
	return fmt.Sprintf("line %d: %s", f.Line, f.Text)
}

func fault(line int, format string, args ...any) error {
	return &Fault{line, fmt.Sprintf(format, args...)}
}

// ReadAllows is Read for a list of hosts to be allowed, whatever it says of them otherwise.
func ReadAllows(from io.Reader) ([]Row, error) {
	rows, err := read(from, true)
	rows = slices.DeleteFunc(rows, func(r Row) bool { return r.Severity == Retract })
	for i := range rows {
		rows[i] = Row{Line: rows[i].Line, Host: rows[i].Host, Severity: Allow, PublicComment: rows[i].PublicComment}
	}
	return rows, err
}

// Read reads a list of hosts to be blocked, in the form that it is seen to have: CSV as Mastodon's, JSON as GoToSocial's or as a dataset of FIRES, or one host
// in each line. Nothing of it is believed: hosts are checked by who uses them. Errors: *Fault, also for a list that says that its hosts are allowed.
func Read(from io.Reader) ([]Row, error) { return read(from, false) }

func read(from io.Reader, allows bool) ([]Row, error) {
	raw, err := io.ReadAll(io.LimitReader(from, MaxBytes+1))
	if err != nil {
		return nil, err
	}
	if len(raw) > MaxBytes {
		return nil, fault(0, "the list is longer than %d MB", MaxBytes>>20)
	}
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	head := bytes.TrimSpace(raw)
	switch {
	case len(head) == 0:
		return nil, fault(0, "the list is empty")
	case head[0] == '[' || head[0] == '{':
		return readJSON(head)
	case isCSV(head):
		return readCSV(raw)
	}
	if !allows && bytes.HasPrefix(head, []byte(AllowsLine)) {
		return nil, fault(1, "this is a list of hosts to be allowed, and would have them blocked: read it as one (--allows, or kind=allows)")
	}
	return readPlain(raw)
}

// isCSV: the first line names columns.
func isCSV(head []byte) bool {
	first, _, _ := strings.Cut(string(head[:min(len(head), maxLine)]), "\n")
	name, _, more := strings.Cut(first, ",")
	name = strings.ToLower(strings.Trim(strings.TrimSpace(name), `"#`))
	return name == "domain" || more
}

func readPlain(raw []byte) ([]Row, error) {
	var rows []Row
	lines := bufio.NewScanner(bytes.NewReader(raw))
	lines.Buffer(nil, maxLine)
	for n := 1; lines.Scan(); n++ {
		text, _, _ := strings.Cut(lines.Text(), "#")
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		if len(rows) == MaxRows {
			return nil, tooMany(n)
		}
		rows = append(rows, Row{Line: n, Host: text, Severity: Suspend})
	}
	if lines.Err() != nil {
		return nil, fault(0, "a line is longer than %d bytes", maxLine)
	}
	return rows, nil
}

func tooMany(line int) error {
	return fault(line, "the list has more than %d hosts: split it", MaxRows)
}

func readCSV(raw []byte) ([]Row, error) {
	from := csv.NewReader(bytes.NewReader(raw))
	from.FieldsPerRecord = -1
	names, err := from.Read()
	if err != nil {
		return nil, csvFault(err)
	}
	columns := map[string]int{}
	for i, name := range names {
		columns[strings.ToLower(strings.Trim(strings.TrimSpace(name), "#"))] = i
	}
	if _, has := columns["domain"]; !has {
		return nil, fault(1, "no column is called domain; a list as Mastodon's begins with #domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate")
	}
	var rows []Row
	for {
		cells, err := from.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, csvFault(err)
		}
		line, _ := from.FieldPos(0)
		if len(rows) == MaxRows {
			return nil, tooMany(line)
		}
		if len(cells) != len(names) {
			return nil, fault(line, "there are %d columns, and %d names of columns", len(cells), len(names))
		}
		row, err := rowOf(line, func(name string) string {
			if i, has := columns[name]; has {
				return strings.TrimSpace(cells[i])
			}
			return ""
		})
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
}

func csvFault(err error) error {
	var e *csv.ParseError
	if errors.As(err, &e) {
		return fault(e.Line, "this is no CSV: %v", e.Err)
	}
	return fault(0, "this is no CSV: %v", err)
}

func rowOf(line int, cell func(string) string) (Row, error) {
	row := Row{
		Line: line, Host: cell("domain"), Severity: strings.ToLower(cell("severity")), PublicComment: unescape(cell("public_comment")),
		Note: unescape(cell("private_comment")),
	}
	for name, into := range map[string]*bool{"reject_media": &row.RejectMedia, "reject_reports": &row.RejectReports, "obfuscate": &row.Obfuscate} {
		value, err := strconv.ParseBool(orElse(strings.ToLower(cell(name)), "false"))
		if err != nil {
			return row, fault(line, "%s is %q, neither true nor false", name, clip(cell(name)))
		}
		*into = value
	}
	return row, checkSeverity(&row)
}

func checkSeverity(row *Row) error {
	row.Severity = orElse(row.Severity, Suspend)
	switch row.Severity {
	case Suspend, Silence, Noop, Retract:
		return nil
	}
	return fault(row.Line, "severity %q is none of suspend, silence, noop", clip(row.Severity))
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

func clip(text string) string {
	if len(text) > 80 {
		return strings.ToValidUTF8(text[:80], "") + "…"
	}
	return text
}

// entry is one element of a list in JSON: the first names are GoToSocial's, the others FIRES'.
type entry struct {
	Domain         string `json:"domain"`
	Severity       string `json:"severity"`
	PublicComment  string `json:"public_comment"`
	Comment        string `json:"comment"`
	PrivateComment string `json:"private_comment"`
	Obfuscate      bool   `json:"obfuscate"`
	RejectMedia    bool   `json:"reject_media"`
	RejectReports  bool   `json:"reject_reports"`

	Type   string `json:"type"`
	Kind   string `json:"entity_kind"`
	Key    string `json:"entity_key"`
	Policy string `json:"recommended_policy"`
}

func readJSON(raw []byte) ([]Row, error) {
	var entries []entry
	if raw[0] == '{' {
		var set struct {
			Items   []entry `json:"items"`
			Ordered []entry `json:"orderedItems"`
			Changes []entry `json:"changes"`
		}
		if err := json.Unmarshal(raw, &set); err != nil {
			return nil, fault(0, "this is no list in JSON: %v", err)
		}
		entries = append(append(set.Items, set.Ordered...), set.Changes...)
	} else if err := json.Unmarshal(raw, &entries); err != nil {
		return nil, fault(0, "this is no list in JSON: %v", err)
	}
	if len(entries) > MaxRows {
		return nil, tooMany(MaxRows + 1)
	}
	var rows []Row
	for i, e := range entries {
		row, is, err := e.row(i + 1)
		if err != nil {
			return nil, err
		}
		if is {
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// row gives what an entry says; nothing when it is about no host, or is a warning that recommends nothing.
func (e entry) row(line int) (Row, bool, error) {
	row := Row{
		Line: line, Host: e.Domain, Severity: strings.ToLower(e.Severity), PublicComment: orElse(e.PublicComment, e.Comment), Note: e.PrivateComment,
		RejectMedia: e.RejectMedia, RejectReports: e.RejectReports, Obfuscate: e.Obfuscate,
	}
	if e.Key == "" {
		return row, true, checkSeverity(&row)
	}
	row.Host = e.Key
	switch {
	case !strings.EqualFold(e.Kind, "domain"):
		return row, false, nil
	case e.Type == "retraction", e.Type == "tombstone":
		row.Severity = Retract
	case e.Type != "recommendation":
		return row, false, nil
	case e.Policy == "drop", e.Policy == "reject":
		row.Severity = Suspend
	case e.Policy == "filter":
		row.Severity = Silence
	default:
		return row, false, nil
	}
	return row, true, nil
}
