package activitypub

import (
	"net/http"

	"praxis/federation/outbox"
)

// getEmoji answers with one of this instance's emoji, under the id that tags name. Pictures are as public as logos.
func (s *Server) getEmoji(w http.ResponseWriter, r *http.Request) {
	emoji, err := s.store.Read(r.Context()).LocalEmojiByID(pathID(r))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.document(w, r, http.StatusOK, outbox.Emoji(s.links, emoji), true)
}
