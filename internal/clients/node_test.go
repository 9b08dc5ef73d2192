package clients

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"praxis/internal/testdb"
)

// startNode runs Node.js with the bridge to a library, beside what npm installed. What its lock file pins is the library and all
// that it needs.
func startNode(t *testing.T, library string) *bridge {
	t.Helper()
	node := testdb.Tool(t, "node", "nodejs")
	folder := testdb.NodePackages(t, filepath.Join("testdata", library))
	script, err := os.ReadFile(filepath.Join("testdata", library, "bridge.mjs"))
	if err != nil {
		t.Fatal(err)
	}
	// The listener has an IPv4 address, and older releases try the first address of a name only.
	return startBridge(t, folder, node, "--dns-result-order=ipv4first", "--input-type=module", "--eval", string(script))
}

// lockFiles are those of the packages that tests install.
var lockFiles = []string{"testdata/masto", "testdata/megalodon", "../../handlers/desk/testdata/axe"}

// TestLockFilesNameNoRegistry: each machine installs from the registry that it is set up for.
func TestLockFilesNameNoRegistry(t *testing.T) {
	for _, library := range lockFiles {
		raw, err := os.ReadFile(filepath.Join(library, "package-lock.json"))
		if err != nil {
			t.Fatal(err)
		}
		lock := decode[struct{ Packages map[string]map[string]any }](t, raw)
		if len(lock.Packages) < 2 {
			t.Fatalf("the lock file of %s has %d packages", library, len(lock.Packages))
		}
		for name, pinned := range lock.Packages {
			if pinned["resolved"] != nil {
				t.Errorf("%s is pinned to an address", name)
			}
			if name != "" && pinned["integrity"] == nil {
				t.Errorf("%s has no checksum", name)
			}
		}
		if strings.Contains(string(raw), "://") {
			t.Errorf("the lock file of %s holds addresses", library)
		}
	}
}
