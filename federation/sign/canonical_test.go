package sign

import (
	"bytes"
	"testing"

	"github.com/gowebpki/jcs"
)

// FuzzCanonical: what is taken has the canonical form that another implementation of RFC 8785 gives it.
func FuzzCanonical(f *testing.F) {
	for _, s := range []string{
		`{"a":1,"b":[1.5,-0,1e3,0.1e-7,1e21,null,true],"é":"\u00e9\n\u2028","A":{}}`, `"\ud83d\ude00"`, `{"a":"\ud800"}`, `{"a":1,"a":2}`, `[]`, `1`,
		` {"z" : "\/" , "\u20ac":1,"\r":2,"\ud83d\ude02":3,"\ufb33":4} `, `{"a":1} x`, "{\"a\":\"\xff\"}", `{"a":"\u0000\u001f\u007f"}`, `9007199254740993`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		before := bytes.Clone(raw)
		got, err := canonical(raw)
		if !bytes.Equal(raw, before) {
			t.Fatalf("%q was changed", before)
		}
		if err != nil {
			return
		}
		if want, err := jcs.Transform(raw); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%q: %q, want %q, %v", raw, got, want, err)
		}
	})
}
