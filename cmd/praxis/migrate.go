package main

import (
	"context"
	"fmt"

	"praxis/internal/progress"
	"praxis/models"
)

type migrateCommand struct{}

// Run brings the schema up to date, as serve does at its start.
func (*migrateCommand) Run(ctx context.Context, std *streams, c *cli) error {
	cfg, err := c.load(std)
	if err != nil {
		return err
	}
	store, err := models.Open(ctx, cfg.Database, models.Options{Logger: quietLog(std), Migrating: steps(progress.New(std.err))})
	if err != nil {
		return err
	}
	defer store.Close()
	current, _, err := store.SchemaVersion(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(std.out, "the %s database has schema version %d\n", store.Dialect(), current)
	return nil
}

// steps tells of migrations, where there are any.
func steps(meter *progress.Meter) func(left int) {
	before := -1
	return func(left int) {
		if before < 0 && left > 0 {
			meter.Begin("migrate", "steps", int64(left))
		} else if before > left {
			meter.Add(int64(before - left))
		}
		if before = left; left == 0 {
			meter.End()
		}
	}
}
