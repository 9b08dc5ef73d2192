package sign

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/mr-tron/base58"
)

// What a proof of this kind says of itself (FEP-8b32, Data Integrity EdDSA Cryptosuites 1.0).
const (
	proofType    = "DataIntegrityProof"
	proofSuite   = "eddsa-jcs-2022"
	proofPurpose = "assertionMethod"
)

// Prover makes integrity proofs as one actor: whoever holds the document can see who wrote it, wherever it came from. It
// holds no state and is safe for concurrent use.
type Prover struct {
	KeyID string // the id under which the actor lists the public key in assertionMethod
	Key   ed25519.PrivateKey
	Now   func() time.Time // nil means time.Now
}

// proof is written in this order. Its @context is the document's: some readers take that for granted, others take only
// what is there.
type proof struct {
	Context          json.RawMessage `json:"@context,omitempty"`
	Type             string          `json:"type"`
	Suite            string          `json:"cryptosuite"`
	Created          string          `json:"created"`
	Method           string          `json:"verificationMethod"`
	Purpose          string          `json:"proofPurpose"`
	Value            string          `json:"proofValue,omitempty"`
	Expires          string          `json:"-"`
	created, expires time.Time
}

// Prove gives a document with a proof as its last member; every other byte stays as it is. Errors: a document that Check
// refuses, that has a proof or a signature already, or that holds a number which not every reader understands alike.
func (p Prover) Prove(document []byte) ([]byte, error) {
	if p.KeyID == "" || len(p.Key) != ed25519.PrivateKeySize {
		return nil, errors.New("prove a document: no key, or no key id")
	}
	s, err := openSecured(document)
	if err != nil {
		return nil, fmt.Errorf("prove a document: %w", err)
	}
	if len(s.proofs) > 0 || s.hasSignature || len(s.members) == 0 {
		return nil, errors.New("prove a document: it is signed already, or empty")
	}
	made := proof{
		Context: s.members["@context"], Type: proofType, Suite: proofSuite, Created: p.now().UTC().Format(time.RFC3339),
		Method: p.KeyID, Purpose: proofPurpose,
	}
	hash, err := made.hash(s)
	if err != nil {
		return nil, fmt.Errorf("prove a document: %w", err)
	}
	made.Value = "z" + base58.Encode(ed25519.Sign(p.Key, hash))
	return splice(document, made)
}

func (p Prover) now() time.Time {
	if p.Now == nil {
		return time.Now()
	}
	return p.Now()
}

// hash is what is signed for a proof that has no value yet.
func (p proof) hash(s *secured) ([]byte, error) {
	raw, err := plainJSON(p)
	if err != nil {
		return nil, err
	}
	config, err := canonical(raw)
	if err != nil {
		return nil, err
	}
	text, err := canonicalMembers(s.members)
	if err != nil {
		return nil, err
	}
	return append(sum256(config), sum256(text)...), nil
}

// splice puts a proof behind the last member of a document that has members.
func splice(document []byte, made proof) ([]byte, error) {
	raw, err := plainJSON(made)
	if err != nil {
		return nil, err
	}
	whole := bytes.TrimSpace(document)
	out := make([]byte, 0, len(whole)+len(raw)+len(`,"proof":}`))
	out = append(out, whole[:len(whole)-1]...)
	out = append(out, `,"proof":`...)
	out = append(out, raw...)
	return append(out, '}'), nil
}

// plainJSON is JSON without what only HTML needs.
func plainJSON(v any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(out.Bytes()), nil
}
