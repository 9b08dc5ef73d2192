package web

import (
	"html"
	"html/template"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"praxis/internal/text"
)

// safe sanitises HTML once more: what was let in by an older rule, or by a fault, must not get out (security case G15).
func safe(content string) template.HTML {
	return template.HTML(text.Sanitize(content)) //nolint:gosec // sanitised right here
}

// webURL gives an address that a link may have, "" for all that is neither http nor https (security case G16).
func webURL(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return ""
	}
	return u.String()
}

// hostOf gives the host of an address as it may be shown.
func hostOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return asciiHost(u.Host)
}

// asciiHost shows a host in the form that cannot look like another one (security case C25).
func asciiHost(host string) string {
	if ascii, err := idna.Punycode.ToASCII(strings.ToLower(host)); err == nil && isASCII(ascii) {
		return ascii
	}
	return strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII {
			return '?'
		}
		return r
	}, host)
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII })
}

// isClean: databases refuse some strings that HTTP lets through (security case C9).
func isClean(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

var languageTag = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}$`)

// language gives a language tag that browsers understand, or "".
func language(tag string) string {
	if !languageTag.MatchString(tag) {
		return ""
	}
	return tag
}

// excerpt gives the beginning of a post as plain text, at most limit characters, without the line that is its title.
func excerpt(content, title string, limit int) string {
	plain := strings.TrimSpace(text.Plain(content))
	if first, rest, _ := strings.Cut(plain, "\n"); title != "" && strings.Contains(first, title) {
		plain = rest
	}
	return shorten(withoutMentions(oneLine(plain)), limit)
}

// withoutMentions takes off the names that replies begin with, unless there is nothing else.
func withoutMentions(line string) string {
	rest := line
	for strings.HasPrefix(rest, "@") {
		_, after, found := strings.Cut(rest, " ")
		if !found {
			return line
		}
		rest = after
	}
	return rest
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// withoutTitle takes out of a post's HTML the title that its first line repeats: a page shows it once. Mentions and
// hashtags beside it stay.
func withoutTitle(content, title string) string {
	escaped := html.EscapeString(title)
	before, after, found := strings.Cut(content, escaped)
	if title == "" || !found || !isFirstLine(before) {
		return content
	}
	rest := before + strings.TrimLeft(after, " ")
	if after, ok := strings.CutPrefix(rest, "<p><br>"); ok {
		return "<p>" + after
	}
	return strings.TrimPrefix(rest, "<p></p>")
}

// isFirstLine reports whether HTML ends in the text of the first line, and not in a tag.
func isFirstLine(before string) bool {
	return strings.HasPrefix(before, "<p>") && strings.Count(before, "<") == strings.Count(before, ">") &&
		!strings.Contains(before, "<br>") && !strings.Contains(before, "</p>")
}

// shorten cuts at a word where it can.
func shorten(s string, limit int) string {
	runes := []rune(s)
	if len(runes) <= limit {
		return s
	}
	short := string(runes[:limit])
	if space := strings.LastIndexByte(short, ' '); space > limit/2 {
		short = short[:space]
	}
	return strings.TrimRight(short, " ,;:.") + "…"
}
