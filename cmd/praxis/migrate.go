package main

import (
	"context"
	"fmt"

	"praxis/models"
)

type migrateCommand struct{}

// Run brings the schema up to date, as serve does at its start.
func (*migrateCommand) Run(ctx context.Context, std *streams, c *cli) error {
	cfg, err := c.load(std)
	if err != nil {
		return err
	}
	store, err := models.Open(ctx, cfg.Database, models.Options{Logger: quietLog(std)})
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
