package mastodon

import (
	"net/http"

	"praxis/models"
	"praxis/practice"
)

// communityLogRoutes show what moderators did.
func communityLogRoutes() []route {
	return []route{
		open(http.MethodGet, oneCommunity+"log", getCommunityLog, readStatuses),
		open(http.MethodGet, oneCommunity+"organizations", getOrganizations, readAccounts),
	}
}

// modLogEntry is one line of a community's moderation log. Of a post that the reader may not read, its address is all.
type modLogEntry struct {
	ID            string   `json:"id"`
	CreatedAt     string   `json:"created_at"`
	Verb          string   `json:"verb"`
	Reason        string   `json:"reason"`
	Until         *string  `json:"until"`
	Account       *account `json:"account"`
	TargetAccount *account `json:"target_account"`
	StatusID      *string  `json:"status_id"`
	Title         *string  `json:"title"`
	ObjectURI     string   `json:"object_uri"`
	ActivityURI   *string  `json:"activity_uri"`
	Host          string   `json:"host"`        // whose moderators did it
	Verified      *bool    `json:"verified"`    // who did it signed it; null for what was done here
	AccountURI    *string  `json:"account_uri"` // who did it, at another host
	ShownHere     bool     `json:"shown_here"`  // it was removed there, and is shown here
}

func getCommunityLog(c *call) (any, error) {
	community, err := c.community()
	if err != nil {
		return nil, err
	}
	page, err := c.page(40, 80)
	if err != nil {
		return nil, err
	}
	sources, err := c.s.service.LogSources(c.tx, community)
	if err != nil {
		return nil, err
	}
	ours, siblings, err := chosenLogs(sources, c.params.text("host"))
	if err != nil {
		return nil, err
	}
	rows, err := c.tx.SharedLogPage(ours, siblings, more(page))
	if err != nil {
		return nil, err
	}
	return c.modLog(window(c, page, rows, func(l *models.LogLine) int64 { return l.ID() }), sources)
}

// chosenLogs gives whose logs are read: of all organizations of a community, or of the one that is named.
func chosenLogs(sources []practice.LogSource, host string) (ours int64, siblings []int64, err error) {
	known := host == ""
	for _, source := range sources {
		switch {
		case host != "" && source.Host != host:
			continue
		case source.Ours:
			ours = source.Group
		default:
			siblings = append(siblings, source.Group)
		}
		known = true
	}
	if !known {
		return 0, nil, models.FieldErrorf("host", "Validation failed: the community is not at that host")
	}
	return ours, siblings, nil
}

// logFacts is what lines of a log need to be shown.
type logFacts struct {
	shelf   *shelf
	visible map[int64]*models.Post
	others  map[string]*models.Post // that siblings name
	named   map[string]*models.Actor
	hosts   map[int64]string
}

func (c *call) modLog(rows []models.LogLine, sources []practice.LogSource) ([]modLogEntry, error) {
	facts, err := c.logFacts(rows)
	if err != nil {
		return nil, err
	}
	for _, source := range sources {
		facts.hosts[source.Group] = source.Host
	}
	shown := []modLogEntry{}
	for _, row := range rows {
		if row.Ours != nil {
			entry := facts.own(row.Ours)
			entry.Host = c.s.links.Host
			shown = append(shown, entry)
		} else {
			shown = append(shown, facts.far(row.Sibling))
		}
	}
	return shown, nil
}

func (c *call) logFacts(rows []models.LogLine) (*logFacts, error) {
	var people, posts []int64
	var uris []string
	for _, row := range rows {
		if e := row.Ours; e != nil {
			people, posts = append(people, e.ActorID, e.TargetID), append(posts, e.PostID)
		} else {
			uris = append(uris, row.Sibling.ActorURI, row.Sibling.ObjectURI)
		}
	}
	facts := &logFacts{hosts: map[int64]string{}}
	var err error
	if facts.named, err = c.tx.ActorsByURI(uris); err != nil {
		return nil, err
	}
	for _, actor := range facts.named {
		people = append(people, actor.ID)
	}
	if facts.visible, err = c.tx.VisiblePosts(posts, c.viewer()); err != nil {
		return nil, err
	}
	if facts.others, err = c.tx.SourceNames(uris, c.viewer()); err != nil {
		return nil, err
	}
	for _, post := range facts.others {
		people = append(people, post.AuthorID)
	}
	facts.shelf, err = c.shelve(nil, people...)
	return facts, err
}

