package oauth

import (
	"bytes"
	"context"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"praxis/models"
)

// Principal is whom a token speaks for. Account and Actor are nil for an app's own token, which is nobody's (security
// case G6).
type Principal struct {
	Token   *models.OAuthToken
	App     *models.OAuthApp
	Account *models.Account
	Actor   *models.Actor
	Secret  string // the token itself: for who has to give it back to the client, and for no log
	// Waiting is the account of somebody who signed up and cannot do anything yet; Account and Actor are nil then, so that
	// whatever does not ask for it takes the token for an app's own.
	Waiting *models.Account
}

// Refusal says why an account that waits cannot be used, in Mastodon's words: clients know them. Nil for one that can.
func Refusal(account *models.Account) error {
	switch {
	case account == nil || !account.IsWaiting():
		return nil
	case account.ConfirmedAt == 0:
		return models.Errorf(models.Forbidden, "Your login is missing a confirmed e-mail address")
	}
	return models.Errorf(models.Forbidden, "Your login is currently pending approval")
}

// Has reports whether the token covers a scope: "read" covers "read:statuses". Scopes for administrators count only
// while the account is one (security case G5); which of them it may use is up to its role.
func (p *Principal) Has(scope string) bool {
	if strings.HasPrefix(scope, "admin:") && !isStaff(p.Account) {
		return false
	}
	return scopes(strings.Fields(p.Token.Scopes)).has(scope)
}

// isStaff reports an account that has any rights over the instance.
func isStaff(account *models.Account) bool {
	return account != nil && models.RoleOf(account).Permissions != 0
}

func errToken() error {
	return models.Errorf(models.Unauthorized, "The access token is invalid")
}

// Bearer tells whom the token of a request speaks for: that of the Authorization header, or else access_token in the
// query or in a form (RFC 6750 section 2). No token: nil and no error. Errors: Unauthorized for a token that is unknown
// or revoked, or whose account is disabled or gone. The body can be read again afterwards.
func (s *Server) Bearer(r *http.Request) (*Principal, error) {
	token, err := tokenOf(r)
	if token == "" || err != nil {
		return nil, err
	}
	principal, err := s.principal(r.Context(), token)
	if models.IsNotFound(err) {
		return nil, errToken()
	}
	if err != nil {
		return nil, err
	}
	if principal.Account != nil && (principal.Account.DisabledAt != 0 || principal.Actor.IsGone()) {
		return nil, errToken()
	}
	if principal.Actor != nil && (principal.Actor.LeftAt != 0) != principal.Recovers() || s.isOver(principal) {
		return nil, errToken()
	}
	principal.Secret = token
	s.touch(r.Context(), principal.Token)
	return principal, nil
}

func (s *Server) principal(ctx context.Context, token string) (*Principal, error) {
	holder, err := s.store.Read(ctx).TokenHolder(hashSecret(token))
	if err != nil {
		return nil, err
	}
	found := &Principal{Token: &holder.Token, App: &holder.App}
	switch {
	case holder.Token.AccountID == 0:
	case holder.Account.IsWaiting() && holder.Account.DisabledAt == 0:
		found.Waiting = &holder.Account
	default:
		found.Account, found.Actor = &holder.Account, &holder.Actor
	}
	return found, nil
}

// touchEvery is how exactly it is known when a token was used last.
const touchEvery = time.Hour

func (s *Server) touch(ctx context.Context, token *models.OAuthToken) {
	if s.store.Now().Sub(token.LastUsedAt.Time()) < touchEvery {
		return
	}
	err := s.store.Tx(ctx, func(tx *models.Tx) error { return tx.TouchOAuthToken(token.ID) })
	if err != nil {
		s.log.WarnContext(ctx, "token use not noted", "token_id", token.ID, "error", err)
	}
}

func tokenOf(r *http.Request) (string, error) {
	scheme, token, _ := strings.Cut(strings.TrimSpace(r.Header.Get("Authorization")), " ")
	if strings.EqualFold(scheme, "Bearer") {
		if token = strings.TrimSpace(token); token == "" {
			return "", errToken()
		}
		return token, nil
	}
	if token := r.URL.Query().Get("access_token"); token != "" {
		return token, nil
	}
	return tokenOfForm(r)
}

// maxPeek is how large a body may be to be looked into for a token.
const maxPeek = 1 << 20

// tokenOfForm reads a body and puts it back.
func tokenOfForm(r *http.Request) (string, error) {
	mediaType, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if mediaType != "application/x-www-form-urlencoded" || r.Body == nil {
		return "", nil
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxPeek+1))
	rest := r.Body
	r.Body = &replayed{Reader: io.MultiReader(bytes.NewReader(body), rest), Closer: rest}
	if err != nil || len(body) > maxPeek {
		return "", nil // whoever reads the body gets the error again
	}
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return "", nil //nolint:nilerr // a form that cannot be read holds no token; its reader complains
	}
	return values.Get("access_token"), nil
}

// replayed is a body of which a part was read already.
type replayed struct {
	io.Reader
	io.Closer
}
