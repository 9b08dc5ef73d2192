package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"praxis/models"
	"praxis/practice"
)

type communityKindsCommand struct {
	Name     string            `arg:"" help:"Name of the community."`
	Use      []string          `help:"The kinds that it uses, such as ProblemSolving,Visit; \"all\" for all of them." placeholder:"KIND"`
	Word     map[string]string `help:"A further word with the kind that it chooses: \"#round=Visit\" or \"Stuck:=ProblemSolving\". Those that are given take the place of those that were." placeholder:"WORD=KIND"`
	Commands string            `help:"Whether replies give commands there: on or off." enum:"on,off,"  default:"" placeholder:"on|off"`
}

// Run changes what was said, and shows how it is then.
func (cc *communityKindsCommand) Run(ctx context.Context, std *streams, c *cli) error {
	a, err := c.open(ctx, std)
	if err != nil {
		return err
	}
	defer a.Close()
	tx := a.Store.Read(ctx)
	community, err := tx.ActorByHandle(cc.Name, a.Config.Host)
	if models.IsNotFound(err) || err == nil && !community.IsCommunity() {
		return usage("there is no community %q here: praxis community list shows them", cc.Name)
	}
	if err != nil {
		return err
	}
	if habits := cc.habits(); habits != (practice.Habits{}) {
		if err := a.Service.OperateHabits(ctx, community, habits); err != nil {
			return err
		}
	}
	return cc.show(std, tx, community)
}

func (cc *communityKindsCommand) habits() practice.Habits {
	var h practice.Habits
	if len(cc.Use) > 0 {
		kinds := slices.DeleteFunc(cc.Use, func(kind string) bool { return kind == "all" })
		h.Kinds = &kinds
	}
	if len(cc.Word) > 0 {
		h.Words = &cc.Word
	}
	if cc.Commands != "" {
		on := cc.Commands == "on"
		h.Commands = &on
	}
	return h
}

func (*communityKindsCommand) show(std *streams, tx *models.Tx, community *models.Actor) error {
	habits, err := tx.CommunityPractice(community.ID)
	if err != nil {
		return err
	}
	words, err := tx.CommunityWords(community.ID)
	if err != nil {
		return err
	}
	kinds, commands := "all", "on"
	if habits.Kinds != "" {
		kinds = strings.Join(habits.KindList(), ", ")
	}
	if habits.CommandsOff {
		commands = "off"
	}
	fmt.Fprintf(std.out, "kinds     %s\ncommands  %s\n", kinds, commands)
	for _, word := range slices.Sorted(maps.Keys(words)) {
		fmt.Fprintf(std.out, "word      %s = %s\n", word, words[word])
	}
	return nil
}
