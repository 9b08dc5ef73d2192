package web

import (
	"net/http"

	"github.com/gorilla/mux"
)

type undoPage struct {
	Head head
	Done bool
}

// undo shows what takes a command back, for whoever has the link: reading a page changes nothing, so that a program which
// follows links does not.
func (s *Server) undo(v *visit) error {
	if _, err := s.cfg.Service.ReadUndo(v.r.Context(), mux.Vars(v.r)["token"]); err != nil {
		return err
	}
	return s.showUndo(v, undoPage{})
}

// takeBack takes a command back.
func (s *Server) takeBack(v *visit) error {
	if err := s.cfg.Service.Undo(v.r.Context(), mux.Vars(v.r)["token"]); err != nil {
		return err
	}
	return s.showUndo(v, undoPage{Done: true})
}

func (s *Server) showUndo(v *visit, data undoPage) error {
	data.Head = head{Title: "Take back", NoIndex: true}
	v.w.Header().Set("Cache-Control", cachePrivate)
	s.pages.Render(v.w, v.r, http.StatusOK, "undo.html", data)
	return nil
}
