package mastodon

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

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
