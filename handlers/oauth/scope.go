package oauth

import (
	"slices"
	"strings"

	"praxis/models"
)

// defaultScope is what an app asks for that names none.
const defaultScope = "read"

// The nouns of granular scopes, as Mastodon has them, in words for the consent page.
var (
	readable = map[string]string{
		"accounts": "accounts and your own", "blocks": "whom you block", "bookmarks": "your bookmarks",
		"collections": "your collections", "favourites": "your favourites", "filters": "your filters",
		"follows": "whom you follow", "lists": "your lists", "mutes": "whom you mute",
		"notifications": "your notifications", "search": "what you search for", "statuses": "every post that you can see",
	}
	writable = map[string]string{
		"accounts": "change your profile", "blocks": "block accounts", "bookmarks": "bookmark posts",
		"collections": "manage your collections", "conversations": "mute and delete conversations",
		"favourites": "favourite posts", "filters": "manage your filters", "follows": "follow and unfollow accounts",
		"lists": "manage your lists", "media": "upload files", "mutes": "mute accounts",
		"notifications": "clear your notifications", "reports": "report posts and accounts",
		"statuses": "post, reply, edit and delete",
	}
	administered = []string{
		"accounts", "canonical_email_blocks", "domain_allows", "domain_blocks", "email_domain_blocks", "ip_blocks", "reports",
	}
)

// broad are the scopes that stand for themselves, in the order in which people read them.
var broad = []struct{ name, words string }{
	{"profile", "See who you are: your name, user name and picture"},
	{"read", "Read everything that your account can see, also what few may see"},
	{"write", "Post, reply and change your account in your name"},
	{"follow", "Follow, mute and block in your name"},
	{"push", "Get your notifications on this device"},
	{"admin:read", "Read what administrators of this instance see"},
	{"admin:write", "Do what administrators of this instance do"},
}

// allScopes lists every scope that there is.
func allScopes() []string {
	var all []string
	for _, scope := range broad {
		all = append(all, scope.name)
	}
	for noun := range readable {
		all = append(all, "read:"+noun)
	}
	for noun := range writable {
		all = append(all, "write:"+noun)
	}
	for _, noun := range administered {
		all = append(all, "admin:read:"+noun, "admin:write:"+noun)
	}
	slices.Sort(all)
	return all
}

// scopes is a set of scopes, in the order in which they were asked for.
type scopes []string

// parseScopes reads scopes that are separated by spaces (or by "+", which some clients send unencoded). Errors: Invalid
// for one that does not exist.
func parseScopes(list string) (scopes, error) {
	var found scopes
	for _, name := range strings.FieldsFunc(list, func(c rune) bool { return c == ' ' || c == '+' || c == ',' }) {
		if !known(name) {
			return nil, models.FieldErrorf("scopes", "There is no scope %q: use read, write, follow, push, profile or parts such as read:statuses.", name)
		}
		if !slices.Contains(found, name) {
			found = append(found, name)
		}
	}
	return found, nil
}

func known(name string) bool {
	for _, scope := range broad {
		if scope.name == name {
			return true
		}
	}
	verb, noun, _ := cutLast(name)
	switch verb {
	case "read":
		return readable[noun] != ""
	case "write":
		return writable[noun] != ""
	case "admin:read", "admin:write":
		return slices.Contains(administered, noun)
	}
	return false
}

// cutLast cuts "admin:read:accounts" into "admin:read" and "accounts".
func cutLast(name string) (before, after string, found bool) {
	i := strings.LastIndexByte(name, ':')
	if i < 0 {
		return name, "", false
	}
	return name[:i], name[i+1:], true
}

func (s scopes) String() string { return strings.Join(s, " ") }

// followed are the nouns that the old scope "follow" stands for.
var followed = []string{"follows", "blocks", "mutes"}

// has reports whether the set covers a scope: "read" covers "read:statuses", "follow" covers what concerns follows,
// blocks and mutes, and whoever may read accounts may read their own profile.
func (s scopes) has(scope string) bool {
	verb, noun, isPart := cutLast(scope)
	switch {
	case slices.Contains(s, scope):
		return true
	case isPart && verb != "admin" && slices.Contains(s, verb):
		return true
	case (verb == "read" || verb == "write") && slices.Contains(followed, noun):
		return slices.Contains(s, "follow")
	case scope == "profile":
		return slices.Contains(s, "read") || slices.Contains(s, "read:accounts")
	}
	return false
}

// within reports whether other covers all of the set (security case G5).
func (s scopes) within(other scopes) bool {
	return !slices.ContainsFunc(s, func(scope string) bool { return !other.has(scope) })
}

// forAdmins reports whether the set holds a scope that only administrators may give.
func (s scopes) forAdmins() bool {
	return slices.ContainsFunc(s, func(scope string) bool { return strings.HasPrefix(scope, "admin:") })
}

// words says what the set permits, a sentence a line, without what a broader scope says already.
func (s scopes) words() []string {
	var lines []string
	for _, scope := range broad {
		if slices.Contains(s, scope.name) {
			lines = append(lines, scope.words)
		}
	}
	for _, scope := range s {
		verb, noun, isPart := cutLast(scope)
		if !isPart || verb == "admin" || slices.Contains(s, verb) {
			continue
		}
		switch verb {
		case "read":
			lines = append(lines, "Read "+readable[noun])
		case "write":
			lines = append(lines, capital(writable[noun]))
		case "admin:read", "admin:write":
			lines = append(lines, "Administer this instance: "+strings.ReplaceAll(noun, "_", " ")+" ("+strings.TrimPrefix(verb, "admin:")+")")
		}
	}
	return lines
}

func capital(words string) string { return strings.ToUpper(words[:1]) + words[1:] }
