package pact

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"praxis/federation/sign"
	"praxis/federation/vocab"
)

// BondType is what an agreement of siblings says that it is.
const BondType = vocab.BondWord

// The words of a Bond.
var (
	BondClasses  = []string{"public", "partners", "members"}
	BondRemovals = []string{"review", "auto"}
	BondBans     = []string{"advisory", "mutual"}
	BondRosters  = []string{"none", "counts", "hosts"}
)

// Bond is what two sibling Groups agree on. Both sign the same one. It is a value: nobody changes one that was signed.
type Bond struct {
	ID, Nonce  string
	Community  string   // the name of the community, urn:uuid
	Former     []string // names that one of the two had before, in their order
	Siblings   []string // the two Groups, in the order of their addresses
	Class      string   // who may read the community
	Charter    string   // SHA-256 of the charter of who offered, hex; "" without one
	History    int      // days of what came before that each gives the other
	Removals   string   // what is done when moderators of the origin withdraw: "auto" or "review"
	Bans       string   // "advisory" or "mutual"
	Roster     string   // what is said of members: "none", "counts" or "hosts"
	License    string   // of what is posted, an address or a word; "" for none in common
	Retention  int      // days after which each removes what it has of the other once they part; 0 for never
	Silence    int      // days after which a sibling that is silent can be called lost
	Contacts   []string // whom each can be reached by, in the order of the siblings
	ValidFrom  time.Time
	ValidUntil time.Time
}

// Has reports that a Group is one of the two.
func (b *Bond) Has(group string) bool { return slices.Contains(b.Siblings, group) }

// Other gives the one that is not group; "" when it is none of the two.
func (b *Bond) Other(group string) string {
	if len(b.Siblings) != 2 || !b.Has(group) {
		return ""
	}
	if b.Siblings[0] == group {
		return b.Siblings[1]
	}
	return b.Siblings[0]
}

// Between gives the bond with its two siblings and their contacts in their order.
func (b Bond) Between(one, contactOfOne, other, contactOfOther string) Bond {
	b.Siblings, b.Contacts = []string{one, other}, []string{contactOfOne, contactOfOther}
	if one > other {
		b.Siblings, b.Contacts = []string{other, one}, []string{contactOfOther, contactOfOne}
	}
	return b
}

// ContactOf gives whom a sibling can be reached by.
func (b *Bond) ContactOf(group string) string {
	if i := slices.Index(b.Siblings, group); i >= 0 && i < len(b.Contacts) {
		return b.Contacts[i]
	}
	return ""
}

// Encode gives the canonical bytes without proofs. Errors: *Fault for what none may say.
func (b *Bond) Encode() ([]byte, error) {
	if err := b.Check(); err != nil {
		return nil, err
	}
	doc := vocab.M{
		"@context": vocab.SiblingContext(), "id": b.ID, "type": BondType, "nonce": b.Nonce, "urn": b.Community, "parties": b.Siblings,
		"communityClass": b.Class, "historyDays": b.History, "honourRemovals": b.Removals, "honourBans": b.Bans, "roster": b.Roster,
		"retentionDays": b.Retention, "silenceDays": b.Silence, "contacts": b.Contacts,
		"validFrom": moment(b.ValidFrom), "validUntil": moment(b.ValidUntil),
	}
	if len(b.Former) > 0 {
		doc["formerURNs"] = b.Former
	}
	for key, text := range map[string]string{"charterDigest": b.Charter, "license": b.License} {
		if text != "" {
			doc[key] = text
		}
	}
	raw, err := vocab.Marshal(doc)
	if err != nil {
		return nil, err
	}
	return sign.Canonical(raw)
}

// Check refuses a bond that says too little or too much. The error is a *Fault.
func (b *Bond) Check() error {
	if _, err := vocab.ParseIRI(b.ID); err != nil {
		return wrong("id", "is no address")
	}
	if len(b.Nonce) < 16 || len(b.Nonce) > 64 {
		return wrong("nonce", "must have 16 to 64 characters")
	}
	if !b.ValidUntil.After(b.ValidFrom) {
		return wrong("valid_until", "must be after the agreement begins")
	}
	if err := b.checkNames(); err != nil {
		return err
	}
	for _, word := range []struct {
		field, said string
		of          []string
	}{{"class", b.Class, BondClasses}, {"removals", b.Removals, BondRemovals}, {"bans", b.Bans, BondBans}, {"roster", b.Roster, BondRosters}} {
		if !slices.Contains(word.of, word.said) {
			return wrong(word.field, "must be "+strings.Join(word.of, ", "))
		}
	}
	return b.checkRest()
}

