package archive

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

// ErrBroken is part of every error about a file that is no whole archive.
var ErrBroken = errors.New("the archive is broken")

// maxContents bounds the list at the end: a few million parts.
const maxContents = 1 << 30

// Part is one part while it is read.
type Part struct {
	Name string
	Size int64
	io.Reader
}

// Reader reads an archive from its beginning.
type Reader struct {
	pack *gzip.Reader
	tar  *tar.Reader
}

// NewReader reads r. Errors: ErrBroken for what is no archive.
func NewReader(r io.Reader) (*Reader, error) {
	pack, err := gzip.NewReader(bufio.NewReaderSize(r, 1<<16))
	if err != nil {
		return nil, broken("it is not packed with gzip", err)
	}
	return &Reader{pack, tar.NewReader(pack)}, nil
}

// Next gives the next part, which is good until the one after it; io.EOF after the last one. It does not check sums: Verify
// does.
func (r *Reader) Next() (*Part, error) {
	part, err := r.next()
	if err == nil && part.Name == contentsName {
		return nil, io.EOF
	}
	return part, err
}

func (r *Reader) next() (*Part, error) {
	header, err := r.tar.Next()
	switch {
	case errors.Is(err, io.EOF):
		return nil, broken("it ends without the list of its contents", nil)
	case err != nil:
		return nil, broken("it cannot be read to its end", err)
	case header.Typeflag != tar.TypeReg || !isName(header.Name):
		return nil, broken(fmt.Sprintf("%q is nothing that a backup holds", header.Name), nil)
	}
	return &Part{header.Name, header.Size, r.tar}, nil
}

// Verify reads a whole archive and compares every part with the list at the end. It calls seen with the size of each part,
// for whoever waits.
func Verify(r io.Reader, seen func(size int64)) error {
	reader, err := NewReader(r)
	if err != nil {
		return err
	}
	var found []Entry
	for {
		part, err := reader.next()
		if err != nil {
			return err
		}
		if part.Name == contentsName {
			return reader.compare(part, found)
		}
		sum := sha256.New()
		if _, err := io.Copy(sum, part); err != nil {
			return broken(part.Name+" cannot be read", err)
		}
		found = append(found, Entry{part.Name, part.Size, hex.EncodeToString(sum.Sum(nil))})
		seen(part.Size)
	}
}

// compare checks the list, and that nothing comes after it: the sum of gzip stands at the very end.
func (r *Reader) compare(part *Part, found []Entry) error {
	var listed []Entry
	raw, err := io.ReadAll(io.LimitReader(part, maxContents))
	if err == nil {
		err = json.Unmarshal(raw, &listed)
	}
	if err != nil {
		return broken("the list of its contents cannot be read", err)
	}
	for i := range min(len(listed), len(found)) {
		if listed[i] != found[i] {
			return broken(found[i].Name+" is not as the list of its contents has it", nil)
		}
	}
	if !slices.Equal(listed, found) {
		return broken(fmt.Sprintf("it has %d parts, and its list has %d", len(found), len(listed)), nil)
	}
	if _, err := r.tar.Next(); !errors.Is(err, io.EOF) {
		return broken("something follows the list of its contents", err)
	}
	if _, err := io.Copy(io.Discard, r.pack); err != nil {
		return broken("its end cannot be read", err)
	}
	return nil
}

// isName keeps names inside: parts become files.
func isName(name string) bool {
	return name != "" && len(name) < 200 && path.Clean("/"+name) == "/"+name && !strings.ContainsAny(name, "\\\x00")
}

func broken(what string, cause error) error {
	if cause != nil {
		return fmt.Errorf("%w: %s: %w", ErrBroken, what, cause)
	}
	return fmt.Errorf("%w: %s", ErrBroken, what)
}
