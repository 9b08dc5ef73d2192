package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"praxis/cmd/app"
	"praxis/models"
	"praxis/practice"
)

type partnerCommand struct {
	List     partnerListCommand     `cmd:"" help:"List partners with their health."`
	Show     partnerShowCommand     `cmd:"" help:"Show one partner: what is agreed or offered, its health, what happened."`
	Propose  partnerProposeCommand  `cmd:"" help:"Offer a partnership to the organization of a host."`
	Compare  partnerCompareCommand  `cmd:"" help:"Show both sides' terms beside each other, and the six words to be compared by voice."`
	Confirm  partnerConfirmCommand  `cmd:"" help:"Say that the partner's admin reads the same six words."`
	Accept   partnerAcceptCommand   `cmd:"" help:"Accept an offer as it stands."`
	Counter  partnerCounterCommand  `cmd:"" help:"Answer an offer with another one."`
	Refuse   partnerRefuseCommand   `cmd:"" help:"Refuse an offer."`
	Test     partnerTestCommand     `cmd:"" help:"Test both directions again."`
	Renew    partnerRenewCommand    `cmd:"" help:"Offer a new term under the terms that hold."`
	Revoke   partnerRevokeCommand   `cmd:"" help:"Take an offer back, or end an agreement: paused at once, ended after seven days."`
	Purge    partnerPurgeCommand    `cmd:"" help:"Ask a partner to remove its copies of what was shared."`
	Answer   partnerAnswerCommand   `cmd:"" help:"Answer a partner's request to purge."`
	OneSided partnerOneSidedCommand `cmd:"" name:"one-sided" help:"Make a partner of a host with other software, by our decision alone."`
	Export   partnerExportCommand   `cmd:"" help:"Write the agreement as both signed it, or the public list of partners."`
}

// partnerHost names a partner.
type partnerHost struct {
	inJSON `embed:""`
	Host   string `arg:"" help:"Host name of the partner, such as clinic.example."`
}

// did tells what became of a partner.
func (p partnerHost) did(ctx context.Context, std *streams, a *app.App, partner *models.Partner, err error) error {
	if err != nil {
		return err
	}
	view, err := a.Service.PartnerOf(ctx, partner.Host)
	if err != nil {
		return err
	}
	return p.tell(std, view.Sheet(), func() error {
		fmt.Fprintf(std.out, "%s: %s (%s)\n", partner.Host, partner.State, partner.Reason)
		return nil
	})
}

type partnerListCommand struct {
	inJSON `embed:""`
}

// Run lists partners.
func (p *partnerListCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		views, err := a.Service.Partners(ctx)
		if err != nil {
			return err
		}
		sheets := make([]*practice.PartnerSheet, len(views))
		for i := range views {
			sheets[i] = views[i].Sheet()
		}
		return p.tell(std, map[string]any{"partners": sheets}, func() error {
			table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
			fmt.Fprintln(table, "HOST\tSTATE\tUNTIL\tHEALTH\tWHAT TO DO\tREASON")
			for i := range views {
				s := sheets[i]
				fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", s.Host, s.State, endOf(views[i].ValidUntil), s.Health.Colour, orDash(s.Health.Do), orDash(oneLine(s.Reason)))
			}
			return table.Flush()
		})
	})
}

func endOf(t models.Timestamp) string {
	if t == 0 {
		return "-"
	}
	return t.Time().Format("2006-01-02")
}

type partnerShowCommand struct {
	partnerHost `embed:""`
}

// Run shows one partner.
func (p *partnerShowCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		view, err := a.Service.PartnerOf(ctx, p.Host)
		if err != nil {
			return err
		}
		return p.tell(std, view.Sheet(), func() error { return showPartner(std, view) })
	})
}

