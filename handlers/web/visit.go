package web

import (
	"errors"
	"net/http"

	"praxis/models"
)

// The caching of pages: what a member sees is for that member alone.
const (
	cachePublic  = "public, max-age=60"
	cachePrivate = "private, no-store"
)

// errNotFound is the one answer to all that is absent or hidden (security case E2).
var errNotFound = &models.Error{Code: models.NotFound, Message: "There is nothing here. It may be gone, or not for everybody."}

// visit is one request for a page: who looks, and queries that only look.
type visit struct {
	w      http.ResponseWriter
	r      *http.Request
	tx     *models.Tx
	member *models.Actor // nil when nobody is signed in
	viewer int64         // for models.VisibleTo
	now    models.Timestamp
}

// handler shows one page, or gives the error that is shown instead.
type handler func(v *visit) error

func (s *Server) serve(h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v := &visit{w: w, r: r, tx: s.store.Read(r.Context()), viewer: models.Anonymous, now: models.At(s.store.Now())}
		if member := s.cfg.SignedIn(r); member != nil && !member.IsGone() {
			v.member, v.viewer = member, member.ID
		}
		if err := h(v); err != nil {
			s.fail(v, err)
		}
	}
}

// negotiated says that the address has another answer for other servers (handlers/activitypub gives it).
func (v *visit) negotiated() { v.w.Header().Add("Vary", "Accept") }

// show answers with a page.
func (s *Server) show(v *visit, name string, data any) error {
	v.w.Header().Set("Cache-Control", cachePublic)
	if v.member != nil {
		v.w.Header().Set("Cache-Control", cachePrivate)
	}
	s.pages.Render(v.w, v.r, http.StatusOK, name, data)
	return nil
}

func (s *Server) fail(v *visit, err error) {
	if errors.Is(err, errShown) {
		return
	}
	if models.IsNotFound(err) {
		err = errNotFound
	}
	s.cfg.Page.Error(v.w, v.r, err)
}
