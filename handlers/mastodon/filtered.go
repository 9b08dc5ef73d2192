package mastodon

import (
	"slices"
	"strings"

	"praxis/internal/text"
	"praxis/models"
)

// filterHit is Mastodon's FilterResult: why a post is filtered. Every filter that matches is named, wherever it holds:
// the client knows where it shows the post, and looks for that place in the filter's contexts.
type filterHit struct {
	Filter         filter    `json:"filter"`
	KeywordMatches *[]string `json:"keyword_matches"`
	StatusMatches  *[]string `json:"status_matches"`
}

// sieve is what a viewer's filters look for, made ready once for all posts of an answer.
type sieve struct {
	rules []sieveRule      // those of one filter stand next to each other
	texts map[int64]string // folded, by post
}

type sieveRule struct {
	models.FilterRule
	phrase text.Phrase
}

// readSieve reads the viewer's filters for the posts of an answer; nobody has none.
func (s *shelf) readSieve(tx *models.Tx, shown []*models.Post, boosts []models.Post) error {
	if !s.marks.Filters || len(shown) == 0 {
		return nil
	}
	ids := make([]int64, 0, len(shown)+len(boosts))
	for _, p := range shown {
		ids = append(ids, p.ID)
	}
	for i := range boosts {
		if boosts[i].IsBoost() {
			ids = append(ids, boosts[i].ID)
		}
	}
	rules, err := tx.FilterRules(s.viewer, ids)
	if err != nil || len(rules) == 0 {
		return err
	}
	s.sieve = sieve{texts: map[int64]string{}}
	for _, rule := range rules {
		s.sieve.rules = append(s.sieve.rules, sieveRule{rule, text.NewPhrase(rule.Keyword, rule.WholeWord)})
	}
	return nil
}

// filtered says which of the viewer's filters match a post, or the boost that carries it. What the viewer wrote is never
// filtered.
func (s *shelf) filtered(p *models.Post, carrier int64) []filterHit {
	found := []filterHit{}
	if len(s.sieve.rules) == 0 || p.AuthorID == s.viewer {
		return found
	}
	folded := s.foldedText(p)
	for i := range s.sieve.rules {
		rule := &s.sieve.rules[i]
		named := rule.PostID != 0 && (rule.PostID == p.ID || rule.PostID == carrier)
		if !named && (rule.PostID != 0 || !rule.phrase.In(folded)) {
			continue
		}
		if len(found) == 0 || found[len(found)-1].Filter.ID != formatID(rule.Filter.ID) {
			found = append(found, filterHit{Filter: showFilter(&rule.Filter)})
		}
		result := &found[len(found)-1]
		if named {
			result.StatusMatches = withText(result.StatusMatches, formatID(rule.PostID))
		} else {
			result.KeywordMatches = withText(result.KeywordMatches, rule.Keyword)
		}
	}
	return found
}

func withText(list *[]string, item string) *[]string {
	if list == nil {
		return &[]string{item}
	}
	if !slices.Contains(*list, item) {
		*list = append(*list, item)
	}
	return list
}

// foldedText is all of a post that can be read: its warning, title and text, the options of its poll, what its pictures
// show.
func (s *shelf) foldedText(p *models.Post) string {
	if folded, ok := s.sieve.texts[p.ID]; ok {
		return folded
	}
	parts := append([]string{p.SpoilerText, p.Title, text.Plain(p.Content)}, s.pollTexts(p.ID)...)
	for _, a := range s.parts.Attachments[p.ID] {
		parts = append(parts, a.Description)
	}
	folded := text.Fold(strings.Join(parts, "\n\n"))
	s.sieve.texts[p.ID] = folded
	return folded
}
