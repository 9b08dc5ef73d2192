package oauth

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"praxis/internal/password"
	"praxis/internal/testdb"
	"praxis/models"
)

func TestG01_RedirectURIsAreComparedExactly(t *testing.T) {
	h := newSQLiteHouse(t, nil)
	a := h.app("read", "https://app.test/back", "https://app.test/other?x=1")
	b := h.browser()
	b.mustSignIn("ann")
	for _, uri := range []string{
		"", "https://app.test/", "https://app.test/back/", "https://app.test/back/more", "https://app.test/back?x=1", "https://app.test:444/back",
		"http://app.test/back", "https://APP.test/back", "https://evilapp.test/back", "https://app.test/back\nhttps://app.test/other?x=1",
		"https://app.test/back#x", "https://app.test/other", "javascript:alert(1)", outOfBand, "https://app.test@evil.test/back",
	} {
		got := b.get(a.query("read", "redirect_uri", uri))
		if got.StatusCode != http.StatusUnprocessableEntity || got.location() != "" || !strings.Contains(got.body, "not registered with") {
			t.Errorf("%q: %d, leads to %q", uri, got.StatusCode, got.location())
		}
		values := consent(b.get(a.query("read")), "allow")
		values.Set("redirect_uri", uri)
		if got := b.post("/oauth/authorize", values); got.location() != "" {
			t.Errorf("%q in the form leads to %q", uri, got.location())
		}
	}
	if got := b.get(a.query("read", "redirect_uri", "https://app.test/other?x=1")); got.StatusCode != http.StatusOK {
		t.Errorf("the second of two: %d", got.StatusCode)
	}
}

func TestG01_WhatIsWrongIsShownAndNotSentBack(t *testing.T) {
	h := newSQLiteHouse(t, nil)
	a := h.app("read")
	b := h.browser()
	b.mustSignIn("ann")
	for what, path := range map[string]string{
		"unknown client":   a.query("read", "client_id", "x"),
		"no client":        a.query("read", "client_id", ""),
		"response type":    a.query("read", "response_type", "token"),
		"scope":            a.query("everything"),
		"two redirects":    a.query("read") + "&redirect_uri=https://evil.test/",
		"two clients":      a.query("read") + "&client_id=x",
		"broken query":     a.query("read") + "&x=%zz",
		"bytes of no text": a.query("read") + "&state=%ff",
	} {
		got := b.get(path)
		if got.StatusCode != http.StatusUnprocessableEntity || got.location() != "" || !strings.Contains(got.body, "</html>") {
			t.Errorf("%s: %d, leads to %q", what, got.StatusCode, got.location())
		}
	}
}

func TestG02_CodeUsedTwiceRevokesItsTokens(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouse(t, database, nil)
		a := h.app("read")
		b := h.browser()
		b.mustSignIn("ann")
		other := a.token(b, "read")
		code := a.code(b, "read")
		first := a.redeem(code).json(t)["access_token"].(string)
		h.wantWorks(first, true)
		wantRefusal(t, "second use", a.redeem(code), 400, "invalid_grant")
		h.wantWorks(first, false)
		h.wantWorks(other, true)
	})
}

func TestG02_OfManyAtOnceOneAtMostGetsAToken(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouse(t, database, nil)
		a := h.app("read")
		b := h.browser()
		b.mustSignIn("ann")
		code := a.code(b, "read")
		answers := make([]answer, 8)
		var wait sync.WaitGroup
		for i := range answers {
			wait.Go(func() { answers[i] = a.redeem(code) })
		}
		wait.Wait()
		var tokens []string
		for _, got := range answers {
			if got.StatusCode == http.StatusOK {
				tokens = append(tokens, got.json(t)["access_token"].(string))
			} else {
				wantRefusal(t, "a slower one", got, 400, "invalid_grant")
			}
		}
		if len(tokens) != 1 {
			t.Fatalf("%d tokens for one code", len(tokens))
		}
		h.wantWorks(tokens[0], false) // the others were replays
	})
}

func TestG02_CodesEndAfterTenMinutes(t *testing.T) {
	h := newSQLiteHouse(t, nil)
	a := h.app("read")
	b := h.browser()
	b.mustSignIn("ann")
	early, late := a.code(b, "read"), a.code(b, "read")
	h.clock.forward(codeLife - time.Second)
	if got := a.redeem(early); got.StatusCode != http.StatusOK {
		t.Errorf("just in time: %d %s", got.StatusCode, got.body)
	}
	h.clock.forward(time.Second)
	wantRefusal(t, "too late", a.redeem(late), 400, "invalid_grant")
}

