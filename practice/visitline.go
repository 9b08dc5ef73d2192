package practice

import (
	"regexp"
	"strings"
	"time"

	"praxis/internal/text"
	"praxis/models"
)

var visitPattern = regexp.MustCompile(`(\d{4}-\d{2}-\d{2})(?:[ T]+(\d{1,2}:\d{2}))?(\s*@[^\n#]*)?`)

// visitLine reads when and where a visit is from a text that says "2026-12-01 14:00 @ place". Times are those of UTC, since
// nobody said which.
func visitLine(typed string) (start time.Time, place string, ok bool) {
	match := visitPattern.FindStringSubmatch(typed)
	if match == nil {
		return start, "", false
	}
	at := match[2]
	if len(at) == len("9:00") {
		at = "0" + at
	}
	if at == "" {
		at = "00:00"
	}
	start, err := time.Parse("2006-01-02 15:04", match[1]+" "+at)
	if err != nil || start.Year() < 1900 || start.Year() > 2200 {
		return time.Time{}, "", false
	}
	_, rest, found := strings.Cut(match[0], "@")
	if found {
		place = cutRunes(text.CleanName(strings.Trim(rest, " \t.,;")), maxFact)
	}
	return start, place, true
}

// dateVisit takes the date of a visit from its text where nobody gave it otherwise.
func dateVisit(post *models.Post, draft *Draft) {
	if post.Kind != Visit || post.InReplyToURI != "" || draft.Facts != nil && draft.Facts.Start != nil {
		return
	}
	typed := draft.Text
	if !draft.Author.Local {
		typed = text.Plain(post.Content)
	}
	start, place, ok := visitLine(typed)
	if !ok {
		return
	}
	if draft.Facts == nil {
		draft.Facts = &Facts{}
	}
	draft.Facts.Start = &start
	if draft.Facts.Place == nil && place != "" {
		draft.Facts.Place = &place
	}
}
