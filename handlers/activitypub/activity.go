package activitypub

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/gorilla/mux"

	"praxis/federation/vocab"
	"praxis/models"
)

// pathID gives the id in a path; 0, which nothing has, when it is out of range.
func pathID(r *http.Request) int64 {
	id, _ := strconv.ParseInt(mux.Vars(r)["id"], 10, 64)
	return id
}

// getActivity answers with an activity of ours, byte for byte as it was sent.
func (s *Server) getActivity(w http.ResponseWriter, r *http.Request) {
	who, ok := s.admit(w, r)
	if !ok {
		return
	}
	s.activity(w, r, who, s.links.Activity(pathID(r)))
}

// getRelay answers with what a community of ours passed on of a sibling.
func (s *Server) getRelay(w http.ResponseWriter, r *http.Request) {
	if who, ok := s.admit(w, r); ok {
		s.activity(w, r, who, s.links.Base+r.URL.Path)
	}
}

func (s *Server) activity(w http.ResponseWriter, r *http.Request, who asker, uri string) {
	tx := s.store.Read(r.Context())
	entry, err := tx.OutboxEntryByURI(uri)
	if err == nil {
		err = authorStands(tx, entry)
	}
	if err == nil {
		err = mayRead(tx, entry, who.viewer())
	}
	if err != nil {
		s.fail(w, r, who.unseen(err))
		return
	}
	s.write(w, r, http.StatusOK, []byte(entry.Payload), true)
}

// authorStands hides what a deleted or suspended actor did; that it is deleted stays to be read.
func authorStands(tx *models.Tx, entry *models.OutboxEntry) error {
	author, err := tx.Actor(entry.ActorID)
	if err == nil && author.IsGone() && entry.Type != "Delete" {
		return errNotFound
	}
	return err
}

// mayRead: an activity is public only as long as what it speaks of is (security cases E5, E10). Its payload may embed a
// post whose author was suspended since, or announce one that is announced no more.
func mayRead(tx *models.Tx, entry *models.OutboxEntry, viewer int64) error {
	if !entry.Public {
		return errNotFound
	}
	if entry.Type == "Announce" && entry.ObjectURI != "" {
		_, err := tx.VisiblePostByURI(entry.ActivityURI, viewer)
		return err
	}
	if entry.PostID == 0 {
		return nil
	}
	post, err := tx.Post(entry.PostID)
	if err != nil {
		return err
	}
	if post.DeletedAt != 0 && entry.CreatedAt >= post.DeletedAt {
		return nil // written to say so: the text is not in it
	}
	_, err = tx.VisiblePost(entry.PostID, viewer)
	return err
}

// getOutbox answers with what an actor did in public, newest first: complete, with the whole activities.
func (s *Server) getOutbox(w http.ResponseWriter, r *http.Request) {
	who, ok := s.admit(w, r)
	if !ok {
		return
	}
	tx := s.store.Read(r.Context())
	actor, err := standing(s.pathActor(tx, r))
	if actor, err = known(tx, who, actor, err); err != nil {
		s.fail(w, r, err)
		return
	}
	page, isPage, err := pageOf(r, outboxPage)
	switch {
	case err != nil:
		s.fail(w, r, err)
	case isPage:
		s.outboxPage(w, r, tx, actor, page)
	default:
		total, err := tx.CountOutbox(actor.ID)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		doc := collection(actor.Outbox, total, firstPage(actor.Outbox))
		doc["last"] = lastPage(actor.Outbox)
		s.document(w, r, http.StatusOK, doc, true)
	}
}

func (s *Server) outboxPage(w http.ResponseWriter, r *http.Request, tx *models.Tx, actor *models.Actor, page models.Page) {
	shown, err := numberedPage(tx, actor, page)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	body, err := vocab.Marshal(shown.doc(actor.Outbox, payloads(shown.entries)))
	if err != nil {
		// One activity that is nested too deep to stand in a page must not take the page with it (security case C23).
		s.document(w, r, http.StatusOK, shown.doc(actor.Outbox, ids(shown.entries)), true)
		return
	}
	s.write(w, r, http.StatusOK, body, true)
}

func readable(tx *models.Tx, entries []models.OutboxEntry) ([]models.OutboxEntry, error) {
	var kept []models.OutboxEntry
	for i := range entries {
		err := mayRead(tx, &entries[i], models.Anonymous)
		switch {
		case err == nil:
			kept = append(kept, entries[i])
		case !models.IsNotFound(err):
			return nil, err
		}
	}
	return kept, nil
}

// maxWhole is how many bytes of whole activities a page holds; what is beyond stands there by its id, so that the page
// stays a document that everybody reads.
const maxWhole = vocab.MaxBytes / 2

func payloads(entries []models.OutboxEntry) []any {
	items, used := []any{}, 0
	for i := range entries {
		if used+len(entries[i].Payload) > maxWhole {
			items = append(items, entries[i].ActivityURI)
			continue
		}
		used += len(entries[i].Payload)
		items = append(items, json.RawMessage(entries[i].Payload))
	}
	return items
}

func ids(entries []models.OutboxEntry) []any {
	items := []any{}
	for i := range entries {
		items = append(items, entries[i].ActivityURI)
	}
	return items
}
