package pact

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"praxis/federation/sign"
	"praxis/federation/vocab"
)

// Type is what a record says that it is.
const Type = "Partnership"

// MaxBytes bounds a record with its proofs.
const MaxBytes = 32 << 10

// Record is an agreement, or with one party the offer of one. It is a value: nobody changes one that was signed.
type Record struct {
	ID                    string
	Nonce                 string
	ValidFrom, ValidUntil time.Time
	Parties               []Terms // by the address of the actor
}

// Party gives the terms of an actor; nil when it is no party.
func (r *Record) Party(actor string) *Terms {
	for i := range r.Parties {
		if r.Parties[i].Actor == actor {
			return &r.Parties[i]
		}
	}
	return nil
}

// Other gives the terms of who is not the actor; nil when there is no other party yet.
func (r *Record) Other(actor string) *Terms {
	for i := range r.Parties {
		if r.Parties[i].Actor != actor {
			return &r.Parties[i]
		}
	}
	return nil
}

// With gives the record with a party, in the place of what stood there of it.
func (r Record) With(t Terms) Record {
	r.Parties = slices.DeleteFunc(slices.Clone(r.Parties), func(p Terms) bool { return p.Actor == t.Actor })
	r.Parties = append(r.Parties, t)
	slices.SortFunc(r.Parties, func(a, b Terms) int { return strings.Compare(a.Actor, b.Actor) })
	return r
}

// Level is how far the agreement goes: as far as the one who goes less far.
func (r *Record) Level() Level {
	lowest := len(Levels()) - 1
	for i := range r.Parties {
		lowest = min(lowest, slices.Index(Levels(), r.Parties[i].Level))
	}
	if lowest < 0 {
		return ""
	}
	return Levels()[lowest]
}

// Listed reports that both parties agree to be named.
func (r *Record) Listed() bool {
	for i := range r.Parties {
		if !r.Parties[i].Listed {
			return false
		}
	}
	return len(r.Parties) == 2
}

// Completes reports that an agreement has all of an offer, and nothing of the offerer's that it did not offer.
func (r *Record) Completes(offer *Record, offerer string) bool {
	theirs, mine := r.Party(offerer), offer.Party(offerer)
	if theirs == nil || mine == nil || !theirs.equal(mine) || len(r.Parties) != 2 {
		return false
	}
	same := r.ID == offer.ID && r.Nonce == offer.Nonce && r.ValidFrom.Equal(offer.ValidFrom) && r.ValidUntil.Equal(offer.ValidUntil)
	other := r.Other(offerer)
	if named := offer.Other(offerer); named != nil {
		return same && named.Actor == other.Actor && named.SameOffer(other)
	}
	return same && mine.SameOffer(other)
}

// Encode gives the canonical bytes without proofs. Errors: *Fault for what no record may say.
func (r *Record) Encode() ([]byte, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	parties := make([]vocab.M, len(r.Parties))
	for i := range r.Parties {
		parties[i] = r.Parties[i].document()
	}
	raw, err := vocab.Marshal(vocab.M{
		"@context": vocab.PartnershipContext(), "id": r.ID, "type": Type, "nonce": r.Nonce, "validFrom": moment(r.ValidFrom), "validUntil": moment(r.ValidUntil),
		"parties": parties,
	})
	if err != nil {
		return nil, err
	}
	return sign.Canonical(raw)
}

func moment(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func (r *Record) check() error {
	if _, err := vocab.ParseIRI(r.ID); err != nil {
		return wrong("id", "is no address")
	}
	if len(r.Nonce) < 16 || len(r.Nonce) > 64 {
		return wrong("nonce", "must have 16 to 64 characters")
	}
	if !r.ValidUntil.After(r.ValidFrom) {
		return wrong("valid_until", "must be after the agreement begins")
	}
	if len(r.Parties) == 0 || len(r.Parties) > 2 {
		return wrong("parties", "must be one in an offer and two in an agreement")
	}
	for i := range r.Parties {
		if i > 0 && r.Parties[i-1].Actor >= r.Parties[i].Actor {
			return wrong("parties", "must be two, in the order of their addresses")
		}
		if err := r.Parties[i].Check(); err != nil {
			return err
		}
	}
	return nil
}

// wire is how a record is read; everything that is not here makes its bytes differ.
type wire struct {
	ID         string    `json:"id"`
	Type       string    `json:"type"`
	Nonce      string    `json:"nonce"`
	ValidFrom  time.Time `json:"validFrom"`
	ValidUntil time.Time `json:"validUntil"`
	Parties    []struct {
		Actor       string   `json:"party"`
		Fingerprint string   `json:"keyFingerprint"`
		Level       Level    `json:"level"`
		Classes     []string `json:"sharedClasses"`
		Data        []string `json:"dataCategories"`
		Contact     string   `json:"contact"`
		Abuse       string   `json:"abuseContact"`
		Protection  string   `json:"dataProtectionContact"`
		Retention   int      `json:"retentionDays"`
		Policy      string   `json:"policy"`
		Digest      string   `json:"policyDigest"`
		Listed      bool     `json:"listed"`
	} `json:"parties"`
}

// Sealed is a record as it was read: its canonical bytes and the proofs that came with it.
type Sealed struct {
	Record
	Bare   []byte
	Proofs []json.RawMessage
}

// Read reads a record. One that says anything that no record may say, or says it in another way, is refused: what would be read
// here would not be what was signed. Its proofs are still to be verified.
func Read(raw []byte) (*Sealed, error) {
	if len(raw) > MaxBytes {
		return nil, errors.New("a partnership has at most 32 KiB")
	}
	bare, proofs, err := sign.Detach(raw)
	if err != nil {
		return nil, err
	}
	var said wire
	if err := json.Unmarshal(bare, &said); err != nil || said.Type != Type {
		return nil, errors.New("the document is no partnership")
	}
	record := Record{ID: said.ID, Nonce: said.Nonce, ValidFrom: said.ValidFrom, ValidUntil: said.ValidUntil}
	for _, p := range said.Parties {
		record.Parties = append(record.Parties, Terms(p))
	}
	again, err := record.Encode()
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(again, bare) {
		return nil, errors.New("the partnership says what no partnership may say, or says it in another form")
	}
	return &Sealed{Record: record, Bare: bare, Proofs: proofs}, nil
}

// Hash names a record by its canonical bytes: SHA-256, hex.
func Hash(bare []byte) string {
	sum := sha256.Sum256(bare)
	return hex.EncodeToString(sum[:])
}

// ProofOf gives the proof by a key of an actor; nil for none.
func (s *Sealed) ProofOf(actor string) json.RawMessage { return proofOf(s.Proofs, actor) }

func proofOf(proofs []json.RawMessage, actor string) json.RawMessage {
	for _, proof := range proofs {
		if owner, _, _ := strings.Cut(sign.MethodOf(proof), "#"); owner == actor {
			return proof
		}
	}
	return nil
}
