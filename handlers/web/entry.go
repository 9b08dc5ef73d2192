package web

import (
	"html/template"
	"strings"

	"praxis/internal/text"
	"praxis/models"
	"praxis/practice"
)

// entry is a post as pages show it.
type entry struct {
	ID        string // for the anchor
	Author    *person
	Community *person // that it was posted into; nil for none
	Origin    *origin // the organization that it comes from, where the community lives at several
	SharedBy  *person // whose boost brought it here; nil when it stands for itself
	Parent    *parent // what it answers, if the reader may read that
	Path      string
	Original  string // its page at its own host, when that is another one
	Title     string
	Heading   string // the title, or what stands for one
	Excerpt   string // what comes after the title
	Preview   string // the beginning of the text
	Body      template.HTML
	Warning   string // what it is about, for those who may rather not read it
	Sensitive bool
	Language  string
	Kind      string // the practice kind's label
	KindClass string
	Pictures  []picture
	Files     []file
	Replies   string // how many the reader may read, with the word; "" unless it begins a thread
	Answered  bool   // the asker accepted an answer that the reader may read
	Accepted  bool   // it is that answer
	Removed   bool   // by moderators of the community: only its author sees it
	Hidden    bool   // on this instance: only its author sees it
	Locked    bool   // it takes no replies
	Practice  *practiceView
	Audience  string // who may read it, unless everybody may
	Published moment
	Edited    moment
}

// parent is what a post answers.
type parent struct {
	Author *person
	Path   string
}

// picture is one that is kept here, so that nobody else learns who looks at it.
type picture struct {
	URL, Preview, Alt string
	Width, Height     int64 // of the preview
}

func picturesOf(attachments []models.Attachment) []picture {
	var shown []picture
	for _, a := range attachments {
		if isOurs(&a) {
			shown = append(shown, picture{
				URL: a.URL, Preview: a.PreviewURL, Alt: text.CleanName(a.Description), Width: a.PreviewWidth, Height: a.PreviewHeight,
			})
		}
	}
	return shown
}

func isOurs(a *models.Attachment) bool {
	return a.OwnerID != 0 && a.Type == "image" && a.PreviewFile != ""
}

// file is what a post carries, as a link: a page that loaded it from its host would tell that host who reads.
type file struct{ URL, Label, Host string }

// lengths of texts in lists, in characters.
const (
	excerptLength = 220
	headingLength = 90
)

// reading is what posts need to be shown, read for a whole page at once: a page costs the same number of statements
// however much is on it.
type reading struct {
	actors    map[int64]*models.Actor
	originals map[int64]*models.Post // of boosts
	related   map[int64]*models.Post // what posts answer, and accepted answers
	files     map[int64][]models.Attachment
	sizes     map[int64]int64 // of threads
	polls     map[int64]*models.Poll
	practices practiceShelf
	siblings  map[int64]models.SiblingView
}

// entries gives posts and boosts in the order of rows.
func (s *Server) entries(v *visit, rows []models.Post) ([]*entry, error) {
	read, err := readAround(v, rows)
	if err != nil {
		return nil, err
	}
	list := make([]*entry, 0, len(rows))
	for i := range rows {
		if e := s.entryOf(v, read, &rows[i]); e != nil {
			list = append(list, e)
		}
	}
	return list, nil
}

func readAround(v *visit, rows []models.Post) (*reading, error) {
	read := &reading{}
	var err error
	if read.originals, err = v.tx.VisiblePosts(boosted(rows), v.viewer); err != nil {
		return nil, err
	}
	posts := make([]*models.Post, 0, len(rows))
	var threads []int64
	for i := range rows {
		if post := read.original(&rows[i]); post != nil {
			posts = append(posts, post)
			if post.IsThread() {
				threads = append(threads, post.ID)
			}
		}
	}
	if err = read.readPractice(v, posts); err != nil {
		return nil, err
	}
	if read.siblings, err = v.tx.SiblingViews(posts); err != nil {
		return nil, err
	}
	if read.related, err = v.tx.VisiblePosts(read.relatedIDs(posts), v.viewer); err != nil {
		return nil, err
	}
	if read.actors, err = v.tx.Actors(read.actorIDs(rows, posts)); err != nil {
		return nil, err
	}
	if read.files, err = v.tx.Attachments(postIDs(posts)); err != nil {
		return nil, err
	}
	if read.sizes, err = v.tx.ThreadSizes(threads, v.viewer); err != nil {
		return nil, err
	}
	read.polls, err = v.tx.Polls(asking(posts))
	return read, err
}

func asking(posts []*models.Post) []int64 {
	var ids []int64
	for _, post := range posts {
		if post.Type == "Question" {
			ids = append(ids, post.ID)
		}
	}
	return ids
}

// choices gives what can be chosen in a poll, below its text.
func choices(poll *models.Poll) template.HTML {
	if poll == nil {
		return ""
	}
	out := "<ul>"
	for _, title := range poll.Titles() {
		out += "<li>" + template.HTMLEscapeString(title) + "</li>"
	}
	return template.HTML(out + "</ul>")
}

func boosted(rows []models.Post) []int64 {
	var ids []int64
	for i := range rows {
		if rows[i].IsBoost() {
			ids = append(ids, rows[i].ReblogOfID)
		}
	}
	return ids
}

