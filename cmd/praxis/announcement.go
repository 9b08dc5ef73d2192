package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"praxis/cmd/app"
	"praxis/models"
)

type announcementCommand struct {
	Create announcementCreateCommand `cmd:"" help:"Publish an announcement."`
	List   announcementListCommand   `cmd:"" help:"List all announcements."`
	Delete announcementDeleteCommand `cmd:"" help:"Delete an announcement."`
}

type announcementCreateCommand struct {
	Text   string    `arg:"" help:"What is told: addresses and hashtags become links."`
	Starts time.Time `help:"When what is told of begins, such as 2026-05-01T08:00:00Z."`
	Ends   time.Time `help:"When it ends; the announcement ends with it."`
	AllDay bool      `help:"The times are days."`
}

// Run publishes an announcement.
func (ac *announcementCreateCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		made, err := a.Service.Announce(ctx, ac.Text, ac.Starts, ac.Ends, ac.AllDay)
		if err != nil {
			return err
		}
		fmt.Fprintf(std.out, "published announcement %d\n", made.ID)
		return nil
	})
}

type announcementListCommand struct{}

// Run lists announcements.
func (*announcementListCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		all, err := a.Store.Read(ctx).AllAnnouncements()
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "ID\tSTARTS\tENDS\tTEXT")
		for _, one := range all {
			fmt.Fprintf(table, "%d\t%s\t%s\t%s\n", one.ID, moment(one.StartsAt), moment(one.EndsAt), oneLine(one.Text))
		}
		return table.Flush()
	})
}

func moment(t models.Timestamp) string {
	if t == 0 {
		return "-"
	}
	return t.Time().Format("2006-01-02 15:04")
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

type announcementDeleteCommand struct {
	ID int64 `arg:"" help:"The announcement's id: praxis announcement list shows it."`
}

// Run deletes an announcement.
func (ac *announcementDeleteCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		if err := a.Service.Unannounce(ctx, ac.ID); err != nil {
			return err
		}
		fmt.Fprintf(std.out, "deleted announcement %d\n", ac.ID)
		return nil
	})
}
