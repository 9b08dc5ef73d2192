package activitypub

import (
	"encoding/json"
	"net/http"

	"praxis/federation/vocab"
	"praxis/models"
)

// getModLog answers with what moderators did in a community, newest first: the activities as they were signed. They name posts
// and say nothing of what is in them. What was done with reports is between moderators. Of a community that is not for everybody it is for
// those who may know of it (security case E11).
func (s *Server) getModLog(w http.ResponseWriter, r *http.Request) {
	who, ok := s.admit(w, r)
	if !ok {
		return
	}
	tx := s.store.Read(r.Context())
	community, err := s.ourCommunity(tx, r, who)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	id := s.links.ModLog(community)
	page, isPage, err := pageOf(r, outboxPage)
	switch {
	case err != nil:
		s.fail(w, r, err)
	case isPage:
		s.modLogPage(w, r, tx, community, id, page)
	default:
		total, err := tx.CountModLogActivities(community.ID)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		s.document(w, r, http.StatusOK, collection(id, total, firstPage(id)), s.isOpen(r, community))
	}
}

func (s *Server) modLogPage(w http.ResponseWriter, r *http.Request, tx *models.Tx, community *models.Actor, id string, page models.Page) {
	entries, err := tx.ModLogActivities(community.ID, page)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	next := ""
	if len(entries) == page.Limit {
		next = nextPage(id, paramMaxID, entries[len(entries)-1].ID)
	}
	whole, named, used := []any{}, []any{}, 0
	for i := range entries {
		named = append(named, entries[i].ActivityURI)
		if used += len(entries[i].Activity); used > maxWhole {
			whole = append(whole, entries[i].ActivityURI)
			continue
		}
		whole = append(whole, json.RawMessage(entries[i].Activity))
	}
	body, err := vocab.Marshal(collectionPage(id, self(id, page), next, whole))
	if err != nil { // a foreign activity that is nested too deep does not take the page with it (security case C23)
		s.document(w, r, http.StatusOK, collectionPage(id, self(id, page), next, named), s.isOpen(r, community))
		return
	}
	s.write(w, r, http.StatusOK, body, s.isOpen(r, community))
}
