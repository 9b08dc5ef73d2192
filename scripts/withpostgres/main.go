package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
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
	folder, err := os.MkdirTemp("", "praxis-template-")
	if err != nil {
		return fmt.Errorf("make a folder for the template: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	file := filepath.Join(folder, "praxis.db")
	if err := prepare(ctx, cluster, file); err != nil {
		return err
	}
	command := exec.CommandContext(ctx, name, args...)
	command.Env = append(os.Environ(), testdb.PostgresVariable+"="+cluster.URL(), testdb.TemplateVariable+"="+template,
		testdb.SQLiteTemplateVariable+"="+file)
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = patience
	return command.Run()
}

// template is the database that those of the tests are copies of.
const template = "praxis_template"

// prepare makes the templates, a database of the cluster and a file, and brings their schemas up to date.
func prepare(ctx context.Context, cluster *testdb.Cluster, file string) error {
	address, err := cluster.Create(template)
	if err != nil {
		return err
	}
	for _, url := range []string{address, "sqlite:" + file} {
		store, err := models.Open(ctx, url, models.Options{})
		if err == nil {
			err = store.Close()
		}
		if err != nil {
			return fmt.Errorf("prepare a template: %w", err)
		}
	}
	return nil
}
