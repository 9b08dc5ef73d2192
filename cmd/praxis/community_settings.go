package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"praxis/cmd/app"
	"praxis/internal/progress"
	"praxis/models"
	"praxis/practice"
)

// refuseSimilar names communities that are about the same, here and in the directories of known peers.
func (cc *communityCreateCommand) refuseSimilar(ctx context.Context, a *app.App) error {
	found, err := a.Service.SimilarCommunities(ctx, models.Anonymous, practice.CommunityIdea{Name: cc.Name, DisplayName: cc.Title, Domain: cc.Domain})
	if err != nil || len(found) == 0 {
		return err
	}
	var names []string
	for _, s := range found {
		names = append(names, "@"+s.Handle)
	}
	return models.Errorf(models.Conflict, "there are similar communities: %s; join one of them, link yours with one of another host by --link name@host, or create yours all the same with --anyway",
		strings.Join(names, ", "))
}

type communitySetCommand struct {
	Name        string   `arg:"" help:"The community."`
	Title       *string  `help:"Name as shown to people."`
	Domain      *string  `help:"What it cares for."`
	Class       *string  `help:"Who may read what is posted from now on: public, partners, members or local."`
	Joining     *string  `help:"How one joins: open, request, invitation or closed."`
	Unlisted    *bool    `help:"Whether it stays out of directories and searches." negatable:""`
	CharterFile string   `help:"A text file with the charter; another text is a new version." type:"existingfile"`
	Rule        []string `help:"A rule; give all of them." sep:"none"`
	Topic       []string `help:"A topic; give all of them." sep:"none"`
	Language    []string `help:"A language code; give all of them."`
	Place       *string  `help:"Where it is."`
	Recognition *string  `help:"informal, recognised or sponsored."`
	Sponsor     *string  `help:"Who pays for it."`
	Label       *string  `help:"How this organization calls its communities."`
	Picture     string   `help:"A picture file." type:"existingfile"`
}

// Run changes a community.
func (cc *communitySetCommand) Run(ctx context.Context, std *streams, c *cli) error {
	a, err := c.open(ctx, std)
	if err != nil {
		return err
	}
	defer a.Close()
	community, err := communityByName(ctx, a, cc.Name)
	if err != nil {
		return err
	}
	change := practice.CommunityChange{
		DisplayName: cc.Title, Domain: cc.Domain, Class: cc.Class, Joining: cc.Joining, Unlisted: cc.Unlisted, Rules: cc.Rule, Topics: cc.Topic,
		Languages: cc.Language, Place: cc.Place, Recognition: cc.Recognition, Sponsor: cc.Sponsor, Label: cc.Label,
	}
	if cc.Picture != "" {
		file, err := os.Open(cc.Picture)
		if err != nil {
			return err
		}
		defer file.Close()
		change.Avatar = &practice.Picture{File: file}
	}
	if cc.CharterFile != "" {
		raw, err := os.ReadFile(cc.CharterFile)
		if err != nil {
			return err
		}
		text := string(raw)
		change.Charter = &text
	}
	if _, err := a.Service.ChangeCommunity(ctx, nil, community, change); err != nil {
		return err
	}
	row, err := a.Store.Read(ctx).Community(community.ID)
	if err != nil {
		return err
	}
	fmt.Fprintf(std.out, "@%s is for %s, joining is %s, charter version %d\n", community.Acct(), row.Class, row.Joining, row.CharterVersion)
	return nil
}

type communityInviteCommand struct {
	Name string `arg:"" help:"The community."`
	By   string `help:"Convener or moderator in whose name." required:""`
	Uses int64  `help:"How often the link counts; 0 for any number." default:"0"`
	Days int    `help:"How many days it counts; 0 for ever." default:"30"`
}

// Run makes a link.
func (cc *communityInviteCommand) Run(ctx context.Context, std *streams, c *cli) error {
	a, err := c.open(ctx, std)
	if err != nil {
		return err
	}
	defer a.Close()
	community, err := communityByName(ctx, a, cc.Name)
	if err != nil {
		return err
	}
	by, err := memberByName(ctx, a, cc.By)
	if err != nil {
		return err
	}
	made, err := a.Service.Invite(ctx, by, community, practice.NewInvitation{MaxUses: cc.Uses, Lasts: time.Duration(cc.Days) * 24 * time.Hour})
	if err != nil {
		return err
	}
	fmt.Fprintln(std.out, a.Service.Links().Invitation(made.Token))
	return nil
}

type communityShareCommand struct {
	Name     string `arg:"" help:"The community."`
	Host     string `arg:"" help:"The host of the other organization."`
	ReadOnly bool   `help:"Its members may read, and not post."`
	End      bool   `help:"End the sharing: its followers there are dropped."`
}

// Run shares a community, or ends that.
func (cc *communityShareCommand) Run(ctx context.Context, std *streams, c *cli) error {
	a, err := c.open(ctx, std)
	if err != nil {
		return err
	}
	defer a.Close()
	community, err := communityByName(ctx, a, cc.Name)
	if err != nil {
		return err
	}
	if cc.End {
		if err := a.Service.EndPartnerSharing(ctx, nil, community, cc.Host); err != nil {
			return err
		}
		fmt.Fprintf(std.out, "@%s is not shared with %s any more\n", community.Acct(), cc.Host)
		return nil
	}
	if err := a.Service.ShareWithPartner(ctx, nil, community, cc.Host, !cc.ReadOnly); err != nil {
		return err
	}
	fmt.Fprintf(std.out, "@%s is shared with %s\n", community.Acct(), cc.Host)
	return nil
}

type communityBackfillCommand struct {
	Handle string `arg:"" help:"The community as name@host; it must be known here."`
	Wait   bool   `help:"Stay until all is fetched, and tell how far it is; ends with status 1 when it fails."`
}

// Run lets the server fetch what a community elsewhere has. It is done in the background by `praxis serve`.
func (cc *communityBackfillCommand) Run(ctx context.Context, std *streams, c *cli) error {
	a, err := c.open(ctx, std)
	if err != nil {
		return err
	}
	defer a.Close()
	name, host, _ := strings.Cut(strings.TrimPrefix(cc.Handle, "@"), "@")
	community, err := a.Store.Read(ctx).ActorByHandle(name, host)
	if models.IsNotFound(err) {
		return models.Errorf(models.NotFound, "@%s@%s is not known here: a member has to look it up first", name, host)
	}
	if err != nil {
		return err
	}
	if err := a.Service.BackfillAgain(ctx, community); err != nil {
		return err
	}
	fmt.Fprintf(std.out, "the threads of @%s are fetched in the background\n", community.Acct())
	if !cc.Wait {
		return nil
	}
	watch := &backfillWatch{acct: community.Acct(), meter: progress.New(std.err), patience: 2 * idlePatience}
	watch.look = func(ctx context.Context) (*models.Backfill, int64, error) {
		row, err := a.Store.Read(ctx).Backfill(community.ID)
		if err != nil {
			return nil, 0, err
		}
		failed, err := a.Store.Read(ctx).FailedBackfillItems(community.ID)
		return row, failed, err
	}
	return watch.follow(ctx, std.out)
}
