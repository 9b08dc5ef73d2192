package testdb

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"
)

func needServer(t *testing.T) {
	t.Helper()
	if _, err := findServer(t.Context()); err != nil {
		Missing(t, err.Error(), "postgres", "postgresql")
	}
}

func TestStopEndsTheServerAndRemovesItsFolder(t *testing.T) {
	needServer(t)
	cluster, err := Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := open(t, cluster.URL()).PingContext(t.Context()); err != nil {
		t.Errorf("the cluster does not answer: %v", err)
	}
	if err := cluster.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(cluster.dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder is still there: %v", err)
	}
	if err := open(t, cluster.URL()).PingContext(t.Context()); err == nil {
		t.Error("the server still answers")
	}
}

// childVariable makes this test binary play the process that starts a cluster and is killed.
const childVariable = "PRAXIS_TESTDB_CHILD"

func TestClusterEndsWhenItsProcessIsKilled(t *testing.T) {
	if os.Getenv(childVariable) != "" {
		playChild(t)
		return
	}
	needServer(t)
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestClusterEndsWhenItsProcessIsKilled$")
	child.Env = append(os.Environ(), childVariable+"=1")
	if _, err := child.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	address := readAddress(t, out)
	if err := open(t, address).PingContext(t.Context()); err != nil {
		t.Fatalf("the child's cluster does not answer: %v", err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait() // "signal: killed" is what we asked for
	awaitGone(t, address)
}

func playChild(t *testing.T) {
	cluster, err := Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stdout.WriteString(cluster.URL() + "\n"); err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, os.Stdin) // until we are killed: nothing is ever written to it
	runtime.KeepAlive(cluster)           // or its pipe would be closed as garbage
}

func readAddress(t *testing.T, out interface{ Read([]byte) (int, error) }) string {
	t.Helper()
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "postgres://") {
			return lines.Text()
		}
	}
	t.Fatal("the child gave no address")
	return ""
}

// awaitGone looks at the folder and not at a clock of the test's own: the guard removes it after the server has ended.
func awaitGone(t *testing.T, address string) {
	t.Helper()
	parsed, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	dir := parsed.Query().Get("host")
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
			return
		}
	}
	t.Fatalf("%s is still there", dir)
}

func TestAwaitReadyTellsWhatWentWrong(t *testing.T) {
	if err := awaitReady(strings.NewReader("hello\nready\n")); err != nil {
		t.Errorf("ready is an error: %v", err)
	}
	err := awaitReady(strings.NewReader("no space left\n"))
	if err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("got %v", err)
	}
}

func TestParseRelease(t *testing.T) {
	for said, want := range map[string]int{
		"postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)": 15,
		"postgres (PostgreSQL) 18beta1":                        18,
		"postgres (PostgreSQL) 9.6.24":                         9,
		"something else 17":                                    0,
		"":                                                     0,
	} {
		if got := parseRelease(said); got != want {
			t.Errorf("parseRelease(%q) = %d, want %d", said, got, want)
		}
	}
}
