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

type reportCommand struct {
	List    reportListCommand    `cmd:"" help:"List reports, newest first."`
	Show    reportShowCommand    `cmd:"" help:"Show one report, with the posts that it names."`
	Resolve reportResolveCommand `cmd:"" help:"Close a report."`
	Reopen  reportReopenCommand  `cmd:"" help:"Open a closed report again."`
	Assign  reportAssignCommand  `cmd:"" help:"Give a report to a moderator, or to nobody."`
	Forward reportForwardCommand `cmd:"" help:"Send a report to the server of whom it is about, in the name of this one."`
}

// shownReport is a report as commands tell of it.
type shownReport struct {
	ID         int64        `json:"id,string"`
	State      string       `json:"state"` // open or closed
	Category   string       `json:"category"`
	Comment    string       `json:"comment"`
	Reporter   string       `json:"reporter"`
	Target     string       `json:"target"`
	AssignedTo *string      `json:"assigned_to"`
	Forwarded  bool         `json:"forwarded"`
	CreatedAt  string       `json:"created_at"`
	ResolvedAt *string      `json:"resolved_at"`
	Posts      []shownPlace `json:"posts,omitempty"`
}

// shownPlace is a post that a report names. Its text is for moderators who may read it, and so not for commands.
type shownPlace struct {
	ID  int64  `json:"id,string"`
	URI string `json:"uri"`
}

func showReports(tx *models.Tx, rows []models.Report) ([]shownReport, error) {
	var ids []int64
	for i := range rows {
		ids = append(ids, rows[i].ReporterID, rows[i].TargetID, rows[i].AssignedTo)
	}
	people, err := tx.Actors(ids)
	if err != nil {
		return nil, err
	}
	name := func(id int64) string {
		if a := people[id]; a != nil {
			return "@" + a.Username + "@" + a.Host
		}
		return ""
	}
	shown := []shownReport{}
	for i := range rows {
		r := &rows[i]
		one := shownReport{
			ID: r.ID, State: "open", Category: r.Category, Comment: r.Comment, Reporter: name(r.ReporterID), Target: name(r.TargetID),
			Forwarded: r.Forwarded, CreatedAt: r.CreatedAt.Time().UTC().Format(time.RFC3339),
		}
		if r.AssignedTo != 0 {
			assigned := name(r.AssignedTo)
			one.AssignedTo = &assigned
		}
		if r.ResolvedAt != 0 {
			at := r.ResolvedAt.Time().UTC().Format(time.RFC3339)
			one.State, one.ResolvedAt = "closed", &at
		}
		shown = append(shown, one)
	}
	return shown, nil
}

type reportListCommand struct {
	inJSON `embed:""`
	Closed bool   `help:"Closed reports instead of open ones."`
	Host   string `help:"Only reports about people of a server."`
	Limit  int    `help:"How many." default:"40"`
	Before int64  `help:"Only reports before the one with this id."`
}

// Run lists reports.
func (r *reportListCommand) Run(ctx context.Context, std *streams, c *cli) error {
	if r.Limit < 1 || r.Limit > 1000 {
		return usage("--limit is 1 to 1000, not %d", r.Limit)
	}
	return c.with(ctx, std, func(a *app.App) error {
		tx := a.Store.Read(ctx)
		rows, err := tx.ReportPage(models.ReportFilter{Resolved: r.Closed, TargetHost: r.Host}, models.Page{MaxID: r.Before, Limit: r.Limit})
		if err != nil {
			return err
		}
		shown, err := showReports(tx, rows)
		if err != nil {
			return err
		}
		return r.tell(std, shown, func() error {
			table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
			fmt.Fprintln(table, "ID\tCREATED\tCATEGORY\tABOUT\tBY\tCOMMENT")
			for _, one := range shown {
				fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\t%s\n", one.ID, one.CreatedAt, one.Category, one.Target, one.Reporter, orDash(oneLine(one.Comment)))
			}
			return table.Flush()
		})
	})
}

// oneReport is a command about one report.
type oneReport struct {
	inJSON `embed:""`
	ID     int64 `arg:"" help:"The report's id: praxis report list shows it."`
}

