package vocab

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func marshal(t *testing.T, doc M) string {
	t.Helper()
	raw, err := Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestMarshalOrderAndOmissions(t *testing.T) {
	var noTime *time.Time
	at := time.Date(2026, 11, 23, 11, 0, 0, 987654321, time.FixedZone("", 3600))
	got := marshal(t, M{
		"@context": Namespace, "type": "Note", "id": "https://a.test/1", "content": "<p>a & b</p>\u2028", "to": []string{Public},
		"cc": []string(nil), "published": at, "updated": time.Time{}, "deleted": noTime, "endTime": &at, "summary": nil, "map": M(nil),
		"tag":       []any{M{"type": "Hashtag", "name": "#a", "id": "https://a.test/t", "href": nil}, nil, []M{{"b": 1, "a": true}}},
		"sensitive": false, "replies": Ref{}, "inReplyTo": Ref{ID: "https://b.test/1"}, "votes": 0, "ratio": 0.5, "b": "a\x00b\xff",
		"quoted": json.RawMessage(`{"z":1, "a":"<b>"}`), "nothing": json.RawMessage("null"), "named": json.Number("12"),
	})
	want := `{"@context":"https://www.w3.org/ns/activitystreams","id":"https://a.test/1","type":"Note","b":"ab�","cc":[],` +
		`"content":"<p>a & b</p>\u2028","endTime":"2026-11-23T10:00:00Z","inReplyTo":"https://b.test/1","named":12,` +
		`"published":"2026-11-23T10:00:00Z","quoted":{"z":1, "a":"<b>"},"ratio":0.5,"sensitive":false,` +
		`"tag":[{"id":"https://a.test/t","type":"Hashtag","name":"#a"},[{"a":true,"b":1}]],` +
		`"to":["https://www.w3.org/ns/activitystreams#Public"],"votes":0}`
	equal(t, got, want)
}

func TestMarshalStructs(t *testing.T) {
	type link struct {
		Type string  `json:"type"`
		Href string  `json:"href,omitempty"`
		Name *string `json:"name"`
	}
	got := marshal(t, M{"@context": Namespace, "tag": []link{{Type: "Link", Href: "https://a.test/?a&b"}}, "url": &link{Type: "Link"}})
	equal(t, got, `{"@context":"https://www.w3.org/ns/activitystreams","tag":[{"type":"Link","href":"https://a.test/?a&b"}],"url":{"type":"Link"}}`)
}

func TestMarshalAddsContextWithoutTouchingTheDocument(t *testing.T) {
	doc := M{"type": "Note", "object": M{"type": "Note"}}
	got := marshal(t, doc)
	if !strings.HasPrefix(got, `{"@context":["https://www.w3.org/ns/activitystreams",`) || strings.Count(got, "@context") != 1 {
		t.Errorf("got %s", got)
	}
	if _, added := doc["@context"]; added {
		t.Error("the caller's document was changed")
	}
	if again := marshal(t, doc); again != got {
		t.Error("the same document gave different bytes")
	}
}

func TestMarshalRefuses(t *testing.T) {
	circle := M{}
	circle["a"] = circle
	deep := json.RawMessage(strings.Repeat("[", 70) + strings.Repeat("]", 70))
	for name, doc := range map[string]M{
		"circle": circle, "deep raw": {"a": deep}, "NaN": {"a": math.NaN()}, "function": {"a": func() {}}, "channel": {"a": make(chan int)},
		"keys that differ by case": {"id": 1, "ID": 2}, "broken raw": {"a": json.RawMessage(`{`)}, "number keys": {"a": map[int]string{1: "x"}},
		"too large": {"a": strings.Repeat("x", MaxBytes)}, "keys that NUL told apart": {"a": 1, "a\x00": 2},
	} {
		if raw, err := Marshal(doc); err == nil {
			t.Errorf("%s: got %.100s, want an error", name, raw)
		}
	}
}

func TestBuilders(t *testing.T) {
	without := func(doc M) string { doc["@context"] = "x"; return marshal(t, doc) }
	at := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	equal(t, without(OrderedCollection("https://a.test/c", 3, "")), `{"@context":"x","id":"https://a.test/c","type":"OrderedCollection","totalItems":3}`)
	equal(t, without(OrderedCollection("https://a.test/c", 0, "https://a.test/c?1")),
		`{"@context":"x","id":"https://a.test/c","type":"OrderedCollection","first":"https://a.test/c?1","totalItems":0}`)
	equal(t, without(OrderedCollectionPage("https://a.test/c?1", "https://a.test/c", "", "", nil)),
		`{"@context":"x","id":"https://a.test/c?1","type":"OrderedCollectionPage","orderedItems":[],"partOf":"https://a.test/c"}`)
	equal(t, without(OrderedCollectionPage("u", "c", "n", "p", []any{"i"})),
		`{"@context":"x","id":"u","type":"OrderedCollectionPage","next":"n","orderedItems":["i"],"partOf":"c","prev":"p"}`)
	equal(t, without(Tombstone("u", "Note", at)), `{"@context":"x","id":"u","type":"Tombstone","deleted":"2026-01-02T03:04:05Z","formerType":"Note"}`)
	equal(t, without(Tombstone("u", "", time.Time{})), `{"@context":"x","id":"u","type":"Tombstone"}`)
	if FormatTime(time.Time{}) != "" {
		t.Error("the zero time is not a date")
	}
}

func TestContextsDefineWhatWeWrite(t *testing.T) {
	contexts := Contexts()
	inline := contexts[len(contexts)-1].(M)
	for _, term := range []string{
		"manuallyApprovesFollowers", "sensitive", "Hashtag", "featured", "discoverable", "indexable", "movedTo", "alsoKnownAs",
		"moderators", "postingRestrictedToMods", "CommunityPostTag", "additionalType", "acceptedAnswer", "suggestedAnswer",
		"isResolved", "ChooseAnswer", "PropertyValue", "value", "Emoji",
		"quote", "quoteUri", "quoteUrl", "_misskey_quote", "quoteAuthorization", "QuoteRequest", "QuoteAuthorization", "interactionPolicy",
		"canQuote", "automaticApproval", "manualApproval", "interactingObject", "interactionTarget",
	} {
		if inline[term] == nil {
			t.Errorf("%s is not defined", term)
		}
	}
	for term, meaning := range inline {
		id, _ := meaning.(string)
		if m, ok := meaning.(M); ok {
			id = m["@id"].(string)
		}
		prefix, _, _ := strings.Cut(id, ":")
		known := inline[prefix] != nil || prefix == "as" || prefix == "sec" || prefix == "http" || prefix == "https"
		if !known {
			t.Errorf("%s: prefix of %q is not defined", term, id)
		}
	}
}

// values draws what a document may hold, nil and odd strings among it.
func values(depth int) *rapid.Generator[any] {
	leaves := []*rapid.Generator[any]{
		rapid.Just[any](nil), rapid.Bool().AsAny(), rapid.Int().AsAny(), rapid.Float64Range(-1e300, 1e300).AsAny(), rapid.String().AsAny(),
		rapid.Just[any](time.Time{}), rapid.Just[any]([]string(nil)), rapid.Just[any](Ref{}), rapid.Just[any]("\x00\xff<>&"),
		rapid.Just[any](json.RawMessage(" null ")), rapid.Just[any]((*string)(nil)),
	}
	if depth > 0 {
		leaves = append(leaves, rapid.SliceOfN(values(depth-1), 0, 4).AsAny(),
			rapid.MapOfN(rapid.StringMatching(`[a-z@]{0,6}`), values(depth-1), 0, 4).AsAny())
	}
	return rapid.OneOf(leaves...)
}

func TestMarshalledDocumentsPassCheckAndHoldNoNull(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		doc := rapid.MapOfN(rapid.StringMatching(`[a-z]{1,8}`), values(4), 0, 6).Draw(t, "doc")
		raw, err := Marshal(doc)
		if err != nil {
			t.Fatalf("marshal: %v", err)
		}
		if err := Check(raw); err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		var back any
		if err := json.Unmarshal(raw, &back); err != nil || holdsNull(back) {
			t.Fatalf("%s: holds null, or %v", raw, err)
		}
	})
}

func holdsNull(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case []any:
		for _, item := range v {
			if holdsNull(item) {
				return true
			}
		}
	case map[string]any:
		for _, item := range v {
			if holdsNull(item) {
				return true
			}
		}
	}
	return false
}
