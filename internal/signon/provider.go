package signon

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Config is what there is to know of a provider.
type Config struct {
	Issuer          string
	ClientID        string
	ClientSecret    string
	Scopes          []string
	GroupsClaim     string
	ExternalIDClaim string
	RedirectURL     string           // where people come back to
	Now             func() time.Time // the clock; the system's unless set
}

// Provider is the sign-in of an organization. It is safe for concurrent use.
type Provider struct {
	cfg    Config
	client *http.Client

	mu       sync.Mutex
	found    *oidc.Provider
	foundAt  time.Time
	triedAt  time.Time
	lastFail error
}

// The kinds of what goes wrong.
var (
	ErrDown    = errors.New("the provider does not answer as it should")
	ErrRefused = errors.New("what the provider or the browser brought is not good")
)

const (
	keepDiscovery  = 24 * time.Hour
	retryDiscovery = 5 * time.Second // whoever clicks again at once does not make a provider that is down busier
)

// New makes a Provider. It asks nobody yet: a provider that is down must not keep the instance from starting.
func New(cfg Config) *Provider {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Provider{cfg: cfg, client: newClient(cfg.Issuer)}
}

// discover gives what the provider says of itself, from memory for a day.
func (p *Provider) discover(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if p.found != nil && now.Sub(p.foundAt) < keepDiscovery {
		return p.found, nil
	}
	if p.lastFail != nil && now.Sub(p.triedAt) < retryDiscovery {
		return p.found, p.lastFail
	}
	p.triedAt = now
	// The provider keeps this context's client for its keys, so it must not end with the request.
	found, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), p.client), p.cfg.Issuer)
	if err != nil {
		p.lastFail = fmt.Errorf("%w: %w", ErrDown, err)
		if p.found != nil {
			return p.found, nil // what it said yesterday is better than nothing
		}
		return nil, p.lastFail
	}
	p.found, p.foundAt, p.lastFail = found, now, nil
	return found, nil
}

func (p *Provider) oauth(found *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{
		ClientID: p.cfg.ClientID, ClientSecret: p.cfg.ClientSecret, Endpoint: found.Endpoint(),
		RedirectURL: p.cfg.RedirectURL, Scopes: p.cfg.Scopes,
	}
}

// Attempt is what one browser's way to the provider and back is recognized by.
type Attempt struct {
	State    string
	Nonce    string
	Verifier string // of PKCE
}

// NewVerifier makes the secret of PKCE.
func NewVerifier() string { return oauth2.GenerateVerifier() }

// Check asks the provider to say what it is, for those who look after the instance. Errors: ErrDown.
func (p *Provider) Check(ctx context.Context) error {
	_, err := p.discover(ctx)
	return err
}

// AuthURL gives the address at which a browser signs in. Errors: ErrDown.
func (p *Provider) AuthURL(ctx context.Context, a Attempt) (string, error) {
	found, err := p.discover(ctx)
	if err != nil {
		return "", err
	}
	return p.oauth(found).AuthCodeURL(a.State, oidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier)), nil
}

// Exchange takes the code that a browser brought back and gives who came. Errors: ErrDown; ErrRefused for a code that was
// used or is of another attempt, and for a token that is not what it should be.
func (p *Provider) Exchange(ctx context.Context, code string, a Attempt) (*Person, error) {
	found, err := p.discover(ctx)
	if err != nil {
		return nil, err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	tokens, err := p.oauth(found).Exchange(ctx, code, oauth2.VerifierOption(a.Verifier))
	if err != nil {
		return nil, judgeAnswer(err)
	}
	return p.read(ctx, found, tokens, a.Nonce)
}

// judgeAnswer tells a provider that says no from one that does not answer.
func judgeAnswer(err error) error {
	var said *oauth2.RetrieveError
	if errors.As(err, &said) && said.Response != nil && said.Response.StatusCode >= 400 && said.Response.StatusCode < 500 &&
		said.Response.StatusCode != http.StatusTooManyRequests {
		return fmt.Errorf("%w: %s", ErrRefused, said.ErrorCode)
	}
	return fmt.Errorf("%w: %w", ErrDown, err)
}

// Refresh asks whether the provider still stands by somebody, and gives the token to ask with the next time. Errors:
// ErrRefused when it does not, ErrDown when it does not say.
func (p *Provider) Refresh(ctx context.Context, token string) (next string, err error) {
	found, err := p.discover(ctx)
	if err != nil {
		return "", err
	}
	source := p.oauth(found).TokenSource(oidc.ClientContext(ctx, p.client), &oauth2.Token{RefreshToken: token})
	tokens, err := source.Token()
	if err != nil {
		return "", judgeAnswer(err)
	}
	if tokens.RefreshToken == "" {
		return token, nil
	}
	return tokens.RefreshToken, nil
}

func (p *Provider) verifier(found *oidc.Provider) *oidc.IDTokenVerifier {
	return found.Verifier(&oidc.Config{ClientID: p.cfg.ClientID, Now: p.cfg.Now})
}

// Logout is what a provider says with a logout token (OpenID Connect Back-Channel Logout 1.0).
type Logout struct {
	Subject string // "" when it speaks of one session only
	SID     string
	ID      string // of the token; who sees it twice sees a replay
	Expires time.Time
}

// maxLogoutAge bounds how old a logout token may be, whatever it says of its end.
const maxLogoutAge = 10 * time.Minute

// ReadLogout checks a logout token. Errors: ErrRefused, ErrDown.
func (p *Provider) ReadLogout(ctx context.Context, raw string) (*Logout, error) {
	found, err := p.discover(ctx)
	if err != nil {
		return nil, err
	}
	token, err := p.verifier(found).VerifyLogout(oidc.ClientContext(ctx, p.client), raw)
	if err != nil {
		return nil, refusedToken(err)
	}
	var more struct {
		Events map[string]map[string]any `json:"events"`
	}
	if err := token.Claims(&more); err != nil {
		return nil, fmt.Errorf("%w: events are no objects", ErrRefused)
	}
	age := p.cfg.Now().Sub(token.IssuedAt)
	switch {
	case age > maxLogoutAge || age < -time.Minute:
		return nil, fmt.Errorf("%w: the logout token is of another time", ErrRefused)
	case len(token.TokenID) > maxClaim || len(token.Subject) > maxClaim || len(token.SessionID) > maxClaim:
		return nil, fmt.Errorf("%w: the logout token is too long", ErrRefused)
	}
	return &Logout{Subject: token.Subject, SID: token.SessionID, ID: token.TokenID, Expires: token.Expiry}, nil
}

// refusedToken: a key set that cannot be fetched is the provider's fault, all else is the token's.
func refusedToken(err error) error {
	if strings.Contains(err.Error(), "fetching keys") {
		return fmt.Errorf("%w: %w", ErrDown, err)
	}
	return fmt.Errorf("%w: %w", ErrRefused, err)
}
