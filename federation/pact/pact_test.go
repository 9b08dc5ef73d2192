package pact_test

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"praxis/federation/pact"
	"praxis/federation/sign"
	"praxis/internal/testkeys"
)

const (
	north = "https://north.test/actor"
	south = "https://south.test/actor"
)

func terms(actor string) pact.Terms {
	return pact.Terms{
		Actor: actor, Fingerprint: strings.Repeat("ab", 32), Level: pact.LevelInteract, Classes: []string{"public", "partners"}, Data: []string{"posts"},
		Contact: "ann@" + actor[8:18], Retention: 30, Listed: true,
	}
}

func agreement() pact.Record {
	from := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	r := pact.Record{ID: "https://north.test/a/1#partnership", Nonce: "0123456789abcdef", ValidFrom: from, ValidUntil: from.AddDate(1, 0, 0)}
	return r.With(terms(south)).With(terms(north))
}

func encoded(t testing.TB, r pact.Record) []byte {
	t.Helper()
	raw, err := r.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestWhatIsReadWasWritten(t *testing.T) {
	raw := encoded(t, agreement())
	read, err := pact.Read(raw)
	if err != nil || read.Parties[0].Actor != north || !read.Listed() || read.Level() != pact.LevelInteract {
		t.Fatalf("%+v, %v", read, err)
	}
	var loose map[string]any
	if err := json.Unmarshal(raw, &loose); err != nil {
		t.Fatal(err)
	}
	indented, err := json.MarshalIndent(loose, "", "    ")
	if err != nil {
		t.Fatal(err)
	}
	again, err := pact.Read(indented)
	if err != nil || pact.Hash(again.Bare) != pact.Hash(raw) {
		t.Errorf("the same content in other bytes has another hash: %v", err)
	}
}

func TestNothingHidesInARecord(t *testing.T) {
	whole := string(encoded(t, agreement()))
	for name, altered := range map[string]string{
		"more at the top":        strings.Replace(whole, `"id":`, `"aside":"all data","id":`, 1),
		"more in a party":        strings.Replace(whole, `"listed":true`, `"listed":true,"also":1`, 1),
		"another type":           strings.Replace(whole, `"Partnership",`, `"Note",`, 1),
		"another context":        strings.Replace(whole, `cop:level`, `cop:elsewhere`, 1),
		"a moment with a zone":   strings.Replace(whole, `12:00:00Z`, `14:00:00+02:00`, 1),
		"parties out of order":   strings.ReplaceAll(strings.ReplaceAll(whole, "north.test", "zorth.test"), "south.test", "aouth.test"),
		"a level that is none":   strings.ReplaceAll(whole, `"interact"`, `"own"`),
		"an end before it began": strings.Replace(whole, `"2027`, `"2025`, 1),
		"a control character":    strings.Replace(whole, `"posts"`, `"po\u0007sts"`, 1),
		"no contact":             strings.Replace(whole, `"contact":"ann@north.test"`, `"contact":" "`, 1),
		"a policy of script":     strings.Replace(whole, `"listed":true`, `"listed":true,"policy":"javascript:alert(1)"`, 1),
		"a list":                 "[" + whole + "]",
		"too long":               strings.Replace(whole, `"posts"`, `"`+strings.Repeat("p", pact.MaxBytes)+`"`, 1),
	} {
		if altered == whole {
			t.Fatalf("%s: nothing was altered", name)
		}
		if read, err := pact.Read([]byte(altered)); err == nil {
			t.Errorf("%s: read as %+v", name, read.Record)
		}
	}
}

func TestAnAgreementHasWhatWasOffered(t *testing.T) {
	whole := agreement()
	offer := whole
	offer.Parties = []pact.Terms{terms(north)}
	if !whole.Completes(&offer, north) {
		t.Fatal("an agreement in the words of the offer does not complete it")
	}
	for name, change := range map[string]func(*pact.Record){
		"later end":     func(r *pact.Record) { r.ValidUntil = r.ValidUntil.AddDate(1, 0, 0) },
		"another nonce": func(r *pact.Record) { r.Nonce = "fedcba9876543210" },
		"more of the offerer": func(r *pact.Record) {
			*r = r.With(func() pact.Terms { x := terms(north); x.Classes = pact.Classes(); return x }())
		},
		"less by the other": func(r *pact.Record) {
			*r = r.With(func() pact.Terms { x := terms(south); x.Level = pact.LevelRead; return x }())
		},
		"another key": func(r *pact.Record) {
			*r = r.With(func() pact.Terms { x := terms(north); x.Fingerprint = strings.Repeat("cd", 32); return x }())
		},
		"one party": func(r *pact.Record) { r.Parties = r.Parties[:1] },
	} {
		altered := agreement()
		change(&altered)
		if altered.Completes(&offer, north) {
			t.Errorf("%s: completes the offer", name)
		}
	}
}

func TestWordsFollowBothKeys(t *testing.T) {
	prints := map[string]bool{}
	for range 3 {
		keys, err := sign.GenerateKeys(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		pem, err := sign.EncodePublicPEM(&keys.RSA.PublicKey)
		if err != nil {
			t.Fatal(err)
		}
		multikey := sign.EncodeMultikey(keys.Ed25519Public())
		print, err := pact.Fingerprint(north, pem, multikey)
		padded, again := pact.Fingerprint(north, "\n"+pem+"\n", multikey)
		if err != nil || again != nil || padded != print {
			t.Errorf("%q and %q for the same keys: %v, %v", print, padded, err, again)
		}
		prints[print] = true
	}
	said := map[string]bool{}
	var all []string
	for print := range prints {
		all = append(all, print)
	}
	for i := range all {
		one, other := all[i], all[(i+1)%len(all)]
		words, err := pact.Words(one, other)
		back, err2 := pact.Words(other, one)
		if err != nil || err2 != nil || len(words) != 6 || strings.Join(words, " ") != strings.Join(back, " ") {
			t.Errorf("%v and %v: %v, %v", words, back, err, err2)
		}
		if !pact.SameWords(" "+strings.ToUpper(strings.Join(words, ", ")), words) || pact.SameWords(strings.Join(words[:5], " "), words) {
			t.Error("words are not compared as people say them")
		}
		said[strings.Join(words, " ")] = true
	}
	if len(said) != 3 {
		t.Errorf("three pairs of keys have %d lines of words", len(said))
	}
	if _, err := pact.Fingerprint(north, "no key", "z"); err == nil {
		t.Error("no key has a fingerprint")
	}
}

func TestProofsAreTakenOffAndPutBack(t *testing.T) {
	var ring testkeys.Ring
	bare := encoded(t, agreement())
	var proofs []json.RawMessage
	for _, actor := range []string{north, south} {
		keys, err := ring.Next()
		if err != nil {
			t.Fatal(err)
		}
		proven, err := sign.Prover{KeyID: actor + "#ed25519-key", Key: keys.Ed25519}.Prove(bare)
		if err != nil {
			t.Fatal(err)
		}
		read, err := pact.Read(proven)
		if err != nil || read.ProofOf(actor) == nil {
			t.Fatalf("%v", err)
		}
		proofs = append(proofs, read.ProofOf(actor))
	}
	both, err := pact.Read(sign.Attach(bare, proofs...))
	if err != nil || string(both.Bare) != string(bare) || len(both.Proofs) != 2 || both.ProofOf(north) == nil || both.ProofOf(south) == nil {
		t.Errorf("%v", err)
	}
	var fault *pact.Fault
	empty := pact.Record{}
	if _, err := empty.Encode(); !errors.As(err, &fault) {
		t.Errorf("an empty record: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(encoded(f, agreement()))
	f.Add([]byte(`{"type":"Partnership","parties":[{}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		read, err := pact.Read(raw)
		if err != nil {
			return
		}
		again, err := read.Encode()
		if err != nil || string(again) != string(read.Bare) {
			t.Errorf("what was read is written differently: %v", err)
		}
	})
}

func FuzzReadSuccession(f *testing.F) {
	good := pact.Succession{ID: "https://north.test/a/1#keys", Party: north, From: strings.Repeat("ab", 32), To: strings.Repeat("cd", 32)}
	bare, err := good.Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sign.Attach(bare, json.RawMessage(`{"type":"DataIntegrityProof"}`)))
	f.Fuzz(func(t *testing.T, raw []byte) {
		read, err := pact.ReadSuccession(raw)
		if err != nil {
			return
		}
		if _, err := read.Encode(); err != nil {
			t.Errorf("what was read cannot be written: %v", err)
		}
	})
}
