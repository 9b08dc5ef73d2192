package pact

import (
	"bytes"
	"encoding/json"
	"errors"

	"praxis/federation/sign"
	"praxis/federation/vocab"
)

// SuccessionType is what a succession of keys says that it is.
const SuccessionType = "KeySuccession"

// Succession says that the keys of a party follow others, by a proof of the key before.
type Succession struct {
	ID, Party, From, To string // From and To are fingerprints
}

// Encode gives the canonical bytes without a proof.
func (s *Succession) Encode() ([]byte, error) {
	raw, err := vocab.Marshal(vocab.M{
		"@context": vocab.PartnershipContext(), "id": s.ID, "type": SuccessionType, "party": s.Party, "previousFingerprint": s.From, "keyFingerprint": s.To,
	})
	if err != nil {
		return nil, err
	}
	return sign.Canonical(raw)
}

// ReadSuccession reads a succession with one proof, which is still to be verified; nothing hides in it either.
func ReadSuccession(raw []byte) (*Succession, error) {
	bare, proofs, err := sign.Detach(raw)
	if err != nil {
		return nil, err
	}
	var said struct {
		ID    string `json:"id"`
		Party string `json:"party"`
		From  string `json:"previousFingerprint"`
		To    string `json:"keyFingerprint"`
	}
	if err := json.Unmarshal(bare, &said); err != nil || len(proofs) != 1 {
		return nil, errors.New("the document is no succession of keys, or has not one proof")
	}
	read := Succession(said)
	again, err := read.Encode()
	if err != nil || !bytes.Equal(again, bare) {
		return nil, errors.New("the succession of keys says what none may say")
	}
	return &read, nil
}
