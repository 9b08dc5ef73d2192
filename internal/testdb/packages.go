package testdb

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
	"runtime"
	"sync"
	"testing"
	"time"
)

// installing lets packages be installed once, however many tests of a process ask.
var installing sync.Mutex

// NodePackages gives the folder with the packages that the lock file in a folder pins. It stays for later runs. Without npm
// or its registry the test is skipped, or fails where npm is required.
func NodePackages(t testing.TB, folder string) string {
	t.Helper()
	npm := Tool(t, "npm", "npm")
	installing.Lock()
	defer installing.Unlock()
	kept, err := installPackages(npm, folder)
	if err != nil {
		Missing(t, fmt.Sprintf("needs what %s pins, which npm did not install: %v", folder, err), "npm")
	}
	return kept
}

func installPackages(npm, folder string) (string, error) {
	files, sum := []string{"package.json", "package-lock.json", ".npmrc"}, sha256.New()
	contents := make([][]byte, len(files))
	for i, name := range files {
		var err error
		if contents[i], err = os.ReadFile(filepath.Join(folder, name)); err != nil {
			return "", err
		}
		sum.Write(contents[i])
	}
	kept := packagesFolder()
	wanted := filepath.Join(kept, filepath.Base(folder)+"-"+hex.EncodeToString(sum.Sum(nil))[:16])
	if _, err := os.Stat(wanted); err == nil {
		return wanted, nil
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
	if err := os.Rename(fresh, wanted); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	return wanted, nil
}

// packagesFolder is in the tree of the sources, where Git does not look.
func packagesFolder() string {
	_, here, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(here), "..", "..", "tmp", "clients")
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
