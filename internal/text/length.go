package text

import (
	"strings"
	"unicode/utf8"
)

// LinkLength is what a link counts, however long it is.
const LinkLength = 23

// Length counts the characters of a text the way clients of the Mastodon API do: a link counts 23, and a mention does not
// count its host.
func Length(typed string) int {
	total := 0
	for i, line := range strings.Split(typed, "\n") {
		if i > 0 {
			total++
		}
		for _, t := range scan(line) {
			switch t.kind {
			case link:
				total += LinkLength
			case mention:
				total += 1 + utf8.RuneCountInString(t.who.User)
			default:
				total += utf8.RuneCountInString(t.text)
			}
		}
	}
	return total
}
