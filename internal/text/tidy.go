package text

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// maxNesting is how deep elements may be nested. Deeper ones are dropped, their text stays.
const maxNesting = 32

// tidy writes allowed HTML in one form that every browser reads in the same way: what was opened is closed, nothing else
// is, and no element stands where a parser would move it away. So what is embedded in a page cannot close the page's own
// elements. Its input holds only elements that the policy allows.
func tidy(allowed string) string {
	var t tidier
	tokens := html.NewTokenizer(strings.NewReader(allowed))
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			t.closeTo(0)
			return t.out.String()
		case html.TextToken:
			t.out.WriteString(html.EscapeString(clean(tokens.Token().Data)))
		case html.StartTagToken, html.SelfClosingTagToken:
			t.start(tokens.Token())
		case html.EndTagToken:
			t.end(tokens.Token().Data)
		}
	}
}

type tidier struct {
	out  strings.Builder
	open []string
}

func (t *tidier) start(tag html.Token) {
	name, attributes := tag.Data, ""
	switch name {
	case "br":
		t.out.WriteString("<br>")
		return
	case "h1", "h2", "h3", "h4", "h5", "h6":
		t.element("p", "")
		t.element("strong", "")
		return
	case "a":
		href := safeHref(attribute(tag, "href"))
		if href == "" {
			return
		}
		attributes = ` href="` + html.EscapeString(href) + `"` + classes(tag) + relation(tag)
	case "span", "p":
		attributes = classes(tag)
	}
	t.element(name, attributes)
}

func (t *tidier) end(name string) {
	if isHeading(name) {
		name = "p"
	}
	t.closeInnermost(name)
}

func (t *tidier) element(name, attributes string) {
	t.makeRoom(name)
	if len(t.open) == maxNesting {
		return
	}
	t.open = append(t.open, name)
	t.out.WriteString("<" + name + attributes + ">")
}

// makeRoom closes what cannot hold the element: a parser would close it there as well.
func (t *tidier) makeRoom(name string) {
	switch {
	case name == "a":
		t.closeInnermost("a")
	case name == "li":
		if i := t.openItem(); i >= 0 {
			t.closeTo(i)
		}
		t.closeInnermost("p")
	case isBlock(name):
		t.closeInnermost("p")
	}
}

// openItem gives the place of the list item that the next one ends, -1 if there is none in the same list.
func (t *tidier) openItem() int {
	for i, name := range slices.Backward(t.open) {
		if name == "li" {
			return i
		}
		if isBlock(name) && name != "p" {
			return -1
		}
	}
	return -1
}

func (t *tidier) closeInnermost(name string) {
	for i, open := range slices.Backward(t.open) {
		if open == name {
			t.closeTo(i)
			return
		}
	}
}

// closeTo closes elements until only depth are open.
func (t *tidier) closeTo(depth int) {
	for len(t.open) > depth {
		t.out.WriteString("</" + t.open[len(t.open)-1] + ">")
		t.open = t.open[:len(t.open)-1]
	}
}

func isHeading(name string) bool {
	return len(name) == 2 && name[0] == 'h' && name[1] >= '1' && name[1] <= '6'
}

func isBlock(name string) bool {
	switch name {
	case "p", "pre", "ul", "ol", "blockquote":
		return true
	}
	return false
}

func attribute(tag html.Token, key string) string {
	for _, a := range tag.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// classes gives the class attribute with the microformat classes only.
func classes(tag html.Token) string {
	var kept []string
	for class := range strings.FieldsSeq(attribute(tag, "class")) {
		switch class {
		case "mention", "hashtag", "u-url", "h-card", "invisible", "ellipsis", "quote-inline":
			if !slices.Contains(kept, class) {
				kept = append(kept, class)
			}
		}
	}
	if len(kept) == 0 {
		return ""
	}
	return ` class="` + strings.Join(kept, " ") + `"`
}

// relation gives the rel attribute: the forced one, and whether the link is a hashtag.
func relation(tag html.Token) string {
	if slices.Contains(strings.Fields(attribute(tag, "rel")), "tag") {
		return ` rel="tag ` + linkRel + `"`
	}
	return ` rel="` + linkRel + `"`
}
