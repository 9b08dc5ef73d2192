package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"
)

// patience is how long go test may take to end after an interrupt.
const patience = 10 * time.Second

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	good, err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "testcount:", err)
	}
	if err != nil || !good {
		os.Exit(1)
	}
}

// run gives false when the tests ran and are not good; the error is for a run that could not be judged.
func run(ctx context.Context, args []string, out io.Writer) (bool, error) {
	command := exec.CommandContext(ctx, "go", append([]string{"test", "-json"}, args...)...)
	command.Stderr = os.Stderr
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = patience
	events, err := command.StdoutPipe()
	if err != nil {
		return false, fmt.Errorf("run go test: %w", err)
	}
	if err := command.Start(); err != nil {
		return false, fmt.Errorf("run go test: %w", err)
	}
	tally := newTally(out)
	readErr := tally.read(bufio.NewReader(events))
	waitErr := command.Wait()
	tally.summarize()
	if readErr != nil {
		return false, fmt.Errorf("read the output of go test: %w", readErr)
	}
	var exit *exec.ExitError
	if waitErr != nil && (!errors.As(waitErr, &exit) || tally.failed == 0) {
		return false, fmt.Errorf("go test: %w", waitErr) // it failed in a way that its events do not tell
	}
	return tally.good(), ctx.Err()
}
