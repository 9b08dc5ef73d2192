package main

import (
	"context"
	"fmt"
	"strings"

	"praxis/cmd/app"
	"praxis/models"
)

type userAliasCommand struct {
	named  `embed:""`
	Alias  string `arg:"" optional:"" help:"Handle or address of the other account; without it, those that are named are shown."`
	Remove bool   `help:"Name the other account no more."`
}

// Run names another account, or shows those that are named.
func (u *userAliasCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		actor, err := memberByName(ctx, a, u.Name)
		if err != nil {
			return err
		}
		switch {
		case u.Alias == "":
		case u.Remove:
			err = a.Service.RemoveAlias(ctx, actor, u.Alias)
		default:
			_, err = a.Service.AddAlias(ctx, actor, u.Alias)
		}
		if err != nil {
			return err
		}
		if actor, err = a.Store.Read(ctx).Actor(actor.ID); err != nil {
			return err
		}
		_, err = fmt.Fprintln(std.out, orDash(strings.Join(actor.Aliases(), "\n")))
		return err
	})
}

type userMoveCommand struct {
	named `embed:""`
	To    string `arg:"" help:"Handle or address of the account to move to."`
}

// Run moves a user.
func (u *userMoveCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return u.do(ctx, std, c, "moved to "+u.To, func(a *app.App, actor *models.Actor) error {
		_, err := a.Service.MoveAway(ctx, actor, u.To)
		return err
	})
}

type userLeaveCommand struct {
	named  `embed:""`
	Reason string `help:"Why, for the record."`
}

// Run makes an alumnus of a user.
func (u *userLeaveCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return u.do(ctx, std, c, "has left; access has ended", onAccount(ctx, func(a *app.App, id int64) error {
		return a.Service.StartLeaving(ctx, id, u.Reason)
	}))
}

type userReturnCommand struct {
	named `embed:""`
}

// Run takes back that a user left.
func (u *userReturnCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return u.do(ctx, std, c, "is back", onAccount(ctx, func(a *app.App, id int64) error { return a.Service.StopLeaving(ctx, id) }))
}

// onAccount makes a verb on accounts one on actors.
func onAccount(ctx context.Context, verb func(a *app.App, id int64) error) func(a *app.App, actor *models.Actor) error {
	return func(a *app.App, actor *models.Actor) error {
		account, err := a.Store.Read(ctx).AccountByActor(actor.ID)
		if err != nil {
			return err
		}
		return verb(a, account.ID)
	}
}

type userDeleteCommand struct {
	named `embed:""`
	Yes   bool `help:"Do it: this cannot be undone."`
}

// Run deletes a user.
func (u *userDeleteCommand) Run(ctx context.Context, std *streams, c *cli) error {
	if !u.Yes {
		return usage("this deletes @%s with all posts, here and elsewhere, and nobody gets the name again: add --yes", strings.TrimPrefix(u.Name, "@"))
	}
	return u.do(ctx, std, c, "is deleted", func(a *app.App, actor *models.Actor) error { return a.Service.DeleteAccount(ctx, actor) })
}
