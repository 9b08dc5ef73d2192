package vocab

import (
	"strings"
	"testing"
)

func TestGroupNamesItsSiblings(t *testing.T) {
	const doc = `{"id":"https://a.test/c/x","type":"Group","preferredUsername":"x","inbox":"https://a.test/c/x/inbox",
		"urn":"urn:uuid:019ca8d4-5c00-7000-8000-0123456789ab","formerURNs":["urn:uuid:019ca8d5-0000-7000-8000-0123456789ab","urn:isbn:1"],
		"siblings":%s,"successors":["https://b.test/c/x","javascript:alert(1)",{"id":"https://c.test/c/x"}]}`
	for where, want := range map[string]string{`"https://a.test/c/x/siblings"`: "https://a.test/c/x/siblings", `"https://b.test/c/x/siblings"`: "", `7`: ""} {
		a, err := DecodeActor([]byte(strings.Replace(doc, "%s", where, 1)))
		if err != nil {
			t.Fatal(err)
		}
		c := a.Community
		if c.URN == "" || len(c.FormerURNs) != 1 || c.Siblings != want || len(c.Successors) != 1 {
			t.Errorf("siblings %s: %+v", where, c)
		}
	}
	for name, good := range map[string]bool{
		"urn:uuid:019ca8d4-5c00-7000-8000-0123456789ab": true, "urn:uuid:019CA8D4-5c00-7000-8000-0123456789ab": false, "urn:uuid:": false,
		"urn:uuid:019ca8d45c00-7000-8000-0123456789ab0": false, "019ca8d4-5c00-7000-8000-0123456789ab": false, "urn:uuid:019ca8d4-5c00-7000-8000-0123456789ag": false,
	} {
		if IsURN(name) != good {
			t.Errorf("%s: %t", name, !good)
		}
	}
}

func TestRelationshipNeedsItsThreeParts(t *testing.T) {
	const good = `{"type":"Relationship","subject":"https://a.test/c/x","relationship":"https://w3id.org/fep/69f0/siblingOf","object":{"id":"https://b.test/c/x"}}`
	r, err := DecodeRelationship([]byte(good))
	if err != nil || r.Subject != "https://a.test/c/x" || r.Object != "https://b.test/c/x" || r.Kind == "" {
		t.Errorf("%+v, %v", r, err)
	}
	for _, part := range []string{"Relationship", "subject", "relationship", "object"} {
		if r, err := DecodeRelationship([]byte(strings.Replace(good, `"`+part+`"`, `"x"`, 1))); err == nil {
			t.Errorf("without %s: %+v", part, r)
		}
	}
}

func FuzzDecodeRelationship(f *testing.F) {
	f.Add([]byte(`{"type":"Relationship","subject":"https://a.test/c/x","relationship":"x:y","object":"https://b.test/c/x"}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := DecodeRelationship(raw)
		if err == nil && (webLink(r.Subject) == "" || webLink(r.Object) == "") {
			t.Errorf("%+v", r)
		}
	})
}
