package web

import (
	"net/url"
	"slices"

	"praxis/models"
	"praxis/practice"
)

// The parameters that narrow a community's threads.
const (
	paramKind       = "kind"
	paramUnanswered = "unanswered"
)

// filterLink shows some of a community's threads.
type filterLink struct {
	Label, Address string
	Current        bool
}

// filterOf reads which threads are asked for. A kind that nobody knows is none.
func filterOf(v *visit) models.ThreadFilter {
	query := v.r.URL.Query()
	filter := models.ThreadFilter{Kind: query.Get(paramKind), Unanswered: query.Has(paramUnanswered)}
	if !slices.Contains(practice.ThreadKinds(), filter.Kind) {
		filter.Kind = ""
	}
	return filter
}

func filterQuery(filter models.ThreadFilter) url.Values {
	query := url.Values{}
	if filter.Kind != "" {
		query.Set(paramKind, filter.Kind)
	}
	if filter.Unanswered {
		query.Set(paramUnanswered, "1")
	}
	return query
}

// filters links to the threads of each kind that a community uses, and to those without an answer.
func (s *Server) filters(v *visit, community *models.Actor, now models.ThreadFilter) ([]filterLink, error) {
	habits, err := v.tx.CommunityPractice(community.ID)
	if err != nil {
		return nil, err
	}
	path := v.r.URL.EscapedPath()
	links := []filterLink{
		{Label: "All", Address: path, Current: now == models.ThreadFilter{}},
		{Label: "Unanswered", Address: path + "?" + filterQuery(models.ThreadFilter{Unanswered: true}).Encode(), Current: now.Unanswered},
	}
	for _, kind := range practice.ThreadKinds() {
		if habits.Uses(kind) {
			links = append(links, filterLink{
				Label: practice.KindLabel(kind), Address: path + "?" + filterQuery(models.ThreadFilter{Kind: kind}).Encode(), Current: now.Kind == kind,
			})
		}
	}
	return links, nil
}

// keepFilter lets the links between the pages of a list keep what narrows it.
func (p paging) keepFilter(filter models.ThreadFilter) paging {
	kept := filterQuery(filter).Encode()
	if kept == "" {
		return p
	}
	if p.Newest != "" {
		p.Newest += "?" + kept
	}
	if p.Older != "" {
		p.Older += "&" + kept
	}
	return p
}
