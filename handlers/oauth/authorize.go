package oauth

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strconv"

	"github.com/go-oauth2/oauth2/v4"

	"praxis/handlers/page"
	"praxis/models"
)

// authorization is what an app asks a member for.
type authorization struct {
	app         *models.OAuthApp
	redirectURI string
	scopes      string // as asked for
	state       string
	challenge   string
	method      string
}

// authorizationParams may be said once only; other parameters are none of our business.
var authorizationParams = []string{
	"client_id", "redirect_uri", "response_type", "scope", "state", "code_challenge", "code_challenge_method",
}

// challengePattern is a SHA-256 in base64url; some clients leave the padding on.
var challengePattern = regexp.MustCompile(`^[A-Za-z0-9_-]{43}=?$`)

// readAuthorization checks all of a request that does not depend on the member. Whatever is wrong is shown here and never
// sent back by a redirect: anybody may register an app, and a link to this server must not lead elsewhere before its
// member said yes or no (security case G1, RFC 9700 section 4.11.2).
func (s *Server) readAuthorization(r *http.Request, in form) (*authorization, error) {
	if err := in.once(authorizationParams...); err != nil {
		return nil, err
	}
	app, err := s.app(r.Context(), in.get("client_id"))
	if refused := (*refusal)(nil); errors.As(err, &refused) {
		return nil, errRequest("This server does not know the app that sent you here. Begin again in the app, so that it registers.")
	}
	if err != nil {
		return nil, err
	}
	a := &authorization{
		app: app, redirectURI: in.get("redirect_uri"), state: in.get("state"), scopes: in.get("scope"),
		challenge: in.get("code_challenge"), method: in.get("code_challenge_method"),
	}
	switch {
	case !isRegistered(app, a.redirectURI):
		return nil, errRequest("The app wants to be called back at an address that it is not registered with.")
	case in.get("response_type") != "code":
		return nil, &refusal{"unsupported_response_type", "The app asks for something other than a code: response_type has to be code."}
	case a.challenge == "" && a.method != "":
		return nil, errRequest("The app names a code_challenge_method and sends no code_challenge.")
	case a.challenge != "" && a.method != oauth2.CodeChallengeS256.String():
		return nil, errRequest("The app's code_challenge_method is not S256, which is the only one here.")
	case a.challenge != "" && !challengePattern.MatchString(a.challenge):
		return nil, errRequest("The app's code_challenge is no SHA-256 in base64url.")
	}
	return a, nil
}

// consentPage is what the page for consent shows, and what its form sends back.
type consentPage struct {
	App     *models.OAuthApp
	Member  *models.Actor
	Account int64
	Words   []string
	Target  string
	Fields  []field
	Switch  string // where to sign in as somebody else
	Admin   bool
}

type field struct{ Name, Value string }

// getAuthorize asks the member, after the sign-in if need be.
func (s *Server) getAuthorize(w http.ResponseWriter, r *http.Request) {
	in, err := readForm(w, r)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	a, err := s.readAuthorization(r, in)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	account, actor := s.signedIn(r)
	if account == nil || in.isTrue("force_login") {
		http.Redirect(w, r, a.signIn(), http.StatusSeeOther)
		return
	}
	s.showConsent(w, r, a, account, actor)
}

func (s *Server) showConsent(w http.ResponseWriter, r *http.Request, a *authorization, account *models.Account, actor *models.Actor) {
	asked, err := s.scopesFor(a.app, form{"scope": {a.scopes}}, account)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	s.pages.RenderWith(w, r, http.StatusOK, "consent.html", consentPage{
		App: a.app, Member: actor, Account: account.ID, Words: asked.words(), Target: a.target(), Fields: a.fields(),
		Switch: a.signIn(), Admin: asked.forAdmins(),
	}, page.Policy{FormAction: policySource(a.redirectURI)})
}

// refuse shows why an authorization cannot be.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	if refused := (*refusal)(nil); errors.As(err, &refused) {
		err = models.Errorf(models.Invalid, "%s", refused.description)
	}
	s.cfg.Page.Error(w, r, err)
}

