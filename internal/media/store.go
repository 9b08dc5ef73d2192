package media

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// Store keeps files under names that NewName made. It is an interface, for files may come to lie somewhere else than in a
// folder. Errors of Open for what is not there are fs.ErrNotExist.
type Store interface {
	Put(ctx context.Context, name string, content io.Reader) error
	Open(ctx context.Context, name string) (Content, error)
	// Delete forgets a file; one that is not there is no error.
	Delete(ctx context.Context, name string) error
	// Each calls visit with the name of each file, in no order that means anything, until visit gives an error.
	Each(ctx context.Context, visit func(name string) error) error
}

// Content is a kept file, open for reading.
type Content interface {
	io.ReadSeekCloser
	ModTime() time.Time
}

// Waiting is the ending of files that are not served: uploads that are still to be worked on.
const Waiting = ".upload"

// namePattern: 130 random bits, lower case. Who does not know a name cannot find it, which is what keeps the pictures of
// posts that are not for everybody.
var namePattern = regexp.MustCompile(`^[a-z2-7]{26}\.[a-z0-9]{2,8}$`)

// NewName gives a fresh name with an ending such as ".jpg".
func NewName(ending string) string { return strings.ToLower(rand.Text()) + ending }

// IsName reports whether a file may be called so. Such a name leads nowhere else (security case G20).
func IsName(name string) bool { return namePattern.MatchString(name) }

// Folder keeps files in a folder of this machine, in subfolders by the first two letters of their names. The folder is made
// with the first file.
type Folder struct{ path string }

// NewFolder gives the Store of a folder.
func NewFolder(path string) *Folder { return &Folder{path: path} }

// Put writes a file whole or not at all: it is written beside its place and then moved.
func (f *Folder) Put(_ context.Context, name string, content io.Reader) error {
	if !IsName(name) {
		return fmt.Errorf("keep file: %q is no name of a file", name)
	}
	if err := os.MkdirAll(filepath.Join(f.path, name[:2]), 0o700); err != nil {
		return fmt.Errorf("keep file: %w", err)
	}
	root, err := os.OpenRoot(f.path)
	if err != nil {
		return fmt.Errorf("keep file: %w", err)
	}
	defer func() { _ = root.Close() }()
	path := place(name)
	if err := write(root, path+".part", content); err != nil {
		return errors.Join(fmt.Errorf("keep file: %w", err), ignoreAbsent(root.Remove(path+".part")))
	}
	if err := root.Rename(path+".part", path); err != nil {
		return fmt.Errorf("keep file: %w", err)
	}
	return nil
}

func write(root *os.Root, path string, content io.Reader) error {
	file, err := root.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err := io.Copy(file, content); err != nil {
		return errors.Join(err, file.Close())
	}
	return errors.Join(file.Sync(), file.Close())
}

// Open gives a kept file.
func (f *Folder) Open(_ context.Context, name string) (Content, error) {
	if !IsName(name) {
		return nil, fs.ErrNotExist
	}
	root, err := os.OpenRoot(f.path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }()
	file, err := root.Open(place(name))
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil, errors.Join(fs.ErrNotExist, err, file.Close())
	}
	return folderFile{file, info.ModTime()}, nil
}

// Delete forgets a file.
func (f *Folder) Delete(_ context.Context, name string) error {
	if !IsName(name) {
		return nil
	}
	root, err := os.OpenRoot(f.path)
	if err != nil {
		return ignoreAbsent(err)
	}
	defer func() { _ = root.Close() }()
	return ignoreAbsent(root.Remove(place(name)))
}

// Each visits the files in the subfolders. What has no name of a file, such as a file that is being written, is none.
func (f *Folder) Each(ctx context.Context, visit func(name string) error) error {
	folders, err := os.ReadDir(f.path)
	if err != nil {
		return ignoreAbsent(err)
	}
	for _, folder := range folders {
		if !folder.IsDir() || len(folder.Name()) != 2 {
			continue
		}
		files, err := os.ReadDir(filepath.Join(f.path, folder.Name()))
		if err != nil {
			return fmt.Errorf("list files: %w", err)
		}
		for _, file := range files {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if !IsName(file.Name()) || file.Name()[:2] != folder.Name() {
				continue
			}
			if err := visit(file.Name()); err != nil {
				return err
			}
		}
	}
	return nil
}

func ignoreAbsent(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func place(name string) string { return name[:2] + "/" + name }

type folderFile struct {
	*os.File
	changed time.Time
}

// ModTime says when the file was written.
func (f folderFile) ModTime() time.Time { return f.changed }
