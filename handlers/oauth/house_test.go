package oauth

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/mux"

	"praxis/handlers/middleware"
	"praxis/handlers/page"
	"praxis/internal/password"
	"praxis/internal/testdb"
	"praxis/internal/testkeys"
	"praxis/models"
	"praxis/practice"
)

const secretWord = "correct horse battery"

// clock is the time of a test, which goes on only when it is told to.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// house is an instance with two members, an administrator and a server that listens.
type house struct {
	*Server
	t       *testing.T
	clock   *clock
	service *practice.Service
	url     string
	log     *lockedBuffer
	ann     *models.Actor
	bob     *models.Actor
	root    *models.Actor
}

type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func newHouse(t *testing.T, database string, change func(*Config)) *house {
	t.Helper()
	return newHouseAt(t, "127.0.0.1", database, change)
}

// newHouseAt is for what depends on how the host is called.
func newHouseAt(t *testing.T, name, database string, change func(*Config)) *house {
	t.Helper()
	h := &house{t: t, clock: &clock{now: time.Now()}, log: &lockedBuffer{}}
	store, err := models.Open(t.Context(), database, models.Options{Now: h.clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	web := httptest.NewUnstartedServer(nil)
	_, port, err := net.SplitHostPort(web.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	host := net.JoinHostPort(name, port)
	h.url = "http://" + host
	log := slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	h.service = practice.New(store, practice.Links{Base: h.url, Host: host}, practice.Limits{}, log)
	h.service.UseKeys((&testkeys.Ring{}).Next)
	cfg := Config{
		Service: h.service, Page: page.New(page.Config{Name: "St. Anne's", Host: host, Log: log}),
		Hashing: password.Cheap(), Now: h.clock.Now, Log: log,
		ClientIP: func(r *http.Request) netip.Addr {
			addr, _ := netip.ParseAddr(firstOf(r.Header.Get("Test-Client"), "192.0.2.1"))
			return addr
		},
	}
	if change != nil {
		change(&cfg)
	}
	if h.Server, err = New(cfg); err != nil {
		t.Fatal(err)
	}
	router := mux.NewRouter()
	h.Routes(router)
	cfg.Page.Routes(router)
	router.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		name := "nobody"
		if actor := h.SignedIn(r); actor != nil {
			name = actor.Username
		}
		_, _ = io.WriteString(w, "home of "+name)
	})
	web.Config.Handler = middleware.Chain(router, middleware.SecurityHeaders(""), middleware.CORS, middleware.Slash, h.Middleware)
	web.Start()
	t.Cleanup(web.Close)
	h.ann, h.bob, h.root = h.member("ann", false), h.member("bob", false), h.member("rosa", true)
	return h
}

// newSQLiteHouse is for what does not depend on the database.
func newSQLiteHouse(t *testing.T, change func(*Config)) *house {
	t.Helper()
	return newHouse(t, testdb.SQLite(t), change)
}

// member makes a member without keys, which take long to make and sign nothing here.
func (h *house) member(name string, admin bool) *models.Actor {
	h.t.Helper()
	hash, err := password.Hash(secretWord, password.Cheap())
	if err != nil {
		h.t.Fatal(err)
	}
	links := h.service.Links()
	actor := &models.Actor{
		URI: links.Actor(models.TypePerson, name), Type: models.TypePerson, Username: name, Host: links.Host, Local: true,
		DisplayName: strings.ToUpper(name[:1]) + name[1:], URL: links.Profile(name),
	}
	account := &models.Account{Email: name + "@mail.test", PasswordHash: hash, Role: models.RoleMember}
	if admin {
		account.Role = models.RoleAdmin
	}
	err = h.store.Tx(h.t.Context(), func(tx *models.Tx) error {
		if err := tx.CreateActor(actor); err != nil {
			return err
		}
		account.ActorID = actor.ID
		return tx.CreateAccount(account)
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return actor
}

func (h *house) account(actor *models.Actor) *models.Account {
	h.t.Helper()
	account, err := h.store.Read(h.t.Context()).AccountByActor(actor.ID)
	if err != nil {
		h.t.Fatal(err)
	}
	return account
}

func (h *house) disable(actor *models.Actor) {
	h.t.Helper()
	account := h.account(actor)
	account.DisabledAt = models.At(h.clock.Now())
	if err := h.store.Tx(h.t.Context(), func(tx *models.Tx) error { return tx.SaveAccount(account) }); err != nil {
		h.t.Fatal(err)
	}
}

// browser keeps cookies and follows no redirect.
type browser struct {
	h      *house
	client *http.Client
	header http.Header
}

func (h *house) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return &browser{h: h, header: http.Header{}, client: &http.Client{
		Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// answer is a response with its body read.
type answer struct {
	*http.Response
	body string
}

func (a answer) location() string { return a.Header.Get("Location") }

func (a answer) json(t *testing.T) map[string]any {
	t.Helper()
	var object map[string]any
	if err := json.Unmarshal([]byte(a.body), &object); err != nil {
		t.Fatalf("status %d is no JSON: %q", a.StatusCode, a.body)
	}
	return object
}

func (b *browser) do(method, path, mediaType, body string) answer {
	b.h.t.Helper()
	target := path
	if strings.HasPrefix(path, "/") {
		target = b.h.url + path
	}
	r, err := http.NewRequestWithContext(b.h.t.Context(), method, target, strings.NewReader(body))
	if err != nil {
		b.h.t.Fatal(err)
	}
	for name, values := range b.header {
		r.Header[name] = values
	}
	if mediaType != "" {
		r.Header.Set("Content-Type", mediaType)
	}
	res, err := b.client.Do(r)
	if err != nil {
		b.h.t.Fatal(err)
	}
	defer res.Body.Close()
	read, err := io.ReadAll(res.Body)
	if err != nil {
		b.h.t.Fatal(err)
	}
	return answer{res, string(read)}
}

func (b *browser) get(path string) answer { return b.do(http.MethodGet, path, "", "") }

func (b *browser) post(path string, values url.Values) answer {
	return b.do(http.MethodPost, path, "application/x-www-form-urlencoded", values.Encode())
}

// with sets a header for all requests.
func (b *browser) with(name, value string) *browser {
	b.header.Set(name, value)
	return b
}

func (b *browser) signIn(login, plain, next string) answer {
	return b.post("/auth/sign_in", url.Values{"login": {login}, "password": {plain}, "next": {next}})
}

func (b *browser) mustSignIn(login string) {
	b.h.t.Helper()
	if got := b.signIn(login, secretWord, "/"); got.StatusCode != http.StatusSeeOther {
		b.h.t.Fatalf("sign-in of %s: %d %s", login, got.StatusCode, got.body)
	}
}

// app is a registered client.
type app struct {
	h        *house
	id       string
	secret   string
	redirect string
}

func (h *house) app(scopes string, redirects ...string) app {
	h.t.Helper()
	if len(redirects) == 0 {
		redirects = []string{"https://app.test/back"}
	}
	got := h.browser().post("/api/v1/apps", url.Values{
		"client_name": {"Tusker"}, "redirect_uris": {strings.Join(redirects, "\n")}, "scopes": {scopes}, "website": {"https://tusker.test"},
	})
	if got.StatusCode != http.StatusOK {
		h.t.Fatalf("register: %d %s", got.StatusCode, got.body)
	}
	entity := got.json(h.t)
	return app{h: h, id: entity["client_id"].(string), secret: entity["client_secret"].(string), redirect: redirects[0]}
}

// query asks for authorization; changes replace parameters, "" takes one away.
func (a app) query(scope string, changes ...string) string {
	values := url.Values{
		"client_id": {a.id}, "redirect_uri": {a.redirect}, "response_type": {"code"}, "scope": {scope}, "state": {"st&te"},
	}
	change(values, changes)
	return "/oauth/authorize?" + values.Encode()
}

func change(values url.Values, changes []string) {
	for i := 0; i+1 < len(changes); i += 2 {
		values.Del(changes[i])
		if changes[i+1] != "" {
			values.Set(changes[i], changes[i+1])
		}
	}
}

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)

// consent fills in the form that a page shows.
func consent(shown answer, decision string) url.Values {
	values := url.Values{"decision": {decision}}
	for _, found := range hiddenField.FindAllStringSubmatch(shown.body, -1) {
		values.Set(found[1], unescape(found[2]))
	}
	return values
}

func unescape(text string) string {
	return strings.NewReplacer("&amp;", "&", "&#43;", "+", "&lt;", "<", "&gt;", ">", "&#34;", `"`, "&#39;", "'").Replace(text)
}

// code walks through consent as b, who is signed in, and gives the code.
func (a app) code(b *browser, scope string, changes ...string) string {
	a.h.t.Helper()
	shown := b.get(a.query(scope, changes...))
	if shown.StatusCode != http.StatusOK {
		a.h.t.Fatalf("consent page: %d %s", shown.StatusCode, shown.body)
	}
	led := b.post("/oauth/authorize", consent(shown, "allow"))
	back, err := url.Parse(led.location())
	if err != nil || led.StatusCode != http.StatusSeeOther {
		a.h.t.Fatalf("consent: %d %s %v", led.StatusCode, led.body, err)
	}
	return back.Query().Get("code")
}

// redeem asks for the token of a code.
func (a app) redeem(code string, changes ...string) answer {
	a.h.t.Helper()
	values := url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "client_id": {a.id}, "client_secret": {a.secret}, "redirect_uri": {a.redirect},
	}
	change(values, changes)
	return a.h.browser().post("/oauth/token", values)
}

func (a app) token(b *browser, scope string) string {
	a.h.t.Helper()
	got := a.redeem(a.code(b, scope))
	if got.StatusCode != http.StatusOK {
		a.h.t.Fatalf("token: %d %s", got.StatusCode, got.body)
	}
	return got.json(a.h.t)["access_token"].(string)
}

// bearer asks whom a token speaks for.
func (h *house) bearer(token string) (*Principal, error) {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	return h.Bearer(r)
}

func (h *house) wantWorks(token string, works bool) {
	h.t.Helper()
	principal, err := h.bearer(token)
	if (err == nil && principal != nil) != works {
		h.t.Errorf("token works: %v, want %v (%v)", !works, works, err)
	}
	if !works && models.ErrorCode(err) != models.Unauthorized {
		h.t.Errorf("error %v, want an unauthorized one", err)
	}
}

// wantRefusal checks an error of the protocol.
func wantRefusal(t *testing.T, what string, got answer, status int, code string) {
	t.Helper()
	body := got.json(t)
	if got.StatusCode != status || body["error"] != code || body["error_description"] == "" {
		t.Errorf("%s: %d %s, want %d %s", what, got.StatusCode, got.body, status, code)
	}
}
