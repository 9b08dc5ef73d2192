package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"praxis/cmd/app"
	"praxis/models"
)

// domainName names a host.
type domainName struct {
	Host string `arg:"" help:"Host name, such as clinic.example; hosts below it are meant as well."`
}

type domainBlockCommand struct {
	domainName    `embed:""`
	changing      `embed:""`
	Severity      string `enum:"suspend,silence,noop" default:"suspend" help:"suspend: everything. silence: its people are seen by who looks for them. noop: only what the other flags say."`
	RejectMedia   bool   `help:"Show none of its pictures and films."`
	RejectReports bool   `help:"Take no complaints from it."`
	Note          string `help:"For admins."`
	Contact       string `help:"Whom to speak to there."`
	PublicReason  string `help:"Shown to everybody who may read the list of blocks."`
	Obfuscate     bool   `help:"Show the name with stars there."`
}

// Run blocks a host.
func (d *domainBlockCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		block, err := a.Service.BlockOf(ctx, d.Host)
		if err != nil {
			return err
		}
		block.Severity, block.RejectMedia, block.RejectReports, block.Obfuscate = d.Severity, d.RejectMedia, d.RejectReports, d.Obfuscate
		keep(&block.PrivateComment, d.Note)
		keep(&block.PublicComment, d.PublicReason)
		keep(&block.Contact, d.Contact)
		saved, impact, err := a.Service.BlockDomainBy(ctx, d.by(), *block)
		if err != nil {
			return err
		}
		return d.report(std, fmt.Sprintf("blocked %s (%s)", saved.Host, saved.Severity), impact)
	})
}

// keep leaves a text as it is unless another one is given.
func keep(text *string, given string) {
	if given != "" {
		*text = given
	}
}

type domainUnblockCommand struct {
	domainName `embed:""`
	changing   `embed:""`
}

// Run lifts a block.
func (d *domainUnblockCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		impact, err := a.Service.LiftBlock(ctx, d.by(), d.Host)
		if err != nil {
			return err
		}
		return d.report(std, "the block of "+d.Host+" is lifted", impact)
	})
}

type domainAllowCommand struct {
	domainName   `embed:""`
	changing     `embed:""`
	Note         string `help:"For admins."`
	Contact      string `help:"Whom to speak to there."`
	PublicReason string `help:"Why, for everybody."`
}

// Run admits a host.
func (d *domainAllowCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		saved, impact, err := a.Service.AllowDomain(ctx, d.by(), models.DomainAllow{
			Host: d.Host, Note: d.Note, Contact: d.Contact, PublicReason: d.PublicReason,
		})
		if err != nil {
			return err
		}
		return d.report(std, "allowed "+saved.Host, impact)
	})
}

type domainRefuseCommand struct {
	domainName `embed:""`
	changing   `embed:""`
}

// Run takes an allowance back.
func (d *domainRefuseCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		impact, err := a.Service.DisallowDomain(ctx, d.by(), d.Host)
		if err != nil {
			return err
		}
		return d.report(std, d.Host+" is allowed no longer", impact)
	})
}

// decided is one line of what was decided on hosts.
type decided struct {
	Host         string `json:"host"`
	Decision     string `json:"decision"` // suspend, silence, noop, allow, known or waiting
	Since        string `json:"since"`
	RejectMedia  bool   `json:"reject_media,omitempty"`
	RejectReport bool   `json:"reject_reports,omitempty"`
	Obfuscate    bool   `json:"obfuscate,omitempty"`
	Note         string `json:"note,omitempty"`
	Contact      string `json:"contact,omitempty"`
	PublicReason string `json:"public_reason,omitempty"`
	Activities   int64  `json:"activities,omitempty"` // that are held
}

type domainListCommand struct {
	inJSON `embed:""`
}

