package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"praxis/models"
	"praxis/practice"
)

type communityCommand struct {
	Create communityCreateCommand `cmd:"" help:"Create a community."`
	List   communityListCommand   `cmd:"" help:"List the communities of this instance."`
	Kinds  communityKindsCommand  `cmd:"" help:"Show, and change, which kinds of threads a community uses."`
}

type communityCreateCommand struct {
	Name     string `arg:"" help:"Name in the handle: 1 to 30 of a-z, 0-9 and _."`
	Title    string `help:"Name as shown to people."`
	Domain   string `help:"What the community cares for, in a sentence or two."`
	Convener string `help:"User who convenes and moderates it."`
	Request  bool   `help:"Joining needs approval by the convener."`
}

// Run creates a community.
func (cc *communityCreateCommand) Run(ctx context.Context, std *streams, c *cli) error {
	a, err := c.open(ctx, std)
	if err != nil {
		return err
	}
	defer a.Close()
	wanted := practice.NewCommunity{Username: cc.Name, DisplayName: cc.Title, Domain: cc.Domain, Request: cc.Request}
	if cc.Convener != "" {
		if wanted.Convener, err = memberByName(ctx, a, cc.Convener); err != nil {
			return err
		}
	}
	community, err := a.Service.CreateCommunity(ctx, wanted)
	if err != nil {
		return err
	}
	fmt.Fprintf(std.out, "created @%s@%s\n", community.Username, community.Host)
	return nil
}

type communityListCommand struct{}

// Run lists communities.
func (*communityListCommand) Run(ctx context.Context, std *streams, c *cli) error {
	a, err := c.open(ctx, std)
	if err != nil {
		return err
	}
	defer a.Close()
	tx := a.Store.Read(ctx)
	communities, err := tx.LocalActors(models.TypeGroup)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tTITLE\tJOINING\tMEMBERS\tCONVENERS AND MODERATORS")
	for i := range communities {
		community := &communities[i]
		moderators, err := tx.Moderators(community.ID)
		if err != nil {
			return err
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%s\n", community.Username, orDash(community.DisplayName), joining(community),
			community.FollowersCount, orDash(accts(moderators)))
	}
	return table.Flush()
}

func joining(community *models.Actor) string {
	if community.Locked {
		return models.JoiningRequest
	}
	return models.JoiningOpen
}

func accts(actors []models.Actor) string {
	var names []string
	for i := range actors {
		names = append(names, actors[i].Acct())
	}
	return strings.Join(names, ", ")
}
