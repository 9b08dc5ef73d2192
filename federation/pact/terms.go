package pact

import (
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"praxis/federation/vocab"
)

// Level is how far a party goes.
type Level string

// The levels, each with all that those before it have.
const (
	LevelRead     Level = "read"     // members may read what is shared
	LevelInteract Level = "interact" // and answer, like, report
	LevelSiblings Level = "siblings" // and communities may be twinned
)

// Levels lists the levels, the least first.
func Levels() []Level { return []Level{LevelRead, LevelInteract, LevelSiblings} }

// Classes lists the classes of communities that can be offered. What is local stays at home.
func Classes() []string { return []string{"public", "partners", "members"} }

// Limits of what stands in a record.
const (
	maxText     = 500
	maxEntries  = 20
	maxDays     = 36500
	digestBytes = 64
)

// Terms are one party and what it offers.
type Terms struct {
	Actor       string // its instance actor
	Fingerprint string // of that actor's keys
	Level       Level
	Classes     []string // of communities that it shares
	Data        []string // categories of data, in words
	Contact     string
	Abuse       string // who takes reports
	Protection  string // who answers for data protection
	Retention   int    // days after which it removes what it has of the other, once the agreement ended
	Policy      string // the address of its policy
	Digest      string // SHA-256 of that policy, hex
	Listed      bool   // it agrees to be named in public
}

// Fault is what is wrong with a record, by field.
type Fault struct{ Field, Text string }

func (f *Fault) Error() string { return f.Field + " " + f.Text }

func wrong(field, text string) error { return &Fault{field, text} }

// Check refuses terms that say too little or too much. The error is a *Fault.
func (t *Terms) Check() error {
	if !slices.Contains(Levels(), t.Level) {
		return wrong("level", "must be read, interact or siblings")
	}
	if len(t.Classes) == 0 || len(t.Classes) > len(Classes()) {
		return wrong("classes", "must name at least one of public, partners, members")
	}
	for _, class := range t.Classes {
		if !slices.Contains(Classes(), class) {
			return wrong("classes", "must be of public, partners, members")
		}
	}
	if t.Retention < 0 || t.Retention > maxDays {
		return wrong("retention", "must be days from 0 to 36500")
	}
	return t.checkTexts()
}

func (t *Terms) checkTexts() error {
	if _, err := vocab.ParseIRI(t.Actor); err != nil {
		return wrong("actor", "is no address")
	}
	if len(t.Data) > maxEntries {
		return wrong("data", "has more than 20 entries")
	}
	if strings.TrimSpace(t.Contact) == "" {
		return wrong("contact", "is missing: say whom the partner can reach")
	}
	texts := map[string]string{"contact": t.Contact, "abuse": t.Abuse, "protection": t.Protection, "policy": t.Policy}
	for _, entry := range t.Data {
		if strings.TrimSpace(entry) == "" {
			return wrong("data", "has an empty entry")
		}
		texts["data"] += entry
	}
	for field, text := range texts {
		if utf8.RuneCountInString(text) > maxText || !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
			return wrong(field, "has more than 500 characters, or control characters")
		}
	}
	return t.checkPolicy()
}

func (t *Terms) checkPolicy() error {
	if t.Policy == "" && t.Digest == "" {
		return nil
	}
	page, err := url.Parse(t.Policy)
	if err != nil || page.Scheme != "https" && page.Scheme != "http" || page.Host == "" {
		return wrong("policy", "is no http(s) address")
	}
	if t.Digest != "" && (len(t.Digest) != digestBytes || strings.Trim(t.Digest, "0123456789abcdef") != "") {
		return wrong("policy_digest", "is no SHA-256 in 64 small hexadecimal digits")
	}
	return nil
}

// SameOffer reports that two parties go equally far: what one accepts of the other without a counter.
func (t *Terms) SameOffer(other *Terms) bool {
	return t.Level == other.Level && slices.Equal(t.Classes, other.Classes) && slices.Equal(t.Data, other.Data) && t.Retention == other.Retention
}

func (t *Terms) equal(other *Terms) bool {
	a, b := *t, *other
	return a.SameOffer(&b) && a.Actor == b.Actor && a.Fingerprint == b.Fingerprint && a.Contact == b.Contact && a.Abuse == b.Abuse &&
		a.Protection == b.Protection && a.Policy == b.Policy && a.Digest == b.Digest && a.Listed == b.Listed
}

func (t *Terms) document() vocab.M {
	doc := vocab.M{
		"type": "PartnershipTerms", "party": t.Actor, "keyFingerprint": t.Fingerprint, "level": string(t.Level), "sharedClasses": t.Classes,
		"dataCategories": t.Data, "contact": t.Contact, "retentionDays": t.Retention, "listed": t.Listed,
	}
	for key, text := range map[string]string{"abuseContact": t.Abuse, "dataProtectionContact": t.Protection, "policy": t.Policy, "policyDigest": t.Digest} {
		if text != "" {
			doc[key] = text
		}
	}
	return doc
}
