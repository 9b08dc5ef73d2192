package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"praxis/cmd/app"
	"praxis/practice"
)

type emojiCommand struct {
	Add    emojiAddCommand    `cmd:"" help:"Let a picture stand for :shortcode:."`
	List   emojiListCommand   `cmd:"" help:"List the emoji of this instance."`
	Remove emojiRemoveCommand `cmd:"" help:"Remove an emoji."`
}

type emojiAddCommand struct {
	Shortcode string `arg:"" help:"Name, with or without colons: 2 or more of a-z, A-Z, 0-9 and _."`
	File      string `arg:"" help:"PNG, GIF, WebP or JPEG of at most 256 KiB." type:"path"`
	Category  string `help:"Under which clients list it."`
}

// Run adds an emoji.
func (e *emojiAddCommand) Run(ctx context.Context, std *streams, c *cli) error {
	picture, err := readPicture(e.File)
	if err != nil {
		return err
	}
	return c.with(ctx, std, func(a *app.App) error {
		made, err := a.Service.AddEmoji(ctx, strings.Trim(e.Shortcode, ":"), e.Category, picture)
		if err != nil {
			return err
		}
		fmt.Fprintf(std.out, "added :%s:\n", made.Shortcode)
		return nil
	})
}

// readPicture reads no more than shows that a file is too large.
func readPicture(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, usage("the picture cannot be read: %w", err)
	}
	defer file.Close()
	picture, err := io.ReadAll(io.LimitReader(file, practice.MaxEmojiBytes+1))
	if err != nil {
		return nil, usage("the picture cannot be read: %w", err)
	}
	return picture, nil
}

type emojiListCommand struct{}

// Run lists the emoji of this instance.
func (*emojiListCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		all, err := a.Store.Read(ctx).LocalEmoji()
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "EMOJI\tCATEGORY\tPICTURE")
		for _, one := range all {
			fmt.Fprintf(table, ":%s:\t%s\t%s\n", one.Shortcode, orDash(one.Category), one.URL)
		}
		return table.Flush()
	})
}

type emojiRemoveCommand struct {
	Shortcode string `arg:"" help:"Name, with or without colons."`
}

// Run removes an emoji.
func (e *emojiRemoveCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		name := strings.Trim(e.Shortcode, ":")
		if err := a.Service.RemoveEmoji(ctx, name); err != nil {
			return err
		}
		fmt.Fprintf(std.out, "removed :%s:\n", name)
		return nil
	})
}
