package models

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// openFile opens a store on a file of its own and gives how long its log is.
func openFile(t *testing.T) (h *house, log func() int64) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "p.db")
	return openHouse(t, "sqlite:"+path), func() int64 {
		info, err := os.Stat(path + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
}

// write commits a row of so many bytes.
func (h *house) write(name string, size int) {
	h.Helper()
	h.do(func(tx *Tx) error { return tx.PutSetting(name, strings.Repeat("x", size)) })
}

// TestH18_EveryConnectionIsDurable: a commit is on the disk before it is acknowledged, whichever connection made it.
func TestH18_EveryConnectionIsDurable(t *testing.T) {
	h, _ := openFile(t)
	db, err := h.db.DB()
	if err != nil {
		t.Fatal(err)
	}
	var open []*sql.Conn
	for range db.Stats().MaxOpenConnections {
		conn, err := db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, conn)
		for pragma, want := range map[string]string{"synchronous": "2", "journal_mode": "wal", "busy_timeout": "10000", "foreign_keys": "1"} {
			var got string
			if err := conn.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
				t.Errorf("%s is %q, want %q, %v", pragma, got, want, err)
			}
		}
	}
	for _, conn := range open {
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestH18_ALongReaderHoldsUpNobody: while a backup reads one moment, others write; the log, which has to keep what the reader
// must not see, is short again when it has gone.
func TestH18_ALongReaderHoldsUpNobody(t *testing.T) {
	h, log := openFile(t)
	h.write("before", 10)
	reader, err := h.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range 60 {
		h.write(fmt.Sprint("meanwhile", i), 512<<10)
	}
	if size := log(); size < 2*keptLog {
		t.Fatalf("a log of %d bytes tells nothing", size)
	}
	if value, err := reader.Setting(t.Context(), "meanwhile59"); err == nil && value != "" {
		t.Error("the reader sees what came later")
	}
	if err := reader.Close(); err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		h.write(fmt.Sprint("after", i), 10)
	}
	if size := log(); size > keptLog {
		t.Errorf("the log has %d bytes after the reader has gone, want %d at most", size, keptLog)
	}
}

// TestH18_TheLogIsBoundedAmongManyReaders: short readers that are there all the time do not let the log grow.
func TestH18_TheLogIsBoundedAmongManyReaders(t *testing.T) {
	h, log := openFile(t)
	for i := range 200 {
		h.write(fmt.Sprint("setting", i), 1000)
	}
	stop := make(chan struct{})
	var working sync.WaitGroup
	for range 4 {
		working.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if _, err := h.read().CountRows("setting"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	var longest int64
	for i := range 1500 {
		h.write(fmt.Sprint("setting", i%200), 8000)
		longest = max(longest, log())
	}
	close(stop)
	working.Wait()
	if longest > keptLog {
		t.Errorf("the log grew to %d bytes", longest)
	}
	t.Logf("the log had %d bytes at most", longest)
}
