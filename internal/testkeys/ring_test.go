package testkeys

import "testing"

func TestRingGivesEachKeyOnce(t *testing.T) {
	keys, err := stock()
	if err != nil {
		t.Fatal(err)
	}
	ring, seen := &Ring{}, map[string]bool{}
	for range len(keys) + 1 {
		key, err := ring.Next()
		if err != nil {
			t.Fatal(err)
		}
		n := key.RSA.N.String()
		if seen[n] {
			t.Fatal("a key was given twice")
		}
		seen[n] = true
	}
}
