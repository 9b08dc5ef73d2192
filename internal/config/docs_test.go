package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
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
	for _, name := range []string{"compose.yaml", "compose.nodes.yaml", "Dockerfile", ".env.example", "Caddyfile", "Caddyfile.nodes", "README.md"} {
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

// TestComposeFilesAreWhole: each is YAML, and whatever a service names is there.
func TestComposeFilesAreWhole(t *testing.T) {
	for _, name := range []string{"compose.yaml", "compose.nodes.yaml"} {
		raw, err := os.ReadFile(filepath.Join("..", "..", "docker", name))
		if err != nil {
			t.Fatal(err)
		}
		var file struct {
			Services map[string]struct {
				Image     string
				Volumes   []string
				Networks  any
				DependsOn any `yaml:"depends_on"`
			}
			Networks, Volumes map[string]any
		}
		if err := yaml.Unmarshal(raw, &file); err != nil || len(file.Services) < 3 {
			t.Fatalf("%s: %d services, %v", name, len(file.Services), err)
		}
		for service, said := range file.Services {
			if said.Image == "" {
				t.Errorf("%s: %s has no image", name, service)
			}
			for _, other := range names(said.DependsOn) {
				if _, ok := file.Services[other]; !ok {
					t.Errorf("%s: %s waits for %s, which is no service", name, service, other)
				}
			}
			for _, network := range names(said.Networks) {
				if _, ok := file.Networks[network]; !ok {
					t.Errorf("%s: %s is in %s, which is no network", name, service, network)
				}
			}
			for _, volume := range said.Volumes {
				from, _, _ := strings.Cut(volume, ":")
				if _, ok := file.Volumes[from]; !ok && !isFile("docker/"+from) {
					t.Errorf("%s: %s has %s, which is neither volume nor file", name, service, from)
				}
			}
		}
	}
}

func isFile(path string) bool {
	info, err := os.Stat(filepath.Join("..", "..", path))
	return err == nil && info.Mode().IsRegular()
}

// names gives what a list or a map of YAML names.
func names(value any) []string {
	var found []string
	switch v := value.(type) {
	case []any:
		for _, name := range v {
			found = append(found, name.(string))
		}
	case map[string]any:
		for name := range v {
			found = append(found, name)
		}
	}
	return found
}

func notInVariable(r rune) bool { return (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' }
