package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
)

// Box seals for one purpose: what was sealed for another one cannot be opened.
type Box struct{ aead cipher.AEAD }

// New makes the box of a purpose from the instance secret.
func New(secret []byte, purpose string) (*Box, error) {
	key, err := hkdf.Key(sha256.New, secret, nil, "praxis seal "+purpose, 32)
	if err != nil {
		return nil, fmt.Errorf("make a key for %s: %w", purpose, err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	return &Box{aead}, err
}

// Seal gives the sealed text of plain, bound to whom it belongs; "" stays "".
func (b *Box) Seal(plain, owner string) string {
	if plain == "" {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(b.aead.Seal(nil, nil, []byte(plain), []byte(owner)))
}

// Open gives what was sealed for owner; "" stays "".
func (b *Box) Open(sealed, owner string) (string, error) {
	if sealed == "" {
		return "", nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return "", errors.New("this was not sealed here")
	}
	plain, err := b.aead.Open(nil, nil, raw, []byte(owner))
	if err != nil {
		return "", errors.New("this was sealed with another secret, for another purpose or for somebody else")
	}
	return string(plain), nil
}

// Random gives a secret that nobody guesses, fit for addresses and cookies.
func Random() string {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails
	return base64.RawURLEncoding.EncodeToString(raw)
}
