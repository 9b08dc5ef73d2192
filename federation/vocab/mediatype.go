package vocab

import (
	"mime"
	"strconv"
	"strings"
)

// Public is the address of everybody. In addressing, the short forms "as:Public" and "Public" are read as this one.
const Public = "https://www.w3.org/ns/activitystreams#Public"

// Namespace is the address of the ActivityStreams vocabulary, its JSON-LD context and media type profile.
const Namespace = "https://www.w3.org/ns/activitystreams"

// MediaType is the media type in which documents are sent.
const MediaType = `application/activity+json`

// LDMediaType is the other media type of the same documents, the one that ActivityPub asks clients to accept.
const LDMediaType = `application/ld+json; profile="https://www.w3.org/ns/activitystreams"`

const ldJSON = "application/ld+json"

// IsMediaType reports whether a Content-Type names ActivityStreams: application/activity+json whatever its parameters,
// or application/ld+json with the ActivityStreams profile. Nothing else: a server that lets its users upload files must
// not be taken to vouch for them (ActivityPub 3.2, FEP-fe34).
func IsMediaType(contentType string) bool {
	switch baseType(contentType) {
	case MediaType:
		return true
	case ldJSON:
		_, params, err := mime.ParseMediaType(contentType)
		return err == nil && hasProfile(params["profile"])
	}
	return false
}

func baseType(s string) string {
	base, _, _ := strings.Cut(s, ";")
	return strings.ToLower(strings.TrimSpace(base))
}

func hasProfile(list string) bool {
	for _, profile := range strings.Fields(list) {
		if profile == Namespace {
			return true
		}
	}
	return false
}

// Accepts reports whether an Accept header asks for ActivityStreams rather than HTML: it names one of the JSON-LD types,
// and HTML, if named, is not preferred. Wildcards ask for HTML, since they are what browsers send.
func Accepts(header string) bool {
	var activity, html float64
	for _, part := range splitAccept(header) {
		switch baseType(part) {
		case MediaType, ldJSON:
			activity = max(activity, quality(part))
		case "text/html", "application/xhtml+xml":
			html = max(html, quality(part))
		}
	}
	return activity > 0 && activity >= html
}

// splitAccept splits at commas outside quotes: a profile parameter may hold one.
func splitAccept(header string) []string {
	quoted, escaped := false, false
	return strings.FieldsFunc(header, func(r rune) bool {
		switch {
		case escaped:
			escaped = false
		case quoted && r == '\\':
			escaped = true
		case r == '"':
			quoted = !quoted
		}
		return r == ',' && !quoted
	})
}

// quality gives the q of an Accept entry; 1 when it has none, 0 when it makes no sense.
func quality(part string) float64 {
	_, params, err := mime.ParseMediaType(part)
	if err != nil {
		return 0
	}
	q, given := params["q"]
	if !given {
		return 1
	}
	value, err := strconv.ParseFloat(q, 64)
	if err != nil || !(value >= 0 && value <= 1) {
		return 0
	}
	return value
}
