package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestLeavingFromTheCommandLine: who leaves is shown as such, takes a record and an archive along, comes back, and is deleted only by
// who says so. The record verifies without the instance, and not when a word of it was changed.
func TestLeavingFromTheCommandLine(t *testing.T) {
	env, folder := settings(t), t.TempDir()
	ok := func(stdin string, args ...string) string {
		t.Helper()
		got := praxis(t, env, stdin, args...)
		if got.code != 0 {
			t.Fatalf("%v: %+v", args, got)
		}
		return got.out
	}
	for _, name := range []string{"ann", "bo", "boss"} {
		ok("", "user", "create", name)
	}
	ok("", "user", "role", "boss", "owner")
	ok("", "community", "create", "woundcare", "--title", "Wound care", "--convener", "ann")
	ok("", "user", "leave", "ann", "--reason", "contract ended")
	if got := ok("", "user", "list"); !strings.Contains(got, "left on ") {
		t.Errorf("user list: %s", got)
	}
	if got := praxis(t, env, "", "user", "leave", "boss"); got.code == 0 || !strings.Contains(got.err, "last one") {
		t.Errorf("the last owner leaves: %+v", got)
	}
	record := ok("", "user", "record", "ann")
	if got := ok(record, "record", "verify", "-"); !strings.Contains(got, "proved by https://hospital.example") || !strings.Contains(got, "proved by the community") {
		t.Errorf("verify: %s", got)
	}
	changed := strings.Replace(record, `"role":"convener"`, `"role":"king"`, 1)
	if got := praxis(t, nil, changed, "record", "verify", "-"); got.code != 1 || changed == record || !strings.Contains(got.out, "NOT PROVED") {
		t.Errorf("a record that was changed: %+v", got)
	}
	mistaken(t, praxis(t, nil, "{}", "record", "verify", "-"), "no record")
	if got := ok(record, "record", "page", "-"); !strings.Contains(got, "Wound care") {
		t.Errorf("page: %s", got)
	}
	file := filepath.Join(folder, "ann.zip")
	ok("", "user", "export", "ann", file)
	if raw, err := os.ReadFile(file); err != nil || !bytes.HasPrefix(raw, []byte("PK")) {
		t.Errorf("the archive: %v", err)
	}
	mistaken(t, praxis(t, env, "", "user", "export", "ann", file), "exists")
	list := filepath.Join(folder, "list.csv")
	if err := os.WriteFile(list, []byte("Account address\nbo@hospital.example\nann@hospital.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := ok("", "user", "import", "ann", "following", list); !strings.Contains(got, "1 to do, 1 left out") || !strings.Contains(got, "account itself") {
		t.Errorf("import: %s", got)
	}
	ok("", "user", "return", "ann")
	mistaken(t, praxis(t, env, "", "user", "delete", "ann"), "--yes")
	ok("", "user", "delete", "ann", "--yes")
	if got := ok("", "retention", "run", "--dry-run"); !strings.Contains(got, "remote") || !strings.Contains(got, "ever") {
		t.Errorf("retention: %s", got)
	}
}
