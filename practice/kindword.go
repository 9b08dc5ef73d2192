package practice

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"praxis/internal/text"
	"praxis/models"
)

// wordList says which words choose which kind, by language.
//
//go:embed words/kinds.txt
var wordList string

// kindWords is one table of words by language: hashtags with their sign, others as they stand before a colon.
type kindWords struct {
	languages []string // in the order of the list
	kinds     map[string]map[string][]string
}

// builtIn reads the list once.
var builtIn = sync.OnceValue(func() *kindWords { return readWords(wordList) })

// readWords reads lines of a language, a kind and words. A word of several parts ends with a colon.
func readWords(list string) *kindWords {
	words := &kindWords{kinds: map[string]map[string][]string{}}
	for _, line := range strings.Split(list, "\n") {
		fields := strings.Fields(line)
		if len(fields) < 3 || strings.HasPrefix(line, "# ") {
			continue
		}
		language, kind := fields[0], fields[1]
		if words.kinds[language] == nil {
			words.languages = append(words.languages, language)
			words.kinds[language] = map[string][]string{}
		}
		for _, word := range splitWords(fields[2:]) {
			words.kinds[language][word] = append(words.kinds[language][word], kind)
		}
	}
	return words
}

func splitWords(parts []string) []string {
	var words, open []string
	for _, part := range parts {
		open = append(open, part)
		if strings.HasPrefix(part, "#") || strings.HasSuffix(part, ":") {
			words, open = append(words, foldWord(strings.Join(open, " "))), nil
		}
	}
	return words
}

// foldWord gives the form in which words are compared.
func foldWord(word string) string {
	return norm.NFC.String(strings.ToLower(norm.NFC.String(strings.Join(strings.Fields(word), " "))))
}

// of gives the kind that a word chooses for a reply or for the first post of a thread: as the language of the post has it,
// or else the first language that does.
func (words *kindWords) of(word, language string, reply bool) string {
	language, _, _ = strings.Cut(strings.ToLower(language), "-")
	order := slices.DeleteFunc(slices.Clone(words.languages), func(l string) bool { return l == language })
	if words.kinds[language] != nil {
		order = append([]string{language}, order...)
	}
	for _, l := range order {
		for _, kind := range words.kinds[l][word] {
			if suits(kind, reply) {
				return kind
			}
		}
	}
	return ""
}

// chooser finds the kind that a text chooses.
type chooser struct {
	own      map[string]string // the community's words
	language string
	reply    bool
	// community is set for posts in one: elsewhere words before a colon choose nothing.
	community bool
	uses      func(kind string) bool
}

func (c chooser) kind(word string) string {
	kind := c.own[word]
	if !suits(kind, c.reply) {
		kind = builtIn().of(word, c.language, c.reply)
	}
	if kind == "" || !c.uses(kind) {
		return ""
	}
	return kind
}

// choose gives the kind of the first hashtag that chooses one, else that of the words before a colon at the beginning.
func (c chooser) choose(typed string, tags []string) string {
	for _, tag := range tags {
		if kind := c.kind(foldWord("#" + tag)); kind != "" {
			return kind
		}
	}
	if lead := text.Lead(typed); c.community && lead != "" {
		return c.kind(foldWord(lead + ":"))
	}
	return ""
}

// chooseKind finds the kind that a post without one chooses by its words.
func (s *Service) chooseKind(tx *models.Tx, post *models.Post, draft *Draft, community *models.Actor) error {
	typed := draft.Text
	if !draft.Author.Local {
		typed = text.Plain(post.Content)
	}
	choice := chooser{language: post.Language, reply: post.InReplyToURI != "", community: community != nil, uses: func(string) bool { return true }}
	tags := text.FindHashtags(typed) // in the order of the text
	for _, tag := range draft.Tags {
		tags = appendOnce(tags, tag)
	}
	if community == nil || !community.Local {
		post.Kind = choice.choose(typed, tags)
		return nil
	}
	habits, err := tx.CommunityPractice(community.ID)
	if err != nil {
		return err
	}
	if choice.own, err = tx.CommunityWords(community.ID); err != nil {
		return err
	}
	choice.uses = func(kind string) bool { return choice.reply || habits.Uses(kind) }
	post.Kind = choice.choose(typed, tags)
	return nil
}

// checkKind refuses what is no kind, or none of the kind of post, or none that its community uses.
func (s *Service) checkKind(tx *models.Tx, kind string, reply bool, community *models.Actor) error {
	kinds := ThreadKinds()
	if reply {
		kinds = ReplyKinds()
	}
	if !slices.Contains(kinds, kind) {
		return invalid("kind", "Validation failed: Kind %q is none of %s", cutRunes(kind, 40), strings.Join(kinds, ", "))
	}
	if community == nil || !community.Local || reply {
		return nil
	}
	habits, err := tx.CommunityPractice(community.ID)
	if err != nil || habits.Uses(kind) {
		return err
	}
	return invalid("kind", "Validation failed: @%s does not use the kind %s, but %s", community.Acct(), kind, strings.Join(habits.KindList(), ", "))
}

func cutRunes(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return string([]rune(s)[:limit-1]) + "…"
}