// change carries out something and shows the report as it is then.
func (o oneReport) change(ctx context.Context, std *streams, c *cli, do func(a *app.App) (*models.Report, error)) error {
	return c.with(ctx, std, func(a *app.App) error {
		report, err := do(a)
		if err != nil {
			return err
		}
		return o.show(ctx, std, a, report)
	})
}

func (o oneReport) show(ctx context.Context, std *streams, a *app.App, report *models.Report) error {
	tx := a.Store.Read(ctx)
	all, err := showReports(tx, []models.Report{*report})
	if err != nil {
		return err
	}
	one := all[0]
	if one.Posts, err = placesOf(tx, report); err != nil {
		return err
	}
	return o.tell(std, one, func() error {
		table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
		fmt.Fprintf(table, "report\t%d, %s\nabout\t%s\nby\t%s\ncategory\t%s\ncreated\t%s\ncomment\t%s\n", one.ID, one.State, one.Target, one.Reporter,
			one.Category, one.CreatedAt, orDash(oneLine(one.Comment)))
		if one.AssignedTo != nil {
			fmt.Fprintf(table, "assigned to\t%s\n", *one.AssignedTo)
		}
		for _, place := range one.Posts {
			fmt.Fprintf(table, "post\t%s\n", place.URI)
		}
		return table.Flush()
	})
}

func placesOf(tx *models.Tx, report *models.Report) ([]shownPlace, error) {
	var ids []int64
	for _, word := range strings.Fields(report.PostIDs) {
		var id int64
		if _, err := fmt.Sscan(word, &id); err == nil {
			ids = append(ids, id)
		}
	}
	posts, err := tx.Posts(ids)
	var places []shownPlace
	for _, id := range ids {
		if p := posts[id]; p != nil {
			places = append(places, shownPlace{ID: id, URI: p.URI})
		}
	}
	return places, err
}

type reportShowCommand struct {
	oneReport `embed:""`
}

// Run shows a report.
func (r *reportShowCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return r.change(ctx, std, c, func(a *app.App) (*models.Report, error) { return a.Store.Read(ctx).Report(r.ID) })
}

type reportResolveCommand struct {
	oneReport `embed:""`
}

// Run closes a report.
func (r *reportResolveCommand) Run(ctx context.Context, std *streams, c *cli) error {
	yes := true
	return r.change(ctx, std, c, func(a *app.App) (*models.Report, error) {
		return a.Service.ChangeReport(ctx, nil, r.ID, practice.ReportChange{Resolved: &yes})
	})
}

type reportReopenCommand struct {
	oneReport `embed:""`
}

// Run opens a report again.
func (r *reportReopenCommand) Run(ctx context.Context, std *streams, c *cli) error {
	no := false
	return r.change(ctx, std, c, func(a *app.App) (*models.Report, error) {
		return a.Service.ChangeReport(ctx, nil, r.ID, practice.ReportChange{Resolved: &no})
	})
}

type reportAssignCommand struct {
	oneReport `embed:""`
	Name      string `arg:"" optional:"" help:"User name of a moderator; nobody without it."`
}

// Run gives a report to somebody.
func (r *reportAssignCommand) Run(ctx context.Context, std *streams, c *cli) error {
	assigned := r.Name != ""
	return r.change(ctx, std, c, func(a *app.App) (*models.Report, error) {
		if !assigned {
			return a.Service.ChangeReport(ctx, nil, r.ID, practice.ReportChange{Assigned: &assigned})
		}
		moderator, err := memberByName(ctx, a, r.Name)
		if err != nil {
			return nil, err
		}
		return a.Service.ChangeReport(ctx, moderator, r.ID, practice.ReportChange{Assigned: &assigned})
	})
}

type reportForwardCommand struct {
	oneReport `embed:""`
}

// Run sends a report to the server of whom it is about.
func (r *reportForwardCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return r.change(ctx, std, c, func(a *app.App) (*models.Report, error) { return a.Service.ForwardReport(ctx, nil, r.ID) })
}
