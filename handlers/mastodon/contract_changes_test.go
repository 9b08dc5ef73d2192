package mastodon

import (
	"net/http"

	"praxis/models"
	"praxis/practice"
)

// changes posts to paths that end so.
func (k *contract) changes(who *models.Actor, path string, names ...string) {
	k.t.Helper()
	for _, name := range names {
		k.post(who, path+"/"+name, nil)
	}
}

func (k *contract) changePosts() {
	reply, root := "/api/v1/statuses/"+k.reply, "/api/v1/statuses/"+k.root
	k.changes(k.alice, reply, "mute", "unmute", "unbookmark", "unfavourite", "unreblog")
	k.changes(k.alice, root, "unpin")
	k.as(k.alice, http.MethodPut, root+"/interaction_policy", "quote_approval_policy=followers")
	quoting := k.quotes(k.bob, parse(k.root), nil)["id"].(string)
	k.post(k.alice, root+"/quotes/"+quoting+"/revoke", nil)
	k.get(k.bob, "/api/v1/statuses/"+quoting)
	for _, version := range []string{"v1", "v2"} {
		made := k.sendFiles(k.tokens[k.alice.ID], http.MethodPost, "/api/"+version+"/media", map[string]any{"file": pictureOf(k.t, 6, 3)}).object()["id"].(string)
		k.get(k.alice, "/api/v1/media/"+made)
		k.as(k.alice, http.MethodPut, "/api/v1/media/"+made, "description=x&focus=0.5,0.5")
		k.as(k.alice, http.MethodDelete, "/api/v1/media/"+made, nil)
	}
	gone := k.upload(k.alice, map[string]any{"file": pictureOf(k.t, 6, 3)})["id"]
	posted := k.post(k.alice, "/api/v1/statuses", map[string]any{"status": "with a picture #ask @bob", "media_ids": []any{gone}}).object()["id"].(string)
	k.get(k.alice, "/api/v1/statuses/"+posted+"/history")
	k.as(k.alice, http.MethodDelete, "/api/v1/statuses/"+posted, nil)
	for _, one := range idsOf(k.get(k.alice, "/api/v1/scheduled_statuses").list()) {
		k.as(k.alice, http.MethodDelete, "/api/v1/scheduled_statuses/"+one, nil)
	}
}

func (k *contract) changePeople() {
	their := pathOf("/api/v1/accounts/{id}", k.them.ID)
	k.post(k.alice, their+"/note", "comment=x")
	k.changes(k.alice, their, "unendorse", "pin", "unpin", "mute", "unmute", "remove_from_followers", "unfollow", "follow", "block", "unblock")
	k.post(k.carol, pathOf("/api/v1/follow_requests/{id}/authorize", k.alice.ID), nil)
	k.post(k.carol, pathOf("/api/v1/follow_requests/{id}/reject", k.bob.ID), nil)
	k.as(k.alice, http.MethodPatch, "/api/v1/accounts/update_credentials", map[string]any{
		"note": "Hello :yes:", "fields_attributes": []any{map[string]any{"name": "Site", "value": "https://a.test"}}, "source": map[string]any{"language": "de"},
	})
	k.sendFiles(k.tokens[k.alice.ID], http.MethodPatch, "/api/v1/accounts/update_credentials", map[string]any{
		"avatar": pictureOf(k.t, 6, 6), "header": pictureOf(k.t, 6, 3),
	})
	k.as(k.alice, http.MethodDelete, "/api/v1/profile/avatar", nil)
	k.as(k.alice, http.MethodDelete, "/api/v1/profile/header", nil)
	k.as(k.alice, http.MethodDelete, pathOf("/api/v1/suggestions/{id}", k.boss.ID), nil)
	k.reads(k.alice, "/v1/accounts/relationships?id[]={them} /v1/preferences")
}

