package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"praxis/cmd/app"
	"praxis/models"
	"praxis/practice"
)

type siblingCommand struct {
	List    siblingListCommand    `cmd:"" help:"List the siblings of a community, or of all of them."`
	Show    siblingShowCommand    `cmd:"" help:"Show one sibling: what is agreed or offered, and what happened."`
	Propose siblingProposeCommand `cmd:"" help:"Offer to a community of another host to become one community with ours."`
	Approve siblingApproveCommand `cmd:"" help:"Accept an offer, as a convener."`
	Admit   siblingAdmitCommand   `cmd:"" help:"Let communities here have siblings at the host of one, as an admin: once for each host."`
	Counter siblingCounterCommand `cmd:"" help:"Answer an offer with another one."`
	Refuse  siblingRefuseCommand  `cmd:"" help:"Refuse an offer."`
	Leave   siblingLeaveCommand   `cmd:"" help:"Take an offer back, or end an agreement at once: the host has to be admitted again after it."`
	Pause   siblingPauseCommand   `cmd:"" help:"Let a pair rest."`
	Resume  siblingResumeCommand  `cmd:"" help:"End a pause."`
	Charter siblingCharterCommand `cmd:"" help:"Show how the charter of a sibling differs from ours, or take it over."`
	Next    siblingNextCommand    `cmd:"" help:"Show, or say, which siblings go on with the threads of ours when this server is lost."`
}

// siblingName names a community of ours and one elsewhere.
type siblingName struct {
	inJSON    `embed:""`
	Community string `arg:"" help:"Name of a community of this instance."`
	Sibling   string `arg:"" help:"The other community: name@host, or its address."`
}

// find gives our community and its pair with the other one.
func (n *siblingName) find(ctx context.Context, a *app.App) (*models.Actor, *models.Sibling, error) {
	community, err := communityByName(ctx, a, n.Community)
	if err != nil {
		return nil, nil, err
	}
	sheets, err := a.Service.Siblings(ctx, nil, community)
	if err != nil {
		return nil, nil, err
	}
	sheet := sheetOf(sheets, n.Sibling)
	if sheet == nil {
		return nil, nil, strangers(community, n.Sibling)
	}
	row, err := a.Store.Read(ctx).Sibling(community.ID, sheet.URI)
	return community, row, err
}

// sheetOf finds a pair by the name or the address of the other community; nil for none.
func sheetOf(sheets []practice.SiblingSheet, name string) *practice.SiblingSheet {
	wanted := "@" + strings.TrimLeft(strings.ToLower(name), "@!")
	for i := range sheets {
		if sheets[i].URI == name || strings.ToLower(sheets[i].Sibling) == wanted {
			return &sheets[i]
		}
	}
	return nil
}

func strangers(community *models.Actor, name string) error {
	return usage("@%s and %s have nothing to do with each other: praxis community sibling propose offers it", community.Username, name)
}

// did tells what became of a pair.
func (n *siblingName) did(ctx context.Context, std *streams, a *app.App, community *models.Actor, row *models.Sibling) error {
	sheet, err := a.Service.SiblingOf(ctx, nil, community, row.ID)
	if err != nil {
		return err
	}
	return n.tell(std, sheet, func() error {
		fmt.Fprintln(std.out, siblingLine(sheet))
		return nil
	})
}

// siblingLine says how two stand to each other, and why.
func siblingLine(s *practice.SiblingSheet) string {
	line := s.Community + " and " + s.Sibling + ": " + s.State
	if s.Reason != "" {
		line += " (" + oneLine(s.Reason) + ")"
	}
	return line
}

// do runs a verb on a pair, and tells what became of it.
func (n *siblingName) do(ctx context.Context, std *streams, c *cli, verb func(s *practice.Service, community *models.Actor, id int64) (*models.Sibling, error)) error {
	return c.with(ctx, std, func(a *app.App) error {
		community, row, err := n.find(ctx, a)
		if err != nil {
			return err
		}
		if row, err = verb(a.Service, community, row.ID); err != nil {
			return err
		}
		return n.did(ctx, std, a, community, row)
	})
}

