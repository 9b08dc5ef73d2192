package practice

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"praxis/federation/sign"
	"praxis/federation/vocab"
	"praxis/models"
)

// RecordReport says what of a record of contributions can be believed.
type RecordReport struct {
	Record  Record
	Parts   []PartReport
	Key     RecordKey // that of the whole
	Vouched bool      // the key of the whole was given by who asks, and not only by the record itself
	Problem string    // why the whole is not proved; "" when it is
}

// PartReport says what of one community's part can be believed.
type PartReport struct {
	Part    RecordPart
	Proof   json.RawMessage
	Key     RecordKey
	Problem string // why it is not proved by the community; "" when it is
}

// IsGood reports a record that is proved as a whole, and of which no part has a proof that is wrong.
func (r *RecordReport) IsGood() bool {
	for i := range r.Parts {
		if r.Parts[i].Problem != "" && r.Parts[i].Proof != nil {
			return false
		}
	}
	return r.Problem == ""
}

// CheckRecord verifies a record without asking anybody. Trusted keys, by id, count before those that the record has with it; whoever
// knows the key of the instance from elsewhere needs no other. Errors: Invalid for what is no record.
func CheckRecord(ctx context.Context, raw []byte, trusted map[string]string, now time.Time) (*RecordReport, error) {
	if err := vocab.Check(raw); err != nil {
		return nil, models.Errorf(models.Invalid, "this is no record of contributions: %w", err)
	}
	report := &RecordReport{}
	if err := json.Unmarshal(raw, &report.Record); err != nil || report.Record.Type != typeRecord {
		return nil, models.Errorf(models.Invalid, "this is no record of contributions: its type is %.40q, want %q", report.Record.Type, typeRecord)
	}
	keys := recordKeys{own: map[string]RecordKey{}, trusted: trusted}
	for _, key := range report.Record.Keys {
		keys.own[key.ID] = key
	}
	verifier := sign.NewVerifier(sign.Config{Keys: keys, Now: func() time.Time { return now }})
	instance := keys.ownerOf(raw)
	proven, err := verifier.Proof(ctx, raw, instance)
	if err != nil {
		report.Problem = err.Error()
	} else {
		report.Key = keys.own[proven.KeyID()]
		_, report.Vouched = trusted[proven.KeyID()]
		report.Problem = report.Record.strange(instance)
	}
	for _, part := range report.Record.Communities {
		report.Parts = append(report.Parts, checkPart(ctx, verifier, keys, &report.Record, part))
	}
	return report, nil
}

// strange says what is wrong with a record that is proved: that it is by another host than its member's.
func (r *Record) strange(instance string) string {
	if !vocab.SameOrigin(instance, r.Member) {
		return fmt.Sprintf("it is proved by %s, which is not the server of %s", instance, r.Member)
	}
	return ""
}

func checkPart(ctx context.Context, verifier *sign.Verifier, keys recordKeys, record *Record, raw json.RawMessage) PartReport {
	found := PartReport{}
	var with struct {
		Proof json.RawMessage `json:"proof"`
	}
	if json.Unmarshal(raw, &found.Part) != nil || json.Unmarshal(raw, &with) != nil || found.Part.Type != typePart {
		found.Problem, found.Proof = "it is no part of a record", raw
		return found
	}
	found.Proof = with.Proof
	proven, err := verifier.Proof(ctx, raw, found.Part.Community)
	switch {
	case found.Proof == nil:
		found.Problem = "the community is elsewhere: only the server of the member vouches for it"
	case err != nil:
		found.Problem = err.Error()
	case found.Part.Member != record.Member:
		found.Problem = "it is about somebody else: " + found.Part.Member
	default:
		found.Key = keys.own[proven.KeyID()]
	}
	return found
}

// recordKeys knows the keys that a record has with it, and those that whoever verifies has from elsewhere.
type recordKeys struct {
	own     map[string]RecordKey
	trusted map[string]string
}

// Key gives a key by its id.
func (k recordKeys) Key(_ context.Context, id string, _ bool) (*sign.Key, error) {
	known, ok := k.own[id]
	if !ok {
		return nil, &sign.KeyError{Err: fmt.Errorf("the record does not have the key %.200s", id)}
	}
	if text, ok := k.trusted[id]; ok && text != known.Key {
		return nil, &sign.KeyError{Err: fmt.Errorf("the record has another key as %.200s than the one that was given", id)}
	}
	public, err := sign.ParseMultikey(known.Key)
	if err != nil {
		return nil, &sign.KeyError{Err: err}
	}
	return &sign.Key{ID: known.ID, Owner: known.Owner, Public: public}, nil
}

// ownerOf gives who is said to prove a document: the owner of the key that its proof names.
func (k recordKeys) ownerOf(raw []byte) string {
	var document struct {
		Proof struct {
			Method string `json:"verificationMethod"`
		} `json:"proof"`
	}
	_ = json.Unmarshal(raw, &document) // what cannot be read is proved by nobody
	return k.own[document.Proof.Method].Owner
}
