package sign

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

const edKeyID = owner + "#ed25519-key"

// anaSigner signs as ana, with both of her keys.
func anaSigner() Signer {
	return Signer{KeyID: keyID, Key: ana().RSA, Ed25519KeyID: edKeyID, Ed25519: ana().Ed25519, Now: func() time.Time { return noon }}
}

// anaKeys gives the key with which ana signs in a scheme.
func anaKeys(scheme Scheme) *source {
	if scheme == Ed25519 {
		return &source{key: &Key{ID: edKeyID, Owner: owner, Public: ana().Ed25519Public()}}
	}
	return anaSource()
}

const summary = `collectionId="https://peer.test/users/ana/followers", url="https://peer.test/sync", digest="00"`

// signedPost gives a delivery that ana signed, with a summary of followers unless that is "".
func signedPost(t testing.TB, scheme Scheme, said string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, "https://home.test/inbox", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/activity+json")
	if said != "" {
		r.Header.Set(Synchronization, said)
	}
	if err := anaSigner().Sign(r, []byte(note), scheme); err != nil {
		t.Fatal(err)
	}
	return r
}

// TestB03_SummaryCountsWhereItIsSigned: a header that somebody adds on the way says nothing, and one that somebody changes
// spoils the request.
func TestB03_SummaryCountsWhereItIsSigned(t *testing.T) {
	for _, scheme := range []Scheme{Cavage, RFC9421, Ed25519} {
		for name, c := range map[string]struct {
			said  string
			after func(http.Header)
			want  string
			bad   bool
		}{
			"signed":  {said: summary, want: summary},
			"absent":  {},
			"added":   {after: func(h http.Header) { h.Set(Synchronization, summary) }},
			"changed": {said: summary, after: func(h http.Header) { h.Set(Synchronization, strings.Replace(summary, "00", "01", 1)) }, bad: true},
			"doubled": {said: summary, after: func(h http.Header) { h.Add(Synchronization, summary) }, bad: true},
			"removed": {said: summary, after: func(h http.Header) { h.Del(Synchronization) }, bad: true},
		} {
			r := signedPost(t, scheme, c.said)
			if c.after != nil {
				c.after(r.Header)
			}
			x, err := verifier(anaKeys(scheme)).Request(t.Context(), r, []byte(note))
			if c.bad != (err != nil) || x.Synchronization() != c.want {
				t.Errorf("%s, %s: got %q, %v", scheme, name, x.Synchronization(), err)
			}
		}
	}
}

// TestEd25519Signatures: the other key of the actor signs by RFC 9421, and RSA where there is none.
func TestEd25519Signatures(t *testing.T) {
	r := signedPost(t, Ed25519, "")
	if input := r.Header.Get("Signature-Input"); !strings.Contains(input, `keyid="`+edKeyID+`";alg="ed25519"`) {
		t.Errorf("Signature-Input is %s", input)
	}
	x, err := verifier(anaKeys(Ed25519)).Request(t.Context(), r, []byte(note))
	if err != nil || x.Actor() != owner || x.KeyID() != edKeyID || x.Scheme() != RFC9421 {
		t.Errorf("got %+v, %v", x, err)
	}
	plain := anaSigner()
	plain.Ed25519KeyID, plain.Ed25519 = "", nil
	if err := plain.Sign(r, []byte(note), Ed25519); err != nil {
		t.Fatal(err)
	}
	x, err = verifier(anaSource()).Request(t.Context(), r, []byte(note))
	wantGood(t, x, err)
}

// TestB28_Ed25519IsNoWayRoundRSA: a signature by one key is never taken for one by the other, whatever the request calls it.
func TestB28_Ed25519IsNoWayRoundRSA(t *testing.T) {
	for name, change := range map[string]func(string) string{
		"other key id":    swap(edKeyID, keyID),
		"other algorithm": swap(`alg="ed25519"`, `alg="rsa-v1_5-sha256"`),
		"no algorithm":    swap(`;alg="ed25519"`, ``),
		"both":            func(s string) string { return swap(`"ed25519"`, `"rsa-v1_5-sha256"`)(swap(edKeyID, keyID)(s)) },
	} {
		r := signedPost(t, Ed25519, "")
		r.Header.Set("Signature-Input", change(r.Header.Get("Signature-Input")))
		keys := anaKeys(Ed25519)
		if strings.Contains(r.Header.Get("Signature-Input"), keyID) {
			keys = anaSource()
		}
		if x, err := verifier(keys).Request(t.Context(), r, []byte(note)); err == nil || x.Valid() {
			t.Errorf("%s: taken", name)
		}
	}
	r := signedPost(t, Ed25519, "")
	r.Header.Del("Signature-Input")
	if x, err := verifier(anaKeys(Ed25519)).Request(t.Context(), r, []byte(note)); err == nil || x.Valid() {
		t.Error("taken as a signature of the older scheme")
	}
}
