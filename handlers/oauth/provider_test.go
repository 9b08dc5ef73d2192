package oauth

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"praxis/internal/signon"
	"praxis/internal/testdb"
	"praxis/internal/testrig/provider"
	"praxis/models"
	"praxis/practice"
)

// clinic is a house whose members sign in by a provider.
type clinic struct {
	*house
	at *provider.Provider
}

func newClinic(t *testing.T, database string, rules practice.Provider, change func(*Config)) *clinic {
	t.Helper()
	c := &clinic{}
	c.house = newHouse(t, database, func(cfg *Config) {
		base := cfg.Service.Links().Base
		c.at = provider.New(t, base+CallbackPath("clinic"), base+CallbackPath("other"))
		cfg.SignOns = map[string]*signon.Provider{}
		var known []practice.Provider
		for _, key := range []string{"clinic", "other"} {
			cfg.SignOns[key] = signon.New(signon.Config{
				Issuer: c.at.URL, ClientID: provider.ClientID, ClientSecret: provider.Secret, GroupsClaim: "groups", ExternalIDClaim: "sub",
				Scopes: []string{"openid", "profile", "email", "offline_access"}, RedirectURL: base + CallbackPath(key), Now: cfg.Now,
			})
			one := rules
			one.Key, one.Name, one.Issuer = key, map[string]string{"clinic": "Staff sign-in", "other": "Guest sign-in"}[key], c.at.URL
			known = append(known, one)
		}
		cfg.Service.UseProviders(known)
		if change != nil {
			change(cfg)
		}
	})
	return c
}

// leave sends a browser to the provider, and gives where that sends it back to.
func (c *clinic) leave(b *browser, login, next string) string {
	c.t.Helper()
	led := b.get("/auth/oidc/clinic?next=" + url.QueryEscape(next))
	if led.StatusCode != http.StatusSeeOther || !strings.HasPrefix(led.location(), c.at.URL) {
		c.t.Fatalf("to the provider: %d %s %s", led.StatusCode, led.location(), led.body)
	}
	return c.at.Visit(led.location(), login)
}

// come walks the whole way in; newcomers choose their login as their name.
func (c *clinic) come(b *browser, login string) answer {
	c.t.Helper()
	got := b.get(c.leave(b, login, "/"))
	if got.location() == "/auth/welcome" {
		got = b.post("/auth/welcome", url.Values{"username": {login}, "agreement": {"true"}})
	}
	return got
}

func (c *clinic) mustCome(b *browser, login string) *models.Account {
	c.t.Helper()
	if got := c.come(b, login); got.StatusCode != http.StatusSeeOther || got.location() != "/" {
		c.t.Fatalf("%s comes in: %d %q %s", login, got.StatusCode, got.location(), got.body)
	}
	account, err := c.store.Read(c.t.Context()).AccountByLogin(login, c.links.Host)
	if err != nil {
		c.t.Fatal(err)
	}
	return account
}

func (b *browser) wantHome(name string) {
	b.h.t.Helper()
	if got := b.get("/").body; got != "home of "+name {
		b.h.t.Errorf("the browser is at the %s, want %s", got, name)
	}
}

func cleo() provider.User {
	return provider.User{Subject: "subject-1", Login: "cleo", Name: "Cleo Berg", Email: "cleo@mail.test", Verified: true, Groups: []string{"nurses"}}
}

