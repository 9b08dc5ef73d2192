package activitypub

import (
	"net/http"
	"net/url"
	"strconv"

	"praxis/federation/outbox"
	"praxis/federation/vocab"
	"praxis/models"
)

// How many items a page of a collection holds.
const (
	outboxPage = 20
	listPage   = 50
)

// The parameters of pages: newest-first collections go on below max_id, oldest-first ones after min_id.
const (
	paramPage  = "page"
	paramMaxID = "max_id"
	paramMinID = "min_id"
)

// pageOf gives the position that a query asks for; false when it asks for the collection itself. An unreadable position
// is no page that we have.
func pageOf(r *http.Request, limit int) (page models.Page, isPage bool, err error) {
	query := r.URL.Query()
	page.Limit = limit
	if page.MaxID, err = position(query, paramMaxID); err != nil {
		return page, true, err
	}
	if page.MinID, err = position(query, paramMinID); err != nil {
		return page, true, err
	}
	return page, query.Has(paramPage) || page.MaxID > 0 || page.MinID > 0, nil
}

func position(query url.Values, name string) (int64, error) {
	if !query.Has(name) {
		return 0, nil
	}
	id, err := strconv.ParseInt(query.Get(name), 10, 64)
	if err != nil || id < 0 {
		return 0, errNotFound
	}
	return id, nil
}

func firstPage(id string) string { return id + "?" + paramPage + "=true" }

func nextPage(id, param string, last int64) string {
	return id + "?" + param + "=" + strconv.FormatInt(last, 10)
}

// collection gives an OrderedCollection; without a first page it says only how many there are.
func collection(id string, total int64, first string) vocab.M {
	return vocab.OrderedCollection(id, int(total), first)
}

func collectionPage(id, self, next string, items []any) vocab.M {
	return vocab.OrderedCollectionPage(self, id, next, "", items)
}

// whole gives an OrderedCollection without pages.
func whole(id string, items []any) vocab.M {
	doc := collection(id, int64(len(items)), "")
	doc["orderedItems"] = items
	return doc
}

// self is the id of the page that was asked for, without parameters of others.
func self(id string, page models.Page) string {
	switch {
	case page.MaxID > 0:
		return nextPage(id, paramMaxID, page.MaxID)
	case page.MinID > 0:
		return nextPage(id, paramMinID, page.MinID)
	}
	return firstPage(id)
}

// getFeatured lists what an actor pinned, as far as everybody may read it.
func (s *Server) getFeatured(w http.ResponseWriter, r *http.Request) {
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
	posts, err := tx.PinnedPosts(actor.ID, models.Anonymous)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	uris := []any{}
	for i := range posts {
		uris = append(uris, posts[i].URI)
	}
	s.document(w, r, http.StatusOK, whole(actor.FeaturedURI, uris), true)
}

func (s *Server) getModerators(w http.ResponseWriter, r *http.Request) {
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
	moderators, err := moderatorsOf(tx, actor)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.document(w, r, http.StatusOK, whole(actor.ModeratorsURI, actorURIs(moderators)), true)
}

// moderatorsOf gives who looks after a community, or whose a feed is.
func moderatorsOf(tx *models.Tx, actor *models.Actor) ([]models.Actor, error) {
	switch {
	case actor.IsCommunity():
		return tx.Moderators(actor.ID)
	case actor.IsFeed():
		owner, err := outbox.FeedOwner(tx, actor)
		if owner == nil {
			return nil, err
		}
		return []models.Actor{*owner}, err
	}
	return nil, errNotFound
}

func actorURIs(actors []models.Actor) []any {
	uris := []any{}
	for i := range actors {
		if !actors[i].IsGone() {
			uris = append(uris, actors[i].URI)
		}
	}
	return uris
}
