package activitypub

import (
	"net/http"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gorilla/mux"

	"praxis/models"
)

// getInteraction sends people who come from another server's "follow" button to the page of the actor that they mean,
// if it is known here. Nothing is looked up elsewhere: anybody could make us fetch anything (security case A38).
func (s *Server) getInteraction(w http.ResponseWriter, r *http.Request) {
	actor, err := standing(s.known(s.store.Read(r.Context()), r.URL.Query().Get("uri")))
	if err == nil && actor.Type == models.TypeApplication {
		err = errNotFound // it has no page
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	setCaching(w, false)
	w.Header().Set("Location", "/@"+url.PathEscape(actor.Acct()))
	w.WriteHeader(http.StatusFound)
}

// known gives an actor, local or remote, that the store holds.
func (s *Server) known(tx *models.Tx, uri string) (*models.Actor, error) {
	if !isClean(uri) {
		return nil, errNotFound
	}
	if actor, err := s.resolve(tx, uri); err == nil || !models.IsNotFound(err) {
		return actor, err
	}
	account, isAccount := strings.CutPrefix(uri, "acct:")
	account = strings.TrimPrefix(account, "@")
	if user, host, ok := strings.Cut(account, "@"); ok && !strings.Contains(account, "/") {
		return tx.ActorByHandle(user, host)
	}
	if isAccount {
		return nil, errNotFound
	}
	return tx.ActorByURI(uri)
}

// maxURI is how long an address may be that is looked for.
const maxURI = 2048

// isClean: databases refuse some strings that HTTP lets through (security case C9).
func isClean(uri string) bool {
	return uri != "" && len(uri) <= maxURI && utf8.ValidString(uri) && !strings.ContainsFunc(uri, unicode.IsControl)
}

// profilePages sends servers that were given the address of a page to the id of what it shows: people paste the address
// that they see. Browsers don't match and go on to the pages themselves.
func (s *Server) profilePages(r *mux.Router) {
	const page = "/@{name:[A-Za-z0-9_.-]{1,64}}"
	asked := func(r *http.Request, _ *mux.RouteMatch) bool { return prefersActivity(r) }
	get(r, page, s.profileID).MatcherFunc(asked)
	get(r, page+idPart, s.postID).MatcherFunc(asked)
}

func (s *Server) profileID(w http.ResponseWriter, r *http.Request) {
	actor, err := s.byName(s.store.Read(r.Context()), mux.Vars(r)["name"])
	if err == nil && actor.SuspendedAt != 0 {
		err = errNotFound
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.seeOther(w, actor.URI)
}

// postID sends on whether there is such a post or not: the id itself says who may know.
func (s *Server) postID(w http.ResponseWriter, r *http.Request) {
	s.seeOther(w, s.links.Post(pathID(r)))
}
