package main

import (
	"context"
	"errors"
	"fmt"

	"praxis/cmd/app"
	"praxis/models"
)

type keysCommand struct {
	Renew keysRenewCommand `cmd:"" help:"Make new keys for an actor, or for all whose keys are missing or do not fit."`
}

type keysRenewCommand struct {
	Name string `arg:"" optional:"" help:"User or community name; without one, all whose keys are missing or do not fit."`
}

// Run renews keys of an instance that does not serve: one that does would go on signing with the old ones.
func (k *keysRenewCommand) Run(ctx context.Context, std *streams, c *cli) (err error) {
	cfg, err := c.load(std)
	if err != nil {
		return err
	}
	release, err := models.Reserve(cfg.Database)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	return c.with(ctx, std, func(a *app.App) error {
		renewed, err := a.RenewKeys(ctx, k.Name)
		for _, handle := range renewed {
			fmt.Fprintf(std.out, "%s has new keys\n", handle)
		}
		if err == nil && len(renewed) == 0 && k.Name != "" {
			return usage("nobody here is called %q", k.Name)
		}
		if err == nil && len(renewed) == 0 {
			fmt.Fprintln(std.out, "all keys fit")
		}
		return err
	})
}
