package mastodon

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"praxis/models"
	"praxis/practice"
)

// practiceDraft is what a client that knows communities says of a post beside its text. Nil fields were not said.
type practiceDraft struct {
	CommunityID    string    `mapstructure:"community_id"`
	Title          *string   `mapstructure:"title"`
	Kind           *string   `mapstructure:"kind"`
	License        *string   `mapstructure:"license"`
	Version        *string   `mapstructure:"version"`
	BasedOn        *[]string `mapstructure:"based_on"`
	DocumentStatus *string   `mapstructure:"document_status"`
	ReviewAt       *string   `mapstructure:"review_at"`
	Deadline       *string   `mapstructure:"deadline"`
	Threshold      *string   `mapstructure:"threshold"`
	Unit           *string   `mapstructure:"unit"`
	StartTime      *string   `mapstructure:"start_time"`
	EndTime        *string   `mapstructure:"end_time"`
	Timezone       *string   `mapstructure:"timezone"`
	Place          *string   `mapstructure:"place"`
	URL            *string   `mapstructure:"url"`
	Capacity       *string   `mapstructure:"capacity"`
	Topics         *[]string `mapstructure:"topics"`
	State          *string   `mapstructure:"state"`
}

// facts gives what a client says; nil for nothing.
func (d *practiceDraft) facts(c *call) (*practice.Facts, error) {
	facts := &practice.Facts{
		License: d.License, Version: d.Version, Status: d.DocumentStatus, Unit: d.Unit, Timezone: d.Timezone, Place: d.Place,
		Address: d.URL, Topics: d.Topics, State: d.State,
	}
	zone, err := d.zone()
	if err != nil {
		return nil, err
	}
	for _, field := range []struct {
		name string
		said *string
		into **time.Time
	}{
		{"review_at", d.ReviewAt, &facts.ReviewAt},
		{"deadline", d.Deadline, &facts.Deadline},
		{"start_time", d.StartTime, &facts.Start},
		{"end_time", d.EndTime, &facts.End},
	} {
		if *field.into, err = moment(field.name, field.said, zone); err != nil {
			return nil, err
		}
	}
	if err := d.numbers(facts); err != nil {
		return nil, err
	}
	if facts.BasedOn, err = c.sources(d.BasedOn); err != nil {
		return nil, err
	}
	if *facts == (practice.Facts{}) {
		return nil, nil
	}
	return facts, nil
}

func (d *practiceDraft) zone() (*time.Location, error) {
	if d.Timezone == nil || *d.Timezone == "" {
		return time.UTC, nil
	}
	zone, err := time.LoadLocation(*d.Timezone)
	if err != nil {
		return nil, models.FieldErrorf("timezone", "Validation failed: timezone %q is no name of the time zone database, such as Europe/Berlin", *d.Timezone)
	}
	return zone, nil
}

// moment reads a time: RFC 3339, or without an offset in the time zone that the client names. An empty one is none.
func moment(name string, said *string, zone *time.Location) (*time.Time, error) {
	if said == nil {
		return nil, nil
	}
	if *said == "" {
		return &time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly} {
		if at, err := time.ParseInLocation(layout, *said, zone); err == nil && at.Year() > 1900 && at.Year() < 2200 {
			return &at, nil
		}
	}
	return nil, models.FieldErrorf(name, "Validation failed: %s is no time such as 2026-12-01T14:00:00Z or 2026-12-01", name)
}

func (d *practiceDraft) numbers(facts *practice.Facts) error {
	if d.Threshold != nil {
		value, err := strconv.ParseFloat(orZero(*d.Threshold), 64)
		if err != nil {
			return models.FieldErrorf("threshold", "Validation failed: threshold is no number such as 25 or 2.5")
		}
		facts.Threshold = &value
	}
	if d.Capacity != nil {
		value, err := strconv.ParseInt(orZero(*d.Capacity), 10, 64)
		if err != nil {
			return models.FieldErrorf("capacity", "Validation failed: capacity is no whole number such as 12")
		}
		facts.Capacity = &value
	}
	return nil
}

// orZero: an empty number takes the limit away.
func orZero(s string) string {
	if s == "" {
		return "0"
	}
	return s
}

// sources gives the addresses of what a post was made from. Of posts here a client may give the id.
func (c *call) sources(said *[]string) (*[]string, error) {
	if said == nil {
		return nil, nil
	}
	found := []string{}
	for _, source := range *said {
		if strings.Contains(source, "://") || source == "" {
			found = append(found, source)
			continue
		}
		id, err := parseID(source)
		if err != nil {
			return nil, models.FieldErrorf("based_on", "Validation failed: based_on %q is neither the id of a status nor an http or https address", source)
		}
		post, err := c.tx.VisiblePost(id, c.viewer())
		if err != nil {
			return nil, models.FieldErrorf("based_on", "Validation failed: based_on names the status %d, which is not there", id)
		}
		found = append(found, post.URI)
	}
	found = slices.DeleteFunc(found, func(s string) bool { return s == "" })
	return &found, nil
}

