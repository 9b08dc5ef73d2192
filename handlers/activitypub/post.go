package activitypub

import (
	"net/http"

	"praxis/federation/outbox"
	"praxis/federation/sign"
	"praxis/federation/vocab"
	"praxis/models"
)

// getPost answers with a post of ours: to those who may read it, and to all others as if there were none.
func (s *Server) getPost(w http.ResponseWriter, r *http.Request) {
	tx := s.store.Read(r.Context())
	if prefersHTML(r) {
		// Whose browser it is says a session, and those are for the page itself: here nobody is signed in.
		if post, err := ourPost(tx, pathID(r), models.Anonymous); err == nil {
			s.seeOther(w, post.URL)
			return
		}
	}
	who, ok := s.admit(w, r)
	if !ok {
		return
	}
	post, err := ourPost(tx, pathID(r), who.viewer())
	if models.IsNotFound(err) && sign.SentToken(r) != nil {
		post, err = s.guestPost(r, tx, who, pathID(r))
	}
	if err != nil {
		s.failPost(w, r, tx, who, lost{err: err, id: s.links.Post(pathID(r)), was: "Note"})
		return
	}
	doc, err := s.writer.Post(tx, post)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	public := post.IsPublic()
	if who.actor != nil {
		software, err := tx.PeerSoftware([]string{who.actor.Host})
		if err != nil {
			s.fail(w, r, err)
			return
		}
		form := outbox.FormFor(software[who.actor.Host], doc)
		public = public && form["type"] == doc["type"] && form["name"] == doc["name"]
		doc = form
	}
	s.document(w, r, http.StatusOK, doc, public)
}

// ourPost gives a post that was written here. Boosts are no objects of their own.
func ourPost(tx *models.Tx, id, viewer int64) (*models.Post, error) {
	post, err := tx.VisiblePost(id, viewer)
	if err == nil && (!post.Local || post.IsBoost()) {
		return nil, errNotFound
	}
	return post, err
}

// lost is a post, or a collection around one, that is not to be had.
type lost struct {
	err error
	id  string // of the document that was asked for
	was string // its type
}

// failPost answers for a post that is not to be had: with a tombstone when everybody could read it once and its author deleted
// it, so that copies elsewhere go, too. What moderators removed may come back. That there was one for fewer readers is not told.
func (s *Server) failPost(w http.ResponseWriter, r *http.Request, tx *models.Tx, who asker, what lost) {
	if !models.IsNotFound(what.err) {
		s.fail(w, r, what.err)
		return
	}
	post, err := tx.Post(pathID(r))
	if err != nil || !post.Local || post.IsBoost() || post.DeletedAt == 0 || !post.IsPublic() {
		s.fail(w, r, who.unseen(what.err))
		return
	}
	s.document(w, r, http.StatusGone, vocab.Tombstone(what.id, what.was, post.DeletedAt.Time()), true)
}

// getReplies answers with the addresses of what answers a post, oldest first, as far as the asker may read it.
func (s *Server) getReplies(w http.ResponseWriter, r *http.Request) {
	who, ok := s.admit(w, r)
	if !ok {
		return
	}
	tx := s.store.Read(r.Context())
	post, err := ourPost(tx, pathID(r), who.viewer())
	if err != nil {
		s.failPost(w, r, tx, who, lost{err: err, id: s.links.Post(pathID(r)) + "/replies", was: "OrderedCollection"})
		return
	}
	s.serveSeries(w, r, series{
		id:    post.URI + "/replies",
		count: func() (int64, error) { return tx.CountReplies(post.ID, who.viewer()) },
		list: func(after int64) ([]models.Post, error) {
			return tx.RepliesAfter(post.ID, who.viewer(), after, listPage)
		},
		public: who.actor == nil,
	})
}
