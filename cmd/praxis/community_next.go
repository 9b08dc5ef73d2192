package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"praxis/cmd/app"
	"praxis/models"
	"praxis/practice"
)

type siblingNextCommand struct {
	inJSON    `embed:""`
	Community string   `arg:"" help:"Name of a community of this instance."`
	Siblings  []string `arg:"" optional:"" help:"Its siblings, name@host or address, the first one first; those that are left out come after. Without any, the order is shown."`
}

// Run says which siblings go on when this server is lost, and shows them in their order.
func (s *siblingNextCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		community, err := communityByName(ctx, a, s.Community)
		if err != nil {
			return err
		}
		if err := s.set(ctx, a, community); err != nil {
			return err
		}
		next, err := s.successors(ctx, a, community)
		if err != nil {
			return err
		}
		shown := struct {
			Community  string                  `json:"community"`
			Successors []practice.SiblingSheet `json:"successors"`
		}{"@" + community.Username + "@" + a.Config.Host, next}
		return s.tell(std, shown, func() error {
			if len(next) == 0 {
				fmt.Fprintf(std.out, "nobody: %s has no siblings\n", shown.Community)
			}
			for i := range next {
				fmt.Fprintf(std.out, "%d. %s (%s)\n", next[i].Place, next[i].Sibling, next[i].State)
			}
			return nil
		})
	})
}

// set changes the order, if any was named.
func (s *siblingNextCommand) set(ctx context.Context, a *app.App, community *models.Actor) error {
	if len(s.Siblings) == 0 {
		return nil
	}
	sheets, err := a.Service.Siblings(ctx, nil, community)
	if err != nil {
		return err
	}
	var ids []int64
	for _, name := range s.Siblings {
		sheet := sheetOf(sheets, name)
		if sheet == nil {
			return strangers(community, name)
		}
		row, err := a.Store.Read(ctx).Sibling(community.ID, sheet.URI)
		if err != nil {
			return err
		}
		if slices.Contains(ids, row.ID) {
			return usage("%s is named twice", name)
		}
		ids = append(ids, row.ID)
	}
	return a.Service.SetSuccessors(ctx, nil, community, ids)
}

// successors gives those that go on, the first one first.
func (s *siblingNextCommand) successors(ctx context.Context, a *app.App, community *models.Actor) ([]practice.SiblingSheet, error) {
	next, err := a.Service.Siblings(ctx, nil, community)
	next = slices.DeleteFunc(next, func(s practice.SiblingSheet) bool { return s.Place == 0 })
	slices.SortFunc(next, func(one, other practice.SiblingSheet) int { return cmp.Compare(one.Place, other.Place) })
	return next, err
}
