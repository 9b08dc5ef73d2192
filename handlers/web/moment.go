package web

import (
	"fmt"
	"time"

	"praxis/models"
)

// moment is a time as a page shows it.
type moment struct {
	Machine string // for the datetime attribute
	Full    string // exact, for those who want to know
	Day     string // the date alone
	Short   string // how long ago, while that is easier to grasp than a date
}

// IsSet reports that it ever happened.
func (m moment) IsSet() bool { return m.Machine != "" }

func momentOf(at, now models.Timestamp) moment {
	if at.IsZero() {
		return moment{}
	}
	t := at.Time()
	return moment{Machine: t.Format(time.RFC3339), Full: t.Format("2 January 2006, 15:04 MST"), Day: t.Format("2 January 2006"), Short: short(t, now.Time())}
}

func short(t, now time.Time) string {
	switch age := now.Sub(t); {
	case age < time.Minute:
		return "just now"
	case age < time.Hour:
		return fmt.Sprintf("%d min ago", int(age.Minutes()))
	case age < 24*time.Hour:
		return fmt.Sprintf("%d h ago", int(age.Hours()))
	case age < 48*time.Hour:
		return "yesterday"
	case age < 7*24*time.Hour:
		return fmt.Sprintf("%d days ago", int(age.Hours()/24))
	}
	return t.Format("2 Jan 2006")
}

// count is a number with its word: "no replies", "1 reply", "2 replies".
func count(n int64, one, many string) string {
	switch n {
	case 0:
		return "no " + many
	case 1:
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
