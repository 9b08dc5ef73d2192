package desk_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"praxis/federation/pact"
	"praxis/internal/config"
	"praxis/internal/testdb"
	"praxis/internal/testrig"
	"praxis/models"
	"praxis/practice"
)

const allyHost = "clinic.example"

// ally is another instance, whose admin decides by the verbs.
type ally struct {
	*testrig.Server
	h *house
}

func (h *house) ally() *ally {
	h.t.Helper()
	return &ally{h.Cluster.AddServer(allyHost, testdb.SQLite(h.t), func(cfg *config.Config) { cfg.Development = true }), h}
}

func (a *ally) terms() practice.PartnerTerms {
	return practice.PartnerTerms{Level: pact.LevelSiblings, Classes: []string{"public"}, Data: []string{"posts"}, Contact: "bo@" + allyHost, Retention: 7}
}

func (a *ally) confirms() {
	a.h.t.Helper()
	view, err := a.Service.ComparePartner(a.h.t.Context(), a.h.Host)
	a.h.must(err)
	_, err = a.Service.ConfirmPartner(a.h.t.Context(), practice.By{}, a.h.Host, strings.Join(view.Words, " "))
	a.h.must(err)
	a.h.Cluster.Settle()
}

func (h *house) state(host string, want models.PartnerState) {
	h.t.Helper()
	p, err := h.Store.Read(h.t.Context()).Partner(host)
	if err != nil || p.State != want {
		h.t.Errorf("%s is %+v, want %s: %v", host, p, want, err)
	}
}

// words gives the six words of a partner.
func (h *house) words(host string) string {
	h.t.Helper()
	view, err := h.Service.ComparePartner(h.t.Context(), host)
	h.must(err)
	return strings.Join(view.Words, " ")
}

var ourOffer = []string{
	"level", "interact", "class-public", "yes", "class-partners", "yes", "data", "posts\nnames of members", "retention", "30", "contact", "ann, telephone 77", "listed", "yes",
}

// TestPartnersByPages: an agreement from the offer to its end, by forms alone.
func TestPartnersByPages(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		other := h.ally()
		a := h.visitor("ann")
		t.Run("offer", func(t *testing.T) { h.offerByPages(t, a) })
		t.Run("agree", func(t *testing.T) { h.agreeByPages(t, a, other) })
		t.Run("health", func(t *testing.T) { h.healthByPages(t, a) })
		t.Run("purge", func(t *testing.T) { h.purgeByPages(t, a, other) })
		t.Run("end", func(t *testing.T) { h.endByPages(t, a) })
		t.Run("one-sided", func(t *testing.T) { h.oneSidedByPages(t, a) })
	})
}

func (h *house) offerByPages(t *testing.T, a *browserless) {
	const page = "/admin/partners/new"
	status, body := a.post(page, url.Values{"form": {"propose"}, "host": {allyHost}, "level": {"interact"}, "contact": {"typed once"}, "retention": {"-4"}, "class-public": {"yes"}})
	if status != http.StatusUnprocessableEntity || !strings.Contains(body, "typed once") || !strings.Contains(body, `id="propose-retention-problem"`) {
		t.Errorf("retention below 0: %d %s", status, body)
	}
	if status, body = a.post(page, url.Values{"form": {"propose"}, "host": {"nowhere.example"}, "level": {"read"}, "contact": {"ann"}, "class-public": {"yes"}}); status != 422 || !strings.Contains(body, `id="propose-host-problem"`) {
		t.Errorf("nobody there: %d %s", status, body)
	}
	a.sends(page, "offer is on its way", append([]string{"form", "propose", "host", allyHost}, ourOffer...)...)
	h.Cluster.Settle()
	h.state(allyHost, models.PartnerProposed)
	one := "/admin/partners/" + allyHost
	if status, body = a.post(one, url.Values{"form": {"withdraw"}}); status != 200 || !strings.Contains(body, "Nothing was changed yet") || !strings.Contains(body, "does not stand any more") {
		t.Errorf("taking back asks: %d", status)
	}
	h.state(allyHost, models.PartnerProposed)
	a.sends(one, "taken back", "form", "withdraw", "sure", "yes")
	h.Cluster.Settle()
	h.state(allyHost, models.PartnerEnded)
}

