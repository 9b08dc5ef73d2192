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

type communityCommand struct {
	Create    communityCreateCommand    `cmd:"" help:"Create a community."`
	List      communityListCommand      `cmd:"" help:"List the communities of this instance."`
	Ban       communityBanCommand       `cmd:"" help:"Keep somebody out of a community."`
	Unban     communityUnbanCommand     `cmd:"" help:"Let somebody take part in a community again."`
	Moderator communityModeratorCommand `cmd:"" help:"Say who moderates a community."`
	Log       communityLogCommand       `cmd:"" help:"Show what moderators of a community did."`
	Kinds     communityKindsCommand     `cmd:"" help:"Show, and change, which kinds of threads a community uses."`
	Set       communitySetCommand       `cmd:"" help:"Change what a community says of itself, who may read it and how one joins."`
	Invite    communityInviteCommand    `cmd:"" help:"Make a link by which one joins a community."`
	Share     communityShareCommand     `cmd:"" help:"Share a community with another organization, or end that."`
	Sibling   siblingCommand            `cmd:"" help:"Make a community one with communities of other hosts."`
	Close     communityCloseCommand     `cmd:"" help:"Close a community here: a sibling at another host goes on with it."`
	Split     communitySplitCommand     `cmd:"" help:"Let a part of a community found one of its own."`
	Backfill  communityBackfillCommand  `cmd:"" help:"Fetch once more what a community of another host has."`
}

type communityCreateCommand struct {
	Name     string `arg:"" help:"Name in the handle: 1 to 30 of a-z, 0-9 and _."`
	Title    string `help:"Name as shown to people."`
	Domain   string `help:"What the community cares for, in a sentence or two."`
	Convener string `help:"User who convenes and moderates it."`
	Request  bool   `help:"Joining needs approval by the convener."`
	Class    string `help:"Who may read it: public, partners, members or local." default:"public"`
	Joining  string `help:"How one joins: open, request, invitation or closed."`
	Unlisted bool   `help:"Keep it out of directories and searches."`
	Anyway   bool   `help:"Create it although there are similar ones."`
	Link     string `help:"Create it, and offer to the similar community of another host (name@host) to become one with it."`
}

// Run creates a community.
func (cc *communityCreateCommand) Run(ctx context.Context, std *streams, c *cli) error {
	a, err := c.open(ctx, std)
	if err != nil {
		return err
	}
	defer a.Close()
	if !cc.Anyway && cc.Link == "" {
		if err := cc.refuseSimilar(ctx, a); err != nil {
			return err
		}
	}
	wanted := practice.NewCommunity{
		Username: cc.Name, DisplayName: cc.Title, Domain: cc.Domain, Request: cc.Request, Class: cc.Class, Joining: cc.Joining, Unlisted: cc.Unlisted,
	}
	if cc.Convener != "" {
		if wanted.Convener, err = memberByName(ctx, a, cc.Convener); err != nil {
			return err
		}
	}
	community, err := cc.found(ctx, a, wanted)
	if err != nil {
		return err
	}
	fmt.Fprintf(std.out, "created @%s@%s\n", community.Username, community.Host)
	return nil
}

func (cc *communityCreateCommand) found(ctx context.Context, a *app.App, wanted practice.NewCommunity) (*models.Actor, error) {
	if cc.Link == "" {
		return a.Service.CreateCommunity(ctx, wanted)
	}
	return a.Service.FoundSibling(ctx, wanted, practice.CommunityChange{}, cc.Link, practice.SiblingTerms{History: 90})
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
	fmt.Fprintln(table, "NAME\tTITLE\tFOR\tJOINING\tMEMBERS\tCONVENERS AND MODERATORS")
	for i := range communities {
		community := &communities[i]
		moderators, err := tx.Moderators(community.ID)
		if err != nil {
			return err
		}
		row, err := tx.Community(community.ID)
		if err != nil {
			return err
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%d\t%s\n", community.Username, orDash(community.DisplayName), row.Class, row.Joining,
			community.FollowersCount, orDash(accts(moderators)))
	}
	return table.Flush()
}

func accts(actors []models.Actor) string {
	var names []string
	for i := range actors {
		names = append(names, actors[i].Acct())
	}
	return strings.Join(names, ", ")
}
