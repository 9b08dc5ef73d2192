package oauth

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"praxis/internal/testdb"
	"praxis/models"
)

func TestWholeFlow(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouse(t, database, nil)
		a := h.app("read write follow push")
		b := h.browser()

		// As toot asks: with a slash before the question mark, and parameters that nobody knows.
		asked := strings.Replace(a.query("read write"), "?", "/?access_type=offline&", 1)
		led := b.get(asked)
		if led.StatusCode != http.StatusSeeOther || !strings.HasPrefix(led.location(), "/auth/sign_in?next=%2Foauth%2Fauthorize") {
			t.Fatalf("without a session: %d %s", led.StatusCode, led.location())
		}
		form := b.get(led.location())
		if form.StatusCode != http.StatusOK || !strings.Contains(form.body, "<strong>Tusker</strong>") || strings.Contains(form.body, "<script") {
			t.Fatalf("sign-in page: %d %s", form.StatusCode, form.body)
		}
		led = b.signIn("ann", secretWord, consent(form, "").Get("next"))
		if led.StatusCode != http.StatusSeeOther || !strings.HasPrefix(led.location(), "/oauth/authorize?") {
			t.Fatalf("sign-in: %d %s", led.StatusCode, led.location())
		}
		shown := b.get(led.location())
		for _, want := range []string{"Tusker", "https://tusker.test", "@ann@", "Read everything that your account can see", "app.test"} {
			if !strings.Contains(shown.body, want) {
				t.Errorf("%q is not on the consent page: %s", want, shown.body)
			}
		}
		if got := shown.Header.Get("Content-Security-Policy"); !strings.Contains(got, "form-action 'self' https://app.test;") {
			t.Errorf("policy %q", got)
		}
		led = b.post("/oauth/authorize", consent(shown, "allow"))
		back, err := url.Parse(led.location())
		if err != nil || back.Host != "app.test" || back.Path != "/back" || back.Query().Get("state") != "st&te" {
			t.Fatalf("led back to %s, %v", led.location(), err)
		}

		got := a.redeem(back.Query().Get("code"))
		token := got.json(t)
		if got.StatusCode != http.StatusOK || token["token_type"] != "Bearer" || token["scope"] != "read write" || token["created_at"] != float64(h.clock.Now().Unix()) {
			t.Fatalf("token: %d %s", got.StatusCode, got.body)
		}
		if got.Header.Get("Cache-Control") != "no-store" || got.Header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("headers %v", got.Header)
		}
		access := token["access_token"].(string)
		client := h.browser().with("Authorization", "bEARER "+access)
		if got := client.get("/api/v1/apps/verify_credentials"); got.StatusCode != 200 || got.json(t)["name"] != "Tusker" {
			t.Errorf("verify_credentials: %d %s", got.StatusCode, got.body)
		}
		if got := client.get("/oauth/userinfo").json(t); got["sub"] != h.ann.URI || got["preferred_username"] != "ann" || got["iss"] != h.url+"/" {
			t.Errorf("userinfo: %v", got)
		}
		revoke := url.Values{"client_id": {a.id}, "client_secret": {a.secret}, "token": {access}}
		for range 2 { // the second time it is unknown
			if got := client.post("/oauth/revoke", revoke); got.StatusCode != 200 || got.body != "{}" {
				t.Errorf("revoke: %d %s", got.StatusCode, got.body)
			}
		}
		h.wantWorks(access, false)
		if got := client.get("/oauth/userinfo"); got.StatusCode != 401 {
			t.Errorf("userinfo by a revoked token: %d", got.StatusCode)
		}
	})
}

func TestOutOfBandShowsTheCode(t *testing.T) {
	h := newSQLiteHouse(t, nil)
	a := h.app("read", outOfBand)
	b := h.browser()
	b.mustSignIn("ann@mail.test")
	shown := b.post("/oauth/authorize", consent(b.get(a.query("read")), "allow"))
	_, rest, _ := strings.Cut(shown.body, `id="code">`)
	code, _, _ := strings.Cut(rest, "<")
	if shown.StatusCode != 200 || len(code) != 43 || shown.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %s", shown.StatusCode, shown.body)
	}
	if got := a.redeem(code); got.StatusCode != 200 {
		t.Errorf("token: %d %s", got.StatusCode, got.body)
	}
	if got := b.post("/oauth/authorize", consent(b.get(a.query("read")), "deny")); got.location() != "/" {
		t.Errorf("denied: %d %s", got.StatusCode, got.location())
	}
}

