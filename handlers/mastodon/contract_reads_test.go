package mastodon

import (
	"net/http"
	"net/url"
	"strings"

	"praxis/models"
)

// reads asks for paths below /api, one a line.
func (k *contract) reads(who *models.Actor, paths string) {
	k.t.Helper()
	replace := strings.NewReplacer(
		"{alice}", formatID(k.alice.ID), "{bob}", formatID(k.bob.ID), "{them}", formatID(k.them.ID), "{care}", formatID(k.care.ID),
		"{carol}", formatID(k.carol.ID), "{boss}", formatID(k.boss.ID), "{root}", k.root, "{reply}", k.reply,
	)
	for _, path := range strings.Fields(paths) {
		k.get(who, "/api"+replace.Replace(path))
	}
}

func (k *contract) askInstance() {
	k.reads(nil, `/v1/instance /v2/instance /v1/instance/peers /v1/instance/translation_languages /v1/instance/rules /v1/instance/activity
		/v1/instance/extended_description /v1/instance/privacy_policy /v1/instance/terms_of_service /v1/instance/terms_of_service/2026-03-01
		/v1/instance/languages /v1/peers/search?q=b /v1/custom_emojis`)
	k.must(k.store.Tx(k.t.Context(), func(tx *models.Tx) error { return tx.PutDomainBlock("evil.test", "a reason") }))
	k.reads(k.alice, `/v1/instance/domain_blocks /v1/annual_reports /v1/annual_reports/2025/state /v1/preferences`)
	k.get(nil, "/api/oembed?url="+url.QueryEscape(k.stored(k.root).URL))
}

func (k *contract) askPeople() {
	k.reads(k.alice, `/v1/accounts/verify_credentials /v1/accounts/{them} /v1/accounts/{care} /v1/accounts?id[]={them}&id[]={boss}
		/v1/accounts/lookup?acct=moved@b.test /v1/accounts/lookup?acct=limited@c.test /v1/accounts/search?q=the /v1/directory
		/v1/accounts/{alice}/followers /v1/accounts/{alice}/following /v1/accounts/relationships?id[]={them}&id[]={bob}
		/v1/accounts/familiar_followers?id[]={bob} /v1/accounts/{alice}/statuses /v1/accounts/{care}/statuses /v1/accounts/{them}/statuses
		/v1/accounts/{alice}/identity_proofs /v2/suggestions /v1/suggestions`)
	k.reads(k.boss, `/v1/accounts/verify_credentials /v1/accounts/relationships?id[]={bob}`)
	k.reads(k.carol, `/v1/follow_requests /v1/accounts/verify_credentials`)
	k.reads(nil, `/v1/accounts/{alice} /v1/accounts/{them}/statuses`)
}

func (k *contract) askPosts() {
	polled := k.post(k.bob, "/api/v1/statuses", map[string]any{
		"status": "Which?", "poll": map[string]any{"options": []string{"a :yes:", "b"}, "expires_in": 3600, "multiple": true},
	}).object()
	poll := "/api/v1/polls/" + polled["poll"].(map[string]any)["id"].(string)
	k.get(nil, poll)
	k.post(k.alice, poll+"/votes", "choices[]=1")
	k.get(k.alice, poll)
	k.get(k.alice, "/api/v1/statuses/"+polled["id"].(string)+"/history")
	k.reads(k.alice, `/v1/statuses?id[]={root}&id[]={reply} /v1/statuses/{root} /v1/statuses/{reply} /v1/statuses/{root}/context /v1/statuses/{reply}/context
		/v1/statuses/{root}/source /v1/statuses/{root}/history /v1/statuses/{reply}/history /v1/statuses/{root}/favourited_by
		/v1/statuses/{root}/reblogged_by /v1/statuses/{root}/quotes`)
	k.reads(nil, `/v1/statuses/{root} /v1/statuses/{root}/context`)
}

func (k *contract) askTimelines() {
	list := k.newList(k.alice, map[string]any{"title": "all", "replies_policy": "followed"}, k.them)
	k.reads(k.alice, `/v1/timelines/home /v1/timelines/public /v1/timelines/tag/ask /v1/timelines/list/{care} /v1/favourites /v1/bookmarks
		/v1/trends /v1/trends/tags /v1/trends/statuses /v1/trends/links /v1/tags/ask /v1/timelines/link?url=https://b.test/page
		/v2/search?q=care /v2/search?q=%23as /v2/search?q=text /v2/search?q=https://b.test/p/1 /v1/conversations`)
	k.reads(nil, `/v1/timelines/public /v1/trends/statuses /v1/tags/ask /v2/search?q=ask`)
	for _, path := range []string{"/api/v1/lists", "/api/v1/lists/" + list, "/api/v1/lists/" + list + "/accounts", "/api/v1/timelines/list/" + list} {
		k.get(k.alice, path)
	}
	k.reads(k.alice, `/v1/accounts/{them}/lists`)
	k.as(k.alice, http.MethodPut, "/api/v1/lists/"+list, "title=some&exclusive=true")
	k.as(k.alice, http.MethodDelete, "/api/v1/lists/"+list+"/accounts?account_ids[]="+formatID(k.them.ID), nil)
	k.as(k.alice, http.MethodDelete, "/api/v1/lists/"+list, nil)
}

