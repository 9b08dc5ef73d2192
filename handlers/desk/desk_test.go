package desk_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"praxis/internal/testdb"
	"praxis/models"
	"praxis/practice"
)

// deskPaths are all pages of the desk with something on them.
func (h *house) deskPaths() []string {
	return []string{
		"/admin", "/admin/accounts", "/admin/accounts?status=pending", "/admin/accounts?origin=remote", fmt.Sprintf("/admin/accounts/%d", h.cleo.Actor.ID),
		fmt.Sprintf("/admin/accounts/%d/suspend", h.far.ID), fmt.Sprintf("/admin/accounts/%d/role", h.cleo.Actor.ID), fmt.Sprintf("/admin/accounts/%d/password", h.cleo.Actor.ID), fmt.Sprintf("/admin/accounts/%d/sessions", h.cleo.Actor.ID),
		"/admin/reports", fmt.Sprintf("/admin/reports/%d", h.report.ID), "/admin/communities", "/admin/communities/new", fmt.Sprintf("/admin/communities/%d", h.wards.ID),
		fmt.Sprintf("/admin/accounts/%d/leave", h.cleo.Actor.ID), "/admin/partners", "/admin/partners/new", "/admin/partners/mastodon.example",
		"/admin/partners/mastodon.example/end", "/admin/partners/mastodon.example/health", fmt.Sprintf("/admin/lists/subscriptions/%d", h.sub.ID),
		"/admin/federation", "/admin/federation/stop", "/admin/federation/" + farHost, "/admin/federation/spam.example", "/admin/lists",
		"/admin/siblings", "/admin/peers", "/admin/peers/" + farHost, "/admin/rules", "/admin/announcements", "/admin/storage", "/admin/jobs", "/admin/audit", "/admin/settings",
		"/c/woundcare/settings", "/c/woundcare/settings/members", "/c/woundcare/settings/invitations", "/c/woundcare/settings/siblings", "/c/woundcare/settings/bans", "/c/woundcare/settings/reports",
	}
}

func TestG26_OnlyRolesOpenTheDesk(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		h.furnish()
		h.judgeRoles(t)
	})
}

func (h *house) judgeRoles(t *testing.T) {
	admin, moderator, member := h.visitor("ann"), h.visitor("bo"), h.visitor("cleo")
	for _, path := range h.deskPaths() {
		if status, body := admin.get(path); status != http.StatusOK {
			t.Errorf("an admin gets %d from %s: %s", status, path, body)
		}
		if status, body := member.get(path); status != http.StatusForbidden && status != http.StatusNotFound || strings.Contains(body, "advertisement") {
			t.Errorf("a member gets %d from %s", status, path)
		}
	}
	for path, want := range map[string]int{
		"/admin": 200, "/admin/reports": 200, "/admin/accounts": 200, "/admin/communities": 200, "/admin/federation": 403, "/admin/siblings": 403, "/c/woundcare/settings/siblings": 404, "/admin/settings": 403, "/admin/partners": 403,
		"/admin/rules": 403, fmt.Sprintf("/admin/accounts/%d/role", h.cleo.Actor.ID): 403, "/c/woundcare/settings": 404,
	} {
		if status, _ := moderator.get(path); status != want {
			t.Errorf("a moderator gets %d from %s, want %d", status, path, want)
		}
	}
	if status, _ := member.post("/admin/rules", url.Values{"form": {"add"}, "text": {"Mine."}}); status != http.StatusForbidden {
		t.Errorf("a member may add rules: %d", status)
	}
	// A role that was taken away counts no more in the session that is there.
	h.must(h.Service.SetRole(t.Context(), h.bo.Actor, models.RoleMember))
	if status, _ := moderator.get("/admin/reports"); status != http.StatusForbidden {
		t.Errorf("who was a moderator gets %d", status)
	}
}

