package mastodon

import (
	"net/http"
	"testing"

	"praxis/models"
)

// TestScheduledPostsShowTheirFiles: clients show them in the list of what is to be published.
func TestScheduledPostsShowTheirFiles(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		alice := h.member("alice")
		picture := h.upload(alice, map[string]any{"file": pictureOf(t, 4, 4), "description": "a field"})["id"]
		made := h.post(alice, "/api/v1/statuses", map[string]any{"status": "x", "scheduled_at": "2026-03-05T12:00:00Z", "media_ids": []any{picture}}).object()
		listed := h.get(alice, "/api/v1/scheduled_statuses").list()
		for _, shown := range append(listed, made) {
			files := list(shown["media_attachments"])
			if len(files) != 1 || files[0].(map[string]any)["id"] != picture || files[0].(map[string]any)["description"] != "a field" {
				t.Errorf("files %v", files)
			}
		}
	})
}

// TestGroupsOfReportsCarryThem: else a moderator's client has nothing to open.
func TestGroupsOfReportsCarryThem(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		boss, bob := h.staffed("boss", models.RoleOwner), h.member("bob")
		made := h.post(bob, "/api/v1/reports", map[string]any{"account_id": formatID(boss.ID), "comment": "rude"}).object()
		groups := h.get(boss, "/api/v2/notifications?types[]=admin.report").object()["notification_groups"].([]any)
		for _, path := range []string{"", "/" + groups[0].(map[string]any)["group_key"].(string)} {
			group := h.get(boss, "/api/v2/notifications"+path).object()["notification_groups"].([]any)[0].(map[string]any)
			if report, _ := group["report"].(map[string]any); report["id"] != made["id"] || report["target_account"] == nil {
				t.Errorf("%q: group %v", path, group)
			}
		}
	})
}

// TestModeratorsSeeWhoIsSuspended: also in the account that is part of what they see.
func TestModeratorsSeeWhoIsSuspended(t *testing.T) {
	h := newHouse(t)
	boss, bob := h.staffed("boss", models.RoleOwner), h.member("bob")
	path := pathOf("/api/v1/admin/accounts/{id}", bob.ID)
	h.post(boss, path+"/action", "type=suspend").status(http.StatusOK)
	if shown := h.get(boss, path).object()["account"].(map[string]any); shown["suspended"] != true {
		t.Errorf("account %v", shown)
	}
	waiting := h.get(boss, pathOf("/api/v1/admin/accounts/{id}", h.applicant("new"))).object()
	if waiting["account"].(map[string]any)["suspended"] != nil || waiting["suspended"] != false {
		t.Errorf("an applicant is %v", waiting)
	}
}
