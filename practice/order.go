package practice

import (
	"regexp"
	"strconv"
	"strings"

	"praxis/internal/text"
)

// The commands that a reply may give as its first or last word.
const (
	commandSolved   = "solved"
	commandUnsolved = "unsolved"
	commandHelped   = "helped"
	commandReused   = "reused"
	commandJoin     = "join"
	commandLeave    = "leave"
	commandKeep     = "keep"
	commandDup      = "dup"
	commandKnow     = "iknow"
)

// order is a command with what it says.
type order struct {
	name   string
	amount int64 // thousandths
	unit   string
	topic  string
	uri    string
}

// maxTopicWords is how many words after #iknow at the end of a reply are its topic.
const maxTopicWords = 6

var amountPattern = regexp.MustCompile(`^(\d{1,9}(?:[.,]\d{1,3})?)(?:\s*(\S{1,30}))?(?:\s|$)`)

// orders gives the commands that a text gives, at most two.
func orders(typed string) []order {
	var found []order
	for _, command := range text.Commands(typed) {
		if o, ok := orderOf(command); ok {
			found = append(found, o)
		}
	}
	return found
}

func orderOf(c text.Command) (order, bool) {
	o := order{name: c.Name}
	switch c.Name {
	case commandSolved, commandUnsolved, commandHelped, commandReused, commandLeave, commandKeep, Going, Maybe, NotGoing:
		return o, c.First || c.Args == ""
	case commandJoin:
		return joinOrder(o, c)
	case commandDup:
		words := strings.Fields(c.Args)
		if len(words) == 0 || len(words) > 1 && !c.First || !isWebAddress(words[0]) {
			return o, false
		}
		o.uri = words[0]
		return o, true
	case commandKnow:
		o.topic = cutRunes(text.CleanName(c.Args), maxFact)
		return o, c.First || len(strings.Fields(c.Args)) <= maxTopicWords
	}
	return o, false
}

// joinOrder reads "#join 5 kg": without a number it is one.
func joinOrder(o order, c text.Command) (order, bool) {
	match := amountPattern.FindStringSubmatch(c.Args)
	if match == nil {
		o.amount = Thousandths(1)
		return o, c.First || c.Args == ""
	}
	if !c.First && strings.TrimSpace(match[0]) != c.Args {
		return o, false
	}
	number, err := strconv.ParseFloat(strings.Replace(match[1], ",", ".", 1), 64)
	if err != nil || number <= 0 || number > maxAmount {
		return o, false
	}
	o.amount, o.unit = Thousandths(number), strings.Trim(match[2], ".,;:!")
	return o, true
}
