package web

import (
	"html/template"

	"github.com/gorilla/mux"

	"praxis/internal/text"
	"praxis/models"
)

type profilePage struct {
	Head       head
	Person     *person
	Summary    template.HTML
	Fields     []fieldView
	Original   string // the profile at its own host, when that is another one
	Moved      string // where the actor went
	Alumnus    bool   // the member left the organization
	Followers  string
	Since      moment
	Posts      []*entry
	Paging     paging
	Community  bool
	Approval   bool // joining needs the moderators' approval
	Closed     bool // only moderators begin threads
	Moderators []*person
	Siblings   []organizationLink // the other organizations at which it is, too
	Lost       []lostSibling
	Ended      []lostSibling // those that closed
	Left       []lostSibling
	Successor  *person     // of one that closed: where it goes on
	Parts      []*person   // communities that split off it
	Whole      *person     // the one that it split off
	Charters   []string    // hosts whose charter is another one
	Roster     *rosterView // members at all of them, as far as they say so
	Figures    string      // number of threads
	About      *aboutCommunity
	Pinned     []*entry
	Settings   string // for those who look after it
	Log        string // where it says what moderators did; "" for communities elsewhere
	Filters    []filterLink
	Calendar   string // of visits
	Feed       bool
	Contents   []*person // the communities of a feed
}

// lostSibling is a Group whose host is silent, and who goes on with its threads.
type lostSibling struct {
	Host, Name string // Name is the host where no other name is known
	Adopter    string
	Since      moment // when it was last heard of
}

type fieldView struct {
	Name  string
	Value template.HTML
}

// profile shows a member or a community: of this host, or of another one if there is something of theirs to show.
func (s *Server) profile(v *visit) error {
	v.negotiated()
	actor, err := s.named(v)
	if err != nil {
		return err
	}
	page, err := pageOf(v)
	if err != nil {
		return err
	}
	rows, err := postsOf(v, actor, page)
	if err != nil {
		return err
	}
	if !actor.Local && v.member == nil && len(rows) == 0 {
		return errNotFound // whom our members know is nobody else's business
	}
	rows, paging := cut(v, rows, page)
	if actor.Local {
		feedLinks(v.w, s.person(actor).Path)
	}
	data, err := s.profileOf(v, actor)
	if err != nil {
		return err
	}
	if data.Posts, err = s.entries(v, rows); err != nil {
		return err
	}
	data.Paging = paging
	if actor.IsCommunity() {
		filter := filterOf(v)
		data.Paging = paging.keepFilter(filter)
		if data.Filters, err = s.filters(v, actor, filter); err != nil {
			return err
		}
		if page.MaxID == 0 {
			if err := s.pinnedFirst(v, actor, data); err != nil {
				return err
			}
		}
		for _, e := range append(data.Posts, data.Pinned...) {
			e.Community = nil // the page says it
		}
		return s.show(v, "community.html", data)
	}
	return s.show(v, "member.html", data)
}

// named gives the actor that the path names. Deleted ones are gone for ever, suspended ones absent for as long as they
// are.
func (s *Server) named(v *visit) (*models.Actor, error) {
	vars := mux.Vars(v.r)
	name, host := vars["name"], vars["host"]
	if !isClean(name) || !isClean(host) {
		return nil, errNotFound
	}
	if host == "" {
		host = s.links.Host
	}
	actor, err := v.tx.ActorByHandle(name, asciiHost(host))
	switch {
	case err != nil:
		return nil, err
	case actor.Type == models.TypeApplication:
		return nil, errNotFound // a server has no page
	case actor.DeletedAt != 0 && actor.Local:
		return nil, models.Errorf(models.Gone, "@%s was here once, and is no more.", actor.Username)
	case actor.IsGone():
		return nil, errNotFound
	}
	known, err := v.tx.IsKnownTo(actor, v.viewer)
	if err == nil && !known {
		return nil, errNotFound
	}
	return actor, err
}

func postsOf(v *visit, actor *models.Actor, page models.Page) ([]models.Post, error) {
	if actor.IsCommunity() {
		return v.tx.FilteredThreads(actor.ID, v.viewer, filterOf(v), page)
	}
	return v.tx.ActorPosts(actor.ID, v.viewer, models.ActorFilter{}, page)
}

