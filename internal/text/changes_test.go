package text

import (
	"slices"
	"strings"
	"testing"
)

// shown writes changes as people know them from elsewhere.
func shown(changes []Change) string {
	marks := map[string]string{LineSame: " ", LineOld: "-", LineNew: "+"}
	var lines []string
	for _, c := range changes {
		lines = append(lines, marks[c.Kind]+c.Text)
	}
	return strings.Join(lines, "|")
}

func TestChangesBetweenTexts(t *testing.T) {
	for _, c := range []struct{ before, after, want string }{
		{"", "", ""},
		{"", "a\nb", "+a|+b"},
		{"a\nb\n", "", "-a|-b"},
		{"a\nb", "a\r\nb\r\n", " a| b"},
		{"a\nb\nc", "a\nc", " a|-b| c"},
		{"a\nb\nc", "a\nx\nc", " a|-b|+x| c"},
		{"a\nb\nc\nd", "c\nd\na\nb", "-a|-b| c| d|+a|+b"},
		{"one\n\ntwo", "one\n\nthree\n\ntwo", " one| |+three|+| two"},
		{"a\na", "a\na\na", " a| a|+a"},
	} {
		if got := shown(Changes(c.before, c.after)); got != c.want {
			t.Errorf("%q to %q: %s, want %s", c.before, c.after, got, c.want)
		}
	}
}

// FuzzChanges: whatever is compared, the old text and the new one can be read from what is shown.
func FuzzChanges(f *testing.F) {
	f.Add("a\nb\nc", "a\nx\nc")
	f.Add("", "\n\n")
	f.Add(strings.Repeat("x\n", 1100), strings.Repeat("y\nx\n", 1100))
	f.Fuzz(func(t *testing.T, before, after string) {
		var was, is []string
		for _, c := range Changes(before, after) {
			if c.Kind != LineNew {
				was = append(was, c.Text)
			}
			if c.Kind != LineOld {
				is = append(is, c.Text)
			}
		}
		if !slices.Equal(was, linesOf(before)) || !slices.Equal(is, linesOf(after)) {
			t.Errorf("%q to %q is shown as %q to %q", before, after, was, is)
		}
	})
}
