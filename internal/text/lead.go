package text

import (
	"strings"
	"unicode/utf8"
)

// maxLead is how long what stands before the first colon may be to say what a post is, in runes.
const maxLead = 30

// Lead gives the words before a colon with which a text begins, as in "Stuck: the pump does not start"; "" if it begins
// otherwise. Mentions at the beginning are skipped.
func Lead(typed string) string {
	for _, line := range lines(typed) {
		tokens := scan(strings.TrimSpace(line))
		for len(tokens) > 0 && (tokens[0].kind == mention || isFiller(tokens[0])) {
			tokens = tokens[1:]
		}
		if len(tokens) == 0 {
			continue
		}
		if tokens[0].kind != plainText {
			return ""
		}
		lead, rest, found := strings.Cut(tokens[0].text, ":")
		lead = strings.Trim(lead, fillers)
		if !found || utf8.RuneCountInString(lead) > maxLead || strings.HasPrefix(rest, "/") {
			return ""
		}
		return lead
	}
	return ""
}