func TestG26_LastAdminAndRanks(t *testing.T) {
	h := newHouse(t)
	admin := h.visitor("ann")
	role := func(of *models.Actor, wanted string) (int, string) {
		return admin.post(fmt.Sprintf("/admin/accounts/%d/role", of.ID), url.Values{"form": {"role"}, "role": {wanted}})
	}
	if status, body := role(h.ann.Actor, "member"); status != http.StatusConflict || !strings.Contains(body, "is the last one who administers") {
		t.Errorf("the last admin may go: %d", status)
	}
	if status, _ := role(h.cleo.Actor, "owner"); status != http.StatusForbidden {
		t.Errorf("an admin makes an owner: %d", status)
	}
	if status, _ := role(h.cleo.Actor, "king"); status != http.StatusUnprocessableEntity {
		t.Errorf("an admin makes a king: %d", status)
	}
	admin.sends(fmt.Sprintf("/admin/accounts/%d/role", h.cleo.Actor.ID), "The role is changed.", "form", "role", "role", "admin")
	if status, _ := role(h.cleo.Actor, "member"); status != http.StatusForbidden {
		t.Errorf("an admin demotes another one: %d", status)
	}
	admin.sends(fmt.Sprintf("/admin/accounts/%d/role", h.ann.Actor.ID), "", "form", "role", "role", "admin")
}

func TestG24_SignInLeadsBackToTheDesk(t *testing.T) {
	h := newHouse(t)
	nobody := h.visitor("")
	nobody.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for path, want := range map[string]string{
		"/admin/reports?state=closed": "/auth/sign_in?next=%2Fadmin%2Freports%3Fstate%3Dclosed", "/c/woundcare/settings": "/auth/sign_in?next=%2Fc%2Fwoundcare%2Fsettings",
	} {
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, h.url+path, nil)
		res, err := nobody.client.Do(req)
		h.must(err)
		_ = res.Body.Close()
		if got := res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther || got != want {
			t.Errorf("%s: %d to %q", path, res.StatusCode, got)
		}
	}
	back := h.visitor("")
	if status, body := back.post("/auth/sign_in", url.Values{"login": {"ann"}, "password": {"correct horse battery"}, "next": {"/admin/rules"}}); status != 200 || !strings.Contains(body, "<h1><bdi>Rules</bdi></h1>") {
		t.Errorf("after the sign-in: %d %s", status, body)
	}
}

func TestG7_FormsOfOtherSitesChangeNothing(t *testing.T) {
	h := newHouse(t)
	admin := h.visitor("ann")
	status, _ := admin.do(http.MethodPost, "/admin/rules", url.Values{"form": {"add"}, "text": {"Obey."}}, http.Header{
		"Content-Type": {"application/x-www-form-urlencoded"}, "Sec-Fetch-Site": {"cross-site"}, "Origin": {"https://evil.example"},
	})
	rules, err := h.Store.Read(t.Context()).Rules()
	h.must(err)
	if status != http.StatusForbidden || len(rules) != 0 {
		t.Errorf("status %d, rules %v", status, rules)
	}
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, h.url+"/admin", nil)
	res, err := admin.client.Do(req)
	h.must(err)
	_ = res.Body.Close()
	policy := res.Header.Get("Content-Security-Policy")
	for _, want := range []string{"frame-ancestors 'none'", "script-src 'self';", "default-src 'none'", "base-uri 'none'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy %q lacks %q", policy, want)
		}
	}
	if strings.Contains(policy, "unsafe") || res.Header.Get("Cache-Control") != "private, no-store" {
		t.Errorf("policy %q, caching %q", policy, res.Header.Get("Cache-Control"))
	}
}

// TestDeskWithoutScripts: each form does what it says by plain HTTP.
func TestDeskWithoutScripts(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		h.furnish()
		h.useTheDesk(t)
	})
}