func TestTheFirstSignInByAProviderAsksForTheUserNameOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		c := newClinic(t, database, practice.Provider{Create: true}, nil)
		c.at.Add(cleo())
		a := c.app("read write")
		b := c.browser()
		if shown := b.get("/auth/sign_in?next=%2Fx").body; !strings.Contains(shown, `href="/auth/oidc/clinic?next=%2fx"`) {
			t.Errorf("the page for signing in has no button: %s", shown)
		}
		got := b.get(c.leave(b, "cleo", a.query("read write")))
		if got.location() != "/auth/welcome" {
			t.Fatalf("back from the provider: %d %s %s", got.StatusCode, got.location(), got.body)
		}
		b.wantHome("nobody")
		if shown := b.get("/auth/welcome").body; !strings.Contains(shown, `value="cleo"`) {
			t.Errorf("no name is suggested: %s", shown)
		}
		for name, values := range map[string]url.Values{
			"taken":    {"username": {"ann"}, "agreement": {"true"}},
			"reserved": {"username": {"admin"}, "agreement": {"true"}},
			"no name":  {"username": {"Cleo Berg"}, "agreement": {"true"}},
			"no rules": {"username": {"cleo"}},
		} {
			if got := b.post("/auth/welcome", values); got.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(got.body, `role="alert"`) {
				t.Errorf("%s: %d %s", name, got.StatusCode, got.body)
			}
		}
		got = b.post("/auth/welcome", url.Values{"username": {"Cleo"}, "agreement": {"true"}})
		if got.StatusCode != http.StatusSeeOther || !strings.HasPrefix(got.location(), "/oauth/authorize") {
			t.Fatalf("after the choice: %d %s %s", got.StatusCode, got.location(), got.body)
		}
		b.wantHome("cleo")
		c.wantWorks(a.token(b, "read write"), true)
		account, err := c.store.Read(t.Context()).AccountByLogin("cleo", c.links.Host)
		if err != nil || account.Email != "cleo@mail.test" || account.IsWaiting() || account.PasswordHash != "" {
			t.Errorf("the account is %+v, %v", account, err)
		}
		if got := b.post("/auth/welcome", url.Values{"username": {"cleo2"}, "agreement": {"true"}}); got.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("the choice is made again: %d", got.StatusCode)
		}
		other := c.browser()
		if again := c.mustCome(other, "cleo"); again.ID != account.ID {
			t.Error("the second sign-in made another account")
		}
		other.wantHome("cleo")
	})
}

func TestG11_AnAddressOfSomebodyElseAttachesNothing(t *testing.T) {
	c := newClinic(t, testdb.SQLite(t), practice.Provider{Create: true}, nil)
	thief := cleo()
	thief.Email = "Ann@mail.test"
	c.at.Add(thief)
	c.at.Add(provider.User{Subject: "subject-2", Login: "dora", Email: "dora@mail.test", Verified: false})
	account := c.mustCome(c.browser(), "cleo")
	if account.ActorID == c.ann.ID || account.Email != "" || c.account(c.ann).Email != "ann@mail.test" {
		t.Errorf("the account is %+v", account)
	}
	if unverified := c.mustCome(c.browser(), "dora"); unverified.Email != "" {
		t.Errorf("an address that nobody vouches for is %q", unverified.Email)
	}
}

// connect attaches what login is at the provider to the account that a browser is signed in with.
func (c *clinic) connect(b *browser, login string) answer {
	c.t.Helper()
	led := b.post("/settings/identities/connect", url.Values{"provider": {"clinic"}})
	if led.StatusCode != http.StatusSeeOther {
		c.t.Fatalf("connect: %d %s", led.StatusCode, led.body)
	}
	return b.get(c.at.Visit(led.location(), login))
}

func TestAMemberConnectsAndDisconnectsASignIn(t *testing.T) {
	c := newClinic(t, testdb.SQLite(t), practice.Provider{Create: false}, nil)
	c.at.Add(cleo())
	b := c.browser()
	if got := c.come(b, "cleo"); got.StatusCode != http.StatusForbidden || !strings.Contains(got.body, "an administrator") {
		t.Errorf("unknown person where accounts are not made: %d %s", got.StatusCode, got.body)
	}
	b.mustSignIn("ann")
	if got := c.connect(b, "cleo"); got.location() != "/settings/identities" {
		t.Fatalf("connect: %d %s", got.StatusCode, got.body)
	}
	if shown := b.get("/settings/identities"); !strings.Contains(shown.body, "<p>cleo ") || !strings.Contains(shown.Header.Get("Content-Security-Policy"), c.at.URL) {
		t.Errorf("connected sign-ins: %s", shown.body)
	}
	other := c.browser()
	if got := other.get(c.leave(other, "cleo", "/")); got.location() != "/" {
		t.Fatalf("sign-in by what is connected: %d %s", got.StatusCode, got.body)
	}
	other.wantHome("ann")

	bob := c.browser()
	bob.mustSignIn("bob")
	if got := c.connect(bob, "cleo"); got.StatusCode != http.StatusConflict {
		t.Errorf("what is Ann's is connected with Bob: %d %s", got.StatusCode, got.body)
	}
	// Who began to connect must still be signed in at the end.
	led := bob.post("/settings/identities/connect", url.Values{"provider": {"clinic"}})
	back := c.at.Visit(led.location(), "cleo")
	bob.post("/auth/sign_out", nil)
	bob.mustSignIn("ann")
	if got := bob.get(back); got.StatusCode != http.StatusForbidden {
		t.Errorf("connected with whoever is signed in at the end: %d", got.StatusCode)
	}

	identity := consent(b.get("/settings/identities"), "").Get("identity")
	if got := bob.browserOf("bob").post("/settings/identities/disconnect", url.Values{"identity": {identity}}); got.StatusCode != http.StatusNotFound {
		t.Errorf("Bob disconnects what is Ann's: %d", got.StatusCode)
	}
	if got := b.post("/settings/identities/disconnect", url.Values{"identity": {identity}}); got.StatusCode != http.StatusSeeOther {
		t.Errorf("disconnect: %d %s", got.StatusCode, got.body)
	}
	other.wantHome("nobody")
	b.wantHome("ann")
}

