package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTable keeps the table of docs/admin.md in step with the settings.
func TestTable(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "..", "docs", "admin.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(raw), "<!-- settings: begin -->\n")
	got, _, found := strings.Cut(rest, "<!-- settings: end -->")
	if !found {
		t.Fatal("docs/admin.md has no table between <!-- settings: begin --> and <!-- settings: end -->")
	}
	if diff := cmp.Diff(markdown(Table()), strings.TrimSpace(got)); diff != "" {
		t.Errorf("the table in docs/admin.md (-wanted +there):\n%s\nIt should be:\n%s", diff, markdown(Table()))
	}
}

func markdown(table []Setting) string {
	lines := []string{"| setting | environment variable | default | meaning |", "|---|---|---|---|"}
	for _, s := range table {
		standard := ""
		if s.Default != "" {
			standard = "`" + s.Default + "`"
		}
		lines = append(lines, "| `"+s.Name+"` | `"+s.Env+"` | "+standard+" | "+s.Meaning+" |")
	}
	return strings.Join(lines, "\n")
}

// TestComposeFile: the settings that docker/ gives are settings.
func TestComposeFile(t *testing.T) {
	known := map[string]bool{}
	for _, s := range Table() {
		known[s.Env] = true
	}
	for _, name := range []string{"compose.yaml", "Dockerfile", ".env.example", "Caddyfile", "README.md"} {
		raw, err := os.ReadFile(filepath.Join("..", "..", "docker", name))
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range strings.FieldsFunc(string(raw), notInVariable) {
			if strings.HasPrefix(word, prefix) && !known[word] {
				t.Errorf("docker/%s speaks of %s, which is no setting", name, word)
			}
		}
	}
}

func notInVariable(r rune) bool { return (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' }
