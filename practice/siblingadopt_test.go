package practice

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"praxis/models"
)

const lostGroup = "https://a.test/c/wounds"

func wordOf(by string, successors ...string) models.SiblingLoss {
	return models.SiblingLoss{LostURI: lostGroup, ByURI: by, Successors: strings.Join(successors, "\n")}
}

// The same words name the same adopter, one that signed, in whatever order they came.
func TestAdopterFollowsFromTheWordsAlone(t *testing.T) {
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 7)) //nolint:gosec // a test that can be repeated
		groups := make([]string, 1+random.IntN(6))
		for i := range groups {
			groups[i] = fmt.Sprintf("https://%c.test/c/wounds", 'b'+rune(i))
		}
		var words []models.SiblingLoss
		for _, by := range groups {
			named := slices.Clone(groups)
			random.Shuffle(len(named), func(i, j int) { named[i], named[j] = named[j], named[i] })
			words = append(words, wordOf(by, named[:random.IntN(len(named)+1)]...))
		}
		words = words[:1+random.IntN(len(words))]
		want := adopterOf(lostGroup, words)
		if !slices.ContainsFunc(words, func(w models.SiblingLoss) bool { return w.ByURI == want }) {
			t.Fatalf("seed %d: %q did not sign", seed, want)
		}
		for range 20 {
			random.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
			if got := adopterOf(lostGroup, words); got != want {
				t.Fatalf("seed %d: %s, and in another order %s", seed, want, got)
			}
		}
	}
}

func TestAdopterIsWhomMostName(t *testing.T) {
	b, c, d := "https://b.test/c/wounds", "https://c.test/c/wounds", "https://d.test/c/wounds"
	first := adopterOf(lostGroup, []models.SiblingLoss{wordOf(b), wordOf(c), wordOf(d)})
	for _, one := range []string{b, c, d} {
		if lowerHash(lostGroup, one, first) {
			t.Errorf("without successors it is %s, and %s has a lower hash", first, one)
		}
	}
	for name, words := range map[string][]models.SiblingLoss{
		"one never heard of them":     {wordOf(b, d), wordOf(c), wordOf(d, d)},
		"one alone heard of them":     {wordOf(b), wordOf(c, d), wordOf(d)},
		"one names itself":            {wordOf(b, b, d), wordOf(c, d, b), wordOf(d, d)},
		"the first is lost, too":      {wordOf(b, "https://e.test/c/wounds", d), wordOf(d, "https://e.test/c/wounds", d)},
		"what is named is no address": {wordOf(b, "", "x", d), wordOf(d)},
	} {
		if got := adopterOf(lostGroup, words); got != d {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// TestVectorOfAnAdopter holds the hashes of the draft, and whom they name.
func TestVectorOfAnAdopter(t *testing.T) {
	draft, err := os.ReadFile("../docs/feps/siblings.md")
	if err != nil {
		t.Fatal(err)
	}
	lost, south, east, west := "https://north.test/c/wounds", "https://south.test/c/wounds", "https://east.test/c/wounds", "https://west.test/c/wounds"
	for _, group := range []string{south, east, west} {
		if row := fmt.Sprintf("| `%s` | `%x` |", group, sha256.Sum256([]byte(lost+" "+group))); !strings.Contains(string(draft), row) {
			t.Errorf("the draft lacks %s", row)
		}
	}
	for want, words := range map[string][]models.SiblingLoss{
		south: {wordOf(south), wordOf(east), wordOf(west)},
		east:  {wordOf(south), wordOf(east), wordOf(west, east)},
	} {
		if got := adopterOf(lost, words); got != want {
			t.Errorf("%s adopts, want %s", got, want)
		}
	}
}
