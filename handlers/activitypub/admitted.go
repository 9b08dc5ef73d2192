package activitypub

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

// admittedPage is how many posts a page of what a community took first has.
const admittedPage = 500

// getAdmitted lets a sibling read what a community of ours took first: the sums of days, or the posts of one day. To others it
// is not there.
func (s *Server) getAdmitted(w http.ResponseWriter, r *http.Request) {
	s.toSibling(w, r, func(tx *models.Tx, community *models.Actor, host string) (vocab.M, error) {
		pair, err := tx.SiblingOn(community.ID, host)
		if err != nil {
			return nil, err
		}
		since := practice.SharedSince(pair)
		if r.URL.Query().Get("day") != "" {
			return s.admittedDay(tx, r, community, since)
		}
		return s.admittedDays(tx, r, community, since)
	})
}

// toSibling answers those who live on the host of a live sibling, and sign that they do; to others there is nothing.
func (s *Server) toSibling(w http.ResponseWriter, r *http.Request, write func(tx *models.Tx, community *models.Actor, host string) (vocab.M, error)) {
	who, ok := s.admit(w, r)
	if !ok {
		return
	}
	if who.actor == nil {
		s.fail(w, r, who.refused())
		return
	}
	tx := s.store.Read(r.Context())
	community, err := standing(s.pathActor(tx, r))
	if err == nil {
		if _, err = tx.SiblingOn(community.ID, who.actor.Host); models.IsNotFound(err) {
			err = errNotFound
		}
	}
	var doc vocab.M
	if err == nil {
		doc, err = write(tx, community, who.actor.Host)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.document(w, r, http.StatusOK, doc, false)
}

func number(r *http.Request, name string) (int64, error) {
	value, err := strconv.ParseInt(r.URL.Query().Get(name), 10, 64)
	if err != nil || value < 0 {
		return 0, models.FieldErrorf(name, "%s is no number", name)
	}
	return value, nil
}

// admittedDays gives the sums of the days of a time.
func (s *Server) admittedDays(tx *models.Tx, r *http.Request, community *models.Actor, floor models.Timestamp) (vocab.M, error) {
	since, err := number(r, "since")
	if err != nil {
		return nil, err
	}
	until, err := number(r, "until")
	if err != nil {
		return nil, err
	}
	posts, err := tx.TakenFirst(community.ID, max(models.Timestamp(since), floor), models.Timestamp(until))
	if err != nil {
		return nil, err
	}
	days := []models.SyncDay{}
	for day, some := range models.ByDay(posts) {
		days = append(days, models.SyncDay{Day: day, Count: int64(len(some)), Digest: models.SumUp(some)})
	}
	slices.SortFunc(days, func(a, b models.SyncDay) int { return int(b.Day - a.Day) })
	base := s.links.Admitted(community)
	doc := collection(base+"?"+r.URL.RawQuery, int64(len(posts)), "")
	doc["days"] = days
	return doc, nil
}

// admittedDay gives a page of the posts of a day.
func (s *Server) admittedDay(tx *models.Tx, r *http.Request, community *models.Actor, floor models.Timestamp) (vocab.M, error) {
	day, err := number(r, "day")
	if err != nil {
		return nil, err
	}
	page, err := number(r, "page")
	if err != nil {
		return nil, err
	}
	begin := time.Unix(min(day, 100_000)*24*60*60, 0)
	posts, err := tx.TakenFirst(community.ID, max(models.At(begin), floor), models.At(begin.Add(24*time.Hour)))
	if err != nil {
		return nil, err
	}
	from := min(int(min(page, 1000))*admittedPage, len(posts))
	items := []any{}
	for _, post := range posts[from:min(from+admittedPage, len(posts))] {
		items = append(items, post.URI)
	}
	base := s.links.Admitted(community)
	return collectionPage(base, base+"?"+r.URL.RawQuery, "", items), nil
}