func (h *house) agreeByPages(t *testing.T, a *browserless, other *ally) {
	one := "/admin/partners/" + allyHost
	propose := func() {
		t.Helper()
		_, err := other.Service.ProposePartner(t.Context(), practice.By{}, h.Host, other.terms())
		h.must(err)
		h.Cluster.Settle()
	}
	propose()
	if _, body := a.get("/admin"); !strings.Contains(body, "1 partnership that is offered") {
		t.Error("the first page does not tell of the offer")
	}
	if _, body := a.get("/admin/partners"); !strings.Contains(body, "Answer their offer") || !strings.Contains(body, "they propose") {
		t.Error("the list does not tell of the offer")
	}
	a.sends(one, "offer is refused", "form", "refuse", "reason", "Not yet")
	h.Cluster.Settle()
	propose()
	a.sends(one+"/counter", "other offer is on its way", append([]string{"form", "counter"}, ourOffer...)...)
	h.Cluster.Settle()
	h.state(allyHost, models.PartnerCountered)
	if _, body := a.get(one); strings.Count(body, "≠ differs") != 5 || !strings.Contains(body, "names of members") {
		t.Errorf("%d differences are marked", strings.Count(body, "≠ differs"))
	}
	_, err := other.Service.CounterPartner(t.Context(), practice.By{}, h.Host, other.terms())
	h.must(err)
	h.Cluster.Settle()
	a.sends(one+"/accept", "Compare the six words", "form", "accept", "contact", "ann, telephone 77", "listed", "yes")
	h.Cluster.Settle()
	if status, body := a.post(one, url.Values{"form": {"confirm"}, "words": {"one two three four five six"}}); status != 422 || !strings.Contains(body, "somebody stands between you") {
		t.Errorf("other words: %d", status)
	}
	a.sends(one, "words are the same", "form", "confirm", "words", h.words(allyHost))
	h.Cluster.Settle()
	other.confirms()
	h.state(allyHost, models.PartnerLive)
	a.sends(one, "renewal is offered", "form", "renew", "valid_until", "2028-01-01")
	a.sends(one, "taken back", "form", "withdraw", "sure", "yes")
	h.Cluster.Settle()
	h.state(allyHost, models.PartnerLive)
	for _, path := range []string{"/partners/" + allyHost + "/record", "/partners/" + allyHost + "/record?format=json"} {
		if status, body := a.get(path); status != 200 || !strings.Contains(body, "ann, telephone 77") {
			t.Errorf("%s: %d", path, status)
		}
	}
}