func TestDeniedTellsTheApp(t *testing.T) {
	h := newSQLiteHouse(t, nil)
	a := h.app("read", "https://app.test/back?keep=1")
	b := h.browser()
	b.mustSignIn("ann")
	for _, decision := range []string{"deny", "", "ALLOW"} {
		led := b.post("/oauth/authorize", consent(b.get(a.query("read")), decision))
		if !strings.HasPrefix(led.location(), "https://app.test/back?keep=1&error=access_denied") || !strings.HasSuffix(led.location(), "state=st%26te") {
			t.Errorf("%q: %s", decision, led.location())
		}
	}
}

func TestCustomSchemesComeBackAsTheyWereRegistered(t *testing.T) {
	h := newSQLiteHouse(t, nil)
	b := h.browser()
	b.mustSignIn("ann")
	for uri, source := range map[string]string{
		"com.tapbots.Ivory.10217:/request_token": "com.tapbots.ivory.10217:", "icecubesapp://": "icecubesapp:",
		"tuba://auth_code": "tuba:", "http://127.0.0.1:7/cb": "http://127.0.0.1:7", "http://[::1]:7/cb": "http:",
	} {
		a := h.app("read", uri)
		shown := b.get(a.query("read"))
		if got := shown.Header.Get("Content-Security-Policy"); !strings.Contains(got, "form-action 'self' "+source+";") {
			t.Errorf("%s: policy %q", uri, got)
		}
		led := b.post("/oauth/authorize", consent(shown, "allow"))
		if !strings.HasPrefix(led.location(), uri+"?code=") {
			t.Errorf("%s: led to %s", uri, led.location())
		}
	}
}

func TestRegistrationInEveryForm(t *testing.T) {
	h := newSQLiteHouse(t, nil)
	values := url.Values{"client_name": {"Ivory"}, "redirect_uris": {"https://a.test/x\nivory:/y"}, "scopes": {"read write:statuses"}}
	asJSON := `{"client_name":"Ivory","redirect_uris":["https://a.test/x","ivory:/y"],"scopes":"read write:statuses","website":null}`
	parts := "--x\r\nContent-Disposition: form-data; name=\"client_name\"\r\n\r\nIvory\r\n" +
		"--x\r\nContent-Disposition: form-data; name=\"redirect_uris[]\"\r\n\r\nhttps://a.test/x\r\n" +
		"--x\r\nContent-Disposition: form-data; name=\"redirect_uris[]\"\r\n\r\nivory:/y\r\n" +
		"--x\r\nContent-Disposition: form-data; name=\"scopes\"\r\n\r\nread write:statuses\r\n--x--\r\n"
	for name, got := range map[string]answer{
		"form":  h.browser().post("/api/v1/apps", values),
		"query": h.browser().do("POST", "/api/v1/apps?"+values.Encode(), "", ""),
		"json":  h.browser().do("POST", "/api/v1/apps", "application/json; charset=utf-8", asJSON),
		"parts": h.browser().do("POST", "/api/v1/apps", "multipart/form-data; boundary=x", parts),
	} {
		if got.StatusCode != http.StatusOK {
			t.Errorf("%s: %d %s", name, got.StatusCode, got.body)
			continue
		}
		var entity struct {
			ID, Name              string
			Website               *string
			Scopes                []string
			RedirectURI           string   `json:"redirect_uri"`
			RedirectURIs          []string `json:"redirect_uris"`
			ClientID              string   `json:"client_id"`
			ClientSecret          string   `json:"client_secret"`
			ClientSecretExpiresAt *int     `json:"client_secret_expires_at"`
			VapidKey              *string  `json:"vapid_key"`
		}
		if err := json.Unmarshal([]byte(got.body), &entity); err != nil {
			t.Fatal(err)
		}
		if entity.ID == "" || entity.Name != "Ivory" || entity.Website != nil || !slices.Equal(entity.Scopes, []string{"read", "write:statuses"}) ||
			!slices.Equal(entity.RedirectURIs, []string{"https://a.test/x", "ivory:/y"}) || entity.RedirectURI != "https://a.test/x\nivory:/y" ||
			entity.ClientID == "" || len(entity.ClientSecret) != 43 || entity.ClientSecretExpiresAt == nil || *entity.ClientSecretExpiresAt != 0 || entity.VapidKey == nil {
			t.Errorf("%s: %s", name, got.body)
		}
	}
}