// namedCommunity gives the community that a client names. Errors: 422 for what is none.
func (c *call) namedCommunity(id string) (*models.Actor, error) {
	if id == "" {
		return nil, nil
	}
	wrong := models.FieldErrorf("community_id", "Validation failed: Community %q is no community that is known here: take the id of a group from its account", id)
	number, err := parseID(id)
	if err != nil {
		return nil, wrong
	}
	actor, err := c.tx.Actor(number)
	if models.IsNotFound(err) || err == nil && (!actor.IsCommunity() || actor.IsGone()) {
		return nil, wrong
	}
	return actor, err
}

// practiceInfo is what a post is in its community, and in its life cycle; null of posts that are no practice posts.
type practiceInfo struct {
	Title            string       `json:"title"`
	Kind             string       `json:"kind"`
	Label            string       `json:"label"`
	State            *string      `json:"state"`
	Community        *community   `json:"community"`
	AcceptedAnswerID *string      `json:"accepted_answer_id"`
	Solved           bool         `json:"solved"`
	Helpful          []string     `json:"helpful"`
	License          *string      `json:"license"`
	LicenseURL       *string      `json:"license_url"`
	Version          *string      `json:"version"`
	DocumentStatus   *string      `json:"document_status"`
	ReviewAt         *string      `json:"review_at"`
	Revision         int64        `json:"revision"`
	BasedOn          []sourceInfo `json:"based_on"`
	ReusesCount      int64        `json:"reuses_count"`
	KeepsCount       int64        `json:"keeps_count"`
	KnowsCount       int64        `json:"knows_count"`
	Topics           []string     `json:"topics"`
	DuplicateOf      *string      `json:"duplicate_of"`
	Pledges          *pledgeInfo  `json:"pledges"`
	Event            *eventInfo   `json:"event"`
	Locked           bool         `json:"locked"`      // it takes no replies
	Removed          bool         `json:"removed"`     // from the community: only its author sees it
	HiddenHere       bool         `json:"hidden_here"` // on this instance: only its author sees it
	Reason           string       `json:"moderation_reason"`
	Origin           *string      `json:"origin"`        // the host that took it first, of a community that lives at several
	Organizations    []string     `json:"organizations"` // that have it
	HiddenAt         []hiddenAt   `json:"hidden_at"`     // organizations whose moderators hide it at home
	URN              *string      `json:"urn"`           // the name of such a community at all of them
	Siblings         []whereabout `json:"siblings"`      // all of them, with what each has of the post
}

// whereabout is an organization, and what it has of a post: see models.PlaceOrigin and the others.
type whereabout struct {
	Host   string  `json:"host"`
	Name   string  `json:"name"`
	State  string  `json:"state"`
	At     *string `json:"at"`
	Reason string  `json:"reason"`
}

type hiddenAt struct {
	Host   string `json:"host"`
	Reason string `json:"reason"`
}

// sourceInfo is what a post was made from; the id is that of a post which the viewer may read.
type sourceInfo struct {
	URI   string  `json:"uri"`
	ID    *string `json:"id"`
	Title *string `json:"title"`
}

type pledgeInfo struct {
	Sum       float64  `json:"sum"`
	Count     int64    `json:"count"`
	Unit      string   `json:"unit"`
	Threshold *float64 `json:"threshold"`
	Deadline  *string  `json:"deadline"`
}

type eventInfo struct {
	StartTime *string `json:"start_time"`
	EndTime   *string `json:"end_time"`
	Timezone  *string `json:"timezone"`
	Place     *string `json:"place"`
	URL       *string `json:"url"`
	Capacity  *int64  `json:"capacity"`
	Remaining *int64  `json:"remaining"`
	Going     int64   `json:"going"`
	Maybe     int64   `json:"maybe"`
}

// practiceShelf is what hangs on the practice posts of an answer.
type practiceShelf struct {
	parts   *models.PracticeParts
	sources map[string]*models.Post
}

func isPractice(p *models.Post) bool {
	return p.Kind != "" || p.CommunityID != 0 || p.HiddenAt != 0 || p.AcceptedAnswerID != 0 || p.Title != ""
}

// readPractice reads it; of posts that are none, nothing.
func (s *shelf) readPractice(tx *models.Tx, shown []*models.Post) error {
	var ids []int64
	for _, p := range shown {
		if isPractice(p) {
			ids = append(ids, p.ID)
		}
	}
	var err error
	if s.practices.parts, err = tx.PracticeParts(ids); err != nil {
		return err
	}
	var uris []string
	for _, list := range s.practices.parts.Sources {
		uris = append(uris, list...)
	}
	slices.Sort(uris)
	s.now = tx.Now()
	if s.siblings, err = tx.SiblingViews(shown); err != nil {
		return err
	}
	s.practices.sources, err = tx.SourceNames(slices.Compact(uris), s.viewer)
	return err
}

