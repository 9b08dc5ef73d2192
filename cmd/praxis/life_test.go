package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"praxis/internal/testdb"
	"praxis/models"
)

// second starts the same organization once more, at another port, and gives what it said and its exit status.
func (p *process) second() (said string, code int) {
	p.t.Helper()
	command := exec.Command(os.Args[0], "serve")
	command.Env = slices.Concat(p.environ, []string{runAsPraxis + "=1", "PRAXIS_LISTEN=127.0.0.1:0"})
	out, _ := command.CombinedOutput()
	return string(out), command.ProcessState.ExitCode()
}

// TestH27_SecondCopyIsRefused: one process serves an SQLite file; another one ends at once and says why, and nothing is
// restored over the first. When the first is gone, however it ended, the next may.
func TestH27_SecondCopyIsRefused(t *testing.T) {
	p := newProcess(t, "hospital", "ana")
	p.start()
	said, code := p.second()
	if code != 2 || strings.Count(said, "\n") != 1 || !strings.Contains(said, "stop it first") {
		t.Errorf("a second copy ended with %d: %s", code, said)
	}
	file := filepath.Join(t.TempDir(), "b.tar.gz")
	well(t, p.environ, "backup", "--no-media", file) // while it serves
	if got := praxis(t, p.environ, "", "restore", "--no-media", file); got.code != 2 || !strings.Contains(got.err, "stop it first") {
		t.Errorf("restored under a process that serves: %+v", got)
	}
	p.end(syscall.SIGKILL)
	p.start()
	if code := p.end(syscall.SIGTERM); code != 0 {
		t.Errorf("ended with %d", code)
	}
}

// TestH27_NodesOfAnotherEpochStop: several may serve one PostgreSQL, but once a backup is restored into it, those of before
// end and say why.
func TestH27_NodesOfAnotherEpochStop(t *testing.T) {
	database := testdb.Postgres(t)
	one := newProcess(t, "hospital", "ana", "PRAXIS_DATABASE="+database)
	two := *one
	two.port, two.log = freePort(t), &safeBuffer{}
	one.start()
	two.startAt("127.0.0.1:0")
	two.await("the second node", func() bool { return strings.Contains(two.log.String(), "instance serves") })
	store, err := models.Open(t.Context(), database, models.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if err := store.Tx(t.Context(), func(tx *models.Tx) error { return tx.PutSetting(models.SettingEpoch, "2 restored") }); err != nil {
		t.Fatal(err)
	}
	for _, p := range []*process{one, &two} {
		ended := make(chan struct{})
		go func() { _ = p.command.Wait(); close(ended) }() // how it ended is read below
		select {
		case <-ended:
		case <-time.After(30 * time.Second):
			t.Fatalf("a node of another epoch goes on: %s", p.log)
		}
		if code := p.command.ProcessState.ExitCode(); code != 2 || !strings.Contains(p.log.String(), "start it again") {
			t.Errorf("ended with %d: %s", code, p.log)
		}
	}
	one.start()
	if code := one.end(syscall.SIGTERM); code != 0 {
		t.Errorf("after it was started again it ended with %d", code)
	}
}
