package clients

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"
)

// bridge is a program that calls a library for the test: a request a line, an answer a line.
type bridge struct {
	stdin    io.WriteCloser
	stdout   *bufio.Reader
	warnings bytes.Buffer
}

// startBridge starts a program in a folder; the test ends it, and fails when it warned of anything.
func startBridge(t *testing.T, folder, program string, args ...string) *bridge {
	t.Helper()
	// Not the test's context, which would kill the program before it could end by itself.
	ctx, stop := context.WithTimeout(context.WithoutCancel(t.Context()), 5*time.Minute)
	t.Cleanup(stop)
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir, cmd.Env = folder, []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8"}
	b := &bridge{}
	var err error
	if b.stdin, err = cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	b.stdout, cmd.Stderr = bufio.NewReader(stdout), &b.warnings
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = b.stdin.Close()
		if err := cmd.Wait(); err != nil || b.warnings.Len() > 0 {
			t.Errorf("%s: %v: %s", cmd.Path, err, b.warnings.String())
		}
	})
	return b
}

// call sends a request and gives the result; an error of the library ends the test.
func (b *bridge) call(t *testing.T, request any) json.RawMessage {
	t.Helper()
	result, problem := b.try(t, request)
	if problem != "" {
		t.Fatalf("%v: %s", request, problem)
	}
	return result
}

// try is call for what may be refused: it gives the library's error.
func (b *bridge) try(t *testing.T, request any) (result json.RawMessage, problem string) {
	t.Helper()
	line, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.stdin.Write(append(line, '\n')); err != nil {
		t.Fatal(err)
	}
	raw, err := b.stdout.ReadBytes('\n')
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	var answer struct {
		Result json.RawMessage
		Error  string
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		t.Fatalf("%s: %v: %s", line, err, raw)
	}
	return answer.Result, answer.Error
}
