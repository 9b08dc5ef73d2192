package chromium

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"praxis/internal/testdb"
)

// ScreenshotsVariable names a folder that pictures of the pages are written to, for people to look at.
const ScreenshotsVariable = "PRAXIS_TEST_SCREENSHOTS"

// patience is how long one step may take on a busy machine.
const patience = 2 * time.Minute

// Tab is one tab of a Chromium of its own. Steps that fail end the test T.
type Tab struct {
	T      *testing.T
	ctx    context.Context
	mu     sync.Mutex
	faults []string
}

// Open starts Chromium, which ends with the test. Without it the test is skipped, or fails when it is required.
func Open(t *testing.T) *Tab {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(testdb.Chromium(t)), chromedp.UserDataDir(t.TempDir()), chromedp.NoSandbox,
		chromedp.DisableGPU, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.WSURLReadTimeout(patience))
	allocator, stop := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()), options...)
	t.Cleanup(stop)
	ctx, leave := chromedp.NewContext(allocator)
	t.Cleanup(leave)
	tab := &Tab{T: t, ctx: ctx}
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil { // the browser lives as long as this context
		t.Fatalf("start Chromium: %v", err)
	}
	if err := chromedp.Listen(ctx, tab.listen); err != nil {
		t.Fatalf("listen to Chromium: %v", err)
	}
	Call(tab, network.Enable, network.EnableParams{})
	Call(tab, log.Enable, cdp.Empty{})
	return tab
}

// Call gives the browser a command, and what it answers.
func Call[P, R any](tab *Tab, command cdp.Command[P, R], params P) R {
	tab.T.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	answer, err := chromedp.Call(ctx, command, params)
	if err != nil {
		tab.T.Fatalf("%s: %v", command.Method, err)
	}
	return answer
}

// Ask gives what an action gives.
func Ask[R any](tab *Tab, action chromedp.Action[R]) R {
	tab.T.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, action)
	if err != nil {
		tab.T.Fatal(err)
	}
	return value
}

// Do carries out actions, one after the other.
func (tab *Tab) Do(actions ...chromedp.Action[chromedp.Void]) {
	tab.T.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		tab.T.Fatal(err)
	}
}

// Visit opens a page.
func (tab *Tab) Visit(url string) {
	tab.T.Helper()
	tab.Do(chromedp.Navigate(url))
}

// Type writes into a field, once it is there.
func (tab *Tab) Type(selector, words string) {
	tab.T.Helper()
	tab.Do(chromedp.WaitVisible(chromedp.CSS(selector)), chromedp.SendKeys(chromedp.CSS(selector), words))
}

// Text gives the words of an element.
func (tab *Tab) Text(selector string) string {
	tab.T.Helper()
	return Ask(tab, chromedp.Text(chromedp.CSS(selector)))
}

// Value gives what stands in a field.
func (tab *Tab) Value(selector string) string {
	tab.T.Helper()
	return Ask(tab, chromedp.Evaluate[string](fmt.Sprintf("document.querySelector(%q).value", selector)))
}

// Follow presses what leads to another page, and waits for that.
func (tab *Tab) Follow(selector string) {
	tab.T.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(selector))); err != nil {
		tab.T.Fatalf("follow %s: %v", selector, err)
	}
}

// Scripts says whether pages may run any.
func (tab *Tab) Scripts(may bool) {
	tab.T.Helper()
	Call(tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !may})
}

// Screen sets the size of the window, in pixels, and the colours: light or dark.
func (tab *Tab) Screen(width, height int64, scheme string) {
	tab.T.Helper()
	Call(tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}})
	tab.Do(chromedp.EmulateViewport(width, height))
}

// overflow is a script that gives what stands out of the window to the right.
const overflow = `(() => {
	const width = document.documentElement.clientWidth;
	if (document.documentElement.scrollWidth <= width) return "";
	const wide = [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > width + 1);
	return wide.slice(-3).map(e => e.outerHTML.slice(0, 160)).join("\n") || "something";
})()`

// Overflow gives what stands out of the window to the right; "" where all fits. Scripts of the page's need not be allowed for it.
func (tab *Tab) Overflow() string {
	tab.T.Helper()
	return Ask(tab, chromedp.Evaluate[string](overflow))
}

// Keep writes a picture of the whole page where ScreenshotsVariable says, if it does.
func (tab *Tab) Keep(name string) {
	tab.T.Helper()
	folder := os.Getenv(ScreenshotsVariable)
	if folder == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(folder, name), Ask(tab, chromedp.FullScreenshot(100)), 0o600); err != nil {
		tab.T.Fatal(err)
	}
}

// Complaints gives what the browser complained about since it was last asked: on the console, of what was not loaded, of what was refused.
func (tab *Tab) Complaints() []string {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	faults := tab.faults
	tab.faults = nil
	return faults
}

func (tab *Tab) listen(event any) {
	var fault string
	switch e := event.(type) {
	case *log.EventEntryAdded:
		fault = fmt.Sprintf("%s: %s %s", e.Entry.Level, e.Entry.Text, e.Entry.URL)
	case *runtime.EventExceptionThrown:
		fault = e.ExceptionDetails.Text
	case *runtime.EventConsoleAPICalled:
		fault = "console: " + string(e.Type)
	case *network.EventLoadingFailed:
		fault = "not loaded: " + e.ErrorText
	default:
		return
	}
	tab.mu.Lock()
	defer tab.mu.Unlock()
	tab.faults = append(tab.faults, fault)
}