func TestRegistrationRefusesBadInput(t *testing.T) {
	h := newSQLiteHouse(t, nil)
	good := url.Values{"client_name": {"X"}, "redirect_uris": {"https://a.test/"}, "scopes": {"read"}}
	for name, changes := range map[string][]string{
		"no name": {"client_name", ""}, "blank name": {"client_name", "  "}, "long name": {"client_name", strings.Repeat("é", 61)},
		"no redirect": {"redirect_uris", ""}, "scope": {"scopes", "read everything"}, "website": {"website", "javascript:alert(1)"},
		"relative": {"redirect_uris", "/back"}, "script": {"redirect_uris", "JavaScript:alert(1)"}, "data": {"redirect_uris", "data:text/html,x"},
		"fragment": {"redirect_uris", "https://a.test/#x"}, "no host": {"redirect_uris", "https:///x"}, "user": {"redirect_uris", "https://a.test@evil.test/"},
		"one of two": {"redirect_uris", "https://a.test/\nvbscript:x"}, "nul": {"client_name", "a\x00b"}, "quote": {"redirect_uris", `x:"y`},
		"many": {"redirect_uris", strings.Repeat("https://a.test/ ", 21)}, "long": {"redirect_uris", "https://a.test/" + strings.Repeat("x", 2000)},
	} {
		values := url.Values{}
		for key, list := range good {
			values[key] = list
		}
		change(values, changes)
		got := h.browser().post("/api/v1/apps", values)
		if got.StatusCode != http.StatusUnprocessableEntity || got.json(t)["error"] == "" {
			t.Errorf("%s: %d %s", name, got.StatusCode, got.body)
		}
	}
	for name, got := range map[string]answer{
		"broken JSON":  h.browser().do("POST", "/api/v1/apps", "application/json", `{"client_name":`),
		"two objects":  h.browser().do("POST", "/api/v1/apps", "application/json", `{} {}`),
		"nested":       h.browser().do("POST", "/api/v1/apps", "application/json", `{"client_name":{"a":1}}`),
		"large":        h.browser().do("POST", "/api/v1/apps", "application/json", `{"client_name":"`+strings.Repeat("x", maxForm)+`"}`),
		"media type":   h.browser().do("POST", "/api/v1/apps", "text/xml", `<app/>`),
		"broken parts": h.browser().do("POST", "/api/v1/apps", "multipart/form-data", `x`),
	} {
		if got.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", name, got.StatusCode, got.body)
		}
	}
}

