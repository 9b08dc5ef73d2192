package desk

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"praxis/models"
)

func format(id int64) string { return strconv.FormatInt(id, 10) }

// when says a moment, with how long ago it was.
func (v *visit) when(at models.Timestamp) string {
	if at.IsZero() {
		return "never"
	}
	t := at.Time().UTC()
	return t.Format("2 Jan 2006, 15:04 UTC") + " (" + v.ago(at) + ")"
}

// ago says how long ago, or in how much time, something is.
func (v *visit) ago(at models.Timestamp) string {
	if at.IsZero() {
		return "never"
	}
	age := v.now.Time().Sub(at.Time())
	if age < 0 {
		return "in " + length(-age)
	}
	if age < time.Minute {
		return "just now"
	}
	return length(age) + " ago"
}

func length(d time.Duration) string {
	switch {
	case d < time.Minute:
		return count(int64(d/time.Second), "second", "seconds")
	case d < time.Hour:
		return count(int64(d/time.Minute), "minute", "minutes")
	case d < 48*time.Hour:
		return count(int64(d/time.Hour), "hour", "hours")
	}
	return count(int64(d/(24*time.Hour)), "day", "days")
}

// count is a number with its word.
func count(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// size says bytes for people.
func size(bytes uint64) string {
	units := []string{"bytes", "kB", "MB", "GB", "TB"}
	value, unit := float64(bytes), 0
	for value >= 1000 && unit < len(units)-1 {
		value, unit = value/1000, unit+1
	}
	if unit == 0 {
		return fmt.Sprintf("%d bytes", bytes)
	}
	return fmt.Sprintf("%.1f %s", value, units[unit])
}

func orDash(text string) string {
	if strings.TrimSpace(text) == "" {
		return "–"
	}
	return text
}

func yesNo(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}

// short cuts a text for a row of a list.
func short(text string, most int) string {
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}

// nameOf gives how an actor is called.
func nameOf(a *models.Actor) string {
	if a == nil {
		return "somebody who is gone"
	}
	if a.DisplayName != "" {
		return a.DisplayName
	}
	return a.Username
}

// handleOf gives the whole address of an actor.
func handleOf(a *models.Actor) string {
	if a == nil {
		return ""
	}
	return "@" + a.Username + "@" + a.Host
}

// linesOf reads a field with one entry a line.
func linesOf(text string) []string {
	kept := []string{}
	for _, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			kept = append(kept, line)
		}
	}
	return kept
}

// number reads an id of a form; 0 for what is none.
func number(text string) int64 {
	n, _ := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	return n
}

func sortedKeys(words map[string]string) []string { return slices.Sorted(maps.Keys(words)) }
