package desk

import "praxis/models"

// section is one part of the desk: an entry of the navigation with its pages.
type section struct {
	group string // the heading in the navigation that it stands under
	name  string
	path  string
	needs models.Permission                // to see it, and what its pages need unless they say otherwise
	waits func(v *visit) ([]errand, error) // what waits for somebody here; nil for nothing ever
	pages []place

	convener bool // its pages ask the community who may, not the role
	own      bool // its pages are for every member, about what is theirs
}

// errand is something that waits: the navigation counts it, and the first page tells of it.
type errand struct {
	n         int64
	one, many string // "report", "reports"
	text      string
	do        link
}

// place is one page.
type place struct {
	path  string            // as mux reads it
	needs models.Permission // 0 for what the section needs
	show  func(v *visit) (*screen, error)
	forms map[string]deed      // by the name of the form
	raw   func(v *visit) error // answers by itself, with a file
	left  bool                 // of a page of one's own: also for who left the organization
	most  int64                // how many bytes a form may have; 0 for maxForm
}

// deed is what a form does.
type deed func(v *visit) (outcome, error)

// outcome is what came of a form: where to go on, and what is said there. With neither, the page is shown again, with what
// the deed put into the visit.
type outcome struct {
	to, said string
}

// The headings of the navigation.
const (
	groupPeople        = "People"
	groupOrganizations = "Other organizations"
	groupInstance      = "This instance"
)

// sections lists all parts of the desk, in the order of the navigation. A new part is one line here.
func (s *Server) sections() []section {
	return []section{
		s.overview(),
		s.accounts(),
		s.reports(),
		s.communities(),
		s.partners(),
		s.federation(),
		s.siblings(),
		s.lists(),
		s.peers(),
		s.rules(),
		s.announcements(),
		s.storage(),
		s.jobs(),
		s.audit(),
		s.settings(),
	}
}