func (s *Server) profileOf(v *visit, actor *models.Actor) (*profilePage, error) {
	p := s.person(actor)
	data := &profilePage{
		Head: s.headOfActor(actor, p, oneLine(text.Plain(actor.Summary))), Person: p,
		Summary: safe(actor.Summary), Fields: fieldsOf(actor), Moved: webURL(actor.MovedToURI), Alumnus: actor.LeftAt != 0,
		Community: actor.IsCommunity(), Approval: actor.Locked, Closed: actor.ModeratorsPost,
	}
	if actor.Local {
		if actor.FollowersCount > 0 {
			data.Followers = count(actor.FollowersCount, "follower", "followers")
		}
		data.Since = momentOf(actor.CreatedAt, v.now)
	} else if data.Original = webURL(actor.URL); data.Original == "" {
		data.Original = webURL(actor.URI)
	}
	if actor.IsFeed() {
		return data, s.fillFeed(v, actor, data)
	}
	if !data.Community {
		return data, nil
	}
	if actor.Local {
		data.Followers, data.Log = count(actor.FollowersCount, "member", "members"), "/c/"+actor.Username+"/log"
		data.Calendar = s.links.Base + "/c/" + actor.Username + "/visits.ics"
		if v.member != nil {
			moderates, err := v.tx.IsModerator(actor.ID, v.member.ID)
			if err != nil {
				return nil, err
			}
			if moderates {
				data.Settings = "/c/" + actor.Username + "/settings"
			}
		}
	}
	return data, s.describeCommunity(v, actor, data)
}

// fillFeed lists the communities of a feed of which the visitor may learn.
func (s *Server) fillFeed(v *visit, actor *models.Actor, data *profilePage) error {
	communities, err := v.tx.FeedCommunities(actor.ID, v.viewer)
	data.Feed = true
	for i := range communities {
		data.Contents = append(data.Contents, s.person(&communities[i]))
	}
	return err
}

func (s *Server) describeCommunity(v *visit, actor *models.Actor, data *profilePage) error {
	figures, err := v.tx.CommunityFigures([]int64{actor.ID}, v.viewer)
	if err != nil {
		return err
	}
	data.Figures = count(figures[actor.ID].Threads, "thread", "threads")
	if data.About, err = aboutOf(v, actor); err != nil {
		return err
	}
	moderators, err := v.tx.Moderators(actor.ID)
	data.Moderators = s.people(moderators)
	if err != nil || !actor.Local {
		return err
	}
	siblings, err := s.cfg.Service.SiblingHosts(v.tx, actor)
	for i := range siblings {
		data.Siblings = append(data.Siblings, s.organizationLink(actor, &siblings[i]))
	}
	if err != nil {
		return err
	}
	if data.Roster, err = s.roster(v, actor); err != nil {
		return err
	}
	switch { // siblings follow, too, and are no members
	case data.Roster != nil:
		data.Followers = data.Roster.Parts[0].Members + " here"
	case figures[actor.ID].Siblings > 0:
		data.Followers = count(actor.FollowersCount-figures[actor.ID].Siblings, "member", "members") + " here"
	}
	if err := s.describeKin(v, actor, data); err != nil {
		return err
	}
	return s.nameOrganizations(v, data)
}

// describeKin says what became of siblings, and of parts of the community.
func (s *Server) describeKin(v *visit, actor *models.Actor, data *profilePage) error {
	pairs, err := v.tx.Siblings(actor.ID, models.SiblingLost, models.SiblingClosed, models.SiblingLeft)
	if err != nil {
		return err
	}
	for i := range pairs {
		pair, now := &pairs[i], v.tx.Now()
		said := lostSibling{Host: pair.Host, Adopter: hostOf(pair.AdopterURI), Since: momentOf(pair.HeardAt, now)}
		if said.Adopter == s.links.Host {
			said.Adopter = s.cfg.Name
		}
		switch {
		case pair.State == models.SiblingLost:
			data.Lost = append(data.Lost, said)
		case pair.State == models.SiblingClosed:
			said.Since = momentOf(pair.LostAt, now)
			data.Ended = append(data.Ended, said)
		case pair.EndedAt != 0 && !pair.IsCleared(now):
			said.Since = momentOf(pair.LastInStep(), now)
			data.Left = append(data.Left, said)
		}
	}
	if data.Charters, err = s.cfg.Service.Charters(v.tx, actor); err != nil {
		return err
	}
	parts, whole, err := s.cfg.Service.SplitKin(v.tx, actor)
	if err == nil {
		parts, err = v.tx.KnownOf(parts, v.viewer) // of some, only those learn whom they are for (security case E11)
	}
	data.Parts = s.people(parts)
	if err == nil && whole != nil {
		var known bool
		if known, err = v.tx.IsKnownTo(whole, v.viewer); known {
			data.Whole = s.person(whole)
		}
	}
	if err != nil || actor.MovedToURI == "" {
		return err
	}
	if next, err := v.tx.ActorByURI(actor.MovedToURI); err == nil {
		data.Successor = s.person(next)
	}
	return nil
}

// pinnedFirst shows what moderators pinned before all else.
func (s *Server) pinnedFirst(v *visit, community *models.Actor, data *profilePage) error {
	rows, err := v.tx.PinnedPosts(community.ID, v.viewer)
	if err != nil {
		return err
	}
	data.Pinned, err = s.entries(v, rows)
	return err
}

func fieldsOf(actor *models.Actor) []fieldView {
	var fields []fieldView
	for _, f := range actor.FieldList() {
		fields = append(fields, fieldView{Name: text.CleanName(f.Name), Value: safe(f.Value)})
	}
	return fields
}
