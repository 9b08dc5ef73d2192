package text

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// FirstLink gives the first address that HTML links to and that is neither a mention nor a hashtag, nor one of those that
// are left out; "" when there is none.
func FirstLink(content string, except ...string) string {
	found, _ := guarded(cut(content, maxHTML), func(content string) string {
		tokens := html.NewTokenizer(strings.NewReader(content))
		for {
			switch tokens.Next() {
			case html.ErrorToken:
				return ""
			case html.StartTagToken:
				if href := linkOf(tokens.Token()); href != "" && !slices.Contains(except, href) {
					return href
				}
			}
		}
	})
	return found
}

// linkOf gives where an element links to, unless it says that this is a person or a hashtag.
func linkOf(token html.Token) string {
	if token.Data != "a" {
		return ""
	}
	href := ""
	for _, attribute := range token.Attr {
		switch words := strings.Fields(attribute.Val); {
		case attribute.Key == "href":
			href = attribute.Val
		case attribute.Key == "class" && (slices.Contains(words, "mention") || slices.Contains(words, "u-url") || slices.Contains(words, "hashtag")),
			attribute.Key == "rel" && slices.Contains(words, "tag"):
			return ""
		}
	}
	href, _, _ = strings.Cut(href, "#")
	if len(href) > maxLink {
		return ""
	}
	return safeHref(href)
}

// EscapeAttribute makes text fit for an attribute of HTML.
func EscapeAttribute(s string) string { return html.EscapeString(s) }
