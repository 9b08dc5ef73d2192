package practice

import (
	"context"
	"slices"
	"unicode/utf8"

	"praxis/models"
)

// PostingDefaults is what a member's posts get unless they say otherwise; nil fields keep their value.
type PostingDefaults struct {
	Visibility *string
	Sensitive  *bool
	Language   *string
	// QuotePolicy says who may quote: "public", "followers" or "nobody".
	QuotePolicy *string
}

// SetPostingDefaults changes what a member's posts get unless they say otherwise. Errors: Invalid for a visibility that
// cannot be a default.
func (s *Service) SetPostingDefaults(ctx context.Context, actor *models.Actor, change PostingDefaults) (*models.Account, error) {
	allowed := []string{models.Public, models.Unlisted, models.Private}
	if change.Visibility != nil && !slices.Contains(allowed, *change.Visibility) {
		return nil, invalid("privacy", "Validation failed: default visibility %q is none of public, unlisted, private", *change.Visibility)
	}
	if change.QuotePolicy != nil && !slices.Contains([]string{"public", "followers", "nobody"}, *change.QuotePolicy) {
		return nil, invalid("quote_policy", "Validation failed: quote policy %q is none of public, followers, nobody", *change.QuotePolicy)
	}
	if change.Language != nil && utf8.RuneCountInString(*change.Language) > maxLocale {
		return nil, invalid("language", "Validation failed: the language is none")
	}
	var account *models.Account
	err := s.store.Tx(ctx, func(tx *models.Tx) error {
		var err error
		if account, err = tx.AccountByActor(actor.ID); err != nil {
			return err
		}
		account.DefaultVisibility = orOld(change.Visibility, account.DefaultVisibility)
		account.DefaultLanguage = orOld(change.Language, account.DefaultLanguage)
		account.DefaultQuotePolicy = orOld(change.QuotePolicy, account.DefaultQuotePolicy)
		if change.Sensitive != nil {
			account.DefaultSensitive = *change.Sensitive
		}
		return tx.SaveAccount(account)
	})
	return account, err
}

// What bounds a profile, in characters, and how many fields it has.
const (
	MaxDisplayName = 100
	MaxNote        = 5000
	MaxFieldText   = 255
	MaxFields      = maxFields
)

// checkProfile refuses what is too long, so that nothing is cut off silently.
func checkProfile(change Profile) error {
	if change.DisplayName != nil && utf8.RuneCountInString(*change.DisplayName) > MaxDisplayName {
		return invalid("display_name", "Validation failed: Display name has more than %d characters", MaxDisplayName)
	}
	if change.Note != nil && utf8.RuneCountInString(*change.Note) > MaxNote {
		return invalid("note", "Validation failed: Note has more than %d characters", MaxNote)
	}
	for _, field := range change.Fields {
		if max(utf8.RuneCountInString(field.Name), utf8.RuneCountInString(field.Value)) > MaxFieldText {
			return invalid("fields", "Validation failed: A profile field has more than %d characters", MaxFieldText)
		}
	}
	return nil
}
