package main

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"praxis/internal/testdb"
)

// place is an instance on the command line: settings with a database and a folder of its own.
func place(t *testing.T, host, database string) []string {
	t.Helper()
	return []string{"PRAXIS_HOST=" + host, "PRAXIS_DATABASE=" + database, "PRAXIS_MEDIA_DIR=" + filepath.Join(t.TempDir(), "media")}
}

func mediaFiles(t *testing.T, environ []string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(strings.TrimPrefix(environ[2], "PRAXIS_MEDIA_DIR="), "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range found {
		found[i] = filepath.Base(found[i])
	}
	return found
}

func pngFile(t *testing.T) string {
	t.Helper()
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 4, 4))); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "x.png")
	if err := os.WriteFile(path, picture.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// well runs a command that must succeed.
func well(t *testing.T, environ []string, args ...string) string {
	t.Helper()
	got := praxis(t, environ, "", args...)
	if got.code != 0 {
		t.Fatalf("%v: exit %d: %s", args, got.code, got.err)
	}
	return got.out
}

// TestH25_BackupAndRestore walks the drill of docs/admin.md, from each database into each.
func TestH25_BackupAndRestore(t *testing.T) {
	testdb.Each(t, func(t *testing.T, from string) {
		env, folder := place(t, "hospital.example", from), t.TempDir()
		well(t, env, "user", "create", "ann", "--admin")
		well(t, env, "emoji", "add", "thumbs", pngFile(t))
		users := well(t, env, "user", "list")
		said := well(t, env, "backup", folder)
		file := regexp.MustCompile(regexp.QuoteMeta(folder) + `/praxis-hospital\.example-\d{8}T\d{6}Z\.tar\.gz`).FindString(said)
		if file == "" || !strings.Contains(said, ", 1 files,") {
			t.Fatalf("backup said %q", said)
		}
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the backup is readable for others: %v, %v", info, err)
		}
		mistaken(t, praxis(t, env, "", "backup", file), "there already")
		if got := praxis(t, env, "", "restore", file); got.code != 2 || !strings.Contains(got.err, "not empty") {
			t.Errorf("into a full database: %+v", got)
		}
		testdb.Each(t, func(t *testing.T, to string) {
			fresh := place(t, "hospital.example", to)
			if said := well(t, fresh, "restore", file); !strings.Contains(said, "restored hospital.example as it was at 20") {
				t.Errorf("restore said %q", said)
			}
			if again := well(t, fresh, "user", "list"); again != users {
				t.Errorf("users were %q and are %q", users, again)
			}
			if before, after := mediaFiles(t, env), mediaFiles(t, fresh); len(before) != 1 || !slices.Equal(before, after) {
				t.Errorf("files were %q and are %q", before, after)
			}
			if got := well(t, fresh, "doctor", "--offline"); !strings.Contains(got, "keys that fit") || !strings.Contains(got, "restored") {
				t.Errorf("doctor: %s", got)
			}
		})
	})
}

// TestH25_NothingOfABrokenBackup: neither rows nor files of a backup that is cut off, changed, or of another host are kept.
func TestH25_NothingOfABrokenBackup(t *testing.T) {
	env, file := place(t, "hospital.example", testdb.SQLite(t)), filepath.Join(t.TempDir(), "b.tar.gz")
	well(t, env, "user", "create", "ann")
	well(t, env, "emoji", "add", "thumbs", pngFile(t))
	well(t, env, "backup", file)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	fresh := place(t, "hospital.example", testdb.EmptySQLite(t))
	for name, content := range map[string][]byte{
		"cut off": whole[:len(whole)-200], "changed": append(bytes.Clone(whole[:len(whole)-5]), "12345"...), "empty": nil, "text": []byte("-- a dump"),
	} {
		broken := filepath.Join(t.TempDir(), "b.tar.gz")
		if err := os.WriteFile(broken, content, 0o600); err != nil {
			t.Fatal(err)
		}
		got := praxis(t, fresh, "", "restore", broken)
		if got.code != 2 || !strings.Contains(got.err, "nothing was restored: the archive is broken") {
			t.Errorf("%s: %+v", name, got)
		}
	}
	other := append([]string{"PRAXIS_HOST=clinic.example"}, fresh[1:]...)
	got := praxis(t, other, "", "restore", file)
	if got.code != 2 || !strings.Contains(got.err, "hospital.example") || !strings.Contains(got.err, "clinic.example") {
		t.Errorf("another host: %+v", got)
	}
	mistaken(t, praxis(t, fresh, "", "restore", file+".absent"), "absent")
	if files := mediaFiles(t, fresh); len(files) != 0 {
		t.Errorf("files are left: %q", files)
	}
	well(t, fresh, "restore", file)
}

func TestH25_BackupWithoutFiles(t *testing.T) {
	env, file := place(t, "hospital.example", testdb.SQLite(t)), filepath.Join(t.TempDir(), "b.tar.gz")
	well(t, env, "emoji", "add", "thumbs", pngFile(t))
	well(t, env, "backup", "--no-media", file)
	fresh := place(t, "hospital.example", testdb.EmptySQLite(t))
	if said := well(t, fresh, "restore", file); !strings.Contains(said, "has no files") || len(mediaFiles(t, fresh)) != 0 {
		t.Errorf("restore said %q", said)
	}
	mistaken(t, praxis(t, place(t, "clinic.example", strings.TrimPrefix(env[1], "PRAXIS_DATABASE=")), "", "backup", file+"2"), "hospital.example")
	mistaken(t, praxis(t, place(t, "clinic.example", testdb.EmptySQLite(t)), "", "backup", file+"2"), "no database")
}

func TestKeysRenew(t *testing.T) {
	env := place(t, "hospital.example", testdb.SQLite(t))
	well(t, env, "user", "create", "ann")
	if said := well(t, env, "keys", "renew"); said != "all keys fit\n" {
		t.Errorf("nothing is lost, and it said %q", said)
	}
	if said := well(t, env, "keys", "renew", "ann"); said != "ann@hospital.example has new keys\n" {
		t.Errorf("it said %q", said)
	}
	mistaken(t, praxis(t, env, "", "keys", "renew", "bo"), `"bo"`)
}
