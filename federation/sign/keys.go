package sign

import (
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/mr-tron/base58"
)

const (
	newRSABits = 2048
	minRSABits = 2048
	maxRSABits = 8192 // longer ones are slow enough to hurt whoever verifies
	maxPEM     = 8 << 10
	maxRSAExp  = 1<<31 - 1
)

// Keys are the private keys of one actor: RSA for HTTP signatures, Ed25519 for object proofs.
type Keys struct {
	RSA     *rsa.PrivateKey
	Ed25519 ed25519.PrivateKey
}

// Ed25519Public gives the public half of the Ed25519 key, nil where there is none.
func (k *Keys) Ed25519Public() ed25519.PublicKey {
	if len(k.Ed25519) != ed25519.PrivateKeySize {
		return nil
	}
	return ed25519.PublicKey(k.Ed25519[ed25519.SeedSize:])
}

// GenerateKeys makes a new RSA-2048 key and a new Ed25519 key from a source of random bytes, crypto/rand.Reader outside
// of tests. The error is the source's.
func GenerateKeys(random io.Reader) (*Keys, error) {
	rsaKey, err := rsa.GenerateKey(random, newRSABits)
	if err != nil {
		return nil, fmt.Errorf("making an RSA key: %w", err)
	}
	seed := make([]byte, ed25519.SeedSize)
	if _, err := io.ReadFull(random, seed); err != nil {
		return nil, fmt.Errorf("making an Ed25519 key: %w", err)
	}
	return &Keys{RSA: rsaKey, Ed25519: ed25519.NewKeyFromSeed(seed)}, nil
}

// EncodePublicPEM writes an RSA public key as the PEM block "PUBLIC KEY" that publicKeyPem of an actor holds.
func EncodePublicPEM(key *rsa.PublicKey) (string, error) {
	if err := checkRSA(key); err != nil {
		return "", err
	}
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return "", fmt.Errorf("writing a public key: %w", err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})), nil
}

// ParsePublicPEM reads an RSA public key from one PEM block, "PUBLIC KEY" (PKIX) or "RSA PUBLIC KEY" (PKCS 1). It refuses
// everything else, also what holds a private key, and keys that checkRSA refuses.
func ParsePublicPEM(text string) (*rsa.PublicKey, error) {
	block, err := onlyBlock(text)
	if err != nil {
		return nil, err
	}
	var parsed any
	switch block.Type {
	case "PUBLIC KEY":
		parsed, err = x509.ParsePKIXPublicKey(block.Bytes)
	case "RSA PUBLIC KEY":
		parsed, err = x509.ParsePKCS1PublicKey(block.Bytes)
	default:
		return nil, fmt.Errorf("PEM block is a %.40q, want a PUBLIC KEY", block.Type)
	}
	if err != nil {
		return nil, fmt.Errorf("reading a public key: %w", err)
	}
	key, ok := parsed.(*rsa.PublicKey)
	if !ok {
		return nil, fmt.Errorf("public key is a %T, want an RSA key", parsed)
	}
	if err := checkRSA(key); err != nil {
		return nil, err
	}
	return key, nil
}

// onlyBlock reads a text that is one PEM block and nothing else.
func onlyBlock(text string) (*pem.Block, error) {
	if len(text) > maxPEM {
		return nil, fmt.Errorf("PEM has %d bytes, at most %d are read", len(text), maxPEM)
	}
	text = strings.TrimSpace(text)
	if !strings.HasPrefix(text, "-----BEGIN ") {
		return nil, errors.New("no PEM block")
	}
	block, rest := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("malformed PEM block")
	}
	if strings.TrimSpace(string(rest)) != "" {
		return nil, errors.New("something follows the PEM block")
	}
	if len(block.Headers) > 0 {
		return nil, errors.New("PEM block has headers")
	}
	return block, nil
}