func (b *browser) browserOf(login string) *browser {
	fresh := b.h.browser()
	fresh.mustSignIn(login)
	return fresh
}

func TestTheOnlyWayInIsNotTakenAway(t *testing.T) {
	c := newClinic(t, testdb.SQLite(t), practice.Provider{Create: true}, nil)
	c.at.Add(cleo())
	b := c.browser()
	c.mustCome(b, "cleo")
	identity := consent(b.get("/settings/identities"), "").Get("identity")
	if got := b.post("/settings/identities/disconnect", url.Values{"identity": {identity}}); got.StatusCode != http.StatusConflict {
		t.Errorf("disconnect: %d %s", got.StatusCode, got.body)
	}
	b.wantHome("cleo")
}

func TestTokensThatWereNotMadeForThisSignInAreRefused(t *testing.T) {
	c := newClinic(t, testdb.SQLite(t), practice.Provider{Create: true}, nil)
	c.at.Add(cleo())
	before := c.countAccounts()
	for name, alter := range map[string]func(claims map[string]any){
		"another audience":    func(m map[string]any) { m["aud"] = []string{"wiki"} },
		"another party":       func(m map[string]any) { m["azp"] = "wiki" },
		"several audiences":   func(m map[string]any) { m["aud"], m["azp"] = []string{provider.ClientID, "wiki"}, "" },
		"another issuer":      func(m map[string]any) { m["iss"] = "https://evil.example" },
		"another nonce":       func(m map[string]any) { m["nonce"] = "x" },
		"no nonce":            func(m map[string]any) { delete(m, "nonce") },
		"expired":             func(m map[string]any) { m["exp"] = time.Now().Add(-time.Hour).Unix() },
		"of last week":        func(m map[string]any) { m["iat"] = time.Now().Add(-7 * 24 * time.Hour).Unix() },
		"of tomorrow":         func(m map[string]any) { m["iat"] = time.Now().Add(24 * time.Hour).Unix() },
		"nobody":              func(m map[string]any) { m["sub"] = "" },
		"a long name":         func(m map[string]any) { m["sub"] = strings.Repeat("x", 300) },
		"another tokens hash": func(m map[string]any) { m["at_hash"] = "AAAAAAAAAAAAAAAAAAAAAA" },
		"another person":      func(m map[string]any) { m["sub"] = "subject-9" }, // userinfo speaks of the first
	} {
		c.at.Alter(alter)
		b := c.browser()
		if got := b.get(c.leave(b, "cleo", "/")); got.StatusCode != http.StatusForbidden || !strings.Contains(got.body, "Begin again") {
			t.Errorf("%s: %d %s", name, got.StatusCode, got.location())
		}
		b.wantHome("nobody")
	}
	c.at.Alter(nil)
	if got := c.countAccounts(); got != before {
		t.Errorf("%d accounts were made", got-before)
	}
	c.mustCome(c.browser(), "cleo")
}

