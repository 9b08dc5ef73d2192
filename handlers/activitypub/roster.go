package activitypub

import (
	"net/http"

	"praxis/models"
)

// roster is a list of actors around one: those who follow it, or those whom it follows.
type roster struct {
	id    string
	total int64
	list  func(actorID int64, state string, page models.Page) ([]models.Actor, []int64, error)
}

func (s *Server) getFollowers(w http.ResponseWriter, r *http.Request) {
	s.getRoster(w, r, func(tx *models.Tx, a *models.Actor) roster {
		return roster{id: a.FollowersURI, total: a.FollowersCount, list: tx.Followers}
	})
}

func (s *Server) getFollowing(w http.ResponseWriter, r *http.Request) {
	s.getRoster(w, r, func(tx *models.Tx, a *models.Actor) roster {
		return roster{id: a.FollowingURI, total: a.FollowingCount, list: tx.Following}
	})
}

// getRoster tells everybody how many there are, and who they are only those who say who they are themselves (security
// case E12).
func (s *Server) getRoster(w http.ResponseWriter, r *http.Request, of func(*models.Tx, *models.Actor) roster) {
	who, ok := s.admit(w, r)
	if !ok {
		return
	}
	tx := s.store.Read(r.Context())
	actor, err := standing(s.pathActor(tx, r))
	if actor, err = known(tx, who, actor, err); err != nil {
		s.fail(w, r, err)
		return
	}
	list := of(tx, actor)
	if actor.IsFeed() && list.id == actor.FollowingURI {
		s.feedCommunities(w, r, tx, who, actor)
		return
	}
	page, isPage, err := pageOf(r, listPage)
	switch {
	case err != nil:
		s.fail(w, r, err)
	case isPage && actor.HideCollections:
		s.fail(w, r, errNotFound)
	case actor.HideCollections:
		s.document(w, r, http.StatusOK, collection(list.id, list.total, ""), true)
	case isPage && who.actor == nil:
		s.fail(w, r, who.refused())
	case isPage:
		s.rosterPage(w, r, tx, who, actor, list, page)
	case who.actor == nil:
		s.document(w, r, http.StatusOK, collection(list.id, list.total, ""), true)
	default:
		s.document(w, r, http.StatusOK, collection(list.id, list.total, firstPage(list.id)), false)
	}
}

func (s *Server) rosterPage(w http.ResponseWriter, r *http.Request, tx *models.Tx, who asker, actor *models.Actor, list roster, page models.Page) {
	actors, keys, err := list.list(actor.ID, models.FollowAccepted, page)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if actors, err = tx.KnownOf(actors, who.viewer()); err != nil {
		s.fail(w, r, err)
		return
	}
	next := ""
	if len(keys) == page.Limit {
		next = nextPage(list.id, paramMaxID, keys[len(keys)-1])
	}
	s.document(w, r, http.StatusOK, collectionPage(list.id, self(list.id, page), next, actorURIs(actors)), false)
}