func (k *contract) changeNotifications() {
	requests := idsOf(k.get(k.alice, "/api/v1/notifications/requests").list())
	k.post(k.alice, "/api/v1/notifications/requests/"+requests[0]+"/accept", nil)
	k.post(k.alice, "/api/v1/notifications/requests/"+requests[1]+"/dismiss", nil)
	k.post(k.alice, "/api/v1/notifications/requests/accept", "id[]="+requests[2])
	k.post(k.alice, "/api/v1/notifications/requests/dismiss", "id[]="+requests[3])
	told := idsOf(k.get(k.alice, "/api/v1/notifications").list())
	k.post(k.alice, "/api/v1/notifications/"+told[0]+"/dismiss", nil)
	k.post(k.alice, "/api/v1/notifications/dismiss", "id="+told[1])
	k.as(k.alice, http.MethodDelete, "/api/v1/notifications/"+told[2], nil)
	k.as(k.alice, http.MethodDelete, "/api/v1/notifications/destroy_multiple?ids[]="+told[3], nil)
	groups := k.get(k.bob, "/api/v2/notifications").object()["notification_groups"].([]any)
	k.post(k.bob, "/api/v2/notifications/"+groups[0].(map[string]any)["group_key"].(string)+"/dismiss", nil)
	k.post(k.alice, "/api/v1/notifications/clear", nil)
	k.post(k.bob, "/api/v2/notifications/clear", nil)
}

func (k *contract) changeShelves() {
	talk := "/api/v1/conversations/" + idsOf(k.get(k.bob, "/api/v1/conversations").list())[0]
	k.changes(k.bob, talk, "read", "unread")
	k.as(k.bob, http.MethodDelete, talk, nil)
	k.changes(k.alice, "/api/v1/tags/care", "unfollow", "unfeature")
	k.as(k.alice, http.MethodDelete, "/api/v1/featured_tags/"+idsOf(k.get(k.alice, "/api/v1/featured_tags").list())[0], nil)
	k.as(k.alice, http.MethodDelete, "/api/v1/domain_blocks?domain=d.test", nil)
	k.as(k.alice, http.MethodDelete, "/api/v1/push/subscription", nil)
}

// askDoors lets an app in, and somebody who signs up with it.
func (k *contract) askDoors() {
	k.server.cfg.Mail = true
	app := k.send("", http.MethodPost, "/api/v1/apps", map[string]any{
		"client_name": "App", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob", "scopes": "read write", "website": "https://app.test",
	}).object()
	client := map[string]any{"client_id": app["client_id"], "client_secret": app["client_secret"]}
	with := func(more map[string]any) map[string]any {
		for name, value := range client {
			more[name] = value
		}
		return more
	}
	token := k.send("", http.MethodPost, "/oauth/token", with(map[string]any{"grant_type": "client_credentials", "scope": "read write"})).object()["access_token"].(string)
	k.send(token, http.MethodGet, "/api/v1/apps/verify_credentials", nil)
	written, err := k.service.Post(k.t.Context(), practice.Draft{Author: k.bob, Text: "with an app", AppID: parse(app["id"])})
	k.must(err)
	k.get(k.bob, pathOf("/api/v1/statuses/{id}", written.ID))
	applicant := k.send(token, http.MethodPost, "/api/v1/accounts", applicationOf("late")).object()["access_token"].(string)
	k.send(applicant, http.MethodGet, "/api/v1/emails/check_confirmation", nil)
	k.send(applicant, http.MethodPost, "/api/v1/emails/confirmations", nil)
	k.send("", http.MethodPost, "/oauth/revoke", with(map[string]any{"token": token}))
	k.get(nil, "/.well-known/oauth-authorization-server")
	k.get(k.alice, "/oauth/userinfo")
	k.post(k.alice, "/oauth/userinfo", nil)
}

