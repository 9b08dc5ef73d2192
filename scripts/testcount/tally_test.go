package main

import (
	"bufio"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func judge(t *testing.T, events ...string) (*tally, string) {
	t.Helper()
	var out strings.Builder
	counted := newTally(&out)
	if err := counted.read(bufio.NewReader(strings.NewReader(strings.Join(events, "\n")))); err != nil {
		t.Fatal(err)
	}
	counted.summarize()
	return counted, out.String()
}

func TestTally(t *testing.T) {
	for name, c := range map[string]struct {
		events []string
		good   bool
		last   string
		says   string
	}{
		"passes": {
			events: []string{
				`{"Action":"pass","Package":"praxis/a","Test":"TestA"}`,
				`{"Action":"pass","Package":"praxis/a","Elapsed":1.5}`,
			},
			good: true, last: "1 passed, 0 failed, 0 skipped", says: "1.5s",
		},
		"tells what took long": {
			events: []string{
				`{"Action":"pass","Package":"praxis/a","Test":"TestA","Elapsed":20.5}`,
				`{"Action":"pass","Package":"praxis/a","Elapsed":21}`,
			},
			good: true, last: "1 passed, 0 failed, 0 skipped", says: "Longest:\n     20.5s  praxis/a TestA",
		},
		"fails": {
			events: []string{
				`{"Action":"output","Package":"praxis/a","Test":"TestA","Output":"    a_test.go:3: wrong\n"}`,
				`{"Action":"fail","Package":"praxis/a","Test":"TestA"}`,
				`{"Action":"fail","Package":"praxis/a"}`,
			},
			last: "0 passed, 1 failed, 0 skipped", says: "a_test.go:3: wrong",
		},
		"does not build": {
			events: []string{
				`{"Action":"build-output","ImportPath":"praxis/a [praxis/a.test]","Output":"a.go:1: undefined: x\n"}`,
				`{"Action":"fail","Package":"praxis/a","FailedBuild":"praxis/a [praxis/a.test]"}`,
			},
			last: "0 passed, 1 failed, 0 skipped", says: "undefined: x",
		},
		"ends early": {
			events: []string{
				`{"Action":"output","Package":"praxis/a","Test":"TestA","Output":"=== RUN TestA\n"}`,
				`{"Action":"output","Package":"praxis/a","Output":"panic: outside\n"}`,
				`{"Action":"fail","Package":"praxis/a"}`,
			},
			last: "0 passed, 1 failed, 0 skipped", says: "TestA did not end",
		},
		"skips by choice": {
			events: []string{
				`{"Action":"output","Package":"praxis/a","Test":"TestA","Output":"    a_test.go:3: the corpus is not here\n"}`,
				`{"Action":"skip","Package":"praxis/a","Test":"TestA"}`,
				`{"Action":"pass","Package":"praxis/a"}`,
			},
			good: true, last: "0 passed, 0 failed, 1 skipped", says: "TestA: the corpus is not here",
		},
		"skips for want of a component": {
			events: []string{
				`{"Action":"output","Package":"praxis/a","Test":"TestA","Output":"    a_test.go:3: needs toot: install it\n"}`,
				`{"Action":"skip","Package":"praxis/a","Test":"TestA"}`,
				`{"Action":"pass","Package":"praxis/a"}`,
			},
			last: "0 passed, 0 failed, 1 skipped", says: "a component is missing",
		},
		"has no tests": {
			events: []string{`{"Action":"skip","Package":"praxis/a"}`, `not an event`},
			good:   true, last: "0 passed, 0 failed, 0 skipped", says: "not an event",
		},
	} {
		t.Run(name, func(t *testing.T) {
			counted, out := judge(t, c.events...)
			if counted.good() != c.good {
				t.Errorf("good is %v", counted.good())
			}
			if !strings.HasSuffix(out, "\n"+c.last+"\n") {
				t.Errorf("the last line is not %q:\n%s", c.last, out)
			}
			if !strings.Contains(out, c.says) {
				t.Errorf("%q is missing in:\n%s", c.says, out)
			}
		})
	}
}

func TestRunCountsARealModule(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, text := range map[string]string{
		"go.mod":         "module m\n\ngo 1.26\n",
		"a/a_test.go":    "package a\n\nimport \"testing\"\n\nfunc TestGood(t *testing.T) { t.Run(\"sub\", func(*testing.T) {}) }\n\nfunc TestBad(t *testing.T) { t.Error(\"so bad\") }\n",
		"b/b_test.go":    "package b\n\nimport \"testing\"\n\nfunc TestOut(t *testing.T) { t.Skip(\"needs rest\") }\n",
		"c/c_test.go":    "package c\n\nfunc broken() { missing() }\n",
		"gone/g_test.go": "package gone\n\nimport (\n\t\"os\"\n\t\"testing\"\n)\n\nfunc TestGone(*testing.T) { os.Exit(3) }\n",
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var out strings.Builder
	good, err := run(context.Background(), []string{"./..."}, &out)
	if good || err != nil {
		t.Errorf("got %v, %v", good, err)
	}
	for _, want := range []string{"so bad", "undefined: missing", "needs rest", "m/gone", "\n2 passed, 3 failed, 1 skipped\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in:\n%s", want, out.String())
		}
	}
}
