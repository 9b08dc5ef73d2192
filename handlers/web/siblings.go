package web

import (
	"cmp"
	"fmt"
	"net/http"

	"praxis/models"
)

// origin says from which organization a post comes, of a community that lives at several.
type origin struct{ Name, Host string }

// place is an organization of a community, and what it has of a thread.
type place struct {
	Name, Host string // Host is "" where the name is the host
	Label      string
	Class      string // of the label: good, warn or none
	Reason     string // of moderators
	Before, At string // what the date is, and the date for people
	Machine    string // and for programs
	InStep     moment // of one that left: until when what it has is here
}

// labels says what an organization has; the second is how it looks.
var placeLabels = map[string][2]string{
	models.PlaceOrigin: {"where it began", "good"}, models.PlaceHas: {"has it", "good"}, models.PlaceSent: {"was sent it", ""},
	models.PlaceResting: {"nothing is exchanged for now", "warn"}, models.PlaceLost: {"cannot be reached", "warn"}, models.PlaceClosed: {"closed", "warn"},
	models.PlaceLeft: {"left the community", ""}, models.PlaceHidden: {"hidden by its moderators", "warn"},
	models.PlaceWithdrawn: {"withdrawn", "warn"}, models.PlaceReview: {"withdrawn where it began; moderators here look at it", "warn"},
}

// placeDates says what the date of a state is.
var placeDates = map[string]string{
	models.PlaceHas: "in step until", models.PlaceLost: "last heard of", models.PlaceLeft: "on", models.PlaceClosed: "on",
}

// originOf gives from where a post comes; nil for what is of one host alone.
func (s *Server) originOf(read *reading, post *models.Post) *origin {
	view, ok := read.siblings[post.ID]
	if !ok {
		return nil
	}
	return &origin{Name: s.organization(&view, view.Origin), Host: view.Origin}
}

// organization is how one is called: this one by its name.
func (s *Server) organization(view *models.SiblingView, host string) string {
	if host == s.links.Host {
		return s.cfg.Name
	}
	return view.Name(host)
}

// placesOf gives which organizations have a thread.
func (s *Server) placesOf(v *visit, view models.SiblingView) []place {
	var places []place
	for _, at := range view.Places {
		label := placeLabels[at.State]
		shown := place{Name: s.organization(&view, at.Host), Label: label[0], Class: label[1], Reason: oneLine(at.Reason)}
		if shown.Name != at.Host {
			shown.Host = at.Host
		}
		if moment := momentOf(at.At, v.now); moment.IsSet() && placeDates[at.State] != "" {
			shown.Before, shown.At, shown.Machine = placeDates[at.State], moment.Full, moment.Machine
		}
		shown.InStep = momentOf(at.InStep, v.now)
		places = append(places, shown)
	}
	return places
}

// silentOrigin gives the organization where a thread began, when it cannot be reached.
func silentOrigin(view models.SiblingView, shown []place) *place {
	if len(view.Places) == 0 || view.Places[0].State != models.PlaceLost {
		return nil
	}
	return &shown[0]
}

// hiddenPage stands in place of a thread that moderators hide here, for those who come by its address.
type hiddenPage struct {
	Head      head
	Community *person
	By        string // who hides it
	Withdrawn bool   // those of the origin, everywhere
	Reason    string
	Elsewhere []place // who shows it
	Original  string  // its page at its own host
	Log       string
}

// hiddenHere shows that page, where a post of a sibling was for everybody and is hidden by a community of ours that everybody may know
// of: what it says of it stands in the log, too. It reports whether it did.
func (s *Server) hiddenHere(v *visit, post *models.Post) (bool, error) {
	if post.RemovedAt == 0 || post.HiddenAt != 0 || !post.IsPublic() || post.CommunityID == 0 {
		return false, nil
	}
	views, err := v.tx.SiblingViews([]*models.Post{post})
	view, ok := views[post.ID]
	if err != nil || !ok || view.Origin == s.links.Host {
		return false, err
	}
	taken, err := v.tx.AdmissionsOf(post.ID)
	if err != nil {
		return false, err
	}
	for i := range taken {
		if taken[i].State == models.AdmissionShown {
			continue
		}
		community, err := v.tx.Actor(taken[i].CommunityID)
		if err != nil {
			return false, err
		}
		known, err := v.tx.IsKnownTo(community, v.viewer)
		if err != nil || !known || community.IsGone() {
			return false, err
		}
		s.showHidden(v, post, &view, &taken[i], community)
		return true, nil
	}
	return false, nil
}

