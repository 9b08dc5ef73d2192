package structure

import (
	"fmt"
	"strings"
)

const module = "praxis/"

// storeys from the top down: a package imports its own storey only where that says so, and otherwise what is below.
// The longest matching prefix tells a package's place.
var storeys = []struct {
	prefix string
	rank   int
	inner  bool // packages of the storey may import each other
}{
	{"cmd", 60, true},
	{"handlers", 50, true},
	{"federation/inbox", 40, false},
	{"federation/deliver", 40, false},
	{"federation/push", 40, false},
	{"federation/preview", 40, false},
	{"federation/backfill", 40, false},
	{"federation/takeout", 40, false},
	{"federation/neighbours", 40, false},
	{"federation/reconcile", 40, false},
	{"federation/directory", 35, false},
	{"federation/outbox", 30, false},
	{"practice", 20, false},
	{"models", 10, false},
}

// leafImports: what of Praxis a leaf may import. Every leaf may import internal.
var leafImports = map[string][]string{
	"federation/fetch": {"federation/sign", "federation/vocab"},
	"federation/sign":  {"federation/vocab"},
	"federation/vocab": {},
	"internal":         {},
}

// testing grounds are for tests and for the scripts that run them.
var testGrounds = []string{"internal/testkeys", "internal/testrig", "internal/testdb", "internal/structure", "internal/clients"}

// doors: libraries that only the named packages may import, so that there is one place to replace or to guard them.
var doors = []struct {
	library string
	allowed []string
}{
	{"github.com/gorilla/mux", []string{"handlers", "cmd"}},
	{"gorm.io", []string{"models"}},
	{"github.com/go-fed/httpsig", []string{"federation/sign"}},
	{"github.com/gowebpki/jcs", []string{"federation/sign"}},
	{"github.com/minio/minio-go", []string{"internal/media"}},
	{"github.com/coreos/go-oidc", []string{"internal/signon"}},
	{"golang.org/x/oauth2", []string{"internal/signon"}},
	{"github.com/go-webauthn/webauthn", []string{"handlers/oauth"}},
	{"github.com/zitadel/oidc", []string{"internal/testrig/provider"}},
	{"testing", []string{"internal/testrig", "internal/testdb"}},
}

// within tells whether a path is the prefix or lies in it.
func within(path, prefix string) bool {
	return path == prefix || strings.HasPrefix(path, prefix+"/")
}

func withinAny(path string, prefixes []string) bool {
	for _, prefix := range prefixes {
		if within(path, prefix) {
			return true
		}
	}
	return false
}

// checkImports judges the imports of everything but tests, which may reach anywhere.
func checkImports(t *tree) []string {
	var offences []string
	for _, s := range t.sources {
		if s.isTest() {
			continue
		}
		for _, imported := range s.imports() {
			if offence := judgeImport(s.dir(), imported); offence != "" {
				offences = append(offences, fmt.Sprintf("%s imports %s: %s", s.path, imported, offence))
			}
		}
	}
	return offences
}

// judgeImport gives the rule that the import breaks, or "".
func judgeImport(from, imported string) string {
	for _, door := range doors {
		if within(imported, door.library) && !withinAny(from, door.allowed) {
			return "only " + strings.Join(door.allowed, ", ") + " may"
		}
	}
	to, ours := strings.CutPrefix(imported, module)
	if !ours {
		return ""
	}
	switch {
	case within(from, "scripts") || withinAny(from, testGrounds):
		return ""
	case withinAny(to, testGrounds):
		return "it is for tests"
	}
	if allowed, name, ok := leaf(from); ok {
		if within(to, "internal") || withinAny(to, allowed) {
			return ""
		}
		return name + " is a leaf"
	}
	return judgeStoreys(from, to)
}

func leaf(path string) (allowed []string, name string, ok bool) {
	for name, allowed := range leafImports {
		if within(path, name) {
			return allowed, name, true
		}
	}
	return nil, "", false
}

func judgeStoreys(from, to string) string {
	upper, inner, ok := storey(from)
	if !ok {
		return from + " has no storey: give it one in internal/structure"
	}
	if _, _, isLeaf := leaf(to); isLeaf {
		return ""
	}
	lower, _, ok := storey(to)
	switch {
	case !ok:
		return to + " has no storey: give it one in internal/structure"
	case upper < lower:
		return "imports only go down"
	case upper == lower && !inner:
		return "they stand on the same storey"
	}
	return ""
}

func storey(path string) (rank int, inner, ok bool) {
	for _, s := range storeys {
		if within(path, s.prefix) {
			return s.rank, s.inner, true
		}
	}
	return 0, false, false
}