func (f *logFacts) own(e *models.ModLogEntry) modLogEntry {
	entry := modLogEntry{
		ID: formatID(e.ID), CreatedAt: date(e.CreatedAt), Verb: e.Verb, Reason: e.Reason, Until: dateOrNil(e.Until),
		Account: f.shelf.accountOf(e.ActorID), TargetAccount: f.shelf.accountOf(e.TargetID), ObjectURI: e.ObjectURI,
	}
	if e.Activity != "" {
		entry.ActivityURI = &e.ActivityURI
	}
	if post := f.visible[e.PostID]; post != nil {
		entry.StatusID, entry.Title = idOrNil(post.ID), textOrNil(post.Title)
	}
	return entry
}

// far shows a line of a sibling's log.
func (f *logFacts) far(e *models.SiblingLogEntry) modLogEntry {
	entry := modLogEntry{
		ID: formatID(e.ID), CreatedAt: date(e.CreatedAt), Verb: e.Verb, Reason: e.Reason, Until: dateOrNil(e.Until), ObjectURI: e.ObjectURI,
		ActivityURI: &e.ActivityURI, Host: f.hosts[e.GroupID], Verified: &e.Proven, AccountURI: &e.ActorURI,
	}
	if who := f.named[e.ActorURI]; who != nil {
		entry.Account = f.shelf.accountOf(who.ID)
	}
	if whom := f.named[e.ObjectURI]; whom != nil {
		entry.TargetAccount = f.shelf.accountOf(whom.ID)
	}
	if post := f.others[e.ObjectURI]; post != nil {
		entry.StatusID, entry.Title, entry.TargetAccount = idOrNil(post.ID), textOrNil(post.Title), f.shelf.accountOf(post.AuthorID)
		entry.ShownHere = e.Verb == models.ActRemove && post.RemovedAt == 0
	}
	return entry
}

// organization is one at which a community is, and what it says of itself.
type organization struct {
	Host          string        `json:"host"`
	Name          string        `json:"name"`
	Ours          bool          `json:"ours"`
	Lost          bool          `json:"lost"`
	Members       *int64        `json:"members"`      // null where nothing is said of them
	MemberHosts   []memberHosts `json:"member_hosts"` // where that was agreed; none with fewer than five
	AnsweredAt    *string       `json:"answered_at"`  // when it last said how it stands
	Failed        string        `json:"failed"`       // why it did not when it was last asked
	TotalMembers  *int64        `json:"total_members,omitempty"`
	Organizations *int          `json:"organizations,omitempty"`
}

type memberHosts struct {
	Host    string `json:"host"`
	Members int64  `json:"members"`
}

// getOrganizations lists the organizations at which a community of ours is, this one first, with the sum of what they say.
func getOrganizations(c *call) (any, error) {
	community, err := c.community()
	if err == nil && !community.Local {
		err = errNotFound
	}
	if err != nil {
		return nil, err
	}
	sources, err := c.s.service.LogSources(c.tx, community)
	if err != nil {
		return nil, err
	}
	roster, err := c.s.service.Roster(c.tx, community)
	if err != nil {
		return nil, err
	}
	if roster == nil {
		roster = &practice.Roster{}
	}
	shown := []organization{}
	for _, source := range sources {
		one := organization{
			Host: source.Host, Name: source.Host, Ours: source.Ours, Lost: source.Lost, MemberHosts: []memberHosts{},
			AnsweredAt: dateOrNil(source.AnsweredAt), Failed: source.Failed,
		}
		for i := range roster.Parts {
			if roster.Parts[i].Host == source.Host {
				one.count(&roster.Parts[i])
			}
		}
		shown = append(shown, one)
	}
	if n := len(roster.Parts); n > 0 {
		shown[0].TotalMembers, shown[0].Organizations = &roster.Members, &n
	}
	return shown, nil
}

func (o *organization) count(part *practice.RosterPart) {
	o.Members, o.Name = &part.Members, part.Name
	for _, at := range part.Hosts {
		o.MemberHosts = append(o.MemberHosts, memberHosts{at.Host, at.Members})
	}
}