func (h *house) useTheDesk(t *testing.T) {
	a := h.visitor("ann")
	tx := h.Store.Read(t.Context())
	t.Run("rules", func(t *testing.T) {
		a.sends("/admin/rules", "The rule is added.", "form", "add", "text", "Be kind.", "hint", "")
		rules, _ := tx.Rules()
		if len(rules) != 2 || rules[1].Text != "Be kind." {
			t.Fatalf("rules %+v", rules)
		}
		a.sends("/admin/rules", "moved", "form", "up", "id", fmt.Sprint(rules[1].ID))
		a.sends(fmt.Sprintf("/admin/rules/%d", rules[1].ID), "changed", "form", "change", "text", "Be very kind.", "hint", "Always.")
		if rules, _ = tx.Rules(); rules[0].Text != "Be very kind." || rules[0].Hint != "Always." {
			t.Errorf("rules %+v", rules)
		}
		a.sends(fmt.Sprintf("/admin/rules/%d", rules[0].ID), "taken away", "form", "remove")
		status, body := a.post("/admin/rules", url.Values{"form": {"add"}, "text": {" "}, "hint": {"what I typed"}})
		if status != http.StatusUnprocessableEntity || !strings.Contains(body, "A rule needs a text.") || !strings.Contains(body, "what I typed") || !strings.Contains(body, `aria-invalid="true"`) {
			t.Errorf("an empty rule: %d %s", status, body)
		}
	})
	t.Run("announcements", func(t *testing.T) {
		a.sends("/admin/announcements", "announced", "form", "add", "text", "We are away on Sunday.", "starts", "2026-03-08T06:00", "ends", "2026-03-08T12:00")
		status, body := a.post("/admin/announcements", url.Values{"form": {"add"}, "text": {"x"}, "starts": {"tomorrow"}})
		if status != http.StatusUnprocessableEntity || !strings.Contains(body, "is no date and time") {
			t.Errorf("status %d", status)
		}
		all, _ := tx.AllAnnouncements()
		a.sends(fmt.Sprintf("/admin/announcements/%d", all[0].ID), "taken back", "form", "remove")
	})
	t.Run("accounts", func(t *testing.T) {
		one := fmt.Sprintf("/admin/accounts/%d", h.cleo.Actor.ID)
		a.sends(one+"/silence", "limited", "form", "take", "reason", "Too loud")
		if body := a.sends(one+"/unsilence", "lifted", "form", "take"); !strings.Contains(body, "Too loud") {
			t.Error("the history does not say why")
		}
		if body := a.sends(one, "note is kept", "form", "note", "note", "Spoke with her <b>today</b>."); !strings.Contains(body, "Spoke with her &lt;b&gt;today&lt;/b&gt;.") {
			t.Error("the note is not shown")
		}
		_, waiting := a.get("/admin/accounts?status=pending")
		dora, err := tx.ActorByHandle("dora", h.Host)
		h.must(err)
		if !strings.Contains(waiting, "@dora@") {
			t.Errorf("dora does not wait: %s", waiting)
		}
		a.sends(fmt.Sprintf("/admin/accounts/%d/approve", dora.ID), "let in", "form", "take")
		if status, _ := a.get(fmt.Sprintf("/admin/accounts/%d/approve", dora.ID)); status != http.StatusNotFound {
			t.Errorf("approving twice: %d", status)
		}
		cleo := h.visitor("cleo")
		a.sends(one+"/sessions", "sessions are ended", "form", "end")
		if _, body := cleo.get("/about"); strings.Contains(body, "signed in as") {
			t.Error("cleo is still signed in")
		}
		if status, _ := a.post(fmt.Sprintf("/admin/accounts/%d/sessions", h.ann.Actor.ID), url.Values{"form": {"end"}}); status != http.StatusForbidden {
			t.Errorf("ann ends her own sessions here: %d", status)
		}
		if status, _ := a.post(fmt.Sprintf("/admin/accounts/%d/suspend", h.ann.Actor.ID), url.Values{"form": {"take"}}); status != http.StatusForbidden {
			t.Errorf("ann suspends herself: %d", status)
		}
		a.sends(fmt.Sprintf("/admin/accounts/%d/password", dora.ID), "on its way", "form", "send")
	})
	t.Run("reports", func(t *testing.T) {
		one := fmt.Sprintf("/admin/reports/%d", h.report.ID)
		_, body := a.get(one)
		for _, want := range []string{"This is an advertisement under my question.", "Buy cheap bandages", "How often do you change", "reported", farHost} {
			if !strings.Contains(body, want) {
				t.Errorf("the report does not show %q", want)
			}
		}
		a.sends(one, "is yours", "form", "assign")
		a.sends(one, "category is changed", "form", "category", "category", "violation")
		a.sends(one, "on its way", "form", "forward")
		if status, body := a.post(one, url.Values{"form": {"forward"}}); status != http.StatusConflict || !strings.Contains(body, "was forwarded to "+farHost) {
			t.Errorf("forwarding twice: %d", status)
		}
		rude := strings.Fields(h.report.PostIDs)[0]
		if body := a.sends(one, "hidden on this server", "form", "hide", "post", rude, "reason", "Advertisement"); strings.Contains(body, "Buy cheap bandages") || !strings.Contains(body, "Show it again") {
			t.Error("the post is not hidden")
		}
		a.sends(one, "shown again", "form", "show", "post", rude)
		a.sends(one, "is closed", "form", "resolve")
		a.sends(one, "open again", "form", "reopen")
		a.sends(fmt.Sprintf("/admin/accounts/%d/suspend?report=%d", h.far.ID, h.report.ID), "suspended", "form", "take", "report", fmt.Sprint(h.report.ID), "reason", "Spam")
		if report, _ := tx.Report(h.report.ID); report.ResolvedAt == 0 {
			t.Error("the report is open after the measure")
		}
	})
	t.Run("federation", func(t *testing.T) {
		_, body := a.post("/admin/federation/"+farHost, url.Values{"form": {"block"}, "severity": {"suspend"}, "public": {"Typed once"}})
		blocked, _ := tx.HostBlocked(farHost)
		if blocked || !strings.Contains(body, "Nothing was changed yet") && !strings.Contains(body, "nothing waits") || !strings.Contains(body, `value="Typed once"`) {
			t.Errorf("the dry run: blocked %v: %s", blocked, body)
		}
		a.sends("/admin/federation/"+farHost, "saved", "form", "block", "severity", "suspend", "public", "Typed once", "sure", "yes")
		if blocked, _ = tx.HostBlocked(farHost); !blocked {
			t.Error("not blocked")
		}
		a.sends("/admin/federation/"+farHost, "lifted", "form", "unblock", "sure", "yes")
		a.sends("/admin/federation", "mode is changed", "form", "mode", "mode", "quarantine", "sure", "yes")
		a.sends("/admin/federation/stop", "stopped", "form", "stop", "sure", "yes")
		a.sends("/admin/federation/stop", "goes on", "form", "resume", "sure", "yes")
		body = a.sends("/admin/lists", "draft", "form", "read", "source", "a friend", "list", "bad.example\nworse.example\n")
		if !strings.Contains(body, "worse.example") {
			t.Errorf("the draft does not list its lines: %s", body)
		}
		lists, _ := tx.DomainImports()
		a.sends(fmt.Sprintf("/admin/lists/%d", lists[0].ID), "in force", "form", "apply", "sure", "yes")
		a.sends(fmt.Sprintf("/admin/lists/%d", lists[0].ID), "undone", "form", "undo", "sure", "yes")
		if status, csv := a.get("/admin/lists/export?format=mastodon"); status != 200 || !strings.Contains(csv, "spam.example,suspend") {
			t.Errorf("export: %d %s", status, csv)
		}
		if status, body := a.post("/admin/lists", url.Values{"form": {"read"}, "list": {"*.example\n"}}); status != http.StatusUnprocessableEntity || !strings.Contains(body, "line 1") {
			t.Errorf("a list with stars: %d", status)
		}
	})
	t.Run("deliveries", func(t *testing.T) {
		a.sends("/admin/peers/"+farHost, "paused", "form", "pause")
		a.sends("/admin/peers/"+farHost, "go on", "form", "resume")
		a.sends("/admin/peers/"+farHost, "tried again", "form", "retry")
		a.sends("/admin/peers/"+farHost, "there again", "form", "resend", "since", "2026-02-28T12:00")
		if status, body := a.post("/admin/peers/"+farHost, url.Values{"form": {"resend"}, "since": {"2020-01-01T00:00"}}); status != 422 || !strings.Contains(body, "30 days") {
			t.Errorf("long ago: %d", status)
		}
		if status, _ := a.get("/admin/peers/unknown.example"); status != http.StatusNotFound {
			t.Errorf("an unknown peer: %d", status)
		}
	})
	t.Run("storage", func(t *testing.T) { a.sends("/admin/storage", "deleted", "form", "sweep") })
	t.Run("communities", func(t *testing.T) {
		a.sends("/admin/communities/new", "founded", "form", "new", "username", "pumps", "display_name", "Infusion pumps", "domain", "Alarms in the night", "class", "public", "joining", "request")
		if status, body := a.post("/admin/communities/new", url.Values{"form": {"new"}, "username": {"Not a name!"}, "display_name": {"Kept"}}); status != 422 || !strings.Contains(body, `value="Kept"`) {
			t.Errorf("a bad name: %d", status)
		}
	})
	t.Run("audit", func(t *testing.T) {
		_, body := a.get("/admin/audit?text=too+loud&who=ann")
		if !strings.Contains(body, "account.silence") || strings.Contains(body, "rule.add") {
			t.Errorf("the log is not narrowed: %s", body)
		}
		lines, err := tx.AuditPage(models.AuditFilter{Action: "rule.add"}, models.Page{Limit: 1})
		h.must(err)
		if lines[0].Via != models.ViaWeb || lines[0].Who != "@ann" {
			t.Errorf("who added the rule: %+v", lines[0])
		}
		if status, body := a.get(fmt.Sprintf("/admin/audit/%d", lines[0].ID)); status != 200 || !strings.Contains(body, "Be kind.") {
			t.Errorf("one line: %d", status)
		}
		if _, csv := a.get("/admin/audit/export?format=csv&action=rule"); !strings.HasPrefix(csv, "id,created_at,who") || !strings.Contains(csv, "rule.change") || strings.Contains(csv, "account.") {
			t.Errorf("as CSV: %s", csv)
		}
		if _, lines := a.get("/admin/audit/export?format=json"); strings.Count(lines, "\n") < 10 || !strings.HasPrefix(lines, "{") {
			t.Errorf("as JSON: %s", lines)
		}
		if status, _ := a.get("/admin/audit?since=yesterday"); status != http.StatusUnprocessableEntity {
			t.Errorf("since yesterday: %d", status)
		}
	})
	t.Run("conveners", func(t *testing.T) { h.convene(t, a) })
}

