package practice

import (
	"encoding/json"
	"time"

	"praxis/federation/pact"
	"praxis/models"
)

// PartnerSheet is a partner as commands and the client API write it.
type PartnerSheet struct {
	Host       string         `json:"host"`
	State      string         `json:"state"`
	Reason     string         `json:"reason"`
	Pause      *string        `json:"pause"`
	Note       string         `json:"note"`
	OneSided   bool           `json:"one_sided"`
	Listed     bool           `json:"listed"`
	ValidUntil *string        `json:"valid_until"`
	Offer      *string        `json:"offer"` // ours or theirs, which waits for an answer
	Confirmed  bool           `json:"confirmed"`
	Words      []string       `json:"words,omitempty"`
	Compared   *bool          `json:"compared,omitempty"`
	Health     HealthSheet    `json:"health"`
	Level      string         `json:"level,omitempty"`
	Ours       *TermsSheet    `json:"ours,omitempty"`
	Theirs     *TermsSheet    `json:"theirs,omitempty"`
	Differs    []string       `json:"differs,omitempty"` // fields in which the two differ
	Records    []RecordSheet  `json:"records,omitempty"`
	Events     []EventSheet   `json:"events,omitempty"`
	Waiting    []MessageSheet `json:"messages,omitempty"`
}

// HealthSheet is the health of a partner with the figures behind it.
type HealthSheet struct {
	Colour    string  `json:"colour"`
	Why       string  `json:"why"`
	Do        string  `json:"do"`
	LastOut   *string `json:"last_success_at"`
	LastIn    *string `json:"last_inbound_at"`
	Waiting   int64   `json:"waiting"`
	Oldest    int64   `json:"oldest_seconds"`
	Failures  int64   `json:"failures"`
	Error     string  `json:"error"`
	Class     string  `json:"error_class"`
	Skew      int64   `json:"clock_skew_seconds"`
	Software  string  `json:"software"`
	KeyAge    int64   `json:"key_age_days"`
	Day       int64   `json:"deliveries_of_a_day"`
	Usual     int64   `json:"deliveries_usual"`
	Reports   int64   `json:"open_reports"`
	ReportAge int64   `json:"oldest_report_days"`
	Seen      *SeenBy `json:"seen_by_them"`
}

// TermsSheet is what one party offers.
type TermsSheet struct {
	Actor      string   `json:"actor"`
	Key        string   `json:"key_fingerprint"`
	Level      string   `json:"level"`
	Classes    []string `json:"classes"`
	Data       []string `json:"data"`
	Contact    string   `json:"contact"`
	Abuse      string   `json:"abuse_contact"`
	Protection string   `json:"data_protection_contact"`
	Retention  int      `json:"retention_days"`
	Policy     string   `json:"policy"`
	Digest     string   `json:"policy_digest"`
	Listed     bool     `json:"listed"`
}

// RecordSheet is one version of an agreement.
type RecordSheet struct {
	Hash     string          `json:"hash"`
	At       string          `json:"created_at"`
	Counts   bool            `json:"counts"`
	Whole    bool            `json:"signed_by_both"`
	Document json.RawMessage `json:"record"`
}

// EventSheet is something that happened.
type EventSheet struct {
	At     string `json:"at"`
	Kind   string `json:"kind"`
	Ref    string `json:"ref"`
	Detail string `json:"detail"`
}

// MessageSheet is what waits to be told to the partner.
type MessageSheet struct {
	Attempts  int64   `json:"attempts"`
	NextTryAt *string `json:"next_try_at"`
	Error     string  `json:"error"`
}

func sheetTime(t models.Timestamp) *string {
	if t == 0 {
		return nil
	}
	text := t.Time().Format("2006-01-02T15:04:05.000Z")
	return &text
}

// Sheet gives a partner as it is written.
func (v *PartnerView) Sheet() *PartnerSheet {
	s := &PartnerSheet{
		Host: v.Host, State: string(v.State), Reason: v.Reason, Note: v.Note, OneSided: v.State == models.PartnerOneSided, Listed: v.Listed,
		ValidUntil: sheetTime(v.ValidUntil), Confirmed: v.Confirmed != "", Words: v.Words, Health: v.health(),
		Ours: sheetTerms(v.Ours), Theirs: sheetTerms(v.Theirs),
	}
	if v.Pause != "" {
		s.Pause = &v.Pause
	}
	if len(v.Words) > 0 {
		s.Compared = &v.Compared
	}
	if v.Partner.OfferURI != "" {
		whose := "theirs"
		if v.OfferOurs {
			whose = "ours"
		}
		s.Offer = &whose
	}
	if v.Agreed != nil {
		s.Level = string(v.Agreed.Level())
	}
	if s.Ours != nil && s.Theirs != nil {
		s.Differs = differences(v.Ours, v.Theirs)
	}
	v.history(s)
	return s
}

func (v *PartnerView) history(s *PartnerSheet) {
	for i := range v.Records {
		r := &v.Records[i]
		s.Records = append(s.Records, RecordSheet{r.Hash, *sheetTime(r.CreatedAt), r.ID == v.RecordID, r.IsWhole(), Signed(r)})
	}
	for _, e := range v.Events {
		s.Events = append(s.Events, EventSheet{*sheetTime(e.CreatedAt), e.Kind, e.Ref, e.Detail})
	}
	for _, m := range v.Messages {
		s.Waiting = append(s.Waiting, MessageSheet{m.Attempts, sheetTime(m.NextTryAt), m.LastError})
	}
}

func (v *PartnerView) health() HealthSheet {
	f := v.Facts
	if f == nil {
		f = &PartnerFacts{}
	}
	return HealthSheet{
		Colour: v.Verdict.Colour, Why: v.Verdict.Why, Do: v.Verdict.Do, LastOut: sheetTime(f.LastOut), LastIn: sheetTime(f.LastIn), Waiting: f.Waiting,
		Oldest: int64(f.Oldest / time.Second), Failures: f.Failures, Error: f.Error, Class: f.ErrorClass, Skew: int64(f.ClockSkew / time.Second),
		Software: f.Software, KeyAge: int64(f.KeyAge / (24 * time.Hour)), Day: f.Day, Usual: f.Usual, Reports: f.Reports,
		ReportAge: int64(f.ReportAge / (24 * time.Hour)), Seen: f.Seen,
	}
}

func sheetTerms(t *pact.Terms) *TermsSheet {
	if t == nil {
		return nil
	}
	return &TermsSheet{t.Actor, t.Fingerprint, string(t.Level), t.Classes, t.Data, t.Contact, t.Abuse, t.Protection, t.Retention, t.Policy, t.Digest, t.Listed}
}

// differences names the fields in which two parties offer different things.
func differences(a, b *pact.Terms) []string {
	found := []string{}
	add := func(name string, differ bool) {
		if differ {
			found = append(found, name)
		}
	}
	same := func(x, y []string) bool { return (&pact.Terms{Classes: x}).SameOffer(&pact.Terms{Classes: y}) }
	add("level", a.Level != b.Level)
	add("classes", !same(a.Classes, b.Classes))
	add("data", !same(a.Data, b.Data))
	add("retention_days", a.Retention != b.Retention)
	add("listed", a.Listed != b.Listed)
	return found
}