func challengeOf(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func TestG03_PKCE(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouse(t, database, nil)
		a := h.app("read")
		b := h.browser()
		b.mustSignIn("ann")
		verifier := strings.Repeat("v1", 25)
		with := []string{"code_challenge", challengeOf(verifier), "code_challenge_method", "S256"}

		code := a.code(b, "read", with...)
		wantRefusal(t, "verifier missing", a.redeem(code), 400, "invalid_grant")
		wantRefusal(t, "verifier wrong", a.redeem(code, "code_verifier", verifier+"x"), 400, "invalid_grant")
		wantRefusal(t, "challenge as verifier", a.redeem(code, "code_verifier", challengeOf(verifier)), 400, "invalid_grant")
		if got := a.redeem(code, "code_verifier", verifier); got.StatusCode != http.StatusOK {
			t.Errorf("right verifier: %d %s", got.StatusCode, got.body)
		}
		wantRefusal(t, "verifier for a code without challenge", a.redeem(a.code(b, "read"), "code_verifier", verifier), 400, "invalid_grant")
	})
}

func TestG03_OnlyS256(t *testing.T) {
	h := newSQLiteHouse(t, nil)
	a := h.app("read")
	b := h.browser()
	b.mustSignIn("ann")
	good := challengeOf("x")
	for what, changes := range map[string][]string{
		"plain":            {"code_challenge", good, "code_challenge_method", "plain"},
		"no method":        {"code_challenge", good},
		"method alone":     {"code_challenge_method", "S256"},
		"short challenge":  {"code_challenge", good[1:], "code_challenge_method", "S256"},
		"another alphabet": {"code_challenge", "+" + good[1:], "code_challenge_method", "S256"},
		"lower case":       {"code_challenge", good, "code_challenge_method", "s256"},
	} {
		if got := b.get(a.query("read", changes...)); got.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", what, got.StatusCode)
		}
	}
}

func TestG04_CodesAreBoundToClientAndRedirectURI(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouse(t, database, nil)
		a, other := h.app("read", "https://app.test/back", "https://app.test/second"), h.app("read")
		b := h.browser()
		b.mustSignIn("ann")
		code := a.code(b, "read")
		wantRefusal(t, "another client", other.redeem(code), 400, "invalid_grant")
		wantRefusal(t, "another redirect URI of the app", a.redeem(code, "redirect_uri", "https://app.test/second"), 400, "invalid_grant")
		wantRefusal(t, "a foreign redirect URI", a.redeem(code, "redirect_uri", "https://evil.test/"), 400, "invalid_grant")
		wantRefusal(t, "a wrong secret", a.redeem(code, "client_secret", other.secret), 401, "invalid_client")
		if got := a.redeem(code); got.StatusCode != http.StatusOK {
			t.Errorf("what failed used the code up: %d %s", got.StatusCode, got.body)
		}
	})
}

func TestG05_ScopesStayWithinThoseOfTheApp(t *testing.T) {
	h := newSQLiteHouse(t, nil)
	a := h.app("read write:statuses")
	b := h.browser()
	b.mustSignIn("ann")
	for _, scope := range []string{"write", "follow", "write:media", "read push", "admin:read"} {
		if got := b.get(a.query(scope)); got.StatusCode != http.StatusUnprocessableEntity || got.location() != "" {
			t.Errorf("%q: %d", scope, got.StatusCode)
		}
		values := consent(b.get(a.query("read")), "allow")
		values.Set("scope", scope)
		if got := b.post("/oauth/authorize", values); got.StatusCode != http.StatusUnprocessableEntity || got.location() != "" {
			t.Errorf("%q in the form: %d", scope, got.StatusCode)
		}
		got := h.browser().post("/oauth/token", url.Values{
			"grant_type": {"client_credentials"}, "client_id": {a.id}, "client_secret": {a.secret}, "scope": {scope},
		})
		wantRefusal(t, scope, got, 400, "invalid_scope")
	}
	p, err := h.bearer(a.token(b, "read:statuses write:statuses"))
	if err != nil {
		t.Fatal(err)
	}
	for scope, want := range map[string]bool{
		"read:statuses": true, "write:statuses": true, "read": false, "write": false, "read:accounts": false, "write:media": false, "follow": false, "profile": false,
	} {
		if got := p.Has(scope); got != want {
			t.Errorf("%s: %v", scope, got)
		}
	}
}

