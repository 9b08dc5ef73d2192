package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxTag bounds the length of a hashtag in runes. What is longer is none.
const maxTag = 100

// FindHashtags gives the hashtags of a text in lower case, without "#", each once, in the order of their first
// appearance. A hashtag has letters, digits and underscores of any script, and not only digits.
func FindHashtags(typed string) []string {
	var found []string
	known := map[string]bool{}
	for _, line := range lines(typed) {
		for _, t := range scan(line) {
			if t.kind == hashtag && !known[t.tag] {
				known[t.tag] = true
				found = append(found, t.tag)
			}
		}
	}
	return found
}

func hashtagAt(line string, i int) token {
	if r := before(line, i); isWord(r) || strings.ContainsRune("/=&#)", r) {
		return token{}
	}
	end, letters, runes := i+1, 0, 0
	for end < len(line) {
		r, size := utf8.DecodeRuneInString(line[end:])
		if !isWord(r) {
			break
		}
		if unicode.IsLetter(r) {
			letters++
		}
		end, runes = end+size, runes+1
	}
	if letters == 0 {
		return token{}
	}
	if runes > maxTag {
		return token{kind: plainText, text: line[i:end]}
	}
	return token{kind: hashtag, text: line[i:end], tag: foldTag(line[i+1 : end])}
}

// foldTag gives the form in which hashtags are compared.
func foldTag(tag string) string { return norm.NFC.String(strings.ToLower(norm.NFC.String(tag))) }
