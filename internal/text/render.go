package text

import (
	"html"
	"strings"
)

// linkRel is what every link says: no credit for it, no access to our page, no referrer.
const linkRel = "nofollow noopener noreferrer"

// Render makes HTML of what a member typed: paragraphs at blank lines, breaks at line ends, links for addresses,
// mentions and hashtags. Everything typed is escaped; what comes out is what Sanitize lets through.
//
// resolve gives the page of whom a mention names and the name to show, without "@"; a mention that it does not know stays
// plain text. tagURL gives the page of a hashtag, which it gets in lower case. Addresses from both that are not http(s)
// make no link.
func Render(typed string, resolve func(Mention) (href, acct string, ok bool), tagURL func(tag string) string) string {
	r := renderer{resolve: resolve, tagURL: tagURL}
	var paragraphs []string
	var current []string
	for _, line := range append(lines(typed), "") {
		line = strings.TrimRight(line, " \t")
		if strings.TrimSpace(line) != "" {
			current = append(current, r.line(line))
			continue
		}
		if len(current) > 0 {
			paragraphs = append(paragraphs, "<p>"+strings.Join(current, "<br>")+"</p>")
			current = nil
		}
	}
	return strings.Join(paragraphs, "")
}

type renderer struct {
	resolve func(Mention) (href, acct string, ok bool)
	tagURL  func(tag string) string
}

func (r renderer) line(line string) string {
	var out strings.Builder
	for _, t := range scan(line) {
		out.WriteString(r.token(t))
	}
	return out.String()
}

func (r renderer) token(t token) string {
	switch t.kind {
	case link:
		return anchor(safeHref(t.text), "", linkRel, html.EscapeString(t.text))
	case mention:
		href, acct, ok := r.resolve(t.who)
		if href = safeHref(href); ok && href != "" {
			return `<span class="h-card">` + anchor(href, "u-url mention", linkRel, "@<span>"+html.EscapeString(acct)+"</span>") + "</span>"
		}
	case hashtag:
		if href := safeHref(r.tagURL(t.tag)); href != "" {
			return anchor(href, "mention hashtag", "tag "+linkRel, "#<span>"+html.EscapeString(t.text[1:])+"</span>")
		}
	}
	return html.EscapeString(t.text)
}

// anchor writes a link in the form that tidy writes. The address comes from safeHref.
func anchor(href, class, rel, inner string) string {
	if class != "" {
		class = ` class="` + class + `"`
	}
	return `<a href="` + html.EscapeString(href) + `"` + class + ` rel="` + rel + `">` + inner + "</a>"
}
