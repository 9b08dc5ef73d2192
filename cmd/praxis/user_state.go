package main

import (
	"context"
	"fmt"

	"praxis/cmd/app"
	"praxis/models"
)

// named is a command about one user.
type named struct {
	Name string `arg:"" help:"User name."`
}

// do runs a verb on the user and says what came of it.
func (n named) do(ctx context.Context, std *streams, c *cli, said string, verb func(a *app.App, actor *models.Actor) error) error {
	return c.with(ctx, std, func(a *app.App) error {
		actor, err := memberByName(ctx, a, n.Name)
		if err != nil {
			return err
		}
		if err := verb(a, actor); err != nil {
			return err
		}
		_, err = fmt.Fprintf(std.out, "@%s@%s %s\n", actor.Username, actor.Host, said)
		return err
	})
}

type userApproveCommand struct {
	named `embed:""`
}

// Run lets somebody in.
func (u *userApproveCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return u.do(ctx, std, c, "is approved", func(a *app.App, actor *models.Actor) error { return a.Service.Approve(ctx, actor.ID) })
}

type userRejectCommand struct {
	named `embed:""`
}

// Run turns somebody away.
func (u *userRejectCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return u.do(ctx, std, c, "is turned away", func(a *app.App, actor *models.Actor) error { return a.Service.Reject(ctx, actor.ID) })
}

type userConfirmCommand struct {
	named `embed:""`
}

// Run takes an address for confirmed.
func (u *userConfirmCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return u.do(ctx, std, c, "is confirmed", func(a *app.App, actor *models.Actor) error { return a.Service.Confirm(ctx, actor.ID) })
}

type userDisableCommand struct {
	named `embed:""`
}

// Run keeps a user out.
func (u *userDisableCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return u.do(ctx, std, c, "is disabled", func(a *app.App, actor *models.Actor) error {
		return a.Service.SetDisabled(ctx, actor, true)
	})
}

type userEnableCommand struct {
	named `embed:""`
}

// Run lets a user in again.
func (u *userEnableCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return u.do(ctx, std, c, "is enabled", func(a *app.App, actor *models.Actor) error {
		return a.Service.SetDisabled(ctx, actor, false)
	})
}

type userRoleCommand struct {
	named `embed:""`
	Role  string `arg:"" help:"owner, admin, moderator or member."`
}

// Run gives a user a role.
func (u *userRoleCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return u.do(ctx, std, c, "has the role "+u.Role, func(a *app.App, actor *models.Actor) error {
		return a.Service.SetRole(ctx, actor, u.Role)
	})
}

type userGlassCommand struct {
	named `embed:""`
	Off   bool `help:"Take the mark away again."`
}

// Run marks an emergency account.
func (u *userGlassCommand) Run(ctx context.Context, std *streams, c *cli) error {
	said := "may sign in with a password in an emergency"
	if u.Off {
		said = "is no emergency account any more"
	}
	return u.do(ctx, std, c, said, func(a *app.App, actor *models.Actor) error { return a.Service.SetBreakGlass(ctx, actor, !u.Off) })
}

type userFactorsCommand struct {
	named `embed:""`
}

// Run takes the second factors away.
func (u *userFactorsCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return u.do(ctx, std, c, "has no second factors any more; all its sessions and tokens have ended", func(a *app.App, actor *models.Actor) error {
		return a.Service.ResetFactors(ctx, actor)
	})
}
