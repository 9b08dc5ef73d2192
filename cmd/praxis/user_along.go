package main

import (
	"context"
	"fmt"
	"os"

	"praxis/cmd/app"
	"praxis/models"
	"praxis/practice"
)

type userExportCommand struct {
	named `embed:""`
	File  string `arg:"" help:"The zip file to write; it must not be there yet."`
}

// Run writes the archive of a user.
func (u *userExportCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return u.do(ctx, std, c, "is written to "+u.File, func(a *app.App, actor *models.Actor) error {
		file, err := os.OpenFile(u.File, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return usage("%w", err)
		}
		if err := a.Takeout.Write(ctx, actor, file); err != nil {
			_ = file.Close()
			return err
		}
		return file.Close()
	})
}

type userRecordCommand struct {
	named `embed:""`
}

// Run writes the record of contributions of a user.
func (u *userRecordCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		actor, err := memberByName(ctx, a, u.Name)
		if err != nil {
			return err
		}
		raw, err := a.Service.RecordOf(ctx, actor)
		if err != nil {
			return err
		}
		_, err = std.out.Write(append(raw, '\n'))
		return err
	})
}

type userImportCommand struct {
	named     `embed:""`
	Kind      string `arg:"" enum:"following,lists,mutes,blocks,domain_blocks,bookmarks" help:"following, lists, mutes, blocks, domain_blocks or bookmarks."`
	File      string `arg:"" help:"The CSV file, as Mastodon writes it."`
	Overwrite bool   `help:"What is not in the file goes."`
	Yes       bool   `help:"Begin; without it, only what would be done is shown. The running instance does it."`
}

// Run reads a list, and lets the running instance work on it.
func (u *userImportCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		actor, err := memberByName(ctx, a, u.Name)
		if err != nil {
			return err
		}
		file, err := os.Open(u.File)
		if err != nil {
			return usage("%w", err)
		}
		defer func() { _ = file.Close() }()
		made, err := a.Service.ReadImport(ctx, actor, practice.NewImport{Kind: u.Kind, Overwrite: u.Overwrite, Name: u.File, File: file})
		if err != nil {
			return err
		}
		if err := sayImport(ctx, std, a, made); err != nil {
			return err
		}
		if !u.Yes {
			return a.Service.DropImport(ctx, actor, made.ID)
		}
		if err := a.Service.StartImport(ctx, actor, made.ID); err != nil {
			return err
		}
		_, err = fmt.Fprintf(std.out, "import %d has begun\n", made.ID)
		return err
	})
}

// sayImport says what would be done, and what is left out for which reason.
func sayImport(ctx context.Context, std *streams, a *app.App, made *models.MemberImport) error {
	tx := a.Store.Read(ctx)
	tally, err := tx.ImportTally([]int64{made.ID})
	if err != nil {
		return err
	}
	fmt.Fprintf(std.out, "%d lines: %d to do, %d left out\n", made.Lines, tally[made.ID][models.LineWaiting], tally[made.ID][models.LineSkipped])
	skipped, err := tx.ImportLines(made.ID, 0, models.LineSkipped, 50)
	for _, line := range skipped {
		fmt.Fprintf(std.out, "line %d, %q: %s\n", line.Line, line.Subject, line.Why)
	}
	return err
}
