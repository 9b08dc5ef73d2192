package clients

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"praxis/internal/testdb"
)

// startNode runs Node.js with the bridge to a library, beside what npm installed. What its lock file pins is the library and all
// that it needs.
func startNode(t *testing.T, library string) *bridge {
	t.Helper()
	node, npm := testdb.Tool(t, "node", "nodejs"), testdb.Tool(t, "npm", "npm")
	folder, err := installed(npm, library)
	if err != nil {
		testdb.Missing(t, fmt.Sprintf("needs %s, which npm did not install: %v", library, err), "npm")
	}
	script, err := os.ReadFile(filepath.Join("testdata", library, "bridge.mjs"))
	if err != nil {
		t.Fatal(err)
	}
	// The listener has an IPv4 address, and older releases try the first address of a name only.
	return startBridge(t, folder, node, "--dns-result-order=ipv4first", "--input-type=module", "--eval", string(script))
}

// installing has one lock for each library, so that they are installed at the same time, and each only once.
var installing = map[string]*sync.Mutex{"masto": {}, "megalodon": {}}

// installed gives the folder with the packages that the lock file pins. It stays for later runs.
func installed(npm, library string) (string, error) {
	installing[library].Lock()
	defer installing[library].Unlock()
	files, sum := []string{"package.json", "package-lock.json", ".npmrc"}, sha256.New()
	contents := make([][]byte, len(files))
	for i, name := range files {
		var err error
		if contents[i], err = os.ReadFile(filepath.Join("testdata", library, name)); err != nil {
			return "", err
		}
		sum.Write(contents[i])
	}
	kept, err := filepath.Abs(filepath.Join("..", "..", "tmp", "clients"))
	if err != nil {
		return "", err
	}
	folder := filepath.Join(kept, library+"-"+hex.EncodeToString(sum.Sum(nil))[:16])
	if _, err := os.Stat(folder); err == nil {
		return folder, nil
	}
	if err := os.MkdirAll(kept, 0o755); err != nil {
		return "", err
	}
	fresh, err := os.MkdirTemp(kept, "install-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(fresh)
	for i, name := range files {
		if err := os.WriteFile(filepath.Join(fresh, name), contents[i], 0o644); err != nil {
			return "", err
		}
	}
	if err := runNPM(npm, fresh); err != nil {
		return "", err
	}
	// Another run may have been faster; what it installed is the same.
	if err := os.Rename(fresh, folder); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	return folder, nil
}

func runNPM(npm, folder string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts")
	cmd.Dir = folder
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci: %w: %s", err, out)
	}
	return nil
}

// TestLockFilesNameNoRegistry: each machine installs from the registry that it is set up for.
func TestLockFilesNameNoRegistry(t *testing.T) {
	for library := range installing {
		raw, err := os.ReadFile(filepath.Join("testdata", library, "package-lock.json"))
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
