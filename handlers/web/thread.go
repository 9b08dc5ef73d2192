package web

import (
	"errors"
	"net/url"
	"strings"

	"github.com/gorilla/mux"

	"praxis/models"
)

type threadPage struct {
	Head      head
	Question  *entry // the first post; nil when the reader may not read it, or it is gone
	Answer    *entry // the accepted one
	AnswerAt  string // where it stands: on this page, or its own
	Replies   []*node
	Count     string
	Community *person
	Focus     bool    // the page was asked for a reply
	Start     string  // the thread from its beginning, when this page shows less
	Later     string  // further replies
	Address   string  // what one pastes into an app to answer
	Silent    *place  // the organization where it began, when that cannot be reached
	Places    []place // which organizations have it, of a community that lives at several
}

// thread shows a post with what was answered; for a reply, the thread that it stands in.
func (s *Server) thread(v *visit) error {
	v.negotiated()
	post, author, err := s.pathPost(v)
	if err != nil {
		return err
	}
	first := post
	if post.ThreadID != post.ID {
		first, err = v.tx.VisiblePost(post.ThreadID, v.viewer)
		if err != nil && !models.IsNotFound(err) {
			return err
		}
	}
	part, err := readPart(v, post)
	if err != nil {
		return err
	}
	return s.showThread(v, post, author, first, part)
}

// pathPost gives the post that the path names, with its author, if the viewer may read it. That there was one that
// everybody could read is told; of all others nothing.
func (s *Server) pathPost(v *visit) (*models.Post, *models.Actor, error) {
	id := parseID(mux.Vars(v.r)["id"])
	post, err := v.tx.VisiblePost(id, v.viewer)
	if models.IsNotFound(err) {
		return nil, nil, s.lost(v, id)
	}
	if err != nil {
		return nil, nil, err
	}
	author, err := v.tx.Actor(post.AuthorID)
	if err != nil {
		return nil, nil, err
	}
	if post.IsBoost() || !s.isNamed(v, author) {
		return nil, nil, errNotFound
	}
	return post, author, nil
}

// lost says what is told of a post that is not to be had.
func (s *Server) lost(v *visit, id int64) error {
	post, err := v.tx.Post(id)
	if err != nil {
		return err
	}
	author, err := v.tx.Actor(post.AuthorID)
	if err != nil {
		return err
	}
	if post.DeletedAt == 0 && !post.IsBoost() && author.SuspendedAt == 0 && s.isNamed(v, author) {
		if shown, err := s.hiddenHere(v, post); err != nil || shown {
			return orShown(err)
		}
	}
	if post.DeletedAt == 0 || post.IsBoost() || !post.IsPublic() || author.SuspendedAt != 0 || !s.isNamed(v, author) {
		return errNotFound
	}
	return models.Errorf(models.Gone, "This post was deleted.")
}

// errShown: the answer was given.
var errShown = errors.New("the page was shown")

func orShown(err error) error {
	if err == nil {
		return errShown
	}
	return err
}

// isNamed reports whether the path names the actor: an id has one page.
func (s *Server) isNamed(v *visit, actor *models.Actor) bool {
	vars := mux.Vars(v.r)
	host := vars["host"]
	if host == "" {
		host = s.links.Host
	}
	return models.Handle(vars["name"], asciiHost(host)) == models.Handle(actor.Username, asciiHost(actor.Host))
}

// part is a stretch of a thread's replies.
type part struct {
	rows  []models.Post
	later int64 // the reply after which there are more; 0 for none
	whole bool  // it begins with the first reply
}

// readPart gives the replies after the one that the query names, or those from the beginning; a reply that is not
// among them begins its own part.
func readPart(v *visit, post *models.Post) (part, error) {
	after, err := position(v, paramMinID)
	if err != nil {
		return part{}, err
	}
	p, err := partAfter(v, post.ThreadID, after)
	if err != nil || after != 0 || post.ID == post.ThreadID || p.holds(post.ID) {
		return p, err
	}
	return partAfter(v, post.ThreadID, post.ID-1)
}

func partAfter(v *visit, threadID, after int64) (part, error) {
	rows, err := v.tx.ThreadAfter(threadID, v.viewer, after, threadSize+1)
	p := part{rows: rows, whole: after == 0}
	if len(rows) > threadSize {
		p.rows = rows[:threadSize]
		p.later = p.rows[threadSize-1].ID
	}
	return p, err
}

func (p part) holds(id int64) bool {
	for i := range p.rows {
		if p.rows[i].ID == id {
			return true
		}
	}
	return false
}

// showThread puts a page together. First is nil when the thread's beginning is not for this viewer.
func (s *Server) showThread(v *visit, post *models.Post, author *models.Actor, first *models.Post, p part) error {
	rows := p.rows
	if first != nil {
		rows = append([]models.Post{*first}, without(rows, first.ID)...)
	}
	if !p.holds(post.ID) && post != first {
		rows = append(rows, *post) // its page shows it, wherever the part begins
	}
	read, err := readAround(v, rows)
	if err != nil {
		return err
	}
	sizes, err := v.tx.ThreadSizes([]int64{post.ThreadID}, v.viewer)
	if err != nil {
		return err
	}
	data := &threadPage{Focus: post != first, Count: count(sizes[post.ThreadID], "reply", "replies"), Address: address(post)}
	if first != nil {
		data.Question = s.entryOf(v, read, first)
		if first.LockedAt != 0 {
			data.Address = "" // nobody is to be led to answer
		}
		data.Community, data.Places = data.Question.Community, s.placesOf(v, read.siblings[first.ID])
		data.Silent = silentOrigin(read.siblings[first.ID], data.Places)
		s.acceptedAnswer(v, data, read, first, p)
		rows = rows[1:]
	}
	data.Replies = s.tree(v, read, rows, first, post)
	data.Head = s.headOfPost(post, s.entryOf(v, read, post), author)
	s.linkParts(data, read, p, post, first)
	return s.show(v, "thread.html", data)
}

func without(rows []models.Post, id int64) []models.Post {
	kept := make([]models.Post, 0, len(rows))
	for i := range rows {
		if rows[i].ID != id {
			kept = append(kept, rows[i])
		}
	}
	return kept
}

// acceptedAnswer places the accepted answer under the question. It may stand on another page of a long thread.
func (s *Server) acceptedAnswer(v *visit, data *threadPage, read *reading, first *models.Post, p part) {
	answer := read.related[first.AcceptedAnswerID]
	if answer == nil || read.actors[answer.AuthorID] == nil {
		return
	}
	data.Answer = s.entryOf(v, read, answer)
	data.AnswerAt = "#" + anchor(answer.ID)
	if !p.holds(answer.ID) {
		data.AnswerAt = data.Answer.Path
	}
}

// linkParts leads to the rest of the thread.
func (s *Server) linkParts(data *threadPage, read *reading, p part, post, first *models.Post) {
	base := s.postPath(post, read.actors[post.AuthorID])
	if first != nil {
		base = s.postPath(first, read.actors[first.AuthorID])
	}
	base, _, _ = strings.Cut(base, "#")
	if p.later != 0 {
		data.Later = base + "?" + url.Values{paramMinID: {format(p.later)}}.Encode()
	}
	if first != nil && data.Focus || !p.whole {
		data.Start = base
	}
}

// address gives what other servers find a post by.
func address(post *models.Post) string {
	if page := webURL(post.URL); page != "" {
		return page
	}
	return webURL(post.URI)
}
