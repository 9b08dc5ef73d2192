package oauth

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-oauth2/oauth2/v4"

	"praxis/handlers/respond"
	"praxis/models"
)

// Token is the answer to a grant. Tokens don't expire; they are revoked.
type Token struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	Scope       string `json:"scope"`
	CreatedAt   int64  `json:"created_at"` // seconds
}

// postToken gives a token for a grant.
func (s *Server) postToken(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	token, err := s.grant(w, r)
	if err != nil {
		s.fail(w, r, asRefusal(err))
		return
	}
	respond.JSON(w, http.StatusOK, token)
}

func (s *Server) grant(w http.ResponseWriter, r *http.Request) (*Token, error) {
	in, err := readForm(w, r)
	if err != nil {
		return nil, err
	}
	err = in.once("grant_type", "client_id", "client_secret", "code", "redirect_uri", "code_verifier", "scope", "username", "password")
	if err != nil {
		return nil, err
	}
	app, err := s.authenticate(r, in)
	if err != nil {
		return nil, err
	}
	want := &oauth2.TokenGenerateRequest{ClientID: app.ClientID, Request: r}
	if _, want.ClientSecret, err = credentials(r, in); err != nil {
		return nil, err
	}
	switch kind := oauth2.GrantType(in.get("grant_type")); {
	case kind == oauth2.AuthorizationCode:
		return s.redeem(r.Context(), app, want, in)
	case kind == oauth2.ClientCredentials:
		return s.grantApp(r.Context(), app, want, in)
	case kind == oauth2.PasswordCredentials && s.cfg.PasswordGrant:
		return s.grantPassword(w, r, app, want, in)
	case kind == "":
		return nil, errRequest("The request names no grant_type.")
	}
	return nil, &refusal{"unsupported_grant_type", "This server does not know the grant_type, or has it switched off."}
}

// redeem gives a token for a code. A code that comes a second time is known to somebody else, so the token that it gave
// is revoked (RFC 6749 section 4.1.2, security case G2); that has to be committed, although the request fails.
func (s *Server) redeem(ctx context.Context, app *models.OAuthApp, want *oauth2.TokenGenerateRequest, in form) (*Token, error) {
	want.Code, want.RedirectURI, want.CodeVerifier = in.get("code"), in.get("redirect_uri"), in.get("code_verifier")
	if want.Code == "" || want.RedirectURI == "" {
		return nil, errRequest("The request lacks code or redirect_uri.")
	}
	var granted oauth2.TokenInfo
	err := s.store.Tx(ctx, func(tx *models.Tx) error {
		granted = nil
		book := &ledger{tx: tx, app: app}
		info, err := book.manager().GenerateAccessToken(ctx, oauth2.AuthorizationCode, want)
		if book.replayed {
			return tx.RevokeOAuthTokensOfCode(book.code.CodeHash)
		}
		granted = info
		return err
	})
	if err != nil {
		return nil, fromLibrary(err)
	}
	if granted == nil {
		s.log.WarnContext(ctx, "authorization code used again, its tokens are revoked", "app_id", app.ID)
		return nil, errGrant()
	}
	return s.entity(granted), nil
}

// grantApp gives an app a token that is nobody's.
func (s *Server) grantApp(ctx context.Context, app *models.OAuthApp, want *oauth2.TokenGenerateRequest, in form) (*Token, error) {
	asked, err := s.scopesFor(app, in, nil)
	if err != nil {
		return nil, err
	}
	want.Scope = asked.String()
	return s.issue(ctx, app, oauth2.ClientCredentials, want)
}

// grantPassword gives a token for a member's password. It is limited and answers like the sign-in page (security case G9).
func (s *Server) grantPassword(w http.ResponseWriter, r *http.Request, app *models.OAuthApp, want *oauth2.TokenGenerateRequest, in form) (*Token, error) {
	account, err := s.checkPassword(w, r, in.get("username"), in.get("password"))
	switch models.ErrorCode(err) {
	case models.Unauthorized, models.Forbidden:
		return nil, &refusal{"invalid_grant", models.ErrorMessage(err)}
	}
	if err != nil {
		return nil, err
	}
	if err := s.passwordSuffices(r.Context(), account); err != nil {
		return nil, &refusal{"invalid_grant", models.ErrorMessage(err)}
	}
	asked, err := s.scopesFor(app, in, account)
	if err != nil {
		return nil, err
	}
	if err := s.noteSignIn(r.Context(), account); err != nil {
		return nil, err
	}
	want.Scope, want.UserID = asked.String(), strconv.FormatInt(account.ID, 10)
	return s.issue(r.Context(), app, oauth2.PasswordCredentials, want)
}

