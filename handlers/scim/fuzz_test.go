package scim

import "testing"

// FuzzPatch: whatever a directory sends is understood or refused.
func FuzzPatch(f *testing.F) {
	f.Add([]byte(`{"Operations":[{"op":"replace","path":"active","value":false}]}`))
	f.Add([]byte(`{"Operations":[{"op":"Replace","value":{"active":"False"}}]}`))
	f.Add([]byte(`{"Operations":[{"op":"remove","path":"members"}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if wanted, err := readPatch(raw); err != nil && wanted.active != nil {
			t.Fatalf("refused, and taken: %s", raw)
		}
	})
}

// FuzzFilter: a filter names one thing to look for, or is refused.
func FuzzFilter(f *testing.F) {
	f.Add(`userName eq "ann"`)
	f.Add(`externalId eq "a \"b\""`)
	f.Add(`userName eq "ann" and active eq true`)
	f.Fuzz(func(t *testing.T, filter string) {
		sought, err := readFilter(filter)
		if err != nil && (sought.Login != "" || sought.ExternalID != "") || sought.Login != "" && sought.ExternalID != "" {
			t.Fatalf("%q: %+v %v", filter, sought, err)
		}
	})
}