func TestG05_AdministratorsAloneGiveTheirScopes(t *testing.T) {
	h := newSQLiteHouse(t, nil)
	a := h.app("read admin:read")
	member, admin := h.browser(), h.browser()
	member.mustSignIn("ann")
	admin.mustSignIn("rosa")
	if got := member.get(a.query("read admin:read")); got.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a member: %d", got.StatusCode)
	}
	token := a.token(admin, "read admin:read")
	p, err := h.bearer(token)
	if err != nil || !p.Has("admin:read") || !p.Has("admin:read:accounts") || p.Has("admin:write") || p.Has("write") {
		t.Fatalf("%+v, %v", p, err)
	}
	account := h.account(h.root)
	account.Role = models.RoleMember
	if err := h.store.Tx(t.Context(), func(tx *models.Tx) error { return tx.SaveAccount(account) }); err != nil {
		t.Fatal(err)
	}
	if p, err = h.bearer(token); err != nil || p.Has("admin:read") || !p.Has("read") {
		t.Errorf("no administrator any more: %+v, %v", p, err)
	}
}

func TestG06_AppTokensAreNobodys(t *testing.T) {
	h := newSQLiteHouse(t, nil)
	a := h.app("read write profile")
	got := h.browser().post("/oauth/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {a.id}, "client_secret": {a.secret}, "scope": {"read profile"},
	})
	token := got.json(t)["access_token"].(string)
	p, err := h.bearer(token)
	if err != nil || p.Account != nil || p.Actor != nil || !p.Has("read") {
		t.Errorf("%+v, %v", p, err)
	}
	client := h.browser().with("Authorization", "Bearer "+token)
	if got := client.get("/oauth/userinfo"); got.StatusCode != http.StatusUnauthorized {
		t.Errorf("userinfo: %d %s", got.StatusCode, got.body)
	}
	if got := client.get("/api/v1/apps/verify_credentials"); got.StatusCode != http.StatusOK || strings.Contains(got.body, "secret") {
		t.Errorf("verify_credentials: %d %s", got.StatusCode, got.body)
	}
}

func TestG07_FormsOfOtherSitesAreRefused(t *testing.T) {
	h := newSQLiteHouse(t, nil)
	a := h.app("read")
	b := h.browser()
	b.mustSignIn("ann")
	values := consent(b.get(a.query("read")), "allow")
	for name, header := range map[string][2]string{
		"fetch metadata": {"Sec-Fetch-Site", "cross-site"}, "sub-domain": {"Sec-Fetch-Site", "same-site"}, "origin": {"Origin", "https://evil.test"}, "null": {"Origin", "null"},
	} {
		b.header = http.Header{header[0]: {header[1]}}
		for _, path := range []string{"/oauth/authorize", "/oauth/authorize/", "/auth/sign_in", "/auth/sign_out"} {
			got := b.post(path, values)
			if got.StatusCode != http.StatusForbidden || got.location() != "" || len(got.Header.Values("Set-Cookie")) > 0 {
				t.Errorf("%s to %s: %d", name, path, got.StatusCode)
			}
		}
		b.header = http.Header{}
		if got := b.get("/"); got.body != "home of ann" {
			t.Errorf("%s: %s", name, got.body)
		}
	}
	shown := b.get(a.query("read"))
	if got := shown.Header.Get("Content-Security-Policy"); !strings.Contains(got, "frame-ancestors 'none'") {
		t.Errorf("policy %q", got)
	}
	// The token endpoint is for scripts of other sites, too.
	client := h.browser().with("Origin", "https://client.test").with("Sec-Fetch-Site", "cross-site")
	got := client.post("/oauth/token", url.Values{"grant_type": {"client_credentials"}, "client_id": {a.id}, "client_secret": {a.secret}})
	if got.StatusCode != http.StatusOK {
		t.Errorf("token for another site: %d %s", got.StatusCode, got.body)
	}
}

