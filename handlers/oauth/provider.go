package oauth

import (
	"crypto/subtle"
	"errors"
	"net/http"
	"net/url"

	"github.com/gorilla/mux"

	"praxis/internal/seal"
	"praxis/internal/signon"
	"praxis/models"
	"praxis/practice"
)

type route = func(path string, handler http.HandlerFunc)

// signOnRoutes adds the ways in by providers.
func (s *Server) signOnRoutes(view, form, post route) {
	view("/auth/oidc/{provider}", s.getProvider)
	view("/auth/oidc/{provider}/callback", s.getCallback)
	post("/auth/oidc/{provider}/logout", s.postProviderLogout)
	view("/auth/welcome", s.getWelcome)
	form("/auth/welcome", s.postWelcome)
	view("/settings/identities", s.getIdentities)
	form("/settings/identities/connect", s.postConnect)
	form("/settings/identities/disconnect", s.postDisconnect)
}

// CallbackPath is where a provider sends people back to, and LogoutPath where it says that they signed out there.
func CallbackPath(key string) string { return "/auth/oidc/" + key + "/callback" }

// LogoutPath is where a provider says that somebody signed out there.
func LogoutPath(key string) string { return "/auth/oidc/" + key + "/logout" }

// providerStep is what one way to a provider and back is recognized by. It is stored under the hash of its state.
type providerStep struct {
	Provider string
	Attempt  signon.Attempt
	Browser  string // hash of the secret of this browser
	Next     string
	Attach   int64 // the account that wants to connect; 0 to sign in
}

func (s *Server) signOn(r *http.Request) (*practice.Provider, *signon.Provider, error) {
	key := mux.Vars(r)["provider"]
	provider, client := s.cfg.Service.Provider(key), s.cfg.SignOns[key]
	if provider == nil || client == nil {
		return nil, nil, models.Errorf(models.NotFound, "This instance has no such sign-in.")
	}
	return provider, client, nil
}

// getProvider sends a browser to sign in.
func (s *Server) getProvider(w http.ResponseWriter, r *http.Request) {
	s.leaveFor(w, r, localPath(r.URL.Query().Get("next")), 0)
}

func (s *Server) leaveFor(w http.ResponseWriter, r *http.Request, next string, attach int64) {
	provider, client, err := s.signOn(r)
	if err == nil {
		err = s.limits.steps.take(w, s.place(r), s.cfg.Now())
	}
	if err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	step := providerStep{
		Provider: provider.Key, Next: next, Attach: attach,
		Attempt: signon.Attempt{State: seal.Random(), Nonce: seal.Random(), Verifier: signon.NewVerifier()},
	}
	address, err := client.AuthURL(r.Context(), step.Attempt)
	if err != nil {
		s.refuseSignOn(w, r, provider, err)
		return
	}
	secret := s.stepSecret(r, stepProvider) // the same for all tabs
	if secret == "" {
		secret = seal.Random()
	}
	step.Browser = hashSecret(secret)
	if err := s.putNamedStep(r.Context(), hashSecret(step.Attempt.State), stepProvider, attach, step); err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	s.setStepCookie(w, stepProvider, secret)
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, address, http.StatusSeeOther)
}

// getCallback takes up somebody who comes back from a provider.
func (s *Server) getCallback(w http.ResponseWriter, r *http.Request) {
	provider, client, err := s.signOn(r)
	if err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	step, err := s.comeBack(r, provider)
	if err != nil {
		s.refuseSignOn(w, r, provider, err)
		return
	}
	person, err := client.Exchange(r.Context(), r.URL.Query().Get("code"), step.Attempt)
	if err != nil {
		s.refuseSignOn(w, r, provider, err)
		return
	}
	who := personOf(provider.Key, person)
	if step.Attach != 0 {
		s.attach(w, r, step, who)
		return
	}
	s.enter(w, r, who, step.Next)
}

// comeBack finds the attempt that a browser comes back from, which it may do once. Errors: Invalid for one of another browser,
// of another provider, or that is over; Forbidden for what the provider says no to.
func (s *Server) comeBack(r *http.Request, provider *practice.Provider) (*providerStep, error) {
	in := r.URL.Query()
	var step providerStep
	if _, err := s.takeNamedStep(r.Context(), hashSecret(in.Get("state")), stepProvider, &step); err != nil {
		return nil, err
	}
	mine := hashSecret(s.stepSecret(r, stepProvider))
	if subtle.ConstantTimeCompare([]byte(mine), []byte(step.Browser)) != 1 || step.Provider != provider.Key {
		return nil, errStepOver()
	}
	if issuer := in.Get("iss"); issuer != "" && issuer != provider.Issuer { // RFC 9207
		return nil, errStepOver()
	}
	if in.Get("error") != "" {
		return nil, models.Errorf(models.Forbidden, "%s did not let you in. Sign in there again; if it says no again, ask who looks after it.", provider.Name)
	}
	return &step, nil
}

func personOf(key string, p *signon.Person) practice.Person {
	return practice.Person{
		Provider: key, Issuer: p.Issuer, Subject: p.Subject, ExternalID: p.ExternalID, Login: p.Login, Name: p.Name, Email: p.Email,
		Groups: p.Groups, SID: p.SID, RefreshToken: p.RefreshToken,
	}
}

// refuseSignOn writes the page of a way in that failed, which says what to do.
func (s *Server) refuseSignOn(w http.ResponseWriter, r *http.Request, provider *practice.Provider, err error) {
	s.log.InfoContext(r.Context(), "sign-in by a provider failed", "provider", provider.Key, "remote_ip", s.cfg.ClientIP(r).String(), "error", err)
	switch {
	case errors.Is(err, signon.ErrRefused):
		err = models.Errorf(models.Forbidden, "What %s said cannot be trusted, so you are not signed in. Begin again; if it happens again, tell an administrator of this instance.", provider.Name)
	case errors.Is(err, signon.ErrDown):
		err = models.Errorf(models.Unavailable, "%s does not answer right now. Try again in a few minutes; if you have another way to sign in, use that.", provider.Name)
	}
	s.cfg.Page.Error(w, r, err)
}

// enter signs in who came from a provider, or asks newcomers for their user name.
func (s *Server) enter(w http.ResponseWriter, r *http.Request, who practice.Person, next string) {
	account, identity, err := s.cfg.Service.EnterByIdentity(r.Context(), who)
	if models.IsNotFound(err) {
		if err = s.putStep(w, r, stepNewcomer, 0, newcomerStep{Person: who, Next: next}); err == nil {
			http.Redirect(w, r, "/auth/welcome", http.StatusSeeOther)
			return
		}
	}
	s.finish(w, r, account, identity, who.SID, next, err)
}

// finish begins the session of who came from a provider.
func (s *Server) finish(w http.ResponseWriter, r *http.Request, account *models.Account, identity *models.Identity, sid, next string, err error) {
	if err == nil {
		err = s.checkUsable(r.Context(), account)
	}
	if err == nil {
		err = s.begin(w, r, account, opening{identity.ID, sid})
	}
	if err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
}

// originOf gives the origin that a form may lead to.
func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
