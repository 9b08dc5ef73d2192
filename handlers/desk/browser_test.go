package desk_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
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
	"praxis/internal/testrig"
	"praxis/models"
	"praxis/practice"
)

// followPlainly is how somebody follows who says nothing more.
var followPlainly = practice.FollowOptions{}

// screenshotsVariable names a folder that the pictures of the pages are written to, for people to look at.
const screenshotsVariable = "PRAXIS_TEST_SCREENSHOTS"

// TestDeskInABrowser: an admin signs in, does things by clicking, and every page stands on wide and narrow screens, in light
// and dark, without complaints of the browser and without violations that axe finds.
func TestDeskInABrowser(t *testing.T) {
	chromium := testdb.Chromium(t)
	axe, err := os.ReadFile(filepath.Join(testdb.NodePackages(t, filepath.Join("testdata", "axe")), "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	h := newHouse(t)
	b := newBrowser(t, chromium)
	b.base, b.axe = h.url, string(axe)

	b.do(chromedp.Navigate(h.url + "/admin"))
	b.typeInto("#login", "ann")
	b.typeInto("#password", testrig.Password)
	b.follow("main form button")
	if got := b.text("#todo"); !strings.Contains(got, "There are no rules yet.") || !strings.Contains(got, "no community") {
		t.Errorf("a fresh instance has nothing to do: %s", got)
	}
	b.judge("first-run", "/admin")
	t.Run("clicks", func(t *testing.T) { b.clickThrough(t, h) })
	b.t = t
	h.furnish()
	b.withoutScripts()
	paths := append(h.deskPaths(), h.ownPaths()...)
	for _, path := range append(paths, "/auth/recovery", "/settings/invitations", h.bringAlong()) {
		b.judge(strings.Trim(strings.NewReplacer("/", "-", "?", "-", "=", "-").Replace(path), "-"), path)
	}
	b.partners(h)
	ours, theirs := h.league(testdb.SQLite(t))
	b.judge("charter", fmt.Sprintf("/c/wounds/settings/siblings/%d/charter", ours.PairWith(theirs).ID))
}

// bringAlong lets ann bring a list, and gives the page of its preview.
func (h *house) bringAlong() string {
	h.t.Helper()
	made, err := h.Service.ReadImport(h.t.Context(), h.ann.Actor, practice.NewImport{
		Kind: "following", Name: "following_accounts.csv", File: strings.NewReader("Account address\n@marieke@" + farHost + "\n@marieke@" + farHost + "\nnobody\n"),
	})
	h.must(err)
	_, err = h.Service.RequestExport(h.t.Context(), h.ann.Actor)
	h.must(err)
	return fmt.Sprintf("/settings/takealong/imports/%d", made.ID)
}

// partners judges the pages of an offer, and of an agreement with some traffic and a question.
func (b *browser) partners(h *house) {
	b.t.Helper()
	const one = "/admin/partners/" + allyHost
	other := h.ally()
	_, err := other.Service.ProposePartner(h.t.Context(), practice.By{}, h.Host, other.terms())
	h.must(err)
	h.Cluster.Settle()
	b.judge("partner-offer", one)
	b.judge("partner-accept", one+"/accept")
	b.judge("partner-counter", one+"/counter")
	terms := other.terms()
	terms.Contact, terms.Listed = "ann@hospital.example, telephone 77", true
	_, err = h.Service.AcceptPartner(h.t.Context(), practice.By{}, allyHost, terms)
	h.must(err)
	h.Cluster.Settle()
	b.judge("partner-words", one)
	_, err = h.Service.ConfirmPartner(h.t.Context(), practice.By{}, allyHost, h.words(allyHost))
	h.must(err)
	h.Cluster.Settle()
	other.confirms()
	h.state(allyHost, models.PartnerLive)
	h.traffic()
	for _, page := range []string{"", "/health", "/end", "/purge"} {
		b.judge("partner-live"+strings.ReplaceAll(page, "/", "-"), one+page)
	}
	b.judge("partner-list", "/admin/partners")
	b.do(chromedp.Navigate(b.base + one + "/end"))
	b.typeInto("#revoke-reason", "The project is over")
	b.send("revoke")
	b.judge("partner-end-asks", "")
}

// traffic lets some days pass on which something went to the partner.
func (h *house) traffic() {
	h.t.Helper()
	for day := range 9 {
		h.must(h.Store.Tx(h.t.Context(), func(tx *models.Tx) error {
			for n := range 1 + day*day%7 {
				entry := &models.OutboxEntry{ActorID: h.ann.Actor.ID, ActivityURI: fmt.Sprintf("%s/a/%d/%d", h.url, day, n), Type: "Create", Payload: "{}"}
				if err := tx.AddOutboxEntry(entry, []models.Inbox{{Host: allyHost, URL: "https://" + allyHost + "/inbox"}}); err != nil {
					return err
				}
			}
			return nil
		}))
		h.Cluster.Clock.Advance(24 * time.Hour)
	}
}

// clickThrough writes a rule, limits somebody, blocks a server after a dry run, and signs out and in, by clicking.
func (b *browser) clickThrough(t *testing.T, h *house) {
	b.t = t
	b.follow(`a[href="/admin/rules"]`)
	b.typeInto("#add-text", "No pictures of patients.")
	b.send("add")
	b.says("The rule is added.")
	b.follow(`.rail a[href="/admin/accounts"]`)
	b.follow(fmt.Sprintf(`a[href="/admin/accounts/%d"]`, h.cleo.Actor.ID))
	b.follow(`#measures a[href$="/silence"]`)
	b.typeInto("#take-reason", "Too loud")
	b.send("take")
	b.says("The account is limited.")
	b.follow(`#measures a[href$="/unsilence"]`)
	b.send("take")
	b.says("The limit is lifted.")
	b.follow(`.rail a[href="/admin/federation"]`)
	b.typeInto("#find-domain", "elsewhere.example")
	b.send("find")
	b.do(chromedp.WaitVisible(chromedp.CSS("#block-public")))
	b.typeInto("#block-public", "Advertisements")
	b.send("block")
	b.do(chromedp.WaitVisible(chromedp.CSS(`input[name="sure"] ~ .actions button`)))
	if got := b.value("#block-public"); got != "Advertisements" {
		t.Errorf("what was typed became %q", got)
	}
	b.judge("dry-run", "")
	b.send("block")
	b.says("The decision on elsewhere.example is saved.")
	b.follow(".session form button")
	b.do(chromedp.Navigate(h.url + "/admin/reports"))
	b.typeInto("#login", "ann")
	b.typeInto("#password", testrig.Password)
	b.follow("main form button")
}

// withoutScripts: the menu is there, and leads on, where scripts are off.
func (b *browser) withoutScripts() {
	b.t.Helper()
	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.do(chromedp.EmulateViewport(390, 800), chromedp.Navigate(b.base+"/admin"))
	b.follow(`.rail a[href="/admin/rules"]`)
	b.typeInto("#add-text", "Be kind.")
	b.send("add")
	b.says("The rule is added.")
	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: false})
}

