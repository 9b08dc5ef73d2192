package activitypub

import (
	"net/http"

	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

// getEvent answers with the event that goes with a visit of ours.
func (s *Server) getEvent(w http.ResponseWriter, r *http.Request) {
	s.partOfPost(w, r, part{id: s.links.Event(pathID(r)), was: "Event"}, func(tx *models.Tx, post *models.Post) (vocab.M, error) {
		doc, err := s.writer.Event(tx, post)
		if err == nil && doc == nil {
			err = errNotFound
		}
		return doc, err
	})
}

// mostEdits is how many earlier versions of a post are kept, and given.
const mostEdits = 100

// getEdits answers with the earlier versions of a post, oldest first, each as it read then.
func (s *Server) getEdits(w http.ResponseWriter, r *http.Request) {
	s.partOfPost(w, r, part{id: s.links.Edits(pathID(r)), was: "OrderedCollection"}, func(tx *models.Tx, post *models.Post) (vocab.M, error) {
		author, err := tx.Actor(post.AuthorID)
		if err != nil {
			return nil, err
		}
		versions, err := practice.History(tx, post)
		if err != nil {
			return nil, err
		}
		items := []any{}
		for i := range versions[:min(len(versions), mostEdits)] {
			items = append(items, s.version(author, post, &versions[i], i+1))
		}
		return whole(s.links.Edits(post.ID), items), nil
	})
}

func (s *Server) version(author *models.Actor, post *models.Post, v *practice.Version, number int) vocab.M {
	doc := vocab.M{
		"id": s.links.Revision(post.ID, number), "type": "Note", "attributedTo": author.URI, "content": v.Content, "mediaType": "text/html",
		"published": vocab.FormatTime(v.At.Time()),
	}
	if v.Title != "" {
		doc["name"] = v.Title
	}
	if v.SpoilerText != "" {
		doc["summary"] = v.SpoilerText
	}
	return doc
}

// getReuses answers with the replies that say that an asset was used again, and with how often that was said.
func (s *Server) getReuses(w http.ResponseWriter, r *http.Request) {
	who, ok := s.admit(w, r)
	if !ok {
		return
	}
	tx := s.store.Read(r.Context())
	post, err := ourPost(tx, pathID(r), who.viewer())
	if err == nil && post.Kind != practice.AssetShare {
		err = errNotFound
	}
	if err != nil {
		s.failPost(w, r, tx, who, lost{err: err, id: s.links.Reuses(pathID(r)), was: "OrderedCollection"})
		return
	}
	s.serveSeries(w, r, series{
		id: s.links.Reuses(post.ID),
		count: func() (int64, error) {
			parts, err := tx.PracticeParts([]int64{post.ID})
			if err != nil {
				return 0, err
			}
			return practice.PracticeOf(post, parts, tx.Now()).Reuses, nil
		},
		list: func(after int64) ([]models.Post, error) {
			return tx.RepliesResponding(post.ID, models.ResponseReused, who.viewer(), after, listPage)
		},
		public: who.actor == nil,
	})
}

// part is a document that belongs to a post: its id, and what it was when the post is gone.
type part struct{ id, was string }

// partOfPost answers with a document that whoever may read a post may read, too.
func (s *Server) partOfPost(w http.ResponseWriter, r *http.Request, p part, make func(*models.Tx, *models.Post) (vocab.M, error)) {
	who, ok := s.admit(w, r)
	if !ok {
		return
	}
	tx := s.store.Read(r.Context())
	post, err := ourPost(tx, pathID(r), who.viewer())
	if err != nil {
		s.failPost(w, r, tx, who, lost{err: err, id: p.id, was: p.was})
		return
	}
	doc, err := make(tx, post)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.document(w, r, http.StatusOK, doc, post.IsPublic())
}
