package testdb

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// oldestServer is the first PostgreSQL release that Praxis supports.
const oldestServer = 15

var errNoServer = errors.New("needs PostgreSQL 15 or newer: install the Debian package postgresql")

// findServer gives the folder with initdb, pg_ctl and postgres of the newest release that is installed.
func findServer(ctx context.Context) (string, error) {
	best, newest := "", oldestServer-1
	for _, bin := range serverFolders(ctx) {
		if release := serverRelease(ctx, bin); release > newest {
			best, newest = bin, release
		}
	}
	if best == "" {
		return "", errNoServer
	}
	return best, nil
}

// serverFolders: Debian keeps the server's programs out of PATH, one folder per release.
func serverFolders(ctx context.Context) []string {
	var folders []string
	if path, err := exec.LookPath("initdb"); err == nil {
		folders = append(folders, filepath.Dir(path))
	}
	if out, err := exec.CommandContext(ctx, "pg_config", "--bindir").Output(); err == nil {
		folders = append(folders, strings.TrimSpace(string(out)))
	}
	debian, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return folders
	}
	return append(folders, debian...)
}

var releasePattern = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// serverRelease gives the major version of the server in the folder, or 0 when it is no complete server.
func serverRelease(ctx context.Context, bin string) int {
	for _, program := range []string{"initdb", "pg_ctl"} {
		if _, err := os.Stat(filepath.Join(bin, program)); err != nil {
			return 0
		}
	}
	out, err := exec.CommandContext(ctx, filepath.Join(bin, "postgres"), "--version").Output()
	if err != nil {
		return 0
	}
	return parseRelease(string(out))
}

func parseRelease(said string) int {
	found := releasePattern.FindStringSubmatch(said)
	if found == nil {
		return 0
	}
	release, err := strconv.Atoi(found[1])
	if err != nil {
		return 0
	}
	return release
}
