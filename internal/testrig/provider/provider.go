package provider

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// The client that instances under test are.
const (
	ClientID = "praxis"
	Secret   = "between us"
	Password = "at the provider"
)

// User is somebody whom the provider knows.
type User struct {
	Subject  string
	Login    string
	Name     string
	Email    string
	Verified bool
	Groups   []string
}

// Provider is a provider that runs.
type Provider struct {
	URL string // its issuer

	t      testing.TB
	people *people
	mu     sync.Mutex
	down   bool
	alter  func(claims map[string]any)
}

// New starts a provider, which ends with the test. Back are the addresses that people may be sent back to.
func New(t testing.TB, back ...string) *Provider {
	t.Helper()
	p := &Provider{t: t}
	server := httptest.NewUnstartedServer(nil)
	p.URL = "http://" + server.Listener.Addr().String()
	users := &directory{users: map[string]*User{}}
	p.people = &people{
		Storage: storage.NewStorageWithClients(users, map[string]*storage.Client{ClientID: storage.WebClient(ClientID, Secret, back...)}),
		users:   users,
	}
	handler, err := op.NewProvider(&op.Config{
		CryptoKey: [32]byte{1}, CryptoKeyId: "1", CodeMethodS256: true, AuthMethodPost: true, GrantTypeRefreshToken: true,
	}, p.people, op.StaticIssuer(p.URL), op.WithAllowInsecure())
	if err != nil {
		t.Fatal(err)
	}
	pages := http.NewServeMux()
	pages.HandleFunc("GET /login/username", showLogin)
	pages.Handle("POST /login/username", op.NewIssuerInterceptor(handler.IssuerFromRequest).HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.signIn(w, r, op.AuthCallbackURL(handler))
	}))
	pages.HandleFunc("POST /oauth/token", func(w http.ResponseWriter, r *http.Request) { p.tokens(w, r, handler) })
	pages.Handle("/", handler)
	server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.isDown() {
			http.Error(w, "under repair", http.StatusServiceUnavailable)
			return
		}
		pages.ServeHTTP(w, r)
	})
	server.Start()
	t.Cleanup(server.Close)
	return p
}

// Add makes somebody known, or changes them.
func (p *Provider) Add(user User) {
	p.people.users.mu.Lock()
	defer p.people.users.mu.Unlock()
	p.people.users.users[user.Subject] = &user
}

// SetDown makes the provider answer nothing but 503, or work again.
func (p *Provider) SetDown(down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = down
}

func (p *Provider) isDown() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.down
}

// Alter changes the claims of all ID tokens from now on, before they are signed; nil lets them be.
func (p *Provider) Alter(change func(claims map[string]any)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.alter = change
}

// Forget ends what somebody may refresh.
func (p *Provider) Forget(subject string) {
	if err := p.people.TerminateSession(context.Background(), subject, ClientID); err != nil {
		p.t.Fatal(err)
	}
}

// Sign gives a token of the provider with some claims.
func (p *Provider) Sign(claims map[string]any) string {
	p.t.Helper()
	signed, err := p.sign(claims)
	if err != nil {
		p.t.Fatal(err)
	}
	return signed
}

func (p *Provider) sign(claims map[string]any) (string, error) {
	key, err := p.people.SigningKey(context.Background())
	if err != nil {
		return "", err
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key.Key(), KeyID: key.ID()}}, nil)
	if err != nil {
		return "", err
	}
	raw, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	signed, err := signer.Sign(raw)
	if err != nil {
		return "", err
	}
	return signed.CompactSerialize()
}

// LogoutToken gives a logout token; changes replace its claims, nil takes one away.
func (p *Provider) LogoutToken(subject string, changes map[string]any) string {
	now := time.Now().Unix()
	claims := map[string]any{
		"iss": p.URL, "aud": ClientID, "iat": now, "exp": now + 120, "jti": fmt.Sprint("logout ", time.Now().UnixNano()), "sub": subject,
		"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}},
	}
	maps.Copy(claims, changes)
	maps.DeleteFunc(claims, func(_ string, value any) bool { return value == nil })
	return p.Sign(claims)
}

