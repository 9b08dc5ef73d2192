package webpush

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"
)

// Key is the key pair by which push services know this instance.
type Key struct {
	private *ecdsa.PrivateKey
	public  []byte
}

// NewKey makes a key pair, as text to be kept secret.
func NewKey() (string, error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", fmt.Errorf("make a key for push services: %w", err)
	}
	raw, err := private.Bytes()
	if err != nil {
		return "", fmt.Errorf("write the key for push services: %w", err)
	}
	return encode(raw), nil
}

// ParseKey reads what NewKey made.
func ParseKey(kept string) (*Key, error) {
	raw, err := decode(kept)
	if err != nil {
		return nil, fmt.Errorf("read the key for push services: %w", err)
	}
	private, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), raw)
	if err != nil {
		return nil, fmt.Errorf("read the key for push services: %w", err)
	}
	public, err := private.PublicKey.Bytes()
	if err != nil {
		return nil, fmt.Errorf("read the key for push services: %w", err)
	}
	return &Key{private: private, public: public}, nil
}

// Public is the public key as clients are told: base64 for addresses, padded.
func (k *Key) Public() string { return base64.URLEncoding.EncodeToString(k.public) }

// tokenLife is for how long a push service may believe a token: at most a day (RFC 8292 section 2).
const tokenLife = 12 * time.Hour

// token says to the push service of an endpoint who sends, signed (RFC 8292 section 2).
func (k *Key) token(endpoint, contact string, now time.Time) (string, error) {
	at, err := url.Parse(endpoint)
	if err != nil || at.Host == "" {
		return "", errors.New("the endpoint is no address")
	}
	claims, err := json.Marshal(map[string]any{
		"aud": at.Scheme + "://" + at.Host, "exp": now.Add(tokenLife).Unix(), "sub": contact,
	})
	if err != nil {
		return "", err
	}
	signed := encode([]byte(`{"typ":"JWT","alg":"ES256"}`)) + "." + encode(claims)
	digest := sha256.Sum256([]byte(signed))
	r, s, err := ecdsa.Sign(rand.Reader, k.private, digest[:])
	if err != nil {
		return "", err
	}
	signature := make([]byte, 64)
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	return signed + "." + encode(signature), nil
}

func encode(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }
