package mastodon

import (
	"net/http"
	"strings"

	"praxis/models"
	"praxis/practice"
)

// ownAPI is where the part of the API begins that is Praxis's own.
const ownAPI = "/api/praxis/v1"

func communityRoutes() []route {
	return []route{
		open(http.MethodGet, ownAPI+"/communities", getCommunities, "read:accounts"),
		member(http.MethodPost, ownAPI+"/communities", createCommunity, "write:accounts"),
		open(http.MethodGet, ownAPI+"/communities/elsewhere", getCommunitiesElsewhere, "read:accounts"),
		member(http.MethodGet, ownAPI+"/communities/similar", getSimilarCommunities, "read:accounts"),
		open(http.MethodGet, ownAPI+"/communities/{id}", getCommunity, "read:accounts"),
		uploading(member(http.MethodPatch, ownAPI+"/communities/{id}", changeCommunity, "write:accounts")),
		open(http.MethodGet, ownAPI+"/communities/{id}/charter", getCharter, "read:accounts"),
		open(http.MethodGet, ownAPI+"/communities/{id}/participation", getParticipation, "read:accounts"),
		member(http.MethodPost, ownAPI+"/communities/{id}/join", joinCommunity, "write:follows"),
		member(http.MethodPost, ownAPI+"/communities/{id}/leave", leaveCommunity, "write:follows"),
	}
}

// communityProfile is a Group with what a community of practice says of itself, and how the caller stands to it.
type communityProfile struct {
	ID          string          `json:"id"` // of its account, too
	Account     *account        `json:"account"`
	Domain      string          `json:"domain"`
	Class       string          `json:"class"`
	Unlisted    bool            `json:"unlisted"`
	Joining     string          `json:"joining"`
	Charter     *charter        `json:"charter"`
	Rules       []string        `json:"rules"`
	Languages   []string        `json:"languages"`
	Place       *string         `json:"place"`
	Topics      []string        `json:"topics"`
	Recognition *string         `json:"recognition"`
	Sponsor     *string         `json:"sponsor"`
	Label       string          `json:"label"`
	RunBy       []communityRole `json:"run_by"`
	Membership  *membership     `json:"membership"`
	Role        *string         `json:"role"` // of the caller, who runs it
}

// charter is the version of a charter that holds. Content is nil for a community elsewhere: the text is at URL.
type charter struct {
	Version   int64   `json:"version"`
	Content   *string `json:"content"`
	Text      *string `json:"text"`
	URL       string  `json:"url"`
	UpdatedAt *string `json:"updated_at"`
}

// communityRole is somebody who runs a community.
type communityRole struct {
	Role    string   `json:"role"`
	Account *account `json:"account"`
}

// membership says how somebody belongs to a community, or asked to.
type membership struct {
	State          string  `json:"state"`
	Role           string  `json:"role"`
	Message        *string `json:"message"`
	CharterVersion *int64  `json:"charter_version"`
	JoinedAt       *string `json:"joined_at"`
}

func showMembership(m *models.Membership) *membership {
	if m == nil {
		return nil
	}
	shown := &membership{State: m.State, Role: m.Role, Message: textOrNil(m.Message), JoinedAt: dateOrNil(m.JoinedAt)}
	if m.CharterVersion != 0 {
		shown.CharterVersion = &m.CharterVersion
	}
	return shown
}

// communities shows Groups, in a fixed number of statements.
func (c *call) communities(actors []models.Actor) ([]*communityProfile, error) {
	ids := make([]int64, len(actors))
	for i := range actors {
		ids[i] = actors[i].ID
	}
	rows, err := c.tx.Communities(ids)
	if err != nil {
		return nil, err
	}
	running, err := c.tx.ModeratorsOf(ids)
	if err != nil {
		return nil, err
	}
	mine, err := c.tx.MembershipsOf(c.viewer(), ids)
	if err != nil {
		return nil, err
	}
	var runners []int64
	for _, list := range running {
		for _, m := range list {
			runners = append(runners, m.ActorID)
		}
	}
	s, err := c.shelve(nil, append(runners, ids...)...)
	if err != nil {
		return nil, err
	}
	shown := make([]*communityProfile, len(actors))
	for i := range actors {
		shown[i] = s.community(&actors[i], rows[ids[i]], running[ids[i]], mine[ids[i]])
	}
	return shown, nil
}

