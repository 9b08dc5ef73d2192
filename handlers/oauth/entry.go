package oauth

import (
	"net/http"
	"strconv"
	"time"

	"github.com/gorilla/mux"

	"praxis/models"
	"praxis/practice"
)

// entryRoutes adds invitations to the instance: for who comes by one, and for who makes them.
func (s *Server) entryRoutes(view, form route) {
	view(practice.EntryPath+"{token}", s.getEntry)
	form(practice.EntryPath+"{token}", s.postEntry)
	view(entriesPath, s.getEntries)
	form(entriesPath, s.postEntries)
	form(entriesPath+"/revoke", s.postRevokeEntry)
}

const entriesPath = "/settings/invitations"

// needsWord reports whether somebody has to let invited people in, too.
func (s *Server) needsWord() bool { return s.byApproval() && s.cfg.InvitedNeedWord }

// entry gives the token of a link that still counts. Guesses are limited as letters are.
func (s *Server) entry(w http.ResponseWriter, r *http.Request) (string, error) {
	token := mux.Vars(r)["token"]
	_, err := s.cfg.Service.EntryOf(r.Context(), token)
	if models.IsNotFound(err) {
		if limited := s.limits.letters.take(w, s.place(r), s.cfg.Now()); limited != nil {
			err = limited
		}
	}
	return token, err
}

func (s *Server) getEntry(w http.ResponseWriter, r *http.Request) {
	token, err := s.entry(w, r)
	if err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	s.showNotice(w, r, http.StatusOK, s.signUpForm(practice.EntryPath+token, s.needsWord(), nil, ""))
}

func (s *Server) postEntry(w http.ResponseWriter, r *http.Request) {
	in, err := readForm(w, r)
	if err == nil {
		err = s.limits.signUps.take(w, s.place(r), s.cfg.Now())
	}
	token := ""
	if err == nil {
		token, err = s.entry(w, r)
	}
	if err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	s.signUp(w, r, in, practice.EntryPath+token, token, s.needsWord())
}

// entriesPage lists the invitations that somebody made.
type entriesPage struct {
	Problem string
	All     bool // those of everybody, for admins
	Links   []shownEntry
}

type shownEntry struct {
	models.EntryLink
	Address string
	Good    bool
}

// Used says how often it was used, of how often it may be.
func (e shownEntry) Used() string {
	if e.MaxUses == 0 {
		return strconv.FormatInt(e.EntryLink.Uses, 10) + " times"
	}
	return strconv.FormatInt(e.EntryLink.Uses, 10) + " of " + strconv.FormatInt(e.MaxUses, 10) + " times"
}

// Until says how long it counts.
func (e shownEntry) Until() string {
	if e.ExpiresAt == 0 {
		return "until it is revoked"
	}
	return "until " + e.ExpiresAt.Time().UTC().Format("2 January 2006, 15:04 MST")
}

// inviting gives who may make invitations; nil when the answer is written.
func (s *Server) inviting(w http.ResponseWriter, r *http.Request) *models.Account {
	account := s.must(w, r, entriesPath)
	if account == nil {
		return nil
	}
	if !practice.MayInvite(account, s.cfg.Invitations) {
		s.cfg.Page.Error(w, r, models.Errorf(models.Forbidden, "You may not invite people to this instance. Ask an administrator."))
		return nil
	}
	return account
}

func seesAllEntries(account *models.Account) bool {
	return models.RoleOf(account).May(models.PermitUserAccess)
}

func (s *Server) getEntries(w http.ResponseWriter, r *http.Request) {
	account := s.inviting(w, r)
	if account == nil {
		return
	}
	s.showEntries(w, r, account, http.StatusOK, "")
}

// shownEntries is how many invitations the page lists.
const shownEntries = 100

func (s *Server) showEntries(w http.ResponseWriter, r *http.Request, account *models.Account, status int, problem string) {
	by := account.ActorID
	if seesAllEntries(account) {
		by = 0
	}
	rows, err := s.store.Read(r.Context()).EntryLinks(by, shownEntries)
	if err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	shown := entriesPage{Problem: problem, All: by == 0}
	for _, row := range rows {
		shown.Links = append(shown.Links, shownEntry{row, s.links.EntryLinkURL(row.Token), row.IsGood(models.At(s.store.Now()))})
	}
	w.Header().Set("Cache-Control", "no-store")
	s.pages.Render(w, r, status, "entries.html", shown)
}

func (s *Server) postEntries(w http.ResponseWriter, r *http.Request) {
	account := s.inviting(w, r)
	if account == nil {
		return
	}
	in, err := readForm(w, r)
	if err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	uses, days := wholeNumber(in.get("uses")), wholeNumber(in.get("days"))
	if uses < 0 || days < 0 {
		s.showEntries(w, r, account, http.StatusUnprocessableEntity, "Uses and days are whole numbers from 0 to 10000.")
		return
	}
	_, actor := s.signedIn(r)
	_, err = s.cfg.Service.MakeEntry(r.Context(), actor, practice.NewEntry{
		Note: in.get("note"), MaxUses: uses, Lasts: time.Duration(days) * 24 * time.Hour,
	})
	if err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	http.Redirect(w, r, entriesPath, http.StatusSeeOther)
}

// wholeNumber reads a small number: 0 for none, -1 for what is no such thing.
func wholeNumber(text string) int64 {
	if text == "" {
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n > 10_000 {
		return -1
	}
	return n
}

func (s *Server) postRevokeEntry(w http.ResponseWriter, r *http.Request) {
	account := s.inviting(w, r)
	if account == nil {
		return
	}
	in, err := readForm(w, r)
	var id int64
	if err == nil {
		if id, err = strconv.ParseInt(in.get("invitation"), 10, 64); err != nil {
			err = models.Errorf(models.Invalid, "The form names no invitation.")
		}
	}
	if err == nil {
		_, actor := s.signedIn(r)
		if seesAllEntries(account) {
			actor = nil
		}
		err = s.cfg.Service.RevokeEntry(r.Context(), actor, id)
	}
	if err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	http.Redirect(w, r, entriesPath, http.StatusSeeOther)
}
