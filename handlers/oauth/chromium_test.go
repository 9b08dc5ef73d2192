package oauth

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"praxis/internal/testrig/chromium"
)

// openWindow opens a tab in which pages run no scripts.
func openWindow(t *testing.T) *chromium.Tab {
	t.Helper()
	tab := chromium.Open(t)
	tab.Scripts(false)
	return tab
}

// look emulates a screen, checks that nothing stands out sideways, and takes a picture.
func look(tab *chromium.Tab, name string, width, height int64, scheme string) {
	tab.T.Helper()
	tab.Screen(width, height, scheme)
	if wide := tab.Overflow(); wide != "" {
		tab.T.Errorf("%s is wider than %d pixels: %s", name, width, wide)
	}
	tab.Keep(name + ".png")
}

func TestSignInAndConsentInABrowserWithoutScripts(t *testing.T) {
	h := newSQLiteHouse(t, nil)
	came := make(chan url.Values, 1)
	client := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/back" {
			came <- r.URL.Query()
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<h1>back at the app</h1>")
	}))
	t.Cleanup(client.Close)
	a := h.app("read write follow push", client.URL+"/back")
	w := openWindow(t)

	w.Do(chromedp.Navigate(h.url + a.query("read write follow push")))
	if got := w.Text("h1"); got != "Sign in" {
		t.Fatalf("asked to %q", got)
	}
	look(w, "signin-light", 900, 700, "light")
	look(w, "signin-narrow-dark", 320, 640, "dark")
	w.Do(
		chromedp.SendKeys(chromedp.CSS("#login"), "ann"), chromedp.SendKeys(chromedp.CSS("#password"), "wrong password"),
		chromedp.Click(chromedp.CSS("main button")), chromedp.WaitVisible(chromedp.CSS("#problem")),
	)
	look(w, "signin-problem", 900, 700, "light")
	w.Do(
		chromedp.SendKeys(chromedp.CSS("#password"), secretWord), chromedp.Click(chromedp.CSS("main button")),
		chromedp.WaitVisible(chromedp.CSS("button[value=allow]")),
	)
	if got := w.Text(".who"); !strings.Contains(got, "Ann") {
		t.Errorf("the frame says %q", got)
	}
	look(w, "consent-light", 900, 700, "light")
	look(w, "consent-dark", 900, 700, "dark")
	look(w, "consent-narrow", 320, 640, "light")
	// Chromium applies form-action to the redirect as well: the policy has to name the app.
	w.Do(chromedp.Click(chromedp.CSS("button[value=allow]")))
	select {
	case back := <-came:
		if got := a.redeem(back.Get("code")); got.StatusCode != http.StatusOK || back.Get("state") != "st&te" {
			t.Errorf("token: %d %s", got.StatusCode, got.body)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("the browser did not come back to the app")
	}

	// An app without an address gets its code by hand; then the member signs out by the button of the frame.
	w.Do(chromedp.Navigate(h.url+h.app("read", outOfBand).query("read")), chromedp.Click(chromedp.CSS("button[value=allow]")), chromedp.WaitVisible(chromedp.CSS("#code")))
	look(w, "code-light", 900, 700, "light")
	w.Do(chromedp.Navigate(h.url + "/oauth/authorize"))
	look(w, "error-light", 900, 700, "light")
	w.Do(chromedp.Click(chromedp.CSS(".session button")), chromedp.WaitVisible(chromedp.CSS("pre"))) // how plain text is shown
	if got := w.Text("pre"); got != "home of nobody" {
		t.Errorf("after the sign-out: %q", got)
	}
}