func (h *house) countAccounts() int {
	h.t.Helper()
	all, err := h.store.Read(h.t.Context()).Accounts()
	if err != nil {
		h.t.Fatal(err)
	}
	return len(all)
}

func TestTheWayBackIsGoodOnceAndForItsBrowserOnly(t *testing.T) {
	c := newClinic(t, testdb.SQLite(t), practice.Provider{Create: true}, nil)
	c.at.Add(cleo())
	b := c.browser()
	back := c.leave(b, "cleo", "/")
	stranger := c.browser()
	if got := stranger.get(back); got.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("another browser comes back: %d %s", got.StatusCode, got.location())
	}
	if got := b.get(back); got.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("the state counts after another browser used it: %d %s", got.StatusCode, got.location())
	}
	back = c.leave(b, "cleo", "/")
	swapped := strings.Replace(back, CallbackPath("clinic"), CallbackPath("other"), 1)
	if got := b.get(swapped); got.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("it counts for another provider: %d", got.StatusCode)
	}
	for name, change := range map[string]func(url.Values){
		"another state":  func(v url.Values) { v.Set("state", "x") },
		"no state":       func(v url.Values) { v.Del("state") },
		"another code":   func(v url.Values) { v.Set("code", "x") },
		"another issuer": func(v url.Values) { v.Set("iss", "https://evil.example") },
		"a refusal":      func(v url.Values) { v.Del("code"); v.Set("error", "access_denied") },
	} {
		back, err := url.Parse(c.leave(b, "cleo", "/"))
		if err != nil {
			t.Fatal(err)
		}
		query := back.Query()
		change(query)
		back.RawQuery = query.Encode()
		if got := b.get(back.String()); got.StatusCode != http.StatusUnprocessableEntity && got.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d %s", name, got.StatusCode, got.location())
		}
		b.wantHome("nobody")
	}
	back = c.leave(b, "cleo", "/")
	if got := b.get(back); got.location() != "/auth/welcome" {
		t.Errorf("the true way: %d %s", got.StatusCode, got.body)
	}
	if got := b.get(back); got.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("the code is taken again: %d %s", got.StatusCode, got.location())
	}
	slow := c.leave(b, "cleo", "/")
	c.clock.forward(stepLife + time.Second)
	if got := b.get(slow); got.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a quarter of an hour later: %d", got.StatusCode)
	}
}

func TestAProviderThatIsDownIsSaidToBe(t *testing.T) {
	c := newClinic(t, testdb.SQLite(t), practice.Provider{Create: true}, nil)
	c.at.Add(cleo())
	c.at.SetDown(true)
	b := c.browser()
	got := b.get("/auth/oidc/clinic")
	if got.StatusCode != http.StatusServiceUnavailable || !strings.Contains(got.body, "Try again in a few minutes") || got.Header.Get("Retry-After") == "" {
		t.Errorf("on the way there: %d %s", got.StatusCode, got.body)
	}
	if got := b.get("/auth/oidc/nowhere"); got.StatusCode != http.StatusNotFound {
		t.Errorf("a sign-in that there is not: %d", got.StatusCode)
	}
	for _, path := range []string{"/auth/sign_in", "/settings/identities"} {
		if got := b.browserOf("ann").get(path); got.StatusCode != http.StatusOK {
			t.Errorf("%s while the provider is down: %d", path, got.StatusCode)
		}
	}
}

func TestG24_AProviderLeadsNowhereElse(t *testing.T) {
	c := newClinic(t, testdb.SQLite(t), practice.Provider{Create: true}, nil)
	c.at.Add(cleo())
	c.mustCome(c.browser(), "cleo")
	for _, next := range []string{"//evil.example", "https://evil.example", `/\evil.example`} {
		b := c.browser()
		if got := b.get(c.leave(b, "cleo", next)); got.location() != "/" {
			t.Errorf("%s leads to %s", next, got.location())
		}
	}
}

