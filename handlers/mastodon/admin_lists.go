package mastodon

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"praxis/internal/hostlist"
	"praxis/models"
	"praxis/practice"
)

// hostListRoutes are for lists of hosts: those that an admin brings, and those that others keep.
func hostListRoutes() []route {
	const lists, subs = ownAPI + "/admin/policy/lists", ownAPI + "/admin/policy/subscriptions"
	read := func(method, path string, run endpoint) route {
		return staff(method, path, run, models.PermitFederation, "admin:read")
	}
	write := func(method, path string, run endpoint) route {
		return staff(method, path, run, models.PermitFederation, "admin:write")
	}
	return []route{
		read(http.MethodGet, lists, getHostLists), write(http.MethodPost, lists, postList),
		write(http.MethodPost, lists+"/{id}/apply", moveList((*practice.Service).ApplyImport)),
		write(http.MethodPost, lists+"/{id}/undo", moveList((*practice.Service).UndoImport)),
		read(http.MethodGet, subs, getSubscriptions), write(http.MethodPost, subs, postSubscription),
		write(http.MethodDelete, subs+"/{id}", deleteSubscription),
	}
}

// hostList is a list of hosts on its way.
type hostList struct {
	ID        string                `json:"id"`
	State     string                `json:"state"` // draft, applied or undone
	Source    string                `json:"source"`
	ChangedAt *string               `json:"changed_at,omitempty"`
	Lines     []practice.ImportLine `json:"lines,omitempty"`
	Impact    *showableImpact       `json:"impact,omitempty"`
	DryRun    bool                  `json:"dry_run,omitempty"`
}

func getHostLists(c *call) (any, error) {
	rows, err := c.tx.DomainImports()
	if err != nil {
		return nil, err
	}
	shown := make([]hostList, len(rows))
	for i, row := range rows {
		shown[i] = hostList{ID: strconv.FormatInt(row.ID, 10), State: row.State, Source: row.Source, ChangedAt: dateOrNil(row.ChangedAt)}
	}
	return shown, nil
}

// postList reads a list as text in any of the known forms, and drafts it.
func postList(c *call) (any, error) {
	read := hostlist.Read
	switch kind := c.params.text("kind"); kind {
	case "", models.ListBlocks:
	case models.ListAllows:
		read = hostlist.ReadAllows
	default:
		return nil, models.FieldErrorf("kind", "Validation failed: kind %.40q is neither %s nor %s", kind, models.ListBlocks, models.ListAllows)
	}
	rows, err := read(strings.NewReader(c.params.text("list")))
	var wrong *hostlist.Fault
	if errors.As(err, &wrong) {
		return nil, models.FieldErrorf("list", "Validation failed: %v", wrong)
	}
	if err != nil {
		return nil, err
	}
	did, err := c.s.service.DraftImport(c.ctx(), c.by(), c.params.text("source"), rows)
	return c.showList(did, err)
}

func moveList(move func(*practice.Service, context.Context, practice.By, int64) (*practice.Import, error)) endpoint {
	return func(c *call) (any, error) {
		id, err := c.id()
		if err != nil {
			return nil, err
		}
		did, err := move(c.s.service, c.ctx(), c.by(), id)
		return c.showList(did, err)
	}
}

func (c *call) showList(did *practice.Import, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return hostList{
		ID: strconv.FormatInt(did.ID, 10), State: did.State, Source: did.Source, Lines: did.Lines, Impact: showImpact(did.Impact), DryRun: c.by().DryRun,
	}, nil
}

func getSubscriptions(c *call) (any, error) {
	subs, err := c.tx.ListSubscriptions("")
	if err != nil {
		return nil, err
	}
	shown := make([]practice.SubscriptionLine, len(subs))
	for i := range subs {
		shown[i] = practice.SubscriptionOf(&subs[i])
	}
	return shown, nil
}

func postSubscription(c *call) (any, error) {
	ask := struct {
		URL      string `mapstructure:"url"`
		Kind     string `mapstructure:"kind"`
		Mode     string `mapstructure:"mode"`
		Priority int    `mapstructure:"priority"`
	}{Kind: models.ListBlocks, Mode: models.ListDrafts, Priority: 100}
	if err := c.params.decode(&ask); err != nil {
		return nil, err
	}
	sub, err := c.s.service.Subscribe(c.ctx(), c.by(), models.ListSubscription{URL: ask.URL, Kind: ask.Kind, Mode: ask.Mode, Priority: ask.Priority})
	if err != nil {
		return nil, err
	}
	return practice.SubscriptionOf(sub), nil
}

func deleteSubscription(c *call) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	return struct{}{}, c.s.service.Unsubscribe(c.ctx(), c.by(), id)
}