func TestTokenByBasicAndEveryForm(t *testing.T) {
	h := newSQLiteHouse(t, nil)
	a := h.app("read")
	b := h.browser()
	b.mustSignIn("ann")

	// golang.org/x/oauth2 tries Basic, and on a failure the body, with the same code: that must still be good.
	code := a.code(b, "read")
	wrong := h.browser()
	wrong.header.Set("Authorization", basic(a.id, "wrong"))
	values := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {a.redirect}}
	got := wrong.post("/oauth/token", values)
	wantRefusal(t, "wrong secret", got, 401, "invalid_client")
	if !strings.Contains(got.body, "Client authentication failed") || got.Header.Get("WWW-Authenticate") == "" {
		t.Errorf("wrong secret: %s %v", got.body, got.Header)
	}
	right := h.browser()
	right.header.Set("Authorization", basic(a.id, a.secret))
	if got := right.post("/oauth/token", values); got.StatusCode != 200 {
		t.Errorf("basic: %d %s", got.StatusCode, got.body)
	}
	values.Set("client_id", "another")
	wantRefusal(t, "two ids", right.post("/oauth/token", values), 400, "invalid_request")

	all := url.Values{"grant_type": {"client_credentials"}, "client_id": {a.id}, "client_secret": {a.secret}}
	object, err := json.Marshal(map[string]string{"grant_type": "client_credentials", "client_id": a.id, "client_secret": a.secret})
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]answer{
		"query": h.browser().do("POST", "/oauth/token?"+all.Encode(), "", ""),
		"json":  h.browser().do("POST", "/oauth/token/", "application/json", string(object)),
		"form":  h.browser().post("/oauth/token", all),
	} {
		if got.StatusCode != 200 || got.json(t)["scope"] != "read" {
			t.Errorf("%s: %d %s", name, got.StatusCode, got.body)
		}
	}
}

func basic(id, secret string) string {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.SetBasicAuth(id, secret)
	return r.Header.Get("Authorization")
}

func TestTokenRefusals(t *testing.T) {
	h := newSQLiteHouse(t, nil)
	a := h.app("read")
	for _, tc := range []struct {
		what    string
		changes []string
		status  int
		code    string
	}{
		{"no grant type", []string{"grant_type", ""}, 400, "invalid_request"},
		{"unknown grant type", []string{"grant_type", "refresh_token"}, 400, "unsupported_grant_type"},
		{"password grant is off", []string{"grant_type", "password"}, 400, "unsupported_grant_type"},
		{"no code", []string{"code", ""}, 400, "invalid_request"},
		{"no redirect URI", []string{"redirect_uri", ""}, 400, "invalid_request"},
		{"unknown code", []string{"code", "xyz"}, 400, "invalid_grant"},
		{"no client", []string{"client_id", ""}, 401, "invalid_client"},
		{"unknown client", []string{"client_id", "x"}, 401, "invalid_client"},
		{"no secret", []string{"client_secret", ""}, 401, "invalid_client"},
	} {
		wantRefusal(t, tc.what, a.redeem("code", tc.changes...), tc.status, tc.code)
	}
	got := h.browser().do("POST", "/oauth/token", "application/x-www-form-urlencoded", "grant_type=password&grant_type=client_credentials&client_id="+a.id)
	wantRefusal(t, "two grant types", got, 400, "invalid_request")
}

func TestRevokeIsForTheClientsOwnTokens(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouse(t, database, nil)
		a, other := h.app("read"), h.app("read")
		b := h.browser()
		b.mustSignIn("ann")
		token := a.token(b, "read")
		for name, values := range map[string]url.Values{
			"another client": {"client_id": {other.id}, "client_secret": {other.secret}, "token": {token}},
			"no secret":      {"client_id": {a.id}, "token": {token}},
			"nobody":         {"token": {token}},
		} {
			wantRefusal(t, name, h.browser().post("/oauth/revoke", values), 403, "unauthorized_client")
		}
		h.wantWorks(token, true)
	})
}

