package practice

import (
	"math/rand/v2"
	"time"

	"praxis/internal/text"
	"praxis/models"
)

// OnPreview sets what is called after a commit that left a page to be fetched. Call it before any verb.
func (s *Service) OnPreview(poke func()) { s.onPreview = poke }

// Pages that remote posts link to are fetched after a while: a post reaches many servers at the same moment, and all of
// them want to see the page (security case D17).
const (
	leastWait = 5 * time.Second
	mostWait  = 60 * time.Second
)

// preview lets a post show the page of its first link. Posts with pictures show these, and a link in a message to single
// people may do something when it is opened, so it is left alone.
func (s *Service) preview(tx *models.Tx, post *models.Post, address string) error {
	due := tx.Now()
	if !post.Local {
		due = models.At(due.Time().Add(leastWait + rand.N(mostWait-leastWait)))
	}
	waits, err := tx.SetCard(post.ID, address, due)
	if waits && s.onPreview != nil {
		tx.AfterCommit(s.onPreview)
	}
	return err
}

// previewed gives the address of the page that a post shows: the one that a page of a group server is about, else the
// first in the text; "" for none.
func previewed(post *models.Post, draft *Draft) string {
	if post.Visibility == models.Direct || len(draft.Media) > 0 {
		return ""
	}
	for _, file := range draft.Attachments {
		if file.Type != "link" {
			return ""
		}
		if link := text.FirstLink(`<a href="` + text.EscapeAttribute(file.URL) + `">`); link != "" {
			return link
		}
	}
	var people []string
	for _, actor := range draft.Mentions {
		people = append(people, actor.URL, actor.URI)
	}
	quoted := draft.Quoted
	if draft.Quote != nil {
		quoted = draft.Quote.Post
	}
	if quoted != nil { // which is shown in full
		people = append(people, quoted.URL, quoted.URI)
	}
	return text.FirstLink(post.Content, people...)
}
