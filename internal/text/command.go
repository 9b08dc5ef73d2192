package text

import "strings"

// Command is a hashtag that stands where a reply gives a command: as the first word, or as the last one.
type Command struct {
	Name string // in lower case, without "#"
	Args string // what follows on the line
	// First says that it begins the text, where prose may follow; else what follows can only be arguments.
	First bool
}

// Commands gives the hashtags with which a text begins and ends, with what follows them: a reply like "#solved, thank
// you", "That was it! #solved" or "Count us in: #join 5 kg" is a command. Mentions at the beginning are skipped. The last
// one need not be the last word: who knows the command tells what may follow it.
func Commands(typed string) []Command {
	rows := commandLines(typed)
	if len(rows) == 0 {
		return nil
	}
	var commands []Command
	first := rows[0]
	if name, ok := tagWord(first[0], ".,:;!"); ok {
		commands = append(commands, Command{Name: name, Args: argsOf(first[1:]), First: true})
	}
	last := rows[len(rows)-1]
	for i := len(last) - 1; i >= 0; i-- {
		if i == 0 && len(rows) == 1 {
			break // that is the first word
		}
		if name, ok := tagWord(last[i], ".,:;!"); ok {
			return append(commands, Command{Name: name, Args: argsOf(last[i+1:])})
		}
	}
	return commands
}

// commandLines gives the words of the lines that have some, without the mentions at the beginning.
func commandLines(typed string) [][]string {
	var rows [][]string
	for _, line := range lines(typed) {
		words := strings.Fields(line)
		for len(rows) == 0 && len(words) > 0 && isMentionWord(words[0]) {
			words = words[1:]
		}
		if len(words) > 0 {
			rows = append(rows, words)
		}
	}
	return rows
}

func argsOf(words []string) string { return strings.TrimRight(strings.Join(words, " "), ".!") }

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
