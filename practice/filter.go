package practice

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"praxis/models"
)

// What a member's filters may be, and how many of everything. Each post that is shown is held against all keywords.
const (
	maxFilterTitle    = 256
	maxKeyword        = 512
	maxFilters        = 200
	maxKeywords       = 500
	maxFilterStatuses = 1000
	maxFilterSpan     = 100 * 365 * 24 * time.Hour
)

// FilterEdit is what is wanted of a filter; nil leaves a part as it is.
type FilterEdit struct {
	Title    *string
	Contexts []string // nil leaves them
	Action   *string
	Span     *time.Duration // from now on; 0 for ever
	Keywords []KeywordEdit
}

// KeywordEdit is what is wanted of a keyword: a new one (ID 0), a changed one, or its end.
type KeywordEdit struct {
	ID        int64
	Keyword   *string
	WholeWord *bool
	Remove    bool
}

// filterContexts are the places in which filters may hold.
func filterContexts() []string {
	return []string{"home", "notifications", "public", "thread", "account"}
}

// refilter changes owner's filters in one transaction, and lets their other clients know.
func (s *Service) refilter(ctx context.Context, owner *models.Actor, change func(tx *models.Tx) error) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		tx.Emit(models.Change{Kind: models.FiltersChanged, OwnerID: owner.ID})
		return change(tx)
	})
}

// SaveFilter makes a filter (id 0) or changes one of owner's, with its keywords. Errors: NotFound for what owner does not
// have, Invalid for what is no filter.
func (s *Service) SaveFilter(ctx context.Context, owner *models.Actor, id int64, edit FilterEdit) (*models.Filter, error) {
	var filter *models.Filter
	err := s.refilter(ctx, owner, func(tx *models.Tx) error {
		var err error
		if filter, err = s.saveFilter(tx, owner, id, edit); err != nil {
			return err
		}
		for _, keyword := range edit.Keywords {
			if err := editKeyword(tx, owner, filter, keyword); err != nil {
				return err
			}
		}
		return mayHoldFilters(tx, owner)
	})
	return filter, err
}

func (s *Service) saveFilter(tx *models.Tx, owner *models.Actor, id int64, edit FilterEdit) (*models.Filter, error) {
	filter := &models.Filter{OwnerID: owner.ID, Action: models.FilterWarn}
	if id != 0 {
		known, err := tx.Filter(owner.ID, id)
		if err != nil {
			return nil, err
		}
		filter = known
	}
	if edit.Title != nil {
		filter.Title = strings.TrimSpace(*edit.Title)
	}
	if edit.Action != nil {
		filter.Action = *edit.Action
	}
	if edit.Contexts != nil {
		filter.Contexts = strings.Join(edit.Contexts, " ")
	}
	if edit.Span != nil {
		filter.ExpiresAt = 0
		if *edit.Span != 0 {
			filter.ExpiresAt = tx.Now().Add(*edit.Span)
		}
	}
	if err := checkFilter(filter, edit); err != nil {
		return nil, err
	}
	return filter, tx.SaveFilter(filter)
}

func checkFilter(filter *models.Filter, edit FilterEdit) error {
	switch {
	case filter.Title == "":
		return invalid("title", "Validation failed: Title can't be blank")
	case utf8.RuneCountInString(filter.Title) > maxFilterTitle:
		return invalid("title", "Validation failed: Title is longer than %d characters", maxFilterTitle)
	case filter.Contexts == "":
		return invalid("context", "Validation failed: Context can't be blank: use one or more of %s", strings.Join(filterContexts(), ", "))
	case edit.Span != nil && (*edit.Span < 0 || *edit.Span > maxFilterSpan):
		return invalid("expires_in", "Validation failed: a filter ends within 100 years from now, or never")
	case !slices.Contains([]string{models.FilterWarn, models.FilterHide, models.FilterBlur}, filter.Action):
		return invalid("filter_action", "Validation failed: %.20q is none of warn, hide, blur", filter.Action)
	}
	for i, place := range edit.Contexts {
		if !slices.Contains(filterContexts(), place) {
			return invalid("context", "Validation failed: %.20q is none of %s", place, strings.Join(filterContexts(), ", "))
		}
		if slices.Contains(edit.Contexts[:i], place) {
			return invalid("context", "Validation failed: %s stands there twice", place)
		}
	}
	return nil
}

