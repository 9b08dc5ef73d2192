package media

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "media")
	folder := NewFolder(path)
	name := NewName(".png")
	if !IsName(name) || name == NewName(".png") {
		t.Fatalf("name %q", name)
	}
	if _, err := folder.Open(t.Context(), name); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("before there is a folder: %v", err)
	}
	if err := folder.Delete(t.Context(), name); err != nil {
		t.Errorf("deleting what is not there: %v", err)
	}
	if err := folder.Put(t.Context(), name, strings.NewReader("content")); err != nil {
		t.Fatal(err)
	}
	file, err := folder.Open(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	if raw, err := io.ReadAll(file); err != nil || string(raw) != "content" || file.ModTime().IsZero() {
		t.Errorf("got %q, %v", raw, err)
	}
	if err := file.Close(); err != nil {
		t.Error(err)
	}
	info, err := os.Stat(filepath.Join(path, name[:2], name))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", info, err)
	}
	if err := folder.Delete(t.Context(), name); err != nil {
		t.Error(err)
	}
	if _, err := folder.Open(t.Context(), name); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after it was deleted: %v", err)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("the line broke") }

func TestHalfAFileIsNone(t *testing.T) {
	path := t.TempDir()
	if err := NewFolder(path).Put(t.Context(), NewName(".png"), broken{}); err == nil {
		t.Error("a broken upload is kept")
	}
	err := filepath.WalkDir(path, func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			t.Errorf("%s was left", name)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestG20_NamesLeadNowhereElse holds the folder against paths and links.
func TestG20_NamesLeadNowhereElse(t *testing.T) {
	path := t.TempDir()
	folder := NewFolder(filepath.Join(path, "media"))
	outside := filepath.Join(path, "secret.png")
	if err := os.WriteFile(outside, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	name := NewName(".png")
	if err := folder.Put(t.Context(), name, strings.NewReader("x")); err != nil {
		t.Fatal(err)
	}
	linked := name[:2] + strings.Repeat("a", 24) + ".png"
	if err := os.Symlink(outside, filepath.Join(path, "media", name[:2], linked)); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"", "../secret.png", "..", name[:2] + "/" + name, strings.ToUpper(name), name + ".html/..", name + "\x00", linked} {
		if _, err := folder.Open(t.Context(), bad); err == nil {
			t.Errorf("%q is opened", bad)
		}
		if bad != linked {
			if err := folder.Put(t.Context(), bad, strings.NewReader("x")); err == nil {
				t.Errorf("%q is kept", bad)
			}
		}
	}
	for name, want := range map[string]string{"x.jpg": "image/jpeg", "x.png": "image/png", "x.gif": "image/gif", "x.svg": "", "x.html": "", "x.json": "", "x" + Waiting: "", "x": ""} {
		if got := TypeOf(name); got != want {
			t.Errorf("%s is given out as %q", name, got)
		}
	}
}