func (b *Bond) checkNames() error {
	if len(b.Siblings) != 2 || b.Siblings[0] >= b.Siblings[1] || len(b.Contacts) != 2 {
		return wrong("siblings", "must be two with their contacts, in the order of their addresses")
	}
	for _, group := range b.Siblings {
		if _, err := vocab.ParseIRI(group); err != nil {
			return wrong("siblings", "are no addresses")
		}
	}
	if !vocab.IsURN(b.Community) {
		return wrong("urn", "is no urn:uuid in small letters")
	}
	if len(b.Former) > maxEntries || !slices.IsSorted(b.Former) {
		return wrong("former", "has more than 20 names, or not in their order")
	}
	for i, urn := range b.Former {
		if !vocab.IsURN(urn) || urn == b.Community || i > 0 && urn == b.Former[i-1] {
			return wrong("former", "has what is no urn:uuid, or one twice")
		}
	}
	return nil
}

func (b *Bond) checkRest() error {
	for field, days := range map[string]int{"history": b.History, "retention": b.Retention, "silence": b.Silence} {
		if days < 0 || days > maxDays {
			return wrong(field, "must be days from 0 to 36500")
		}
	}
	if b.Silence == 0 {
		return wrong("silence", "must be at least a day")
	}
	if b.Charter != "" && (len(b.Charter) != digestBytes || strings.Trim(b.Charter, "0123456789abcdef") != "") {
		return wrong("charter", "is no SHA-256 in 64 small hexadecimal digits")
	}
	for field, texts := range map[string][]string{"license": {b.License}, "contact": b.Contacts} {
		for _, text := range texts {
			if utf8.RuneCountInString(text) > maxText || !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
				return wrong(field, "has more than 500 characters, or control characters")
			}
			if field == "contact" && strings.TrimSpace(text) == "" {
				return wrong(field, "is missing: say whom the sibling can reach")
			}
		}
	}
	return nil
}

// bondWire is how a bond is read; everything that is not here makes its bytes differ.
type bondWire struct {
	ID         string    `json:"id"`
	Nonce      string    `json:"nonce"`
	Community  string    `json:"urn"`
	Former     []string  `json:"formerURNs"`
	Siblings   []string  `json:"parties"`
	Class      string    `json:"communityClass"`
	Charter    string    `json:"charterDigest"`
	History    int       `json:"historyDays"`
	Removals   string    `json:"honourRemovals"`
	Bans       string    `json:"honourBans"`
	Roster     string    `json:"roster"`
	License    string    `json:"license"`
	Retention  int       `json:"retentionDays"`
	Silence    int       `json:"silenceDays"`
	Contacts   []string  `json:"contacts"`
	ValidFrom  time.Time `json:"validFrom"`
	ValidUntil time.Time `json:"validUntil"`
}

// SealedBond is a bond as it was read: its canonical bytes and the proofs that came with it.
type SealedBond struct {
	Bond
	Bare   []byte
	Proofs []json.RawMessage
}

// ReadBond reads an agreement of siblings. As with Read, nothing hides in one; its proofs are still to be verified.
func ReadBond(raw []byte) (*SealedBond, error) {
	if len(raw) > MaxBytes {
		return nil, errors.New("an agreement of siblings has at most 32 KiB")
	}
	bare, proofs, err := sign.Detach(raw)
	if err != nil {
		return nil, err
	}
	var said bondWire
	if err := json.Unmarshal(bare, &said); err != nil {
		return nil, errors.New("the document is no agreement of siblings")
	}
	bond := Bond(said)
	again, err := bond.Encode()
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(again, bare) {
		return nil, errors.New("the agreement says what no agreement of siblings may say, or says it in another form")
	}
	return &SealedBond{Bond: bond, Bare: bare, Proofs: proofs}, nil
}

// ProofOf gives the proof by a key of an actor; nil for none.
func (s *SealedBond) ProofOf(actor string) json.RawMessage { return proofOf(s.Proofs, actor) }
