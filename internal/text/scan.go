package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind is what a token is.
type kind int

const (
	plainText kind = iota
	link
	mention
	hashtag
)

// token is a piece of one line. The tokens of a line, joined by their text, give the line again.
type token struct {
	kind kind
	text string  // as typed
	who  Mention // of a mention
	tag  string  // of a hashtag: as FindHashtags gives it
}

// scan cuts a line into tokens, in one pass: at each place the readers look at what follows, and what they take is not
// looked at again. So there is no mention inside a link, and no hashtag inside a mention.
func scan(line string) []token {
	var tokens []token
	start := 0 // of the plain text before i
	for i := 0; i < len(line); {
		found := tokenAt(line, i)
		if found.text == "" {
			_, size := utf8.DecodeRuneInString(line[i:])
			i += size
			continue
		}
		if found.kind == plainText { // looked like something and is nothing: no reader may start within it
			i += len(found.text)
			continue
		}
		if start < i {
			tokens = append(tokens, token{text: line[start:i]})
		}
		tokens = append(tokens, found)
		i += len(found.text)
		start = i
	}
	if start < len(line) {
		tokens = append(tokens, token{text: line[start:]})
	}
	return tokens
}

func tokenAt(line string, i int) token {
	switch line[i] {
	case 'h', 'H':
		return linkAt(line, i)
	case '@', '!':
		return mentionAt(line, i)
	case '#':
		return hashtagAt(line, i)
	}
	return token{}
}

// before gives the rune that ends line[:i], 0 at the beginning.
func before(line string, i int) rune {
	r, size := utf8.DecodeLastRuneInString(line[:i])
	if size == 0 {
		return 0
	}
	return r
}

// isWord reports whether a rune can be part of a word, a hashtag or a name.
func isWord(r rune) bool {
	return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

func startsWithWord(s string) bool {
	r, size := utf8.DecodeRuneInString(s)
	return size > 0 && isWord(r)
}

// maxTyped bounds what is looked at of a text, in bytes. Callers have their own limits, which are far below.
const maxTyped = 1 << 20

// lines gives the lines of a text, made valid: UTF-8, no control characters but tabs.
func lines(typed string) []string {
	typed = strings.ToValidUTF8(cut(typed, maxTyped), "\uFFFD")
	typed = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(typed)
	return strings.Split(strings.Map(dropControl, typed), "\n")
}

func dropControl(r rune) rune {
	if unicode.IsControl(r) && r != '\n' && r != '\t' {
		return -1
	}
	return r
}

// cut gives the longest beginning of s that has at most limit bytes and does not break a rune.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}