func (s *Server) showHidden(v *visit, post *models.Post, view *models.SiblingView, taken *models.Admission, community *models.Actor) {
	data := hiddenPage{
		Head: head{Title: "Hidden here", NoIndex: true}, Community: s.person(community), Log: "/c/" + community.Username + "/log", Reason: oneLine(taken.Reason), By: s.cfg.Name,
		Withdrawn: taken.State == models.AdmissionWithdrawn,
	}
	if data.Withdrawn {
		data.By = s.organization(view, view.Origin)
	}
	for i, at := range s.placesOf(v, *view) {
		switch view.Places[i].State {
		case models.PlaceOrigin, models.PlaceHas, models.PlaceSent:
			data.Elsewhere = append(data.Elsewhere, at)
		}
	}
	if !post.Local && len(data.Elsewhere) > 0 {
		data.Original = address(post)
	}
	v.w.Header().Set("Cache-Control", "no-store")
	s.pages.Render(v.w, v.r, http.StatusNotFound, "hidden.html", data)
}

// rosterView is how many members a community has at its organizations.
type rosterView struct {
	Total string
	Parts []rosterLine
}

type rosterLine struct {
	Name, Host, Members string
	Hosts               string // where they live
}

func (s *Server) roster(v *visit, community *models.Actor) (*rosterView, error) {
	said, err := s.cfg.Service.Roster(v.tx, community)
	if err != nil || said == nil {
		return nil, err
	}
	view := &rosterView{Total: count(said.Members, "member", "members") + fmt.Sprintf(" at %d organizations", len(said.Parts))}
	for _, part := range said.Parts {
		line := rosterLine{Name: part.Name, Host: part.Host, Members: count(part.Members, "member", "members")}
		if line.Host == s.links.Host {
			line.Name = s.cfg.Name
		}
		if line.Name == line.Host {
			line.Host = ""
		}
		for i, at := range part.Hosts {
			if i > 0 {
				line.Hosts += ", "
			}
			line.Hosts += fmt.Sprintf("%s %d", at.Host, at.Members)
		}
		view.Parts = append(view.Parts, line)
	}
	return view, nil
}

// organizationLink leads to a community at another of its organizations.
type organizationLink struct {
	Path       string
	Name, Host string // Host is "" where the name is the host
	Called     string // what the community is called there, where it is something else
}

func (s *Server) organizationLink(ours, theirs *models.Actor) organizationLink {
	here, there := s.person(ours), s.person(theirs)
	link := organizationLink{Path: there.Path, Name: theirs.Host}
	if there.Name != here.Name {
		link.Called = there.Name
	}
	return link
}

// nameOrganizations gives the organizations on a community's page the names by which they are known here.
func (s *Server) nameOrganizations(v *visit, data *profilePage) error {
	gone := [][]lostSibling{data.Lost, data.Ended, data.Left}
	var hosts []string
	for _, link := range data.Siblings {
		hosts = append(hosts, link.Name)
	}
	for _, those := range gone {
		for _, one := range those {
			hosts = append(hosts, one.Host)
		}
	}
	names, err := v.tx.OrganizationNames(hosts)
	for i := range data.Siblings {
		if name := names[data.Siblings[i].Name]; name != "" {
			data.Siblings[i].Name, data.Siblings[i].Host = name, data.Siblings[i].Name
		}
	}
	for _, those := range gone {
		for i := range those {
			those[i].Name = cmp.Or(names[those[i].Host], those[i].Host)
		}
	}
	return err
}
