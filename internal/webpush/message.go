package webpush

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Subscriber is who can read messages: the keys that a browser or app gave.
type Subscriber struct {
	public *ecdh.PublicKey
	auth   []byte
}

// authBytes is how long the secret of a subscription is (RFC 8291 section 3.2).
const authBytes = 16

// ParseSubscriber reads the keys of a subscription, in either alphabet of base64, padded or not. Errors are fit for
// people.
func ParseSubscriber(p256dh, auth string) (*Subscriber, error) {
	raw, err := decode(p256dh)
	if err != nil {
		return nil, errors.New("p256dh is no base64")
	}
	public, err := ecdh.P256().NewPublicKey(raw)
	if err != nil {
		return nil, errors.New("p256dh is no point of the curve P-256")
	}
	secret, err := decode(auth)
	if err != nil || len(secret) != authBytes {
		return nil, fmt.Errorf("auth is not %d bytes in base64", authBytes)
	}
	return &Subscriber{public: public, auth: secret}, nil
}

// decode reads base64 however it is written.
func decode(text string) ([]byte, error) {
	text = strings.TrimRight(strings.NewReplacer("+", "-", "/", "_").Replace(text), "=")
	return base64.RawURLEncoding.DecodeString(text)
}

// MaxText is how long a message may be, in bytes: push services need to take no more than 4096 of its encrypted form.
const MaxText = 3800

// Draft is what is to be sent.
type Draft struct {
	To       *Subscriber
	Endpoint string
	Standard bool // RFC 8291; otherwise the draft before it
	Text     []byte
	Contact  string        // "mailto:…" or "https://…": whom the push service may ask
	Life     time.Duration // for how long the push service keeps it
	Now      time.Time
}

// Message encrypts a draft: what comes back is to be posted to the endpoint.
func (k *Key) Message(d Draft) (http.Header, []byte, error) {
	if len(d.Text) > MaxText {
		return nil, nil, fmt.Errorf("a message of %d bytes is too long for push services", len(d.Text))
	}
	token, err := k.token(d.Endpoint, d.Contact, d.Now)
	if err != nil {
		return nil, nil, err
	}
	ours, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	salt := make([]byte, 16)
	rand.Read(salt) // never fails: it ends the process instead
	header := http.Header{"Ttl": {fmt.Sprint(int(d.Life.Seconds()))}, "Urgency": {"normal"}, "Content-Type": {"application/octet-stream"}}
	if d.Standard {
		body, err := d.To.seal(ours, salt, d.Text)
		header.Set("Content-Encoding", "aes128gcm")
		header.Set("Authorization", "vapid t="+token+", k="+encode(k.public))
		return header, body, err
	}
	body, err := d.To.sealLegacy(ours, salt, d.Text)
	header.Set("Content-Encoding", "aesgcm")
	header.Set("Encryption", "salt="+encode(salt))
	header.Set("Crypto-Key", "dh="+encode(ours.PublicKey().Bytes())+";p256ecdsa="+encode(k.public))
	header.Set("Authorization", "WebPush "+token)
	return header, body, err
}

// recordSize is announced with a message, which is one record always.
const recordSize = 4096

// seal encrypts as in RFC 8291 section 3.4, and puts the header of RFC 8188 section 2.1 before it.
func (s *Subscriber) seal(ours *ecdh.PrivateKey, salt, text []byte) ([]byte, error) {
	shared, err := ours.ECDH(s.public)
	if err != nil {
		return nil, err
	}
	sender := ours.PublicKey().Bytes()
	info := "WebPush: info\x00" + string(s.public.Bytes()) + string(sender)
	input, err := hkdf.Key(sha256.New, shared, s.auth, info, 32)
	if err != nil {
		return nil, err
	}
	aead, nonce, err := contentKey(input, salt, "Content-Encoding: aes128gcm\x00", "Content-Encoding: nonce\x00")
	if err != nil {
		return nil, err
	}
	body := append([]byte{}, salt...)
	body = binary.BigEndian.AppendUint32(body, recordSize)
	body = append(append(body, byte(len(sender))), sender...)
	const lastRecord = 2
	return aead.Seal(body, nonce, append(append([]byte{}, text...), lastRecord), nil), nil
}

// sealLegacy encrypts as in draft-ietf-webpush-encryption-04, which apps of the phones' own push services still read.
func (s *Subscriber) sealLegacy(ours *ecdh.PrivateKey, salt, text []byte) ([]byte, error) {
	shared, err := ours.ECDH(s.public)
	if err != nil {
		return nil, err
	}
	input, err := hkdf.Key(sha256.New, shared, s.auth, "Content-Encoding: auth\x00", 32)
	if err != nil {
		return nil, err
	}
	both := "P-256\x00" + lengthed(s.public.Bytes()) + lengthed(ours.PublicKey().Bytes())
	aead, nonce, err := contentKey(input, salt, "Content-Encoding: aesgcm\x00"+both, "Content-Encoding: nonce\x00"+both)
	if err != nil {
		return nil, err
	}
	const noPadding = "\x00\x00"
	return aead.Seal(nil, nonce, append([]byte(noPadding), text...), nil), nil
}

func lengthed(raw []byte) string {
	return string(binary.BigEndian.AppendUint16(nil, uint16(len(raw)))) + string(raw)
}

// contentKey gives the cipher of a message, and the nonce of its only record.
func contentKey(input, salt []byte, keyInfo, nonceInfo string) (cipher.AEAD, []byte, error) {
	key, err := hkdf.Key(sha256.New, input, salt, keyInfo, 16)
	if err != nil {
		return nil, nil, err
	}
	nonce, err := hkdf.Key(sha256.New, input, salt, nonceInfo, 12)
	if err != nil {
		return nil, nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, nil, err
	}
	aead, err := cipher.NewGCM(block)
	return aead, nonce, err
}
