package oauth

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/go-oauth2/oauth2/v4"
	oautherrors "github.com/go-oauth2/oauth2/v4/errors"
	"github.com/go-oauth2/oauth2/v4/manage"
	librarymodels "github.com/go-oauth2/oauth2/v4/models"

	"praxis/models"
)

// codeLife is how long a code can be redeemed.
const codeLife = 10 * time.Minute

// ledger is one transaction in the shape that the library's manager writes to. The manager compares client, redirect
// URI and PKCE; the ledger knows what is stored, what is spent and what is over.
type ledger struct {
	tx       *models.Tx
	app      *models.OAuthApp
	code     *models.OAuthCode // the one that is being redeemed
	replayed bool              // that code was redeemed before
}

// manager gives the library's grant flow over this transaction.
func (l *ledger) manager() *manage.Manager {
	m := manage.NewManager()
	m.MapClientStorage(l)
	m.MapTokenStorage(l)
	m.MapAuthorizeGenerate(newCode{})
	m.MapAccessGenerate(newToken{})
	m.SetValidateURIHandler(l.checkURI)
	m.SetAuthorizeCodeExp(codeLife)
	never := &manage.Config{} // tokens neither expire nor are refreshed
	m.SetAuthorizeCodeTokenCfg(never)
	m.SetClientTokenCfg(never)
	m.SetPasswordTokenCfg(never)
	return m
}

// checkURI replaces the library's comparison, which takes whatever ends in the same host (security case G1).
func (l *ledger) checkURI(_, uri string) error {
	if !isRegistered(l.app, uri) {
		return oautherrors.ErrInvalidRedirectURI
	}
	return nil
}

// GetByID gives the client, which was looked up before.
func (l *ledger) GetByID(_ context.Context, id string) (oauth2.ClientInfo, error) {
	if id != l.app.ClientID {
		return nil, oautherrors.ErrInvalidClient
	}
	return client{l.app}, nil
}

// Create stores a code or a token.
func (l *ledger) Create(_ context.Context, info oauth2.TokenInfo) error {
	account, err := accountID(info.GetUserID())
	if err != nil {
		return err
	}
	if info.GetCode() != "" {
		return l.tx.CreateOAuthCode(&models.OAuthCode{
			CodeHash: hashSecret(info.GetCode()), AppID: l.app.ID, AccountID: account, RedirectURI: info.GetRedirectURI(),
			Scopes: info.GetScope(), Challenge: info.GetCodeChallenge(), ExpiresAt: l.tx.Now().Add(codeLife),
		})
	}
	token := &models.OAuthToken{
		TokenHash: hashSecret(info.GetAccess()), AppID: l.app.ID, AccountID: account, Scopes: info.GetScope(),
	}
	if l.code != nil {
		token.CodeHash = l.code.CodeHash
	}
	return l.tx.CreateOAuthToken(token)
}

// GetByCode gives a code that can be redeemed, and nothing for one that is unknown, over or spent, or whose account
// cannot sign in any more.
func (l *ledger) GetByCode(_ context.Context, code string) (oauth2.TokenInfo, error) {
	stored, err := l.tx.OAuthCode(hashSecret(code))
	if models.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	l.code, l.replayed = stored, stored.UsedAt != 0
	if l.replayed || stored.ExpiresAt <= l.tx.Now() {
		return nil, nil
	}
	account, err := l.tx.Account(stored.AccountID)
	if models.IsNotFound(err) || (err == nil && account.DisabledAt != 0) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return l.tokenInfo(code), nil
}

func (l *ledger) tokenInfo(code string) oauth2.TokenInfo {
	info := librarymodels.NewToken()
	if l.code.AppID == l.app.ID {
		info.SetClientID(l.app.ClientID) // else none, which no client matches (security case G4)
	}
	info.SetUserID(strconv.FormatInt(l.code.AccountID, 10))
	info.SetRedirectURI(l.code.RedirectURI)
	info.SetScope(l.code.Scopes)
	info.SetCode(code)
	// Whether it is over was decided by the store's clock; the library knows only the system's.
	info.SetCodeCreateAt(time.Now())
	info.SetCodeExpiresIn(codeLife)
	if l.code.Challenge != "" {
		info.SetCodeChallenge(l.code.Challenge)
		info.SetCodeChallengeMethod(oauth2.CodeChallengeS256)
	}
	return info
}

// RemoveByCode marks the code as spent. When another request was faster, this one is a replay (security case G2).
func (l *ledger) RemoveByCode(_ context.Context, code string) error {
	first, err := l.tx.UseOAuthCode(hashSecret(code))
	if err != nil {
		return err
	}
	if !first {
		l.replayed = true
		return oautherrors.ErrInvalidAuthorizeCode
	}
	return nil
}

// unused answers what the manager never calls here: tokens are looked up and revoked without it, and there are no
// refresh tokens.
func unused() error { return errors.New("not kept by this ledger") }

// RemoveByAccess is not used.
func (l *ledger) RemoveByAccess(context.Context, string) error { return unused() }

// RemoveByRefresh is not used.
func (l *ledger) RemoveByRefresh(context.Context, string) error { return unused() }

// GetByAccess is not used.
func (l *ledger) GetByAccess(context.Context, string) (oauth2.TokenInfo, error) {
	return nil, unused()
}

// GetByRefresh is not used.
func (l *ledger) GetByRefresh(context.Context, string) (oauth2.TokenInfo, error) {
	return nil, unused()
}

// client shows an app to the library. VerifyPassword compares hashes, in constant time.
type client struct{ app *models.OAuthApp }

func (c client) GetID() string                     { return c.app.ClientID }
func (c client) GetSecret() string                 { return c.app.ClientSecret }
func (c client) GetDomain() string                 { return c.app.RedirectURIs }
func (c client) IsPublic() bool                    { return false }
func (c client) GetUserID() string                 { return "" }
func (c client) VerifyPassword(secret string) bool { return matches(secret, c.app.ClientSecret) }

// newCode and newToken make random secrets; the library's own are UUIDs.
type (
	newCode  struct{}
	newToken struct{}
)

func (newCode) Token(context.Context, *oauth2.GenerateBasic) (string, error) { return newSecret(), nil }

func (newToken) Token(context.Context, *oauth2.GenerateBasic, bool) (access, refresh string, err error) {
	return newSecret(), "", nil
}

// accountID reads the library's user id: the row id of an account, "" for none.
func accountID(user string) (int64, error) {
	if user == "" {
		return 0, nil
	}
	return strconv.ParseInt(user, 10, 64)
}

// fromLibrary gives what the library refuses the protocol's error.
func fromLibrary(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, oautherrors.ErrInvalidClient):
		return errClient()
	case slices.ContainsFunc(grantErrors(), func(known error) bool { return errors.Is(err, known) }):
		return errGrant()
	}
	return err
}

func grantErrors() []error {
	return []error{
		oautherrors.ErrInvalidAuthorizeCode, oautherrors.ErrInvalidRedirectURI, oautherrors.ErrMissingCodeVerifier,
		oautherrors.ErrMissingCodeChallenge, oautherrors.ErrInvalidCodeChallenge,
	}
}
