package text

import (
	"html"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
)

// maxHTML bounds what is read and what is given, in bytes: a whole document of the wire is not larger.
const maxHTML = 1 << 20

// policy is what foreign HTML may hold: text, simple blocks and http(s) links. It is built once and only read.
var policy = sync.OnceValue(func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "span", "del", "s", "strike", "pre", "code", "em", "strong", "b", "i", "u", "ul", "ol", "li",
		"blockquote", "h1", "h2", "h3", "h4", "h5", "h6")
	p.AllowNoAttrs().OnElements("span")
	p.AllowAttrs("href", "rel").OnElements("a")
	p.AllowAttrs("class").OnElements("a", "span", "p")
	p.AllowURLSchemes("http", "https")
	p.RequireParseableURLs(true)
	p.AllowRelativeURLs(false)
	return p
})

// Sanitize makes foreign HTML harmless (security cases G15, G16): an allow-list of elements, http(s) links only, whose
// rel it sets, the classes of microformats only, elements balanced and nested at most maxNesting deep, headings turned
// into strong paragraphs. Applied to its own output it changes nothing. It reads at most the first MiB; should the HTML
// defeat it, the text without any markup comes out (security case C22).
func Sanitize(html string) string {
	html = cut(html, maxHTML)
	out, ok := guarded(html, func(s string) string { return strings.TrimSpace(tidy(policy().Sanitize(clean(s)))) })
	if !ok || len(out) > maxHTML {
		return textOnly(html)
	}
	return out
}

// guarded runs f and reports whether it came back without a panic.
func guarded(s string, f func(string) string) (out string, ok bool) {
	defer func() {
		if recover() != nil {
			out, ok = "", false
		}
	}()
	return f(s), true
}

// longestEscape is how long one byte of text can become in HTML, with room for paragraphs.
const longestEscape = 8

// textOnly makes HTML of the text in raw. It takes only as much as stays under maxHTML when escaped.
func textOnly(raw string) string {
	var paragraphs []string
	for paragraph := range strings.SplitSeq(cut(Plain(raw), maxHTML/longestEscape), "\n\n") {
		if paragraph = strings.TrimSpace(paragraph); paragraph != "" {
			paragraphs = append(paragraphs, "<p>"+strings.ReplaceAll(html.EscapeString(paragraph), "\n", "<br>")+"</p>")
		}
	}
	return strings.Join(paragraphs, "")
}

// clean makes text valid UTF-8 without control characters but line ends and tabs. NUL is none that a database takes.
func clean(s string) string {
	return strings.Map(dropControl, strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r", "\n"))
}
