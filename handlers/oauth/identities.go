package oauth

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/gorilla/mux"

	"praxis/handlers/page"
	"praxis/internal/signon"
	"praxis/models"
	"praxis/practice"
)

// identitiesPage lists the sign-ins that are connected with an account, and those that could be.
type identitiesPage struct {
	Connected []connectedIdentity
	Others    []practice.Provider
}

type connectedIdentity struct {
	models.Identity
	Name string
}

// Called gives what the person is called there.
func (i connectedIdentity) Called() string { return firstOf(i.Login, firstOf(i.Email, i.Subject)) }

// Since says when it was connected.
func (i connectedIdentity) Since() string { return i.CreatedAt.Time().UTC().Format("2 January 2006") }

// must gives the account that is signed in; without one it leads to the page for signing in, and back to a path.
func (s *Server) must(w http.ResponseWriter, r *http.Request, back string) *models.Account {
	account, _ := s.signedIn(r)
	if account == nil {
		http.Redirect(w, r, "/auth/sign_in?next="+url.QueryEscape(back), http.StatusSeeOther)
	}
	return account
}

const identitiesPath = "/settings/identities"

func (s *Server) getIdentities(w http.ResponseWriter, r *http.Request) {
	account := s.must(w, r, identitiesPath)
	if account == nil {
		return
	}
	rows, err := s.store.Read(r.Context()).IdentitiesOf(account.ID)
	if err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	shown, policy := identitiesPage{}, page.Policy{}
	for _, row := range rows {
		name := row.Issuer
		if provider := s.cfg.Service.Provider(row.Provider); provider != nil {
			name = provider.Name
		}
		shown.Connected = append(shown.Connected, connectedIdentity{row, name})
	}
	for _, provider := range s.cfg.Service.Providers() {
		shown.Others = append(shown.Others, provider)
		policy.FormAction = append(policy.FormAction, s.origin(r, provider))
	}
	w.Header().Set("Cache-Control", "no-store")
	s.pages.RenderWith(w, r, http.StatusOK, "identities.html", shown, policy)
}

// origin gives where a provider's page for signing in is; browsers let forms lead there only if the page says so.
func (s *Server) origin(r *http.Request, provider practice.Provider) string {
	if client := s.cfg.SignOns[provider.Key]; client != nil {
		if address, err := client.AuthURL(r.Context(), signon.Attempt{}); err == nil {
			return originOf(address)
		}
	}
	return originOf(provider.Issuer)
}

// postConnect sends who is signed in to a provider, to connect what they are there.
func (s *Server) postConnect(w http.ResponseWriter, r *http.Request) {
	account := s.must(w, r, identitiesPath)
	if account == nil {
		return
	}
	in, err := readForm(w, r)
	if err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	s.leaveFor(w, mux.SetURLVars(r, map[string]string{"provider": in.get("provider")}), identitiesPath, account.ID)
}

// attach connects what somebody is at a provider with the account that began it, if it is still the one that is signed in.
func (s *Server) attach(w http.ResponseWriter, r *http.Request, step *providerStep, who practice.Person) {
	account, _ := s.signedIn(r)
	if account == nil || account.ID != step.Attach {
		s.cfg.Page.Error(w, r, models.Errorf(models.Forbidden, "You are not signed in any more as who wanted to connect this sign-in. Sign in and connect it again."))
		return
	}
	if _, err := s.cfg.Service.AttachIdentity(r.Context(), account.ID, who); err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	http.Redirect(w, r, identitiesPath, http.StatusSeeOther)
}

func (s *Server) postDisconnect(w http.ResponseWriter, r *http.Request) {
	account := s.must(w, r, identitiesPath)
	if account == nil {
		return
	}
	in, err := readForm(w, r)
	var id int64
	if err == nil {
		if id, err = strconv.ParseInt(in.get("identity"), 10, 64); err != nil {
			err = models.Errorf(models.Invalid, "The form names no sign-in.")
		}
	}
	if err == nil {
		err = s.cfg.Service.DetachIdentity(r.Context(), account.ID, id, !s.cfg.BreakGlassOnly || account.BreakGlass)
	}
	if err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	http.Redirect(w, r, identitiesPath, http.StatusSeeOther)
}