type siblingListCommand struct {
	inJSON    `embed:""`
	Community string `arg:"" optional:"" help:"Name of a community of this instance; all of them unless set."`
}

// Run lists siblings.
func (s *siblingListCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		sheets, err := s.sheets(ctx, a)
		if err != nil {
			return err
		}
		return s.tell(std, map[string]any{"siblings": sheets}, func() error {
			table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
			fmt.Fprintln(table, "COMMUNITY\tSIBLING\tSTATE\tWAITS FOR\tREASON")
			for _, sheet := range sheets {
				fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", sheet.Community, sheet.Sibling, sheet.State, orDash(sheet.WaitsFor), orDash(oneLine(sheet.Reason)))
			}
			return table.Flush()
		})
	})
}

func (s *siblingListCommand) sheets(ctx context.Context, a *app.App) ([]practice.SiblingSheet, error) {
	if s.Community == "" {
		return a.Service.AllSiblings(ctx, nil)
	}
	community, err := communityByName(ctx, a, s.Community)
	if err != nil {
		return nil, err
	}
	return a.Service.Siblings(ctx, nil, community)
}

type siblingShowCommand struct {
	siblingName `embed:""`
}

// Run shows one sibling.
func (s *siblingShowCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		community, row, err := s.find(ctx, a)
		if err != nil {
			return err
		}
		sheet, err := a.Service.SiblingOf(ctx, nil, community, row.ID)
		if err != nil {
			return err
		}
		return s.tell(std, sheet, func() error { return showSibling(std, sheet) })
	})
}

func showSibling(std *streams, s *practice.SiblingSheet) error {
	fmt.Fprintf(std.out, "%s\n%s\n", siblingLine(s), s.URI)
	if s.WaitsFor != "" {
		fmt.Fprintln(std.out, "waits for: "+s.WaitsFor)
	}
	if len(s.Successors) > 0 {
		fmt.Fprintln(std.out, "when it is lost, its threads are for: "+strings.Join(s.Successors, ", "))
	}
	if s.Adopter != "" {
		fmt.Fprintln(std.out, "looked after by: "+s.Adopter)
	}
	table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	showDeal(table, "offer", s.Offer)
	showDeal(table, "agreement", s.Agreement)
	if s.Copies != nil {
		fmt.Fprintf(table, "copies\t%d posts are here because of it alone\tremoved on %s\n", *s.Copies, orDash(orEmpty(s.RemovesAt)))
	}
	for _, e := range s.Events {
		fmt.Fprintf(table, "%s\t%s\t%s\n", e.At, e.Kind, orDash(oneLine(e.Detail)))
	}
	return table.Flush()
}

func orEmpty(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

func showDeal(table *tabwriter.Writer, what string, d *practice.SiblingDeal) {
	if d == nil {
		return
	}
	fmt.Fprintf(table, "%s\t%s\tclass %s, charter %s, until %s\n", what, d.URN, d.Class, d.Charter, d.ValidUntil)
	fmt.Fprintf(table, "\thistory %d days\tremovals %s, bans %s, roster %s\n", d.History, d.Removals, d.Bans, d.Roster)
	fmt.Fprintf(table, "\tlicence %s\t%s after the end, lost after %d days of silence\n", orDash(d.License), keptFor(d.Retention), d.Silence)
	fmt.Fprintf(table, "\tcontact %s\thash %s\n", oneLine(d.Contact), d.Hash)
}

// keptFor says for how many days copies stay.
func keptFor(days int) string {
	if days == 0 {
		return "kept"
	}
	return fmt.Sprintf("kept for %d days", days)
}

// siblingTerms are what is offered.
type siblingTerms struct {
	History   int    `help:"Days of what came before that each gives the other." default:"90"`
	Removals  string `help:"What is done here when moderators there withdraw a thread of theirs, and the other way: review or auto." default:"review" enum:"review,auto"`
	Bans      string `help:"advisory or mutual." default:"advisory" enum:"advisory,mutual"`
	Roster    string `help:"What each says of its members: none, counts or hosts." default:"counts" enum:"none,counts,hosts"`
	License   string `help:"Licence of what is posted."`
	Retention int    `help:"Days after the end after which each removes what it has of the other; 0 for never."`
	Silence   int    `help:"Days of silence after which a sibling can be called lost." default:"14"`
	Contact   string `help:"Whom they can reach here; the list of moderators unless set."`
	Until     string `help:"Last day, such as 2027-03-01; a year from now unless set."`
}

func (t *siblingTerms) terms() (practice.SiblingTerms, error) {
	terms := practice.SiblingTerms{
		History: t.History, Removals: t.Removals, Bans: t.Bans, Roster: t.Roster, License: t.License, Retention: t.Retention, Silence: t.Silence, Contact: t.Contact,
	}
	if t.Until == "" {
		return terms, nil
	}
	day, err := time.Parse(time.DateOnly, t.Until)
	if err != nil {
		return terms, usage("--until %q is no day such as 2027-03-01", t.Until)
	}
	terms.ValidUntil = day.Add(24*time.Hour - time.Second)
	return terms, nil
}

type siblingProposeCommand struct {
	siblingName  `embed:""`
	siblingTerms `embed:""`
}

// Run offers to be siblings.
func (s *siblingProposeCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		community, err := communityByName(ctx, a, s.Community)
		if err != nil {
			return err
		}
		terms, err := s.terms()
		if err != nil {
			return err
		}
		other, err := a.Service.FindCommunity(ctx, s.Sibling)
		if err != nil {
			return err
		}
		row, err := a.Service.ProposeSibling(ctx, nil, community, other, terms)
		if err != nil {
			return err
		}
		return s.did(ctx, std, a, community, row)
	})
}

