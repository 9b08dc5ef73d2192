package activitypub

import (
	"net/http"
)

// getPartnership answers a partner's instance actor with how this server sees it. To all others there is nothing.
func (s *Server) getPartnership(w http.ResponseWriter, r *http.Request) {
	who := s.ask(r)
	if who.isBlocked() {
		s.fail(w, r, who.refused())
		return
	}
	document, err := s.cfg.Service.StatusFor(r.Context(), who.actor)
	if err != nil {
		s.fail(w, r, who.unseen(err))
		return
	}
	s.write(w, r, http.StatusOK, document, false)
}
