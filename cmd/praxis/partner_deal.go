package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"strings"
	"time"

	"praxis/cmd/app"
	"praxis/federation/pact"
	"praxis/internal/hostlist"
	"praxis/practice"
)

// reachable is what everybody says who offers or accepts.
type reachable struct {
	Contact    string `help:"Whom the partner can reach; the contact address of the configuration unless set."`
	Abuse      string `help:"Who takes reports."`
	Protection string `help:"Who answers for data protection."`
	Policy     string `help:"Address of our policy." placeholder:"URL"`
	PolicyFile string `help:"The text of that policy, whose SHA-256 stands in the agreement." type:"existingfile" placeholder:"FILE"`
	Listed     bool   `help:"We agree to be named in public as each other's partner."`
}

func (r *reachable) terms(a *app.App) (practice.PartnerTerms, error) {
	t := practice.PartnerTerms{
		Contact: cmp.Or(r.Contact, a.Config.ContactEmail), Abuse: r.Abuse, Protection: r.Protection, Policy: r.Policy, Listed: r.Listed,
	}
	if r.PolicyFile == "" {
		return t, nil
	}
	text, err := os.ReadFile(r.PolicyFile)
	if err != nil {
		return t, usage("%w", err)
	}
	sum := sha256.Sum256(text)
	t.Digest = hex.EncodeToString(sum[:])
	return t, nil
}

// offered is what stands in an offer.
type offered struct {
	reachable `embed:""`
	Level     string   `enum:"read,interact,siblings" default:"interact" help:"read: members may read. interact: and answer. siblings: and communities may be twinned."`
	Classes   []string `default:"public,partners" help:"Classes of communities that we share: public, partners, members."`
	Data      []string `default:"posts,names of members who post" help:"Categories of data, in words."`
	Retention int      `default:"30" help:"Days after the end within which each removes what it has of the other."`
	From      string   `help:"The day on which it begins, such as 2026-03-01; today unless set."`
	Until     string   `help:"The day on which it ends; a year later unless set."`
}

func (o *offered) terms(a *app.App) (practice.PartnerTerms, error) {
	t, err := o.reachable.terms(a)
	if err != nil {
		return t, err
	}
	t.Level, t.Classes, t.Data, t.Retention = pact.Level(o.Level), o.Classes, o.Data, o.Retention
	if t.ValidFrom, err = dayOf(o.From); err != nil {
		return t, err
	}
	t.ValidUntil, err = dayOf(o.Until)
	return t, err
}

func dayOf(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return at, usage("%q is no day such as 2026-03-01", text)
	}
	return at, nil
}

type partnerProposeCommand struct {
	partnerHost `embed:""`
	offered     `embed:""`
}

// Run offers a partnership.
func (p *partnerProposeCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		terms, err := p.offered.terms(a)
		if err != nil {
			return err
		}
		partner, err := a.Service.ProposePartner(ctx, practice.By{}, p.Host, terms)
		return p.did(ctx, std, a, partner, err)
	})
}

type partnerCounterCommand struct {
	partnerHost `embed:""`
	offered     `embed:""`
}

// Run counters an offer.
func (p *partnerCounterCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		terms, err := p.offered.terms(a)
		if err != nil {
			return err
		}
		partner, err := a.Service.CounterPartner(ctx, practice.By{}, p.Host, terms)
		return p.did(ctx, std, a, partner, err)
	})
}

type partnerAcceptCommand struct {
	partnerHost `embed:""`
	reachable   `embed:""`
}

// Run accepts an offer.
func (p *partnerAcceptCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		terms, err := p.terms(a)
		if err != nil {
			return err
		}
		partner, err := a.Service.AcceptPartner(ctx, practice.By{}, p.Host, terms)
		return p.did(ctx, std, a, partner, err)
	})
}

type partnerConfirmCommand struct {
	partnerHost `embed:""`
	Words       []string `arg:"" help:"The six words, as the partner's admin read them to you."`
}

// Run notes that the words were compared.
func (p *partnerConfirmCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		partner, err := a.Service.ConfirmPartner(ctx, practice.By{}, p.Host, strings.Join(p.Words, " "))
		return p.did(ctx, std, a, partner, err)
	})
}

type partnerRefuseCommand struct {
	partnerHost `embed:""`
	Reason      string `help:"Why, for their admin."`
}

// Run refuses an offer.
func (p *partnerRefuseCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		partner, err := a.Service.RefusePartner(ctx, practice.By{}, p.Host, p.Reason)
		return p.did(ctx, std, a, partner, err)
	})
}

type partnerTestCommand struct {
	partnerHost `embed:""`
}

// Run tests again.
func (p *partnerTestCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		partner, err := a.Service.TestPartner(ctx, practice.By{}, p.Host)
		return p.did(ctx, std, a, partner, err)
	})
}

type partnerRenewCommand struct {
	partnerHost `embed:""`
	Until       string `help:"The day on which it ends; in a year unless set."`
}

// Run offers a new term.
func (p *partnerRenewCommand) Run(ctx context.Context, std *streams, c *cli) error {
	until, err := dayOf(p.Until)
	if err != nil {
		return err
	}
	return c.with(ctx, std, func(a *app.App) error {
		partner, err := a.Service.RenewPartner(ctx, practice.By{}, p.Host, until)
		return p.did(ctx, std, a, partner, err)
	})
}

type partnerRevokeCommand struct {
	partnerHost `embed:""`
	Reason      string `help:"Why, for their admin."`
}

// Run revokes.
func (p *partnerRevokeCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		partner, err := a.Service.RevokePartner(ctx, practice.By{}, p.Host, p.Reason)
		return p.did(ctx, std, a, partner, err)
	})
}

type partnerPurgeCommand struct {
	partnerHost `embed:""`
	Reason      string `help:"What is to be removed, and why."`
}

// Run asks for a purge.
func (p *partnerPurgeCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		partner, err := a.Service.AskPurge(ctx, practice.By{}, p.Host, p.Reason)
		return p.did(ctx, std, a, partner, err)
	})
}

type partnerAnswerCommand struct {
	partnerHost `embed:""`
	Remove      bool   `help:"Remove what they shared with partners only, now."`
	Done        bool   `help:"It was removed; without this flag, and without --remove, it was not."`
	Words       string `help:"What was removed, or why it was not."`
}

// Run answers a request to purge.
func (p *partnerAnswerCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		partner, err := a.Service.AnswerPurge(ctx, practice.By{}, p.Host, practice.PurgeAnswer{Remove: p.Remove, Done: p.Done, Words: p.Words})
		return p.did(ctx, std, a, partner, err)
	})
}

type partnerOneSidedCommand struct {
	partnerHost `embed:""`
	Note        string `help:"What was agreed, and with whom."`
}

// Run makes a one-sided partner.
func (p *partnerOneSidedCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		partner, err := a.Service.OneSidedPartner(ctx, practice.By{}, p.Host, p.Note)
		return p.did(ctx, std, a, partner, err)
	})
}

// list writes the partners that may be named, as others may subscribe to them.
func (p *partnerExportCommand) list(ctx context.Context, std *streams, a *app.App) error {
	rows, err := a.Service.PartnerList(ctx)
	if err != nil {
		return err
	}
	if p.JSON {
		return hostlist.Write(std.out, "json", rows)
	}
	return hostlist.Write(std.out, "plain", rows)
}