func editKeyword(tx *models.Tx, owner *models.Actor, filter *models.Filter, edit KeywordEdit) error {
	keyword := &models.FilterKeyword{FilterID: filter.ID, WholeWord: true}
	if edit.ID != 0 {
		known, err := tx.FilterKeyword(owner.ID, edit.ID)
		if err == nil && known.FilterID != filter.ID {
			err = models.Errorf(models.NotFound, "filter keyword not found")
		}
		if err != nil {
			return err
		}
		keyword = known
	}
	if edit.Remove {
		return tx.DeleteFilterKeyword(keyword.ID)
	}
	return saveKeyword(tx, keyword, edit)
}

func saveKeyword(tx *models.Tx, keyword *models.FilterKeyword, edit KeywordEdit) error {
	if edit.Keyword != nil {
		keyword.Keyword = strings.TrimSpace(*edit.Keyword)
	}
	if edit.WholeWord != nil {
		keyword.WholeWord = *edit.WholeWord
	}
	if keyword.Keyword == "" {
		return invalid("keyword", "Validation failed: Keyword can't be blank")
	}
	if utf8.RuneCountInString(keyword.Keyword) > maxKeyword {
		return invalid("keyword", "Validation failed: Keyword is longer than %d characters", maxKeyword)
	}
	return tx.SaveFilterKeyword(keyword)
}

// mayHoldFilters refuses too many of them, after the fact: the transaction takes them back.
func mayHoldFilters(tx *models.Tx, owner *models.Actor) error {
	filters, keywords, statuses, err := tx.CountFilters(owner.ID)
	switch {
	case err != nil:
		return err
	case filters > maxFilters:
		return invalid("base", "Validation failed: more than %d filters", maxFilters)
	case keywords > maxKeywords:
		return invalid("keywords", "Validation failed: more than %d keywords in all filters", maxKeywords)
	case statuses > maxFilterStatuses:
		return invalid("statuses", "Validation failed: more than %d posts in all filters", maxFilterStatuses)
	}
	return nil
}

// DeleteFilter removes one of owner's filters. Errors: NotFound.
func (s *Service) DeleteFilter(ctx context.Context, owner *models.Actor, id int64) error {
	return s.refilter(ctx, owner, func(tx *models.Tx) error {
		if _, err := tx.Filter(owner.ID, id); err != nil {
			return err
		}
		return tx.DeleteFilter(id)
	})
}

// AddKeyword adds a keyword to one of owner's filters. Errors: as SaveFilter.
func (s *Service) AddKeyword(ctx context.Context, owner *models.Actor, filterID int64, edit KeywordEdit) (*models.FilterKeyword, error) {
	keyword := &models.FilterKeyword{FilterID: filterID, WholeWord: true}
	err := s.refilter(ctx, owner, func(tx *models.Tx) error {
		keyword.ID = 0
		if _, err := tx.Filter(owner.ID, filterID); err != nil {
			return err
		}
		if err := saveKeyword(tx, keyword, edit); err != nil {
			return err
		}
		return mayHoldFilters(tx, owner)
	})
	return keyword, err
}

// EditKeyword changes a keyword of one of owner's filters. Errors: as SaveFilter.
func (s *Service) EditKeyword(ctx context.Context, owner *models.Actor, edit KeywordEdit) (*models.FilterKeyword, error) {
	var keyword *models.FilterKeyword
	err := s.refilter(ctx, owner, func(tx *models.Tx) error {
		var err error
		if keyword, err = tx.FilterKeyword(owner.ID, edit.ID); err != nil {
			return err
		}
		return saveKeyword(tx, keyword, edit)
	})
	return keyword, err
}

// DeleteKeyword removes a keyword of one of owner's filters; the filter stays. Errors: NotFound.
func (s *Service) DeleteKeyword(ctx context.Context, owner *models.Actor, id int64) error {
	return s.refilter(ctx, owner, func(tx *models.Tx) error {
		if _, err := tx.FilterKeyword(owner.ID, id); err != nil {
			return err
		}
		return tx.DeleteFilterKeyword(id)
	})
}