func (k *contract) askNotifications() {
	rules := idsOf(k.get(nil, "/api/v1/instance/rules").list())
	k.post(k.bob, "/api/v1/reports", map[string]any{
		"account_id": formatID(k.alice.ID), "status_ids": []string{k.root}, "category": "violation", "rule_ids": rules, "comment": "x",
	})
	k.reads(k.boss, `/v1/notifications /v2/notifications`)
	k.reads(k.bob, `/v1/notifications /v2/notifications`)
	k.reads(k.carol, `/v1/notifications`)
	k.reads(k.alice, `/v1/notifications /v2/notifications /v2/notifications?expand_accounts=partial_avatars /v1/notifications/unread_count
		/v2/notifications/unread_count /v1/notifications/policy /v2/notifications/policy /v1/notifications/requests /v1/notifications/requests/merged`)
	k.as(k.alice, http.MethodPut, "/api/v1/notifications/policy", "filter_new_accounts=true")
	k.get(k.alice, "/api/v1/notifications/"+idsOf(k.get(k.alice, "/api/v1/notifications").list())[0])
	for _, group := range k.get(k.alice, "/api/v2/notifications").object()["notification_groups"].([]any) {
		key := group.(map[string]any)["group_key"].(string)
		k.get(k.alice, "/api/v2/notifications/"+key)
		k.get(k.alice, "/api/v2/notifications/"+key+"/accounts")
	}
	k.get(k.alice, "/api/v1/notifications/requests/"+idsOf(k.get(k.alice, "/api/v1/notifications/requests").list())[0])
}

// askShelves asks for what members keep for themselves.
func (k *contract) askShelves() {
	for _, path := range []string{"/api/v1/tags/care/follow", "/api/v1/tags/care/feature", "/api/v1/tags/ask/feature"} {
		k.post(k.alice, path, nil)
	}
	k.post(k.alice, "/api/v1/featured_tags", "name=news")
	k.write(k.alice, "#more", "public", nil)
	k.post(k.alice, pathOf("/api/v1/accounts/{id}/endorse", k.them.ID), nil)
	k.post(k.alice, pathOf("/api/v1/accounts/{id}/mute", k.remote("loud", "c.test", models.TypePerson).ID), "duration=3600")
	k.post(k.alice, pathOf("/api/v1/accounts/{id}/block", k.remote("bad", "c.test", models.TypePerson).ID), nil)
	k.post(k.alice, "/api/v1/domain_blocks", "domain=d.test")
	k.post(k.alice, "/api/v1/markers", map[string]any{"home": map[string]any{"last_read_id": k.root}, "notifications": map[string]any{"last_read_id": "1"}})
	later := map[string]any{"status": "Later", "scheduled_at": "2026-03-05T12:00:00.000Z", "language": "de", "spoiler_text": "x", "quote_approval_policy": "nobody"}
	polled := map[string]any{"in_reply_to_id": k.root, "poll": map[string]any{"options": []string{"a", "b"}, "expires_in": 3600}}
	pictured := map[string]any{"quoted_status_id": k.root, "media_ids": []any{k.upload(k.alice, map[string]any{"file": pictureOf(k.t, 6, 3)})["id"]}}
	for _, more := range []map[string]any{polled, pictured} {
		body := map[string]any{}
		for _, part := range []map[string]any{later, more} {
			for name, value := range part {
				body[name] = value
			}
		}
		one := "/api/v1/scheduled_statuses/" + k.post(k.alice, "/api/v1/statuses", body).object()["id"].(string)
		k.get(k.alice, one)
		k.as(k.alice, http.MethodPut, one, "scheduled_at=2026-03-06T12:00:00Z")
	}
	k.post(k.alice, "/api/v1/push/subscription", map[string]any{
		"subscription": map[string]any{"endpoint": "https://push.test/x", "standard": true, "keys": map[string]any{"p256dh": "a", "auth": "b"}},
		"data":         map[string]any{"alerts": map[string]any{"mention": true}, "policy": "all"},
	})
	k.as(k.alice, http.MethodPut, "/api/v1/push/subscription", map[string]any{"data": map[string]any{"alerts": map[string]any{"follow": true}}})
	k.post(k.alice, "/api/v1/statuses/"+k.root+"/pin", nil)
	k.reads(k.alice, `/v1/followed_tags /v1/featured_tags /v1/featured_tags/suggestions /v1/accounts/{alice}/featured_tags /v1/endorsements
		/v1/accounts/{alice}/endorsements /v1/mutes /v1/blocks /v1/domain_blocks /v1/domain_blocks/preview?domain=b.test
		/v1/markers?timeline[]=home&timeline[]=notifications /v1/scheduled_statuses /v1/push/subscription /v1/accounts/{alice}/statuses?pinned=true`)
}

func (k *contract) askFilters() {
	made := "/api/v2/filters/" + k.post(k.alice, "/api/v2/filters", map[string]any{
		"title": "F", "context": []string{"home"}, "expires_in": 1_000_000, "keywords_attributes": []any{map[string]any{"keyword": "this"}},
	}).object()["id"].(string)
	words := "/api/v2/filters/keywords/" + k.post(k.alice, made+"/keywords", "keyword=that&whole_word=true").object()["id"].(string)
	named := "/api/v2/filters/statuses/" + k.post(k.alice, made+"/statuses", "status_id="+k.reply).object()["id"].(string)
	for _, path := range []string{"/api/v2/filters", made, made + "/keywords", made + "/statuses", words, named, "/api/v1/statuses/" + k.reply} {
		k.get(k.alice, path)
	}
	k.as(k.alice, http.MethodPut, made, "title=G&filter_action=hide")
	k.as(k.alice, http.MethodPut, words, "keyword=those")
	old := "/api/v1/filters/" + k.post(k.alice, "/api/v1/filters", "phrase=old&context[]=home&expires_in=3600").object()["id"].(string)
	k.get(k.alice, old)
	k.as(k.alice, http.MethodPut, old, "phrase=older&context[]=public&whole_word=false")
	k.get(k.alice, "/api/v1/filters")
	for _, path := range []string{words, named, old, made} {
		k.as(k.alice, http.MethodDelete, path, nil)
	}
}
