package structure

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// rules of the house, by the name of their subtest.
var rules = map[string]func(*tree) []string{
	"imports": checkImports,
	"lengths": checkLengths,
	"docs":    checkDocs,
	"paths":   checkPaths,
	"clients": checkClients,
	"readable": func(t *tree) []string {
		return t.broken
	},
}

func TestHouse(t *testing.T) {
	house := readTree(t, os.DirFS(root(t)))
	if len(house.sources) == 0 {
		t.Fatal("no Go files found")
	}
	for name, rule := range rules {
		t.Run(name, func(t *testing.T) {
			for _, offence := range rule(house) {
				t.Error(offence)
			}
		})
	}
}

// root is the folder with go.mod above this package.
func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
	}
	t.Fatal("there is no go.mod above this package")
	return ""
}

func TestJudgeImport(t *testing.T) {
	for _, c := range []struct {
		from, imported string
		fine           bool
	}{
		{"cmd/praxis", "praxis/cmd/app", true},
		{"cmd/praxis", "praxis/models", true},
		{"cmd/praxis", "github.com/gorilla/mux", true},
		{"handlers/mastodon", "praxis/handlers/oauth", true},
		{"handlers/mastodon", "praxis/federation/inbox", true},
		{"handlers/mastodon", "praxis/cmd/app", false},
		{"federation/inbox", "praxis/federation/outbox", true},
		{"federation/inbox", "praxis/federation/sign", true},
		{"federation/inbox", "praxis/federation/deliver", false},
		{"federation/inbox", "praxis/handlers/respond", false},
		{"federation/inbox", "github.com/gorilla/mux", false},
		{"federation/inbox", "praxis/federation/directory", true},
		{"federation/directory", "praxis/federation/fetch", true},
		{"federation/directory", "praxis/federation/inbox", false},
		{"federation/outbox", "praxis/federation/directory", false},
		{"federation/outbox", "praxis/practice", true},
		{"federation/outbox", "praxis/federation/inbox", false},
		{"practice", "praxis/models", true},
		{"practice", "praxis/internal/text", true},
		{"practice", "praxis/federation/outbox", false},
		{"practice", "gorm.io/gorm", false},
		{"models", "gorm.io/gorm/clause", true},
		{"models", "praxis/practice", false},
		{"models", "praxis/internal/snowflake", true},
		{"federation/fetch", "praxis/federation/sign", true},
		{"federation/fetch", "praxis/models", false},
		{"federation/sign", "praxis/federation/vocab", true},
		{"federation/sign", "praxis/federation/fetch", false},
		{"federation/sign", "github.com/go-fed/httpsig", true},
		{"federation/fetch", "github.com/go-fed/httpsig", false},
		{"federation/vocab", "praxis/internal/text", true},
		{"federation/vocab", "praxis/federation/sign", false},
		{"internal/text", "praxis/internal/snowflake", true},
		{"internal/text", "praxis/federation/vocab", false},
		{"internal/text", "praxis/models", false},
		{"internal/text", "testing", false},
		{"internal/text", "testing/fstest", false},
		{"internal/testrig", "praxis/cmd/app", true},
		{"internal/testrig", "testing", true},
		{"scripts/withpostgres", "praxis/internal/testdb", true},
		{"cmd/praxis", "praxis/internal/testdb", false},
		{"kitchen", "praxis/models", false},
		{"cmd/praxis", "praxis/kitchen", false},
		{"practice", "net/http", true},
	} {
		if offence := judgeImport(c.from, c.imported); (offence == "") != c.fine {
			t.Errorf("%s imports %s: got %q, fine should be %v", c.from, c.imported, offence, c.fine)
		}
	}
}

// TestRulesFindOffenders: a rule that finds nothing anywhere would pass on every house.
func TestRulesFindOffenders(t *testing.T) {
	long := "package a\n\nfunc f() {\n" + strings.Repeat("\t_ = 1\n", longestFunction-1) + "}\n"
	home := "/" + "home/someone" // in two pieces, for this file is judged as well
	for name, c := range map[string]struct{ path, text, rule, want string }{
		"up":         {"models/a.go", "package models\n\nimport _ \"praxis/practice\"\n", "imports", "imports only go down"},
		"function":   {"a/a.go", long, "lengths", "f has 81 lines"},
		"file":       {"a/a.go", "package a\n" + strings.Repeat("\n", longestFile), "lengths", "has 601 lines"},
		"no doc":     {"a/a.go", "package a\n", "docs", "a has no doc.go"},
		"empty doc":  {"a/doc.go", "package a\n", "docs", "a has no doc.go"},
		"other doc":  {"a/doc.go", "// Hello.\npackage a\n", "docs", "a has no doc.go"},
		"home":       {"docs/a.md", "see " + home, "paths", "docs/a.md:1: " + home},
		"client":     {"a/a.go", "package a\n\nimport \"net/http\"\n\nvar c = http.DefaultClient\n", "clients", "a/a.go:5: http.DefaultClient"},
		"get":        {"a/a.go", "package a\n\nimport \"net/http\"\n\nvar _, _ = http.Get(\"x\")\n", "clients", "a/a.go:5: http.Get"},
		"unreadable": {"a/a.go", "package a\n\nfunc {\n", "readable", "a/a.go cannot be read as Go"},
	} {
		t.Run(name, func(t *testing.T) {
			offences := rules[c.rule](readTree(t, fstest.MapFS{c.path: {Data: []byte(c.text)}}))
			if len(offences) != 1 || !strings.Contains(offences[0], c.want) {
				t.Errorf("got %q, want one with %q", offences, c.want)
			}
		})
	}
}

// TestRulesPassOverInnocents: what looks like an offence and is none.
func TestRulesPassOverInnocents(t *testing.T) {
	long := "package a\n\nfunc f() {\n" + strings.Repeat("\t_ = 1\n", longestFile) + "}\n"
	for path, text := range map[string]string{
		"a/doc.go":        "// Package a is fine.\npackage a\n",
		"a/a_test.go":     "package a\n\nimport _ \"testing\"\n" + strings.TrimPrefix(long, "package a\n"),
		"a/made.go":       "// Code generated by a tool. DO NOT EDIT.\n\n" + long,
		"a/get.go":        "package a\n\nvar http struct{ Get int }\n\nvar _ = http.Get\n",
		"a/url.go":        "package a\n\nconst u = \"https://a.test/home/x\" + \"/api/v1/timelines/home/\"\n",
		"testdata/bad.go": "package {",
		"docs/image.png":  "/" + "root/x",
	} {
		house := readTree(t, fstest.MapFS{"a/doc.go": {Data: []byte("// Package a is fine.\npackage a\n")}, path: {Data: []byte(text)}})
		for name, rule := range rules {
			if offences := rule(house); len(offences) > 0 {
				t.Errorf("%s: %s finds %q", path, name, offences)
			}
		}
	}
}