func sessionCookie(t *testing.T, got answer) *http.Cookie {
	t.Helper()
	for _, cookie := range got.Cookies() {
		if strings.HasSuffix(cookie.Name, "praxis_session") {
			return cookie
		}
	}
	t.Fatalf("no session cookie: %d %v", got.StatusCode, got.Header)
	return nil
}

func TestG08_SignInTakesANewSession(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouse(t, database, nil)
		b := h.browser()
		b.header.Set("Cookie", "praxis_session=planted-by-somebody-else")
		first := sessionCookie(t, b.signIn("ann", secretWord, "/"))
		if first.Value == "planted-by-somebody-else" || !first.HttpOnly || first.SameSite != http.SameSiteLaxMode || first.Path != "/" || first.Secure {
			t.Errorf("cookie %+v", first)
		}
		b.header = http.Header{}
		second := sessionCookie(t, b.signIn("bob", secretWord, "/"))
		if first.Value == second.Value {
			t.Error("the second sign-in kept the session")
		}
		for value, want := range map[string]string{
			"planted-by-somebody-else": "home of nobody", first.Value: "home of nobody", second.Value: "home of bob",
			hashSecret(second.Value): "home of nobody", // what stands in the database opens nothing
		} {
			old := h.browser()
			old.header.Set("Cookie", "praxis_session="+value)
			if got := old.get("/"); got.body != want {
				t.Errorf("%s, want %s", got.body, want)
			}
		}
		if got := b.post("/auth/sign_out", nil); got.location() != "/" || sessionCookie(t, got).MaxAge >= 0 {
			t.Errorf("sign-out: %d %v", got.StatusCode, got.Header)
		}
		left := h.browser()
		left.header.Set("Cookie", "praxis_session="+second.Value)
		if got := left.get("/"); got.body != "home of nobody" {
			t.Errorf("after the sign-out: %s", got.body)
		}
	})
}

func TestG08_SecureCookiesHaveTheHostPrefix(t *testing.T) {
	h := newSQLiteHouse(t, func(cfg *Config) { cfg.SecureCookies = true })
	cookie := sessionCookie(t, h.browser().signIn("ann", secretWord, "/"))
	if cookie.Name != "__Host-praxis_session" || !cookie.Secure || cookie.Domain != "" || cookie.Path != "/" {
		t.Errorf("cookie %+v", cookie)
	}
}

func TestG08_NewPasswordEndsSessionsTokensAndCodes(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouse(t, database, nil)
		a := h.app("read")
		b, other := h.browser(), h.browser()
		b.mustSignIn("ann")
		other.mustSignIn("bob")
		token, code, kept := a.token(b, "read"), a.code(b, "read"), a.token(other, "read")
		if err := h.service.SetPassword(t.Context(), h.ann, "another good password", password.Cheap()); err != nil {
			t.Fatal(err)
		}
		if got := b.get("/"); got.body != "home of nobody" {
			t.Errorf("session: %s", got.body)
		}
		h.wantWorks(token, false)
		wantRefusal(t, "code", a.redeem(code), 400, "invalid_grant")
		h.wantWorks(kept, true)
		if got := other.get("/"); got.body != "home of bob" {
			t.Errorf("another member: %s", got.body)
		}
		if got := b.signIn("ann", secretWord, "/"); got.StatusCode != http.StatusUnauthorized {
			t.Errorf("old password: %d", got.StatusCode)
		}
	})
}

func TestG08_PasswordThatChangesDuringTheSignInDoesNotCount(t *testing.T) {
	h := newSQLiteHouse(t, nil)
	before := h.account(h.ann)
	if err := h.service.SetPassword(t.Context(), h.ann, "another good password", password.Cheap()); err != nil {
		t.Fatal(err)
	}
	if err := h.noteSignIn(t.Context(), before); models.ErrorCode(err) != models.Unauthorized {
		t.Errorf("error %v", err)
	}
	if err := h.noteSignIn(t.Context(), h.account(h.ann)); err != nil || h.account(h.ann).LastSignInAt == 0 {
		t.Errorf("error %v", err)
	}
}

