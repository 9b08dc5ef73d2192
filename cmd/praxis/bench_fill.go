package main

import (
	"context"
	"fmt"

	"praxis/cmd/bench"
	"praxis/models"
	"praxis/practice"
)

type benchFillCommand struct {
	Member    string `arg:"" help:"User whose home timeline is filled."`
	Posts     int    `default:"10000" help:"Posts, half of them in a community."`
	Accounts  int    `default:"1000" help:"Authors elsewhere, whom the user follows and who follow the user."`
	Community string `default:"growth" help:"Community that half of the posts are in; made unless it is there."`
}

// Run fills the database.
func (b *benchFillCommand) Run(ctx context.Context, std *streams, c *cli) error {
	if b.Posts < 1 || b.Accounts < 1 {
		return usage("--posts and --accounts must be 1 or more")
	}
	a, err := c.open(ctx, std)
	if err != nil {
		return err
	}
	defer a.Close()
	member, err := memberByName(ctx, a, b.Member)
	if err != nil {
		return err
	}
	community, err := a.Store.Read(ctx).ActorByHandle(b.Community, a.Config.Host)
	if models.IsNotFound(err) {
		community, err = a.Service.CreateCommunity(ctx, practice.NewCommunity{
			Username: b.Community, DisplayName: "Growth", Domain: "What grows", Convener: member,
		})
	}
	if err != nil {
		return err
	}
	return bench.Fill(ctx, a.Store, bench.Filling{
		Member: member, Community: community, Posts: b.Posts, Accounts: b.Accounts,
		Say: func(line string) { fmt.Fprintln(std.err, line) },
	})
}
