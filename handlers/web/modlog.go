package web

import (
	"github.com/gorilla/mux"

	"praxis/models"
)

// modLogPage is what moderators did in a community.
type modLogPage struct {
	Head   head
	Person *person
	Lines  []modLogLine
	Paging paging
}

// modLogLine is one act. Of a post that the reader may not read nothing is shown but that there was one.
type modLogLine struct {
	At     moment
	Who    *person
	Did    string
	Title  string // of the post
	Path   string // of the post
	Whom   *person
	Until  moment
	Reason string
}

// deeds say what the verbs of the log mean, as they stand between who did it and what it is about.
var deeds = map[string]string{
	models.ActRemove: "removed", models.LogRestore: "restored", models.ActLock: "locked", models.LogUnlock: "unlocked",
	models.ActPin: "pinned", models.LogUnpin: "unpinned", models.ActBan: "banned", models.LogUnban: "lifted the ban of",
	models.LogAppoint: "appointed", models.LogDismiss: "dismissed", models.LogMove: "moved", models.LogDeclined: "declined the appeal of",
}

// modLog shows the moderation log of a community of this instance: what its members are entitled to know.
func (s *Server) modLog(v *visit) error {
	community, err := v.tx.ActorByHandle(mux.Vars(v.r)["name"], s.links.Host)
	if err != nil {
		return err
	}
	if !community.IsCommunity() || community.IsGone() {
		return errNotFound
	}
	page, err := pageOf(v)
	if err != nil {
		return err
	}
	rows, err := v.tx.ModLogPage(community.ID, page)
	if err != nil {
		return err
	}
	data := modLogPage{Person: s.person(community)}
	rows, data.Paging = cutBy(v, rows, page, func(e *models.ModLogEntry) int64 { return e.ID })
	if data.Lines, err = s.modLogLines(v, rows); err != nil {
		return err
	}
	data.Head = head{Title: "What moderators did in " + data.Person.Name, Address: community.URI + "/log", NoIndex: true}
	return s.show(v, "modlog.html", data)
}

func (s *Server) modLogLines(v *visit, rows []models.ModLogEntry) ([]modLogLine, error) {
	var people, postIDs []int64
	for i := range rows {
		people, postIDs = append(people, rows[i].ActorID, rows[i].TargetID), append(postIDs, rows[i].PostID)
	}
	actors, err := v.tx.Actors(people)
	if err != nil {
		return nil, err
	}
	posts, err := v.tx.VisiblePosts(postIDs, v.viewer)
	if err != nil {
		return nil, err
	}
	lines := make([]modLogLine, len(rows))
	for i := range rows {
		e := &rows[i]
		line := modLogLine{At: momentOf(e.CreatedAt, v.now), Did: deeds[e.Verb], Reason: oneLine(e.Reason), Until: momentOf(e.Until, v.now)}
		if who := actors[e.ActorID]; who != nil {
			line.Who = s.person(who)
		}
		if whom := actors[e.TargetID]; whom != nil && !whom.IsGone() {
			line.Whom = s.person(whom)
		}
		if e.PostID != 0 {
			line.Title = "a post"
		}
		if post, author := posts[e.PostID], actors[e.TargetID]; post != nil && author != nil && author.ID == post.AuthorID {
			line.Path = s.postPath(post, author)
			if post.Title != "" {
				line.Title = shorten(post.Title, domainLength)
			}
		}
		lines[i] = line
	}
	return lines, nil
}
