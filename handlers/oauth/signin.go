package oauth

import (
	"net/http"
	"net/url"
	"strings"

	"praxis/handlers/respond"
	"praxis/models"
	"praxis/practice"
)

// signInPage is what the page for signing in shows.
type signInPage struct {
	Next    string
	Login   string // as typed before
	Problem string
	App     string        // the name of the app on whose behalf
	Now     *models.Actor // who is signed in already
	Mail    bool          // a letter can be sent to who forgot their password
	SignUp  bool          // people may sign up
	// Providers are the sign-ins of organizations; Passwords says whether all may use one, and Passkeys whether there can be any.
	Providers           []practice.Provider
	Passwords, Passkeys bool
}

// getSignIn shows the form, to those who are signed in as well: they may want another account.
func (s *Server) getSignIn(w http.ResponseWriter, r *http.Request) {
	next := localPath(r.URL.Query().Get("next"))
	s.showSignIn(w, r, http.StatusOK, signInPage{Next: next, Now: s.SignedIn(r)})
}

func (s *Server) showSignIn(w http.ResponseWriter, r *http.Request, status int, shown signInPage) {
	shown.App, shown.Mail, shown.SignUp = s.appOfPath(r, shown.Next), s.cfg.Mail, s.takesSignUps()
	shown.Providers, shown.Passwords, shown.Passkeys = s.cfg.Service.Providers(), !s.cfg.BreakGlassOnly, s.passkeys != nil
	w.Header().Set("Cache-Control", "no-store")
	s.pages.Render(w, r, status, "sign_in.html", shown)
}

// appOfPath names the app whose authorization waits at path; "" for none.
func (s *Server) appOfPath(r *http.Request, path string) string {
	next, err := url.Parse(path)
	if err != nil || next.Path != "/oauth/authorize" {
		return ""
	}
	app, err := s.app(r.Context(), next.Query().Get("client_id"))
	if err != nil {
		return ""
	}
	return app.Name
}

func (s *Server) postSignIn(w http.ResponseWriter, r *http.Request) {
	in, err := readForm(w, r)
	if err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	next, login := localPath(in.get("next")), strings.TrimSpace(in.get("login"))
	account, err := s.checkPassword(w, r, login, in.get("password"))
	if err == nil {
		next, err = s.afterPassword(w, r, account, next)
	}
	switch models.ErrorCode(err) {
	case "":
		http.Redirect(w, r, next, http.StatusSeeOther)
	case models.Unauthorized, models.Forbidden, models.RateLimited:
		s.showSignIn(w, r, respond.Status(err), signInPage{Next: next, Login: login, Problem: models.ErrorMessage(err)})
	default:
		s.cfg.Page.Error(w, r, err)
	}
}

// afterPassword signs in who gave the right password, or asks for the second factor; it gives where to go on.
func (s *Server) afterPassword(w http.ResponseWriter, r *http.Request, account *models.Account, next string) (string, error) {
	factors, err := s.store.Read(r.Context()).Factors(account.ID)
	if err != nil {
		return "", err
	}
	if factors.Any() {
		err := s.putStep(w, r, stepSecond, account.ID, secondStep{Next: next, Password: account.PasswordHash})
		return "/auth/second", err
	}
	return next, s.beginLocal(w, r, account)
}

// beginLocal signs an account in that showed all that it has to; the other admins hear of an emergency account (ADR 0024).
func (s *Server) beginLocal(w http.ResponseWriter, r *http.Request, account *models.Account) error {
	if account.BreakGlass {
		if err := s.cfg.Service.BreakGlassUsed(r.Context(), account, s.ClientAddress(r)); err != nil {
			return err
		}
	}
	return s.begin(w, r, account, opening{})
}

func (s *Server) postSignOut(w http.ResponseWriter, r *http.Request) {
	if err := s.end(w, r); err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// maxNext is how many bytes a path to come back to may have: that of an authorization holds a client's state.
const maxNext = 8 << 10

// localPath gives a path of this server to go to, "/" for whatever leads elsewhere (security case G24): it begins with
// one slash, and holds nothing that browsers read as a second one.
func localPath(next string) string {
	if len(next) > maxNext || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") {
		return "/"
	}
	// Browsers drop control characters and take a backslash for a slash.
	if strings.ContainsFunc(next, func(c rune) bool { return c < ' ' || c == 0x7f || c == '\\' }) {
		return "/"
	}
	parsed, err := url.Parse(next)
	if err != nil || parsed.Scheme != "" || parsed.Host != "" || parsed.User != nil || strings.HasPrefix(parsed.Path, "//") {
		return "/"
	}
	return next
}