// browser is one tab.
type browser struct {
	t      *testing.T
	ctx    context.Context
	base   string
	axe    string
	mu     sync.Mutex
	faults []string
}

func newBrowser(t *testing.T, chromium string) *browser {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium), chromedp.UserDataDir(t.TempDir()), chromedp.NoSandbox,
		chromedp.DisableGPU, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.WSURLReadTimeout(2*time.Minute))
	allocator, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, closeTab := chromedp.NewContext(allocator)
	t.Cleanup(closeTab)
	ctx, cancel := context.WithTimeout(ctx, 15*time.Minute)
	t.Cleanup(cancel)
	b := &browser{t: t, ctx: ctx}
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil { // the browser lives as long as this context
		t.Fatalf("start the browser: %v", err)
	}
	if err := chromedp.Listen(ctx, b.listen); err != nil {
		t.Fatalf("listen to the browser: %v", err)
	}
	call(b, network.Enable, network.EnableParams{})
	call(b, log.Enable, cdp.Empty{})
	return b
}

// call gives the browser a command.
func call[P, R any](b *browser, command cdp.Command[P, R], params P) {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, command, params); err != nil {
		b.t.Fatalf("%s: %v", command.Method, err)
	}
}

func (b *browser) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// ask gives what an action gives.
func ask[T any](b *browser, action chromedp.Action[T]) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	value, err := chromedp.Run(ctx, action)
	if err != nil {
		b.t.Fatal(err)
	}
	return value
}