// healthByPages: days, pictures and table say the same.
func (h *house) healthByPages(t *testing.T, a *browserless) {
	h.Cluster.Clock.Advance(25 * 60 * 60 * 1e9)
	h.must(h.Store.Tx(t.Context(), func(tx *models.Tx) error {
		entry := &models.OutboxEntry{ActorID: h.ann.Actor.ID, ActivityURI: h.url + "/a/1", Type: "Create", Payload: "{}"}
		return tx.AddOutboxEntry(entry, []models.Inbox{{Host: allyHost, URL: "https://" + allyHost + "/inbox"}})
	}))
	days, err := h.Store.Read(t.Context()).HostDays(allyHost, 14)
	h.must(err)
	today, yesterday := days[13], days[12]
	if today.Out != 1 || today.Lane != 1 || yesterday.Lane != 0 {
		t.Errorf("days %+v", days)
	}
	_, body := a.get("/admin/partners/" + allyHost + "/health")
	for _, want := range []string{`aria-label="To them: 1 delivery today`, "How they see us", "1 Mar 2026", `role="img"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Count(body, "<rect") != 3*14 || strings.Contains(body, "style=") {
		t.Errorf("%d bars", strings.Count(body, "<rect"))
	}
	h.must(h.Store.Tx(t.Context(), func(tx *models.Tx) error {
		p, err := tx.Partner(allyHost)
		if err != nil {
			return err
		}
		p.Health, p.HealthWhy, p.HealthDo = practice.HealthRed, "deliveries were given up after days of failures", "call their contact; when their server runs again, retry the peer"
		return tx.SavePartner(p)
	}))
	if _, body := a.get("/admin"); !strings.Contains(body, "1 partner who needs you now") {
		t.Error("the first page does not tell of a red partner")
	}
	if _, body := a.get("/admin/partners"); !strings.Contains(body, "act now") || !strings.Contains(body, "Call their contact") {
		t.Error("the list does not say what to do")
	}
}

func (h *house) purgeByPages(t *testing.T, a *browserless, other *ally) {
	one := "/admin/partners/" + allyHost
	if status, body := a.post(one+"/purge", url.Values{"form": {"purge"}, "reason": {"Kept"}}); status != 200 || !strings.Contains(body, "does not come back") || !strings.Contains(body, `value="Kept"`) {
		t.Errorf("asking for a purge asks: %d", status)
	}
	a.sends(one+"/purge", "They are asked", "form", "purge", "sure", "yes")
	_, err := other.Service.AskPurge(t.Context(), practice.By{}, h.Host, "We tidy up")
	h.must(err)
	h.Cluster.Settle()
	if status, body := a.post(one, url.Values{"form": {"answer"}, "how": {"remove"}}); status != 200 || !strings.Contains(body, "0 posts of theirs would be removed") {
		t.Errorf("the answer asks: %d", status)
	}
	if status, _ := a.post(one, url.Values{"form": {"answer"}, "how": {"burn"}}); status != 422 {
		t.Errorf("an answer that is none: %d", status)
	}
	a.sends(one, "answer is on its way", "form", "answer", "how", "remove", "sure", "yes")
	if _, body := a.get(one); strings.Contains(body, `id="answer"`) {
		t.Error("what was answered waits still")
	}
}

func (h *house) endByPages(t *testing.T, a *browserless) {
	one := "/admin/partners/" + allyHost
	status, body := a.post(one+"/end", url.Values{"form": {"revoke"}, "reason": {"The project is over"}})
	if status != 200 || !strings.Contains(body, "Follows from here that end") || !strings.Contains(body, "paused at once") || !strings.Contains(body, `value="The project is over"`) {
		t.Errorf("the end asks: %d", status)
	}
	h.state(allyHost, models.PartnerLive)
	a.sends(one+"/end", "ends in seven days", "form", "revoke", "sure", "yes")
	h.state(allyHost, models.PartnerPaused)
	a.sends(one+"/end", "is ended", "form", "revoke", "sure", "yes")
	h.state(allyHost, models.PartnerEnded)
	if status, body := a.post(one+"/end", url.Values{"form": {"revoke"}, "sure": {"yes"}}); status != http.StatusConflict || !strings.Contains(body, "nothing to revoke") {
		t.Errorf("ending twice: %d", status)
	}
}

func (h *house) oneSidedByPages(t *testing.T, a *browserless) {
	a.sends("/admin/partners/new", "one-sided partner", "form", "onesided", "host", "mastodon.example", "note", "Spoke with them")
	h.state("mastodon.example", models.PartnerOneSided)
	lines, err := h.Store.Read(t.Context()).AuditPage(models.AuditFilter{Action: "partner"}, models.Page{Limit: 50})
	h.must(err)
	if len(lines) < 10 || lines[0].Who != "@ann" || lines[0].Via != models.ViaWeb {
		t.Errorf("the log knows %d decisions: %s", len(lines), fmt.Sprint(lines))
	}
	moderator := h.visitor("bo")
	if status, _ := moderator.post("/admin/partners/new", url.Values{"form": {"onesided"}, "host": {"other.example"}}); status != http.StatusForbidden {
		t.Errorf("a moderator makes partners: %d", status)
	}
}
