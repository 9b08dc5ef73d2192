package text

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxLink bounds the length of an address in bytes.
const maxLink = 2048

// linkAt reads an http or https address. What begins like one and has no host, or a user in front of it that could pass
// for the host, is plain text as a whole.
func linkAt(line string, i int) token {
	length := schemeLength(line[i:])
	if length == 0 || isWord(before(line, i)) {
		return token{}
	}
	end := i + length
	for end < len(line) {
		r, size := utf8.DecodeRuneInString(line[end:])
		if endsLink(r) {
			break
		}
		end += size
	}
	address := trimLink(line[i:end])
	if len(address) > maxLink || safeHref(address) == "" {
		return token{kind: plainText, text: address}
	}
	return token{kind: link, text: address}
}

// schemeLength gives the length of "http://" or "https://" at the beginning of s, 0 if there is none.
func schemeLength(s string) int {
	for _, scheme := range [...]string{"https://", "http://"} {
		if len(s) >= len(scheme) && strings.EqualFold(s[:len(scheme)], scheme) {
			return len(scheme)
		}
	}
	return 0
}

// endsLink tells what cannot be in an address: space, quotes and brackets of markup, and the punctuation of scripts that
// put no space after it.
func endsLink(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune("<>\"`|\\^{}，。、；：？！「」『』（）【】《》“”‘’…", r)
}

// trimLink takes off the punctuation that belongs to the sentence around an address, and closing brackets that were not
// opened in it.
func trimLink(s string) string {
	round := strings.Count(s, "(") - strings.Count(s, ")")
	square := strings.Count(s, "[") - strings.Count(s, "]")
	for s != "" {
		switch last := s[len(s)-1]; {
		case strings.IndexByte(".,;:!?'*_~", last) >= 0:
		case last == ')' && round < 0:
			round++
		case last == ']' && square < 0:
			square++
		default:
			return s
		}
		s = s[:len(s)-1]
	}
	return s
}

// safeHref gives an address for an href, "" unless it is an http(s) one with a host and without a user before it.
func safeHref(s string) string {
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil || u.Opaque != "" {
		return ""
	}
	return u.String()
}
