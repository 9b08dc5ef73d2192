package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"praxis/cmd/app"
	"praxis/practice"
)

type retentionCommand struct {
	Show retentionShowCommand `cmd:"" default:"1" help:"Show what is kept for how long, and how much is due to go."`
	Run  retentionRunCommand  `cmd:"" help:"Remove now what is due; the running instance does it every hour."`
}

type retentionShowCommand struct{}

// Run shows the classes.
func (*retentionShowCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		classes, err := a.Service.Retention(ctx)
		if err != nil {
			return err
		}
		return sayRetention(std.out, "DUE", classes)
	})
}

func sayRetention(w io.Writer, title string, classes []practice.Retained) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "CLASS\tKEPT FOR\t%s\n", title)
	for _, class := range classes {
		kept := "ever"
		if class.Keep > 0 {
			kept = fmt.Sprintf("%d days", int(class.Keep.Hours()/24))
		}
		fmt.Fprintf(table, "%s\t%s\t%d\n", class.Class, kept, class.Due)
	}
	return table.Flush()
}

type retentionRunCommand struct {
	DryRun bool `help:"Only say what would go."`
}

// Run removes what is due.
func (r *retentionRunCommand) Run(ctx context.Context, std *streams, c *cli) error {
	if r.DryRun {
		return (&retentionShowCommand{}).Run(ctx, std, c)
	}
	return c.with(ctx, std, func(a *app.App) error {
		classes, err := a.Service.RunRetention(ctx)
		if err != nil {
			return err
		}
		return sayRetention(std.out, "REMOVED", classes)
	})
}
