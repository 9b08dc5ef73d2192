package web

import (
	"praxis/models"
)

// head is what a page says of itself to browsers and to other programs.
type head struct {
	Title       string
	Description string // plain text
	Address     string // of the page, in full
	Alternate   string // the id of what the page shows, for other servers
	Kind        string // OpenGraph's type
	Social      bool   // previews elsewhere may show title and description
	NoIndex     bool   // search engines are asked to leave it out
}

// descriptionLength is how much previews show, in characters.
const descriptionLength = 200

// headOfActor describes a profile. Whoever does not want to be found by search engines is left out by those that ask.
func (s *Server) headOfActor(a *models.Actor, p *person, about string) head {
	return head{
		Title: p.Name + " (" + p.Handle + ")", Description: shorten(about, descriptionLength), Address: s.links.Base + p.Path,
		Alternate: webURL(a.URI), Kind: "profile", Social: true, NoIndex: !a.Indexable || !a.Local,
	}
}

// headOfPost describes a thread or a reply. Of a post that not everybody may read, nothing is said outside of the page
// itself (security case E5).
func (s *Server) headOfPost(post *models.Post, e *entry, author *models.Actor) head {
	h := head{Title: e.Heading, Address: s.links.Base + s.profilePath(author) + "/" + format(post.ID), Alternate: webURL(post.URI), Kind: "article"}
	if e.Title == "" {
		h.Title = e.Author.Name + ": " + e.Heading
	}
	h.Social = post.IsPublic()
	h.NoIndex = post.Visibility != models.Public || !author.Indexable || !author.Local
	if h.Social {
		h.Description = e.Warning
		if e.Warning == "" {
			h.Description = excerpt(post.Content, e.Title, descriptionLength)
		}
	}
	return h
}
