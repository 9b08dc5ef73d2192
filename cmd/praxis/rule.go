package main

import (
	"context"
	"fmt"
	"text/tabwriter"

	"praxis/cmd/app"
)

type ruleCommand struct {
	Add    ruleAddCommand    `cmd:"" help:"Add a rule at the end of the list."`
	List   ruleListCommand   `cmd:"" help:"List the rules."`
	Remove ruleRemoveCommand `cmd:"" help:"Remove a rule."`
}

type ruleAddCommand struct {
	Text string `arg:"" help:"The rule, in one sentence."`
	Hint string `help:"What explains it."`
}

// Run adds a rule.
func (r *ruleAddCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		rule, err := a.Service.AddRule(ctx, r.Text, r.Hint)
		if err != nil {
			return err
		}
		fmt.Fprintf(std.out, "added rule %d\n", rule.ID)
		return nil
	})
}

type ruleListCommand struct{}

// Run lists the rules.
func (*ruleListCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		rules, err := a.Store.Read(ctx).Rules()
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "ID\tRULE\tHINT")
		for _, rule := range rules {
			fmt.Fprintf(table, "%d\t%s\t%s\n", rule.ID, oneLine(rule.Text), orDash(oneLine(rule.Hint)))
		}
		return table.Flush()
	})
}

type ruleRemoveCommand struct {
	ID int64 `arg:"" help:"The rule's id: praxis rule list shows it."`
}

// Run removes a rule.
func (r *ruleRemoveCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		if err := a.Service.RemoveRule(ctx, r.ID); err != nil {
			return err
		}
		fmt.Fprintf(std.out, "removed rule %d\n", r.ID)
		return nil
	})
}
