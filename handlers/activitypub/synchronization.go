package activitypub

import (
	"net/http"

	"praxis/models"
)

// getFollowersOnHost lists those followers of an actor that live on the host of who asks, all in one document, and nobody
// else's (FEP-8fcf; security case E12).
func (s *Server) getFollowersOnHost(w http.ResponseWriter, r *http.Request) {
	who, ok := s.admit(w, r)
	if !ok {
		return
	}
	if who.actor == nil {
		s.fail(w, r, who.refused())
		return
	}
	tx := s.store.Read(r.Context())
	actor, err := standing(s.pathActor(tx, r))
	if actor, err = known(tx, who, actor, err); err != nil {
		s.fail(w, r, err)
		return
	}
	if actor.FollowersURI == "" {
		s.fail(w, r, errNotFound)
		return
	}
	followers, err := tx.FollowerURIs(actor.ID, models.Authority(who.actor.URI))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	items := make([]any, len(followers))
	for i, uri := range followers {
		items[i] = uri
	}
	s.document(w, r, http.StatusOK, whole(s.links.FollowersOnHost(actor.FollowersURI), items), false)
}
