package mastodon

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"praxis/internal/testdb"
	"praxis/models"
	"praxis/practice"
)

// staffed gives an administrator whose token covers the instance.
func (h *house) staffed(name, role string) *models.Actor {
	h.t.Helper()
	actor := h.member(name)
	h.must(h.service.SetRole(h.t.Context(), actor, role))
	h.tokens[actor.ID] = h.token(actor, everything+" admin:read admin:write")
	return actor
}

// applicant signs somebody up and gives the actor's id.
func (h *house) applicant(name string) int64 {
	h.t.Helper()
	made, err := h.service.SignUp(h.t.Context(), practice.SignUp{
		Username: name, Email: name + "@mail.test", Password: "long enough", Agreement: true, Reason: "to learn", Locale: "de", Approval: true,
	})
	h.must(err)
	return made.ActorID
}

// TestG5_AdminNeedsRoleAndScope: neither is enough by itself.
func TestG5_AdminNeedsRoleAndScope(t *testing.T) {
	h := newHouse(t)
	boss, helper, bob := h.staffed("boss", models.RoleAdmin), h.staffed("helper", models.RoleModerator), h.member("bob")
	small := h.token(boss, "read write admin:read:reports")
	h.must(h.service.SetRole(t.Context(), h.staffed("was", models.RoleModerator), models.RoleMember))
	was, err := h.store.Read(t.Context()).ActorByHandle("was", "a.test")
	h.must(err)
	for _, rt := range adminRoutes() {
		path, method := pathOf(rt.path, bob.ID), rt.methods[0]
		for name, token := range map[string]string{"a member": h.tokens[bob.ID], "who lost the role": h.tokens[was.ID]} {
			if a := h.send(token, method, path, nil); a.Code != http.StatusForbidden {
				t.Errorf("%s %s by %s: %d", method, path, name, a.Code)
			}
		}
		if a := h.send(small, method, path, nil); (a.Code == http.StatusForbidden) == strings.HasPrefix(rt.scopes[0], "admin:read:reports") {
			t.Errorf("%s %s with the scope of reports: %d %s", method, path, a.Code, a.Body)
		}
		if a := h.send(h.tokens[helper.ID], method, path, nil); (a.Code == http.StatusForbidden) == models.RoleOf(&models.Account{Role: models.RoleModerator}).May(rt.needs) &&
			!strings.Contains(rt.path, "accounts/{id}") {
			t.Errorf("%s %s by a moderator: %d %s", method, path, a.Code, a.Body)
		}
	}
}

// TestG26_NobodyModeratesUpwards: rank decides, every measure is recorded, and the last who administers stays.
func TestG26_NobodyModeratesUpwards(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouseOn(t, database)
		owner, helper, bob := h.staffed("owner", models.RoleOwner), h.staffed("helper", models.RoleModerator), h.member("bob")
		action := func(by, target *models.Actor, kind string) int {
			return h.post(by, pathOf("/api/v1/admin/accounts/{id}/action", target.ID), map[string]any{"type": kind, "text": "why"}).Code
		}
		for _, kind := range []string{"none", "sensitive", "disable", "silence", "suspend"} {
			if code := action(helper, owner, kind); code != http.StatusForbidden {
				t.Errorf("a moderator's %s of the owner: %d", kind, code)
			}
			if code := action(helper, helper, kind); code != http.StatusForbidden {
				t.Errorf("a moderator's %s of herself: %d", kind, code)
			}
		}
		if code := action(helper, bob, "explode"); code != http.StatusUnprocessableEntity {
			t.Errorf("an unknown measure: %d", code)
		}
		for _, kind := range []string{"sensitive", "silence", "suspend"} {
			if code := action(helper, bob, kind); code != http.StatusOK {
				t.Errorf("%s: %d", kind, code)
			}
		}
		done, err := h.store.Read(t.Context()).AuditPage(models.AuditFilter{TargetID: bob.ID}, models.Page{})
		h.must(err)
		if len(done) != 3 || done[0].ActorID != helper.ID || done[0].Note != "why" {
			t.Errorf("recorded: %v", done)
		}
		if err := h.service.SetRole(t.Context(), owner, models.RoleMember); models.ErrorCode(err) != models.Conflict {
			t.Errorf("the last owner can leave: %v", err)
		}
	})
}

func TestMeasuresWork(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouseOn(t, database)
		boss, bob := h.staffed("boss", models.RoleAdmin), h.member("bob")
		post := h.write(bob, "buy this", "public", nil)
		one := func(name string) string { return pathOf("/api/v1/admin/accounts/{id}", bob.ID) + name }
		act := func(kind string) {
			h.post(boss, one("/action"), map[string]any{"type": kind}).status(http.StatusOK)
		}
		listed := func() bool {
			return strings.Contains(h.get(nil, "/api/v1/timelines/public").Body.String(), formatID(post.ID))
		}
		act("silence")
		if found := h.get(boss, "/api/v1/accounts/search?q=bo").list(); listed() || len(found) != 1 {
			t.Errorf("a limited account is listed: %v %v", listed(), idsOf(found))
		}
		if got := h.get(nil, pathOf("/api/v1/accounts/{id}", bob.ID)).object(); got["limited"] != true {
			t.Errorf("limited: %v", got["limited"])
		}
		h.post(boss, one("/unsilence"), nil).status(http.StatusOK)
		if !listed() {
			t.Error("an account that is not limited any more is hidden")
		}
		h.as(boss, http.MethodDelete, one(""), nil).status(http.StatusForbidden)
		act("suspend")
		h.get(nil, pathOf("/api/v1/accounts/{id}", bob.ID)).absent()
		h.get(bob, "/api/v1/accounts/verify_credentials").status(http.StatusUnauthorized)
		if got := h.get(boss, one("")).object(); got["suspended"] != true {
			t.Errorf("suspended: %v", got)
		}
		h.post(boss, one("/unsuspend"), nil).status(http.StatusOK)
		h.get(bob, "/api/v1/accounts/verify_credentials").status(http.StatusOK)
		act("disable")
		h.get(bob, "/api/v1/accounts/verify_credentials").status(http.StatusUnauthorized)
		if got := h.post(boss, one("/enable"), nil).object(); got["disabled"] != false {
			t.Errorf("enabled: %v", got)
		}
		act("suspend")
		h.as(boss, http.MethodDelete, one(""), nil).status(http.StatusOK)
		h.get(boss, one("")).absent()
	})
}

