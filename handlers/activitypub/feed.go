package activitypub

import (
	"net/http"

	"praxis/federation/outbox"
	"praxis/models"
)

// feedCommunities answers with what is in a feed, as far as the asker may know of it.
func (s *Server) feedCommunities(w http.ResponseWriter, r *http.Request, tx *models.Tx, who asker, feed *models.Actor) {
	communities, err := tx.FeedCommunities(feed.ID, who.viewer())
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.document(w, r, http.StatusOK, outbox.FeedCommunities(feed, communities), who.actor == nil)
}
