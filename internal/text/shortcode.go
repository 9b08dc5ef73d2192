package text

import "strings"

// MaxShortcode is how long the name of an emoji may be.
const MaxShortcode = 128

// IsShortcode reports a name that an emoji may have: at least two of a-z, A-Z, 0-9 and _.
func IsShortcode(name string) bool {
	return len(name) >= 2 && len(name) <= MaxShortcode && !strings.ContainsFunc(name, func(r rune) bool { return !inShortcode(r) })
}

func inShortcode(r rune) bool {
	return r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

// maxShortcodes is how many emoji of one text are looked for.
const maxShortcodes = 100

// Shortcodes gives what stands as :shortcode: in texts or in HTML, each once.
func Shortcodes(texts ...string) []string {
	var found []string
	seen := map[string]bool{}
	for _, s := range texts {
		for {
			_, rest, ok := strings.Cut(s, ":")
			if !ok || len(found) == maxShortcodes {
				break
			}
			name, after, ok := strings.Cut(rest, ":")
			if !ok {
				break
			}
			if !IsShortcode(name) {
				s = rest // the colon that ended it may begin the next
				continue
			}
			if !seen[name] {
				seen[name] = true
				found = append(found, name)
			}
			s = after
		}
	}
	return found
}
