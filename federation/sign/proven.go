package sign

import (
	"bytes"
	"time"
)

// Proven is a document that was proven to be its actor's, whoever sent it. Only Verifier.Proof makes one; the zero value
// proves nothing. It is immutable.
type Proven struct {
	actor, keyID string
	created      time.Time
	document     []byte
}

// Valid reports whether this is more than the zero value.
func (x Proven) Valid() bool { return x.actor != "" }

// Actor gives the id of the actor whose key made the proof.
func (x Proven) Actor() string { return x.actor }

// KeyID gives the id of that key.
func (x Proven) KeyID() string { return x.keyID }

// Created gives when the proof says that it was made.
func (x Proven) Created() time.Time { return x.created }

// Document gives a copy of the proven bytes, with the proof.
func (x Proven) Document() []byte { return bytes.Clone(x.document) }
