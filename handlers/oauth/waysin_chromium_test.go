package oauth

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"praxis/internal/testdb"
	"praxis/internal/testrig/chromium"
	"praxis/internal/testrig/provider"
	"praxis/practice"
)

func click(selector string) chromedp.Action[chromedp.Void] {
	return chromedp.Click(chromedp.CSS(selector))
}

func typed(selector, text string) chromedp.Action[chromedp.Void] {
	return chromedp.SendKeys(chromedp.CSS(selector), text)
}

func seen(selector string) chromedp.Action[chromedp.Void] {
	return chromedp.WaitVisible(chromedp.CSS(selector))
}

func TestSignInByAProviderInABrowserWithoutScripts(t *testing.T) {
	c := newClinic(t, testdb.SQLite(t), practice.Provider{Create: true}, nil)
	c.at.Add(cleo())
	w := openWindow(t)
	w.Do(chromedp.Navigate(c.url+"/auth/sign_in"), seen("a[href^='/auth/oidc/clinic']"))
	look(w, "providers-light", 390, 800, "light")
	look(w, "providers-dark", 1280, 800, "dark")
	w.Do(click("a[href^='/auth/oidc/clinic']"), seen("#username"), typed("#username", "cleo"), typed("#password", provider.Password), click("button"))
	w.Do(seen("input[name=agreement]"))
	look(w, "welcome-light", 390, 800, "light")
	look(w, "welcome-dark", 1280, 800, "dark")
	w.Do(click("input[name=agreement]"), click("main button"), seen("pre"))
	if got := w.Text("pre"); got != "home of cleo" {
		t.Fatalf("in the end: %q", got)
	}
	// Connecting is a form that leads to the provider: the policy of the page has to name it.
	w.Do(chromedp.Navigate(c.url+"/settings/identities"), seen("form[action='/settings/identities/connect']"))
	look(w, "identities-light", 390, 800, "light")
	w.Do(click("form[action='/settings/identities/connect'] button"), seen("#username"))
}

func TestPasskeysInABrowser(t *testing.T) {
	h := newHouseAt(t, "localhost", testdb.SQLite(t), nil)
	w := openWindow(t)
	w.Scripts(true)
	addAuthenticator(w)
	w.Do(chromedp.Navigate(h.url+"/auth/sign_in?next=/settings/security/passkey"), typed("#login", "ann"), typed("#password", secretWord), click("main button"))
	w.Do(seen("#ask:enabled"))
	look(w, "passkey-new", 390, 800, "light")
	w.Do(typed("#name", "My phone"), typed("#password", secretWord), click("#ask"), seen("#recovery"))
	look(w, "security-light", 390, 900, "light")
	look(w, "security-dark", 1280, 900, "dark")
	if got := w.Text("article h3"); got != "My phone" {
		t.Errorf("the passkey is called %q", got)
	}
	w.Do(chromedp.Navigate(h.url+"/settings/security"), click(".session button"), seen("pre"))
	if got := w.Text("pre"); got != "home of nobody" {
		t.Fatalf("after signing out: %q", got)
	}
	w.Do(chromedp.Navigate(h.url+"/auth/passkey?next=/settings/security"), seen("#ask:enabled"))
	look(w, "passkey-use", 390, 800, "dark")
	w.Do(click("#ask"), seen("article h3"))
	if got := w.Text(".who"); !strings.Contains(got, "Ann") {
		t.Errorf("signed in as %q", got)
	}
	// A password alone does not suffice any more.
	b := h.browser()
	if got := b.signIn("ann", secretWord, "/"); got.location() != "/auth/second" || !strings.Contains(b.get("/auth/second").body, "/auth/passkey") {
		t.Errorf("after the password: %d %s", got.StatusCode, got.location())
	}
	w.Do(typed("article input[type=password]", secretWord), click("article button"), seen("#done"))
	w.Do(chromedp.Navigate(h.url+"/auth/passkey"), seen("#ask:enabled"), click("#ask"), seen("#problem"))
	if got := w.Text("#problem"); !strings.Contains(got, "not known here") {
		t.Errorf("a passkey that was removed: %q", got)
	}
}

// addAuthenticator gives the browser a device that keeps passkeys, and says that its owner is there.
func addAuthenticator(tab *chromium.Tab) {
	tab.T.Helper()
	chromium.Call(tab, webauthn.Enable, webauthn.EnableParams{})
	chromium.Call(tab, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
		HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
	}})
}

func TestAnswersOfAuthenticatorsThatAreNone(t *testing.T) {
	h := newHouseAt(t, "localhost", testdb.SQLite(t), nil)
	for _, credential := range []string{"", "{}", "null", `{"id":"AAAA","rawId":"AAAA","type":"public-key","response":{}}`, strings.Repeat("x", 1000)} {
		b := h.browser()
		b.get("/auth/passkey")
		got := b.post("/auth/passkey", map[string][]string{"credential": {credential}})
		if got.StatusCode != http.StatusUnauthorized || !strings.Contains(got.body, "Sign in another way") {
			t.Errorf("%.40q: %d", credential, got.StatusCode)
		}
		b.mustSignIn("ann")
		b.get("/settings/security/passkey")
		got = b.post("/settings/security/passkey", map[string][]string{"credential": {credential}, "password": {secretWord}})
		if got.StatusCode != http.StatusUnauthorized {
			t.Errorf("a new one, %.40q: %d", credential, got.StatusCode)
		}
	}
	if got := h.browser().post("/auth/passkey", map[string][]string{"credential": {"{}"}}); got.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("without a question: %d", got.StatusCode)
	}
}
