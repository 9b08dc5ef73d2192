package hostlist

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Formats lists the forms that Write knows.
func Formats() []string { return []string{"mastodon", "plain", "json"} }

// WriteAllows writes a list of allowed hosts in the plain form, which says so itself.
func WriteAllows(to io.Writer, rows []Row) error {
	if _, err := fmt.Fprintln(to, AllowsLine); err != nil {
		return err
	}
	return Write(to, "plain", rows)
}

// Write writes a list in one of Formats.
func Write(to io.Writer, format string, rows []Row) error {
	switch format {
	case "mastodon":
		return writeCSV(to, rows)
	case "plain":
		for _, row := range rows {
			if _, err := fmt.Fprintln(to, row.Host); err != nil {
				return err
			}
		}
		return nil
	case "json":
		entries := make([]map[string]any, 0, len(rows))
		for _, row := range rows {
			entries = append(entries, map[string]any{
				"domain": row.Host, "severity": row.Severity, "public_comment": row.PublicComment, "obfuscate": row.Obfuscate,
				"reject_media": row.RejectMedia, "reject_reports": row.RejectReports,
			})
		}
		out := json.NewEncoder(to)
		out.SetIndent("", "  ")
		return out.Encode(entries)
	}
	return fmt.Errorf("%q is none of %s", format, strings.Join(Formats(), ", "))
}

func writeCSV(to io.Writer, rows []Row) error {
	out := csv.NewWriter(to)
	_ = out.Write(strings.Split("#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate", ","))
	for _, row := range rows {
		_ = out.Write([]string{
			escape(row.Host), escape(row.Severity), strconv.FormatBool(row.RejectMedia), strconv.FormatBool(row.RejectReports),
			escape(row.PublicComment), strconv.FormatBool(row.Obfuscate),
		})
	}
	out.Flush()
	return out.Error()
}

// escape keeps a table from taking a text for a formula.
func escape(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r'", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

func unescape(cell string) string {
	if len(cell) > 1 && cell[0] == '\'' && strings.ContainsRune("=+-@\t\r'", rune(cell[1])) {
		return cell[1:]
	}
	return cell
}
