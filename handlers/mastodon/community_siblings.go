package mastodon

import (
	"context"
	"net/http"
	"strings"
	"time"

	"praxis/models"
	"praxis/practice"
)

// siblingRoutes are for those who make a community one of several hosts. Who may do what is for the verbs to say.
func siblingRoutes() []route {
	const all, one = oneCommunity + "siblings", oneCommunity + "siblings/{sibling}"
	routes := []route{
		open(http.MethodGet, all, getSiblings, readAccounts),
		member(http.MethodPost, all, proposeSibling, "write:accounts"),
		member(http.MethodPut, oneCommunity+"successors", setSuccessors, "write:accounts"),
		member(http.MethodGet, one, getSibling, readAccounts),
		member(http.MethodPost, one+"/counter", counterSibling, "write:accounts"),
		member(http.MethodGet, one+"/charter", getTheirCharter, readAccounts),
		member(http.MethodPost, one+"/charter", ownSibling(takeCharter), "write:accounts"),
	}
	for verb, run := range map[string]siblingVerb{
		"approve": plainly((*practice.Service).ApproveSibling), "resume": plainly((*practice.Service).ResumeSibling),
		"refuse": because((*practice.Service).RefuseSibling), "leave": because((*practice.Service).LeaveSibling), "pause": because((*practice.Service).PauseSibling),
	} {
		routes = append(routes, member(http.MethodPost, one+"/"+verb, ownSibling(run), "write:accounts"))
	}
	routes = append(routes, closingRoutes()...)
	const admins = ownAPI + "/admin/siblings"
	routes = append(routes, staff(http.MethodGet, admins, getAllSiblings, models.PermitFederation, "admin:read"))
	for verb, run := range map[string]siblingVerb{
		"admit": plainly((*practice.Service).AdmitSibling), "resume": plainly((*practice.Service).ResumeSibling),
		"leave": because((*practice.Service).LeaveSibling), "pause": because((*practice.Service).PauseSibling),
	} {
		routes = append(routes, staff(http.MethodPost, admins+"/{sibling}/"+verb, anySibling(run), models.PermitFederation, "admin:write"))
	}
	return routes
}

// siblingVerb does something with a pair of a community.
type siblingVerb func(c *call, community *models.Actor, id int64) (*models.Sibling, error)

// plainly makes a siblingVerb of a verb that needs nothing more.
func plainly(verb func(s *practice.Service, ctx context.Context, actor, community *models.Actor, id int64) (*models.Sibling, error)) siblingVerb {
	return func(c *call, community *models.Actor, id int64) (*models.Sibling, error) {
		return verb(c.s.service, c.ctx(), c.me(), community, id)
	}
}

// because makes one of a verb that takes a reason.
func because(verb func(s *practice.Service, ctx context.Context, actor, community *models.Actor, id int64, reason string) (*models.Sibling, error)) siblingVerb {
	return func(c *call, community *models.Actor, id int64) (*models.Sibling, error) {
		return verb(c.s.service, c.ctx(), c.me(), community, id, c.params.text("reason"))
	}
}

// getSiblings lists the pairs of a community: all for who looks after it, and those that are live for everybody else.
func getSiblings(c *call) (any, error) {
	community, err := c.community()
	if err != nil {
		return nil, err
	}
	by := c.me()
	if by == nil {
		by = &models.Actor{} // nobody, and not the server itself
	}
	return c.s.service.Siblings(c.ctx(), by, community)
}

func getSibling(c *call) (any, error) {
	community, id, err := c.sibling()
	if err != nil {
		return nil, err
	}
	return c.s.service.SiblingOf(c.ctx(), c.me(), community, id)
}

// getTheirCharter reads the charter of a sibling at its host, and says what differs from ours.
func getTheirCharter(c *call) (any, error) {
	community, id, err := c.sibling()
	if err != nil {
		return nil, err
	}
	return c.s.service.ReadTheirCharter(c.ctx(), c.me(), community, id)
}

// takeCharter makes the charter that a sibling offers ours: the text that was read, by its digest.
func takeCharter(c *call, community *models.Actor, id int64) (*models.Sibling, error) {
	digest := strings.TrimSpace(c.params.text("digest"))
	if digest == "" {
		return nil, models.FieldErrorf("digest", "Validation failed: read the charter first, and send its digest")
	}
	return c.s.service.TakeCharter(c.ctx(), c.me(), community, id, digest)
}

// sibling gives the community and the pair that the path names.
func (c *call) sibling() (*models.Actor, int64, error) {
	community, err := c.community()
	if err != nil {
		return nil, 0, err
	}
	id, err := parseID(c.path("sibling"))
	return community, id, err
}

