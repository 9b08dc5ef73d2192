package directory

import (
	"testing"

	"praxis/federation/vocab"
)

// FuzzProvenPost: whatever a copy is, what is taken of it is the post that was asked for, by who proved it, and for everybody.
func FuzzProvenPost(f *testing.F) {
	const zoe, uri = "https://gone.test/u/zoe", "https://gone.test/o/1"
	f.Add([]byte(`{"id":"https://gone.test/a/1","type":"Create","actor":"https://gone.test/u/zoe","object":{"id":"https://gone.test/o/1","type":"Note","attributedTo":"https://gone.test/u/zoe","content":"Hello.","to":["https://www.w3.org/ns/activitystreams#Public"]}}`))
	f.Add([]byte(`{"id":"https://gone.test/a/1","type":"Update","actor":"https://gone.test/u/zoe","object":{"id":"https://gone.test/o/1","type":"Note","attributedTo":["https://gone.test/u/zoe"],"cc":"as:Public"}}`))
	f.Add([]byte(`{"type":"Create","object":"https://gone.test/o/1"}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		object, err := provenPost(raw, zoe, uri)
		if err != nil {
			if object != nil {
				t.Errorf("%s is refused and taken", raw)
			}
			return
		}
		owner, err := object.Author()
		if err != nil || owner != zoe || object.ID != uri || !object.To.Contains(vocab.Public) && !object.Cc.Contains(vocab.Public) {
			t.Errorf("%s is taken as %+v", raw, object)
		}
	})
}
