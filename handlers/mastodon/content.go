package mastodon

import (
	"html"
	"strings"

	"praxis/internal/text"
	"praxis/models"
	"praxis/practice"
)

// content gives the text of a post as HTML. Clients know no titles and no plain links, so these become a part of it
// where it does not show them already.
func content(p *models.Post, attached []models.Attachment) string {
	var out strings.Builder
	if !p.Local && !p.TitleApart && p.Title != "" && !shows(p.Content, p.Title) {
		out.WriteString(practice.TitleHTML(p.Title))
	}
	out.WriteString(practice.ShownContent(p))
	for _, a := range attached {
		address := webURL(a.URL)
		if a.Type != attachedLink || address == "" {
			continue
		}
		escaped := html.EscapeString(address)
		if !strings.Contains(p.Content, escaped) {
			out.WriteString(`<p><a href="` + escaped + `" rel="nofollow noopener noreferrer" target="_blank">` + escaped + "</a></p>")
		}
	}
	return out.String()
}

// reach is how far into a text a title may begin, in bytes: mentions stand before it.
const reach = 300

// shows reports whether HTML shows a title near its beginning, whatever the case and the spaces; a title that was cut
// short ends in an ellipsis.
func shows(content, title string) bool {
	title = strings.TrimRight(squeeze(title), "….")
	begin := squeeze(text.Plain(content))
	return strings.Contains(begin[:min(len(begin), len(title)+reach)], title)
}

func squeeze(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }
