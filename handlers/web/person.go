package web

import (
	"hash/fnv"
	"net/url"
	"strings"
	"unicode"

	"praxis/internal/text"
	"praxis/models"
)

// person is an actor, member or community, as pages name it.
type person struct {
	Name      string
	Handle    string // "@name", or "@name@host" for those of other hosts
	Address   string // "@name@host": what one pastes into an app
	Path      string
	Initial   string
	Hue       uint32 // chooses a colour
	Community bool
	Remote    bool
}

// hues is how many colours the stylesheet has for initials.
const hues = 6

func (s *Server) person(a *models.Actor) *person {
	host := asciiHost(a.Host)
	p := &person{
		Name: text.CleanName(a.DisplayName), Handle: "@" + a.Username, Address: "@" + a.Username + "@" + host,
		Path: s.profilePath(a), Community: a.IsCommunity(), Remote: !a.Local,
	}
	if p.Name == "" {
		p.Name = a.Username
	}
	if p.Remote {
		p.Handle = p.Address
	}
	p.Initial = initial(p.Name)
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(a.URI))
	p.Hue = hash.Sum32() % hues
	return p
}

func initial(name string) string {
	for _, r := range name {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return strings.ToUpper(string(r))
		}
	}
	return "·"
}

// profilePath gives the page of an actor here: practice.Links says where it is, and the path alone keeps people on the
// host name that they came by.
func (s *Server) profilePath(a *models.Actor) string {
	if a.Local {
		return strings.TrimPrefix(s.links.Profile(a.Username), s.links.Base)
	}
	return "/@" + url.PathEscape(a.Username) + "@" + url.PathEscape(asciiHost(a.Host))
}

// postPath gives the page of a post here. A reply's page shows its thread, at the reply.
func (s *Server) postPath(post *models.Post, author *models.Actor) string {
	path := s.profilePath(author) + "/" + format(post.ID)
	if author.Local {
		path = strings.TrimPrefix(s.links.PostPage(author.Username, post.ID), s.links.Base)
	}
	if post.ThreadID != post.ID {
		path += "#" + anchor(post.ID)
	}
	return path
}

func anchor(id int64) string { return "post-" + format(id) }

func (s *Server) people(actors []models.Actor) []*person {
	list := make([]*person, 0, len(actors))
	for i := range actors {
		if !actors[i].IsGone() {
			list = append(list, s.person(&actors[i]))
		}
	}
	return list
}
