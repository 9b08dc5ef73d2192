package practice

import (
	"html"
	"strings"

	"praxis/models"
)

// TitleHTML is a title as the first paragraph of a text.
func TitleHTML(title string) string {
	return "<p><strong>" + html.EscapeString(title) + "</strong></p>"
}

// ShownContent gives the text of a post as others are to see it: a title that is no part of the text stands before it, since
// most software shows no titles.
func ShownContent(post *models.Post) string {
	if post.TitleApart && post.Title != "" {
		return TitleHTML(post.Title) + post.Content
	}
	return post.Content
}

// CutTitle takes off what ShownContent puts before a text; ok is false when it is not there.
func CutTitle(content, title string) (rest string, ok bool) {
	if title == "" {
		return content, false
	}
	return strings.CutPrefix(content, TitleHTML(title))
}
