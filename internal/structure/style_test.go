package structure

import (
	"fmt"
	"go/ast"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

const (
	longestFunction = 80
	longestFile     = 600
)

// checkLengths: tests may run long, since a table of cases does, and nobody reads generated code.
func checkLengths(t *tree) []string {
	var offences []string
	for _, s := range t.sources {
		if s.isTest() || s.isGenerated() {
			continue
		}
		if lines := strings.Count(s.text, "\n"); lines > longestFile {
			offences = append(offences, fmt.Sprintf("%s has %d lines, more than %d", s.path, lines, longestFile))
		}
		for _, declared := range s.file.Decls {
			function, ok := declared.(*ast.FuncDecl)
			if !ok {
				continue
			}
			first, last := s.line(function.Pos()), s.line(function.End())
			if lines := last - first + 1; lines > longestFunction {
				offences = append(offences, fmt.Sprintf("%s:%d: %s has %d lines, more than %d",
					s.path, first, function.Name.Name, lines, longestFunction))
			}
		}
	}
	return offences
}

// checkDocs: each package says in its doc.go what it is.
func checkDocs(t *tree) []string {
	documented := map[string]bool{}
	for _, s := range t.sources {
		documented[s.dir()] = documented[s.dir()] || isDoc(s)
	}
	var offences []string
	for _, dir := range slices.Sorted(maps.Keys(documented)) {
		if !documented[dir] {
			offences = append(offences, dir+" has no doc.go with a package comment")
		}
	}
	return offences
}

func isDoc(s *source) bool {
	if path.Base(s.path) != "doc.go" || s.file.Doc == nil {
		return false
	}
	// Commands are documented by their name and not as a package.
	said := s.file.Doc.Text()
	return strings.HasPrefix(said, "Package "+s.file.Name.Name+" ") ||
		s.file.Name.Name == "main" && strings.TrimSpace(said) != ""
}

// machinePath is a path in somebody's home or work folder. A path of a URL has a host before it.
var machinePath = regexp.MustCompile(`(?:^|[^\w.~{}/-])(/(?:home|root|Users|work)/[\w.-]+)`)

func checkPaths(t *tree) []string {
	var offences []string
	for _, name := range slices.Sorted(maps.Keys(t.texts)) {
		for number, line := range strings.Split(t.texts[name], "\n") {
			if found := machinePath.FindStringSubmatch(line); found != nil {
				offences = append(offences, fmt.Sprintf("%s:%d: %s is a path of one machine", name, number+1, found[1]))
			}
		}
	}
	return offences
}

// unguarded are the ways to net/http's default client, which has no limits and connects to private addresses.
var unguarded = []string{"DefaultClient", "Get", "Head", "Post", "PostForm"}

func checkClients(t *tree) []string {
	var offences []string
	for _, s := range t.sources {
		if s.isTest() || !slices.Contains(s.imports(), "net/http") {
			continue
		}
		ast.Inspect(s.file, func(node ast.Node) bool {
			selector, ok := node.(*ast.SelectorExpr)
			if !ok || !slices.Contains(unguarded, selector.Sel.Name) {
				return true
			}
			if of, ok := selector.X.(*ast.Ident); ok && of.Name == "http" {
				offences = append(offences, fmt.Sprintf("%s:%d: http.%s uses the client without limits",
					s.path, s.line(selector.Pos()), selector.Sel.Name))
			}
			return true
		})
	}
	return offences
}