// checkRSA refuses public keys that are weak or costly: fewer than 2048 or more than 8192 bits, an even modulus, an
// exponent that is even, below 3 or above 2^31-1.
func checkRSA(key *rsa.PublicKey) error {
	if key == nil || key.N == nil {
		return errors.New("no RSA key")
	}
	if bits := key.N.BitLen(); bits < minRSABits || bits > maxRSABits {
		return fmt.Errorf("RSA key has %d bits, want %d to %d", bits, minRSABits, maxRSABits)
	}
	if key.N.Sign() <= 0 || key.N.Bit(0) == 0 {
		return errors.New("RSA modulus is no product of odd primes")
	}
	if key.E < 3 || key.E > maxRSAExp || key.E%2 == 0 {
		return fmt.Errorf("RSA exponent is %d, want an odd number from 3 to %d", key.E, maxRSAExp)
	}
	return nil
}

// EncodePrivateKeys writes both private keys for storage: RSA as a PEM block "PRIVATE KEY" (PKCS 8), Ed25519 as its seed
// in base64.
func EncodePrivateKeys(keys *Keys) (rsaPEM, seed string, err error) {
	if keys.RSA == nil || len(keys.Ed25519) != ed25519.PrivateKeySize {
		return "", "", errors.New("writing private keys: one is missing")
	}
	der, err := x509.MarshalPKCS8PrivateKey(keys.RSA)
	if err != nil {
		return "", "", fmt.Errorf("writing a private key: %w", err)
	}
	rsaPEM = string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	return rsaPEM, base64.StdEncoding.EncodeToString(keys.Ed25519.Seed()), nil
}

// DecodePrivateKeys reads what EncodePrivateKeys wrote. Errors hold nothing of the keys.
func DecodePrivateKeys(rsaPEM, seed string) (*Keys, error) {
	block, err := onlyBlock(rsaPEM)
	if err != nil {
		return nil, fmt.Errorf("reading a private key: %w", err)
	}
	if block.Type != "PRIVATE KEY" {
		return nil, errors.New("reading a private key: the PEM block is no PRIVATE KEY")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("reading a private key: malformed PKCS 8")
	}
	rsaKey, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("reading a private key: it is a %T, want an RSA key", parsed)
	}
	if err := checkRSA(&rsaKey.PublicKey); err != nil {
		return nil, fmt.Errorf("reading a private key: %w", err)
	}
	key, err := DecodeSeed(seed)
	if err != nil {
		return nil, err
	}
	return &Keys{RSA: rsaKey, Ed25519: key}, nil
}

// DecodeSeed reads the Ed25519 half of what EncodePrivateKeys wrote. The error holds nothing of the key.
func DecodeSeed(seed string) (ed25519.PrivateKey, error) {
	raw, err := base64.StdEncoding.DecodeString(seed)
	if err != nil || len(raw) != ed25519.SeedSize {
		return nil, fmt.Errorf("reading a private key: the Ed25519 seed is not %d bytes in base64", ed25519.SeedSize)
	}
	return ed25519.NewKeyFromSeed(raw), nil
}

// multikeyEd25519 is the multicodec prefix of an Ed25519 public key, 0xed as a varint.
const multikeyEd25519 = "\xed\x01"

// EncodeMultikey writes an Ed25519 public key as publicKeyMultibase has it (FEP-521a): "z6Mk" and more, base58btc.
func EncodeMultikey(key ed25519.PublicKey) string {
	return "z" + base58.Encode(append([]byte(multikeyEd25519), key...))
}

// ParseMultikey reads an Ed25519 public key from its publicKeyMultibase. Other kinds of keys and bases are an error.
func ParseMultikey(text string) (ed25519.PublicKey, error) {
	digits, ok := strings.CutPrefix(text, "z")
	if !ok || len(text) > 64 {
		return nil, errors.New("multikey is not base58btc of an Ed25519 key")
	}
	raw, err := base58.Decode(digits)
	if err != nil {
		return nil, fmt.Errorf("reading a multikey: %w", err)
	}
	key, ok := strings.CutPrefix(string(raw), multikeyEd25519)
	if !ok || len(key) != ed25519.PublicKeySize {
		return nil, errors.New("multikey holds no Ed25519 key")
	}
	return ed25519.PublicKey(key), nil
}
