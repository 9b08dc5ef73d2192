package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"praxis/cmd/app"
	"praxis/models"
	"praxis/practice"
)

type peerCommand struct {
	List   peerListCommand   `cmd:"" help:"List the servers that this one speaks with, and what waits for them."`
	Show   peerShowCommand   `cmd:"" help:"Show one of them, with what it refused and what failed."`
	Retry  peerRetryCommand  `cmd:"" help:"Try at once what waits for it and what was given up."`
	Pause  peerPauseCommand  `cmd:"" help:"Stop deliveries to it; they wait."`
	Resume peerResumeCommand `cmd:"" help:"Let deliveries to it go on."`
	Resend peerResendCommand `cmd:"" help:"Send it once more what was for it since a moment: receivers know what they have."`
}

type peerListCommand struct {
	State string `help:"Only those that are healthy, failing, paused, parked or blocked." enum:",healthy,failing,paused,parked,blocked" default:""`
}

// Run lists peers.
func (p *peerListCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		reports, err := a.Service.PeerReports(ctx)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "HOST\tSTATE\tWAITING\tGIVEN UP\tNEXT TRY\tLAST OUT\tLAST IN\tLATENCY\tSOFTWARE")
		for i := range reports {
			r := &reports[i]
			if p.State != "" && r.State != p.State {
				continue
			}
			fmt.Fprintf(table, "%s\t%s\t%d\t%d\t%s\t%s\t%s\t%s\t%s\n", r.Peer.Host, r.State, r.Waiting(),
				r.Counts[models.DeliveryParked], clockTime(r.Peer.NextTryAt),
				clockTime(r.Peer.LastSuccessAt), clockTime(r.Peer.LastInboundAt), latency(&r.Peer), orDash(strings.TrimSpace(r.Peer.Software+" "+r.Peer.Version)))
		}
		return table.Flush()
	})
}

func clockTime(at models.Timestamp) string {
	if at.IsZero() {
		return "-"
	}
	return at.Time().Format("2006-01-02 15:04:05")
}

func latency(p *models.Peer) string {
	if p.LatencyMs == 0 {
		return "-"
	}
	return fmt.Sprintf("%d ms", p.LatencyMs)
}

// peerName names a peer.
type peerName struct {
	Host string `arg:"" help:"Host name of the peer, such as clinic.example."`
}

type peerShowCommand struct {
	peerName `embed:""`
}

// Run shows a peer.
func (p *peerShowCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		r, err := a.Service.PeerReport(ctx, p.Host)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
		for _, line := range [][2]string{
			{"host", r.Peer.Host},
			{"state", r.State},
			{"software", orDash(strings.TrimSpace(r.Peer.Software + " " + r.Peer.Version))},
			{"failures in a row", fmt.Sprint(r.Peer.Failures)},
			{"failing since", clockTime(r.Peer.FailingSince)},
			{"last error", orDash(r.Peer.LastError)},
			{"next try", clockTime(r.Peer.NextTryAt)},
			{"paused", clockTime(r.Peer.PausedAt)},
			{"parked", clockTime(r.Peer.ParkedAt)},
			{"last delivery taken", clockTime(r.Peer.LastSuccessAt)},
			{"last activity from it", clockTime(r.Peer.LastInboundAt)},
			{"latency", latency(&r.Peer)},
			{"signatures", orDash(r.Peer.SignatureScheme)},
			{"deliveries of 30 days", countsLine(r)},
		} {
			fmt.Fprintf(table, "%s\t%s\n", line[0], line[1])
		}
		if err := table.Flush(); err != nil {
			return err
		}
		return showTroubles(std, r)
	})
}

func countsLine(r *practice.PeerReport) string {
	var parts []string
	for _, state := range models.DeliveryStates() {
		if n := r.Counts[state]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, state))
		}
	}
	return orDash(strings.Join(parts, ", "))
}

func showTroubles(std *streams, r *practice.PeerReport) error {
	if len(r.Troubles) == 0 {
		return nil
	}
	fmt.Fprintln(std.out)
	table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "WHEN\tACTIVITY\tSTATE\tTRIES\tSTATUS\tREASON")
	for _, d := range slices.Backward(r.Troubles) {
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%d\t%s\n", clockTime(d.UpdatedAt), orDash(r.Types[d.EntryID]), d.State, d.Attempts, d.Status, orDash(d.LastError))
	}
	return table.Flush()
}

// peerWait lets a command stay until what it caused is done.
type peerWait struct {
	Wait bool `help:"Stay until nothing waits for it any more, and tell how far it is; ends with status 1 when it fails."`
}

func (p *peerWait) stay(ctx context.Context, std *streams, a *app.App, host string, queued int64) error {
	if !p.Wait {
		return nil
	}
	return newLaneWatch(a, host, queued, std.err).follow(ctx, std.out)
}

type peerRetryCommand struct {
	peerName `embed:""`
	peerWait `embed:""`
}

// Run tries everything again. The running server sees it within some seconds.
func (p *peerRetryCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		n, err := a.Service.RetryPeer(ctx, p.Host)
		if err != nil {
			return err
		}
		fmt.Fprintf(std.out, "%s is tried at once; %d that had been given up wait again\n", p.Host, n)
		return p.stay(ctx, std, a, p.Host, n)
	})
}

type peerPauseCommand struct {
	peerName `embed:""`
}

// Run stops deliveries.
func (p *peerPauseCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		err := a.Service.PausePeer(ctx, p.Host)
		if err == nil {
			fmt.Fprintf(std.out, "paused %s; what is for it waits, for 30 days at most\n", p.Host)
		}
		return err
	})
}

type peerResumeCommand struct {
	peerName `embed:""`
}

// Run lets deliveries go on.
func (p *peerResumeCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		err := a.Service.ResumePeer(ctx, p.Host)
		if err == nil {
			fmt.Fprintf(std.out, "resumed %s\n", p.Host)
		}
		return err
	})
}

type peerResendCommand struct {
	peerName `embed:""`
	peerWait `embed:""`
	Since    string `required:"" help:"A moment (2026-01-31, 2026-01-31T12:00:00Z) or how long ago (36h, 7d); at most 30 days."`
}

// Run sends once more.
func (p *peerResendCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		since, err := readSince(p.Since, a.Store.Now())
		if err != nil {
			return err
		}
		n, err := a.Service.ResendTo(ctx, p.Host, since)
		if err != nil {
			return err
		}
		fmt.Fprintf(std.out, "%d deliveries to %s since %s are sent once more\n", n, p.Host, since.UTC().Format("2006-01-02 15:04 MST"))
		return p.stay(ctx, std, a, p.Host, n)
	})
}

// readSince reads a moment, or how long ago it was.
func readSince(text string, now time.Time) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, nil
		}
	}
	var days int
	if n, err := fmt.Sscanf(text+"\n", "%dd\n", &days); err == nil && n == 1 && days > 0 {
		return now.AddDate(0, 0, -days), nil
	}
	if ago, err := time.ParseDuration(text); err == nil && ago > 0 {
		return now.Add(-ago), nil
	}
	return time.Time{}, usage("--since %q is neither a moment such as 2026-01-31T12:00:00Z nor a time such as 36h or 7d", text)
}
