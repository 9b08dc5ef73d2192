package web

import (
	"strconv"
	"strings"
	"time"

	"praxis/internal/text"
	"praxis/models"
	"praxis/practice"
)

// practiceView is what a practice post says beside its text, and what was said to it, for people.
type practiceView struct {
	State     string
	Good      bool // the state is what one hopes for
	Facts     []factView
	Sources   []link
	Helpful   []link
	Duplicate string
}

// factView is one line: a name, and a text that may lead somewhere.
type factView struct{ Name, Text, Address string }

type link struct{ Label, Address string }

// practiceShelf is what hangs on the practice posts of a page.
type practiceShelf struct {
	parts   *models.PracticeParts
	sources map[string]*models.Post
}

func isPractice(p *models.Post) bool {
	return p.Kind != "" || p.AcceptedAnswerID != 0 || p.CommunityID != 0
}

func (read *reading) readPractice(v *visit, posts []*models.Post) error {
	var ids []int64
	for _, post := range posts {
		if isPractice(post) {
			ids = append(ids, post.ID)
		}
	}
	var err error
	if read.practices.parts, err = v.tx.PracticeParts(ids); err != nil {
		return err
	}
	var uris []string
	for _, sources := range read.practices.parts.Sources {
		uris = append(uris, sources...)
	}
	read.practices.sources, err = v.tx.SourceNames(uris, v.viewer)
	return err
}

// practiceOf describes a practice post; nil for one that has nothing to say beside its text.
func (s *Server) practiceOf(v *visit, read *reading, post *models.Post) *practiceView {
	if !isPractice(post) {
		return nil
	}
	p := practice.PracticeOf(post, read.practices.parts, v.now)
	view := &practiceView{
		State: stateLabel(p.State), Good: p.State == practice.StateSolved, Facts: factsOf(post, p), Duplicate: webURL(p.DuplicateOf),
	}
	for _, uri := range p.Sources {
		if address := webURL(uri); address != "" {
			view.Sources = append(view.Sources, link{Label: sourceLabel(read.practices.sources[uri], address), Address: address})
		}
	}
	for _, id := range p.Helpful {
		if reply := read.related[id]; reply != nil && read.actors[reply.AuthorID] != nil {
			author := read.actors[reply.AuthorID]
			view.Helpful = append(view.Helpful, link{Label: s.person(author).Name, Address: s.postPath(reply, author)})
		}
	}
	return view
}

func sourceLabel(post *models.Post, address string) string {
	if post != nil && post.Title != "" {
		return text.CleanName(post.Title)
	}
	return address
}

func stateLabel(state string) string {
	switch state {
	case practice.StateSolved:
		return "Solved"
	case practice.StateClosed:
		return "Closed"
	case models.StateWithdrawn:
		return "Withdrawn"
	case models.StateReopened:
		return "Reopened"
	}
	return "" // an open one says so by its replies
}

func factsOf(post *models.Post, p practice.Practice) []factView {
	var facts []factView
	add := func(name, value, address string) {
		if value = text.CleanName(value); value != "" {
			facts = append(facts, factView{Name: name, Text: value, Address: address})
		}
	}
	if p.StartAt != 0 {
		add("When", span(p), "")
	}
	add("Where", p.Place, webURL(p.Address))
	add("Licence", p.License, practice.LicenseAddress(p.License))
	add("Version", p.Version, "")
	add("Status", p.Status, "")
	add("To be reviewed by", day(p.ReviewAt), "")
	add("Topics", strings.Join(p.TopicList(), ", "), "")
	for _, f := range figures(post, p) {
		add(f.Name, f.Text, "")
	}
	if post.Kind == practice.Documentation && p.Revisions > 1 {
		add("Revision", strconv.FormatInt(p.Revisions, 10), "")
	}
	return facts
}

// figures says in words what was said to a post.
func figures(post *models.Post, p practice.Practice) []factView {
	var facts []factView
	switch post.Kind {
	case practice.AssetShare:
		facts = append(facts, factView{Name: "Used again", Text: count(p.Reuses, "time", "times")})
	case practice.Coordination:
		pledged := strings.TrimSpace(practice.FormatAmount(p.Pledged) + " " + p.Unit)
		if p.Threshold != 0 {
			pledged += " of " + strings.TrimSpace(practice.FormatAmount(p.Threshold)+" "+p.Unit)
		}
		facts = append(facts, factView{Name: "Pledged", Text: pledged + " by " + count(p.Pledges, "member", "members")}, factView{Name: "Until", Text: day(p.Deadline)})
	case practice.Visit:
		coming := count(p.Going, "person", "people")
		if p.Maybe > 0 {
			coming += ", perhaps " + strconv.FormatInt(p.Maybe, 10) + " more"
		}
		if p.Capacity > 0 {
			coming += "; " + count(p.Remaining(), "place is", "places are") + " left"
		}
		facts = append(facts, factView{Name: "Coming", Text: coming})
	case practice.KnowledgeMapping:
		facts = append(facts, factView{Name: "Who offered to help", Text: count(p.Knows, "person", "people")})
	}
	return facts
}

func day(at models.Timestamp) string {
	if at == 0 {
		return ""
	}
	return at.Time().Format("2 January 2006")
}

// span says when a visit is, in its own time zone where that is known.
func span(p practice.Practice) string {
	zone := zoneOf(p.Timezone)
	start := p.StartAt.Time().In(zone)
	said := start.Format("Monday, 2 January 2006, 15:04")
	if p.EndAt != 0 {
		end := p.EndAt.Time().In(zone)
		layout := "15:04"
		if end.YearDay() != start.YearDay() || end.Year() != start.Year() {
			layout = "Monday, 2 January 2006, 15:04"
		}
		said += " to " + end.Format(layout)
	}
	return said + " (" + start.Format("MST") + ")"
}

func zoneOf(name string) *time.Location {
	zone, err := time.LoadLocation(name) // "" is UTC
	if err != nil {
		return time.UTC
	}
	return zone
}