// admins: an admin who does not look after a community changes what it is, and sees nothing of its members.
func (h *house) admins(t *testing.T) {
	h.must(h.Service.SetRole(t.Context(), h.cleo.Actor, models.RoleAdmin))
	admin := h.visitor("cleo")
	for path, want := range map[string]int{"": 200, "/members": 404, "/invitations": 404, "/bans": 404, "/reports": 404} {
		if status, body := admin.get("/c/woundcare/settings" + path); status != want || strings.Contains(body, "/invitations") {
			t.Errorf("an admin gets %d from %q, want %d", status, path, want)
		}
	}
	admin.sends("/c/woundcare/settings", "saved", "form", "save", "display_name", "Wound care", "class", "local", "joining", "closed")
}

// appeal: what was removed comes back once a moderator thinks again.
func (h *house) appeal(t *testing.T, a *browserless) {
	const page = "/c/woundcare/settings/reports"
	act := practice.Act{Moderator: h.ann.Actor, Community: h.wards, PostURI: h.question.URI, Reason: "Off topic"}
	h.must(h.Service.Remove(t.Context(), act))
	appeal, err := h.Service.Appeal(t.Context(), h.cleo.Actor, h.wards, h.question, "It is about a dressing.")
	h.must(err)
	if _, body := a.get(page); !strings.Contains(body, "It is about a dressing.") || !strings.Contains(body, "How often do you change") {
		t.Errorf("the appeal is not shown: %s", body)
	}
	if status, _ := a.post(page, url.Values{"form": {"decline"}, "id": {"77"}}); status != http.StatusNotFound && status != http.StatusConflict {
		t.Errorf("an appeal that is none: %d", status)
	}
	a.sends(page, "is granted", "form", "grant", "id", fmt.Sprint(appeal.ID), "answer", "You are right.")
	if post, err := h.Store.Read(t.Context()).Post(h.question.ID); err != nil || post.RemovedAt != 0 {
		t.Errorf("the post is still removed: %v", err)
	}
}

