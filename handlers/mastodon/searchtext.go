package mastodon

import (
	"strings"
	"time"

	"praxis/models"
)

// maxWords is how many words and operators of a search count.
const maxWords = 16

// findPosts searches the texts of posts, for members only.
func (c *call) findPosts(ask searchAsk, limit int) ([]*status, error) {
	none := []*status{}
	if c.me() == nil {
		return none, nil
	}
	page, err := c.page(limit, limit)
	if err != nil {
		return nil, err
	}
	wanted := models.TextSearch{Limit: limit, Offset: c.offset(), MaxID: page.MaxID, MinID: max(page.MinID, page.SinceID)}
	if ask.AccountID != "" {
		if wanted.AuthorID, err = parseID(ask.AccountID); err != nil {
			return none, nil
		}
	}
	if !c.readQuery(ask.Text, &wanted) {
		return none, nil
	}
	posts, err := c.tx.FindPosts(c.viewer(), wanted)
	if err != nil {
		return nil, err
	}
	return c.statuses(posts)
}

// readQuery reads words, "phrases", -exclusions and operators such as from:ann; ok is false for what nothing can fit.
func (c *call) readQuery(typed string, wanted *models.TextSearch) (ok bool) {
	found := false
	for _, token := range searchTokens(typed) {
		name, value, isOperator := strings.Cut(token, ":")
		switch {
		case isOperator && value != "" && isSearchOperator(name):
			if !c.operate(strings.ToLower(name), value, wanted) {
				return false
			}
		case strings.HasPrefix(token, "-") && len(token) > 1:
			wanted.Without = append(wanted.Without, token[1:])
			continue
		default:
			if token = strings.TrimPrefix(token, "+"); token == "" {
				continue
			}
			wanted.Words = append(wanted.Words, token)
		}
		found = true
	}
	return found
}

func isSearchOperator(name string) bool {
	switch strings.ToLower(name) {
	case "from", "has", "is", "-is", "language", "before", "after", "during", "in":
		return true
	}
	return false
}

// searchTokens splits at spaces outside of quotes.
func searchTokens(typed string) []string {
	var tokens []string
	for i, part := range strings.Split(typed, `"`) {
		if i%2 == 0 {
			tokens = append(tokens, strings.Fields(part)...)
		} else if part = strings.TrimSpace(part); part != "" {
			tokens = append(tokens, part)
		}
	}
	return tokens[:min(len(tokens), maxWords)]
}

func (c *call) operate(name, value string, wanted *models.TextSearch) bool {
	yes, no := true, false
	switch name {
	case "from":
		if value == "me" {
			wanted.AuthorID = c.viewer()
			return true
		}
		user, host := splitHandle(value)
		actor := c.findHandle(user, host, false)
		if actor == nil {
			return false
		}
		wanted.AuthorID = actor.ID
	case "has":
		switch value {
		case "media", "image", "video", "audio":
			wanted.Media = true
		case "link", "embed":
			wanted.Link = true
		default:
			return false
		}
	case "is", "-is":
		is := &yes
		if name == "-is" {
			is = &no
		}
		switch value {
		case "reply":
			wanted.Reply = is
		case "sensitive":
			wanted.Sensitive = is
		default:
			return false
		}
	case "language":
		wanted.Language = strings.ToLower(value)
	case "before", "after", "during":
		return searchDay(name, value, wanted)
	}
	return true // in:library and in:public: what may be found is decided elsewhere
}

// searchDay reads a day (UTC): before it, after it, or during it.
func searchDay(name, value string, wanted *models.TextSearch) bool {
	day, err := time.Parse(time.DateOnly, value)
	if err != nil || day.Year() < 1971 {
		return false
	}
	next := models.At(day.AddDate(0, 0, 1))
	switch name {
	case "before":
		wanted.Before = models.At(day)
	case "after":
		wanted.After = next
	default:
		wanted.After, wanted.Before = models.At(day), next
	}
	return true
}
