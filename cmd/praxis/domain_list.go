package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"text/tabwriter"

	"praxis/cmd/app"
	"praxis/internal/hostlist"
	"praxis/practice"
)

type domainImportCommand struct {
	changing `embed:""`
	File     string `arg:"" optional:"" help:"A list of hosts to be blocked: CSV as Mastodon's, JSON as GoToSocial's or FIRES', or one host in each line; - for the standard input. It becomes a draft."`
	Apply    int64  `placeholder:"ID" help:"Carry a draft out."`
	Allows   bool   `help:"The hosts of the list are to be allowed, as those of /partners.txt of a partner."`
	Undo     int64  `placeholder:"ID" help:"Make blocks what they were before a list was applied. Follows that they ended do not come back."`
}

// Run reads a list, or moves one on; without anything it says which there are.
func (d *domainImportCommand) Run(ctx context.Context, std *streams, c *cli) error {
	if d.Allows && d.File == "" {
		return usage("--allows says what a file is: give one")
	}
	if d.File != "" && (d.Apply != 0 || d.Undo != 0) || d.Apply != 0 && d.Undo != 0 {
		return usage("give a file, or --apply, or --undo")
	}
	return c.with(ctx, std, func(a *app.App) error {
		var did *practice.Import
		var err error
		switch {
		case d.Apply != 0:
			did, err = a.Service.ApplyImport(ctx, d.by(), d.Apply)
		case d.Undo != 0:
			did, err = a.Service.UndoImport(ctx, d.by(), d.Undo)
		case d.File != "":
			did, err = d.read(ctx, std, a)
		default:
			return d.list(ctx, std, a)
		}
		if err != nil {
			return err
		}
		return d.tellImport(std, did)
	})
}

func (d *domainImportCommand) read(ctx context.Context, std *streams, a *app.App) (*practice.Import, error) {
	from := std.in
	if d.File != "-" {
		file, err := os.Open(d.File)
		if err != nil {
			return nil, usage("%w", err)
		}
		defer file.Close()
		from = file
	}
	read := hostlist.Read
	if d.Allows {
		read = hostlist.ReadAllows
	}
	rows, err := read(from)
	var wrong *hostlist.Fault
	if errors.As(err, &wrong) {
		return nil, usage("%s: %w", d.File, err)
	}
	if err != nil {
		return nil, err
	}
	return a.Service.DraftImport(ctx, d.by(), d.File, rows)
}

func (d *domainImportCommand) tellImport(std *streams, did *practice.Import) error {
	counts := map[string]int{}
	for _, line := range did.Lines {
		counts[line.Fate]++
	}
	if d.JSON {
		return d.tell(std, map[string]any{
			"id": did.ID, "state": did.State, "dry_run": d.DryRun, "counts": counts, "lines": did.Lines, "hosts": did.Impact.Hosts, "total": totalsOf(did.Impact),
		}, nil)
	}
	table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	for _, line := range did.Lines {
		fmt.Fprintf(table, "%s\t%s\t%s\n", line.Fate, line.Host, line.Severity)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(std.out, "%d new, %d changed, %d lifted, %d kept, %d protected\n", counts[practice.FateNew], counts[practice.FateChange],
		counts[practice.FateLift], counts[practice.FateKept], counts[practice.FateProtected])
	if did.ID != 0 {
		fmt.Fprintf(std.out, "list %d: %s\n", did.ID, did.State)
	}
	return showImpact(std, did.Impact)
}

func (d *domainImportCommand) list(ctx context.Context, std *streams, a *app.App) error {
	imports, err := a.Store.Read(ctx).DomainImports()
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "LIST\tSTATE\tSINCE\tSOURCE")
	for _, i := range imports {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", strconv.FormatInt(i.ID, 10), i.State, clockTime(i.ChangedAt), i.Source)
	}
	return table.Flush()
}

type domainExportCommand struct {
	Format string `enum:"mastodon,plain,json" default:"mastodon" help:"mastodon: CSV. plain: one host in each line. json: as GoToSocial's."`
	Allows bool   `help:"The allowed hosts rather than the blocked ones, in the plain form."`
}

// Run writes the blocks, or the allowed hosts, without what is noted for admins.
func (d *domainExportCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		lines, err := allDecided(ctx, a)
		if err != nil {
			return err
		}
		rows := []hostlist.Row{}
		for _, l := range lines {
			isAllow := l.Decision == "allow"
			if l.Decision == "known" || l.Decision == "waiting" || isAllow != d.Allows {
				continue
			}
			rows = append(rows, hostlist.Row{
				Host: l.Host, Severity: l.Decision, RejectMedia: l.RejectMedia, RejectReports: l.RejectReport, PublicComment: l.PublicReason, Obfuscate: l.Obfuscate,
			})
		}
		if d.Allows {
			return hostlist.WriteAllows(std.out, rows)
		}
		return hostlist.Write(std.out, d.Format, rows)
	})
}
