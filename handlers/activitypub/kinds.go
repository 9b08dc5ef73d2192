package activitypub

import (
	"net/http"
	"slices"

	"github.com/gorilla/mux"

	"praxis/federation/outbox"
	"praxis/models"
	"praxis/practice"
)

// ourCommunity gives the community that a path names, if the asker may know of it.
func (s *Server) ourCommunity(tx *models.Tx, r *http.Request, who asker) (*models.Actor, error) {
	community, err := standing(s.pathActor(tx, r))
	community, err = known(tx, who, community, err)
	if err == nil && !community.IsCommunity() {
		err = errNotFound
	}
	return community, err
}

// getKinds lists the kinds that a community uses.
func (s *Server) getKinds(w http.ResponseWriter, r *http.Request) {
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
	kinds, err := outbox.Kinds(tx, s.links, community)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.document(w, r, http.StatusOK, whole(s.links.Kinds(community), kinds), s.isOpen(r, community))
}

// getKind answers with the tag of a kind in a community; also of one that it uses no more, since its threads keep it.
func (s *Server) getKind(w http.ResponseWriter, r *http.Request) {
	who, ok := s.admit(w, r)
	if !ok {
		return
	}
	kind := mux.Vars(r)["practice"]
	community, err := s.ourCommunity(s.store.Read(r.Context()), r, who)
	if err == nil && !slices.Contains(practice.ThreadKinds(), kind) {
		err = errNotFound
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if prefersHTML(r) && s.isOpen(r, community) {
		s.seeOther(w, community.URL)
		return
	}
	s.document(w, r, http.StatusOK, outbox.Kind(s.links, community, kind), s.isOpen(r, community))
}
