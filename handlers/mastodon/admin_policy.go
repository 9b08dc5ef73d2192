package mastodon

import (
	"net/http"

	"praxis/models"
	"praxis/practice"
)

// federationRoutes are for those who decide with whom this instance federates.
func federationRoutes() []route {
	const policy = ownAPI + "/admin/policy"
	routes := []route{
		staff(http.MethodGet, policy, getFederation, models.PermitFederation, "admin:read"),
		staff(http.MethodGet, policy+"/domains/{host}", getPolicyOf, models.PermitFederation, "admin:read"),
		staff(http.MethodPost, policy, setPolicy, models.PermitFederation, "admin:write"),
		staff(http.MethodPost, policy+"/preview", previewPolicy, models.PermitFederation, "admin:read"),
	}
	for verb, run := range map[string]endpoint{"stop": stopFederation, "resume": resumeFederation} {
		routes = append(routes, staff(http.MethodPost, policy+"/"+verb, run, models.PermitFederation, "admin:write"))
	}
	return routes
}

// policyState is what holds now.
type policyState struct {
	Mode      models.Mode     `json:"mode"` // open, quarantine, partners or closed
	StoppedAt *string         `json:"stopped_at"`
	ClosesAt  *string         `json:"closes_at"` // when the emergency stop becomes the mode closed
	Parting   []partingHost   `json:"parting"`
	Waiting   []waitingHost   `json:"waiting"`
	Impact    *showableImpact `json:"impact,omitempty"`
	DryRun    bool            `json:"dry_run,omitempty"`
}

// partingHost is one with which follows end unless it is admitted before.
type partingHost struct {
	Host string `json:"host"`
	At   string `json:"at"`
}

// waitingHost is one that waits in quarantine.
type waitingHost struct {
	Host       string `json:"host"`
	Since      string `json:"since"`
	Activities int64  `json:"activities"`
}

// showableImpact is what a change cuts off or admits.
type showableImpact struct {
	Hosts  []models.HostImpact `json:"hosts"`
	Cut    int                 `json:"cut"` // hosts
	Admits int                 `json:"admits"`
	Total  impactTotal         `json:"total"`
}

// impactTotal is what is cut off in all: who is concerned twice counts once.
type impactTotal struct {
	Following        int64 `json:"following"`
	Followers        int64 `json:"followers"`
	Members          int64 `json:"members"`
	CommunitiesThere int64 `json:"communities_there"`
	CommunitiesHere  int64 `json:"communities_here"`
	Deliveries       int64 `json:"deliveries"`
}

func showImpact(i *models.Impact) *showableImpact {
	if i == nil {
		return nil
	}
	t := i.Total
	shown := &showableImpact{
		Hosts: i.Hosts, Cut: len(i.Cuts()), Admits: len(i.Admits()),
		Total: impactTotal{t.Following, t.Followers, t.Members, t.CommunitiesThere, t.CommunitiesHere, t.Deliveries},
	}
	if shown.Hosts == nil {
		shown.Hosts = []models.HostImpact{}
	}
	return shown
}

func (c *call) federation(impact *models.Impact) (any, error) {
	state, err := c.s.service.Policy(c.ctx())
	if err != nil {
		return nil, err
	}
	shown := &policyState{
		Mode: state.Rules.Mode, StoppedAt: dateOrNil(state.Rules.StoppedAt), Parting: []partingHost{}, Waiting: []waitingHost{},
		Impact: showImpact(impact), DryRun: c.by().DryRun,
	}
	if state.Rules.StoppedAt != 0 {
		shown.ClosesAt = dateOrNil(state.Rules.StoppedAt.Add(models.Grace))
	}
	for _, s := range state.Parting {
		shown.Parting = append(shown.Parting, partingHost{s.Host, date(s.DueAt)})
	}
	for _, h := range state.Waiting {
		shown.Waiting = append(shown.Waiting, waitingHost{h.Host, date(h.Since), h.Count})
	}
	return shown, nil
}

// by says who changes the policy; with dry_run, nobody does.
func (c *call) by() practice.By {
	dry := c.params.text("dry_run")
	return practice.By{Moderator: c.me(), DryRun: dry == "true" || dry == "1"}
}

func getFederation(c *call) (any, error) { return c.federation(nil) }

func setPolicy(c *call) (any, error) {
	impact, err := c.s.service.SetMode(c.ctx(), c.by(), models.Mode(c.params.text("mode")))
	if err != nil {
		return nil, err
	}
	return c.federation(impact)
}

func stopFederation(c *call) (any, error) {
	impact, err := c.s.service.StopFederation(c.ctx(), c.by())
	if err != nil {
		return nil, err
	}
	return c.federation(impact)
}

func resumeFederation(c *call) (any, error) {
	impact, err := c.s.service.ResumeFederation(c.ctx(), c.by())
	if err != nil {
		return nil, err
	}
	return c.federation(impact)
}

// previewPolicy tells what a decision on one host would cut off or admit.
func previewPolicy(c *call) (any, error) {
	by := practice.By{Moderator: c.me(), DryRun: true}
	host := c.params.text("domain")
	var impact *models.Impact
	var err error
	switch action := c.params.text("action"); action {
	case "block":
		impact, err = c.s.service.TryBlock(c.ctx(), by, host, c.params.text("severity"))
	case "unblock":
		impact, err = c.s.service.LiftBlock(c.ctx(), by, host)
	case "allow":
		_, impact, err = c.s.service.AllowDomain(c.ctx(), by, models.DomainAllow{Host: host})
	case "disallow":
		impact, err = c.s.service.DisallowDomain(c.ctx(), by, host)
	default:
		err = models.FieldErrorf("action", "Validation failed: action %q is none of block, unblock, allow, disallow", action)
	}
	if err != nil {
		return nil, named("domain", err)
	}
	return showImpact(impact), nil
}

// policyOf is what was decided on one host.
type policyOf struct {
	Host    string            `json:"host"`
	Verdict models.Verdict    `json:"verdict"`
	Block   any               `json:"block"`
	Allow   any               `json:"allow"`
	Ties    models.HostImpact `json:"ties"`
}

func getPolicyOf(c *call) (any, error) {
	entry, err := c.s.service.DomainEntry(c.ctx(), c.path("host"))
	if err != nil {
		return nil, err
	}
	shown := &policyOf{Host: entry.Host, Verdict: entry.Verdict, Ties: entry.Impact}
	shown.Ties.Was, shown.Ties.Becomes = entry.Verdict, entry.Verdict
	if entry.Block != nil {
		shown.Block = showDomainBlock(entry.Block)
	}
	if entry.Allow != nil && !entry.Allow.Known {
		shown.Allow = showDomainAllow(entry.Allow)
	}
	return shown, nil
}
