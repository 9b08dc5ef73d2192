package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Title reads the title of a thread from what a member typed: the first line that has words, without the mentions around
// it and the hashtags after it, as group servers do. A line that is longer than limit runes is cut at a word. ok is false
// if no line has words.
func Title(typed string, limit int) (title string, ok bool) {
	for _, line := range lines(typed) {
		if title := titleOf(line, limit); title != "" {
			return title, true
		}
	}
	return "", false
}

// TitleFromHTML reads the title of a thread from HTML, by the rule of Title; "" if there is none.
func TitleFromHTML(html string, limit int) string {
	title, _ := Title(Plain(html), limit)
	return title
}

func titleOf(line string, limit int) string {
	tokens := scan(withoutHeadingMark(strings.TrimSpace(line)))
	for len(tokens) > 0 && (tokens[0].kind == mention || isFiller(tokens[0])) {
		tokens = tokens[1:]
	}
	for len(tokens) > 0 && isTrailer(tokens[len(tokens)-1]) {
		tokens = tokens[:len(tokens)-1]
	}
	var joined strings.Builder
	for _, t := range tokens {
		joined.WriteString(t.text)
	}
	title := strings.Trim(visibleLine(joined.String()), fillers)
	if !strings.ContainsFunc(title, isLetterOrDigit) {
		return ""
	}
	return cutWords(title, limit)
}

func isTrailer(t token) bool { return t.kind == mention || t.kind == hashtag || isFiller(t) }

// fillers keep the words of a line apart.
const fillers = " \t,:;-–—|"

// isFiller reports whether a token has nothing else. Full stops and exclamation marks end what was taken off.
func isFiller(t token) bool {
	return t.kind == plainText && strings.Trim(t.text, fillers+".!") == ""
}

// withoutHeadingMark takes off what marks a heading in Markdown: "# Title". A hashtag has no space after its sign.
func withoutHeadingMark(line string) string {
	if rest := strings.TrimLeft(line, "#"); strings.HasPrefix(rest, " ") {
		return strings.TrimSpace(rest)
	}
	return line
}

func isLetterOrDigit(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// cutWords gives at most limit runes of s. What is longer ends with "…", after a whole word where there is one in the
// second half.
func cutWords(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	if limit < 1 {
		return ""
	}
	runes := []rune(s)
	end := limit - 1
	for i := end; i > end/2; i-- {
		if runes[i] == ' ' {
			end = i
			break
		}
	}
	return strings.TrimRight(string(runes[:end]), fillers+".") + "…"
}
