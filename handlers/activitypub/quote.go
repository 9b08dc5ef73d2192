package activitypub

import (
	"net/http"
	"strconv"

	"github.com/gorilla/mux"

	"praxis/federation/vocab"
	"praxis/models"
)

// quotesPath is where the authorizations of quotes are.
const quotesPath = "/o" + idPart + "/quotes/{quoting:[0-9]{1,19}}"

// getQuoteAuthorization answers with what says that a post may quote a post of ours (FEP-044f), for as long as it may: to
// those who may read the quoted one.
func (s *Server) getQuoteAuthorization(w http.ResponseWriter, r *http.Request) {
	who, ok := s.admit(w, r)
	if !ok {
		return
	}
	doc, public, err := s.quoteAuthorization(r, who.viewer())
	if err != nil {
		s.fail(w, r, who.unseen(err))
		return
	}
	s.document(w, r, http.StatusOK, doc, public)
}

func (s *Server) quoteAuthorization(r *http.Request, viewer int64) (doc vocab.M, public bool, err error) {
	tx := s.store.Read(r.Context())
	quoted, err := ourPost(tx, pathID(r), viewer)
	if err != nil {
		return nil, false, err
	}
	quotingID, _ := strconv.ParseInt(mux.Vars(r)["quoting"], 10, 64)
	quoting, err := tx.Post(quotingID)
	if err != nil {
		return nil, false, err
	}
	id := s.links.QuoteAuthorization(quoted.ID, quoting.ID)
	if quoting.QuoteOfID != quoted.ID || quoting.QuoteState != models.QuoteAccepted || quoting.QuoteApprovalURI != id || quoting.IsGone() {
		return nil, false, errNotFound
	}
	author, err := tx.Actor(quoted.AuthorID)
	if err != nil {
		return nil, false, err
	}
	return vocab.QuoteAuthorization(id, author.URI, quoting.URI, quoted.URI), quoted.IsPublic(), nil
}
