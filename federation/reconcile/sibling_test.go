package reconcile

import (
	"testing"
)

// FuzzParseSiblingSummary: whatever is read says the same when it is written again.
func FuzzParseSiblingSummary(f *testing.F) {
	f.Add(`url="https://a.test/c/x/admitted", since="1", until="2", digest="e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"`)
	f.Add(`url="https://a.test/", since="2", until="1", digest="00"`)
	f.Add(`since=,until=`)
	f.Fuzz(func(t *testing.T, header string) {
		said, err := ParseSiblingSummary(header)
		if err != nil {
			return
		}
		again, err := ParseSiblingSummary(said.String())
		if err != nil || again != said {
			t.Errorf("%q is read as %+v, and then as %+v, %v", header, said, again, err)
		}
		if said.Since >= said.Until {
			t.Errorf("%q is no time", header)
		}
	})
}

// FuzzParseDays: sums of days are few, and each day is there once.
func FuzzParseDays(f *testing.F) {
	f.Add([]byte(`{"days":[{"day":20421,"count":3,"digest":"00"},{"day":20421,"count":1,"digest":"11"}]}`))
	f.Add([]byte(`{"days":{}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		days, err := parseDays(raw)
		if err != nil {
			return
		}
		for i := 1; i < len(days); i++ {
			if days[i].Day == days[i-1].Day {
				t.Errorf("%s has a day twice", raw)
			}
		}
	})
}
