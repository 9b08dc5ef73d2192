package mastodon

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"praxis/internal/testdb"
	"praxis/models"
	"praxis/practice"
)

// shape is one request and the entity that its answer, or each item of its answer, is.
type shape struct {
	method, path string
	body         any
	entity       string
	list         bool
}

// furnish gives a house with something of everything, and what is to be asked of it.
func furnish(h *house) (alice *models.Actor, shapes []shape) {
	h.t.Helper()
	alice, bob := h.member("alice"), h.member("bob")
	care := h.community("care", alice, false)
	them := h.remote("them", "b.test", models.TypePerson)
	moved := h.remote("moved", "b.test", models.TypePerson)
	_, err := h.service.UpdateProfile(h.t.Context(), alice, practice.Profile{Fields: []models.Field{{Name: "Site", Value: "https://a.test"}}})
	h.must(err)
	h.must(h.store.Tx(h.t.Context(), func(tx *models.Tx) error {
		moved.MovedToURI = them.URI
		return tx.SaveRemoteActor(moved)
	}))
	h.follows(alice, care)
	h.follows(alice, them)
	h.follows(them, alice)
	h.follows(them, bob)
	root := h.post(alice, "/api/v1/statuses", map[string]any{"status": "@care What now? #ask\n\nText @them@b.test", "language": "de"}).object()["id"].(string)
	stored, err := h.store.Read(h.t.Context()).Posts(ids([]string{root}, 1))
	h.must(err)
	picture := models.Attachment{Type: "image", MediaType: "image/png", URL: "https://b.test/1.png", Width: 4, Height: 3, Description: "x"}
	sound := models.Attachment{Type: "audio", URL: "https://b.test/1.ogg"}
	for _, parent := range stored {
		h.receive(practice.Draft{
			Author: them, URI: "https://b.test/p/1", Content: "<p>this</p>", InReplyTo: parent, Mentions: []*models.Actor{alice},
			Attachments: []models.Attachment{picture, sound}, Tags: []string{"ask"},
		})
		h.must(h.service.Favourite(h.t.Context(), them, parent, "https://b.test/l/1", practice.Cause{URI: "x"}))
	}
	h.post(bob, "/api/v1/statuses/"+root+"/reblog", nil).status(http.StatusOK)
	h.post(alice, "/api/v1/statuses/"+root+"/favourite", nil).status(http.StatusOK)
	h.post(bob, pathOf("/api/v1/accounts/{id}/follow", alice.ID), nil).status(http.StatusOK)
	list := keep(h, alice, them, root)
	_, err = h.service.AddEmoji(h.t.Context(), "yes", "Hands", emojiPicture(h.t, "png"))
	h.must(err)
	_, err = h.service.AddRule(h.t.Context(), "Be kind", "")
	h.must(err)
	made, err := h.service.Announce(h.t.Context(), "Hello :yes: #news", time.Time{}, time.Time{}, false)
	h.must(err)
	h.must(h.service.ReactToAnnouncement(h.t.Context(), alice, made.ID, "yes"))
	h.must(h.store.Tx(h.t.Context(), func(tx *models.Tx) error { return tx.PutDomainBlock("evil.test", "") }))
	h.server.cfg.TermsOfService, h.server.cfg.ShowDomainBlocks = "Be fair", BlocksForEverybody
	filterID := furnishFilters(h, alice, root)
	status, their, someone := "/api/v1/statuses/"+root, pathOf("/api/v1/accounts/{id}", them.ID), "?id[]="+formatID(them.ID)
	get := func(path, entity string) shape { return shape{http.MethodGet, path, nil, entity, false} }
	all := func(path, entity string) shape { return shape{http.MethodGet, path, nil, entity, true} }
	asked := h.post(bob, "/api/v1/statuses", map[string]any{
		"status": "Which?", "poll": map[string]any{"options": []string{"a", "b"}, "expires_in": 3600, "hide_totals": true},
	}).object()
	choice := "/api/v1/polls/" + asked["poll"].(map[string]any)["id"].(string)
	later := "/api/v1/scheduled_statuses/" + h.post(alice, "/api/v1/statuses", map[string]any{
		"status": "Later", "scheduled_at": "2026-03-05T12:00:00.000Z", "in_reply_to_id": root, "language": "de",
	}).object()["id"].(string)
	return alice, []shape{
		get(choice, "Poll"), {http.MethodPost, choice + "/votes", "choices[]=1", "Poll", false}, get("/api/v1/statuses/"+asked["id"].(string), "Status"),
		get(later, "ScheduledStatus"), all("/api/v1/scheduled_statuses", "ScheduledStatus"),
		{http.MethodPut, later, "scheduled_at=2026-03-06T12:00:00Z", "ScheduledStatus", false},
		get("/api/v1/instance", "V1Instance"), get("/api/v2/instance", "Instance"),
		all("/api/v1/custom_emojis", "CustomEmoji"), all("/api/v1/instance/rules", "Rule"), all("/api/v1/announcements", "Announcement"),
		get("/api/v1/instance/terms_of_service", "TermsOfService"), all("/api/v1/instance/domain_blocks", "DomainBlock"),
		get("/api/v1/instance/extended_description", "ExtendedDescription"), get("/api/v1/instance/privacy_policy", "PrivacyPolicy"),
		get("/api/v1/accounts/verify_credentials", "CredentialAccount"), get("/api/v1/preferences", "Preferences"),
		{http.MethodPatch, "/api/v1/accounts/update_credentials", "locked=false", "CredentialAccount", false},
		get(their, "Account"), get(pathOf("/api/v1/accounts/{id}", moved.ID), "Account"), get(pathOf("/api/v1/accounts/{id}", care.ID), "Account"),
		all("/api/v1/accounts"+someone, "Account"), get("/api/v1/accounts/lookup?acct=them@b.test", "Account"),
		all("/api/v1/accounts/search?q=the", "Account"), all("/api/v1/directory", "Account"),
		all(pathOf("/api/v1/accounts/{id}/followers", alice.ID), "Account"), all(pathOf("/api/v1/accounts/{id}/following", alice.ID), "Account"),
		all("/api/v1/accounts/relationships"+someone, "Relationship"), all("/api/v1/accounts/familiar_followers?id[]="+formatID(bob.ID), "FamiliarFollowers"),
		{http.MethodPost, their + "/follow", "reblogs=false", "Relationship", false},
		all(pathOf("/api/v1/accounts/{id}/statuses", alice.ID), "Status"), all(pathOf("/api/v1/accounts/{id}/statuses", care.ID), "Status"),
		get(status, "Status"), all("/api/v1/statuses?id[]="+root, "Status"), get(status+"/context", "Context"),
		get(status+"/source", "StatusSource"), all(status+"/history", "StatusEdit"),
		all(status+"/favourited_by", "Account"), all(status+"/reblogged_by", "Account"), all("/api/v1/favourites", "Status"),
		{http.MethodPost, status + "/reblog", nil, "Status", false},
		all("/api/v1/timelines/home", "Status"), all("/api/v1/timelines/public", "Status"), all("/api/v1/timelines/tag/ask", "Status"),
		get("/api/v1/tags/ask", "Tag"), get("/api/v2/search?q=care", "Search"), get("/api/v2/search?q=%23as", "Search"),
		get("/api/v2/search?q=https://b.test/p/1", "Search"),
		all("/api/v1/notifications", "Notification"), get("/api/v2/notifications", "GroupedNotificationsResults"),
		get("/api/v2/notifications?expand_accounts=partial_avatars", "GroupedNotificationsResults"),
		get("/api/v2/notifications/policy", "NotificationPolicy"), get("/api/v1/notifications/policy", "V1NotificationPolicy"),
		get("/api/v1/notifications/unread_count", "CountResponse"), get("/api/v2/notifications/unread_count", "CountResponse"),
		get("/api/v1/notifications/requests/merged", "MergedResponse"),
		all("/api/v1/bookmarks", "Status"), all(pathOf("/api/v1/accounts/{id}/statuses?pinned=true", alice.ID), "Status"),
		all("/api/v1/mutes", "MutedAccount"), all("/api/v1/endorsements", "Account"), all("/api/v1/lists", "List"), get("/api/v1/lists/"+list, "List"),
		all("/api/v1/lists/"+list+"/accounts", "Account"), all("/api/v1/timelines/list/"+list, "Status"),
		all(pathOf("/api/v1/timelines/list/{id}", care.ID), "Status"), all(their+"/lists", "List"),
		all("/api/v1/followed_tags", "Tag"), all("/api/v1/featured_tags", "FeaturedTag"), all("/api/v1/featured_tags/suggestions", "Tag"),
		all("/api/v2/suggestions", "Suggestion"), all("/api/v1/suggestions", "Account"),
		{http.MethodPost, "/api/v1/tags/ask/feature", nil, "Tag", false}, {http.MethodPost, pathOf("/api/v1/accounts/{id}/mute", bob.ID), "duration=60", "Relationship", false},
		all("/api/v2/filters", "Filter"), get("/api/v2/filters/"+filterID, "Filter"), all("/api/v1/filters", "V1Filter"),
		all("/api/v2/filters/"+filterID+"/keywords", "FilterKeyword"), all("/api/v2/filters/"+filterID+"/statuses", "FilterStatus"),
		all("/api/v1/conversations", "Conversation"), all("/api/v1/notifications/requests", "NotificationRequest"),
		{http.MethodPost, "/api/v1/reports", map[string]any{"account_id": formatID(them.ID), "status_ids": []string{root}}, "Report", false},
	}
}

