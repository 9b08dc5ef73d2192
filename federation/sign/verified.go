package sign

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
)

// Verified is a request that was proven to come from an actor. Only Verifier.Request and Verifier.Open make one; the zero
// value proves nothing. It is immutable.
type Verified struct {
	actor, keyID string
	scheme       Scheme
	body         []byte
	// synchronization is a header, and no part of what is sealed.
	synchronization string
	siblingSync     string
}

// Valid reports whether this is more than the zero value.
func (x Verified) Valid() bool { return x.actor != "" }

// Actor gives the id of the actor whose key signed: the owner of the key.
func (x Verified) Actor() string { return x.actor }

// KeyID gives the id of the key that signed.
func (x Verified) KeyID() string { return x.keyID }

// Scheme gives the scheme of the signature.
func (x Verified) Scheme() Scheme { return x.scheme }

// Synchronization gives the header of that name, "" unless the signature covers it. It is lost when sealed.
func (x Verified) Synchronization() string { return x.synchronization }

// SiblingSync gives the header of that name, likewise.
func (x Verified) SiblingSync() string { return x.siblingSync }

// Body gives a copy of the signed body, nil for a GET.
func (x Verified) Body() []byte { return bytes.Clone(x.body) }

// minSecret is the length in bytes below which a secret could be guessed.
const minSecret = 16

// Seal gives a proof that this server verified the request, to be stored beside actor, key id, scheme and body until Open.
// It is "" for what is not valid, and where Config.Secret has fewer than 16 bytes.
func (v *Verifier) Seal(x Verified) string {
	if !x.Valid() || len(v.cfg.Secret) < minSecret {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(v.mac(x))
}

// Open gives back the Verified that was sealed. It fails when any part differs from what was sealed, or when it was sealed
// with another secret.
func (v *Verifier) Open(seal, actor, keyID string, scheme Scheme, body []byte) (Verified, error) {
	x := Verified{actor: actor, keyID: keyID, scheme: scheme, body: bytes.Clone(body)}
	if !x.Valid() || len(v.cfg.Secret) < minSecret {
		return Verified{}, errors.New("open a seal: no actor, or no secret")
	}
	mac, err := base64.RawURLEncoding.Strict().DecodeString(seal)
	if err != nil || !hmac.Equal(mac, v.mac(x)) {
		return Verified{}, errors.New("open a seal: it is not of these parts")
	}
	return x, nil
}

// mac is over the length and bytes of each part, so that nothing can move from one part into its neighbour.
func (v *Verifier) mac(x Verified) []byte {
	h := hmac.New(sha256.New, v.cfg.Secret)
	for _, part := range [][]byte{[]byte("praxis verified 1"), []byte(x.actor), []byte(x.keyID), []byte(x.scheme), x.body} {
		// Writes to a hash do not fail.
		_, _ = h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		_, _ = h.Write(part)
	}
	return h.Sum(nil)
}
