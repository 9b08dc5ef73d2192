package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"praxis/cmd/app"
	"praxis/models"
	"praxis/practice"
)

// who names a community and somebody there.
type who struct {
	Community string `arg:"" help:"Name of a community of this instance."`
	Who       string `arg:"" help:"User name, or user@host."`
	Reason    string `help:"Why: whom it concerns is told, and the log says it."`
}

// act gives an act of the community itself, which speaks for those who run its server.
func (w *who) act(ctx context.Context, a *app.App) (practice.Act, error) {
	community, err := communityByName(ctx, a, w.Community)
	if err != nil {
		return practice.Act{}, err
	}
	user, host, _ := strings.Cut(strings.TrimPrefix(w.Who, "@"), "@")
	if host == "" {
		host = a.Config.Host
	}
	target, err := a.Service.Directory().FindByHandle(ctx, user, host)
	if err != nil {
		return practice.Act{}, err
	}
	return practice.Act{Moderator: community, Community: community, Target: target, Reason: w.Reason}, nil
}

// do carries out an act and says what was done.
func (w *who) do(ctx context.Context, std *streams, c *cli, verb func(*app.App, practice.Act) error, done string) error {
	return c.with(ctx, std, func(a *app.App) error {
		act, err := w.act(ctx, a)
		if err != nil {
			return err
		}
		if err := verb(a, act); err != nil {
			return err
		}
		fmt.Fprintf(std.out, done+"\n", "@"+act.Target.Acct(), "@"+act.Community.Acct())
		return nil
	})
}

// communityByName gives a community of this instance.
func communityByName(ctx context.Context, a *app.App, name string) (*models.Actor, error) {
	user := strings.TrimSuffix(strings.TrimLeft(strings.ToLower(name), "@!"), "@"+a.Config.Host)
	actor, err := a.Store.Read(ctx).ActorByHandle(user, a.Config.Host)
	if models.IsNotFound(err) || (err == nil && !actor.IsCommunity()) {
		return nil, usage("there is no community %q here: praxis community list shows all", name)
	}
	return actor, err
}

type communityBanCommand struct {
	who         `embed:""`
	For         time.Duration `help:"How long, such as 72h; for ever unless set."`
	RemovePosts bool          `help:"Remove what they posted there, too."`
}

// Run keeps somebody out of a community.
func (b *communityBanCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return b.do(ctx, std, c, func(a *app.App, act practice.Act) error {
		act.RemovePosts = b.RemovePosts
		if b.For != 0 {
			act.Until = a.Store.Now().Add(b.For)
		}
		return a.Service.Ban(ctx, act)
	}, "banned %s from %s")
}

type communityUnbanCommand struct {
	who `embed:""`
}

// Run lifts a ban.
func (u *communityUnbanCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return u.do(ctx, std, c, func(a *app.App, act practice.Act) error { return a.Service.Unban(ctx, act) }, "%s may take part in %s again")
}

type communityModeratorCommand struct {
	Add    moderatorAddCommand    `cmd:"" help:"Let somebody moderate a community, also from another host."`
	Remove moderatorRemoveCommand `cmd:"" help:"End that somebody moderates a community."`
}

type moderatorAddCommand struct {
	who      `embed:""`
	Convener bool `help:"As convener, who says who moderates."`
}

// Run appoints somebody.
func (m *moderatorAddCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return m.do(ctx, std, c, func(a *app.App, act practice.Act) error {
		act.Role = models.RoleOfModerator
		if m.Convener {
			act.Role = models.RoleOfConvener
		}
		return a.Service.AppointModerator(ctx, act)
	}, "%s moderates %s")
}

type moderatorRemoveCommand struct {
	who `embed:""`
}

// Run dismisses somebody.
func (m *moderatorRemoveCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return m.do(ctx, std, c, func(a *app.App, act practice.Act) error { return a.Service.DismissModerator(ctx, act) }, "%s does not moderate %s")
}

type communityLogCommand struct {
	Community string `arg:"" help:"Name of a community of this instance."`
	Limit     int    `help:"How many lines." default:"50"`
}

// Run shows what moderators did, newest first.
func (l *communityLogCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		community, err := communityByName(ctx, a, l.Community)
		if err != nil {
			return err
		}
		tx := a.Store.Read(ctx)
		rows, err := tx.ModLogPage(community.ID, models.Page{Limit: l.Limit})
		if err != nil {
			return err
		}
		var people []int64
		for _, row := range rows {
			people = append(people, row.ActorID, row.TargetID)
		}
		actors, err := tx.Actors(people)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "WHEN\tWHO\tDID\tWHOM\tABOUT\tREASON")
		for _, row := range rows {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", row.CreatedAt.Time().Format(time.DateTime), acctOf(actors[row.ActorID]), row.Verb,
				acctOf(actors[row.TargetID]), orDash(row.ObjectURI), orDash(oneLine(row.Reason)))
		}
		return table.Flush()
	})
}

func acctOf(actor *models.Actor) string {
	if actor == nil {
		return "-"
	}
	return actor.Acct()
}
