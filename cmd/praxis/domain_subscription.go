package main

import (
	"context"
	"fmt"
	"text/tabwriter"

	"praxis/cmd/app"
	"praxis/models"
	"praxis/practice"
)

type domainSubscribeCommand struct {
	changing `embed:""`
	URL      string `arg:"" optional:"" help:"Where the list is: CSV, JSON or plain text. Without it, the subscriptions are listed."`
	Allows   bool   `help:"It lists hosts to be allowed, rather than to be blocked."`
	Apply    bool   `help:"Carry its changes out by themselves when they cut off nobody; else each becomes a draft."`
	Priority int    `help:"0 to 255. Where lists disagree, the highest is right." default:"100"`
	Read     int64  `placeholder:"ID" help:"Look at a subscribed list now."`
	End      int64  `placeholder:"ID" help:"End a subscription. What came with it and is on no other list is taken back, by a draft."`
}

// Run subscribes to a list and reads it at once.
func (d *domainSubscribeCommand) Run(ctx context.Context, std *streams, c *cli) error {
	given := 0
	for _, is := range []bool{d.URL != "", d.Read != 0, d.End != 0} {
		if is {
			given++
		}
	}
	if given > 1 {
		return usage("give an address, or --read, or --end")
	}
	if d.DryRun {
		return usage("--dry-run is for what a list changes: subscribe without --apply, and read the draft")
	}
	return c.with(ctx, std, func(a *app.App) error {
		switch {
		case d.End != 0:
			if err := a.Service.Unsubscribe(ctx, d.by(), d.End); err != nil {
				return err
			}
			fmt.Fprintf(std.out, "subscription %d has ended; praxis domain import shows whether a draft takes something back\n", d.End)
			return nil
		case d.Read != 0:
			sub, err := a.Store.Read(ctx).ListSubscription(d.Read)
			if err != nil {
				return err
			}
			return d.read(ctx, std, a, sub)
		case d.URL != "":
			return d.subscribe(ctx, std, a)
		}
		return d.list(ctx, std, a)
	})
}

func (d *domainSubscribeCommand) subscribe(ctx context.Context, std *streams, a *app.App) error {
	wanted := models.ListSubscription{URL: d.URL, Kind: models.ListBlocks, Mode: models.ListDrafts, Priority: d.Priority}
	if d.Allows {
		wanted.Kind = models.ListAllows
	}
	if d.Apply {
		wanted.Mode = models.ListApplies
	}
	sub, err := a.Service.Subscribe(ctx, d.by(), wanted)
	if err != nil {
		return err
	}
	return d.read(ctx, std, a, sub)
}

func (d *domainSubscribeCommand) read(ctx context.Context, std *streams, a *app.App, sub *models.ListSubscription) error {
	did, err := a.Lists.Read(ctx, sub)
	if err != nil {
		return err
	}
	if sub, err = a.Store.Read(ctx).ListSubscription(sub.ID); err != nil {
		return err
	}
	if did != nil {
		importing := domainImportCommand{changing: d.changing}
		if err := importing.tellImport(std, did); err != nil || d.JSON {
			return err
		}
	}
	return d.tell(std, practice.SubscriptionOf(sub), func() error {
		fmt.Fprintf(std.out, "subscription %d: %d hosts", sub.ID, sub.Hosts)
		if sub.Trouble != "" {
			fmt.Fprintf(std.out, "; not used now: %s", sub.Trouble)
		}
		fmt.Fprintln(std.out)
		return nil
	})
}

func (d *domainSubscribeCommand) list(ctx context.Context, std *streams, a *app.App) error {
	subs, err := a.Store.Read(ctx).ListSubscriptions("")
	if err != nil {
		return err
	}
	lines := make([]practice.SubscriptionLine, len(subs))
	for i := range subs {
		lines[i] = practice.SubscriptionOf(&subs[i])
	}
	return d.tell(std, lines, func() error {
		table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "ID\tPRIORITY\tKIND\tMODE\tHOSTS\tREAD\tLIST\tTROUBLE")
		for i, line := range lines {
			fmt.Fprintf(table, "%s\t%d\t%s\t%s\t%d\t%s\t%s\t%s\n", line.ID, line.Priority, line.Kind, line.Mode, line.Hosts, clockTime(subs[i].ReadAt), line.URL, orDash(line.Trouble))
		}
		return table.Flush()
	})
}