func (s *shelf) community(a *models.Actor, row *models.Community, running []models.Moderator, mine *models.Membership) *communityProfile {
	if row == nil {
		row = &models.Community{Class: models.ClassPublic, Joining: models.JoiningOpen}
	}
	shown := &communityProfile{
		ID: formatID(a.ID), Account: s.account(a), Domain: row.Domain, Class: row.Class, Unlisted: row.Unlisted, Joining: row.Joining,
		Charter: s.charter(a, row), Rules: orNone(row.RuleList()), Languages: orNone(row.LanguageList()), Place: textOrNil(row.Place),
		Topics: orNone(row.TopicList()), Recognition: textOrNil(row.Recognition), Sponsor: textOrNil(row.Sponsor),
		Label: row.Label, RunBy: []communityRole{}, Membership: showMembership(mine),
	}
	if shown.Label == "" {
		shown.Label = "community"
	}
	for _, m := range running {
		runner := s.actors[m.ActorID]
		if runner == nil || runner.IsGone() {
			continue
		}
		shown.RunBy = append(shown.RunBy, communityRole{Role: m.Role, Account: s.account(runner)})
		if m.ActorID == s.viewer {
			shown.Role = &m.Role
		}
	}
	return shown
}

func (s *shelf) charter(a *models.Actor, row *models.Community) *charter {
	if row.CharterVersion == 0 {
		return nil
	}
	if !a.Local {
		return &charter{Version: row.CharterVersion, URL: webURL(row.CharterSource)}
	}
	return &charter{
		Version: row.CharterVersion, Content: &row.Charter, Text: &row.CharterSource, URL: s.links.Charter(a), UpdatedAt: dateOrNil(row.CharterAt),
	}
}