func (k *contract) askAdmin() {
	newcomer, other := k.applicant("newcomer"), k.applicant("other")
	k.post(k.carol, "/api/v1/reports", map[string]any{"account_id": formatID(k.them.ID), "category": "spam", "comment": "ads"})
	report := "/api/v1/admin/reports/" + idsOf(k.get(k.boss, "/api/v1/admin/reports").list())[1]
	k.changes(k.boss, report, "assign_to_self", "resolve")
	k.reads(k.boss, "/v1/notifications")
	k.get(k.boss, "/api/v1/admin/reports?resolved=true")
	k.changes(k.boss, report, "reopen", "unassign")
	k.as(k.boss, http.MethodPut, report, "category=violation&rule_ids[]="+idsOf(k.get(nil, "/api/v1/instance/rules").list())[0])
	k.get(k.boss, report)
	k.reads(k.boss, `/v1/admin/accounts /v2/admin/accounts?status=pending&origin=local /v1/admin/accounts/{them} /v1/notifications /v2/notifications`)
	one := pathOf("/api/v1/admin/accounts/{id}", newcomer)
	k.get(k.boss, one)
	k.changes(k.boss, one, "approve")
	for _, step := range [][2]string{{"sensitive", "unsensitive"}, {"silence", "unsilence"}, {"disable", "enable"}, {"suspend", "unsuspend"}} {
		k.post(k.boss, one+"/action", map[string]any{"type": step[0]})
		k.get(k.boss, one)
		k.changes(k.boss, one, step[1])
	}
	k.post(k.boss, one+"/action", map[string]any{"type": "suspend"})
	k.as(k.boss, http.MethodDelete, one, nil)
	k.changes(k.boss, pathOf("/api/v1/admin/accounts/{id}", other), "reject")
	days := map[string]any{"start_at": "2026-02-20", "end_at": "2026-03-02", "frequency": "day", "instance_accounts": map[string]any{"domain": "b.test"}}
	days["keys"] = []string{
		"new_users", "active_users", "interactions", "opened_reports", "resolved_reports", "tag_uses", "instance_accounts",
		"instance_statuses", "instance_reports", "instance_follows", "instance_followers", "instance_media_attachments",
	}
	k.post(k.boss, "/api/v1/admin/measures", days)
	k.post(k.boss, "/api/v1/admin/retention", days)
	days["frequency"] = "month"
	k.post(k.boss, "/api/v1/admin/retention", days)
	days["keys"] = []string{"languages", "sources", "servers", "software_versions", "space_usage", "instance_languages", "instance_accounts"}
	k.post(k.boss, "/api/v1/admin/dimensions", days)
}

func (k *contract) askAdminBlocks() {
	for _, block := range []struct{ noun, make, change string }{
		{"domain_blocks", "domain=Bad.Example&severity=silence&private_comment=x&public_comment=y", "severity=suspend"},
		{"domain_allows", "domain=Good.Example&note=x&contact=y&public_reason=z", ""},
		{"email_domain_blocks", "domain=spam.example", ""},
		{"ip_blocks", "ip=198.51.100.7/24&severity=sign_up_block&expires_in=3600&comment=x", "severity=no_access"},
		{"canonical_email_blocks", "email=Some.One%2Bx@mail.test", ""},
	} {
		all := "/api/v1/admin/" + block.noun
		one := all + "/" + k.post(k.boss, all, block.make).object()["id"].(string)
		k.get(k.boss, all)
		k.get(k.boss, one)
		k.reads(nil, "/v1/instance/domain_blocks")
		if block.change != "" {
			k.as(k.boss, http.MethodPut, one, block.change)
		}
		if block.noun == "canonical_email_blocks" {
			k.post(k.boss, all+"/test", "email=someone@mail.test")
		}
		k.as(k.boss, http.MethodDelete, one, nil)
	}
	k.reads(k.boss, `/v1/admin/tags /v1/admin/trends/links /v1/admin/trends/links/publishers /v1/admin/trends/statuses /v1/admin/trends/tags`)
}