func TestG08_DisabledAccountsAreOut(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouse(t, database, func(cfg *Config) { cfg.PasswordGrant = true })
		a := h.app("read")
		b := h.browser()
		b.mustSignIn("ann")
		token, code := a.token(b, "read"), a.code(b, "read")
		h.disable(h.ann)
		h.wantWorks(token, false)
		wantRefusal(t, "code", a.redeem(code), 400, "invalid_grant")
		if got := b.get("/"); got.body != "home of nobody" {
			t.Errorf("session: %s", got.body)
		}
		if got := b.signIn("ann", secretWord, "/"); got.StatusCode != http.StatusForbidden || !strings.Contains(got.body, "disabled") {
			t.Errorf("sign-in: %d", got.StatusCode)
		}
		if got := b.signIn("ann", "wrong password", "/"); got.StatusCode != http.StatusUnauthorized || strings.Contains(got.body, "disabled") {
			t.Errorf("sign-in by a wrong password: %d", got.StatusCode)
		}
		wantRefusal(t, "password grant", a.byPassword("ann", secretWord), 400, "invalid_grant")
	})
}

// byPassword asks for a token by the password grant.
func (a app) byPassword(login, plain string) answer {
	return a.h.browser().post("/oauth/token", url.Values{
		"grant_type": {"password"}, "client_id": {a.id}, "client_secret": {a.secret}, "username": {login}, "password": {plain}, "scope": {"read"},
	})
}

func TestG09_UnknownUsersGetTheSameAnswer(t *testing.T) {
	h := newSQLiteHouse(t, nil)
	known, unknown := h.browser().signIn("ann", "wrong password", "/"), h.browser().signIn("zoe", "wrong password", "/")
	same := strings.ReplaceAll(unknown.body, "zoe", "ann")
	if known.StatusCode != http.StatusUnauthorized || unknown.StatusCode != known.StatusCode || known.body != same {
		t.Errorf("known: %d %s\nunknown: %d %s", known.StatusCode, known.body, unknown.StatusCode, unknown.body)
	}
	if !strings.Contains(known.body, "The user name or the password is wrong.") || strings.Contains(known.body, "wrong password") {
		t.Errorf("page: %s", known.body)
	}
	if strings.Contains(h.log.String(), "wrong password") {
		t.Error("the password is in the log")
	}
}

func TestG09_PasswordGuessingIsLimitedByAccount(t *testing.T) {
	h := newSQLiteHouse(t, func(cfg *Config) { cfg.PasswordGrant = true })
	a := h.app("read")
	for _, user := range []string{"ann", "zoe"} { // known and unknown alike
		names := []string{user, "@" + strings.ToUpper(user), user + "@" + h.service.Links().Host}
		for i := range 25 {
			b := h.browser().with("Test-Client", fmt.Sprintf("198.51.100.%d", i))
			if got := b.signIn(names[i%3], "wrong password", "/"); got.StatusCode != http.StatusUnauthorized {
				t.Fatalf("%s, try %d: %d", user, i, got.StatusCode)
			}
		}
		got := h.browser().with("Test-Client", "203.0.113.1").signIn(user, secretWord, "/")
		if got.StatusCode != http.StatusTooManyRequests || got.Header.Get("Retry-After") != "144" || got.Header.Get("Set-Cookie") != "" {
			t.Errorf("%s, try 26: %d, Retry-After %q", user, got.StatusCode, got.Header.Get("Retry-After"))
		}
	}
	if got := a.byPassword("ann", secretWord); got.StatusCode != http.StatusTooManyRequests || got.Header.Get("Retry-After") == "" {
		t.Errorf("password grant: %d %s", got.StatusCode, got.body)
	}
	h.browser().mustSignIn("bob")
	h.clock.forward(145 * time.Second)
	h.browser().mustSignIn("ann")
}

func TestG09_PasswordGuessingIsLimitedByAddress(t *testing.T) {
	h := newSQLiteHouse(t, nil)
	try := func(client, user string) int {
		return h.browser().with("Test-Client", client).signIn(user, "wrong password", "/").StatusCode
	}
	for i := range 25 {
		if got := try(fmt.Sprintf("2001:db8:0:1::%x", i), fmt.Sprintf("user%d", i)); got != http.StatusUnauthorized {
			t.Fatalf("try %d: %d", i, got)
		}
	}
	if got := try("2001:db8:0:1:ffff::1", "user99"); got != http.StatusTooManyRequests {
		t.Errorf("the same /64: %d", got)
	}
	if got := try("2001:db8:0:2::1", "user99"); got != http.StatusUnauthorized {
		t.Errorf("another /64: %d", got)
	}
	h.clock.forward(13 * time.Second)
	if got := try("2001:db8:0:1::1", "user98"); got != http.StatusUnauthorized {
		t.Errorf("after a while: %d", got)
	}
}

