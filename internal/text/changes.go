package text

import "strings"

// What became of a line from one text to the next.
const (
	LineSame = "same"
	LineOld  = "old" // only the old text has it
	LineNew  = "new" // only the new text has it
)

// Change is a line of two texts that are compared.
type Change struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
}

// maxCompared is how many pairs of lines are looked at: of longer texts what lies between their common beginning and their common end is
// shown as a whole, the old one and then the new one.
const maxCompared = 1 << 20

// Changes compares two texts line by line: all lines of both, in their order, and those once that both have.
func Changes(before, after string) []Change {
	was, is := linesOf(before), linesOf(after)
	head := 0
	for head < len(was) && head < len(is) && was[head] == is[head] {
		head++
	}
	tail := 0
	for tail < len(was)-head && tail < len(is)-head && was[len(was)-1-tail] == is[len(is)-1-tail] {
		tail++
	}
	changes := all(nil, LineSame, was[:head])
	changes = between(changes, was[head:len(was)-tail], is[head:len(is)-tail])
	return all(changes, LineSame, was[len(was)-tail:])
}

func linesOf(text string) []string {
	text = strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

func all(changes []Change, kind string, lines []string) []Change {
	for _, line := range lines {
		changes = append(changes, Change{kind, line})
	}
	return changes
}

// between compares what lies between the common beginning and the common end, by the longest row of lines that both have.
func between(changes []Change, was, is []string) []Change {
	if len(was)*len(is) > maxCompared {
		return all(all(changes, LineOld, was), LineNew, is)
	}
	width := len(is) + 1
	longest := commonRows(was, is, width)
	i, j := 0, 0
	for i < len(was) && j < len(is) {
		switch {
		case was[i] == is[j]:
			changes = append(changes, Change{LineSame, was[i]})
			i, j = i+1, j+1
		case longest[(i+1)*width+j] >= longest[i*width+j+1]:
			changes = append(changes, Change{LineOld, was[i]})
			i++
		default:
			changes = append(changes, Change{LineNew, is[j]})
			j++
		}
	}
	return all(all(changes, LineOld, was[i:]), LineNew, is[j:])
}

// commonRows gives, for each line of the one and each of the other, how many lines both have in common from there on.
func commonRows(was, is []string, width int) []int32 {
	longest := make([]int32, (len(was)+1)*width)
	for i := len(was) - 1; i >= 0; i-- {
		for j := len(is) - 1; j >= 0; j-- {
			if was[i] == is[j] {
				longest[i*width+j] = longest[(i+1)*width+j+1] + 1
			} else {
				longest[i*width+j] = max(longest[(i+1)*width+j], longest[i*width+j+1])
			}
		}
	}
	return longest
}