func orNone(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func (c *call) showCommunity(actor *models.Actor) (any, error) {
	current, err := c.tx.KnownActor(actor.ID, c.viewer())
	if err != nil {
		return nil, err
	}
	shown, err := c.communities([]models.Actor{*current})
	if err != nil {
		return nil, err
	}
	return shown[0], nil
}

// community gives the community that the path names.
func (c *call) community() (*models.Actor, error) { return c.communityOf(c.path("id")) }

// communityOf gives the community of an id that the caller may learn of. Errors: NotFound.
func (c *call) communityOf(name string) (*models.Actor, error) {
	id, err := parseID(name)
	if err != nil {
		return nil, err
	}
	actor, err := c.standing(c.tx.Actor(id))
	if err == nil && !actor.IsCommunity() {
		return nil, errNotFound
	}
	return actor, err
}

// getCommunities lists the communities that are known here and want to be found.
func getCommunities(c *call) (any, error) {
	var ask struct {
		Text  string `mapstructure:"q"`
		Local bool   `mapstructure:"local"`
	}
	if err := c.params.decode(&ask); err != nil {
		return nil, err
	}
	actors, err := c.tx.CommunityDirectory(c.viewer(), models.CommunityFilter{
		Text: strings.TrimSpace(ask.Text), Local: ask.Local, Limit: c.limit(40, 80), Offset: c.offset(),
	})
	if err != nil {
		return nil, err
	}
	return c.communities(actors)
}

func getCommunity(c *call) (any, error) {
	actor, err := c.community()
	if err != nil {
		return nil, err
	}
	return c.showCommunity(actor)
}

// communityAsk is what a client says of a community. Nil fields were not said.
type communityAsk struct {
	Name           string   `mapstructure:"name"`
	DisplayName    *string  `mapstructure:"display_name"`
	Domain         *string  `mapstructure:"domain"`
	Joining        *string  `mapstructure:"joining"`
	Class          *string  `mapstructure:"class"`
	Unlisted       *bool    `mapstructure:"unlisted"`
	Charter        *string  `mapstructure:"charter"`
	Rules          []string `mapstructure:"rules"`
	Languages      []string `mapstructure:"languages"`
	Place          *string  `mapstructure:"place"`
	Topics         []string `mapstructure:"topics"`
	Recognition    *string  `mapstructure:"recognition"`
	Sponsor        *string  `mapstructure:"sponsor"`
	Label          *string  `mapstructure:"label"`
	ModeratorsPost *bool    `mapstructure:"moderators_post"`
	Anyway         bool     `mapstructure:"anyway"` // although there are similar ones
	Link           string   `mapstructure:"link"`   // a similar one elsewhere, to become one with
}

func (a *communityAsk) idea() practice.CommunityIdea {
	return practice.CommunityIdea{Name: a.Name, DisplayName: orElse(a.DisplayName, ""), Domain: orElse(a.Domain, ""), Topics: a.Topics}
}

func (a *communityAsk) change() practice.CommunityChange {
	return practice.CommunityChange{
		DisplayName: a.DisplayName, Domain: a.Domain, Joining: a.Joining, Class: a.Class, Unlisted: a.Unlisted, Charter: a.Charter,
		Rules: a.Rules, Languages: a.Languages, Place: a.Place, Topics: a.Topics, Recognition: a.Recognition, Sponsor: a.Sponsor,
		Label: a.Label, ModeratorsPost: a.ModeratorsPost,
	}
}

// historyOffered is how many days of what came before a new community asks for that is founded as a sibling.
const historyOffered = 90

// createCommunity makes a community that the caller convenes.
func createCommunity(c *call) (any, error) {
	var ask communityAsk
	if err := c.params.decode(&ask); err != nil {
		return nil, err
	}
	wanted := practice.NewCommunity{
		Username: ask.Name, DisplayName: orElse(ask.DisplayName, ""), Domain: orElse(ask.Domain, ""), Joining: orElse(ask.Joining, ""),
		Class: orElse(ask.Class, ""), Unlisted: orElse(ask.Unlisted, false), Convener: c.me(),
	}
	if ask.Link != "" {
		actor, err := c.s.service.FoundSibling(c.ctx(), wanted, ask.change(), ask.Link, practice.SiblingTerms{History: historyOffered})
		if err != nil {
			return nil, named("link", err)
		}
		return c.showCommunity(actor)
	}
	if !ask.Anyway {
		similar, err := c.s.service.SimilarCommunities(c.ctx(), c.viewer(), ask.idea())
		if err != nil {
			return nil, err
		}
		if len(similar) > 0 {
			return withStatus{http.StatusConflict, tooSimilar{
				Error:   "There are similar communities: join one of them, or send the address of one elsewhere as link: yours is founded and offers to be one with it. To found yours all the same, send anyway=true",
				Similar: showSimilar(similar),
			}}, nil
		}
	}
	actor, err := c.s.service.FoundCommunity(c.ctx(), wanted, ask.change())
	if err != nil {
		return nil, err
	}
	return c.showCommunity(actor)
}

func changeCommunity(c *call) (any, error) {
	actor, err := c.community()
	if err != nil {
		return nil, err
	}
	var ask communityAsk
	if err := c.params.decode(&ask); err != nil {
		return nil, err
	}
	var shown practice.Profile
	_, end, err := c.pictures(&shown)
	defer end()
	if err != nil {
		return nil, err
	}
	change := ask.change()
	change.Avatar, change.Header = shown.Avatar, shown.Header
	if actor, err = c.s.service.ChangeCommunity(c.ctx(), c.me(), actor, change); err != nil {
		return nil, err
	}
	return c.showCommunity(actor)
}

// charterVersion is a version of what a community agreed on.
type charterVersion struct {
	Version   int64  `json:"version"`
	Text      string `json:"text"`
	CreatedAt string `json:"created_at"`
}

// getCharter lists the versions of a charter, the newest first.
func getCharter(c *call) (any, error) {
	actor, err := c.community()
	if err != nil {
		return nil, err
	}
	versions, err := c.tx.CharterVersions(actor.ID)
	if err != nil {
		return nil, err
	}
	shown := []charterVersion{}
	for _, v := range versions {
		shown = append(shown, charterVersion{Version: v.Version, Text: v.Source, CreatedAt: date(v.CreatedAt)})
	}
	return shown, nil
}

// participation is the shape of a community: how many take part in which way, without names. Nil is a number that is too
// small to be told.
type participation struct {
	Core       *int64 `json:"core"`
	Active     *int64 `json:"active"`
	Members    *int64 `json:"members"`
	Peripheral *int64 `json:"peripheral"`
	Newcomers  *int64 `json:"newcomers"`
	Hosts      int64  `json:"organizations"`
}

// fewest is how many people a number must stand for to be told: fewer could be named by who knows them.
const fewest = 5

func getParticipation(c *call) (any, error) {
	actor, err := c.community()
	if err != nil {
		return nil, err
	}
	p, err := c.tx.Participation(actor.ID)
	if err != nil {
		return nil, err
	}
	return participation{
		Core: many(p.Core), Active: many(p.Active), Members: many(p.Members), Peripheral: many(p.Peripheral),
		Newcomers: many(p.Newcomers), Hosts: p.Hosts,
	}, nil
}

func many(n int64) *int64 {
	if n < fewest {
		return nil
	}
	return &n
}

// joinCommunity lets the caller belong to a community, or asks for it.
func joinCommunity(c *call) (any, error) {
	actor, err := c.community()
	if err != nil {
		return nil, err
	}
	var ask struct {
		Message        string `mapstructure:"message"`
		Invitation     string `mapstructure:"invitation"`
		CharterVersion int64  `mapstructure:"charter_version"`
	}
	if err := c.params.decode(&ask); err != nil {
		return nil, err
	}
	_, err = c.s.service.Join(c.ctx(), c.me(), actor, practice.JoinRequest{Message: ask.Message, Invitation: ask.Invitation, Charter: ask.CharterVersion})
	if err != nil {
		return nil, err
	}
	return c.showCommunity(actor)
}

// leaveCommunity ends that the caller belongs to a community. What they may no longer learn of is not shown.
func leaveCommunity(c *call) (any, error) {
	actor, err := c.community()
	if err != nil {
		return nil, err
	}
	if err := c.s.service.Leave(c.ctx(), c.me(), actor); err != nil {
		return nil, err
	}
	return c.formerCommunity(actor)
}

// formerCommunity shows a community after the caller left it, or nothing where it is hidden from them now.
func (c *call) formerCommunity(actor *models.Actor) (any, error) {
	shown, err := c.showCommunity(actor)
	if models.IsNotFound(err) {
		return struct{}{}, nil
	}
	return shown, err
}