// keep lets alice keep something of every sort, and gives a list of hers.
func keep(h *house, alice, them *models.Actor, root string) string {
	h.t.Helper()
	for _, path := range []string{
		"/api/v1/statuses/" + root + "/bookmark", "/api/v1/statuses/" + root + "/pin", "/api/v1/statuses/" + root + "/mute", "/api/v1/statuses/" + root + "/unmute",
		pathOf("/api/v1/accounts/{id}/endorse", them.ID), "/api/v1/tags/care/follow", "/api/v1/tags/care/feature",
		pathOf("/api/v1/accounts/{id}/mute", h.remote("muted", "c.test", models.TypePerson).ID),
	} {
		h.post(alice, path, map[string]any{"duration": 3600}).status(http.StatusOK)
	}
	h.follows(h.member("popular"), h.member("found"))
	h.post(alice, pathOf("/api/v1/accounts/{id}/note", them.ID), "comment=x").status(http.StatusOK)
	return h.newList(alice, map[string]any{"title": "all", "replies_policy": "followed"}, them)
}

// furnishFilters gives alice a filter that matches, a conversation, and a mention that is held back.
func furnishFilters(h *house, alice *models.Actor, root string) string {
	h.t.Helper()
	made := h.post(alice, "/api/v2/filters", map[string]any{
		"title": "F", "context": []string{"home"}, "expires_in": 1_000_000, "keywords_attributes": []any{map[string]any{"keyword": "this"}},
	}).object()["id"].(string)
	h.post(alice, "/api/v2/filters/"+made+"/statuses", "status_id="+root).status(http.StatusOK)
	h.write(alice, "@bob hello", "direct", nil)
	h.as(alice, http.MethodPut, "/api/v2/notifications/policy", "for_private_mentions=filter").status(http.StatusOK)
	mentions(h, h.remote("held", "b.test", models.TypePerson), alice, "held", models.Direct)
	return made
}

