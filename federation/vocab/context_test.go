package vocab

import (
	"encoding/json"
	"testing"
)

func contextOf(t *testing.T, doc M) map[string]any {
	t.Helper()
	raw, err := Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	var said struct {
		Context []any `json:"@context"`
	}
	if err := json.Unmarshal(raw, &said); err != nil {
		t.Fatal(err)
	}
	terms, _ := said.Context[len(said.Context)-1].(map[string]any)
	return terms
}

// A document says what its own terms mean, at any depth, and no more.
func TestContextIsAsLongAsNeeded(t *testing.T) {
	foreign := json.RawMessage(`{"@context":["https://x.test"],"type":"Emoji","votersCount":1}`)
	terms := contextOf(t, M{
		"id": "https://a.test/1", "type": "Create", "object": M{"type": []string{"Note", "ChooseAnswer"}, "sensitive": false, "tag": []any{M{"type": "Hashtag"}}},
		"result": foreign, "attachment": json.RawMessage(`[{"type":"Image","focalPoint":[0,0]}]`), "content": "votersCount",
	})
	for _, want := range []string{"sensitive", "Hashtag", "ChooseAnswer", "cop", "focalPoint", "toot"} {
		if terms[want] == nil {
			t.Errorf("%s is missing of %v", want, terms)
		}
	}
	for _, odd := range []string{"Emoji", "gts", "mz", "@context"} {
		if terms[odd] != nil {
			t.Errorf("%s is not needed", odd)
		}
	}
	if terms := contextOf(t, M{"id": "https://a.test/1", "type": "Note"}); terms != nil {
		t.Errorf("nothing is needed, and there is %v", terms)
	}
	if terms := contextOf(t, M{}); terms != nil {
		t.Errorf("an empty document has %v", terms)
	}
}

// Every term of ours is given where it is used, with all that its meaning begins with.
func TestContextGivesEachTerm(t *testing.T) {
	all := terms()
	for name, meaning := range all {
		if len(name) > maxTerm {
			t.Errorf("%s is longer than a term may be", name)
		}
		got := contextOf(t, M{name: "x"})
		if got[name] == nil {
			t.Errorf("%s is not given", name)
		}
		if prefix := prefixOf(meaning); all[prefix] != nil && got[prefix] == nil {
			t.Errorf("%s needs %s", name, prefix)
		}
	}
}
