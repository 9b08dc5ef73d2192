package sign

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"praxis/federation/vocab"
)

// maxProofs is how many proofs of one document are looked at.
const maxProofs = 4

// secured is a document taken apart: what is signed, and the proofs that say so.
type secured struct {
	members      map[string]json.RawMessage // without the proofs and without an older kind of signature
	proofs       []json.RawMessage
	hasSignature bool
}

// openSecured reads a document that every reader understands alike, as vocab.Check has it. An LD signature is no part of
// what a proof covers (FEP-8b32, "Backward compatibility").
func openSecured(document []byte) (*secured, error) {
	if err := vocab.Check(document); err != nil {
		return nil, err
	}
	s := &secured{}
	if err := json.Unmarshal(document, &s.members); err != nil {
		return nil, err
	}
	if raw, ok := s.members["proof"]; ok {
		s.proofs = listOf(raw)
		delete(s.members, "proof")
	}
	_, s.hasSignature = s.members["signature"]
	delete(s.members, "signature")
	return s, nil
}

// listOf gives the entries of a list, and what is no list as its only entry.
func listOf(raw json.RawMessage) []json.RawMessage {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) == nil {
		return list
	}
	return []json.RawMessage{raw}
}

func canonicalMembers(members map[string]json.RawMessage) ([]byte, error) {
	raw, err := json.Marshal(members)
	if err != nil {
		return nil, err
	}
	return canonical(raw)
}

// canonical writes JSON so that the same content gives the same bytes (RFC 8785).
func canonical(raw []byte) ([]byte, error) {
	if err := checkNumbers(raw); err != nil {
		return nil, err
	}
	value := jsontext.Value(bytes.Clone(raw))
	err := value.Canonicalize()
	return value, err
}

// maxExact is the greatest integer up to which a float64 tells each from its neighbours.
const maxExact = 1<<53 - 1

// checkNumbers refuses numbers that the canonical form does not tell apart: two documents that differ in them only would
// have one proof, and a reader of integers would see two contents (RFC 7493, 2.2).
func checkNumbers(raw []byte) error {
	decoder := jsontext.NewDecoder(bytes.NewReader(raw))
	for {
		token, err := decoder.ReadToken()
		if err != nil {
			return nil // the end; what is no JSON is found by who reads it
		}
		if token.Kind() != '0' {
			continue
		}
		value, err := strconv.ParseFloat(token.String(), 64)
		if err != nil || math.Abs(value) > maxExact {
			return fmt.Errorf("number %.40s is not understood alike by all readers", token.String())
		}
	}
}
