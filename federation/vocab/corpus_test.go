package vocab

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
)

// corpus holds payloads that other projects recorded. It lies beside the repository and may be absent.
var corpus = filepath.Join("..", "..", "..", "shared", "corpus")

// classify reads a document as what its type says, and with it every document that it embeds as its object.
func classify(raw []byte) string {
	head, err := PeekHead(raw)
	if err != nil {
		return "refused: " + err.Error()
	}
	kind, object := "object", Ref{}
	switch {
	case IsActivityType(head.Type):
		var a Activity
		a, err = DecodeActivity(raw)
		kind, object = "activity", a.Object
	case IsCollectionType(head.Type):
		_, err = DecodeCollection(raw)
		kind = "collection"
	case IsActorType(head.Type):
		_, err = DecodeActor(raw)
		kind = "actor"
	default:
		_, err = DecodeObject(raw)
	}
	if err != nil {
		return "refused: " + err.Error()
	}
	if IsActivityType(object.Type()) || objectTypes[object.Type()] {
		if inner := classify(object.Raw); strings.HasPrefix(inner, "refused") {
			return inner + " (embedded)"
		}
	}
	return kind
}

// documents gives the documents of a file: one, or those that an example lists under a heading.
func documents(raw []byte) [][]byte {
	var examples map[string][]json.RawMessage
	if json.Unmarshal(raw, &examples) != nil || len(examples) != 1 {
		return [][]byte{raw}
	}
	var all [][]byte
	for _, list := range examples {
		for _, item := range list {
			all = append(all, item)
		}
	}
	return all
}

func TestCorpus(t *testing.T) {
	for project, mustRead := range map[string]bool{"lemmy": true, "piefed": true, "fedify": false, "w3c-activitystreams": false} {
		t.Run(project, func(t *testing.T) {
			names, err := filepath.Glob(filepath.Join(corpus, project, "*.json"))
			if err != nil || len(names) == 0 {
				t.Skipf("recorded payloads of %s are not here", project)
			}
			counts := map[string]int{}
			for _, name := range names {
				raw, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				for _, document := range documents(raw) {
					kind := classify(document)
					counts[kind]++
					if mustRead && strings.HasPrefix(kind, "refused") {
						t.Errorf("%s: %s", filepath.Base(name), kind)
					}
				}
			}
			t.Logf("%d files\n%s", len(names), table(counts))
		})
	}
}

func table(counts map[string]int) string {
	var lines []string
	for kind, n := range counts {
		lines = append(lines, fmt.Sprintf("%4d %s", n, kind))
	}
	sort.Sort(sort.Reverse(sort.StringSlice(lines)))
	return strings.Join(lines, "\n")
}

// TestCorpusRefusals names documents of the W3C suite that must not be read, and why.
func TestCorpusRefusals(t *testing.T) {
	for name, want := range map[string]string{
		"array-at-top": "not_an_object", "string-at-top": "not_an_object", "number-at-top": "not_an_object",
		"bad-character-set": "invalid_utf8", "number-as-actor": "bad_actor", "number-as-type": "no_type",
	} {
		raw, err := os.ReadFile(filepath.Join(corpus, "w3c-activitystreams", "test__fail__"+name+".json"))
		if err != nil {
			t.Skip("recorded payloads of w3c-activitystreams are not here")
		}
		if got := classify(raw); !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
