package sign

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/mr-tron/base58"

	"praxis/federation/vocab"
)

// ErrUnproven is what Verifier.Proof gives for a document without any proof of a kind that is known here: an *Error.
var ErrUnproven error = &Error{Reason: ReasonUnproven, Status: http.StatusUnauthorized}

// Proof judges the integrity proof (FEP-8b32, eddsa-jcs-2022) of a document that is said to be actor's. The key must be
// actor's own and on actor's origin. Errors are *Error, ErrUnproven among them; a status of 503 means that the key cannot
// be had just now. The caller must still ask whether the actor may do what the document says, and whether it is too old.
func (v *Verifier) Proof(ctx context.Context, document []byte, actor string) (Proven, error) {
	s, err := openSecured(document)
	if err != nil {
		return Proven{}, denied(ReasonProof, "%w", err)
	}
	claimed, made, err := v.claimProof(s, actor)
	if err != nil {
		return Proven{}, err
	}
	key, err := v.key(ctx, claimed.keyID, false)
	if err != nil {
		return Proven{}, err
	}
	if err := claimed.check(key.Public); err != nil {
		if key, err = v.again(ctx, claimed, key, err); err != nil {
			return Proven{}, err
		}
	}
	if key.Owner != actor {
		return Proven{}, denied(ReasonOwner, "the key of the proof is %.200s's", key.Owner)
	}
	return Proven{actor: actor, keyID: key.ID, created: made.created, document: bytes.Clone(document)}, nil
}

// claimProof finds the proof that counts, and everything about it short of its key. Kinds that are not known here are
// passed over: a document may carry several.
func (v *Verifier) claimProof(s *secured, actor string) (*claim, proof, error) {
	for _, raw := range s.proofs[:min(len(s.proofs), maxProofs)] {
		var members map[string]json.RawMessage
		if json.Unmarshal(raw, &members) != nil {
			continue
		}
		made := proof{
			Type: textOf(members["type"]), Suite: textOf(members["cryptosuite"]), Purpose: textOf(members["proofPurpose"]),
			Method: textOf(members["verificationMethod"]), Value: textOf(members["proofValue"]),
			Created: textOf(members["created"]), Expires: textOf(members["expires"]),
		}
		if made.Type != proofType || made.Suite != proofSuite {
			continue
		}
		claimed, err := v.judgeProof(s, members, &made, actor)
		return claimed, made, err
	}
	return nil, proof{}, ErrUnproven
}

func (v *Verifier) judgeProof(s *secured, members map[string]json.RawMessage, made *proof, actor string) (*claim, error) {
	if made.Purpose != proofPurpose {
		return nil, denied(ReasonProof, "the proof is for %.40q, want %q", made.Purpose, proofPurpose)
	}
	method, err := v.keyIRI(made.Method)
	if err != nil {
		return nil, err
	}
	if owner, err := vocab.ParseIRI(actor); err != nil || owner.Origin() != method.Origin() {
		return nil, denied(ReasonOwner, "the key of the proof is not on the host of its actor")
	}
	if err := v.checkMoments(members, made); err != nil {
		return nil, err
	}
	signature, err := proofValue(made.Value)
	if err != nil {
		return nil, denied(ReasonProof, "%w", err)
	}
	hashes, err := hashesOf(s, members)
	if err != nil {
		return nil, denied(ReasonProof, "%w", err)
	}
	return &claim{keyID: method, check: func(public crypto.PublicKey) error { return checkProof(public, hashes, signature) }}, nil
}

// checkMoments: a proof has no end unless it names one, but it has a beginning.
func (v *Verifier) checkMoments(members map[string]json.RawMessage, made *proof) error {
	var err error
	if made.created, err = time.Parse(time.RFC3339, made.Created); err != nil {
		return denied(ReasonNoDate, "the proof does not say when it was made")
	}
	now := v.cfg.Now()
	if made.created.After(now.Add(window)) {
		return denied(ReasonFuture, "the proof was made more than %s ahead of this server's clock", window)
	}
	if _, ok := members["expires"]; !ok {
		return nil
	}
	if made.expires, err = time.Parse(time.RFC3339, made.Expires); err != nil || made.expires.Before(now) {
		return denied(ReasonExpired, "the proof is over since %.40q", made.Expires)
	}
	return nil
}

// proofValue reads a signature in base58btc.
func proofValue(text string) ([]byte, error) {
	digits, ok := strings.CutPrefix(text, "z")
	if !ok || len(text) > 2*ed25519.SignatureSize {
		return nil, errors.New("the value of the proof is not base58btc of a signature")
	}
	signature, err := base58.Decode(digits)
	if err != nil || len(signature) != ed25519.SignatureSize {
		return nil, errors.New("the value of the proof is no Ed25519 signature")
	}
	return signature, nil
}

// hashesOf gives what may have been signed. A proof with a @context covers the document under that @context, with which
// the document's must begin, unless a relay took that away, as PieFed does. A proof without one is signed as it is, or, by
// some, as if it had the document's.
func hashesOf(s *secured, members map[string]json.RawMessage) ([][]byte, error) {
	config, document := maps.Clone(members), maps.Clone(s.members)
	delete(config, "proofValue")
	own, ok := config["@context"]
	if ok {
		if whole, ok := document["@context"]; ok && !beginsWith(whole, own) {
			return nil, errors.New("the proof has another @context than the document")
		}
		document["@context"] = own
	}
	text, err := canonicalMembers(document)
	if err != nil {
		return nil, err
	}
	variants := []map[string]json.RawMessage{config}
	if context := document["@context"]; !ok && context != nil {
		variant := maps.Clone(config)
		variant["@context"] = context
		variants = append(variants, variant)
	}
	var hashes [][]byte
	for _, variant := range variants {
		head, err := canonicalMembers(variant)
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, append(sum256(head), sum256(text)...))
	}
	return hashes, nil
}

// beginsWith reports whether a @context begins with all of another.
func beginsWith(whole, part json.RawMessage) bool {
	list, start := listOf(whole), listOf(part)
	if len(start) > len(list) {
		return false
	}
	for i := range start {
		a, errA := canonical(start[i])
		b, errB := canonical(list[i])
		if errA != nil || errB != nil || !bytes.Equal(a, b) {
			return false
		}
	}
	return true
}

func checkProof(public crypto.PublicKey, hashes [][]byte, signature []byte) error {
	key, ok := public.(ed25519.PublicKey)
	if !ok {
		return denied(ReasonKey, "the key of the proof is no Ed25519 key")
	}
	for _, hash := range hashes {
		if ed25519.Verify(key, hash, signature) {
			return nil
		}
	}
	return denied(ReasonSignature, "the proof is not the key's, or the document was changed")
}

// textOf reads a string; "" for everything else.
func textOf(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return ""
	}
	return text
}
