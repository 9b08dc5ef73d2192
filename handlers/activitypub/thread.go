package activitypub

import (
	"net/http"

	"praxis/models"
)

// series is a collection of posts, oldest first.
type series struct {
	id     string
	owner  string // whom it is attributed to; "" for nobody
	count  func() (int64, error)
	list   func(after int64) ([]models.Post, error)
	public bool // the same for everybody
}

func (s *Server) serveSeries(w http.ResponseWriter, r *http.Request, of series) {
	page, isPage, err := pageOf(r, listPage)
	switch {
	case err != nil:
		s.fail(w, r, err)
	case isPage:
		s.seriesPage(w, r, of, page)
	default:
		total, err := of.count()
		if err != nil {
			s.fail(w, r, err)
			return
		}
		doc := collection(of.id, total, firstPage(of.id))
		if of.owner != "" {
			doc["attributedTo"] = of.owner
		}
		s.document(w, r, http.StatusOK, doc, of.public)
	}
}

func (s *Server) seriesPage(w http.ResponseWriter, r *http.Request, of series, page models.Page) {
	page.MaxID = 0 // this one runs upwards
	posts, err := of.list(page.MinID)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	items, next := []any{}, ""
	for i := range posts {
		items = append(items, posts[i].URI)
	}
	if len(posts) == page.Limit {
		next = nextPage(of.id, paramMinID, posts[len(posts)-1].ID)
	}
	s.document(w, r, http.StatusOK, collectionPage(of.id, self(of.id, page), next, items), of.public)
}

// getThread answers with the context of a thread that began here (FEP-7888): the addresses of its posts, oldest first,
// as far as the asker may read them. It belongs to the thread's community, or else to who began it.
func (s *Server) getThread(w http.ResponseWriter, r *http.Request) {
	who, ok := s.admit(w, r)
	if !ok {
		return
	}
	tx := s.store.Read(r.Context())
	root, err := ourPost(tx, pathID(r), who.viewer())
	if err == nil && root.ContextURI != s.links.Context(root.ID) {
		err = errNotFound // a part of a thread that began elsewhere
	}
	if err != nil {
		s.failPost(w, r, tx, who, lost{err: err, id: s.links.Context(pathID(r)), was: "OrderedCollection"})
		return
	}
	owner, err := threadOwner(tx, root)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.serveSeries(w, r, series{
		id: s.links.Context(root.ID), owner: owner.URI,
		count: func() (int64, error) { return tx.CountThread(root.ThreadID, who.viewer()) },
		list: func(after int64) ([]models.Post, error) {
			return tx.ThreadAfter(root.ThreadID, who.viewer(), after, listPage)
		},
		public: who.actor == nil,
	})
}

func threadOwner(tx *models.Tx, root *models.Post) (*models.Actor, error) {
	if root.CommunityID != 0 {
		return tx.Actor(root.CommunityID)
	}
	return tx.Actor(root.AuthorID)
}
