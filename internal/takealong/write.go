package takealong

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
)

// risky is what makes a formula of a cell in a spreadsheet.
const risky = "=+-@\t\r"

// guarded keeps a cell from being taken for a formula (security case G21). Accounts, hosts and addresses never begin so; titles of
// lists may.
func guarded(cell string) string {
	if cell != "" && strings.ContainsRune(risky, rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// plain takes the guard away again.
func plain(cell string) string {
	if len(cell) > 1 && cell[0] == '\'' && strings.ContainsRune(risky, rune(cell[1])) {
		return cell[1:]
	}
	return cell
}

// Write writes a list of a kind in the form that Mastodon and Read take.
func Write(w io.Writer, kind string, lines []Line) error {
	out := csv.NewWriter(w)
	if first := titles[kind]; first != nil {
		if err := out.Write(first); err != nil {
			return err
		}
	}
	for _, line := range lines {
		row := line.cells(kind)
		for i := range row {
			row[i] = guarded(row[i])
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// titles are the heads that files of some kinds have.
var titles = map[string][]string{
	Following: {"Account address", "Show boosts", "Notify on new posts", "Languages"},
	Mutes:     {"Account address", "Hide notifications"},
	Blocks:    {"Account address"},
}

func (l *Line) cells(kind string) []string {
	switch kind {
	case Following:
		return []string{l.Subject, strconv.FormatBool(!l.HideBoosts), strconv.FormatBool(l.Notify), strings.Join(l.Languages, ", ")}
	case Mutes:
		return []string{l.Subject, strconv.FormatBool(!l.KeepNotifications)}
	case Lists:
		return []string{l.List, l.Subject}
	}
	return []string{l.Subject}
}
