package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"text/tabwriter"
	"time"

	"praxis/cmd/app"
	"praxis/models"
	"praxis/practice"
)

type auditCommand struct {
	List   auditListCommand   `cmd:"" help:"List the latest lines of the audit log: who did what."`
	Export auditExportCommand `cmd:"" help:"Write the whole audit log, oldest first."`
}

// auditFilter says which lines are wanted.
type auditFilter struct {
	Who    string    `help:"Only what somebody did, by a part of their name."`
	Action string    `help:"Only one action, or all of a kind: domain, or domain.block."`
	Text   string    `help:"Only lines with a text in them."`
	Since  time.Time `help:"Only from a moment on." format:"2006-01-02"`
	Until  time.Time `help:"Only until a moment." format:"2006-01-02"`
}

func (f auditFilter) filter() models.AuditFilter {
	return models.AuditFilter{Who: f.Who, Action: f.Action, Text: f.Text, Since: models.At(f.Since), Until: models.At(f.Until)}
}

type auditListCommand struct {
	inJSON      `embed:""`
	auditFilter `embed:""`
	Limit       int   `help:"How many lines." default:"40"`
	Before      int64 `help:"Only lines before the one with this id."`
}

// Run carries the command out.
func (c *auditListCommand) Run(ctx context.Context, std *streams, grammar *cli) error {
	if c.Limit < 1 || c.Limit > 1000 {
		return usage("--limit is 1 to 1000, not %d", c.Limit)
	}
	return grammar.with(ctx, std, func(a *app.App) error {
		lines, err := a.Store.Read(ctx).AuditPage(c.filter(), models.Page{MaxID: c.Before, Limit: c.Limit})
		if err != nil {
			return err
		}
		return c.tell(std, practice.AuditLines(lines), func() error {
			out := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
			for _, line := range lines {
				fmt.Fprintf(out, "%d\t%s\t%s\t%s\t%s\t%s\n", line.ID, line.CreatedAt.Time().Format(time.RFC3339), line.Who, line.Action, line.Target, line.Note)
			}
			return out.Flush()
		})
	})
}

type auditExportCommand struct {
	auditFilter `embed:""`
	Format      string `help:"csv or json: an object for each line." enum:"csv,json" default:"json"`
}

// Run carries the command out.
func (c *auditExportCommand) Run(ctx context.Context, std *streams, grammar *cli) error {
	return grammar.with(ctx, std, func(a *app.App) error {
		write := json.NewEncoder(std.out).Encode
		table := csv.NewWriter(std.out)
		if c.Format == "csv" {
			if err := table.Write(practice.AuditColumns()); err != nil {
				return err
			}
			write = func(line any) error { return table.Write(line.(practice.AuditLine).Cells()) }
		}
		err := a.Service.EachAuditLine(ctx, c.filter(), func(line practice.AuditLine) error { return write(line) })
		table.Flush()
		if err == nil {
			err = table.Error()
		}
		return err
	})
}
