package structure

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"testing"
)

// faults is how many faults the catalogue knows, H1 to H32: what may go wrong though nobody means harm.
const faults = 32

// untested are those that no test here can show, with the reason. There are none at present.
var untested = map[int]string{}

var faultTest = regexp.MustCompile(`(?m)^func Test(?:[A-Z]\d\d)*H(\d\d)_\w+\(t \*testing\.T\)`)

// checkFaults finds faults without a test that is named by their id.
func checkFaults(t *tree) []string {
	tested := map[string]bool{}
	for _, s := range t.sources {
		if s.isTest() {
			for _, found := range faultTest.FindAllStringSubmatch(s.text, -1) {
				tested[found[1]] = true
			}
		}
	}
	var offences []string
	for n := 1; n <= faults; n++ {
		id := fmt.Sprintf("%02d", n)
		switch reason := untested[n]; {
		case tested[id] && reason != "":
			offences = append(offences, fmt.Sprintf("H%d has a test and is listed as one that can have none", n))
		case !tested[id] && reason == "":
			offences = append(offences, fmt.Sprintf("H%d has no test: name one TestH%s_WhatMustHold", n, id))
		}
		delete(tested, id)
	}
	for id := range tested {
		offences = append(offences, fmt.Sprintf("TestH%s_ is named after a fault that the catalogue has not", id))
	}
	slices.Sort(offences)
	return offences
}

// TestEveryFaultHasATest holds the catalogue against the tests of the whole tree.
func TestEveryFaultHasATest(t *testing.T) {
	for _, offence := range checkFaults(readTree(t, os.DirFS(root(t)))) {
		t.Error(offence)
	}
}

func TestMissingFaultsAreFound(t *testing.T) {
	var text string
	for n := 1; n <= faults+1; n++ {
		if n != 7 {
			text += fmt.Sprintf("func TestH%02d_Something(t *testing.T) {}\n", n)
		}
	}
	got := checkFaults(&tree{sources: []*source{{path: "a/a_test.go", text: text}, {path: "a/a.go", text: "func TestH07_NoTest(t *testing.T) {}\n"}}})
	want := []string{"H7 has no test: name one TestH07_WhatMustHold", "TestH33_ is named after a fault that the catalogue has not"}
	if !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}
