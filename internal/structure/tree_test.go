package structure

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"
)

// source is one Go file. The tree is parsed and not loaded by `go list`: a package that does not build, or a file of
// another operating system, is judged all the same.
type source struct {
	path   string // from the root, with slashes
	text   string
	file   *ast.File
	tokens *token.FileSet
}

func (s *source) isTest() bool      { return strings.HasSuffix(s.path, "_test.go") }
func (s *source) isGenerated() bool { return ast.IsGenerated(s.file) }
func (s *source) dir() string       { return path.Dir(s.path) }

func (s *source) line(pos token.Pos) int { return s.tokens.Position(pos).Line }

// imports gives the import paths, unquoted.
func (s *source) imports() []string {
	var paths []string
	for _, spec := range s.file.Imports {
		paths = append(paths, strings.Trim(spec.Path.Value, "`\""))
	}
	return paths
}

// tree is what the rules look at.
type tree struct {
	sources []*source
	texts   map[string]string // every text file by its path, Go files among them
	broken  []string          // Go files that cannot be parsed, with the reason
}

// passedOver are folders that are no part of the project: what others wrote, what a build or a test left.
var passedOver = []string{".git", "node_modules", "vendor", "testdata", "bin", "tmp", "coverage"}

// textEndings are the files that people write.
var textEndings = []string{".go", ".md", ".sh", ".yml", ".yaml", ".toml", ".html", ".css", ".js", ".sql", "Makefile", "Dockerfile", "Caddyfile", "run"}

const largestText = 1 << 20

func readTree(t *testing.T, root fs.FS) *tree {
	t.Helper()
	found := &tree{texts: map[string]string{}}
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains(passedOver, entry.Name()):
			return fs.SkipDir
		case entry.IsDir() || !entry.Type().IsRegular() || !hasEnding(name, textEndings):
			return nil
		}
		return found.read(root, name, entry)
	})
	if err != nil {
		t.Fatalf("read the source tree: %v", err)
	}
	return found
}

func hasEnding(name string, endings []string) bool {
	return slices.ContainsFunc(endings, func(ending string) bool { return strings.HasSuffix(name, ending) })
}

func (t *tree) read(root fs.FS, name string, entry fs.DirEntry) error {
	info, err := entry.Info()
	if err != nil || info.Size() > largestText {
		return err
	}
	text, err := fs.ReadFile(root, name)
	if err != nil {
		return err
	}
	t.texts[name] = string(text)
	if !strings.HasSuffix(name, ".go") {
		return nil
	}
	tokens := token.NewFileSet()
	file, err := parser.ParseFile(tokens, name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.broken = append(t.broken, fmt.Sprintf("%s cannot be read as Go: %v", name, err))
		return nil
	}
	t.sources = append(t.sources, &source{path: name, text: string(text), file: file, tokens: tokens})
	return nil
}