func (s *shelf) practice(p *models.Post) *practiceInfo {
	if !isPractice(p) {
		return nil
	}
	all := practice.PracticeOf(p, s.practices.parts, s.now)
	info := &practiceInfo{
		Title: p.Title, Kind: p.Kind, Label: practice.KindLabel(p.Kind), State: textOrNil(all.State),
		AcceptedAnswerID: idOrNil(p.AcceptedAnswerID), Solved: p.AcceptedAnswerID != 0, Helpful: []string{},
		License: textOrNil(all.License), LicenseURL: textOrNil(practice.LicenseAddress(all.License)), Version: textOrNil(all.Version),
		DocumentStatus: textOrNil(all.Status), ReviewAt: dateOrNil(all.ReviewAt), Revision: all.Revisions, BasedOn: s.sourcesOf(all.Sources),
		ReusesCount: all.Reuses, KeepsCount: all.Keeps, KnowsCount: all.Knows, Topics: all.TopicList(), DuplicateOf: textOrNil(webURL(all.DuplicateOf)),
		Pledges: pledges(p, all), Event: event(p, all),
		Locked: p.LockedAt != 0, Removed: p.RemovedAt != 0, HiddenHere: p.HiddenAt != 0, Reason: s.reason(p),
	}
	for _, id := range all.Helpful {
		info.Helpful = append(info.Helpful, formatID(id))
	}
	if group := s.actors[p.CommunityID]; group != nil {
		shown := s.plainAccount(group)
		info.Community = &community{ID: shown.ID, Acct: shown.Acct, DisplayName: shown.DisplayName, URL: shown.URL}
	}
	s.addSiblings(p, info)
	return info
}

// addSiblings says where a post comes from that siblings share, and which organizations have it.
func (s *shelf) addSiblings(p *models.Post, info *practiceInfo) {
	info.Organizations, info.HiddenAt, info.Siblings = []string{}, []hiddenAt{}, []whereabout{}
	view, ok := s.siblings[p.ID]
	if !ok {
		return
	}
	info.Origin, info.Organizations, info.URN = &view.Origin, view.Hosts, textOrNil(view.URN)
	for _, at := range view.Places {
		info.Siblings = append(info.Siblings, whereabout{at.Host, view.Name(at.Host), at.State, dateOrNil(at.At), at.Reason})
	}
	for _, at := range view.Hidden {
		info.HiddenAt = append(info.HiddenAt, hiddenAt{at.Host, at.Reason})
	}
}

func (s *shelf) sourcesOf(uris []string) []sourceInfo {
	shown := []sourceInfo{}
	for _, uri := range uris {
		info := sourceInfo{URI: uri}
		if post := s.practices.sources[uri]; post != nil {
			info.ID, info.Title = idOrNil(post.ID), textOrNil(post.Title)
		}
		shown = append(shown, info)
	}
	return shown
}

func pledges(p *models.Post, all practice.Practice) *pledgeInfo {
	if p.Kind != practice.Coordination {
		return nil
	}
	info := &pledgeInfo{Sum: practice.Amount(all.Pledged), Count: all.Pledges, Unit: all.Unit, Deadline: dateOrNil(all.Deadline)}
	if all.Threshold != 0 {
		threshold := practice.Amount(all.Threshold)
		info.Threshold = &threshold
	}
	return info
}

func event(p *models.Post, all practice.Practice) *eventInfo {
	if p.Kind != practice.Visit && all.StartAt == 0 {
		return nil
	}
	info := &eventInfo{
		StartTime: dateOrNil(all.StartAt), EndTime: dateOrNil(all.EndAt), Timezone: textOrNil(all.Timezone), Place: textOrNil(all.Place),
		URL: textOrNil(webURL(all.Address)), Going: all.Going, Maybe: all.Maybe,
	}
	if all.Capacity != 0 {
		capacity, remaining := all.Capacity, all.Remaining()
		info.Capacity, info.Remaining = &capacity, &remaining
	}
	return info
}

// communityInfo is what an account is as a community; null of all others.
type communityInfo struct {
	Kinds []string `json:"kinds"` // those that may be chosen there
}

func (s *shelf) communityInfo(a *models.Actor) *communityInfo {
	if !a.IsCommunity() || !a.Local {
		return nil
	}
	info := &communityInfo{Kinds: practice.ThreadKinds()}
	if habits := s.habits[a.ID]; habits != nil && habits.Kinds != "" {
		info.Kinds = habits.KindList()
	}
	return info
}

// readHabits finds how the communities of the shelf use kinds.
func (s *shelf) readHabits(tx *models.Tx, actors []models.Actor) error {
	var ids []int64
	for i := range actors {
		if actors[i].Local && actors[i].IsCommunity() {
			ids = append(ids, actors[i].ID)
		}
	}
	var err error
	s.habits, err = tx.CommunityPractices(ids)
	return err
}
