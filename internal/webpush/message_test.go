package webpush

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"math/big"
	"net/http"
	"strings"
	"testing"
	"time"
)

func bytesOf(t *testing.T, text string) []byte {
	t.Helper()
	raw, err := decode(text)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestExampleOfRFC8291 is the example of that RFC's section 5 and appendix A.
func TestExampleOfRFC8291(t *testing.T) {
	to, err := ParseSubscriber(
		"BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4", "BTBZMqHH6r4Tts7J_aSIgg")
	if err != nil {
		t.Fatal(err)
	}
	ours, err := ecdh.P256().NewPrivateKey(bytesOf(t, "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"))
	if err != nil {
		t.Fatal(err)
	}
	body, err := to.seal(ours, bytesOf(t, "DGv6ra1nlYgDCS1FRnbzlw"), []byte("When I grow up, I want to be a watermelon"))
	if err != nil {
		t.Fatal(err)
	}
	const want = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
	if got := encode(body); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// reader is the other end of a subscription.
type reader struct {
	private *ecdh.PrivateKey
	auth    []byte
}

func newReader(t *testing.T) (*reader, *Subscriber) {
	t.Helper()
	private, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	r := &reader{private: private, auth: make([]byte, authBytes)}
	rand.Read(r.auth)
	to, err := ParseSubscriber(encode(private.PublicKey().Bytes()), encode(r.auth))
	if err != nil {
		t.Fatal(err)
	}
	return r, to
}

// readLegacy reads by the words of draft-ietf-webpush-encryption-04 and draft-ietf-httpbis-encryption-encoding-03.
func (r *reader) readLegacy(t *testing.T, header http.Header, body []byte) []byte {
	t.Helper()
	salt := bytesOf(t, strings.TrimPrefix(header.Get("Encryption"), "salt="))
	dh, _, _ := strings.Cut(strings.TrimPrefix(header.Get("Crypto-Key"), "dh="), ";")
	sender, err := ecdh.P256().NewPublicKey(bytesOf(t, dh))
	if err != nil {
		t.Fatal(err)
	}
	shared, err := r.private.ECDH(sender)
	if err != nil {
		t.Fatal(err)
	}
	derive := func(secret, salt []byte, info string, n int) []byte {
		out, err := hkdf.Key(sha256.New, secret, salt, info, n)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	input := derive(shared, r.auth, "Content-Encoding: auth\x00", 32)
	both := "P-256\x00\x00\x41" + string(r.private.PublicKey().Bytes()) + "\x00\x41" + string(sender.Bytes())
	block, err := aes.NewCipher(derive(input, salt, "Content-Encoding: aesgcm\x00"+both, 16))
	if err != nil {
		t.Fatal(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	text, err := aead.Open(nil, derive(input, salt, "Content-Encoding: nonce\x00"+both, 12), body, nil)
	if err != nil {
		t.Fatal(err)
	}
	return text[2:]
}

func newKey(t *testing.T) *Key {
	t.Helper()
	kept, err := NewKey()
	if err != nil {
		t.Fatal(err)
	}
	key, err := ParseKey(kept)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestLegacyMessageIsReadByItsSubscriber(t *testing.T) {
	r, to := newReader(t)
	header, body, err := newKey(t).Message(Draft{To: to, Endpoint: "https://push.test/x", Text: []byte("hello"), Life: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	if got := r.readLegacy(t, header, body); string(got) != "hello" {
		t.Errorf("read %q", got)
	}
	if header.Get("Content-Encoding") != "aesgcm" || header.Get("TTL") != "3600" || bytes.Contains(body, []byte("hello")) {
		t.Errorf("header %v", header)
	}
}

// TestTokenNamesTheSender: push services check the signature by the key that the client subscribed with.
func TestTokenNamesTheSender(t *testing.T) {
	key := newKey(t)
	now := time.Unix(1_700_000_000, 0)
	_, to := newReader(t)
	header, _, err := key.Message(Draft{To: to, Endpoint: "https://push.test:443/a?b", Standard: true, Contact: "mailto:a@a.test", Now: now})
	if err != nil {
		t.Fatal(err)
	}
	token, public, ok := strings.Cut(strings.TrimPrefix(header.Get("Authorization"), "vapid t="), ", k=")
	parts := strings.Split(token, ".")
	if !ok || len(parts) != 3 {
		t.Fatalf("Authorization %q", header.Get("Authorization"))
	}
	if strings.TrimRight(key.Public(), "=") != public {
		t.Errorf("k is %q, but clients are told %q", public, key.Public())
	}
	verifier, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), bytesOf(t, public))
	if err != nil {
		t.Fatal(err)
	}
	digest, signature := sha256.Sum256([]byte(parts[0]+"."+parts[1])), bytesOf(t, parts[2])
	if !ecdsa.Verify(verifier, digest[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])) {
		t.Error("the signature does not hold")
	}
	var claims struct {
		Aud, Sub string
		Exp      int64
	}
	if err := json.Unmarshal(bytesOf(t, parts[1]), &claims); err != nil {
		t.Fatal(err)
	}
	if claims.Aud != "https://push.test:443" || claims.Sub != "mailto:a@a.test" || claims.Exp-now.Unix() != int64(tokenLife.Seconds()) {
		t.Errorf("claims %+v", claims)
	}
}

func TestBadKeysAreRefused(t *testing.T) {
	good, auth := "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4", "BTBZMqHH6r4Tts7J_aSIgg"
	for _, c := range []struct{ p256dh, auth string }{
		{"", auth}, {"????", auth}, {good[:40], auth}, {strings.Repeat("A", 87), auth}, {good, ""}, {good, "AAAA"}, {good, "!"},
	} {
		if _, err := ParseSubscriber(c.p256dh, c.auth); err == nil {
			t.Errorf("%q and %q are taken", c.p256dh, c.auth)
		}
	}
	if _, err := ParseSubscriber(strings.NewReplacer("-", "+", "_", "/").Replace(good)+"=", auth+"=="); err != nil {
		t.Errorf("the other alphabet of base64 is refused: %v", err)
	}
}

func TestLongTextIsRefused(t *testing.T) {
	_, to := newReader(t)
	_, body, err := newKey(t).Message(Draft{To: to, Endpoint: "https://push.test/x", Standard: true, Text: make([]byte, MaxText)})
	if err != nil || len(body) > 4096 {
		t.Errorf("%d bytes, %v", len(body), err)
	}
	if _, _, err := newKey(t).Message(Draft{To: to, Endpoint: "https://push.test/x", Text: make([]byte, MaxText+1)}); err == nil {
		t.Error("a longer one is taken")
	}
}
