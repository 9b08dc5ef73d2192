package sign

import (
	"bytes"
	"context"
	"crypto"
	"encoding/json"
	"fmt"
)

// Canonical writes a document so that the same content gives the same bytes (RFC 8785). Errors: what vocab.Check refuses, and
// numbers that not every reader understands alike.
func Canonical(document []byte) ([]byte, error) {
	s, err := openSecured(document)
	if err != nil {
		return nil, err
	}
	if len(s.proofs) > 0 || s.hasSignature {
		return nil, fmt.Errorf("the document is signed already")
	}
	return canonicalMembers(s.members)
}

// Detach takes a document apart: its canonical bytes without proofs, and the proofs, at most four. Errors: as Canonical, and an
// older kind of signature.
func Detach(document []byte) (bare []byte, proofs []json.RawMessage, err error) {
	s, err := openSecured(document)
	if err != nil {
		return nil, nil, err
	}
	if s.hasSignature || len(s.proofs) > maxProofs {
		return nil, nil, fmt.Errorf("the document has a signature of an older kind, or more than %d proofs", maxProofs)
	}
	bare, err = canonicalMembers(s.members)
	return bare, s.proofs, err
}

// Attach is a bare document with proofs as its last member: one as it is, several as a list.
func Attach(bare []byte, proofs ...json.RawMessage) []byte {
	whole := bytes.TrimSpace(bare)
	if len(proofs) == 0 || len(whole) < 2 {
		return whole
	}
	out := append([]byte{}, whole[:len(whole)-1]...)
	out = append(out, `,"proof":`...)
	if len(proofs) == 1 {
		return append(append(out, proofs[0]...), '}')
	}
	out = append(append(out, '['), bytes.Join(raws(proofs), []byte(","))...)
	return append(out, `]}`...)
}

func raws(proofs []json.RawMessage) [][]byte {
	all := make([][]byte, len(proofs))
	for i, proof := range proofs {
		all[i] = proof
	}
	return all
}

// MethodOf gives the id of the key with which a proof says that it was made; "" when it says none.
func MethodOf(proof json.RawMessage) string {
	var said struct {
		Method string `json:"verificationMethod"`
	}
	if json.Unmarshal(proof, &said) != nil {
		return ""
	}
	return said.Method
}

// fixedKey is a KeySource that has one key, under whichever id.
type fixedKey struct {
	owner  string
	public crypto.PublicKey
}

func (k fixedKey) Key(_ context.Context, keyID string, _ bool) (*Key, error) {
	return &Key{ID: keyID, Owner: k.owner, Public: k.public}, nil
}

// ProofWith is Proof by a key that is known already, such as one that its actor had before.
func (v *Verifier) ProofWith(ctx context.Context, document []byte, actor string, public crypto.PublicKey) (Proven, error) {
	with := *v
	with.cfg.Keys = fixedKey{actor, public}
	return with.Proof(ctx, document, actor)
}
