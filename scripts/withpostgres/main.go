package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"praxis/internal/testdb"
	"praxis/models"
)

// patience is how long the command may take to end after an interrupt.
const patience = 20 * time.Second

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: withpostgres COMMAND [ARGUMENT…]")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1], os.Args[2:])
	stop()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit) && exit.ExitCode() > 0:
		os.Exit(exit.ExitCode()) // the command has said why
	case err != nil:
		fmt.Fprintln(os.Stderr, "withpostgres:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, name string, args []string) (err error) {
	cluster, err := testdb.Start(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, cluster.Stop()) }()
	if err := prepare(ctx, cluster); err != nil {
		return err
	}
	command := exec.CommandContext(ctx, name, args...)
	command.Env = append(os.Environ(), testdb.PostgresVariable+"="+cluster.URL(), testdb.TemplateVariable+"="+template)
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = patience
	return command.Run()
}

// template is the database that those of the tests are copies of.
const template = "praxis_template"

// prepare makes the template and brings its schema up to date.
func prepare(ctx context.Context, cluster *testdb.Cluster) error {
	address, err := cluster.Create(template)
	if err != nil {
		return err
	}
	store, err := models.Open(ctx, address, models.Options{})
	if err != nil {
		return fmt.Errorf("prepare the template: %w", err)
	}
	return store.Close()
}