func (b *browser) typeInto(selector, words string) {
	b.t.Helper()
	b.do(chromedp.WaitVisible(chromedp.CSS(selector)), chromedp.SendKeys(chromedp.CSS(selector), words))
}

func (b *browser) text(selector string) string {
	b.t.Helper()
	return ask(b, chromedp.Text(chromedp.CSS(selector)))
}

func (b *browser) value(selector string) string {
	b.t.Helper()
	return ask(b, chromedp.Evaluate[string](fmt.Sprintf("document.querySelector(%q).value", selector)))
}

// send presses the button of a form.
func (b *browser) send(form string) {
	b.t.Helper()
	b.follow(fmt.Sprintf(`form:has(> input[name="form"][value=%q]) button`, form))
}

// follow presses what leads to another page, and waits for that.
func (b *browser) follow(selector string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(selector))); err != nil {
		b.t.Fatalf("follow %s: %v", selector, err)
	}
}

// says waits for what the page says about the last form.
func (b *browser) says(want string) {
	b.t.Helper()
	b.do(chromedp.WaitVisible(chromedp.CSS("#said")))
	if got := b.text("#said"); got != want {
		b.t.Errorf("the page says %q, want %q", got, want)
	}
}

// listen collects what the browser complains about.
func (b *browser) listen(event any) {
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
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults = append(b.faults, fault)
}

func (b *browser) complaints() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	faults := b.faults
	b.faults = nil
	return faults
}

// overflow gives what stands out of the window to the right.
const overflow = `(() => {
	const width = document.documentElement.clientWidth;
	if (document.documentElement.scrollWidth <= width) return "";
	const wide = [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > width + 1);
	return wide.slice(-3).map(e => e.outerHTML.slice(0, 160)).join("\n") || "something";
})()`

// judge looks at a page in four ways; path "" is the one that is there.
func (b *browser) judge(name, path string) {
	b.t.Helper()
	if path != "" {
		b.do(chromedp.Navigate(b.base + path))
	}
	for _, look := range []struct {
		width  int64
		scheme string
	}{{1280, "light"}, {1280, "dark"}, {390, "dark"}, {390, "light"}} {
		if (look.scheme == "light") != (look.width == 1280) && os.Getenv(screenshotsVariable) == "" {
			continue // both colours and both widths are judged in the two others
		}
		call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: look.scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
		b.do(chromedp.EmulateViewport(look.width, 800))
		if wide := ask(b, chromedp.Evaluate[string](overflow)); wide != "" {
			b.t.Errorf("%s is wider than %d pixels: %s", path, look.width, wide)
		}
		b.keep(fmt.Sprintf("%s-%d-%s.png", name, look.width, look.scheme))
		for _, violation := range b.violations() {
			b.t.Errorf("%s at %d pixels, %s: %s", path, look.width, look.scheme, violation)
		}
	}
	for _, fault := range b.complaints() {
		b.t.Errorf("%s: %s", path, fault)
	}
	b.do(chromedp.EmulateViewport(1280, 800))
}

// violations lets axe judge the page as it is.
func (b *browser) violations() []string {
	b.t.Helper()
	if !ask(b, chromedp.Evaluate[bool]("typeof axe !== 'undefined'")) {
		ask(b, chromedp.Evaluate[bool](b.axe+"\n;true"))
	}
	said := ask(b, chromedp.Evaluate[string](`axe.run(document, {resultTypes: ["violations"]}).then(r => JSON.stringify({
		passes: r.passes.length, found: r.violations.map(v => v.id + ": " + v.help + " " + v.nodes.map(n => n.html.slice(0, 160)).join(" | "))}))`, chromedp.EvalAwaitPromise))
	var result struct {
		Passes int
		Found  []string
	}
	if err := json.Unmarshal([]byte(said), &result); err != nil || result.Passes < 10 {
		b.t.Fatalf("axe looked at nothing: %v %s", err, said)
	}
	return result.Found
}

func (b *browser) keep(name string) {
	b.t.Helper()
	folder := os.Getenv(screenshotsVariable)
	if folder == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(folder, name), ask(b, chromedp.FullScreenshot(100)), 0o600); err != nil {
		b.t.Fatal(err)
	}
}
