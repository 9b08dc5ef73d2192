package text

import (
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

const (
	// maxNameBytes bounds what is read of a name.
	maxNameBytes = 8 << 10
	// maxNameRunes is how long a name may be.
	maxNameRunes = 200
	// maxMarks bounds how many combining marks follow one another. Written languages need fewer.
	maxMarks = 4
)

// CleanName gives a name on one line: without tags, control characters, characters that turn the direction of writing or
// that nobody sees, and floods of combining marks (security case C26); spaces collapsed; at most 200 characters. It is
// text and no HTML: pages escape it.
func CleanName(s string) string {
	name := visibleLine(cut(s, maxNameBytes)) // first, or an unseen character would keep a tag from being one
	return visibleLine(cutRunes(visibleLine(withoutTags(name)), maxNameRunes))
}

// withoutTags drops tags and leaves the text as it is, entities unread: a name is no HTML, and reading them could make
// new tags. Dropping can, too, so it goes on until nothing changes.
func withoutTags(s string) string {
	for range 8 {
		dropped, ok := guarded(s, dropTags)
		if ok && dropped == s {
			return s
		}
		s = dropped
	}
	return strings.Map(func(r rune) rune {
		if r == '<' || r == '>' {
			return -1
		}
		return r
	}, s)
}

func dropTags(s string) string {
	var out strings.Builder
	tokens := html.NewTokenizer(strings.NewReader(s))
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			return out.String()
		case html.TextToken:
			out.Write(tokens.Raw())
		}
	}
}

// visibleLine keeps what can be seen, and makes one space of each gap.
func visibleLine(s string) string {
	var kept []rune
	marks, gap := 0, false
	runes := []rune(strings.ToValidUTF8(s, "\uFFFD"))
	for i, r := range runes {
		switch {
		case isGap(r):
			gap = true
			continue
		case isUnseen(r) && !isNeeded(runes, i):
			continue
		case unicode.IsMark(r):
			if marks++; marks > maxMarks {
				continue
			}
		default:
			marks = 0
		}
		if gap && len(kept) > 0 {
			kept = append(kept, ' ')
		}
		gap = false
		kept = append(kept, r)
	}
	return string(kept)
}

// isGap reports whether a rune separates words.
func isGap(r rune) bool { return unicode.IsSpace(r) || r == '\u2028' || r == '\u2029' }

// isUnseen tells the characters that have no width or that change how others are shown: controls, formats, private use,
// and the blanks that count as letters.
func isUnseen(r rune) bool {
	switch r {
	case '\u034f', '\u115f', '\u1160', '\u17b4', '\u17b5', '\u2800', '\u3164', '\uffa0':
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Variation_Selector)
}

// isNeeded reports whether the unseen rune at i is part of how its neighbours are written: it makes one picture of two,
// chooses the colour of one, or shapes the letters of a script that needs it.
func isNeeded(runes []rune, i int) bool {
	if i == 0 {
		return false
	}
	if runes[i] == '\ufe0f' {
		return unicode.Is(unicode.So, runes[i-1])
	}
	if i+1 == len(runes) || runes[i] != '\u200c' && runes[i] != '\u200d' {
		return false
	}
	return isPicture(runes[i-1]) && isPicture(runes[i+1]) || isShaped(runes[i-1]) && isShaped(runes[i+1])
}

// isShaped tells the letters and marks of the scripts that write with joiners.
func isShaped(r rune) bool {
	return unicode.In(r, unicode.Arabic, unicode.Syriac, unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi,
		unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu, unicode.Kannada, unicode.Malayalam,
		unicode.Sinhala, unicode.Khmer, unicode.Mongolian)
}

func isPicture(r rune) bool {
	return unicode.Is(unicode.So, r) || r == '\ufe0f' || r >= 0x1f3fb && r <= 0x1f3ff
}

// cutRunes gives at most limit runes of s.
func cutRunes(s string, limit int) string {
	count := 0
	for i := range s {
		if count == limit {
			return strings.TrimSpace(s[:i])
		}
		count++
	}
	return s
}
