package activitypub

import (
	"net/http"

	"praxis/federation/outbox"
)

// getCharter answers with what a community agreed on, in the version that holds.
func (s *Server) getCharter(w http.ResponseWriter, r *http.Request) {
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
	row, err := tx.CommunityIfAny(community.ID)
	if err == nil && (row == nil || row.CharterVersion == 0) {
		err = errNotFound
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if prefersHTML(r) && s.isOpen(r, community) {
		s.seeOther(w, community.URL+"#charter")
		return
	}
	s.document(w, r, http.StatusOK, outbox.Charter(s.links, community, row), s.isOpen(r, community))
}
