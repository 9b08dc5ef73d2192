package web

import (
	"net/http"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/gorilla/mux"

	"praxis/internal/text"
	"praxis/models"
	"praxis/practice"
)

// How far the calendar of a community looks back, and how many visits it has.
const (
	visitsSince = -180 * 24 * time.Hour
	mostVisits  = 200
)

// visits gives the public visits of a community of ours as a calendar.
func (s *Server) visits(v *visit) error {
	community, err := v.tx.ActorByHandle(mux.Vars(v.r)["name"], asciiHost(s.links.Host))
	if err != nil {
		return err
	}
	if !community.IsCommunity() || community.IsGone() {
		return errNotFound
	}
	posts, err := v.tx.Visits(community.ID, practice.Visit, v.now.Add(visitsSince), mostVisits)
	if err != nil {
		return err
	}
	ids := make([]int64, len(posts))
	for i := range posts {
		ids[i] = posts[i].ID
	}
	parts, err := v.tx.PracticeParts(ids)
	if err != nil {
		return err
	}
	calendar := ics.NewCalendar()
	calendar.SetProductId("-//Praxis//Visits//EN")
	calendar.SetMethod(ics.MethodPublish)
	calendar.SetXWRCalName(s.person(community).Name)
	for i := range posts {
		addVisit(calendar, &posts[i], practice.PracticeOf(&posts[i], parts, v.now))
	}
	v.w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	v.w.Header().Set("Cache-Control", cachePublic)
	v.w.WriteHeader(http.StatusOK)
	return calendar.SerializeTo(v.w, ics.WithNewLineWindows)
}

func addVisit(calendar *ics.Calendar, post *models.Post, p practice.Practice) {
	event := calendar.AddEvent(post.URI)
	event.SetDtStampTime(max(post.PublishedAt, post.EditedAt).Time())
	event.SetStartAt(p.StartAt.Time())
	if p.EndAt != 0 {
		event.SetEndAt(p.EndAt.Time())
	}
	title := text.CleanName(post.Title)
	if title == "" {
		title = practice.KindLabel(post.Kind)
	}
	event.SetSummary(title)
	if p.Place != "" {
		event.SetLocation(p.Place)
	}
	if address := webURL(post.URL); address != "" {
		event.SetURL(address)
	}
	if post.SpoilerText == "" {
		event.SetDescription(excerpt(post.Content, post.Title, visitLength))
	}
}

// visitLength is how much of the text of a visit a calendar has, in characters.
const visitLength = 2000
