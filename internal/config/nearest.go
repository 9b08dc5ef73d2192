package config

// nearest gives the one of names that takes the fewest changes of letters to become s: the first of several.
func nearest(s string, names []string) string {
	best, least := "", -1
	for _, name := range names {
		if d := distance(s, name); least < 0 || d < least {
			best, least = name, d
		}
	}
	return best
}

// longestName is how many bytes of a name are compared.
const longestName = 64

// distance counts the insertions, deletions and replacements of bytes that make b of a (Levenshtein).
func distance(a, b string) int {
	a, b = a[:min(len(a), longestName)], b[:min(len(b), longestName)]
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
