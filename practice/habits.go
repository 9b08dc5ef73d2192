package practice

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"praxis/models"
)

// Habits is how a community uses kinds and commands. Nil fields stay as they are.
type Habits struct {
	Kinds    *[]string          // those it uses; none for all
	Words    *map[string]string // words of its own, each with the kind that it chooses
	Commands *bool              // whether replies give commands
}

// Bounds of the words of a community.
const (
	maxWords      = 200
	maxWordLength = 50
)

// SetHabits stores how a community of ours uses kinds and commands. Errors: Forbidden for all but its moderators, Invalid.
func (s *Service) SetHabits(ctx context.Context, actor, community *models.Actor, h Habits) error {
	return s.changeHabits(ctx, community, h, func(tx *models.Tx) error {
		moderator, err := tx.IsModerator(community.ID, actor.ID)
		if err == nil && !moderator {
			err = models.Errorf(models.Forbidden, "Only moderators of @%s say which kinds it uses.", community.Acct())
		}
		return err
	})
}

// OperateHabits is SetHabits for who runs the instance, at the command line. Errors: Invalid.
func (s *Service) OperateHabits(ctx context.Context, community *models.Actor, h Habits) error {
	return s.changeHabits(ctx, community, h, func(*models.Tx) error { return nil })
}

func (s *Service) changeHabits(ctx context.Context, community *models.Actor, h Habits, may func(*models.Tx) error) error {
	if !community.IsCommunity() || !community.Local {
		return invalid("id", "@%s is no community of this instance", community.Acct())
	}
	words, err := h.check()
	if err != nil {
		return err
	}
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		if err := may(tx); err != nil {
			return err
		}
		row, err := tx.CommunityPractice(community.ID)
		if err != nil {
			return err
		}
		if h.Kinds != nil {
			row.Kinds = strings.Join(*h.Kinds, "\n")
		}
		if h.Commands != nil {
			row.CommandsOff = !*h.Commands
		}
		if err := tx.SaveCommunityPractice(row); err != nil || h.Words == nil {
			return err
		}
		return tx.SetCommunityWords(community.ID, words)
	})
}

func (h Habits) check() (map[string]string, error) {
	if h.Kinds != nil {
		for _, kind := range *h.Kinds {
			if !slices.Contains(ThreadKinds(), kind) {
				return nil, invalid("kinds", "Validation failed: Kind %q is none of %s", cutRunes(kind, 40), strings.Join(ThreadKinds(), ", "))
			}
		}
	}
	if h.Words == nil {
		return nil, nil
	}
	if len(*h.Words) > maxWords {
		return nil, invalid("words", "Validation failed: words names more than %d", maxWords)
	}
	words := make(map[string]string, len(*h.Words))
	for word, kind := range *h.Words {
		folded := foldWord(word)
		if !isKindWord(folded) {
			return nil, invalid("words", `Validation failed: Word %q is neither a hashtag such as "#stuck" nor the beginning of a post such as "Stuck:"`, cutRunes(word, 40))
		}
		if !suits(kind, false) && !suits(kind, true) {
			return nil, invalid("words", "Validation failed: Kind %q of the word %s is none of %s", cutRunes(kind, 40), word, strings.Join(append(ThreadKinds(), ReplyKinds()...), ", "))
		}
		words[folded] = kind
	}
	return words, nil
}

func isKindWord(word string) bool {
	if utf8.RuneCountInString(word) > maxWordLength || len(word) < 2 {
		return false
	}
	name, isTag := strings.CutPrefix(word, "#")
	if isTag {
		return name != "" && !strings.ContainsAny(name, " #:")
	}
	return strings.HasSuffix(word, ":") && strings.Count(word, ":") == 1
}