// TestBadInputIsNoFault: whatever is sent, the answer is a page that says what was wrong.
func TestBadInputIsNoFault(t *testing.T) {
	h := newHouse(t)
	h.furnish()
	a := h.visitor("ann")
	queries := []string{"before=-1", "before=99999999999999999999", "status=x&origin=y&name=%25_%5C", "since=99999-99-99", "state=%00", "host=%F0%28%8C%28", "format=exe", "text=%27%22%3E%3Cscript%3E"}
	for _, path := range append(h.deskPaths(), "/admin/audit/export", "/admin/lists/export", "/admin/federation/..%2F..", "/admin/federation/%00", "/admin/peers/%F0%28", "/admin/accounts/9999999999999999999", "/admin/accounts/0/suspend", "/c/nobody/settings") {
		separator := "?"
		if strings.Contains(path, "?") {
			separator = "&"
		}
		for _, query := range queries {
			if status, body := a.get(path + separator + query); status >= 500 || strings.Contains(body, `"><script>`) {
				t.Errorf("%s%s%s: %d", path, separator, query, status)
			}
		}
		for _, form := range []url.Values{
			{},
			{"form": {"nothing"}},
			{"form": {"add"}, "text": {"\xff\xfe"}},
			{"form": {"block"}, "severity": {"\x00"}},
			{"form": {"role"}, "role": {strings.Repeat("x", 1<<16)}, "who": {"@@@"}},
			{"form": {"take"}, "report": {"-1"}},
			{"form": {"note"}, "note": {strings.Repeat("é", 6000)}},
			{"form": {"mode"}, "mode": {"wild"}, "sure": {"yes"}},
			{"form": {"ban"}, "who": {"99"}, "days": {"-3"}},
			{"form": {"invite"}, "days": {"1e9"}, "max_uses": {"-4"}},
			{"form": {"resolve"}, "id": {"x"}},
		} {
			if status, _ := a.post(path, form); status >= 500 {
				t.Errorf("%s %.80s: %d", path, form.Encode(), status)
			}
		}
	}
	if status, _ := a.post("/admin/lists", url.Values{"form": {"read"}, "list": {strings.Repeat("a.example\n", 600_000)}}); status != http.StatusUnprocessableEntity {
		t.Errorf("a form of 6 MB: %d", status)
	}
	if rules, _ := h.Store.Read(t.Context()).Rules(); len(rules) != 1 {
		t.Errorf("%d rules after all that", len(rules))
	}
}

