package mastodon

import (
	"net/http"
	"strings"
	"testing"

	"praxis/internal/testdb"
	"praxis/models"
)

// askPolicy asks for all about the policy of federation.
func (k *contract) askPolicy() {
	const policy = ownAPI + "/admin/policy"
	if got := k.get(k.boss, policy).object(); got["mode"] != string(models.ModeOpen) || got["stopped_at"] != nil {
		k.t.Errorf("the policy is %v", got)
	}
	if got := k.get(k.boss, policy+"/domains/b.test").object(); got["verdict"] != string(models.HostAdmitted) {
		k.t.Errorf("b.test is %v", got)
	}
	for _, action := range []string{"block", "allow"} {
		k.post(k.boss, policy+"/preview", "action="+action+"&domain=b.test").object()
	}
	tried := k.post(k.boss, policy, "mode=partners&dry_run=true").object()
	if tried["mode"] != string(models.ModeOpen) || tried["impact"].(map[string]any)["cut"] == 0.0 {
		k.t.Errorf("a dry run of a mode gives %v", tried)
	}
	k.askLists(policy)
	k.post(k.boss, policy, "mode=quarantine")
	if got := k.get(k.boss, ownAPI+"/admin/audit?action=policy&q=quarantine&since=2020-01-01T00:00:00Z").list(); len(got) != 1 || got[0]["action"] != "policy.mode" {
		k.t.Errorf("the audit log has %v", got)
	}
	held := &models.InboxEntry{ActivityURI: "https://new.test/a/1", SignerURI: "https://new.test/u/x", Host: "new.test", State: models.InboxHeld}
	if err := k.store.Tx(k.t.Context(), func(tx *models.Tx) error {
		_, err := tx.AddInboxEntry(held)
		return err
	}); err != nil {
		k.t.Error(err)
	}
	if got := k.get(k.boss, policy).object()["waiting"].([]any); len(got) != 1 {
		k.t.Errorf("waiting: %v", got)
	}
	for _, step := range []struct{ path, body, mode string }{
		{policy + "/stop", "", "quarantine"}, {policy + "/resume", "", "quarantine"}, {policy, "mode=open", "open"},
	} {
		if got := k.post(k.boss, step.path, step.body).object(); got["mode"] != step.mode {
			k.t.Errorf("%s %s: %v", step.path, step.body, got)
		}
	}
}

// askLists asks for all about lists of hosts.
func (k *contract) askLists(policy string) {
	made := k.post(k.boss, policy+"/lists", map[string]any{"list": "spam.test\nc.test\n", "source": "by hand"}).object()
	if lines := made["lines"].([]any); len(lines) != 2 || made["state"] != models.ImportDraft {
		k.t.Errorf("a draft is %v", made)
	}
	one := policy + "/lists/" + made["id"].(string)
	if got := k.post(k.boss, one+"/apply", nil).object(); got["state"] != models.ImportApplied {
		k.t.Errorf("applied, it is %v", got)
	}
	if got := k.get(k.boss, policy+"/lists").list(); len(got) != 1 || got[0]["source"] != "by hand" {
		k.t.Errorf("lists: %v", got)
	}
	if got := k.post(k.boss, one+"/undo", nil).object(); got["state"] != models.ImportUndone {
		k.t.Errorf("undone, it is %v", got)
	}
	sub := k.post(k.boss, policy+"/subscriptions", "url=https://lists.test/x&priority=7").object()
	if sub["mode"] != models.ListDrafts || sub["priority"] != 7.0 {
		k.t.Errorf("a subscription is %v", sub)
	}
	if got := k.get(k.boss, policy+"/subscriptions").list(); len(got) != 1 || got[0]["id"] != sub["id"] {
		k.t.Errorf("subscriptions: %v", got)
	}
	k.as(k.boss, http.MethodDelete, policy+"/subscriptions/"+sub["id"].(string), nil)
}

func TestListsThatAreNone(t *testing.T) {
	h := newHouse(t)
	boss := h.staffed("boss", models.RoleAdmin)
	for list, says := range map[string]string{"": "empty", "*.test": "stars", "#domain\n=cmd()\n": "line 2", "local.test": ""} {
		if got := h.post(boss, ownAPI+"/admin/policy/lists", map[string]any{"list": list}); says != "" && !strings.Contains(got.refused(http.StatusUnprocessableEntity), says) {
			t.Errorf("%q: %v", list, got)
		}
	}
	allowed := h.post(boss, ownAPI+"/admin/policy/lists", map[string]any{"list": "# hosts that are allowed\nfriend.example\n", "kind": "allows"}).object()
	if line := allowed["lines"].([]any)[0].(map[string]any); line["host"] != "friend.example" || line["severity"] != "allow" {
		h.t.Errorf("a list of allowed hosts is read as %v", allowed)
	}
	for kind, says := range map[string]string{"": "kind=allows", "blocks": "kind=allows", "odd": "neither"} {
		got := h.post(boss, ownAPI+"/admin/policy/lists", map[string]any{"list": "# hosts that are allowed\nfriend.example\n", "kind": kind})
		if text := got.refused(http.StatusUnprocessableEntity); !strings.Contains(text, says) {
			h.t.Errorf("a list of allowed hosts as %q: %s", kind, text)
		}
	}
	h.post(boss, ownAPI+"/admin/policy/lists/1/apply", nil).status(http.StatusNotFound)
	h.post(boss, ownAPI+"/admin/policy/subscriptions", "url=ftp://x").status(http.StatusUnprocessableEntity)
}

func TestPolicyIsForThoseWhoMayFederate(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouseOn(t, database)
		const policy = ownAPI + "/admin/policy"
		alice, boss := h.member("alice"), h.staffed("boss", models.RoleAdmin)
		h.get(alice, policy).refused(http.StatusForbidden)
		for _, path := range []string{policy, policy + "/stop", policy + "/resume", policy + "/preview", "/api/v1/admin/domain_allows"} {
			h.post(alice, path, "mode=closed&domain=b.test&action=block").refused(http.StatusForbidden)
		}
		h.post(boss, policy, "mode=odd").refused(http.StatusUnprocessableEntity)
		h.post(boss, policy+"/preview", "action=odd&domain=b.test").refused(http.StatusUnprocessableEntity)
		for _, domain := range []string{"", "*", "a b", "=cmd", "https://b.test/", h.service.Links().Host} {
			h.post(boss, "/api/v1/admin/domain_allows", map[string]any{"domain": domain}).refused(http.StatusUnprocessableEntity)
			h.post(boss, policy+"/preview", map[string]any{"action": "block", "domain": domain}).refused(http.StatusUnprocessableEntity)
		}
		one := h.post(boss, "/api/v1/admin/domain_allows", "domain=Partner.Example.").object()
		if one["domain"] != "partner.example" {
			t.Errorf("allowed is %v", one)
		}
		again := h.post(boss, "/api/v1/admin/domain_allows", "domain=partner.example&note=by+phone").object()
		if again["id"] != one["id"] || again["note"] != "by phone" {
			t.Errorf("allowed again is %v", again)
		}
		h.get(boss, policy+"/domains/partner.example").object()
		h.as(boss, http.MethodDelete, "/api/v1/admin/domain_allows/"+one["id"].(string), nil).status(http.StatusOK)
		h.get(boss, "/api/v1/admin/domain_allows/"+one["id"].(string)).refused(http.StatusNotFound)
	})
}