func (s *Server) issue(ctx context.Context, app *models.OAuthApp, kind oauth2.GrantType, want *oauth2.TokenGenerateRequest) (*Token, error) {
	var granted oauth2.TokenInfo
	err := s.store.Tx(ctx, func(tx *models.Tx) (err error) {
		granted, err = (&ledger{tx: tx, app: app}).manager().GenerateAccessToken(ctx, kind, want)
		return err
	})
	if err != nil {
		return nil, fromLibrary(err)
	}
	return s.entity(granted), nil
}

func (s *Server) entity(granted oauth2.TokenInfo) *Token {
	return &Token{
		AccessToken: granted.GetAccess(), TokenType: "Bearer", Scope: granted.GetScope(), CreatedAt: s.store.Now().Unix(),
	}
}

// scopesFor reads the scopes that are asked for and checks that the app is registered for them, and that only an
// administrator gives scopes for administrators (security case G5). Account is nil for an app's own token.
func (s *Server) scopesFor(app *models.OAuthApp, in form, account *models.Account) (scopes, error) {
	asked, err := parseScopes(firstOf(in.get("scope"), defaultScope))
	if err != nil {
		return nil, errScope(models.ErrorMessage(err))
	}
	registered := scopes(strings.Fields(app.Scopes))
	switch {
	case !asked.within(registered):
		return nil, errScope("The app asks for more than it is registered for, which is: " + app.Scopes + ".")
	case asked.forAdmins() && !isStaff(account):
		return nil, errScope("The app asks for rights of an administrator, which this account does not have.")
	}
	return asked, nil
}

// IssueFor gives the app of a token another one that speaks for an account, with the same scopes: whoever signs up by an app
// goes on in it.
func (s *Server) IssueFor(ctx context.Context, p *Principal, account *models.Account) (token *Token, err error) {
	secret := newSecret()
	row := &models.OAuthToken{TokenHash: hashSecret(secret), AppID: p.App.ID, AccountID: account.ID, Scopes: p.Token.Scopes}
	if err := s.store.Tx(ctx, func(tx *models.Tx) error { return tx.CreateOAuthToken(row) }); err != nil {
		return nil, err
	}
	return &Token{AccessToken: secret, TokenType: "Bearer", Scope: row.Scopes, CreatedAt: row.CreatedAt.Time().Unix()}, nil
}

// IssueToken makes an app of that name and gives it a token of actor's account, for the command line and the demo.
// Errors: NotFound for an actor without an account, Invalid for scopes that do not exist or that the account cannot give.
func (s *Server) IssueToken(ctx context.Context, actor *models.Actor, appName, scopeList string) (token string, err error) {
	asked, err := parseScopes(scopeList)
	if err != nil {
		return "", err
	}
	account, err := s.store.Read(ctx).AccountByActor(actor.ID)
	if err != nil {
		return "", err
	}
	if asked.forAdmins() && !isStaff(account) {
		return "", models.FieldErrorf("scopes", "%s is no administrator: leave out the scopes that begin with admin:", actor.Username)
	}
	token = newSecret()
	app := &models.OAuthApp{
		ClientID: newSecret(), ClientSecret: hashSecret(newSecret()), Name: appName, RedirectURIs: outOfBand, Scopes: asked.String(),
	}
	err = s.store.Tx(ctx, func(tx *models.Tx) error {
		if err := tx.CreateOAuthApp(app); err != nil {
			return err
		}
		return tx.CreateOAuthToken(&models.OAuthToken{
			TokenHash: hashSecret(token), AppID: app.ID, AccountID: account.ID, Scopes: app.Scopes,
		})
	})
	return token, err
}