// FilterPost adds a post that owner may read to one of owner's filters; adding it again changes nothing. Errors: NotFound
// for a filter or a post.
func (s *Service) FilterPost(ctx context.Context, owner *models.Actor, filterID, postID int64) (*models.FilterStatus, error) {
	var entry *models.FilterStatus
	err := s.refilter(ctx, owner, func(tx *models.Tx) error {
		if _, err := tx.Filter(owner.ID, filterID); err != nil {
			return err
		}
		if _, err := tx.VisiblePost(postID, owner.ID); err != nil {
			return err
		}
		var err error
		if entry, err = tx.PutFilterStatus(filterID, postID); err != nil {
			return err
		}
		return mayHoldFilters(tx, owner)
	})
	return entry, err
}

// UnfilterPost removes the entry of a post from one of owner's filters. Errors: NotFound.
func (s *Service) UnfilterPost(ctx context.Context, owner *models.Actor, entryID int64) error {
	return s.refilter(ctx, owner, func(tx *models.Tx) error {
		if _, err := tx.FilterStatus(owner.ID, entryID); err != nil {
			return err
		}
		return tx.DeleteFilterStatus(entryID)
	})
}

// SavePhrase is for clients that know only filters of one phrase each: it makes a filter of one keyword (keywordID 0), or
// changes a keyword and its filter, and gives both. Errors: as SaveFilter, and Invalid where the filter would change for
// other keywords, too.
func (s *Service) SavePhrase(ctx context.Context, owner *models.Actor, keywordID int64, edit FilterEdit, phrase KeywordEdit) (*models.Filter, *models.FilterKeyword, error) {
	var filter *models.Filter
	var keyword *models.FilterKeyword
	err := s.refilter(ctx, owner, func(tx *models.Tx) error {
		var err error
		if keywordID == 0 {
			filter, keyword, err = s.newPhrase(tx, owner, edit, phrase)
			return err
		}
		if keyword, err = tx.FilterKeyword(owner.ID, keywordID); err != nil {
			return err
		}
		before, err := tx.Filter(owner.ID, keyword.FilterID)
		if err != nil {
			return err
		}
		if err := saveKeyword(tx, keyword, phrase); err != nil {
			return err
		}
		if filter, err = s.saveFilter(tx, owner, before.ID, edit); err != nil || *filter == *before {
			return err
		}
		parts, err := tx.FilterParts([]int64{filter.ID})
		if err == nil && len(parts.Keywords[filter.ID]) > 1 {
			return invalid("base", "Validation failed: this filter has several keywords, and only a newer client can change it")
		}
		return err
	})
	return filter, keyword, err
}

func (s *Service) newPhrase(tx *models.Tx, owner *models.Actor, edit FilterEdit, phrase KeywordEdit) (*models.Filter, *models.FilterKeyword, error) {
	// The phrase is the title, too, as far as a title may be long.
	if phrase.Keyword != nil {
		title := *phrase.Keyword
		if letters := []rune(title); len(letters) > maxFilterTitle {
			title = string(letters[:maxFilterTitle])
		}
		edit.Title = &title
	}
	filter, err := s.saveFilter(tx, owner, 0, edit)
	if err != nil {
		return nil, nil, err
	}
	keyword := &models.FilterKeyword{FilterID: filter.ID, WholeWord: true}
	if err := saveKeyword(tx, keyword, phrase); err != nil {
		return nil, nil, err
	}
	return filter, keyword, mayHoldFilters(tx, owner)
}

// DeletePhrase removes a keyword of one of owner's filters, and the filter once it looks for nothing more. Errors:
// NotFound.
func (s *Service) DeletePhrase(ctx context.Context, owner *models.Actor, keywordID int64) error {
	return s.refilter(ctx, owner, func(tx *models.Tx) error {
		keyword, err := tx.FilterKeyword(owner.ID, keywordID)
		if err != nil {
			return err
		}
		if err := tx.DeleteFilterKeyword(keyword.ID); err != nil {
			return err
		}
		parts, err := tx.FilterParts([]int64{keyword.FilterID})
		if err != nil || len(parts.Keywords[keyword.FilterID])+len(parts.Statuses[keyword.FilterID]) > 0 {
			return err
		}
		return tx.DeleteFilter(keyword.FilterID)
	})
}
