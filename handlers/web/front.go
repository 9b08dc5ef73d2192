package web

import (
	"praxis/models"
)

// frontCommunities is how many communities the front page shows.
const frontCommunities = 6

type frontPage struct {
	Head        head
	Name        string
	Description string
	Communities []*communityCard
	More        int // communities that are not shown
	Threads     []*entry
	Paging      paging
}

type homePage struct {
	Head   head
	Member *person
	Posts  []*entry
	Paging paging
}

// front shows what this instance is, and a member their home timeline.
func (s *Server) front(v *visit) error {
	page, err := pageOf(v)
	if err != nil {
		return err
	}
	if v.member != nil {
		return s.home(v, page)
	}
	rows, err := v.tx.LatestThreads(v.viewer, page)
	if err != nil {
		return err
	}
	rows, paging := cut(v, rows, page)
	threads, err := s.entries(v, rows)
	if err != nil {
		return err
	}
	data := frontPage{
		Name: s.cfg.Name, Description: s.cfg.Description, Threads: threads, Paging: paging,
		Head: head{Title: "Welcome", Description: shorten(s.cfg.Description, descriptionLength), Address: s.links.Base + "/", Kind: "website", Social: true},
	}
	if data.Communities, err = s.communityCards(v); err != nil {
		return err
	}
	if len(data.Communities) > frontCommunities {
		data.More = len(data.Communities) - frontCommunities
		data.Communities = data.Communities[:frontCommunities]
	}
	return s.show(v, "front.html", data)
}

func (s *Server) home(v *visit, page models.Page) error {
	rows, err := v.tx.Home(v.viewer, page)
	if err != nil {
		return err
	}
	rows, paging := cut(v, rows, page)
	posts, err := s.entries(v, rows)
	if err != nil {
		return err
	}
	return s.show(v, "home.html", homePage{Head: head{Title: "Home"}, Member: s.person(v.member), Posts: posts, Paging: paging})
}
