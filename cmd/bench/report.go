package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// better says in which direction a figure is good.
type better int

const (
	neither better = iota
	more
	less
)

// Row is one figure of all targets.
type Row struct {
	Scenario string             `json:"scenario"`
	Name     string             `json:"name"`
	Unit     string             `json:"unit,omitempty"`
	Values   map[string]float64 `json:"values"`
	// Ratio is how many times better the first target is than the second; 0 where that says nothing.
	Ratio  float64 `json:"ratio,omitempty"`
	better better
}

// Report is what a bench found.
type Report struct {
	At      time.Time `json:"at"`
	Machine []Row     `json:"machine"` // under the name "machine"
	Targets []string  `json:"targets"`
	Rows    []Row     `json:"rows"`
}

// add records a figure of a target, in the row that other targets began, or a new one.
func (r *Report) add(target, scenario, name, unit string, better better, value float64) {
	for i := range r.Rows {
		if row := &r.Rows[i]; row.Scenario == scenario && row.Name == name {
			row.Values[target] = value
			return
		}
	}
	r.Rows = append(r.Rows, Row{Scenario: scenario, Name: name, Unit: unit, Values: map[string]float64{target: value}, better: better})
}

// Value gives a figure; false where it was not measured.
func (r *Report) Value(target, scenario, name string) (float64, bool) {
	for _, row := range r.Rows {
		if row.Scenario == scenario && row.Name == name {
			value, ok := row.Values[target]
			return value, ok
		}
	}
	return 0, false
}

// compare fills in the ratios.
func (r *Report) compare() {
	if len(r.Targets) < 2 {
		return
	}
	for i := range r.Rows {
		row := &r.Rows[i]
		first, ok := row.Values[r.Targets[0]]
		second, also := row.Values[r.Targets[1]]
		switch {
		case !ok || !also || first <= 0 || second <= 0:
		case row.better == more:
			row.Ratio = first / second
		case row.better == less:
			row.Ratio = second / first
		}
	}
}

// WriteTable writes the figures for people.
func (r *Report) WriteTable(out io.Writer) error {
	w := tabwriter.NewWriter(out, 2, 8, 2, ' ', 0)
	fmt.Fprint(w, "scenario\tfigure\t")
	for _, name := range r.Targets {
		fmt.Fprint(w, name, "\t")
	}
	if len(r.Targets) > 1 {
		fmt.Fprint(w, "times better\t")
	}
	fmt.Fprintln(w, "unit")
	blank := ""
	if len(r.Targets) > 1 {
		blank = strings.Repeat("\t", len(r.Targets))
	}
	for _, row := range r.Machine {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s%s\n", row.Scenario, row.Name, number(row.Values["machine"]), blank, row.Unit)
	}
	for _, row := range r.Rows {
		fmt.Fprintf(w, "%s\t%s\t", row.Scenario, row.Name)
		for _, name := range r.Targets {
			said := "-"
			if value, ok := row.Values[name]; ok {
				said = number(value)
			}
			fmt.Fprint(w, said, "\t")
		}
		if len(r.Targets) > 1 {
			said := ""
			if row.Ratio > 0 {
				said = strconv.FormatFloat(row.Ratio, 'f', 2, 64)
			}
			fmt.Fprint(w, said, "\t")
		}
		fmt.Fprintln(w, row.Unit)
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write the table: %w", err)
	}
	return nil
}

// WriteJSON writes the figures for programs.
func (r *Report) WriteJSON(out io.Writer) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(r); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// number shows three digits that count.
func number(value float64) string {
	switch size := math.Abs(value); {
	case value == math.Trunc(value) || size >= 100:
		return strconv.FormatFloat(value, 'f', 0, 64)
	case size >= 10:
		return strconv.FormatFloat(value, 'f', 1, 64)
	}
	return strconv.FormatFloat(value, 'f', 2, 64)
}
