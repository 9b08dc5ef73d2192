package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"
)

// event is a line of go test -json: see `go doc test2json` and, for builds, `go help buildjson`.
type event struct {
	Action      string
	Package     string
	ImportPath  string
	Test        string
	Output      string
	Elapsed     float64 // seconds
	FailedBuild string
}

// result is what is known of one package.
type result struct {
	passed, failed, skipped int
	output                  map[string]*strings.Builder // by test; "" is the package's own
}

type skip struct{ pkg, test, why string }

// long is a test that took long: who wants the run to be shorter begins there.
type long struct {
	name string
	took time.Duration
}

const (
	longFrom = 8 * time.Second
	mostLong = 15
)

// tally counts, and writes as it goes.
type tally struct {
	out                     io.Writer
	packages                map[string]*result
	builds                  map[string]*strings.Builder
	skips                   []skip
	failures                []string
	long                    []long
	passed, failed, skipped int
}

func newTally(out io.Writer) *tally {
	return &tally{out: out, packages: map[string]*result{}, builds: map[string]*strings.Builder{}}
}

// read takes events until the stream ends. A line that is no event is passed on as it is.
func (t *tally) read(lines *bufio.Reader) error {
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var e event
			if json.Unmarshal(line, &e) == nil {
				t.take(e)
			} else {
				fmt.Fprintf(t.out, "%s", line)
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (t *tally) take(e event) {
	switch e.Action {
	case "build-output":
		build, ok := t.builds[e.ImportPath]
		if !ok {
			build = &strings.Builder{}
			t.builds[e.ImportPath] = build
		}
		build.WriteString(e.Output)
	case "output":
		t.of(e.Package).say(e.Test, e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			t.endPackage(e)
		} else {
			t.endTest(e)
		}
	}
}

func (t *tally) of(pkg string) *result {
	known, ok := t.packages[pkg]
	if !ok {
		known = &result{output: map[string]*strings.Builder{}}
		t.packages[pkg] = known
	}
	return known
}

func (r *result) say(test, text string) {
	said, ok := r.output[test]
	if !ok {
		said = &strings.Builder{}
		r.output[test] = said
	}
	said.WriteString(text)
}

// said gives what a test has written, and forgets it.
func (r *result) said(test string) string {
	said, ok := r.output[test]
	if !ok {
		return ""
	}
	delete(r.output, test)
	return said.String()
}

func (t *tally) endTest(e event) {
	pkg := t.of(e.Package)
	said := pkg.said(e.Test)
	if took := time.Duration(e.Elapsed * float64(time.Second)); took >= longFrom && !strings.Contains(e.Test, "/") {
		t.long = append(t.long, long{e.Package + " " + e.Test, took})
	}
	switch e.Action {
	case "pass":
		pkg.passed++
		t.passed++
	case "skip":
		pkg.skipped++
		t.skipped++
		t.skips = append(t.skips, skip{e.Package, e.Test, reason(said)})
	case "fail":
		pkg.failed++
		t.fail(e.Package+" "+e.Test, said)
	}
}

func (t *tally) fail(what, said string) {
	t.failed++
	t.failures = append(t.failures, what)
	fmt.Fprintf(t.out, "\n--- FAILED: %s\n%s\n", what, said)
}

// endPackage: a package that fails without a failing test was not built, panicked outside of one or ran out of time;
// that counts as one failure, or the last line would lie.
func (t *tally) endPackage(e event) {
	pkg := t.of(e.Package)
	said := pkg.said("")
	if e.Action == "fail" {
		if build, ok := t.builds[e.FailedBuild]; ok {
			said = build.String() + said
		}
		if pkg.failed == 0 {
			pkg.failed++
			t.fail(e.Package+" (the package)", said+pkg.unfinished())
		} else if extra := ownWords(said); extra != "" {
			fmt.Fprintf(t.out, "\n%s\n", extra)
		}
	}
	t.line(e, pkg)
	delete(t.packages, e.Package)
}

// unfinished gives the output of tests that never ended.
func (r *result) unfinished() string {
	var all strings.Builder
	for test, said := range r.output {
		fmt.Fprintf(&all, "%s did not end:\n%s", test, said)
	}
	return all.String()
}

// ownWords drops what go test itself says at the end of a package.
func ownWords(said string) string {
	var kept []string
	for line := range strings.Lines(said) {
		if line = strings.TrimRight(line, "\n"); line != "" && line != "PASS" && line != "FAIL" && !strings.HasPrefix(line, "FAIL\t") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}

func (t *tally) line(e event, pkg *result) {
	word := map[string]string{"pass": "ok", "fail": "FAIL", "skip": "-"}[e.Action]
	elapsed := time.Duration(e.Elapsed * float64(time.Second)).Round(10 * time.Millisecond)
	fmt.Fprintf(t.out, "%-5s %-36s %8s  %d passed", word, e.Package, elapsed, pkg.passed)
	if pkg.failed > 0 {
		fmt.Fprintf(t.out, ", %d failed", pkg.failed)
	}
	if pkg.skipped > 0 {
		fmt.Fprintf(t.out, ", %d skipped", pkg.skipped)
	}
	fmt.Fprintln(t.out)
}

var logLine = regexp.MustCompile(`^\s+[^\s:]+\.go:\d+: (.*)$`)

// reason is the last thing that a skipped test logged, which is what it gave to Skip.
func reason(said string) string {
	why := "no reason given"
	for line := range strings.Lines(said) {
		if found := logLine.FindStringSubmatch(strings.TrimRight(line, "\n")); found != nil {
			why = found[1]
		}
	}
	return why
}

// wantsComponent tells the skips for want of a component from those that a test chose.
func (s skip) wantsComponent() bool { return strings.HasPrefix(s.why, "needs ") }

func (t *tally) good() bool {
	for _, s := range t.skips {
		if s.wantsComponent() {
			return false
		}
	}
	return t.failed == 0
}

func (t *tally) summarize() {
	t.listSkips("Skipped:", func(s skip) bool { return !s.wantsComponent() })
	t.listSkips("Skipped because a component is missing, which counts as a failure of the run:", skip.wantsComponent)
	if len(t.failures) > 0 {
		fmt.Fprintln(t.out, "\nFailed:")
		for _, failure := range t.failures {
			fmt.Fprintln(t.out, "  "+failure)
		}
	}
	t.listLong()
	fmt.Fprintf(t.out, "\n%d passed, %d failed, %d skipped\n", t.passed, t.failed, t.skipped)
}

func (t *tally) listLong() {
	slices.SortFunc(t.long, func(a, b long) int { return cmp.Compare(b.took, a.took) })
	for i, test := range t.long[:min(len(t.long), mostLong)] {
		if i == 0 {
			fmt.Fprintln(t.out, "\nLongest:")
		}
		fmt.Fprintf(t.out, "  %8s  %s\n", test.took.Round(100*time.Millisecond), test.name)
	}
}

func (t *tally) listSkips(title string, chosen func(skip) bool) {
	for _, s := range t.skips {
		if !chosen(s) {
			continue
		}
		if title != "" {
			fmt.Fprintln(t.out, "\n"+title)
			title = ""
		}
		fmt.Fprintf(t.out, "  %s %s: %s\n", s.pkg, s.test, s.why)
	}
}