// TestAnswersFitTheDescription holds answers against Mastodon's documented schemas.
func TestAnswersFitTheDescription(t *testing.T) {
	described := loadSchemas(t)
	h := newHouse(t)
	alice, shapes := furnish(h)
	for _, s := range shapes {
		if described[s.entity] == nil {
			t.Fatalf("no schema %s", s.entity)
		}
		for _, wrong := range checkShape(h, alice, s, func(at string, v any) []string { return described.check(at, described[s.entity], v) }) {
			t.Errorf("%s %s: %s", s.method, s.path, wrong)
		}
	}
}

func checkShape(h *house, actor *models.Actor, s shape, check func(at string, v any) []string) []string {
	h.t.Helper()
	a := h.as(actor, s.method, s.path, s.body)
	if a.Code != http.StatusOK {
		return []string{a.Body.String()}
	}
	var value any
	h.must(json.Unmarshal(a.Body.Bytes(), &value))
	if !s.list {
		return check(s.entity, value)
	}
	items := value.([]any)
	if len(items) == 0 {
		h.t.Errorf("%s %s is empty", s.method, s.path)
	}
	var wrong []string
	for _, item := range items {
		wrong = append(wrong, check(s.entity, item)...)
	}
	return wrong
}

// strict is what the strictest client refuses to do without: one null in one object, and a whole list is lost.
func strict() map[string]string {
	return map[string]string{
		"Status": "id account content created_at emojis reblogs_count favourites_count replies_count sensitive spoiler_text visibility " +
			"media_attachments mentions tags uri filtered praxis",
		"Account": "id username acct display_name created_at note url uri avatar avatar_static header header_static fields emojis roles " +
			"locked bot group discoverable indexable followers_count following_count statuses_count",
		"CredentialAccount": "id username acct created_at note url avatar header fields emojis roles source role",
		"Relationship": "id following showing_reblogs notifying followed_by blocking blocked_by muting muting_notifications requested " +
			"requested_by domain_blocking endorsed note",
		"Instance": "domain title version source_url description usage thumbnail icon languages configuration registrations api_versions contact rules",
		"V1Instance": "uri title short_description description email version urls stats languages registrations approval_required invites_enabled " +
			"configuration max_toot_chars rules",
		"Notification": "id type created_at account group_key",
		"Tag":          "name url history following featuring",
		"Context":      "ancestors descendants",
		"Search":       "accounts statuses hashtags",
	}
}

