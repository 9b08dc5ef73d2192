package web

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/gorilla/mux"

	"praxis/models"
	"praxis/practice"
)

// modLogPage is what moderators did in a community, at all of its organizations.
type modLogPage struct {
	Head    head
	Person  *person
	Lines   []modLogLine
	Sources []logSource // where there are several
	Paging  paging
}

// logSource is an organization whose log is shown, and by whose name the page can be narrowed.
type logSource struct {
	filterLink
	Said   moment // when it last answered
	Failed string // that it did not when it was last asked, and why
	Ours   bool
	Lost   bool
}

// modLogLine is one act. Of a post that the reader may not read nothing is shown but that there was one.
type modLogLine struct {
	At     moment
	Who    *person
	Called string // who it was, of whom nothing more is known
	Did    string
	Title  string // of the post
	Path   string // of the post
	Whom   *person
	Until  moment
	Reason string
	Host   string // whose moderators, where there are several
	Far    bool   // of another host than this one
	Proven bool   // who did it signed it
	Shown  bool   // it was removed there, and is shown here
}

// deeds say what the verbs of the log mean, as they stand between who did it and what it is about.
var deeds = map[string]string{
	models.ActRemove: "removed", models.LogRestore: "restored", models.ActLock: "locked", models.LogUnlock: "unlocked",
	models.ActPin: "pinned", models.LogUnpin: "unpinned", models.ActBan: "banned", models.LogUnban: "lifted the ban of",
	models.LogAppoint: "appointed", models.LogDismiss: "dismissed", models.LogMove: "moved", models.LogDeclined: "declined the appeal of",
	models.LogCharter: "took over the charter of",
}

// modLog shows the moderation log of a community of this instance, and those of its siblings: what its members are entitled to know.
func (s *Server) modLog(v *visit) error {
	community, err := v.tx.ActorByHandle(mux.Vars(v.r)["name"], s.links.Host)
	if err != nil {
		return err
	}
	if !community.IsCommunity() || community.IsGone() {
		return errNotFound
	}
	if known, err := v.tx.IsKnownTo(community, v.viewer); err != nil || !known {
		return cmp.Or(err, error(errNotFound))
	}
	page, err := pageOf(v)
	if err != nil {
		return err
	}
	sources, err := s.cfg.Service.LogSources(v.tx, community)
	if err != nil {
		return err
	}
	ours, siblings, err := chosenLogs(sources, v.r.URL.Query().Get("host"))
	if err != nil {
		return err
	}
	rows, err := v.tx.SharedLogPage(ours, siblings, page)
	if err != nil {
		return err
	}
	data := modLogPage{Person: s.person(community)}
	rows, data.Paging = cutBy(v, rows, page, func(l *models.LogLine) int64 { return l.ID() })
	data.Paging = data.Paging.keepHost(v.r.URL.Query().Get("host"))
	if data.Lines, err = s.modLogLines(v, rows, sources); err != nil {
		return err
	}
	data.Sources = logSources(v, sources)
	data.Head = head{Title: "What moderators did in " + data.Person.Name, Address: community.URI + "/log", NoIndex: true}
	return s.show(v, "modlog.html", data)
}

// chosenLogs gives whose logs are read: of all hosts, or of the one that was asked for.
func chosenLogs(sources []practice.LogSource, host string) (ours int64, siblings []int64, err error) {
	known := host == ""
	for _, source := range sources {
		if host != "" && source.Host != host {
			continue
		}
		known = true
		if source.Ours {
			ours = source.Group
		} else {
			siblings = append(siblings, source.Group)
		}
	}
	if !known {
		return 0, nil, models.FieldErrorf("host", "%q is no organization of this community: take one of those that the page names.", shorten(host, maxTag))
	}
	return ours, siblings, nil
}

// keepHost keeps the host that a log was narrowed to.
func (p paging) keepHost(host string) paging {
	if host == "" {
		return p
	}
	for _, link := range []*string{&p.Older, &p.Newest} {
		if *link == "" {
			continue
		}
		mark := "?"
		if strings.Contains(*link, "?") {
			mark = "&"
		}
		*link += mark + url.Values{"host": {host}}.Encode()
	}
	return p
}

func logSources(v *visit, sources []practice.LogSource) []logSource {
	if len(sources) == 1 {
		return nil
	}
	chosen := v.r.URL.Query().Get("host")
	shown := []logSource{{filterLink: filterLink{Label: "All", Address: v.r.URL.EscapedPath(), Current: chosen == ""}, Ours: true}}
	for _, source := range sources {
		link := filterLink{Label: source.Host, Address: v.r.URL.EscapedPath() + "?" + url.Values{"host": {source.Host}}.Encode(), Current: chosen == source.Host}
		shown = append(shown, logSource{filterLink: link, Ours: source.Ours, Lost: source.Lost, Said: momentOf(source.AnsweredAt, v.now), Failed: oneLine(source.Failed)})
	}
	return shown
}

