package oauth

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"praxis/internal/testdb"
	"praxis/internal/testrig/provider"
	"praxis/practice"
)

func (c *clinic) logout(token string) answer {
	return c.browser().post(LogoutPath("clinic"), url.Values{"logout_token": {token}})
}

func TestALogoutTokenEndsSessionsAndTokens(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		c := newClinic(t, database, practice.Provider{Create: true}, nil)
		c.at.Add(cleo())
		c.at.Alter(func(m map[string]any) { m["sid"] = "session-7" })
		b := c.browser()
		c.mustCome(b, "cleo")
		token := c.app("read").token(b, "read")
		if got := c.logout(c.at.LogoutToken("somebody else", nil)); got.StatusCode != http.StatusOK {
			t.Errorf("a logout of somebody whom nobody knows: %d %s", got.StatusCode, got.body)
		}
		b.wantHome("cleo")
		said := c.at.LogoutToken("subject-1", nil)
		if got := c.logout(said); got.StatusCode != http.StatusOK || got.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("logout: %d %s", got.StatusCode, got.body)
		}
		b.wantHome("nobody")
		c.wantWorks(token, false)

		// The same token said again ends nothing of what came since.
		c.mustCome(b, "cleo")
		c.logout(said)
		b.wantHome("cleo")
		if got := c.logout(c.at.LogoutToken("", map[string]any{"sub": nil, "sid": "session-7"})); got.StatusCode != http.StatusOK {
			t.Errorf("logout of a session: %d %s", got.StatusCode, got.body)
		}
		b.wantHome("nobody")
	})
}

func TestLogoutTokensThatAreNoneAreRefused(t *testing.T) {
	c := newClinic(t, testdb.SQLite(t), practice.Provider{Create: true}, nil)
	c.at.Add(cleo())
	b := c.browser()
	c.mustCome(b, "cleo")
	for name, changes := range map[string]map[string]any{
		"another audience": {"aud": "wiki"}, "another issuer": {"iss": "https://evil.example"}, "expired": {"exp": time.Now().Add(-time.Hour).Unix()},
		"of last week": {"iat": time.Now().Add(-7 * 24 * time.Hour).Unix()}, "no end": {"exp": nil}, "no id": {"jti": nil}, "no event": {"events": nil},
		"another event": {"events": map[string]any{"x": 1}}, "event of another kind": {"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": 1}},
		"with a nonce": {"nonce": "x"}, "of nobody": {"sub": nil},
	} {
		if got := c.logout(c.at.LogoutToken("subject-1", changes)); got.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d %s", name, got.StatusCode, got.body)
		}
	}
	foreign := provider.New(t)
	for name, token := range map[string]string{
		"of another key": foreign.LogoutToken("subject-1", map[string]any{"iss": c.at.URL}), "no token": "x", "nothing": "",
		"without a signature": "eyJhbGciOiJub25lIn0.eyJzdWIiOiJzdWJqZWN0LTEifQ.",
	} {
		if got := c.logout(token); got.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d %s", name, got.StatusCode, got.body)
		}
	}
	b.wantHome("cleo")
}
