package sign

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"
)

func TestSealAndOpen(t *testing.T) {
	v := verifier(anaSource())
	for _, s := range []*spec{cavagePost(), rfcPost(), cavageGet()} {
		x, err := s.run(t, anaSource())
		wantGood(t, x, err)
		seal := v.Seal(x)
		got, err := v.Open(seal, x.Actor(), x.KeyID(), x.Scheme(), x.Body())
		wantGood(t, got, err)
		if got.Scheme() != s.scheme || !bytes.Equal(got.Body(), s.bytes()) {
			t.Errorf("got %+v", got)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	v := verifier(anaSource())
	x, err := cavagePost().run(t, anaSource())
	wantGood(t, x, err)
	seal := v.Seal(x)
	other := verifier(anaSource())
	other.cfg.Secret = []byte("fedcba9876543210")
	bare := NewVerifier(Config{})
	short := NewVerifier(Config{Secret: []byte("123456789012345")})
	if bare.Seal(x) != "" || short.Seal(x) != "" {
		t.Error("sealed without a secret")
	}
	for name, open := range map[string]func() (Verified, error){
		"other actor":  func() (Verified, error) { return v.Open(seal, owner+"x", keyID, Cavage, []byte(note)) },
		"no actor":     func() (Verified, error) { return v.Open(seal, "", keyID, Cavage, []byte(note)) },
		"other key":    func() (Verified, error) { return v.Open(seal, owner, keyID+"x", Cavage, []byte(note)) },
		"other scheme": func() (Verified, error) { return v.Open(seal, owner, keyID, RFC9421, []byte(note)) },
		"other body":   func() (Verified, error) { return v.Open(seal, owner, keyID, Cavage, []byte(note+" ")) },
		"no body":      func() (Verified, error) { return v.Open(seal, owner, keyID, Cavage, nil) },
		"moved byte":   func() (Verified, error) { return v.Open(seal, owner+keyID[:1], keyID[1:], Cavage, []byte(note)) },
		"no seal":      func() (Verified, error) { return v.Open("", owner, keyID, Cavage, []byte(note)) },
		"cut seal":     func() (Verified, error) { return v.Open(seal[:20], owner, keyID, Cavage, []byte(note)) },
		"longer seal":  func() (Verified, error) { return v.Open(seal+"AA", owner, keyID, Cavage, []byte(note)) },
		"no base64":    func() (Verified, error) { return v.Open("*"+seal[1:], owner, keyID, Cavage, []byte(note)) },
		"other secret": func() (Verified, error) { return other.Open(seal, owner, keyID, Cavage, []byte(note)) },
		"no secret":    func() (Verified, error) { return bare.Open(seal, owner, keyID, Cavage, []byte(note)) },
		"empty pair":   func() (Verified, error) { return bare.Open("", owner, keyID, Cavage, []byte(note)) },
	} {
		if got, err := open(); err == nil || got.Valid() {
			t.Errorf("%s: opened", name)
		}
	}
}

// TestSealIsOfItsParts: two different Verified never have one seal, wherever the borders of their parts are.
func TestSealIsOfItsParts(t *testing.T) {
	v := verifier(anaSource())
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.StringMatching(`[ab]{0,3}`)
		draw := func(name string) Verified {
			return Verified{
				actor: "a" + part.Draw(t, name+" actor"), keyID: part.Draw(t, name+" key"),
				scheme: Scheme(part.Draw(t, name+" scheme")), body: []byte(part.Draw(t, name+" body")),
			}
		}
		one, two := draw("one"), draw("two")
		same := one.actor == two.actor && one.keyID == two.keyID && one.scheme == two.scheme && bytes.Equal(one.body, two.body)
		if (v.Seal(one) == v.Seal(two)) != same {
			t.Fatalf("%+v and %+v", one, two)
		}
	})
}

func TestVerifiedCannotBeChanged(t *testing.T) {
	s := cavagePost()
	body := s.bytes()
	x, err := verifier(anaSource()).Request(t.Context(), s.request(t), body)
	wantGood(t, x, err)
	body[0] = 'X'
	x.Body()[1] = 'X'
	if string(x.Body()) != note {
		t.Errorf("the body is now %s", x.Body())
	}
}