// logFacts is what lines of a log need to be shown.
type logFacts struct {
	actors map[int64]*models.Actor
	named  map[string]*models.Actor
	posts  map[int64]*models.Post  // of ours, that the reader may read
	others map[string]*models.Post // that siblings name, likewise
	hosts  map[int64]string        // of siblings
	shared bool
}

func (s *Server) modLogLines(v *visit, rows []models.LogLine, sources []practice.LogSource) ([]modLogLine, error) {
	facts, err := readLogFacts(v, rows)
	if err != nil {
		return nil, err
	}
	facts.hosts, facts.shared = map[int64]string{}, len(sources) > 1
	for _, source := range sources {
		facts.hosts[source.Group] = source.Host
	}
	lines := make([]modLogLine, len(rows))
	for i, row := range rows {
		if row.Ours != nil {
			lines[i] = s.ownLine(v, facts, row.Ours)
		} else {
			lines[i] = s.farLine(v, facts, row.Sibling)
		}
		if !facts.shared {
			lines[i].Host = ""
		}
	}
	return lines, nil
}

func readLogFacts(v *visit, rows []models.LogLine) (*logFacts, error) {
	var people, postIDs []int64
	var uris []string
	for _, row := range rows {
		if e := row.Ours; e != nil {
			people, postIDs = append(people, e.ActorID, e.TargetID), append(postIDs, e.PostID)
		} else {
			uris = append(uris, row.Sibling.ActorURI, row.Sibling.ObjectURI, row.Sibling.TargetURI)
		}
	}
	slices.Sort(uris)
	uris = slices.Compact(uris)
	facts := &logFacts{}
	var err error
	if facts.posts, err = v.tx.VisiblePosts(postIDs, v.viewer); err != nil {
		return nil, err
	}
	if facts.others, err = v.tx.SourceNames(uris, v.viewer); err != nil {
		return nil, err
	}
	if facts.named, err = v.tx.ActorsByURI(uris); err != nil {
		return nil, err
	}
	for _, post := range facts.others {
		people = append(people, post.AuthorID)
	}
	facts.actors, err = v.tx.Actors(people)
	return facts, err
}

func (s *Server) ownLine(v *visit, facts *logFacts, e *models.ModLogEntry) modLogLine {
	line := modLogLine{
		At: momentOf(e.CreatedAt, v.now), Did: deeds[e.Verb], Reason: oneLine(e.Reason), Until: momentOf(e.Until, v.now), Host: s.links.Host,
	}
	if who := facts.actors[e.ActorID]; who != nil {
		line.Who = s.person(who)
	}
	if whom := facts.actors[e.TargetID]; whom != nil && !whom.IsGone() {
		line.Whom = s.person(whom)
	}
	if e.PostID != 0 {
		line.Title = "a post"
	}
	if e.Verb == models.LogCharter && line.Whom != nil { // which most often has the same name
		line.Title, line.Whom = line.Whom.Address, nil
	}
	if post, author := facts.posts[e.PostID], facts.actors[e.TargetID]; post != nil && author != nil && author.ID == post.AuthorID {
		s.linkPost(&line, post, author)
	}
	return line
}

func (s *Server) linkPost(line *modLogLine, post *models.Post, author *models.Actor) {
	line.Path = s.postPath(post, author)
	if post.Title != "" {
		line.Title = shorten(post.Title, domainLength)
	}
}

// farLine shows what moderators of a sibling did. Of those who are not known here the address is shown.
func (s *Server) farLine(v *visit, facts *logFacts, e *models.SiblingLogEntry) modLogLine {
	line := modLogLine{
		At: momentOf(e.CreatedAt, v.now), Did: deeds[e.Verb], Reason: oneLine(e.Reason), Until: momentOf(e.Until, v.now),
		Host: facts.hosts[e.GroupID], Far: true, Proven: e.Proven,
	}
	if who := facts.named[e.ActorURI]; who != nil && !who.IsGone() {
		line.Who = s.person(who)
	} else {
		line.Called = shorten(oneLine(e.ActorURI), headingLength)
	}
	if whom := facts.named[e.ObjectURI]; whom != nil && !whom.IsGone() {
		line.Whom = s.person(whom)
		return line
	}
	switch e.Verb {
	case models.ActBan, models.LogUnban, models.LogAppoint, models.LogDismiss:
		line.Title = shorten(oneLine(e.ObjectURI), headingLength)
		return line
	}
	line.Title = "a post"
	if post := facts.others[e.ObjectURI]; post != nil && facts.actors[post.AuthorID] != nil {
		s.linkPost(&line, post, facts.actors[post.AuthorID])
		line.Whom = s.person(facts.actors[post.AuthorID])
		line.Shown = e.Verb == models.ActRemove && post.RemovedAt == 0
	}
	return line
}