// tokens lets the provider answer, and alters the ID token in the answer.
func (p *Provider) tokens(w http.ResponseWriter, r *http.Request, inner http.Handler) {
	kept := httptest.NewRecorder()
	inner.ServeHTTP(kept, r)
	body := kept.Body.Bytes()
	p.mu.Lock()
	alter := p.alter
	p.mu.Unlock()
	if alter != nil && kept.Code == http.StatusOK {
		altered, err := p.altered(body, alter)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		body = altered
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(kept.Code)
	_, _ = w.Write(body)
}

func (p *Provider) altered(body []byte, alter func(map[string]any)) ([]byte, error) {
	answer := map[string]any{}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, err
	}
	raw, ok := answer["id_token"].(string)
	if !ok {
		return body, nil
	}
	parsed, err := jose.ParseSignedCompact(raw, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return nil, err
	}
	claims := map[string]any{}
	decoder := json.NewDecoder(bytes.NewReader(parsed.UnsafePayloadWithoutVerification()))
	decoder.UseNumber()
	if err := decoder.Decode(&claims); err != nil {
		return nil, err
	}
	alter(claims)
	if answer["id_token"], err = p.sign(claims); err != nil {
		return nil, err
	}
	return json.Marshal(answer)
}

func showLogin(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	fmt.Fprintf(w, `<!doctype html><title>Staff sign-in</title><h1>Staff sign-in</h1><form method="post" action="/login/username">
<input type="hidden" name="id" value="%s"><label>Name <input id="username" name="username"></label>
<label>Password <input id="password" name="password" type="password"></label><button>Sign in</button></form>`, url.QueryEscape(r.URL.Query().Get("authRequestID")))
}

func (p *Provider) signIn(w http.ResponseWriter, r *http.Request, back func(context.Context, string) string) {
	id := r.FormValue("id")
	if err := p.people.CheckUsernamePassword(r.FormValue("username"), r.FormValue("password"), id); err != nil {
		http.Error(w, err.Error(), http.StatusForbidden)
		return
	}
	http.Redirect(w, r, back(r.Context(), id), http.StatusFound)
}

// Visit signs somebody in at the address to which an instance sent them, and gives the address to which the provider sends them back.
func (p *Provider) Visit(address, login string) string {
	p.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		p.t.Fatal(err)
	}
	client := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if !strings.HasPrefix(r.URL.String(), p.URL) {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	shown, err := client.Get(address)
	if err != nil {
		p.t.Fatal(err)
	}
	body, _ := io.ReadAll(shown.Body)
	shown.Body.Close()
	_, rest, found := strings.Cut(string(body), `name="id" value="`)
	id, _, _ := strings.Cut(rest, `"`)
	if !found {
		p.t.Fatalf("the provider shows %d %s", shown.StatusCode, body)
	}
	led, err := client.PostForm(p.URL+"/login/username", url.Values{"id": {id}, "username": {login}, "password": {Password}})
	if err != nil {
		p.t.Fatal(err)
	}
	defer led.Body.Close()
	if led.Header.Get("Location") == "" {
		body, _ := io.ReadAll(led.Body)
		p.t.Fatalf("the provider sends nobody back: %d %s", led.StatusCode, body)
	}
	return led.Header.Get("Location")
}

// directory is whom the provider knows.
type directory struct {
	mu    sync.Mutex
	users map[string]*User
}

// GetUserByID gives somebody by subject.
func (d *directory) GetUserByID(id string) *storage.User {
	d.mu.Lock()
	defer d.mu.Unlock()
	return asStored(d.users[id])
}

// GetUserByUsername gives somebody by the name that they type.
func (d *directory) GetUserByUsername(login string) *storage.User {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, user := range d.users {
		if user.Login == login {
			return asStored(user)
		}
	}
	return nil
}

// ExampleClientID names a client that there is not.
func (d *directory) ExampleClientID() string { return "none" }

func asStored(u *User) *storage.User {
	if u == nil {
		return nil
	}
	first, last, _ := strings.Cut(u.Name, " ")
	return &storage.User{
		ID: u.Subject, Username: u.Login, Password: Password, FirstName: first, LastName: last, Email: u.Email, EmailVerified: u.Verified,
	}
}

// people adds groups to what the storage says of somebody.
type people struct {
	*storage.Storage
	users *directory
}

// SetUserinfoFromToken answers at the address for user information.
func (s *people) SetUserinfoFromToken(ctx context.Context, info *oidc.UserInfo, tokenID, subject, origin string) error {
	if err := s.Storage.SetUserinfoFromToken(ctx, info, tokenID, subject, origin); err != nil {
		return err
	}
	s.users.mu.Lock()
	defer s.users.mu.Unlock()
	user := s.users.users[subject]
	if user == nil {
		return errors.New("nobody")
	}
	info.AppendClaims("groups", user.Groups)
	return nil
}