// TestStrictShapes: what must not be null is there in every answer, at every depth.
func TestStrictShapes(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouseOn(t, database)
		alice, shapes := furnish(h)
		seen := map[string]bool{}
		for _, s := range shapes {
			wrong := checkShape(h, alice, s, func(at string, v any) []string { seen[s.entity] = true; return notNull(at, s.entity, v) })
			for _, w := range wrong {
				t.Errorf("%s %s: %s", s.method, s.path, w)
			}
		}
		for entity := range strict() {
			if !seen[entity] {
				t.Errorf("nothing shows a %s", entity)
			}
		}
	})
}

func notNull(at, entity string, value any) []string {
	object, ok := value.(map[string]any)
	if !ok {
		return []string{at + " is no object"}
	}
	var wrong []string
	for _, name := range strings.Fields(strict()[entity]) {
		if object[name] == nil {
			wrong = append(wrong, at+"."+name+" is null")
		}
	}
	inner := map[string]string{
		"account": "Account", "reblog": "Status", "status": "Status", "accounts": "Account", "statuses": "Status", "ancestors": "Status",
		"descendants": "Status", "hashtags": "Tag", "moved": "Account", "target_account": "Account",
	}
	for name, kind := range inner {
		if name == "statuses" && (entity == "V1Instance" || entity == "Filter") {
			continue
		}
		switch part := object[name].(type) {
		case map[string]any:
			wrong = append(wrong, notNull(at+"."+name, kind, part)...)
		case []any:
			for _, item := range part {
				wrong = append(wrong, notNull(at+"."+name, kind, item)...)
			}
		}
	}
	for _, media := range list(object["media_attachments"]) {
		if m := media.(map[string]any); m["url"] == nil || m["id"] == nil || m["type"] == nil || m["meta"] == nil {
			wrong = append(wrong, at+" has an attachment with nulls")
		}
	}
	return wrong
}

func list(v any) []any {
	found, _ := v.([]any)
	return found
}

// TestInstanceForEveryClient names what single clients read without a check.
func TestInstanceForEveryClient(t *testing.T) {
	h := newHouse(t)
	admin, err := h.service.CreateMember(t.Context(), practice.NewMember{Username: "boss", Admin: true})
	h.must(err)
	v1, v2 := h.get(nil, "/api/v1/instance").object(), h.get(nil, "/api/v2/instance").object()
	if v1["uri"] != "a.test" || v2["domain"] != "a.test" {
		t.Errorf("uri %v, domain %v: bare domains are wanted", v1["uri"], v2["domain"])
	}
	for _, v := range []any{v1["version"], v2["version"]} {
		if v != "4.5.0 (compatible; Praxis 1.2.3)" {
			t.Errorf("version %v", v)
		}
	}
	if level := v2["api_versions"].(map[string]any)["mastodon"]; level != 7.0 {
		t.Errorf("api level %v", level)
	}
	if who, _ := v2["contact"].(map[string]any)["account"].(map[string]any); who["id"] != formatID(admin.ID) {
		t.Errorf("contact %v", v2["contact"])
	}
	configuration := v2["configuration"].(map[string]any)
	for path, want := range map[string]any{
		"urls.streaming": "", "polls.max_options": 4.0, "statuses.max_characters": 5000.0, "statuses.max_media_attachments": 4.0,
		"accounts.max_featured_tags": 10.0, "accounts.max_pinned_statuses": 5.0, "translation.enabled": false, "media_attachments.image_size_limit": 16777216.0, "vapid.public_key": "",
	} {
		part, name, _ := strings.Cut(path, ".")
		if got := configuration[part].(map[string]any)[name]; got != want {
			t.Errorf("configuration.%s is %v, want %v", path, got, want)
		}
	}
	if mimes, ok := configuration["media_attachments"].(map[string]any)["supported_mime_types"].([]any); !ok || len(mimes) != 4 || mimes[0] != "image/jpeg" {
		t.Errorf("supported_mime_types %v", mimes)
	}
	if v1["max_toot_chars"] != 5000.0 || v1["urls"].(map[string]any)["streaming_api"] != "" {
		t.Errorf("v1 %v", v1)
	}
}

// TestCommunityAccount: clients tell communities from persons by one flag.
func TestCommunityAccount(t *testing.T) {
	h := newHouse(t)
	alice := h.member("alice")
	open, closed := h.community("open", alice, false), h.community("closed", alice, true)
	for actor, locked := range map[*models.Actor]bool{open: false, closed: true} {
		got := h.get(nil, pathOf("/api/v1/accounts/{id}", actor.ID)).object()
		if got["group"] != true || got["bot"] != false || got["locked"] != locked || got["discoverable"] != true {
			t.Errorf("%s: %v", actor.Username, got)
		}
	}
	bot := h.remote("bot", "b.test", models.TypeService)
	if got := h.get(nil, pathOf("/api/v1/accounts/{id}", bot.ID)).object(); got["bot"] != true || got["group"] != false || got["acct"] != "bot@b.test" {
		t.Errorf("a service: %v", got)
	}
}
