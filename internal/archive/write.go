package archive

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// contentsName is the part that lists the others. It is the last one.
const contentsName = "contents.json"

// Entry is a part as the list at the end has it.
type Entry struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Writer writes an archive. It is whole once Close was without error.
type Writer struct {
	pack    *gzip.Writer
	tar     *tar.Writer
	at      time.Time
	entries []Entry
	names   map[string]bool
}

// NewWriter writes to w; at is when the archive was made.
func NewWriter(w io.Writer, at time.Time) *Writer {
	pack, err := gzip.NewWriterLevel(w, gzip.BestSpeed) // pictures are packed already, and rows pack well at any level
	if err != nil {
		panic(err) // the level is a constant
	}
	return &Writer{pack: pack, tar: tar.NewWriter(pack), at: at, names: map[string]bool{}}
}

// Add writes a part of exactly size bytes. Errors: a name that is no name or was there before; a reader that is shorter.
func (w *Writer) Add(name string, size int64, content io.Reader) error {
	if !isName(name) || w.names[name] || name == contentsName {
		return fmt.Errorf("write the archive: %q cannot be the name of a part", name)
	}
	entry, err := w.add(name, size, content)
	if err != nil {
		return fmt.Errorf("write %s into the archive: %w", name, err)
	}
	w.names[name] = true
	w.entries = append(w.entries, entry)
	return nil
}

func (w *Writer) add(name string, size int64, content io.Reader) (Entry, error) {
	header := &tar.Header{Name: name, Size: size, Mode: 0o600, ModTime: w.at, Format: tar.FormatPAX}
	if err := w.tar.WriteHeader(header); err != nil {
		return Entry{}, err
	}
	sum := sha256.New()
	if _, err := io.CopyN(io.MultiWriter(w.tar, sum), content, size); err != nil {
		return Entry{}, err
	}
	return Entry{name, size, hex.EncodeToString(sum.Sum(nil))}, nil
}

// Close writes the list of all parts and ends the archive. It does not close what the archive is written to.
func (w *Writer) Close() error {
	list, err := json.Marshal(w.entries)
	if err != nil {
		return fmt.Errorf("write the contents of the archive: %w", err)
	}
	header := &tar.Header{Name: contentsName, Size: int64(len(list)), Mode: 0o600, ModTime: w.at, Format: tar.FormatPAX}
	if err := w.tar.WriteHeader(header); err != nil {
		return fmt.Errorf("write the contents of the archive: %w", err)
	}
	_, err = w.tar.Write(list)
	if err := errors.Join(err, w.tar.Close(), w.pack.Close()); err != nil {
		return fmt.Errorf("end the archive: %w", err)
	}
	return nil
}