func TestG09_RightPasswordsDoNotUseUpTheLimit(t *testing.T) {
	h := newSQLiteHouse(t, nil)
	for range 60 {
		h.browser().mustSignIn("ann")
	}
}

func TestF13_LimitsHoldOnEveryWayIn(t *testing.T) {
	h := newSQLiteHouse(t, func(cfg *Config) { cfg.PasswordGrant = true })
	a := h.app("read")
	values := url.Values{"login": {"ann"}, "password": {"wrong password"}}
	for range 25 {
		h.browser().post("/auth/sign_in", values)
	}
	object := `{"grant_type":"password","client_id":"` + a.id + `","client_secret":"` + a.secret + `","username":"bob","password":"x"}`
	for what, got := range map[string]answer{
		"slash":         h.browser().post("/auth/sign_in/", values),
		"slashes":       h.browser().post("/auth/sign_in//", values),
		"query":         h.browser().post("/auth/sign_in?x=1", values),
		"in the query":  h.browser().do("POST", "/auth/sign_in?"+values.Encode(), "", ""),
		"other account": h.browser().signIn("bob", secretWord, "/"),
		"token":         h.browser().do("POST", "/oauth/token", "application/json", object),
		"token, slash":  h.browser().do("POST", "/oauth/token/", "application/json", object),
	} {
		if got.StatusCode != http.StatusTooManyRequests || got.Header.Get("Retry-After") == "" {
			t.Errorf("%s: %d %s", what, got.StatusCode, got.body)
		}
	}
	for _, path := range []string{"/auth/sign_in.json", "/AUTH/sign_in", "/auth/Sign_in", "/auth/%73ign_in/x"} {
		if got := h.browser().post(path, values); got.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.StatusCode)
		}
	}
}

func TestF13_RegistrationAndConsentAreLimited(t *testing.T) {
	h := newSQLiteHouse(t, nil)
	a := h.app("read")
	b := h.browser()
	b.mustSignIn("ann")
	shown := consent(b.get(a.query("read")), "allow")
	for range 25 {
		if got := b.post("/oauth/authorize", shown); got.StatusCode != http.StatusSeeOther {
			t.Fatalf("consent: %d", got.StatusCode)
		}
	}
	if got := b.post("/oauth/authorize", shown); got.StatusCode != http.StatusTooManyRequests || got.location() != "" {
		t.Errorf("consent 26: %d", got.StatusCode)
	}
	for range 59 {
		h.app("read")
	}
	got := h.browser().do("POST", "/api/v1/apps/", "application/json", `{"client_name":"x","redirect_uris":"x:y"}`)
	if got.StatusCode != http.StatusTooManyRequests || got.Header.Get("Retry-After") != "10" {
		t.Errorf("registration 61: %d %v", got.StatusCode, got.Header)
	}
}

func TestD18_LimitersForgetTheQuietestKey(t *testing.T) {
	l := newLimiter(2, time.Minute)
	l.max = 3
	now := time.Now()
	take := func(key string) bool { return l.take(nopWriter{}, key, now) == nil }
	for _, key := range []string{"a", "a", "b", "c", "a", "d"} { // d makes it forget b
		take(key)
	}
	if len(l.keys) != 3 || l.recent.Len() != 3 || l.keys["b"] != nil {
		t.Errorf("%d keys, %d in order, b: %v", len(l.keys), l.recent.Len(), l.keys["b"])
	}
	if take("a") {
		t.Error("a was forgotten")
	}
}

type nopWriter struct{}

func (nopWriter) Header() http.Header         { return http.Header{} }
func (nopWriter) Write(p []byte) (int, error) { return len(p), nil }
func (nopWriter) WriteHeader(int)             {}

func TestPlaceOfAnAddress(t *testing.T) {
	for addr, want := range map[string]string{
		"192.0.2.7": "192.0.2.7", "::ffff:192.0.2.7": "192.0.2.7", "2001:db8:1:2:3::4": "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64",
	} {
		if got := placeOf(netip.MustParseAddr(addr)); got != want {
			t.Errorf("%s: %s", addr, got)
		}
	}
}

