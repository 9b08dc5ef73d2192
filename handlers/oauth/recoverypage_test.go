package oauth

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"praxis/internal/testdb"
	"praxis/models"
	"praxis/practice"
)

// unheard is an outbox whose instance has nobody to tell anything.
type unheard struct{}

func (unheard) Publish(*models.Tx, practice.Event) error { return nil }

// TestRecoveryByPage: who left gets in by a code, is not signed in, and gets no further than a recovery does.
func TestRecoveryByPage(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouse(t, database, nil)
		h.service.Connect(nil, unheard{})
		bo := h.member("bo", false)
		code, err := h.service.MakeRecoveryCode(t.Context(), bo)
		h.must(err)
		b := h.browser()
		enter := func(login, code string) answer {
			return b.post("/auth/recovery", url.Values{"login": {login}, "code": {code}})
		}
		if got := enter("bo", code); got.StatusCode != http.StatusUnauthorized {
			t.Errorf("who did not leave: %d", got.StatusCode)
		}
		h.must(h.service.StartLeaving(t.Context(), h.account(bo).ID, ""))
		if got := b.get("/auth/sign_in"); !strings.Contains(got.body, `href="/auth/recovery"`) {
			t.Error("the sign-in page does not lead to the recovery")
		}
		for login, wrong := range map[string]string{"bo": "wrong", "nobody": code, "ann": code} {
			if got := enter(login, wrong); got.StatusCode != http.StatusUnauthorized || !strings.Contains(got.body, "The name or the code is wrong") {
				t.Errorf("%s: %d", login, got.StatusCode)
			}
		}
		if got := enter("bo", strings.ToUpper(code)); got.StatusCode != http.StatusSeeOther || got.location() != RecoveredPath {
			t.Fatalf("with the code: %d %s", got.StatusCode, got.body)
		}
		b.wantRecovered(bo)
		if got := b.get("/settings/security"); got.StatusCode != http.StatusSeeOther {
			t.Errorf("a recovery opens the settings of sign-in: %d", got.StatusCode)
		}
		h.must(h.service.StopLeaving(t.Context(), h.account(bo).ID))
		b.wantRecovered(nil)
	})
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// wantRecovered checks as whom pages see a browser: somebody who left, or nobody, and never signed in.
func (b *browser) wantRecovered(want *models.Actor) {
	b.h.t.Helper()
	r := httptest.NewRequestWithContext(context.Background(), http.MethodGet, "/", nil)
	at, err := url.Parse(b.h.url)
	b.h.must(err)
	for _, cookie := range b.client.Jar.Cookies(at) {
		r.AddCookie(cookie)
	}
	b.h.Server.Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got := b.h.Server.Recovered(r)
		if (got == nil) != (want == nil) || got != nil && got.ID != want.ID || b.h.Server.SignedIn(r) != nil {
			b.h.t.Errorf("the browser has %+v, want %+v", got, want)
		}
	})).ServeHTTP(httptest.NewRecorder(), r)
}

// TestWhoHasNoPasswordSignsInAgain: what cannot be undone wants a sign-in at the provider that is younger than ten minutes.
func TestWhoHasNoPasswordSignsInAgain(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		c := newClinic(t, database, practice.Provider{Create: true}, nil)
		c.at.Add(cleo())
		b := c.browser()
		account := c.mustCome(b, "cleo")
		confirm := func() error {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil)
			return c.Server.Confirm(http.Header{}, r, &Principal{Account: account, Token: &models.OAuthToken{Scopes: "write"}}, "")
		}
		c.must(confirm())
		c.clock.forward(freshFor + time.Second)
		refused := func(why string) {
			if err := confirm(); models.ErrorCode(err) != models.Forbidden || !strings.Contains(models.ErrorMessage(err), "/auth/oidc/clinic") {
				t.Errorf("%s: %v", why, err)
			}
		}
		refused("with an old sign-in")
		c.clock.forward(-freshFor - time.Second) // the provider has a clock of its own
		c.must(c.store.Tx(t.Context(), func(tx *models.Tx) error { return tx.DeleteWebSessionsOf(account.ID) }))
		refused("without a session")
		c.mustCome(b, "cleo")
		c.must(confirm())
	})
}
