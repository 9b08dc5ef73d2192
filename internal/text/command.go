package text

import "strings"

// Commands gives the hashtags that are the first and the last word of a text, in lower case and without "#": a reply like
// "#solved, thank you" or "That was it! #solved" is a command, and "I #solved it" is prose. Mentions at the beginning are
// skipped.
func Commands(typed string) []string {
	words := strings.Fields(strings.Join(lines(typed), "\n"))
	for len(words) > 0 && isMentionWord(words[0]) {
		words = words[1:]
	}
	if len(words) == 0 {
		return nil
	}
	var commands []string
	if word, ok := tagWord(words[0], ".,:;!"); ok {
		commands = append(commands, word)
	}
	if word, ok := tagWord(words[len(words)-1], ".!"); ok && len(words) > 1 {
		commands = append(commands, word)
	}
	return commands
}

func isMentionWord(word string) bool {
	tokens := scan(strings.TrimRight(word, ",:;"))
	return len(tokens) == 1 && tokens[0].kind == mention
}

// tagWord gives the hashtag of a word that is one, with at most the given punctuation after it.
func tagWord(word, punctuation string) (tag string, ok bool) {
	tokens := scan(strings.TrimRight(word, punctuation))
	if len(tokens) == 1 && tokens[0].kind == hashtag {
		return tokens[0].tag, true
	}
	return "", false
}
