package web

import (
	"cmp"
	"slices"
	"strings"

	"praxis/internal/text"
	"praxis/models"
)

// communityCard is a community in a list.
type communityCard struct {
	*person
	Domain  string // what it cares for, plain text
	Members string
	Threads string
	Last    moment // when somebody wrote there that the reader may read
	last    models.Timestamp
}

type communitiesPage struct {
	Head        head
	Communities []*communityCard
}

// domainLength is how much of a domain statement a list shows, in characters.
const domainLength = 280

func (s *Server) communities(v *visit) error {
	cards, err := s.communityCards(v)
	if err != nil {
		return err
	}
	return s.show(v, "communities.html", communitiesPage{
		Communities: cards,
		Head: head{
			Title: "Communities", Description: "The communities of practice of " + s.cfg.Name, Address: s.links.Base + "/communities",
			Kind: "website", Social: true,
		},
	})
}

// communityCards lists the communities of this instance that want to be found, the liveliest first.
func (s *Server) communityCards(v *visit) ([]*communityCard, error) {
	actors, err := v.tx.LocalActors(models.TypeGroup)
	if err != nil {
		return nil, err
	}
	actors = slices.DeleteFunc(actors, func(a models.Actor) bool { return a.IsGone() || !a.Discoverable || a.MovedToURI != "" })
	if actors, err = v.tx.KnownOf(actors, v.viewer); err != nil {
		return nil, err
	}
	ids := make([]int64, len(actors))
	for i := range actors {
		ids[i] = actors[i].ID
	}
	communities, err := v.tx.Communities(ids)
	if err != nil {
		return nil, err
	}
	figures, err := v.tx.CommunityFigures(ids, v.viewer)
	if err != nil {
		return nil, err
	}
	cards := make([]*communityCard, len(actors))
	for i := range actors {
		a := &actors[i]
		cards[i] = s.communityCard(v, a, communities[a.ID], figures[a.ID])
	}
	slices.SortStableFunc(cards, func(a, b *communityCard) int {
		return cmp.Or(cmp.Compare(b.last, a.last), cmp.Compare(a.Name, b.Name))
	})
	return cards, nil
}

func (s *Server) communityCard(v *visit, a *models.Actor, community *models.Community, figures models.CommunityFigures) *communityCard {
	return &communityCard{
		person: s.person(a), Domain: shorten(domainOf(a, community), domainLength),
		Members: count(a.FollowersCount-figures.Siblings, "member", "members"), Threads: count(figures.Threads, "thread", "threads"),
		Last: momentOf(figures.LastPostAt, v.now), last: figures.LastPostAt,
	}
}

// domainOf gives what a community cares for, as plain text; a remote one says it in its summary.
func domainOf(a *models.Actor, community *models.Community) string {
	if community != nil && strings.TrimSpace(community.Domain) != "" {
		return oneLine(community.Domain)
	}
	return oneLine(text.Plain(a.Summary))
}