// Run lists what was decided.
func (d *domainListCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		lines, err := allDecided(ctx, a)
		if err != nil {
			return err
		}
		return d.tell(std, lines, func() error {
			table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
			fmt.Fprintln(table, "HOST\tDECISION\tSINCE\tREJECTS\tPUBLIC REASON\tNOTE\tCONTACT")
			for _, l := range lines {
				fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", l.Host, l.Decision, l.Since, orDash(l.rejects()), orDash(l.PublicReason),
					orDash(l.Note), orDash(l.Contact))
			}
			return table.Flush()
		})
	})
}

func (l decided) rejects() string {
	var parts []string
	if l.RejectMedia {
		parts = append(parts, "media")
	}
	if l.RejectReport {
		parts = append(parts, "reports")
	}
	return strings.Join(parts, ",")
}

func allDecided(ctx context.Context, a *app.App) ([]decided, error) {
	tx := a.Store.Read(ctx)
	blocks, err := tx.DomainBlocks()
	if err != nil {
		return nil, err
	}
	allows, err := tx.DomainAllows()
	if err != nil {
		return nil, err
	}
	waiting, err := tx.HeldHosts()
	lines := []decided{}
	for _, b := range blocks {
		lines = append(lines, decided{
			Host: b.Host, Decision: b.Severity, Since: clockTime(b.CreatedAt), RejectMedia: b.RejectMedia, RejectReport: b.RejectReports, Obfuscate: b.Obfuscate,
			Note: b.PrivateComment, Contact: b.Contact, PublicReason: b.PublicComment,
		})
	}
	for _, one := range allows {
		line := decided{Host: one.Host, Decision: "allow", Since: clockTime(one.CreatedAt), Note: one.Note, Contact: one.Contact, PublicReason: one.PublicReason}
		if one.Known {
			line.Decision = "known"
		}
		lines = append(lines, line)
	}
	for _, h := range waiting {
		lines = append(lines, decided{Host: h.Host, Decision: "waiting", Since: clockTime(h.Since), Activities: h.Count})
	}
	return lines, err
}

type domainShowCommand struct {
	domainName `embed:""`
	inJSON     `embed:""`
}

// Run shows what holds for one host.
func (d *domainShowCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		entry, err := a.Service.DomainEntry(ctx, d.Host)
		if err != nil {
			return err
		}
		ties := entry.Impact
		ties.Was, ties.Becomes = entry.Verdict, entry.Verdict
		said := map[string]any{"host": entry.Host, "verdict": entry.Verdict, "ties": ties}
		lines := [][2]string{{"host", entry.Host}, {"verdict", string(entry.Verdict)}}
		if b := entry.Block; b != nil {
			said["block"] = map[string]any{
				"host": b.Host, "severity": b.Severity, "reject_media": b.RejectMedia, "reject_reports": b.RejectReports,
				"note": b.PrivateComment, "contact": b.Contact, "public_reason": b.PublicComment,
			}
			lines = append(lines, [2]string{"block", b.Severity + " of " + b.Host}, [2]string{"public reason", orDash(b.PublicComment)},
				[2]string{"note", orDash(b.PrivateComment)}, [2]string{"contact", orDash(b.Contact)})
		}
		if w := entry.Allow; w != nil {
			said["allow"] = map[string]any{"note": w.Note, "contact": w.Contact, "public_reason": w.PublicReason, "known": w.Known}
			lines = append(lines, [2]string{"allowed", clockTime(w.CreatedAt)}, [2]string{"public reason", orDash(w.PublicReason)},
				[2]string{"note", orDash(w.Note)}, [2]string{"contact", orDash(w.Contact)})
		}
		lines = append(lines, [2]string{"follows", fmt.Sprintf("%d of ours, %d of theirs", ties.Following, ties.Followers)},
			[2]string{"communities", fmt.Sprintf("%d there, %d here", ties.CommunitiesThere, ties.CommunitiesHere)},
			[2]string{"members", fmt.Sprint(ties.Members)}, [2]string{"deliveries that wait", fmt.Sprint(ties.Deliveries)})
		return d.tell(std, said, func() error {
			table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
			for _, line := range lines {
				fmt.Fprintf(table, "%s\t%s\n", line[0], line[1])
			}
			return table.Flush()
		})
	})
}
