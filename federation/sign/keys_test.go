package sign

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"math/big"
	"strings"
	"sync"
	"testing"
)

// modulus of a size, without the time it takes to find its factors: nothing here needs them.
func modulus(bits int) *big.Int {
	n := new(big.Int).SetBit(new(big.Int), bits-1, 1)
	return n.SetBit(n, 0, 1)
}

var shortRSA = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 1024) })

func shortKey(t *testing.T) *rsa.PublicKey {
	t.Helper()
	key, err := shortRSA()
	if err != nil {
		t.Fatal(err)
	}
	return &key.PublicKey
}

func pkcs1PEM(t *testing.T, n *big.Int, e int64) string {
	t.Helper()
	der, err := asn1.Marshal(struct{ N, E *big.Int }{n, big.NewInt(e)})
	if err != nil {
		t.Fatal(err)
	}
	return block("RSA PUBLIC KEY", der)
}

func block(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func TestB22_PublicPEM(t *testing.T) {
	public := &ana().RSA.PublicKey
	good, err := EncodePublicPEM(public)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"PKIX":          good,
		"PKCS 1":        block("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(public)),
		"no last break": strings.TrimSpace(good),
		"CRLF":          strings.ReplaceAll(good, "\n", "\r\n"),
		"white space":   "\n " + good + " \n",
	} {
		got, err := ParsePublicPEM(text)
		if err != nil || !public.Equal(got) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, bits := range []int{2048, 3072, 4096, 8192} {
		for _, e := range []int64{3, 65537, 1<<31 - 1} {
			if _, err := ParsePublicPEM(pkcs1PEM(t, modulus(bits), e)); err != nil {
				t.Errorf("%d bits, exponent %d: %v", bits, e, err)
			}
		}
	}
}

func TestB22_PublicPEMRefused(t *testing.T) {
	public := &ana().RSA.PublicKey
	good, err := EncodePublicPEM(public)
	if err != nil {
		t.Fatal(err)
	}
	private, _, err := EncodePrivateKeys(ana())
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	curveDER, err := x509.MarshalPKIXPublicKey(&curve.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	edDER, err := x509.MarshalPKIXPublicKey(ana().Ed25519Public())
	if err != nil {
		t.Fatal(err)
	}
	even := new(big.Int).Lsh(big.NewInt(1), 2047)
	for name, text := range map[string]string{
		"empty":                   "",
		"no PEM":                  "x",
		"512 bits":                pkcs1PEM(t, modulus(512), 65537),
		"1024 bits":               block("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(shortKey(t))),
		"2047 bits":               pkcs1PEM(t, modulus(2047), 65537),
		"8193 bits":               pkcs1PEM(t, modulus(8193), 65537),
		"16384 bits":              pkcs1PEM(t, modulus(16384), 65537),
		"negative modulus":        pkcs1PEM(t, new(big.Int).Neg(modulus(2048)), 65537),
		"even modulus":            pkcs1PEM(t, even, 65537),
		"exponent 0":              pkcs1PEM(t, modulus(2048), 0),
		"exponent 1":              pkcs1PEM(t, modulus(2048), 1),
		"exponent 2":              pkcs1PEM(t, modulus(2048), 2),
		"even exponent":           pkcs1PEM(t, modulus(2048), 65536),
		"negative exponent":       pkcs1PEM(t, modulus(2048), -3),
		"large exponent":          pkcs1PEM(t, modulus(2048), 1<<31+1),
		"private key":             private,
		"private key, PKCS 1":     block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(ana().RSA)),
		"private key in disguise": block("PUBLIC KEY", x509.MarshalPKCS1PrivateKey(ana().RSA)),
		"private key behind":      good + private,
		"private key before":      private + good,
		"text before":             "x\n" + good,
		"text behind":             good + "x",
		"two keys":                good + good,
		"certificate":             block("CERTIFICATE", []byte("x")),
		"ECDSA":                   block("PUBLIC KEY", curveDER),
		"Ed25519":                 block("PUBLIC KEY", edDER),
		"wrong name":              strings.ReplaceAll(good, "PUBLIC KEY", "RSA PUBLIC KEY"),
		"cut":                     good[:len(good)/2],
		"bytes cut":               block("PUBLIC KEY", []byte{0x30, 0x82}),
		"no end":                  strings.Replace(good, "-----END PUBLIC KEY-----", "", 1),
		"headers":                 strings.Replace(good, "KEY-----\n", "KEY-----\nProc-Type: 4,ENCRYPTED\n\n", 1),
		"huge":                    good + strings.Repeat("\n", 9000),
	} {
		if key, err := ParsePublicPEM(text); err == nil || key != nil {
			t.Errorf("%s is taken: %v", name, err)
		}
	}
	if _, err := EncodePublicPEM(shortKey(t)); err == nil {
		t.Error("a short key is written")
	}
	if _, err := EncodePublicPEM(nil); err == nil {
		t.Error("no key is written")
	}
}

func TestPrivateKeys(t *testing.T) {
	rsaPEM, seed, err := EncodePrivateKeys(ana())
	if err != nil {
		t.Fatal(err)
	}
	got, err := DecodePrivateKeys(rsaPEM, seed)
	if err != nil {
		t.Fatal(err)
	}
	if !got.RSA.Equal(ana().RSA) || !got.Ed25519.Equal(ana().Ed25519) {
		t.Error("other keys come back")
	}
	if got.RSA.N.BitLen() != 2048 || got.RSA.E != 65537 {
		t.Errorf("%d bits, exponent %d", got.RSA.N.BitLen(), got.RSA.E)
	}
	public, err := EncodePublicPEM(&ana().RSA.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	short, err := shortRSA()
	if err != nil {
		t.Fatal(err)
	}
	shortDER, err := x509.MarshalPKCS8PrivateKey(short)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string][2]string{
		"nothing":      {"", ""},
		"no seed":      {rsaPEM, ""},
		"short seed":   {rsaPEM, base64.StdEncoding.EncodeToString(make([]byte, 31))},
		"no base64":    {rsaPEM, "*"},
		"swapped":      {seed, rsaPEM},
		"public key":   {public, seed},
		"short RSA":    {block("PRIVATE KEY", shortDER), seed},
		"not PKCS 8":   {block("PRIVATE KEY", []byte("x")), seed},
		"kind unknown": {block("KEY", []byte("x")), seed},
	} {
		if keys, err := DecodePrivateKeys(c[0], c[1]); err == nil || keys != nil {
			t.Errorf("%s is taken", name)
		}
	}
	for _, keys := range []*Keys{{}, {RSA: ana().RSA}, {Ed25519: ana().Ed25519}} {
		if _, _, err := EncodePrivateKeys(keys); err == nil {
			t.Error("half a pair is written")
		}
	}
	if (&Keys{}).Ed25519Public() != nil {
		t.Error("no key has a public half")
	}
}

func TestGenerateKeysNeedsRandomness(t *testing.T) {
	if _, err := GenerateKeys(&failing{}); err == nil {
		t.Error("keys were made of nothing")
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("no more") }

func TestMultikey(t *testing.T) {
	// FEP-521a and the did:key specification use this key.
	text := "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
	key, err := ParseMultikey(text)
	if err != nil {
		t.Fatal(err)
	}
	if got := EncodeMultikey(key); got != text {
		t.Errorf("got %s", got)
	}
	if got := EncodeMultikey(ana().Ed25519Public()); !strings.HasPrefix(got, "z6Mk") {
		t.Errorf("got %s", got)
	}
	zero, err := ParseMultikey(EncodeMultikey(make(ed25519.PublicKey, 32)))
	if err != nil || !bytes.Equal(zero, make([]byte, 32)) {
		t.Errorf("zeros: %v", err)
	}
	for _, bad := range []string{
		"", "z", text[1:], "m" + text[1:], text + "1", text[:len(text)-1], "z0OIl", "zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme",
		EncodeMultikey(make(ed25519.PublicKey, 31)), EncodeMultikey(make(ed25519.PublicKey, 33)), "z" + strings.Repeat("1", 10000), text + " ",
	} {
		if key, err := ParseMultikey(bad); err == nil {
			t.Errorf("%.60q is taken for %x", bad, key)
		}
	}
}