// relatedIDs names what posts answer, and which replies are accepted or were of use.
func (read *reading) relatedIDs(posts []*models.Post) []int64 {
	var ids []int64
	for _, post := range posts {
		for _, tally := range read.practices.parts.Tallies[post.ID] {
			if tally.Verb == models.ResponseHelped {
				ids = append(ids, tally.PostID)
			}
		}
		for _, id := range []int64{post.InReplyToID, post.AcceptedAnswerID} {
			if id != 0 {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

func postIDs(posts []*models.Post) []int64 {
	ids := make([]int64, len(posts))
	for i, post := range posts {
		ids[i] = post.ID
	}
	return ids
}

// original gives the post that a row shows; nil when it is a boost of what the reader may not read.
func (read *reading) original(row *models.Post) *models.Post {
	if row.IsBoost() {
		return read.originals[row.ReblogOfID]
	}
	return row
}

func (read *reading) actorIDs(rows []models.Post, posts []*models.Post) []int64 {
	var ids []int64
	for i := range rows {
		ids = append(ids, rows[i].AuthorID)
	}
	for _, post := range posts {
		ids = append(ids, post.AuthorID)
		if post.CommunityID != 0 {
			ids = append(ids, post.CommunityID)
		}
	}
	for _, post := range read.related {
		ids = append(ids, post.AuthorID)
	}
	return ids
}

// entryOf gives a post or a boost as pages show it; nil for a boost of what cannot be shown.
func (s *Server) entryOf(v *visit, read *reading, row *models.Post) *entry {
	post := read.original(row)
	if post == nil {
		return nil
	}
	author := read.actors[post.AuthorID] // references are enforced: it is there
	e := &entry{
		ID: anchor(post.ID), Author: s.person(author), Path: s.postPath(post, author),
		Title: text.CleanName(post.Title), Body: safe(withoutTitle(post.Content, post.Title)) + choices(read.polls[post.ID]), Warning: text.CleanName(post.SpoilerText), Sensitive: post.Sensitive,
		Language: language(post.Language), Kind: practice.KindLabel(post.Kind), Audience: audience(post.Visibility),
		Published: momentOf(post.PublishedAt, v.now), Edited: momentOf(post.EditedAt, v.now), Files: filesOf(read.files[post.ID]),
		Pictures: picturesOf(read.files[post.ID]),
	}
	if e.Kind != "" {
		e.KindClass = "kind-" + kindClass(post.Kind)
	}
	e.Practice = s.practiceOf(v, read, post)
	if !post.Local {
		e.Original = webURL(post.URL)
		if e.Original == "" {
			e.Original = webURL(post.URI)
		}
	}
	e.Removed, e.Hidden, e.Locked = post.RemovedAt != 0, post.HiddenAt != 0, post.LockedAt != 0
	e.name(post)
	s.place(e, read, row, post)
	return e
}

// kindClass is how the style sheet calls a kind; those of others look alike.
func kindClass(kind string) string {
	if strings.Contains(kind, "/") {
		return "other"
	}
	return kind
}

// name gives an entry what stands for it in lists. What its author put behind a warning stays there.
func (e *entry) name(post *models.Post) {
	if e.Warning == "" {
		e.Preview = excerpt(post.Content, "", excerptLength)
	}
	if e.Warning == "" && e.Title != "" {
		e.Excerpt = excerpt(post.Content, e.Title, excerptLength)
	}
	switch {
	case e.Title != "":
		e.Heading = e.Title
	case e.Warning != "":
		e.Heading = e.Warning
	default:
		e.Heading = shorten(e.Preview, headingLength)
	}
	if e.Heading == "" {
		e.Heading = "A post by " + e.Author.Name
	}
}

// place says where a post stands: what brought it here, what it answers, its community, and its thread.
func (s *Server) place(e *entry, read *reading, row, post *models.Post) {
	if community := read.actors[post.CommunityID]; community != nil && !community.IsGone() {
		e.Community = s.person(community)
	}
	e.Origin = s.originOf(read, post)
	if by := read.actors[row.AuthorID]; row.IsBoost() && by != nil && row.AuthorID != post.CommunityID {
		e.SharedBy = s.person(by)
	}
	if answered := read.related[post.InReplyToID]; answered != nil {
		if author := read.actors[answered.AuthorID]; author != nil {
			e.Parent = &parent{Author: s.person(author), Path: s.postPath(answered, author)}
		}
	}
	if post.IsThread() {
		e.Replies = count(read.sizes[post.ID], "reply", "replies")
		e.Answered = read.related[post.AcceptedAnswerID] != nil
	}
}

func audience(visibility string) string {
	switch visibility {
	case models.Private:
		return "for followers"
	case models.Direct:
		return "for those it names"
	case models.ForMembers:
		return "for members of the community"
	case models.ForPartners:
		return "for partner organizations"
	case models.ForLocal:
		return "for this organization"
	}
	return ""
}

func filesOf(attachments []models.Attachment) []file {
	var files []file
	for _, a := range attachments {
		address := webURL(a.URL)
		if address == "" || isOurs(&a) {
			continue
		}
		label := text.CleanName(a.Description)
		if label == "" {
			label = fileLabel(a.Type)
		}
		files = append(files, file{URL: address, Label: label, Host: hostOf(address)})
	}
	return files
}

func fileLabel(attachmentType string) string {
	switch attachmentType {
	case "image":
		return "Picture without a description"
	case "video", "gifv":
		return "Video"
	case "audio":
		return "Sound"
	case "link":
		return "Link"
	}
	return "File"
}
