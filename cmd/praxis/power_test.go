package main

import (
	"crypto/rand"
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"

	"praxis/models"
)

// posters post side by side until stop is closed; acknowledged gives the ids of what a client was told is published.
func (p *process) posters(stop <-chan struct{}) (acknowledged func() []string, working *sync.WaitGroup) {
	var mu sync.Mutex
	var uris []string
	working = &sync.WaitGroup{}
	for range 4 {
		working.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				var made demoStatus
				if err := p.member.post(p.t.Context(), "Under way", "", &made); err != nil {
					return
				}
				mu.Lock()
				uris = append(uris, made.URI)
				mu.Unlock()
			}
		})
	}
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(uris)
	}, working
}

// TestH18_PowerIsCut: what the files of a database hold at any moment, in the middle of writing, is a whole database with every
// post that was acknowledged; also where the last commit was written in part.
func TestH18_PowerIsCut(t *testing.T) {
	file := filepath.Join(t.TempDir(), "p.db")
	p := newProcess(t, "hospital", "ana", "PRAXIS_DATABASE=sqlite:"+file, "PRAXIS_CLIENT_REQUESTS=0", "PRAXIS_FFMPEG=off", "PRAXIS_LOG_LEVEL=warn")
	p.start()
	if err := p.member.signIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	acknowledged, working := p.posters(stop)
	for round := range 4 {
		goal := len(acknowledged()) + 50
		p.await("more posts", func() bool { return len(acknowledged()) >= goal })
		known := acknowledged() // no later than what the files hold
		p.signal(syscall.SIGSTOP)
		copied := filepath.Join(t.TempDir(), "copy.db")
		copyFile(t, file, copied, 0)
		copyFile(t, file+"-wal", copied+"-wal", round*1500) // a frame is longer than 4096 bytes
		p.signal(syscall.SIGCONT)
		wantWhole(t, copied, known)
	}
	close(stop)
	working.Wait()
	if code := p.end(syscall.SIGTERM); code != 0 {
		t.Errorf("it ended with %d: %s", code, p.log)
	}
}

// copyFile also adds so many bytes that mean nothing.
func copyFile(t *testing.T, from, to string, noise int) {
	t.Helper()
	raw, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	rest := make([]byte, noise)
	_, _ = rand.Read(rest) // it never fails
	if err := os.WriteFile(to, append(raw, rest...), 0o600); err != nil {
		t.Fatal(err)
	}
}

// wantWhole opens a database and looks for its posts.
func wantWhole(t *testing.T, file string, uris []string) {
	t.Helper()
	store, err := models.Open(t.Context(), "sqlite:"+file, models.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	for _, uri := range uris {
		if _, err := store.Read(t.Context()).PostByURI(uri); err != nil {
			t.Errorf("the acknowledged post %s is lost: %v", uri, err)
		}
	}
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var said string
	if err := db.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&said); err != nil || said != "ok" {
		t.Errorf("the file is %q, %v", said, err)
	}
}
