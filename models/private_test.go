package models_test

import (
	"os"
	"path/filepath"
	"testing"

	"praxis/models"
)

func TestSQLiteFilesArePrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "p.db")
	store, err := models.Open(t.Context(), "sqlite:"+path, models.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	for _, name := range []string{path, path + "-wal"} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if rights := info.Mode().Perm(); rights != 0o600 {
			t.Errorf("%s has rights %o", filepath.Base(name), rights)
		}
	}
}