func TestBearerTakesTokensFromEverywhereAndLeavesTheBody(t *testing.T) {
	h := newSQLiteHouse(t, nil)
	token, err := h.IssueToken(t.Context(), h.ann, "command line", "read write")
	if err != nil {
		t.Fatal(err)
	}
	body := "status=hi&access_token=" + token
	form := httptest.NewRequest("POST", "/", strings.NewReader(body))
	form.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	header := httptest.NewRequest("GET", "/", nil)
	header.Header.Set("Authorization", "BEARER  "+token)
	for name, r := range map[string]*http.Request{
		"query": httptest.NewRequest("GET", "/?access_token="+token, nil), "form": form, "header": header,
	} {
		p, err := h.Bearer(r)
		if err != nil || p == nil || p.Actor == nil || p.Actor.ID != h.ann.ID || p.Account.ActorID != h.ann.ID || p.App.Name != "command line" {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
	if err := form.ParseForm(); err != nil || form.PostForm.Get("status") != "hi" {
		t.Errorf("the form is gone: %v, %v", form.PostForm, err)
	}
	if p, err := h.Bearer(httptest.NewRequest("GET", "/", nil)); p != nil || err != nil {
		t.Errorf("without a token: %v, %v", p, err)
	}
	for _, bad := range []string{"Bearer", "Bearer x", "bearer " + token + "x"} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Authorization", bad)
		if _, err := h.Bearer(r); models.ErrorCode(err) != models.Unauthorized {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestIssueTokenRefuses(t *testing.T) {
	h := newSQLiteHouse(t, nil)
	if _, err := h.IssueToken(t.Context(), h.ann, "x", "read all"); models.ErrorCode(err) != models.Invalid {
		t.Errorf("unknown scope: %v", err)
	}
	if _, err := h.IssueToken(t.Context(), h.ann, "x", "admin:read"); models.ErrorCode(err) != models.Invalid {
		t.Errorf("no administrator: %v", err)
	}
	if _, err := h.IssueToken(t.Context(), &models.Actor{ID: 1}, "x", "read"); !models.IsNotFound(err) {
		t.Errorf("no account: %v", err)
	}
}

func TestMetadata(t *testing.T) {
	for _, passwordGrant := range []bool{false, true} {
		h := newSQLiteHouse(t, func(cfg *Config) { cfg.PasswordGrant = passwordGrant })
		got := h.browser().get("/.well-known/oauth-authorization-server")
		var entity metadata
		if err := json.Unmarshal([]byte(got.body), &entity); err != nil || got.StatusCode != 200 {
			t.Fatalf("%d %s", got.StatusCode, got.body)
		}
		if entity.TokenEndpoint != h.url+"/oauth/token" || !slices.Equal(entity.ChallengeMethods, []string{"S256"}) ||
			slices.Contains(entity.GrantTypes, "password") != passwordGrant || !slices.Contains(entity.Scopes, "write:statuses") {
			t.Errorf("%s", got.body)
		}
		for _, scope := range entity.Scopes {
			if _, err := parseScopes(scope); err != nil {
				t.Errorf("%s is listed and not taken: %v", scope, err)
			}
		}
	}
}

func TestForceLoginAsksAgainAndConsentIsOfWhoSawThePage(t *testing.T) {
	h := newSQLiteHouse(t, nil)
	a := h.app("read")
	b := h.browser()
	b.mustSignIn("ann")
	led := b.get(a.query("read", "force_login", "true"))
	if !strings.HasPrefix(led.location(), "/auth/sign_in?next=") || strings.Contains(led.location(), "force_login") {
		t.Fatalf("led to %s", led.location())
	}
	if form := b.get(led.location()); !strings.Contains(form.body, "signed in as <strong>@ann</strong>") {
		t.Errorf("sign-in page: %s", form.body)
	}
	shown := b.get(a.query("read", "force_login", "false"))
	b.mustSignIn("bob") // in another tab
	again := b.post("/oauth/authorize", consent(shown, "allow"))
	if again.StatusCode != http.StatusOK || !strings.Contains(again.body, "@bob@") {
		t.Errorf("ann's page as bob: %d %s", again.StatusCode, again.location())
	}
}

func TestPruneKeepsWhatIsUsed(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouse(t, database, nil)
		used, unused := h.app("read"), h.app("read")
		b := h.browser()
		b.mustSignIn("ann")
		token := used.token(b, "read")
		h.clock.forward(31 * 24 * time.Hour)
		fresh := h.app("read")
		if err := h.Prune(t.Context()); err != nil {
			t.Fatal(err)
		}
		h.wantWorks(token, true)
		for id, there := range map[string]bool{used.id: true, unused.id: false, fresh.id: true} {
			if _, err := h.Server.app(t.Context(), id); (err == nil) != there {
				t.Errorf("app is there: %v, want %v", err == nil, there)
			}
		}
		if got := b.get("/"); got.body != "home of nobody" {
			t.Errorf("after 31 days: %s", got.body)
		}
	})
}
