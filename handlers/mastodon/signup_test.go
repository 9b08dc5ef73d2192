package mastodon

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"praxis/internal/testdb"
	"praxis/models"
)

// app registers a client and gives an app's own token.
func (h *house) app(scopes string) string {
	h.t.Helper()
	app := h.send("", http.MethodPost, "/api/v1/apps", map[string]any{"client_name": "App", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob", "scopes": scopes}).object()
	token := h.send("", http.MethodPost, "/oauth/token", map[string]any{
		"grant_type": "client_credentials", "client_id": app["client_id"], "client_secret": app["client_secret"], "scope": scopes,
	}).object()
	return token["access_token"].(string)
}

func applicationOf(name string) map[string]any {
	return map[string]any{
		"username": name, "email": name + "@mail.test", "password": "long enough", "agreement": true, "locale": "en", "reason": "to learn",
	}
}

// later moves the clock, past the limits.
func (h *house) later(d time.Duration) { h.seconds.Add(int64(d / time.Second)) }

// TestSignUpWaitsForApproval: until somebody is let in nothing works and nobody sees them.
func TestSignUpWaitsForApproval(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouseOn(t, database)
		h.server.cfg.Registrations = "approval"
		boss := h.staffed("boss", models.RoleAdmin)
		made := h.send(h.app("read write"), http.MethodPost, "/api/v1/accounts", applicationOf("Newcomer")).object()
		token := made["access_token"].(string)
		if made["token_type"] != "Bearer" || made["scope"] != "read write" || made["created_at"] == 0.0 {
			t.Errorf("token %v", made)
		}
		for _, rt := range h.server.routes() {
			if !rt.member {
				continue
			}
			a := h.send(token, rt.methods[0], pathOf(rt.path, 1), nil)
			if text := a.refused(http.StatusForbidden); rt.needs == 0 && !slices.Contains([]string{"Your login is currently pending approval", "This action is outside the authorized scopes"}, text) {
				t.Errorf("%s says %q", rt.path, text)
			}
		}
		h.get(nil, "/api/v1/accounts/lookup?acct=newcomer").absent()
		if found := h.get(boss, "/api/v1/accounts/search?q=newcomer").list(); len(found) != 0 {
			t.Errorf("found %v", found)
		}
		waiting := h.get(boss, "/api/v2/admin/accounts?status=pending").list()
		if len(waiting) != 1 || waiting[0]["invite_request"] != "to learn" || waiting[0]["approved"] != false || waiting[0]["suspended"] != false {
			t.Fatalf("waiting: %v", waiting)
		}
		one := "/api/v1/admin/accounts/" + waiting[0]["id"].(string)
		h.post(boss, one+"/unsuspend", nil).status(http.StatusForbidden)
		if got := h.post(boss, one+"/approve", nil).object(); got["approved"] != true {
			t.Errorf("approved: %v", got)
		}
		if me := h.send(token, http.MethodGet, "/api/v1/accounts/verify_credentials", nil).object(); me["username"] != "newcomer" {
			t.Errorf("me: %v", me)
		}
		if notes := h.get(boss, "/api/v1/notifications?types[]=admin.sign_up").list(); len(notes) != 1 {
			t.Errorf("notifications %v", notes)
		}
		h.post(boss, one+"/reject", nil).status(http.StatusForbidden)
	})
}

func TestRejectedNamesAreFree(t *testing.T) {
	h := newHouse(t)
	h.server.cfg.Registrations = "approval"
	boss, app := h.staffed("boss", models.RoleAdmin), h.app("write")
	token := h.send(app, http.MethodPost, "/api/v1/accounts", applicationOf("again")).object()["access_token"].(string)
	id := h.get(boss, "/api/v1/admin/accounts?pending=true").list()[0]["id"].(string)
	h.post(boss, "/api/v1/admin/accounts/"+id+"/reject", nil).status(http.StatusOK)
	h.send(token, http.MethodPost, "/api/v1/statuses", nil).status(http.StatusUnauthorized)
	h.get(boss, "/api/v1/admin/accounts/"+id).absent()
	h.send(app, http.MethodPost, "/api/v1/accounts", applicationOf("again")).status(http.StatusOK)
}

