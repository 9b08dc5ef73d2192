package sign

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"
)

const (
	group  = "https://peer.test/c/wounds"
	reader = "https://third.test/actor"
)

// groupKeys is a KeySource of a Group with the keys of ana.
type groupKeys struct{ owner string }

func (g groupKeys) Key(_ context.Context, id string, _ bool) (*Key, error) {
	if strings.HasSuffix(id, "#ed25519-key") {
		return &Key{ID: id, Owner: g.owner, Public: ana().Ed25519Public()}, nil
	}
	return &Key{ID: id, Owner: g.owner, Public: &ana().RSA.PublicKey}, nil
}

func goodToken() Token {
	return Token{Issuer: group, Actor: reader, IssuedAt: noon, ValidUntil: noon.Add(TokenLife)}
}

func issued(t *testing.T, keys *Keys, token Token) []byte {
	t.Helper()
	raw, err := keys.IssueToken(token, group+"#main-key", group+"#ed25519-key")
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// A token counts with either of its signatures, and its Ed25519 one is what is looked at where there are both.
func TestTokenCounts(t *testing.T) {
	for name, keys := range map[string]*Keys{"both": ana(), "RSA alone": {RSA: ana().RSA}, "Ed25519 alone": {Ed25519: ana().Ed25519}} {
		got, err := verifier(groupKeys{group}).Token(t.Context(), issued(t, keys, goodToken()), reader)
		if err != nil || got != goodToken() {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestTokenRefused(t *testing.T) {
	at := func(from, life time.Duration) []byte {
		return issued(t, ana(), Token{Issuer: group, Actor: reader, IssuedAt: noon.Add(from), ValidUntil: noon.Add(from + life)})
	}
	good := string(issued(t, ana(), goodToken()))
	forged := issued(t, &Keys{RSA: ana().RSA, Ed25519: eve().Ed25519}, goodToken())
	for name, c := range map[string]struct {
		raw, shownBy, owner, reason string
	}{
		"expired":                {string(at(-time.Hour, TokenLife)), reader, group, ReasonExpired},
		"from the future":        {string(at(time.Hour, TokenLife)), reader, group, ReasonFuture},
		"counts too long":        {string(at(0, 3*time.Hour)), reader, group, ReasonToken},
		"counts never":           {string(at(0, -time.Minute)), reader, group, ReasonToken},
		"shown by another":       {good, "https://eve.test/actor", group, ReasonToken},
		"altered reader":         {strings.Replace(good, reader, "https://eve.test/actor", 1), "https://eve.test/actor", group, ReasonSignature},
		"altered end":            {strings.Replace(good, "12:30:00", "12:50:00", 1), reader, group, ReasonSignature},
		"more said":              {strings.Replace(good, "{", `{"scope":"all",`, 1), reader, group, ReasonSignature},
		"another issuer's key":   {good, reader, "https://peer.test/c/other", ReasonOwner},
		"key of another host":    {strings.Replace(good, `"issuer":"https://peer.test`, `"issuer":"https://eve.test`, 1), reader, group, ReasonOwner},
		"by somebody else":       {string(forged), reader, group, ReasonSignature},
		"two lines in one":       {strings.Replace(good, `"issuer":"`, `"x":"1\nissuer: y","issuer":"`, 1), reader, group, ReasonToken},
		"no signature":           {`{"issuer":"` + group + `","actor":"` + reader + `","issuedAt":"2026-03-04T12:00:00Z","validUntil":"2026-03-04T12:30:00Z","signatures":[]}`, reader, group, ReasonToken},
		"no token":               {`[]`, reader, group, ReasonToken},
		"empty":                  {``, reader, group, ReasonToken},
		"longer than is allowed": {strings.Repeat(" ", maxToken) + good, reader, group, ReasonToken},
	} {
		_, err := verifier(groupKeys{c.owner}).Token(t.Context(), []byte(c.raw), c.shownBy)
		var e *Error
		if !errors.As(err, &e) || e.Reason != c.reason {
			t.Errorf("%s: %v, want %s", name, err, c.reason)
		}
	}
}

// The clock of who issued it may be off by some minutes.
func TestTokenOfAClockThatIsOff(t *testing.T) {
	for _, off := range []time.Duration{4 * time.Minute, -TokenLife - 4*time.Minute} {
		token := Token{Issuer: group, Actor: reader, IssuedAt: noon.Add(off), ValidUntil: noon.Add(off + TokenLife)}
		if _, err := verifier(groupKeys{group}).Token(t.Context(), issued(t, ana(), token), reader); err != nil {
			t.Errorf("%s: %v", off, err)
		}
	}
}

// The vector stands in docs/feps/siblings.md.
func TestTokenVector(t *testing.T) {
	seed := [ed25519.SeedSize]byte{}
	for i := range seed {
		seed[i] = 1
	}
	keys := &Keys{Ed25519: ed25519.NewKeyFromSeed(seed[:])}
	raw, err := keys.IssueToken(Token{
		Issuer: "https://north.test/c/wounds", Actor: "https://east.test/actor", IssuedAt: noon, ValidUntil: noon.Add(TokenLife),
	}, "", "https://north.test/c/wounds#ed25519-key")
	if err != nil {
		t.Fatal(err)
	}
	var said writtenToken
	if err := json.Unmarshal(raw, &said); err != nil || len(said.Signatures) != 1 || said.Signatures[0].Signature != tokenVector {
		t.Errorf("the token is %s", raw)
	}
	draft, err := os.ReadFile("../../docs/feps/siblings.md")
	if err != nil || !strings.Contains(string(draft), tokenVector) {
		t.Errorf("the draft lacks %s (%v)", tokenVector, err)
	}
}

const tokenVector = "PUDIlJtQcjfOUW7jt4fx9u0nQRqzPleunXWrBkXNiFQpqCqr47ykvo2PuTWI2TCUmnxZ3+X2bRXEdWHbFF5CDQ=="

func FuzzParseToken(f *testing.F) {
	f.Add([]byte(`{"issuer":"https://a.test/c/x","actor":"https://b.test/actor","issuedAt":"2026-03-04T12:00:00Z","validUntil":"2026-03-04T12:30:00.5Z","signatures":[{"algorithm":"ed25519","keyId":"https://a.test/c/x#k","signature":"AAAA"}]}`))
	f.Add([]byte(`{"signatures":{},"issuer":1}`))
	f.Add([]byte(`{"issuer":"a\nactor: b","signatures":[]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		token, source, _, err := readToken(raw)
		if err != nil {
			return
		}
		if token.Issuer == "" || token.Actor == "" || strings.Count(string(source), "\n") > maxTokenMembers {
			t.Fatalf("%q is read as %+v, signed as %q", raw, token, source)
		}
	})
}
