package oauth

import (
	"net/http"
	"strconv"
	"strings"

	"praxis/models"
)

// connectedPage lists the apps that may act for who is signed in.
type connectedPage struct{ Apps []connectedApp }

type connectedApp struct {
	models.ConnectedApp
	Words []string
}

// Used says when the app was used last, to the hour.
func (a connectedApp) Used() string {
	if a.LastUsedAt == 0 {
		return "never"
	}
	return a.LastUsedAt.Time().UTC().Format("2 January 2006")
}

// getConnectedApps shows what is connected with an account.
func (s *Server) getConnectedApps(w http.ResponseWriter, r *http.Request) {
	account, _ := s.signedIn(r)
	if account == nil {
		http.Redirect(w, r, "/auth/sign_in?next=%2Fsettings%2Fapps", http.StatusSeeOther)
		return
	}
	rows, err := s.store.Read(r.Context()).ConnectedApps(account.ID)
	if err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	shown := connectedPage{}
	for _, row := range rows {
		shown.Apps = append(shown.Apps, connectedApp{row, scopes(strings.Fields(row.Granted)).words()})
	}
	w.Header().Set("Cache-Control", "no-store")
	s.pages.Render(w, r, http.StatusOK, "connected.html", shown)
}

// postConnectedApps disconnects one.
func (s *Server) postConnectedApps(w http.ResponseWriter, r *http.Request) {
	account, _ := s.signedIn(r)
	if account == nil {
		http.Redirect(w, r, "/auth/sign_in?next=%2Fsettings%2Fapps", http.StatusSeeOther)
		return
	}
	in, err := readForm(w, r)
	if err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	id, err := strconv.ParseInt(in.get("app"), 10, 64)
	if err == nil {
		err = s.store.Tx(r.Context(), func(tx *models.Tx) error { return tx.DisconnectApp(account.ID, id) })
	} else {
		err = models.Errorf(models.Invalid, "The form names no app.")
	}
	if err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	http.Redirect(w, r, "/settings/apps", http.StatusSeeOther)
}
