package text

import (
	"strings"

	"golang.org/x/net/html"
)

// Plain gives the text of HTML: one line for each line that a browser shows, an empty line between paragraphs, spaces
// collapsed as a browser does. Scripts and styles have no text. It reads at most the first MiB.
func Plain(html string) string {
	out, _ := guarded(cut(html, maxHTML), plain)
	return out
}

func plain(raw string) string {
	w := plainWriter{}
	tokens := html.NewTokenizer(strings.NewReader(clean(raw)))
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			return strings.TrimSpace(w.out.String())
		case html.TextToken:
			w.text(clean(tokens.Token().Data))
		case html.StartTagToken, html.SelfClosingTagToken:
			w.tag(tokens.Token().Data, 1)
		case html.EndTagToken:
			w.tag(tokens.Token().Data, -1)
		}
	}
}

// plainWriter collects text. A break waits until the next text comes, so that none is left at the end.
type plainWriter struct {
	out    strings.Builder
	breaks int    // line ends before the next text
	space  bool   // a space before the next text
	pre    int    // how many pre elements are open
	hidden string // the element whose text is not shown, "" for none
}

func (w *plainWriter) tag(name string, step int) {
	switch name {
	case "script", "style", "title", "noscript", "iframe", "noembed", "noframes", "object", "textarea":
		if step > 0 && w.hidden == "" {
			w.hidden = name
		} else if step < 0 && w.hidden == name {
			w.hidden = ""
		}
	case "br":
		w.breaks++
	case "pre":
		w.pre = max(0, w.pre+step)
		w.breaks = max(w.breaks, 2)
	case "p", "blockquote", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "table", "hr":
		w.breaks = max(w.breaks, 2)
	case "li", "div", "tr", "dt", "dd", "section", "article":
		w.breaks = max(w.breaks, 1)
	}
}

func (w *plainWriter) text(s string) {
	if w.hidden != "" {
		return
	}
	for _, r := range s {
		switch {
		case r == '\n' && w.pre > 0:
			w.breaks++
		case r == '\n' || w.pre == 0 && (r == ' ' || r == '\t'):
			w.space = true
		default:
			w.gap()
			w.out.WriteRune(r)
		}
	}
}

// gap writes the line ends or the space that wait.
func (w *plainWriter) gap() {
	switch {
	case w.out.Len() == 0:
	case w.breaks > 0:
		w.out.WriteString("\n\n"[:min(w.breaks, 2)])
	case w.space:
		w.out.WriteByte(' ')
	}
	w.breaks, w.space = 0, false
}