type siblingCounterCommand struct {
	siblingName  `embed:""`
	siblingTerms `embed:""`
}

// Run answers an offer with another one.
func (s *siblingCounterCommand) Run(ctx context.Context, std *streams, c *cli) error {
	terms, err := s.terms()
	if err != nil {
		return err
	}
	return s.do(ctx, std, c, func(service *practice.Service, community *models.Actor, id int64) (*models.Sibling, error) {
		return service.CounterSibling(ctx, nil, community, id, terms)
	})
}

type siblingApproveCommand struct {
	siblingName `embed:""`
}

// Run accepts an offer.
func (s *siblingApproveCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return s.do(ctx, std, c, func(service *practice.Service, community *models.Actor, id int64) (*models.Sibling, error) {
		return service.ApproveSibling(ctx, nil, community, id)
	})
}

type siblingAdmitCommand struct {
	siblingName `embed:""`
}

// Run admits a host.
func (s *siblingAdmitCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return s.do(ctx, std, c, func(service *practice.Service, community *models.Actor, id int64) (*models.Sibling, error) {
		return service.AdmitSibling(ctx, nil, community, id)
	})
}

// siblingReason is a pair, and why.
type siblingReason struct {
	siblingName `embed:""`
	Reason      string `help:"Why, in words; they are told."`
}

type siblingRefuseCommand struct {
	siblingReason `embed:""`
}

// Run refuses an offer.
func (s *siblingRefuseCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return s.do(ctx, std, c, func(service *practice.Service, community *models.Actor, id int64) (*models.Sibling, error) {
		return service.RefuseSibling(ctx, nil, community, id, s.Reason)
	})
}

type siblingLeaveCommand struct {
	siblingReason `embed:""`
}

// Run ends what there is.
func (s *siblingLeaveCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return s.do(ctx, std, c, func(service *practice.Service, community *models.Actor, id int64) (*models.Sibling, error) {
		return service.LeaveSibling(ctx, nil, community, id, s.Reason)
	})
}

type siblingPauseCommand struct {
	siblingReason `embed:""`
}

// Run lets a pair rest.
func (s *siblingPauseCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return s.do(ctx, std, c, func(service *practice.Service, community *models.Actor, id int64) (*models.Sibling, error) {
		return service.PauseSibling(ctx, nil, community, id, s.Reason)
	})
}

type siblingResumeCommand struct {
	siblingName `embed:""`
}

// Run ends a pause.
func (s *siblingResumeCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return s.do(ctx, std, c, func(service *practice.Service, community *models.Actor, id int64) (*models.Sibling, error) {
		return service.ResumeSibling(ctx, nil, community, id)
	})
}
