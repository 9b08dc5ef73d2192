package practice

import (
	"testing"
	"unicode/utf8"
)

// FuzzOrders: whatever somebody writes, commands are within their bounds and nothing panics.
func FuzzOrders(f *testing.F) {
	for _, seed := range []string{
		"#join 5 kg", "we: #join 2,5 l.", "#join 99999999999", "#join -1", "#dup https://x.test/1", "#dup javascript:x", "#iknow a b c d e f g",
		"#iknow\x00", "Visit: 2027-05-03 14:30 @ Ward 3", "2027-99-99 99:99 @", "#going\n#solved", "@a@b.test #leave", "Stuck: x",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		given := orders(typed)
		if len(given) > 2 {
			t.Errorf("%q gives %d commands", typed, len(given))
		}
		for _, o := range given {
			if o.amount < 0 || o.amount > maxAmount*1000 || utf8.RuneCountInString(o.topic) > maxFact || utf8.RuneCountInString(o.unit) > 30 {
				t.Errorf("%q gives %+v", typed, o)
			}
			if o.uri != "" && !isWebAddress(o.uri) {
				t.Errorf("%q names %q", typed, o.uri)
			}
		}
		if start, place, ok := visitLine(typed); ok && (start.Year() < 1900 || start.Year() > 2200 || utf8.RuneCountInString(place) > maxFact) {
			t.Errorf("%q is a visit at %s in %q", typed, start, place)
		}
		if kind := KindOfAddress(typed); len(kind) > maxKind || kind != "" && !utf8.ValidString(KindLabel(kind)) {
			t.Errorf("%q is of the kind %q", typed, kind)
		}
		if kind := KindOfFlair(typed); kind != "" && !suits(kind, false) {
			t.Errorf("the flair %q means %q", typed, kind)
		}
		_ = License(typed)
	})
}