// convene goes through the forms of a community.
func (h *house) convene(t *testing.T, a *browserless) {
	const base = "/c/woundcare/settings"
	tx := h.Store.Read(t.Context())
	a.sends(base, "settings are saved", "form", "save", "display_name", "Wound care", "domain", "Dressings", "class", "public", "joining", "request", "charter", "We help each other.", "rules", "One\nTwo\n", "languages", "en de")
	row, err := tx.Community(h.wards.ID)
	h.must(err)
	if row.CharterVersion != 1 || len(row.RuleList()) != 2 || row.Joining != "request" || strings.Join(row.LanguageList(), " ") != "en de" {
		t.Errorf("saved: %+v", row)
	}
	if status, body := a.post(base, url.Values{"form": {"save"}, "display_name": {"X"}, "languages": {"english!"}, "class": {"public"}, "joining": {"open"}, "charter": {"typed again"}}); status != 422 || !strings.Contains(body, "typed again") || !strings.Contains(body, "no language code") {
		t.Errorf("a bad language: %d", status)
	}
	a.sends(base, "kinds are saved", "form", "habits", "kind-"+practice.ProblemSolving, "yes", "commands", "yes", "words", "#help = "+practice.ProblemSolving)
	a.sends(base, "saved", "form", "save", "display_name", "Wound care", "class", "partners", "joining", "request", "charter", "We help each other.")
	if status, body := a.post(base, url.Values{"form": {"share"}, "host": {"clinic.example"}}); status != 422 || !strings.Contains(body, "is no partner of this organization") {
		t.Errorf("shared with no partner: %d", status)
	}
	_, err = h.Service.OneSidedPartner(t.Context(), practice.By{}, "clinic.example", "")
	h.must(err)
	if body := a.sends(base, "shared with clinic.example", "form", "share", "host", "clinic.example", "may_post", "yes"); !strings.Contains(body, "End sharing with clinic.example") {
		t.Error("the partner is not listed")
	}
	if status, body := a.post(base, url.Values{"form": {"share"}, "host": {h.Host}}); status != 422 || !strings.Contains(body, "is this server itself") {
		t.Errorf("sharing with ourselves: %d", status)
	}
	a.sends(base, "no longer", "form", "unshare", "host", "clinic.example")
	a.sends(base, "saved", "form", "save", "display_name", "Wound care", "class", "public", "joining", "request", "charter", "We help each other.")
	h.appeal(t, a)
	_, err = h.Service.Follow(t.Context(), h.bo.Actor, h.wards, followPlainly)
	h.must(err)
	_, body := a.get(base + "/members")
	if !strings.Contains(body, "Let in bo") {
		t.Errorf("bo does not ask to join")
	}
	a.sends(base+"/members", "granted", "form", "accept", "who", fmt.Sprint(h.bo.Actor.ID))
	a.sends(base+"/members", "appointment is made", "form", "appoint", "who", "bo", "role", "moderator")
	a.sends(base+"/members", "appointment is ended", "form", "dismiss", "who", "@bo")
	if status, body := a.post(base+"/members", url.Values{"form": {"appoint"}, "who": {"nobody"}}); status != 422 || !strings.Contains(body, "Nobody is known here") {
		t.Errorf("appointing nobody: %d", status)
	}
	a.sends(base+"/invitations", "/join/", "form", "invite", "max_uses", "3", "days", "7")
	made, err := tx.Invitations(h.wards.ID, models.Page{})
	h.must(err)
	a.sends(base+"/invitations", "taken back", "form", "revoke", "id", fmt.Sprint(made[0].ID))
	a.sends(base+"/bans", "ban is made", "form", "ban", "who", "bo", "reason", "Selling things", "days", "3")
	a.sends(base+"/bans", "ban is lifted", "form", "unban", "who", fmt.Sprint(h.bo.Actor.ID))
	a.sends(base+"/members", "membership is ended", "form", "remove", "who", fmt.Sprint(h.bo.Actor.ID))
	h.admins(t)
	moderator := h.visitor("bo")
	if status, _ := moderator.get(base); status != http.StatusNotFound {
		t.Errorf("who does not look after it sees its settings: %d", status)
	}
}
