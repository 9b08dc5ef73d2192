package main

import (
	"context"
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"praxis/cmd/app"
	"praxis/models"
	"praxis/practice"
)

type domainCommand struct {
	List      domainListCommand      `cmd:"" help:"List what was decided on hosts, and who waits in quarantine."`
	Show      domainShowCommand      `cmd:"" help:"Show what holds for one host, and what there is between it and us."`
	Block     domainBlockCommand     `cmd:"" help:"Block a host and all below it, or change its block."`
	Unblock   domainUnblockCommand   `cmd:"" help:"Lift the block of a host."`
	Allow     domainAllowCommand     `cmd:"" help:"Admit a host and all below it."`
	Refuse    domainRefuseCommand    `cmd:"" help:"Take the allowance of a host back."`
	Import    domainImportCommand    `cmd:"" help:"Read a list of hosts to be blocked: preview, draft, apply, undo."`
	Subscribe domainSubscribeCommand `cmd:"" help:"Follow lists of hosts that others keep, of blocks or of allowed hosts."`
	Export    domainExportCommand    `cmd:"" help:"Write the list of blocked or allowed hosts."`
	Mode      domainModeCommand      `cmd:"" help:"Show, or set, with whom this instance federates."`
	Stop      domainStopCommand      `cmd:"" help:"Emergency: federate with nobody from now on. It can be undone for 72 hours."`
	Resume    domainResumeCommand    `cmd:"" help:"Undo the emergency stop; what waited goes on."`
}

// inJSON is for commands that can tell programs what they tell people.
type inJSON struct {
	JSON bool `name:"json" help:"Write JSON."`
}

// tell writes a value as JSON, or leaves it to text.
func (j inJSON) tell(std *streams, value any, text func() error) error {
	if !j.JSON {
		return text()
	}
	out := json.NewEncoder(std.out)
	out.SetIndent("", "  ")
	return out.Encode(value)
}

// changing is for commands that change the policy.
type changing struct {
	inJSON `embed:""`
	DryRun bool `help:"Only say what it would cut off or admit."`
}

func (c changing) by() practice.By { return practice.By{DryRun: c.DryRun} }

// report tells what a change did, or would do.
func (c changing) report(std *streams, did string, impact *models.Impact) error {
	said := struct {
		Done   string              `json:"done"`
		DryRun bool                `json:"dry_run"`
		Hosts  []models.HostImpact `json:"hosts"`
		Total  totals              `json:"total"`
	}{did, c.DryRun, impact.Hosts, totalsOf(impact)}
	if said.Hosts == nil {
		said.Hosts = []models.HostImpact{}
	}
	return c.tell(std, said, func() error {
		if c.DryRun {
			did = "dry run, nothing was changed: " + did
		}
		fmt.Fprintln(std.out, did)
		return showImpact(std, impact)
	})
}

// totals are the numbers of all hosts that are cut off; who is concerned twice counts once.
type totals struct {
	Hosts            int   `json:"hosts"`
	Following        int64 `json:"following"`
	Followers        int64 `json:"followers"`
	Members          int64 `json:"members"`
	CommunitiesThere int64 `json:"communities_there"`
	CommunitiesHere  int64 `json:"communities_here"`
	Deliveries       int64 `json:"deliveries"`
}

func totalsOf(i *models.Impact) totals {
	t := i.Total
	return totals{len(i.Cuts()), t.Following, t.Followers, t.Members, t.CommunitiesThere, t.CommunitiesHere, t.Deliveries}
}

func showImpact(std *streams, impact *models.Impact) error {
	if len(impact.Hosts) == 0 {
		fmt.Fprintln(std.out, "no host that we have to do with is cut off or admitted by it")
		return nil
	}
	t := totalsOf(impact)
	fmt.Fprintf(std.out, "cuts off %d hosts: %d follows of ours, %d of theirs, %d members, %d communities there, %d here, %d deliveries that wait; admits %d hosts\n",
		t.Hosts, t.Following, t.Followers, t.Members, t.CommunitiesThere, t.CommunitiesHere, t.Deliveries, len(impact.Admits()))
	table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "HOST\tWAS\tBECOMES\tFOLLOWING\tFOLLOWERS\tMEMBERS\tCOMMUNITIES THERE\tHERE\tDELIVERIES")
	for _, h := range impact.Hosts {
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\n", h.Host, h.Was, h.Becomes, h.Following, h.Followers, h.Members,
			h.CommunitiesThere, h.CommunitiesHere, h.Deliveries)
	}
	return table.Flush()
}

type domainModeCommand struct {
	changing `embed:""`
	Mode     string `arg:"" optional:"" help:"open: all but blocked hosts. quarantine: new hosts wait. partners: allowed hosts only. closed: nobody."`
}

// Run shows or sets the mode.
func (d *domainModeCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		if d.Mode == "" {
			return d.show(ctx, std, a)
		}
		impact, err := a.Service.SetMode(ctx, d.by(), models.Mode(d.Mode))
		if err != nil {
			return err
		}
		return d.report(std, "the mode is "+d.Mode, impact)
	})
}

func (d *domainModeCommand) show(ctx context.Context, std *streams, a *app.App) error {
	state, err := a.Service.Policy(ctx)
	if err != nil {
		return err
	}
	stopped := state.Rules.StoppedAt
	said := map[string]any{"mode": state.Rules.Mode, "stopped": stopped != 0}
	return d.tell(std, said, func() error {
		fmt.Fprintln(std.out, state.Rules.Mode)
		if stopped != 0 {
			fmt.Fprintf(std.out, "stopped since %s; the mode is closed, and follows end, at %s unless you resume\n", clockTime(stopped), clockTime(stopped.Add(models.Grace)))
		}
		return nil
	})
}

type domainStopCommand struct {
	changing `embed:""`
}

// Run stops federation.
func (d *domainStopCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		impact, err := a.Service.StopFederation(ctx, d.by())
		if err != nil {
			return err
		}
		return d.report(std, "stopped: nothing goes out or comes in; undo it within 72 hours with praxis domain resume", impact)
	})
}

type domainResumeCommand struct {
	changing `embed:""`
}

// Run undoes the emergency stop.
func (d *domainResumeCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		impact, err := a.Service.ResumeFederation(ctx, d.by())
		if err != nil {
			return err
		}
		return d.report(std, "resumed: what waited goes on", impact)
	})
}
