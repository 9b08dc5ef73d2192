package bench

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	_ "modernc.org/sqlite" // the database whose commits are counted
)

// machine measures what this machine can do at most: the rates to which those of servers compare.
func (w *World) machine(ctx context.Context) []Row {
	w.cfg.Say("measuring the machine")
	long := min(w.cfg.Seconds, time.Second)
	digest := sha256.Sum256([]byte(prose))
	key := w.ca.actorKey
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil
	}
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:])
	if err != nil {
		return nil
	}
	proof := ed25519.Sign(private, digest[:])
	signRSA := func() { _, _ = rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:]) }
	verifyRSA := func() { _ = rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, digest[:], signature) }
	rows := []Row{
		limitOf("RSA-2048 signatures, one core", rate(ctx, 1, long, signRSA)),
		limitOf("RSA-2048 signatures, all cores", rate(ctx, runtime.NumCPU(), long, signRSA)),
		limitOf("RSA-2048 verified, one core", rate(ctx, 1, long, verifyRSA)),
		limitOf("Ed25519 signatures, one core", rate(ctx, 1, long, func() { ed25519.Sign(private, digest[:]) })),
		limitOf("Ed25519 verified, one core", rate(ctx, 1, long, func() { ed25519.Verify(public, digest[:], proof) })),
	}
	if inserts, err := commits(ctx, w.cfg.Folder, long, verifyRSA); err == nil {
		rows = append(rows, limitOf("verified and committed, SQLite", inserts))
	}
	return rows
}

func limitOf(name string, value float64) Row {
	return Row{Scenario: "machine", Name: name, Unit: "/s", Values: map[string]float64{"machine": value}}
}

// rate gives how often something can be done in a second on some cores.
func rate(ctx context.Context, cores int, long time.Duration, do func()) float64 {
	var count atomic.Int64
	var wait sync.WaitGroup
	begun := time.Now()
	for range cores {
		wait.Go(func() {
			for time.Since(begun) < long && ctx.Err() == nil {
				do()
				count.Add(1)
			}
		})
	}
	wait.Wait()
	return perSecond(int(count.Load()), time.Since(begun))
}

// commits gives how often in a second a signature can be verified and a row of the size of a note be committed to SQLite, by
// one writer, durably.
func commits(ctx context.Context, folder string, long time.Duration, verify func()) (float64, error) {
	dir, err := os.MkdirTemp(folder, "commits")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	file := (&url.URL{Path: filepath.Join(dir, "a.db")}).EscapedPath()
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_txlock=immediate")
	if err != nil {
		return 0, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, `CREATE TABLE note (id INTEGER PRIMARY KEY, uri text UNIQUE, payload text)`); err != nil {
		return 0, err
	}
	payload := strings.Repeat(prose, 6)
	var failed error
	number := 0
	found := rate(ctx, 1, long, func() {
		verify()
		number++
		if _, err := db.ExecContext(ctx, `INSERT INTO note (uri, payload) VALUES (?, ?)`, number, payload); err != nil {
			failed = err
		}
	})
	return found, failed
}