func TestGroupsLetInAndGiveRoles(t *testing.T) {
	c := newClinic(t, testdb.SQLite(t), practice.Provider{
		Create: true, Allowed: []string{"nurses", "it"}, Admins: []string{"it"}, Moderators: []string{"wardens"}, Contact: "it@clinic.test",
	}, nil)
	person := cleo()
	role := func(groups ...string) *models.Account {
		t.Helper()
		person.Groups = groups
		c.at.Add(person)
		return c.mustCome(c.browser(), "cleo")
	}
	person.Groups = []string{"visitors"}
	c.at.Add(person)
	if got := c.come(c.browser(), "cleo"); got.StatusCode != http.StatusForbidden || !strings.Contains(got.body, "it@clinic.test") {
		t.Errorf("somebody of no group that may come in: %d %s", got.StatusCode, got.body)
	}
	for _, step := range []struct {
		groups []string
		want   string
	}{
		{[]string{"nurses"}, models.RoleMember},
		{[]string{"nurses", "wardens"}, models.RoleModerator},
		{[]string{"it", "wardens"}, models.RoleAdmin},
		{[]string{"nurses", "wardens"}, models.RoleModerator},
		{[]string{"nurses"}, models.RoleMember},
	} {
		if got := role(step.groups...); got.Role != step.want || (got.RoleBy == "") != (step.want == models.RoleMember) {
			t.Errorf("groups %v give the role %s by %q, want %s", step.groups, got.Role, got.RoleBy, step.want)
		}
	}
	actor, err := c.store.Read(t.Context()).ActorByHandle("cleo", c.links.Host)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.service.SetRole(t.Context(), actor, models.RoleModerator); err != nil {
		t.Fatal(err)
	}
	if got := role("nurses"); got.Role != models.RoleModerator {
		t.Errorf("the role that a person gave is %s after a sign-in", got.Role)
	}
	if got := role("it"); got.Role != models.RoleAdmin {
		t.Errorf("the groups give %s", got.Role)
	}
	if got := role("nurses"); got.Role != models.RoleModerator {
		t.Errorf("the groups take back to %s, not to what a person gave", got.Role)
	}
}

func TestG26_GroupsDoNotTakeTheLastAdmin(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		c := newClinic(t, database, practice.Provider{Create: true, Admins: []string{"it"}}, nil)
		person := cleo()
		person.Groups = []string{"it"}
		c.at.Add(person)
		c.mustCome(c.browser(), "cleo")
		if err := c.service.SetRole(t.Context(), c.root, models.RoleMember); err != nil {
			t.Fatal(err)
		}
		person.Groups = nil
		c.at.Add(person)
		if got := c.mustCome(c.browser(), "cleo"); got.Role != models.RoleAdmin {
			t.Errorf("the last admin became %s", got.Role)
		}
		if err := c.service.SetRole(t.Context(), c.root, models.RoleAdmin); err != nil {
			t.Fatal(err)
		}
		if got := c.mustCome(c.browser(), "cleo"); got.Role != models.RoleMember {
			t.Errorf("one of two admins stays %s", got.Role)
		}
	})
}

func TestG7_FormsOfWaysInAreTakenFromOurPagesOnly(t *testing.T) {
	c := newClinic(t, testdb.SQLite(t), practice.Provider{Create: true}, func(cfg *Config) { cfg.Invitations = "members" })
	for _, path := range []string{
		"/auth/welcome", "/auth/second", "/auth/passkey", "/settings/identities/connect", "/settings/identities/disconnect", "/settings/invitations",
		"/settings/invitations/revoke", "/settings/security/code", "/settings/security/passkey", "/settings/security/remove",
		"/settings/security/recovery", practice.EntryPath + "x",
	} {
		b := c.browser()
		b.mustSignIn("ann")
		b.with("Origin", "https://evil.example").with("Sec-Fetch-Site", "cross-site")
		if got := b.post(path, url.Values{"provider": {"clinic"}}); got.StatusCode != http.StatusForbidden || !strings.Contains(got.body, "another site") {
			t.Errorf("%s: %d %s", path, got.StatusCode, got.location())
		}
	}
	for _, path := range []string{"/settings/identities", "/settings/security", "/settings/security/code", "/settings/invitations"} {
		if got := c.browser().get(path); got.StatusCode != http.StatusSeeOther || !strings.HasPrefix(got.location(), "/auth/sign_in?next=") {
			t.Errorf("%s for who is not signed in: %d %s", path, got.StatusCode, got.location())
		}
	}
}
