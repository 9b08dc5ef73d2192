package practice

import "slices"

// CountWords counts the words of a language that choose a kind.
func CountWords(language, kind string) int {
	n := 0
	for _, kinds := range builtIn().kinds[language] {
		if slices.Contains(kinds, kind) {
			n++
		}
	}
	return n
}

// CarryAtOnce sets how many followers are carried over in one go, and gives what sets it back.
func CarryAtOnce(n int) func() {
	before := carriedAtOnce
	carriedAtOnce = n
	return func() { carriedAtOnce = before }
}
