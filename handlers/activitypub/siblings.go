package activitypub

import (
	"net/http"

	"praxis/federation/outbox"
)

// getSiblings answers with the Groups of other hosts that are one community with one of ours, to whoever may know of it.
func (s *Server) getSiblings(w http.ResponseWriter, r *http.Request) {
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
	if err == nil && (row == nil || row.URN == "") {
		err = errNotFound
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	pairs, err := tx.Siblings(community.ID)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.document(w, r, http.StatusOK, outbox.Siblings(s.links, community, pairs), s.isOpen(r, community))
}