func showPartner(std *streams, v *practice.PartnerView) error {
	s := v.Sheet()
	fmt.Fprintf(std.out, "%s: %s (%s)\n%s: %s\n", s.Host, s.State, s.Reason, s.Health.Colour, s.Health.Why)
	if s.Health.Do != "" {
		fmt.Fprintln(std.out, "what to do: "+s.Health.Do)
	}
	if err := showTerms(std, s); err != nil {
		return err
	}
	for _, r := range s.Records {
		fmt.Fprintf(std.out, "record %s of %s, signed by both: %t\n", r.Hash, r.At, r.Whole)
	}
	table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	for _, m := range s.Waiting {
		fmt.Fprintf(table, "waits to be sent\t%d tries\t%s\n", m.Attempts, orDash(oneLine(m.Error)))
	}
	for _, e := range s.Events {
		fmt.Fprintf(table, "%s\t%s\t%s\n", e.At, e.Kind, orDash(oneLine(e.Detail)))
	}
	return table.Flush()
}

// showTerms shows both sides beside each other; what differs is marked.
func showTerms(std *streams, s *practice.PartnerSheet) error {
	if s.Ours == nil && s.Theirs == nil {
		return nil
	}
	none := &practice.TermsSheet{}
	ours, theirs := s.Ours, s.Theirs
	if ours == nil {
		ours = none
	}
	if theirs == nil {
		theirs = none
	}
	table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "\tOURS\tTHEIRS\t")
	row := func(name, a, b string) {
		mark := ""
		for _, differs := range s.Differs {
			if differs == name {
				mark = "differs"
			}
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", name, orDash(oneLine(a)), orDash(oneLine(b)), mark)
	}
	row("level", ours.Level, theirs.Level)
	row("classes", strings.Join(ours.Classes, ", "), strings.Join(theirs.Classes, ", "))
	row("data", strings.Join(ours.Data, ", "), strings.Join(theirs.Data, ", "))
	row("retention_days", fmt.Sprint(ours.Retention), fmt.Sprint(theirs.Retention))
	row("contact", ours.Contact, theirs.Contact)
	row("abuse", ours.Abuse, theirs.Abuse)
	row("data protection", ours.Protection, theirs.Protection)
	row("policy", ours.Policy, theirs.Policy)
	row("policy digest", ours.Digest, theirs.Digest)
	row("listed", fmt.Sprint(ours.Listed), fmt.Sprint(theirs.Listed))
	row("key", ours.Key, theirs.Key)
	return table.Flush()
}

type partnerCompareCommand struct {
	partnerHost `embed:""`
}

// Run shows what is to be compared.
func (p *partnerCompareCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		view, err := a.Service.ComparePartner(ctx, p.Host)
		if err != nil {
			return err
		}
		return p.tell(std, view.Sheet(), func() error {
			if err := showTerms(std, view.Sheet()); err != nil {
				return err
			}
			fmt.Fprintf(std.out, "the six words, which the admin of %s must read as well:\n\n    %s\n\n", view.Host, strings.Join(view.Words, " "))
			if view.Compared {
				fmt.Fprintln(std.out, "they were confirmed")
				return nil
			}
			fmt.Fprintf(std.out, "call them at a number that you know from elsewhere; if they read the same: praxis partner confirm %s WORDS\n", view.Host)
			return nil
		})
	})
}

type partnerExportCommand struct {
	Host string `arg:"" optional:"" help:"The partner whose agreement is written; without one, the public list of partners."`
	JSON bool   `name:"json" help:"As JSON: the record with both proofs, or the list as other instances import it. Else the list is one host a line."`
	HTML bool   `name:"html" help:"The record as a page that prints well."`
}

// Run writes an agreement or the list.
func (p *partnerExportCommand) Run(ctx context.Context, std *streams, c *cli) error {
	if p.JSON && p.HTML {
		return usage("give --json or --html")
	}
	return c.with(ctx, std, func(a *app.App) error {
		if p.Host == "" {
			return p.list(ctx, std, a)
		}
		if p.HTML {
			return a.PrintPartner(ctx, std.out, p.Host)
		}
		document, _, err := a.Service.PartnerRecordOf(ctx, p.Host)
		if err == nil {
			_, err = fmt.Fprintf(std.out, "%s\n", document)
		}
		return err
	})
}
