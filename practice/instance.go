package practice

import (
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"praxis/models"
)

// How long what the administration writes may be, in characters.
const (
	maxRule         = 2000
	maxAnnouncement = 10000
)

// maxReactions is how many different emoji an announcement may gather, as with Mastodon.
const maxReactions = 8

// AddRule adds a rule of the instance at the end of the list; the hint explains it. Errors: Invalid.
func (s *Service) AddRule(ctx context.Context, rule, hint string) (*models.Rule, error) {
	row := &models.Rule{Text: strings.TrimSpace(rule), Hint: strings.TrimSpace(hint)}
	for field, value := range map[string]string{"text": row.Text, "hint": row.Hint} {
		if utf8.RuneCountInString(value) > maxRule {
			return nil, invalid(field, "The %s of a rule has at most %d characters.", field, maxRule)
		}
	}
	if row.Text == "" {
		return nil, invalid("text", "A rule needs a text.")
	}
	return row, s.store.Tx(ctx, func(tx *models.Tx) error {
		if err := tx.AddRule(row); err != nil {
			return err
		}
		return s.audit(tx, nil, "rule.add", named(clip(row.Text)), nil, row)
	})
}

// RemoveRule takes a rule away. Errors: NotFound.
func (s *Service) RemoveRule(ctx context.Context, id int64) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		if err := tx.RemoveRule(id); err != nil {
			return err
		}
		return s.audit(tx, nil, "rule.remove", named(format(id)), nil, nil)
	})
}

// Announce tells all members something; the zero time is none. Errors: Invalid.
func (s *Service) Announce(ctx context.Context, words string, starts, ends time.Time, allDay bool) (*models.Announcement, error) {
	row := &models.Announcement{Text: strings.TrimSpace(words), StartsAt: models.At(starts), EndsAt: models.At(ends), AllDay: allDay}
	switch length := utf8.RuneCountInString(row.Text); {
	case length == 0:
		return nil, invalid("text", "An announcement needs a text.")
	case length > maxAnnouncement:
		return nil, invalid("text", "An announcement has at most %d characters.", maxAnnouncement)
	case row.EndsAt != 0 && row.EndsAt <= row.StartsAt:
		return nil, invalid("ends_at", "An announcement ends after it starts.")
	}
	return row, s.store.Tx(ctx, func(tx *models.Tx) error {
		if err := tx.CreateAnnouncement(row); err != nil {
			return err
		}
		return s.audit(tx, nil, "announcement.add", named(format(row.ID)), nil, row)
	})
}

// Unannounce removes an announcement. Errors: NotFound.
func (s *Service) Unannounce(ctx context.Context, id int64) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		if err := tx.DeleteAnnouncement(id); err != nil {
			return err
		}
		return s.audit(tx, nil, "announcement.remove", named(format(id)), nil, nil)
	})
}

// DismissAnnouncement remembers that a member has read an announcement. Errors: NotFound.
func (s *Service) DismissAnnouncement(ctx context.Context, actor *models.Actor, id int64) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		if _, err := tx.Announcement(id); err != nil {
			return err
		}
		return tx.DismissAnnouncement(id, actor.ID)
	})
}

// ReactToAnnouncement puts a member's emoji, or one of this instance by its shortcode, under an announcement. Errors:
// NotFound; Invalid for what is no emoji, and for too many different ones.
func (s *Service) ReactToAnnouncement(ctx context.Context, actor *models.Actor, id int64, name string) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		if _, err := tx.Announcement(id); err != nil {
			return err
		}
		if err := isReaction(tx, name); err != nil {
			return err
		}
		counts, err := tx.AnnouncementReactions(actor.ID)
		if err != nil {
			return err
		}
		known := false
		for _, count := range counts[id] {
			known = known || count.Name == name
		}
		if !known && len(counts[id]) >= maxReactions {
			return invalid("name", "Validation failed: Limit of different reactions reached")
		}
		return tx.PutAnnouncementReaction(&models.AnnouncementReaction{AnnouncementID: id, ActorID: actor.ID, Name: name})
	})
}

// UnreactToAnnouncement takes a reaction back. Errors: NotFound.
func (s *Service) UnreactToAnnouncement(ctx context.Context, actor *models.Actor, id int64, name string) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		if _, err := tx.Announcement(id); err != nil {
			return err
		}
		return tx.DeleteAnnouncementReaction(id, actor.ID, name)
	})
}

func isReaction(tx *models.Tx, name string) error {
	if isEmoji(name) {
		return nil
	}
	known, err := tx.EmojiOf([]string{""}, []string{name})
	if err != nil {
		return err
	}
	if known[models.EmojiKey{Shortcode: name}] == nil {
		return invalid("name", "Validation failed: Name is not a recognized emoji")
	}
	return nil
}

// longestEmoji is how many code points one emoji may have: families and flags of regions are the longest.
const longestEmoji = 12

// isEmoji reports a text that can be one emoji: a picture, with whatever modifies or joins pictures.
func isEmoji(name string) bool {
	if utf8.RuneCountInString(name) > longestEmoji {
		return false
	}
	picture := false
	for _, r := range name {
		switch {
		case r == 0x20E3, unicode.Is(unicode.So, r): // the key around a digit, and pictures
			picture = true
		case r == 0x200D, r == 0xFE0F, r >= 0xE0020 && r <= 0xE007F, r >= 0x1F3FB && r <= 0x1F3FF:
		case r >= '0' && r <= '9', r == '#', r == '*', r == 0x203C, r == 0x2049, unicode.Is(unicode.Sm, r) && r > 0x2100:
			picture = picture || r > 0x2000
		default:
			return false
		}
	}
	return picture
}
