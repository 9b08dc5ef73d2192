package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Phrase is a word or some words to look for in texts, whatever the case and however the letters are composed.
type Phrase struct {
	folded      string
	left, right bool // whether the phrase must begin, and end, where a word does
}

// NewPhrase makes a Phrase. As a whole word it does not match inside of a longer word: "cat" does not match "category".
// That holds at those of its ends that are letters or digits of a script that puts spaces between words; scripts that put
// none, such as Chinese, Japanese and Thai, have no ends of words to look for.
func NewPhrase(typed string, wholeWord bool) Phrase {
	p := Phrase{folded: Fold(strings.TrimSpace(typed))}
	if wholeWord {
		first, _ := utf8.DecodeRuneInString(p.folded)
		last, _ := utf8.DecodeLastRuneInString(p.folded)
		p.left, p.right = isSpaced(first), isSpaced(last)
	}
	return p
}

// In reports whether a text that Fold gave holds the phrase. An empty phrase is nowhere.
func (p Phrase) In(folded string) bool {
	if p.folded == "" {
		return false
	}
	for from := 0; ; {
		at := strings.Index(folded[from:], p.folded)
		if at < 0 {
			return false
		}
		at += from
		if p.fits(folded[:at], folded[at+len(p.folded):]) {
			return true
		}
		_, size := utf8.DecodeRuneInString(folded[at:])
		from = at + size
	}
}

func (p Phrase) fits(before, after string) bool {
	last, _ := utf8.DecodeLastRuneInString(before)
	next, _ := utf8.DecodeRuneInString(after)
	return !(p.left && isSpaced(last)) && !(p.right && isSpaced(next))
}

// isSpaced reports a character of words in a script that puts spaces between them.
func isSpaced(r rune) bool {
	if r == utf8.RuneError || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) {
		return false
	}
	return r == '_' || unicode.In(r, unicode.L, unicode.M, unicode.N)
}

// Fold gives a text in the form in which texts are compared: without the difference of upper and lower case, and of
// composed and decomposed or full-width letters.
func Fold(typed string) string {
	return strings.Map(foldRune, norm.NFKC.String(typed))
}

// foldRune gives the one character that stands for all that differ by case alone.
func foldRune(r rune) rune {
	if r < utf8.RuneSelf {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}
	least := unicode.ToLower(r)
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		if lower := unicode.ToLower(next); lower < least {
			least = lower
		}
	}
	return least
}