// TestSignUpSaysWhatIsWrong: every field in Mastodon's words.
func TestSignUpSaysWhatIsWrong(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouseOn(t, database)
		app := h.app("write")
		h.send(app, http.MethodPost, "/api/v1/accounts", applicationOf("x")).refused(http.StatusForbidden)
		h.server.cfg.Registrations = "approval"
		boss := h.staffed("boss", models.RoleAdmin)
		h.community("care", boss, false)
		h.post(boss, "/api/v1/admin/email_domain_blocks", "domain=spam.test").status(http.StatusOK)
		h.post(boss, "/api/v1/admin/canonical_email_blocks", "email=gone@mail.test").status(http.StatusOK)
		h.send(app, http.MethodPost, "/api/v1/accounts", applicationOf("first")).status(http.StatusOK)
		for name, c := range map[string]struct{ field, value, code string }{
			"no name": {"username", "", "ERR_BLANK"}, "bad name": {"username", "a-b", "ERR_INVALID"}, "reserved": {"username", "Admin", "ERR_RESERVED"},
			"taken": {"username", "FIRST", "ERR_TAKEN"}, "taken by a community": {"username", "care", "ERR_TAKEN"},
			"no mail": {"email", "nobody", "ERR_INVALID"}, "mail taken": {"email", "First@mail.test", "ERR_TAKEN"},
			"header injection": {"email", "a@b.test\r\nBcc: c@d.test", "ERR_INVALID"},
			"mail provider":    {"email", "a@x.spam.test", "ERR_BLOCKED"}, "blocked person": {"email", "g.one+1@mail.test", "ERR_BLOCKED"},
			"short": {"password", "short", "ERR_TOO_SHORT"}, "long": {"password", strings.Repeat("x", 1025), "ERR_TOO_LONG"},
			"not agreed": {"agreement", "false", "ERR_ACCEPTED"}, "no reason": {"reason", " ", "ERR_BLANK"}, "long reason": {"reason", strings.Repeat("ä", 501), "ERR_TOO_LONG"},
		} {
			h.later(time.Hour)
			asked := applicationOf("second")
			asked[c.field] = c.value
			a := h.send(app, http.MethodPost, "/api/v1/accounts", asked)
			a.status(http.StatusUnprocessableEntity)
			var body refusedSignUp
			h.must(json.Unmarshal(a.Body.Bytes(), &body))
			if got := body.Details[c.field]; len(body.Details) != 1 || len(got) != 1 || got[0].Error != c.code || got[0].Description == "" {
				t.Errorf("%s: %s", name, a.Body)
			}
		}
		n, err := h.store.Read(t.Context()).CountRows("account")
		h.must(err)
		if n != 2 {
			t.Errorf("%d accounts are there", n)
		}
	})
}

// TestSignUpNeedsAnAppsToken, and there is a limit for each address.
func TestSignUpNeedsAnAppsToken(t *testing.T) {
	h := newHouse(t)
	h.server.cfg.Registrations = "approval"
	alice := h.member("alice")
	h.send("", http.MethodPost, "/api/v1/accounts", applicationOf("a")).refused(http.StatusUnauthorized)
	h.post(alice, "/api/v1/accounts", applicationOf("a")).refused(http.StatusForbidden)
	h.send(h.app("read"), http.MethodPost, "/api/v1/accounts", applicationOf("a")).refused(http.StatusForbidden)
	app := h.app("write:accounts")
	for _, name := range []string{"a1", "a2", "a3", "a4", "a5"} {
		h.send(app, http.MethodPost, "/api/v1/accounts", applicationOf(name)).status(http.StatusOK)
	}
	a := h.send(app, http.MethodPost, "/api/v1/accounts", applicationOf("a6"))
	a.refused(http.StatusTooManyRequests)
	if a.Header().Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
}

// TestBarredAddresses: all requests of this house come from 192.0.2.1.
func TestBarredAddresses(t *testing.T) {
	h := newHouse(t)
	h.server.cfg.Registrations = "approval"
	boss, app := h.staffed("boss", models.RoleAdmin), h.app("write")
	made := h.post(boss, "/api/v1/admin/ip_blocks", "ip=192.0.2.0/24&severity=sign_up_block").object()
	h.send(app, http.MethodPost, "/api/v1/accounts", applicationOf("a")).refused(http.StatusForbidden)
	h.post(boss, "/api/v1/admin/ip_blocks", "ip=192.0.2.77/24&severity=no_access").refused(http.StatusUnprocessableEntity)
	h.post(boss, "/api/v1/admin/ip_blocks", "ip=nonsense&severity=no_access").refused(http.StatusUnprocessableEntity)
	h.as(boss, http.MethodDelete, "/api/v1/admin/ip_blocks/"+made["id"].(string), nil).status(http.StatusOK)
	h.send(app, http.MethodPost, "/api/v1/accounts", applicationOf("a")).status(http.StatusOK)
}

func TestProfileIsWhole(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouseOn(t, database)
		alice, bob := h.member("alice"), h.member("bob")
		h.follows(bob, alice)
		got := h.as(alice, http.MethodPatch, "/api/v1/accounts/update_credentials", map[string]any{
			"bot": true, "hide_collections": true, "discoverable": false, "indexable": false, "locked": true,
			"attribution_domains": []string{"https://News.Example/x", "b.test"},
			"source":              map[string]any{"privacy": "private", "sensitive": true, "language": "de", "quote_policy": "followers"},
			"fields_attributes":   map[string]any{"0": map[string]any{"name": "Site", "value": "x"}},
		}).object()
		source := got["source"].(map[string]any)
		if got["bot"] != true || got["hide_collections"] != true || got["locked"] != true || got["discoverable"] != false || got["noindex"] != true {
			t.Errorf("account %v", got)
		}
		if source["quote_policy"] != "followers" || source["privacy"] != "private" || len(source["attribution_domains"].([]any)) != 2 || len(source["fields"].([]any)) != 1 {
			t.Errorf("source %v", source)
		}
		if n := len(h.get(bob, pathOf("/api/v1/accounts/{id}/followers", alice.ID)).list()); n != 0 {
			t.Errorf("%d followers are shown", n)
		}
		if n := len(h.get(alice, pathOf("/api/v1/accounts/{id}/followers", alice.ID)).list()); n != 1 {
			t.Errorf("%d followers are shown to the member", n)
		}
		if p := h.get(alice, "/api/v1/preferences").object(); p["posting:default:quote_policy"] != "followers" {
			t.Errorf("preferences %v", p)
		}
		for _, bad := range []map[string]any{
			{"source": map[string]any{"quote_policy": "everybody"}},
			{"attribution_domains": []string{"no host"}},
		} {
			h.as(alice, http.MethodPatch, "/api/v1/accounts/update_credentials", bad).refused(http.StatusUnprocessableEntity)
		}
	})
}