// siblingAsk is what is offered.
type siblingAsk struct {
	URI       string `mapstructure:"uri"` // of the other community: its address, or its name@host
	History   int    `mapstructure:"history_days"`
	Removals  string `mapstructure:"removals"`
	Bans      string `mapstructure:"bans"`
	Roster    string `mapstructure:"roster"`
	License   string `mapstructure:"license"`
	Retention int    `mapstructure:"retention_days"`
	Silence   int    `mapstructure:"silence_days"`
	Contact   string `mapstructure:"contact"`
	Until     string `mapstructure:"valid_until"`
}

func (c *call) siblingTerms() (ask siblingAsk, terms practice.SiblingTerms, err error) {
	if err = c.params.decode(&ask); err != nil {
		return ask, terms, err
	}
	until, err := partnerDay("valid_until", ask.Until)
	return ask, practice.SiblingTerms{
		History: ask.History, Removals: ask.Removals, Bans: ask.Bans, Roster: ask.Roster, License: ask.License, Retention: ask.Retention,
		Silence: ask.Silence, Contact: ask.Contact, ValidUntil: endOfDay(until),
	}, err
}

// endOfDay lets an agreement hold for the whole of its last day.
func endOfDay(day time.Time) time.Time {
	if day.IsZero() {
		return day
	}
	return day.Add(24*time.Hour - time.Second)
}

// proposeSibling offers to a community elsewhere to become one with it.
func proposeSibling(c *call) (any, error) {
	community, err := c.community()
	if err != nil {
		return nil, err
	}
	ask, terms, err := c.siblingTerms()
	if err != nil {
		return nil, err
	}
	other, err := c.s.service.FindCommunity(c.ctx(), strings.TrimSpace(ask.URI))
	if err != nil {
		return nil, err
	}
	row, err := c.s.service.ProposeSibling(c.ctx(), c.me(), community, other, terms)
	if err != nil {
		return nil, named("sibling", err)
	}
	return c.s.service.SiblingOf(c.ctx(), c.me(), community, row.ID)
}

func counterSibling(c *call) (any, error) {
	community, id, err := c.sibling()
	if err != nil {
		return nil, err
	}
	_, terms, err := c.siblingTerms()
	if err != nil {
		return nil, err
	}
	if _, err = c.s.service.CounterSibling(c.ctx(), c.me(), community, id, terms); err != nil {
		return nil, named("sibling", err)
	}
	return getSibling(c)
}

// setSuccessors says who goes on with a community's threads when this host is lost, and answers with the siblings.
func setSuccessors(c *call) (any, error) {
	community, err := c.community()
	if err != nil {
		return nil, err
	}
	var ask struct {
		Siblings []string `mapstructure:"siblings"` // ids, the first one first
	}
	if err := c.params.decode(&ask); err != nil {
		return nil, err
	}
	ids := make([]int64, len(ask.Siblings))
	for i, name := range ask.Siblings {
		if ids[i], err = parseID(name); err != nil {
			return nil, err
		}
	}
	if err := c.s.service.SetSuccessors(c.ctx(), c.me(), community, ids); err != nil {
		return nil, err
	}
	return getSiblings(c)
}

// ownSibling makes an endpoint of a verb for who convenes the community: what admins do needs their scope (security case G5).
func ownSibling(verb siblingVerb) endpoint {
	return func(c *call) (any, error) {
		community, id, err := c.sibling()
		if err != nil {
			return nil, err
		}
		role, err := c.tx.ModeratorRole(community.ID, c.viewer())
		if err != nil {
			return nil, err
		}
		if role != models.RoleOfConvener {
			return nil, models.Errorf(models.Forbidden, "Only conveners of @%s may do this.", community.Acct())
		}
		return c.withSibling(verb, community, id)
	}
}

// anySibling makes an endpoint of a verb for admins.
func anySibling(verb siblingVerb) endpoint {
	return func(c *call) (any, error) {
		id, err := parseID(c.path("sibling"))
		if err != nil {
			return nil, err
		}
		row, err := c.tx.SiblingByID(id)
		if err != nil {
			return nil, err
		}
		community, err := c.tx.Actor(row.CommunityID)
		if err != nil {
			return nil, err
		}
		return c.withSibling(verb, community, id)
	}
}

// withSibling runs a verb, and answers with the pair as it is then.
func (c *call) withSibling(verb siblingVerb, community *models.Actor, id int64) (any, error) {
	if _, err := verb(c, community, id); err != nil {
		return nil, named("sibling", err)
	}
	return c.s.service.SiblingOf(c.ctx(), c.me(), community, id)
}

// getAllSiblings lists the pairs of all communities that are not over.
func getAllSiblings(c *call) (any, error) { return c.s.service.AllSiblings(c.ctx(), c.me()) }
