package main

import (
	"context"
	"fmt"

	"praxis/cmd/app"
)

type scimCommand struct {
	Token scimTokenCommand `cmd:"" help:"Make the token with which the directory of a provider speaks to /scim/v2; the one before counts no more."`
	Off   scimOffCommand   `cmd:"" help:"Take the token of a provider's directory away."`
}

type scimTokenCommand struct {
	Provider string `arg:"" help:"Key of the provider in oidc_providers."`
}

// Run makes a token.
func (s *scimTokenCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		token, err := a.Service.NewDirectoryToken(ctx, s.Provider)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(std.out, "address: %s/scim/v2\ntoken: %s\n", a.Service.Links().Base, token)
		return err
	})
}

type scimOffCommand struct {
	Provider string `arg:"" help:"Key of the provider in oidc_providers."`
}

// Run takes it away.
func (s *scimOffCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		if err := a.Service.DropDirectoryToken(ctx, s.Provider); err != nil {
			return err
		}
		_, err := fmt.Fprintf(std.out, "the directory of %s may say nothing any more\n", s.Provider)
		return err
	})
}
