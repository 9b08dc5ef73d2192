package password

import (
	"strings"
	"testing"
)

func TestHashAndVerify(t *testing.T) {
	phc, err := Hash("correct horse", Cheap())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(phc, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Errorf("got %q", phc)
	}
	for plain, want := range map[string]bool{
		"correct horse": true, "correct hors": false, "correct horse ": false, "Correct horse": false, "": false,
		"correct horse\x00": false, strings.Repeat("x", MaxBytes+1): false,
	} {
		if got, err := Verify(plain, phc); err != nil || got != want {
			t.Errorf("%.20q: got %v, %v, want %v", plain, got, err, want)
		}
	}
	if again, err := Hash("correct horse", Cheap()); err != nil || again == phc {
		t.Errorf("the second hash is the first, or %v", err)
	}
}

// TestVerifyKnownHash: a hash that the reference implementation made (phc-winner-argon2, its test suite: "password",
// "somesalt", two passes over 256 KiB, one lane).
func TestVerifyKnownHash(t *testing.T) {
	const phc = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
	if ok, err := Verify("password", phc); err != nil || !ok {
		t.Errorf("got %v, %v", ok, err)
	}
}

func TestZeroParamsAreDefault(t *testing.T) {
	phc, err := Hash("correct horse", Params{})
	if err != nil || !strings.HasPrefix(phc, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("got %q, %v", phc, err)
	}
	Waste("anything", Params{})
	Waste("anything", Params{MemoryKiB: 1 << 31, Time: 1 << 31, Threads: 255})
	Waste(strings.Repeat("x", MaxBytes+1), Cheap())
}

// TestG10_LengthIsCapped: too long is refused and not cut; all of the longest allowed one counts.
func TestG10_LengthIsCapped(t *testing.T) {
	for plain, want := range map[string]string{
		"":                              "at least 8",
		"1234567":                       "at least 8",
		"12345678":                      "",
		strings.Repeat("x", MaxBytes):   "",
		strings.Repeat("x", MaxBytes+1): "at most 1024",
		strings.Repeat("x", 10<<20):     "at most 1024",
	} {
		_, err := Hash(plain, Cheap())
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%d bytes: got %v, want %q", len(plain), err, want)
		}
	}
	longest := strings.Repeat("x", MaxBytes)
	phc, err := Hash(longest, Cheap())
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := Verify(longest[1:]+"y", phc); ok || err != nil {
		t.Errorf("the last byte does not count: %v, %v", ok, err)
	}
}

func TestHashRefusesParams(t *testing.T) {
	for _, p := range []Params{{64, 0, 1}, {64, 1, 0}, {7, 1, 1}, {64, 17, 1}, {1<<20 + 1, 1, 1}, {1 << 20, 1, 17}} {
		if phc, err := Hash("correct horse", p); err == nil {
			t.Errorf("%v: got %q", p, phc)
		}
	}
}

// malformed are hashes that Verify refuses before it computes anything.
func malformed() []string {
	const salt, key = "c29tZXNhbHQ", "nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
	tail := "$" + salt + "$" + key
	return []string{
		"", "$", "correct horse", "$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
		"$argon2i$v=19$m=64,t=1,p=1" + tail, "$argon2id$v=16$m=64,t=1,p=1" + tail, "$argon2id$m=64,t=1,p=1" + tail,
		"$argon2id$v=19$m=4294967295,t=1,p=1" + tail, "$argon2id$v=19$m=1048577,t=1,p=1" + tail, "$argon2id$v=19$m=99999999999,t=1,p=1" + tail,
		"$argon2id$v=19$m=64,t=17,p=1" + tail, "$argon2id$v=19$m=64,t=0,p=1" + tail, "$argon2id$v=19$m=64,t=1,p=0" + tail,
		"$argon2id$v=19$m=64,t=1,p=17" + tail, "$argon2id$v=19$m=64,t=1,p=257" + tail, "$argon2id$v=19$m=7,t=1,p=1" + tail,
		"$argon2id$v=19$t=1,m=64,p=1" + tail, "$argon2id$v=19$m=064,t=1,p=1" + tail, "$argon2id$v=19$m=+64,t=1,p=1" + tail,
		"$argon2id$v=19$m=64,t=1,p=1,x=1" + tail, "$argon2id$v=19$m=,t=1,p=1" + tail, "$argon2id$v=19$m=64,t=1" + tail,
		"$argon2id$v=19$m=64,t=1,p=1$" + salt, "$argon2id$v=19$m=64,t=1,p=1$$" + key, "$argon2id$v=19$m=64,t=1,p=1$" + salt + "$",
		"$argon2id$v=19$m=64,t=1,p=1$" + salt + "=$" + key, "$argon2id$v=19$m=64,t=1,p=1$c29t\nZXNhbHQ$" + key,
		"$argon2id$v=19$m=64,t=1,p=1$" + salt + "$" + strings.Repeat("A", 400), "$argon2id$v=19$m=64,t=1,p=1" + tail + "$x",
		"$argon2id$v=19$m=64,t=1,p=1" + tail + strings.Repeat("A", 1000),
	}
}

// TestVerifyRefusesMalformed: a hash that is none is an error and not a wrong password, and costs nothing.
func TestVerifyRefusesMalformed(t *testing.T) {
	for _, phc := range malformed() {
		if ok, err := Verify("password", phc); ok || err == nil {
			t.Errorf("%q: got %v, %v", phc, ok, err)
		}
	}
}

// FuzzDecode: what is read is within bounds, and is written again in the same way.
func FuzzDecode(f *testing.F) {
	for _, phc := range malformed() {
		f.Add(phc)
	}
	f.Add("$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")
	f.Fuzz(func(t *testing.T, phc string) {
		p, salt, key, err := decode(phc)
		if err != nil {
			return
		}
		if p.check() != nil || len(salt) < minSalt || len(salt) > maxSalt || len(key) < minKey || len(key) > maxKey {
			t.Errorf("%q: %v with %d and %d bytes is out of bounds", phc, p, len(salt), len(key))
		}
		if again := encode(p, salt, key); again != phc {
			t.Errorf("%q is written as %q", phc, again)
		}
	})
}
