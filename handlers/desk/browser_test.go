package desk_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"praxis/internal/testdb"
	"praxis/internal/testrig"
	"praxis/internal/testrig/chromium"
	"praxis/models"
	"praxis/practice"
)

// followPlainly is how somebody follows who says nothing more.
var followPlainly = practice.FollowOptions{}

// TestDeskInABrowser: an admin signs in, does things by clicking, and every page stands on wide and narrow screens, in light
// and dark, without complaints of the browser and without violations that axe finds.
func TestDeskInABrowser(t *testing.T) {
	axe, err := os.ReadFile(filepath.Join(testdb.NodePackages(t, filepath.Join("testdata", "axe")), "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	h := newHouse(t)
	b := &visitor{Tab: chromium.Open(t), base: h.url, axe: string(axe)}
	b.Visit(h.url + "/admin")
	b.Type("#login", "ann")
	b.Type("#password", testrig.Password)
	b.Follow("main form button")
	if got := b.Text("#todo"); !strings.Contains(got, "There are no rules yet.") || !strings.Contains(got, "no community") {
		t.Errorf("a fresh instance has nothing to do: %s", got)
	}
	b.judge("first-run", "/admin")
	t.Run("clicks", func(t *testing.T) { b.clickThrough(t, h) })
	b.T = t
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
func (b *visitor) partners(h *house) {
	b.T.Helper()
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
	b.Visit(b.base + one + "/end")
	b.Type("#revoke-reason", "The project is over")
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
func (b *visitor) clickThrough(t *testing.T, h *house) {
	b.T = t
	b.Follow(`a[href="/admin/rules"]`)
	b.Type("#add-text", "No pictures of patients.")
	b.send("add")
	b.says("The rule is added.")
	b.Follow(`.rail a[href="/admin/accounts"]`)
	b.Follow(fmt.Sprintf(`a[href="/admin/accounts/%d"]`, h.cleo.Actor.ID))
	b.Follow(`#measures a[href$="/silence"]`)
	b.Type("#take-reason", "Too loud")
	b.send("take")
	b.says("The account is limited.")
	b.Follow(`#measures a[href$="/unsilence"]`)
	b.send("take")
	b.says("The limit is lifted.")
	b.Follow(`.rail a[href="/admin/federation"]`)
	b.Type("#find-domain", "elsewhere.example")
	b.send("find")
	b.Do(chromedp.WaitVisible(chromedp.CSS("#block-public")))
	b.Type("#block-public", "Advertisements")
	b.send("block")
	b.Do(chromedp.WaitVisible(chromedp.CSS(`input[name="sure"] ~ .actions button`)))
	if got := b.Value("#block-public"); got != "Advertisements" {
		t.Errorf("what was typed became %q", got)
	}
	b.judge("dry-run", "")
	b.send("block")
	b.says("The decision on elsewhere.example is saved.")
	b.Follow(".session form button")
	b.Visit(h.url + "/admin/reports")
	b.Type("#login", "ann")
	b.Type("#password", testrig.Password)
	b.Follow("main form button")
}

// withoutScripts: the menu is there, and leads on, where scripts are off.
func (b *visitor) withoutScripts() {
	b.T.Helper()
	b.Scripts(false)
	b.Screen(390, 800, "light")
	b.Visit(b.base + "/admin")
	b.Follow(`.rail a[href="/admin/rules"]`)
	b.Type("#add-text", "Be kind.")
	b.send("add")
	b.says("The rule is added.")
	b.Scripts(true)
}

// visitor is who looks at the desk in a browser.
type visitor struct {
	*chromium.Tab
	base, axe string
}

// send presses the button of a form.
func (b *visitor) send(form string) {
	b.T.Helper()
	b.Follow(fmt.Sprintf(`form:has(> input[name="form"][value=%q]) button`, form))
}

// says waits for what the page says about the last form.
func (b *visitor) says(want string) {
	b.T.Helper()
	b.Do(chromedp.WaitVisible(chromedp.CSS("#said")))
	if got := b.Text("#said"); got != want {
		b.T.Errorf("the page says %q, want %q", got, want)
	}
}

// judge looks at a page in four ways; path "" is the one that is there.
func (b *visitor) judge(name, path string) {
	b.T.Helper()
	if path != "" {
		b.Visit(b.base + path)
	}
	for _, look := range []struct {
		width  int64
		scheme string
	}{{1280, "light"}, {1280, "dark"}, {390, "dark"}, {390, "light"}} {
		if (look.scheme == "light") != (look.width == 1280) && os.Getenv(chromium.ScreenshotsVariable) == "" {
			continue // both colours and both widths are judged in the two others
		}
		b.Screen(look.width, 800, look.scheme)
		if wide := b.Overflow(); wide != "" {
			b.T.Errorf("%s is wider than %d pixels: %s", path, look.width, wide)
		}
		b.Keep(fmt.Sprintf("%s-%d-%s.png", name, look.width, look.scheme))
		for _, violation := range b.violations() {
			b.T.Errorf("%s at %d pixels, %s: %s", path, look.width, look.scheme, violation)
		}
	}
	for _, fault := range b.Complaints() {
		b.T.Errorf("%s: %s", path, fault)
	}
	b.Do(chromedp.EmulateViewport(1280, 800))
}

// violations lets axe judge the page as it is.
func (b *visitor) violations() []string {
	b.T.Helper()
	if !chromium.Ask(b.Tab, chromedp.Evaluate[bool]("typeof axe !== 'undefined'")) {
		chromium.Ask(b.Tab, chromedp.Evaluate[bool](b.axe+"\n;true"))
	}
	said := chromium.Ask(b.Tab, chromedp.Evaluate[string](`axe.run(document, {resultTypes: ["violations"]}).then(r => JSON.stringify({
		passes: r.passes.length, found: r.violations.map(v => v.id + ": " + v.help + " " + v.nodes.map(n => n.html.slice(0, 160)).join(" | "))}))`, chromedp.EvalAwaitPromise))
	var result struct {
		Passes int
		Found  []string
	}
	if err := json.Unmarshal([]byte(said), &result); err != nil || result.Passes < 10 {
		b.T.Fatalf("axe looked at nothing: %v %s", err, said)
	}
	return result.Found
}
