package vocab

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// timeLayouts are how servers write dates: RFC 3339 with or without fractions, without seconds (which ActivityStreams
// allows), without a zone (then UTC).
var timeLayouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05Z07:00",
}

// parseTime gives a date in UTC; the zero time if it is not one, or of a year that no honest clock shows.
func parseTime(s string) time.Time {
	if len(s) > 64 {
		return time.Time{}
	}
	for _, layout := range timeLayouts {
		t, err := time.Parse(layout, s)
		if err != nil {
			continue
		}
		if t = t.UTC(); t.Year() < minYear || t.Year() > maxYear {
			return time.Time{}
		}
		return t
	}
	return time.Time{}
}

// FormatTime writes a time the way every known server reads it: RFC 3339 in UTC, whole seconds. The zero time is "".
func FormatTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05Z")
}

// numberOf gives a JSON number cut to a whole one in 0..limit; nil if the value is no number. Numbers too large for any
// type are the limit.
func numberOf(raw json.RawMessage, limit int) *int {
	if kind := kindOf(raw); kind != '-' && (kind < '0' || kind > '9') {
		return nil
	}
	// An error here means out of range: the value is then an infinity of the right sign.
	value, _ := strconv.ParseFloat(strings.TrimSpace(string(raw)), 64)
	n := limit
	if value < float64(limit) {
		n = int(max(value, 0))
	}
	return &n
}

// point gives two numbers from -1 to 1 as an array has them, 0 and 0 if there are none.
func (f fields) point(key string) (x, y float64) {
	var both []float64
	if kindOf(f[key]) != '[' || json.Unmarshal(f[key], &both) != nil || len(both) != 2 {
		return 0, 0
	}
	return min(max(both[0], -1), 1), min(max(both[1], -1), 1)
}

// cutRunes keeps at most n characters.
func cutRunes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// cutBytes keeps at most n bytes and no half character.
func cutBytes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
