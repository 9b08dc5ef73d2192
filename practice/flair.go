package practice

import (
	"slices"
	"strings"

	"praxis/models"
)

// KindOfFlair gives the kind of threads that a flair of a community elsewhere means, by the names that it has: those of the
// kind, how it is called here, and the words that choose it; "" for one that means no kind.
func KindOfFlair(names ...string) string {
	for _, name := range names {
		folded := foldWord(name)
		if folded == "" {
			continue
		}
		for _, known := range threadKindNames() {
			if folded == foldWord(known.kind) || folded == foldWord(known.label) {
				return known.kind
			}
		}
		for _, word := range []string{"#" + strings.Join(strings.FieldsFunc(folded, isBetween), ""), folded + ":"} {
			if kind := builtIn().of(word, "", false); kind != "" {
				return kind
			}
		}
	}
	return ""
}

// isBetween reports what stands between the words of a name.
func isBetween(r rune) bool { return r == ' ' || r == '-' || r == '_' }

// kindOfFlair gives the kind that a thread has by the flair that its author chose from those of its community; "" without.
func (s *Service) kindOfFlair(tx *models.Tx, post *models.Post, flair []string, community *models.Actor) (string, error) {
	if len(flair) == 0 || community == nil || post.InReplyToURI != "" {
		return "", nil
	}
	if community.Local {
		return s.kindOfOurFlair(tx, flair, community)
	}
	tags, err := tx.CommunityTags(community.ID)
	for _, tag := range tags {
		if slices.Contains(flair, tag.URI) {
			return tag.Kind, err
		}
	}
	return "", err
}

func (s *Service) kindOfOurFlair(tx *models.Tx, flair []string, community *models.Actor) (string, error) {
	habits, err := tx.CommunityPractice(community.ID)
	if err != nil {
		return "", err
	}
	for _, id := range flair {
		kind, ours := strings.CutPrefix(id, s.links.Kind(community, ""))
		if ours && suits(kind, false) && habits.Uses(kind) {
			return kind, nil
		}
	}
	return "", nil
}

// flairLater gives a thread the kind of its flair when its community takes it later than it came.
func (s *Service) flairLater(tx *models.Tx, post *models.Post, draft *Draft) error {
	if post.Kind != "" {
		return nil
	}
	var err error
	post.Kind, err = s.kindOfFlair(tx, post, draft.Flair, draft.Community)
	return err
}