// postAuthorize takes the member's answer.
func (s *Server) postAuthorize(w http.ResponseWriter, r *http.Request) {
	in, err := readForm(w, r)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	a, err := s.readAuthorization(r, in)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	account, actor := s.signedIn(r)
	switch {
	case account == nil:
		http.Redirect(w, r, a.signIn(), http.StatusSeeOther)
	case in.get("account") != strconv.FormatInt(account.ID, 10):
		// Somebody else signed in since the page was shown, and has to be asked.
		s.showConsent(w, r, a, account, actor)
	case in.get("decision") == "allow":
		s.allow(w, r, a, account)
	default:
		s.deny(w, r, a)
	}
}

func (s *Server) allow(w http.ResponseWriter, r *http.Request, a *authorization, account *models.Account) {
	if err := s.limits.consents.take(w, strconv.FormatInt(account.ID, 10), s.cfg.Now()); err != nil {
		s.refuse(w, r, err)
		return
	}
	code, err := s.newCode(r, a, account)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	if a.redirectURI == outOfBand {
		s.pages.Render(w, r, http.StatusOK, "code.html", struct {
			App  *models.OAuthApp
			Code string
		}{a.app, code})
		return
	}
	a.leadBack(w, url.Values{"code": {code}})
}

// newCode stores a code for what the app asks.
func (s *Server) newCode(r *http.Request, a *authorization, account *models.Account) (string, error) {
	asked, err := s.scopesFor(a.app, form{"scope": {a.scopes}}, account)
	if err != nil {
		return "", err
	}
	var code string
	err = s.store.Tx(r.Context(), func(tx *models.Tx) error {
		granted, err := (&ledger{tx: tx, app: a.app}).manager().GenerateAuthToken(r.Context(), oauth2.Code, &oauth2.TokenGenerateRequest{
			ClientID: a.app.ClientID, UserID: strconv.FormatInt(account.ID, 10), RedirectURI: a.redirectURI, Scope: asked.String(),
			CodeChallenge: a.challenge, CodeChallengeMethod: oauth2.CodeChallengeMethod(a.method), Request: r,
		})
		if err == nil {
			code = granted.GetCode()
		}
		return err
	})
	return code, fromLibrary(err)
}

func (s *Server) deny(w http.ResponseWriter, r *http.Request, a *authorization) {
	if a.redirectURI == outOfBand {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	a.leadBack(w, url.Values{"error": {"access_denied"}, "error_description": {"The member refused."}})
}

// leadBack redirects to the app. By 303, so that no browser sends the form along (RFC 9700 section 4.12).
func (a *authorization) leadBack(w http.ResponseWriter, params url.Values) {
	if a.state != "" {
		params.Set("state", a.state)
	}
	w.Header().Set("Location", leadBack(a.redirectURI, params))
	w.WriteHeader(http.StatusSeeOther)
}

// fields are what the consent form sends back, and what signing in comes back to.
func (a *authorization) fields() []field {
	all := []field{
		{"client_id", a.app.ClientID},
		{"redirect_uri", a.redirectURI},
		{"response_type", "code"},
		{"scope", a.scopes},
		{"state", a.state},
		{"code_challenge", a.challenge},
		{"code_challenge_method", a.method},
	}
	var said []field
	for _, f := range all {
		if f.Value != "" {
			said = append(said, f)
		}
	}
	return said
}

// signIn is where to sign in and come back. It forgets force_login, which is done then.
func (a *authorization) signIn() string {
	query := url.Values{}
	for _, f := range a.fields() {
		query.Set(f.Name, f.Value)
	}
	return "/auth/sign_in?next=" + url.QueryEscape("/oauth/authorize?"+query.Encode())
}

// target says in a word where the app's address is, for the member to judge.
func (a *authorization) target() string {
	parsed, err := url.Parse(a.redirectURI)
	switch {
	case err != nil || a.redirectURI == outOfBand:
		return ""
	case parsed.Scheme == "http" || parsed.Scheme == "https":
		return parsed.Host
	}
	return "an app on this device"
}
