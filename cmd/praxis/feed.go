package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"praxis/cmd/app"
	"praxis/models"
	"praxis/practice"
)

type feedCommand struct {
	Create feedCreateCommand `cmd:"" help:"Make a feed."`
	Add    feedAddCommand    `cmd:"" help:"Put a community into a feed."`
	Remove feedRemoveCommand `cmd:"" help:"Take a community out of a feed."`
	List   feedListCommand   `cmd:"" help:"List the feeds of this instance with what is in them."`
}

type feedCreateCommand struct {
	Name  string `arg:"" help:"Name in the handle: 1 to 30 of a-z, 0-9 and _."`
	Title string `help:"Name as shown to people."`
	About string `help:"What its communities have in common."`
	Owner string `help:"User whose it is; without one it is the instance's."`
}

// Run makes a feed.
func (f *feedCreateCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		wanted := practice.NewFeed{Username: f.Name, DisplayName: f.Title, About: f.About}
		var err error
		if f.Owner != "" {
			if wanted.Owner, err = memberByName(ctx, a, f.Owner); err != nil {
				return err
			}
		}
		feed, err := a.Service.CreateFeed(ctx, wanted)
		if err != nil {
			return err
		}
		fmt.Fprintf(std.out, "created @%s@%s\n", feed.Username, feed.Host)
		return nil
	})
}

// feedEntry names a feed and a community.
type feedEntry struct {
	Name      string `arg:"" help:"Name of the feed."`
	Community string `arg:"" help:"The community: its name, or name@host."`
}

type feedAddCommand struct {
	feedEntry `embed:""`
}

// Run puts a community into a feed.
func (f *feedAddCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return f.change(ctx, std, c, "added", func(a *app.App, feed, community *models.Actor) error {
		return a.Service.AddToFeed(ctx, nil, feed, community)
	})
}

type feedRemoveCommand struct {
	feedEntry `embed:""`
}

// Run takes a community out of a feed.
func (f *feedRemoveCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return f.change(ctx, std, c, "removed", func(a *app.App, feed, community *models.Actor) error {
		return a.Service.RemoveFromFeed(ctx, nil, feed, community)
	})
}

func (f *feedEntry) change(ctx context.Context, std *streams, c *cli, did string, change func(a *app.App, feed, community *models.Actor) error) error {
	return c.with(ctx, std, func(a *app.App) error {
		feed, err := a.Store.Read(ctx).ActorByHandle(f.Name, a.Config.Host)
		if models.IsNotFound(err) || err == nil && !feed.IsFeed() {
			return usage("there is no feed %q here: praxis feed list shows them", f.Name)
		}
		if err != nil {
			return err
		}
		user, host, far := strings.Cut(strings.TrimPrefix(f.Community, "@"), "@")
		if !far {
			host = a.Config.Host
		}
		community, err := a.Directory.FindByHandle(ctx, user, host)
		if err != nil {
			return err
		}
		if err := change(a, feed, community); err != nil {
			return err
		}
		fmt.Fprintf(std.out, "%s @%s\n", did, community.Acct())
		return nil
	})
}

type feedListCommand struct{}

// maxFeedList is how many feeds are listed.
const maxFeedList = 10000

// Run lists feeds.
func (*feedListCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		tx := a.Store.Read(ctx)
		feeds, err := tx.LocalFeeds(maxFeedList, 0)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "NAME\tTITLE\tFOLLOWERS\tCOMMUNITIES")
		for i := range feeds {
			within, err := tx.FeedEntries(feeds[i].ID)
			if err != nil {
				return err
			}
			fmt.Fprintf(table, "%s\t%s\t%d\t%s\n", feeds[i].Username, orDash(feeds[i].DisplayName), feeds[i].FollowersCount, orDash(accts(within)))
		}
		return table.Flush()
	})
}
