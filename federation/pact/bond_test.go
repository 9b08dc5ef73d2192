package pact_test

import (
	"crypto/ed25519"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"praxis/federation/pact"
	"praxis/federation/sign"
)

var update = flag.Bool("update", false, "write the golden files anew")

func bond() pact.Bond {
	from := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	return pact.Bond{
		ID: "https://north.test/a/1#siblings", Nonce: "0123456789abcdef", Community: "urn:uuid:019ca8d4-5c00-7000-8000-0123456789ab",
		Former: []string{"urn:uuid:019ca8d5-0000-7000-8000-0123456789ab"}, Class: "public", Charter: strings.Repeat("0a", 32), History: 90, Removals: "auto",
		Bans: "advisory", Roster: "counts", License: "https://spdx.org/licenses/CC-BY-4.0", Retention: 365, Silence: 14, ValidFrom: from, ValidUntil: from.AddDate(1, 0, 0),
	}.Between("https://south.test/c/wounds", "https://south.test/c/wounds/moderators", "https://north.test/c/wounds", "ann@north.test")
}

func encodedBond(t testing.TB, b pact.Bond) []byte {
	t.Helper()
	raw, err := b.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestVectorOfABond holds the bytes that both siblings sign, their hash, and a proof with a key that everybody can make.
func TestVectorOfABond(t *testing.T) {
	bare := encodedBond(t, bond())
	key := ed25519.NewKeyFromSeed([]byte(strings.Repeat("\x01", ed25519.SeedSize)))
	at := func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }
	proven, err := sign.Prover{KeyID: "https://north.test/c/wounds#ed25519-key", Key: key, Now: at}.Prove(bare)
	if err != nil {
		t.Fatal(err)
	}
	read, err := pact.ReadBond(proven)
	if err != nil {
		t.Fatal(err)
	}
	got := string(bare) + "\n" + pact.Hash(bare) + "\n" + sign.EncodeMultikey(key.Public().(ed25519.PublicKey)) + "\n" + string(read.ProofOf("https://north.test/c/wounds")) + "\n"
	const golden = "testdata/bond.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	draft, err := os.ReadFile("../../docs/feps/siblings.md")
	if err != nil {
		t.Fatal(err)
	}
	var proof struct{ ProofValue string }
	if err := json.Unmarshal(read.ProofOf("https://north.test/c/wounds"), &proof); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{string(bare), pact.Hash(bare), hashOfOptions(t, read.ProofOf("https://north.test/c/wounds")), proof.ProofValue} {
		if !strings.Contains(string(draft), part) {
			t.Errorf("the draft lacks %s", part)
		}
	}
}

// hashOfOptions gives the hash of a proof without its value: the first half of what is signed.
func hashOfOptions(t *testing.T, proof json.RawMessage) string {
	t.Helper()
	var options map[string]any
	if err := json.Unmarshal(proof, &options); err != nil {
		t.Fatal(err)
	}
	delete(options, "proofValue")
	raw, err := json.Marshal(options)
	if err != nil {
		t.Fatal(err)
	}
	canonical, err := sign.Canonical(raw)
	if err != nil {
		t.Fatal(err)
	}
	return pact.Hash(canonical)
}

func TestBondIsReadAsItWasWritten(t *testing.T) {
	want := bond()
	raw := encodedBond(t, want)
	var loose map[string]any
	if err := json.Unmarshal(raw, &loose); err != nil {
		t.Fatal(err)
	}
	indented, err := json.MarshalIndent(loose, "", "    ")
	if err != nil {
		t.Fatal(err)
	}
	got, err := pact.ReadBond(indented)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got.Bond); diff != "" || string(got.Bare) != string(raw) {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got.Other("https://north.test/c/wounds") != "https://south.test/c/wounds" || got.Other("https://c.test/c/x") != "" ||
		got.ContactOf("https://north.test/c/wounds") != "ann@north.test" {
		t.Errorf("siblings %v, contacts %v", got.Siblings, got.Contacts)
	}
}

func TestNothingHidesInABond(t *testing.T) {
	whole := string(encodedBond(t, bond()))
	for name, altered := range map[string]string{
		"more":                   strings.Replace(whole, `"id":`, `"aside":"all members","id":`, 1),
		"another type":           strings.Replace(whole, `"SiblingAgreement",`, `"Note",`, 1),
		"another context":        strings.Replace(whole, `cop:honourBans`, `cop:elsewhere`, 1),
		"a moment with a zone":   strings.Replace(whole, `12:00:00Z`, `14:00:00+02:00`, 1),
		"siblings out of order":  strings.Replace(whole, `["https://north.test/c/wounds","https://south.test/c/wounds"]`, `["https://south.test/c/wounds","https://north.test/c/wounds"]`, 1),
		"one sibling":            strings.Replace(whole, `["https://north.test/c/wounds","https://south.test/c/wounds"]`, `["https://north.test/c/wounds"]`, 1),
		"itself":                 strings.Replace(whole, `"https://south.test/c/wounds"]`, `"https://north.test/c/wounds"]`, 1),
		"a class that is none":   strings.Replace(whole, `"public"`, `"local"`, 1),
		"a name that is none":    strings.Replace(whole, `urn:uuid:019ca8d4-`, `urn:uuid:019CA8D4-`, 1),
		"never lost":             strings.Replace(whole, `"silenceDays":14`, `"silenceDays":0`, 1),
		"days of a fraction":     strings.Replace(whole, `"historyDays":90`, `"historyDays":90.5`, 1),
		"days below zero":        strings.Replace(whole, `"historyDays":90`, `"historyDays":-1`, 1),
		"an end before it began": strings.Replace(whole, `"2027`, `"2025`, 1),
		"a control character":    strings.Replace(whole, `ann@north`, `ann\u0007@north`, 1),
		"no contact":             strings.Replace(whole, `"ann@north.test"`, `" "`, 1),
		"a digest that is none":  strings.Replace(whole, `0a0a`, `0A0A`, 1),
		"an empty licence":       strings.Replace(whole, `https://spdx.org/licenses/CC-BY-4.0`, ``, 1),
		"a list":                 "[" + whole + "]",
		"too long":               strings.Replace(whole, `"ann@north.test"`, `"`+strings.Repeat("p", pact.MaxBytes)+`"`, 1),
	} {
		if altered == whole {
			t.Fatalf("%s: nothing was altered", name)
		}
		if read, err := pact.ReadBond([]byte(altered)); err == nil {
			t.Errorf("%s: read as %+v", name, read.Bond)
		}
	}
}

func FuzzReadBond(f *testing.F) {
	f.Add(encodedBond(f, bond()))
	f.Add([]byte(`{"type":"SiblingAgreement","parties":[{}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		read, err := pact.ReadBond(raw)
		if err != nil {
			return
		}
		again, err := read.Encode()
		if err != nil || string(again) != string(read.Bare) {
			t.Errorf("what was read is written differently: %v", err)
		}
	})
}
