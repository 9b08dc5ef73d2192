package mastodon

import (
	"fmt"
	"strings"
)

// strict is what the strictest client refuses to do without: one null in one object, and a whole list is lost.
func strict() map[string]string {
	return map[string]string{
		"Status": "id account content created_at emojis reblogs_count favourites_count replies_count sensitive spoiler_text visibility " +
			"media_attachments mentions tags uri filtered",
		"Account": "id username acct display_name created_at note url uri avatar avatar_static header header_static fields emojis roles " +
			"locked bot group discoverable indexable followers_count following_count statuses_count",
		"CredentialAccount": "id username acct created_at note url avatar header fields emojis roles source role",
		"Relationship": "id following showing_reblogs notifying followed_by blocking blocked_by muting muting_notifications requested " +
			"requested_by domain_blocking endorsed note",
		"Instance": "domain title version source_url description usage thumbnail icon languages configuration registrations api_versions contact rules",
		"V1Instance": "uri title short_description description email version urls stats languages registrations approval_required invites_enabled " +
			"configuration max_toot_chars rules",
		"Notification":    "id type created_at account group_key",
		"MediaAttachment": "id type url meta",
		"Tag":             "name url history following featuring",
		"Context":         "ancestors descendants",
		"Search":          "accounts statuses hashtags",
	}
}

// marks tell by which properties an object is known to be an entity; what has more of them comes first.
func marks() [][2]string {
	return [][2]string{
		{"CredentialAccount", "acct source role"},
		{"Account", "acct followers_count"},
		{"Status", "visibility reblogs_count"},
		{"Relationship", "followed_by muting"},
		{"V1Instance", "uri max_toot_chars"},
		{"Instance", "domain api_versions"},
		{"Notification", "group_key account"},
		{"MediaAttachment", "preview_url meta"},
		{"Tag", "history following"},
		{"Context", "ancestors"},
		{"Search", "hashtags"},
	}
}

func entityOf(object map[string]any) string {
	for _, mark := range marks() {
		all := true
		for _, name := range strings.Fields(mark[1]) {
			_, has := object[name]
			all = all && has
		}
		if all {
			return mark[0]
		}
	}
	return ""
}

// notNull gives what is null in a value, at any depth, and must not be.
func notNull(seen map[string]bool, at string, value any) []string {
	var wrong []string
	switch value := value.(type) {
	case []any:
		for i, item := range value {
			wrong = append(wrong, notNull(seen, fmt.Sprintf("%s[%d]", at, i), item)...)
		}
	case map[string]any:
		entity := entityOf(value)
		seen[entity] = true
		for _, name := range strings.Fields(strict()[entity]) {
			if value[name] == nil {
				wrong = append(wrong, at+"."+name+" is null")
			}
		}
		for name, inner := range value {
			wrong = append(wrong, notNull(seen, at+"."+name, inner)...)
		}
	}
	return wrong
}

func list(v any) []any {
	found, _ := v.([]any)
	return found
}
