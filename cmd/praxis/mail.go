package main

import (
	"context"
	"fmt"

	"praxis/cmd/app"
	"praxis/practice"
)

type mailCommand struct {
	List    mailListCommand    `cmd:"" help:"List the letters that there are."`
	Preview mailPreviewCommand `cmd:"" help:"Show a letter, filled in with made-up facts."`
	Test    mailTestCommand    `cmd:"" help:"Send a letter to an address, to try the mail server."`
}

type mailListCommand struct{}

// Run lists letters.
func (*mailListCommand) Run(std *streams) error {
	for _, name := range practice.LetterNames() {
		fmt.Fprintln(std.out, name)
	}
	return nil
}

type mailPreviewCommand struct {
	Name string `arg:"" help:"Name of the letter."`
}

// Run shows a letter.
func (m *mailPreviewCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		letter, err := a.Service.PreviewLetter(m.Name)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(std.out, "Subject: %s\n\n%s", letter.Subject, letter.Text)
		return err
	})
}

type mailTestCommand struct {
	Address string `arg:"" help:"Where the letter goes."`
}

// Run sends a letter.
func (m *mailTestCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		if err := a.SendTest(ctx, m.Address); err != nil {
			return err
		}
		_, err := fmt.Fprintf(std.out, "a letter is on its way to %s\n", m.Address)
		return err
	})
}