// TestReportsAreFollowedUp: the report keeps what was said, and a measure closes it.
func TestReportsAreFollowedUp(t *testing.T) {
	h := newHouse(t)
	boss, bob := h.staffed("boss", models.RoleAdmin), h.member("bob")
	spam := h.remote("spam", "b.test", models.TypePerson)
	_, err := h.service.EnsureInstanceActor(t.Context()) // in whose name reports are forwarded
	h.must(err)
	h.post(bob, "/api/v1/reports", map[string]any{"account_id": formatID(spam.ID), "category": "nonsense"}).refused(http.StatusUnprocessableEntity)
	made := h.post(bob, "/api/v1/reports", map[string]any{"account_id": formatID(spam.ID), "category": "spam", "forward": true}).object()
	if made["category"] != "spam" || made["forwarded"] != true {
		t.Errorf("%v", made)
	}
	notes := h.get(boss, "/api/v1/notifications?types[]=admin.report").list()
	if len(notes) != 1 || notes[0]["report"].(map[string]any)["id"] != made["id"] {
		t.Errorf("notifications %v", notes)
	}
	h.post(boss, pathOf("/api/v1/admin/accounts/{id}/action", spam.ID), map[string]any{"type": "none", "report_id": made["id"]}).status(http.StatusOK)
	if open := h.get(boss, "/api/v1/admin/reports").list(); len(open) != 0 {
		t.Errorf("open: %v", open)
	}
	closed := h.get(boss, "/api/v1/admin/reports?resolved=true&target_account_id="+formatID(spam.ID)).list()
	if len(closed) != 1 || closed[0]["action_taken_by_account"].(map[string]any)["username"] != "boss" {
		t.Errorf("closed: %v", closed)
	}
	h.get(boss, "/api/v1/admin/reports/12345").absent()
}

// TestDomainBlocksHaveDegrees: only the strictest keeps a host away; a milder one limits those who are there and who come.
func TestDomainBlocksHaveDegrees(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouseOn(t, database)
		boss := h.staffed("boss", models.RoleAdmin)
		before := h.remote("old", "sub.bad.test", models.TypePerson)
		made := h.post(boss, "/api/v1/admin/domain_blocks", map[string]any{"domain": "bad.test", "severity": "silence"}).object()
		after := h.remote("new", "bad.test", models.TypePerson)
		limited := func(actor *models.Actor) bool {
			current, err := h.store.Read(t.Context()).Actor(actor.ID)
			h.must(err)
			return current.SilencedAt != 0
		}
		blocked := func() bool {
			is, err := h.store.Read(t.Context()).HostBlocked("sub.bad.test")
			h.must(err)
			return is
		}
		if !limited(before) || !limited(after) || blocked() {
			t.Errorf("silence: %v %v %v", limited(before), limited(after), blocked())
		}
		again := h.post(boss, "/api/v1/admin/domain_blocks", map[string]any{"domain": "bad.test"})
		if again.Code != http.StatusUnprocessableEntity || !strings.Contains(again.Body.String(), "existing_domain_block") {
			t.Errorf("a second block: %d %s", again.Code, again.Body)
		}
		one := "/api/v1/admin/domain_blocks/" + made["id"].(string)
		h.as(boss, http.MethodPut, one, "severity=suspend").status(http.StatusOK)
		if limited(before) || !blocked() {
			t.Errorf("suspend: %v %v", limited(before), blocked())
		}
		h.as(boss, http.MethodDelete, one, nil).status(http.StatusOK)
		if blocked() {
			t.Error("the block was lifted and holds")
		}
		h.get(boss, one).absent()
		for _, name := range []string{"", "no host", "a.test", "<b>", strings.Repeat("x", 300) + ".test"} {
			h.post(boss, "/api/v1/admin/domain_blocks", map[string]any{"domain": name}).refused(http.StatusUnprocessableEntity)
		}
	})
}

// TestAdminListsPage: every list is paged, and its cost does not grow with its length.
func TestAdminListsPage(t *testing.T) {
	h := newHouse(t)
	boss := h.staffed("boss", models.RoleAdmin)
	cost := func() int64 {
		before := h.statements.Load()
		h.get(boss, "/api/v1/admin/accounts").status(http.StatusOK)
		h.get(boss, "/api/v1/admin/reports").status(http.StatusOK)
		return h.statements.Load() - before
	}
	fill := func(n int) {
		for i := range n {
			name := fmt.Sprintf("r%dx%d", n, i)
			actor := h.remote(name, "b.test", models.TypePerson)
			h.post(boss, "/api/v1/reports", map[string]any{"account_id": formatID(actor.ID)}).status(http.StatusOK)
		}
	}
	fill(2)
	few := cost()
	fill(10)
	if many := cost(); many != few {
		t.Errorf("%d statements for few, %d for many", few, many)
	}
	first := h.get(boss, "/api/v1/admin/accounts?limit=5&origin=remote")
	if len(first.list()) != 5 || !strings.Contains(first.Header().Get("Link"), "max_id=") {
		t.Errorf("page: %s", first.Header().Get("Link"))
	}
}
