package vocab

import (
	"errors"
	"regexp"
	"strings"
)

// username is what can stand before the @ of a handle: words joined by dots and hyphens.
var username = regexp.MustCompile(`(?i)^[a-z0-9_]+(?:[.-]+[a-z0-9_]+)*$`)

var errHandle = errors.New("not a handle of the form user@host")

// ParseHandle reads "user@host", "@user@host", "!user@host" (a community) or "acct:user@host". The user keeps its case,
// the host comes out canonical and may carry a port. The error says that it is no handle.
func ParseHandle(s string) (user, host string, err error) {
	s = strings.TrimPrefix(s, "acct:")
	if strings.HasPrefix(s, "@") || strings.HasPrefix(s, "!") {
		s = s[1:]
	}
	user, rest, found := strings.Cut(s, "@")
	if !found || len(user) > maxUsername || !username.MatchString(user) {
		return "", "", errHandle
	}
	iri, err := ParseIRI("https://" + rest)
	if err != nil || iri.tail != "" {
		return "", "", errHandle
	}
	return user, iri.Host(), nil
}
