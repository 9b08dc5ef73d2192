package text

import (
	"net/netip"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// Mention is a person or a community that a text names: "@user", "@user@host", or "!user@host" for a community. Both
// parts are lower case. Host is an A-label, may carry ":port", and is empty for a name of the own host.
type Mention struct{ User, Host string }

// FindMentions gives whom a text names, each once, in the order of their first appearance. Host names that are none are
// no mentions, and neither is what stands in a link or in an e-mail address.
func FindMentions(typed string) []Mention {
	var found []Mention
	known := map[Mention]bool{}
	for _, line := range lines(typed) {
		for _, t := range scan(line) {
			if t.kind == mention && !known[t.who] {
				known[t.who] = true
				found = append(found, t.who)
			}
		}
	}
	return found
}

// Bounds of the parts of a mention, in bytes.
const (
	maxUser = 100
	maxHost = 253
)

func mentionAt(line string, i int) token {
	if !mayMention(line, i) {
		return token{}
	}
	user := readUser(line[i+1:])
	end := i + 1 + len(user)
	if user == "" || len(user) > maxUser {
		return token{}
	}
	if !strings.HasPrefix(line[end:], "@") {
		if line[i] == '!' || startsWithWord(line[end:]) || strings.HasPrefix(line[end:], "/") && startsWithWord(line[end+1:]) {
			return token{}
		}
		return token{kind: mention, text: line[i:end], who: Mention{User: strings.ToLower(user)}}
	}
	host, length := readHost(line[end+1:])
	end += 1 + length
	if host == "" || strings.HasPrefix(line[end:], "@") {
		return token{}
	}
	return token{kind: mention, text: line[i:end], who: Mention{User: strings.ToLower(user), Host: host}}
}

// mayMention tells by what stands before it whether the sign at i can begin a mention: not within a word, a path, a
// query or an e-mail address.
func mayMention(line string, i int) bool {
	r := before(line, i)
	switch {
	case isWord(r) || strings.ContainsRune("/=@", r):
		return false
	case strings.ContainsRune(".-+%&~'", r): // these may end the part of an e-mail address before the @
		return r == '.' || !isWord(before(line, i-1))
	}
	return true
}

// readUser gives the user name at the beginning of s: ASCII words, joined by dots and hyphens.
func readUser(s string) string {
	end := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case isASCIIWord(c):
			end = i + 1
		case (c == '.' || c == '-') && i > 0:
		default:
			return s[:end]
		}
	}
	return s[:end]
}

func isASCIIWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// readHost gives the canonical host (with its port) at the beginning of s and the length of what was read; "" if there
// is none.
func readHost(s string) (host string, length int) {
	end := 0
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		if isWord(r) {
			end = i
		} else if (r != '.' && r != '-') || end == 0 {
			break
		}
	}
	if end == 0 || end > 4*maxHost {
		return "", 0
	}
	name := canonicalName(s[:end])
	if name == "" {
		return "", 0
	}
	port, length := readPort(s[end:])
	return name + port, end + length
}

// canonicalName gives a host in lower case as an A-label, "" if it is none (security case C25).
func canonicalName(name string) string {
	if addr, err := netip.ParseAddr(name); err == nil {
		return addr.String()
	}
	mapped, err := idna.Lookup.ToASCII(name)
	if err != nil || len(mapped) > maxHost || strings.Contains(mapped, "..") {
		return ""
	}
	last := mapped[strings.LastIndexByte(mapped, '.')+1:]
	if strings.Trim(last, "0123456789") == "" || strings.HasPrefix(last, "0x") {
		return "" // a number, which some resolvers take for an IPv4 address
	}
	return mapped
}

// readPort reads ":port". The standard port of https is left out.
func readPort(s string) (port string, length int) {
	if !strings.HasPrefix(s, ":") {
		return "", 0
	}
	end := 1
	for end < len(s) && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	number, err := strconv.ParseUint(s[1:end], 10, 16)
	if err != nil || number == 0 || startsWithWord(s[end:]) {
		return "", 0
	}
	if number == 443 {
		return "", end
	}
	return ":" + strconv.FormatUint(number, 10), end
}
