package main

import (
	"context"
	"fmt"
	"text/tabwriter"

	"praxis/cmd/app"
	"praxis/models"
	"praxis/practice"
)

type communityCloseCommand struct {
	inJSON    `embed:""`
	Community string `arg:"" help:"Name of a community of this instance."`
	For       string `xor:"for" help:"The sibling that goes on with it: name@host, or its address."`
	Reason    string `help:"Why, in words; siblings and conveners read them."`
	Preview   bool   `xor:"do" help:"Only say what would happen to whom."`
	Admit     bool   `xor:"do,for" help:"Agree, as an admin, to what a convener asked for."`
	Undo      bool   `xor:"do,for" help:"Take it back, or open the community again within 30 days."`
}

// Run closes a community in favour of a sibling.
func (cc *communityCloseCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		community, err := communityByName(ctx, a, cc.Community)
		if err != nil {
			return err
		}
		switch {
		case cc.Undo:
			if err := a.Service.UndoClosing(ctx, nil, community); err != nil {
				return err
			}
			return cc.tell(std, map[string]any{"closing": nil}, func() error {
				fmt.Fprintf(std.out, "@%s does not close\n", community.Username)
				return nil
			})
		case cc.Admit:
			err = a.Service.AdmitClosing(ctx, nil, community)
		case cc.For != "":
			return cc.close(ctx, std, a)
		}
		if err != nil {
			return err
		}
		return cc.show(ctx, std, a, community, 0)
	})
}

func (cc *communityCloseCommand) close(ctx context.Context, std *streams, a *app.App) error {
	name := siblingName{Community: cc.Community, Sibling: cc.For}
	community, row, err := name.find(ctx, a)
	if err != nil {
		return err
	}
	if !cc.Preview {
		if err := a.Service.CloseCommunity(ctx, nil, community, row.ID, cc.Reason, true); err != nil {
			return err
		}
	}
	return cc.show(ctx, std, a, community, row.ID)
}

func (cc *communityCloseCommand) show(ctx context.Context, std *streams, a *app.App, community *models.Actor, pairID int64) error {
	said, err := a.Service.PreviewClosing(ctx, nil, community, pairID)
	if err != nil {
		return err
	}
	return cc.tell(std, said, func() error { return showClosing(std, community, said) })
}

// closingStates say how far it is, in words.
var closingStates = map[string]string{
	"": "nothing is done yet", models.ClosingAsked: "waits for an admin", models.ClosingOffered: "waits for the word of the sibling", models.ClosingDone: "closed",
}

func showClosing(std *streams, community *models.Actor, said *practice.ClosingPreview) error {
	fmt.Fprintf(std.out, "@%s@%s goes on as %s: %s\n", community.Username, community.Host, said.Successor, closingStates[said.State])
	fmt.Fprintf(std.out, "threads that stay readable here and go on there: %d; followers who come along by themselves: %d, who have to follow it by hand: %d\n",
		said.Threads, said.Moving, said.Remaining)
	table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	if len(said.Followers) > 0 {
		fmt.Fprintln(table, "FOLLOWERS\tOF\tCOME ALONG")
	}
	for _, one := range said.Followers {
		moves := "by hand"
		if one.Moves {
			moves = "by themselves"
		}
		fmt.Fprintf(table, "%d\t%s\t%s\n", one.Count, orDash(one.Software), moves)
	}
	if said.UndoUntil != nil {
		fmt.Fprintf(table, "it can be opened again until %s\n", *said.UndoUntil)
	}
	return table.Flush()
}

type communitySplitCommand struct {
	Community string `arg:"" help:"Name of a community of this instance."`
	As        string `required:"" help:"Name of the new community."`
	Title     string `help:"Its name as shown to people."`
	Convener  string `help:"User who convenes it."`
}

// Run lets a part of a community found one of its own.
func (s *communitySplitCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		community, err := communityByName(ctx, a, s.Community)
		if err != nil {
			return err
		}
		var convener *models.Actor
		if s.Convener != "" {
			if convener, err = memberByName(ctx, a, s.Convener); err != nil {
				return err
			}
		}
		made, err := a.Service.SplitOff(ctx, nil, community, practice.NewCommunity{Username: s.As, DisplayName: s.Title, Convener: convener})
		if err != nil {
			return err
		}
		fmt.Fprintf(std.out, "founded @%s@%s; the members of @%s are asked whom they follow\n", made.Username, made.Host, community.Username)
		return nil
	})
}
