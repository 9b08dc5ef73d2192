package main

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"praxis/cmd/app"
	"praxis/models"
	"praxis/practice"
)

type invitationCommand struct {
	Create invitationCreateCommand `cmd:"" help:"Make a link by which people sign up, whatever registrations says."`
	List   invitationListCommand   `cmd:"" help:"List the latest links."`
	Revoke invitationRevokeCommand `cmd:"" help:"End a link."`
}

type invitationCreateCommand struct {
	Uses int64  `default:"1" help:"For how many people; 0 for any number."`
	Days int    `default:"7" help:"For how many days; 0 until it is revoked."`
	Note string `help:"For whom it is."`
}

// Run makes a link.
func (i *invitationCreateCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		link, err := a.Service.MakeEntry(ctx, nil, practice.NewEntry{Note: i.Note, MaxUses: i.Uses, Lasts: time.Duration(i.Days) * 24 * time.Hour})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(std.out, a.Service.Links().EntryLinkURL(link.Token))
		return err
	})
}

type invitationListCommand struct{}

// Run lists links.
func (*invitationListCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		links, err := a.Store.Read(ctx).EntryLinks(0, 200)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "ID\tUSED\tOF\tUNTIL\tSTATE\tNOTE")
		for _, link := range links {
			state, until := "good", "-"
			if !link.IsGood(models.At(a.Store.Now())) {
				state = "over"
			}
			if link.ExpiresAt != 0 {
				until = link.ExpiresAt.Time().UTC().Format(time.DateOnly)
			}
			fmt.Fprintf(table, "%d\t%d\t%d\t%s\t%s\t%s\n", link.ID, link.Uses, link.MaxUses, until, state, orDash(link.Note))
		}
		return table.Flush()
	})
}

type invitationRevokeCommand struct {
	ID int64 `arg:"" help:"Number of the link, as the list shows it."`
}

// Run ends a link.
func (i *invitationRevokeCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		if err := a.Service.RevokeEntry(ctx, nil, i.ID); err != nil {
			return err
		}
		_, err := fmt.Fprintf(std.out, "invitation %d is revoked\n", i.ID)
		return err
	})
}
