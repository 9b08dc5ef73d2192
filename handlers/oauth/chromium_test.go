package oauth

import (
	"bytes"
	"context"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"praxis/internal/testdb"
)

// shotsVariable names a folder to put the screenshots into, for people to look at.
const shotsVariable = "PRAXIS_TEST_SCREENSHOTS"

// window is a Chromium that runs no scripts of pages.
type window struct {
	t   *testing.T
	ctx context.Context
}

func openWindow(t *testing.T) *window {
	t.Helper()
	options := []chromedp.ExecAllocatorOption{chromedp.ExecPath(testdb.Chromium(t)), chromedp.UserDataDir(t.TempDir())}
	for _, flag := range []string{
		"headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking",
		"disable-component-update", "disable-sync", "disable-dev-shm-usage", "hide-scrollbars",
	} {
		options = append(options, chromedp.Flag(flag, true))
	}
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, leave := chromedp.NewContext(ctx)
	t.Cleanup(leave)
	w := &window{t: t, ctx: ctx}
	if _, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	return w
}

func (w *window) do(actions ...chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, time.Minute)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		w.t.Fatal(err)
	}
}

func (w *window) text(selector string) string {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, time.Minute)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Text(chromedp.CSS(selector)))
	if err != nil {
		w.t.Fatalf("text of %s: %v", selector, err)
	}
	return text
}

// look emulates a screen, checks that nothing stands out sideways, and takes a picture.
func (w *window) look(name string, width, height int64, scheme string) {
	w.t.Helper()
	_, err := chromedp.Call(w.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.do(chromedp.EmulateViewport(width, height))
	wide, err := chromedp.Run(w.ctx, chromedp.Evaluate[int64]("document.documentElement.scrollWidth"))
	if err != nil || wide > width {
		w.t.Errorf("%s: %d pixels wide on a screen of %d, %v", name, wide, width, err)
	}
	shot, err := chromedp.Run(w.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		w.t.Fatal(err)
	}
	if picture, err := png.DecodeConfig(bytes.NewReader(shot)); err != nil || int64(picture.Width) < width {
		w.t.Errorf("%s: picture of %d pixels, %v", name, picture.Width, err)
	}
	if folder := os.Getenv(shotsVariable); folder != "" {
		if err := os.WriteFile(filepath.Join(folder, name+".png"), shot, 0o600); err != nil {
			w.t.Fatal(err)
		}
	}
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

	w.do(chromedp.Navigate(h.url + a.query("read write follow push")))
	if got := w.text("h1"); got != "Sign in" {
		t.Fatalf("asked to %q", got)
	}
	w.look("signin-light", 900, 700, "light")
	w.look("signin-narrow-dark", 320, 640, "dark")
	w.do(
		chromedp.SendKeys(chromedp.CSS("#login"), "ann"), chromedp.SendKeys(chromedp.CSS("#password"), "wrong password"),
		chromedp.Click(chromedp.CSS("main button")), chromedp.WaitVisible(chromedp.CSS("#problem")),
	)
	w.look("signin-problem", 900, 700, "light")
	w.do(
		chromedp.SendKeys(chromedp.CSS("#password"), secretWord), chromedp.Click(chromedp.CSS("main button")),
		chromedp.WaitVisible(chromedp.CSS("button[value=allow]")),
	)
	if got := w.text(".who"); !strings.Contains(got, "Ann") {
		t.Errorf("the frame says %q", got)
	}
	w.look("consent-light", 900, 700, "light")
	w.look("consent-dark", 900, 700, "dark")
	w.look("consent-narrow", 320, 640, "light")
	// Chromium applies form-action to the redirect as well: the policy has to name the app.
	w.do(chromedp.Click(chromedp.CSS("button[value=allow]")))
	select {
	case back := <-came:
		if got := a.redeem(back.Get("code")); got.StatusCode != http.StatusOK || back.Get("state") != "st&te" {
			t.Errorf("token: %d %s", got.StatusCode, got.body)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("the browser did not come back to the app")
	}

	// An app without an address gets its code by hand; then the member signs out by the button of the frame.
	w.do(chromedp.Navigate(h.url+h.app("read", outOfBand).query("read")), chromedp.Click(chromedp.CSS("button[value=allow]")), chromedp.WaitVisible(chromedp.CSS("#code")))
	w.look("code-light", 900, 700, "light")
	w.do(chromedp.Navigate(h.url + "/oauth/authorize"))
	w.look("error-light", 900, 700, "light")
	w.do(chromedp.Click(chromedp.CSS(".session button")), chromedp.WaitVisible(chromedp.CSS("pre"))) // how plain text is shown
	if got := w.text("pre"); got != "home of nobody" {
		t.Errorf("after the sign-out: %q", got)
	}
}