func TestG10_LongPasswords(t *testing.T) {
	h := newSQLiteHouse(t, nil)
	long := strings.Repeat("0123456789", 10) // beyond the 72 bytes at which bcrypt cuts
	if err := h.service.SetPassword(t.Context(), h.ann, long, password.Cheap()); err != nil {
		t.Fatal(err)
	}
	for what, tc := range map[string]struct {
		plain  string
		status int
	}{
		"whole": {long, 303}, "cut": {long[:72], 401}, "longer": {long + "x", 401}, "none": {"", 401},
		"over the limit": {strings.Repeat("x", password.MaxBytes+1), 401}, "10 MB": {strings.Repeat("x", 10<<20), 422},
	} {
		if got := h.browser().signIn("ann", tc.plain, "/"); got.StatusCode != tc.status {
			t.Errorf("%s: %d, want %d", what, got.StatusCode, tc.status)
		}
	}
}

func TestG24_SignInLeadsNowhereElse(t *testing.T) {
	h := newSQLiteHouse(t, nil)
	for next, want := range map[string]string{
		"": "/", "/": "/", "/communities?x=1#y": "/communities?x=1#y", "/@ann": "/@ann", "/oauth/authorize?a=%2F%2Fb": "/oauth/authorize?a=%2F%2Fb",
		"//evil.test": "/", "///evil.test": "/", "/\\evil.test": "/", "\\\\evil.test": "/", "https://evil.test/": "/", "https:evil.test": "/",
		"javascript:alert(1)": "/", "evil.test": "/", "/\t/evil.test": "/", "/\n/evil.test": "/", " //evil.test": "/", "/%2F/evil.test": "/",
		"/" + strings.Repeat("x", maxNext): "/", "?x": "/", "/%zz": "/", "/a/..//evil.test": "/evil.test",
	} {
		got := h.browser().signIn("ann", secretWord, next)
		if got.StatusCode != http.StatusSeeOther || got.location() != want {
			t.Errorf("%q: %d, leads to %q, want %q", next, got.StatusCode, got.location(), want)
		}
	}
	shown := h.browser().get("/auth/sign_in?next=//evil.test")
	if strings.Contains(shown.body, "evil.test") {
		t.Errorf("page: %s", shown.body)
	}
}

func TestPasswordGrant(t *testing.T) {
	h := newSQLiteHouse(t, func(cfg *Config) { cfg.PasswordGrant = true })
	a := h.app("read")
	got := a.byPassword("ann@mail.test", secretWord)
	if got.StatusCode != http.StatusOK {
		t.Fatalf("%d %s", got.StatusCode, got.body)
	}
	if p, err := h.bearer(got.json(t)["access_token"].(string)); err != nil || p.Actor.ID != h.ann.ID {
		t.Errorf("%+v, %v", p, err)
	}
	wantRefusal(t, "wrong password", a.byPassword("ann", "wrong password"), 400, "invalid_grant")
	a.secret = "x"
	wantRefusal(t, "wrong secret", a.byPassword("ann", secretWord), 401, "invalid_client")
	if strings.Contains(h.log.String(), secretWord) {
		t.Error("the password is in the log")
	}
}

func TestSecretsAreStoredAsHashes(t *testing.T) {
	var statements strings.Builder
	var mu sync.Mutex
	url := testdb.SQLite(t)
	h := newHouse(t, url, nil)
	traced, err := models.Open(t.Context(), url, models.Options{Trace: func(statement string) {
		mu.Lock()
		defer mu.Unlock()
		statements.WriteString(statement + "\n")
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer traced.Close()
	h.store = traced
	h.sessions = newSessions(traced, false)
	a := h.app("read")
	b := h.browser()
	session := sessionCookie(t, b.signIn("ann", secretWord, "/")).Value
	code := a.code(b, "read")
	token := a.redeem(code).json(t)["access_token"].(string)
	h.wantWorks(token, true)
	mu.Lock()
	defer mu.Unlock()
	if !strings.Contains(statements.String(), hashSecret(token)) {
		t.Fatal("the trace does not see the statements")
	}
	for what, secret := range map[string]string{"session": session, "code": code, "token": token, "client secret": a.secret, "password": secretWord} {
		if strings.Contains(statements.String(), secret) || strings.Contains(h.log.String(), secret) {
			t.Errorf("the %s is in the database or the log as it is", what)
		}
	}
}
