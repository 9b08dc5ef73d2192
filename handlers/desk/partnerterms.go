package desk

import (
	"slices"
	"strings"
	"time"

	"praxis/federation/pact"
	"praxis/models"
	"praxis/practice"
)

var levelWords = map[string]string{
	string(pact.LevelRead): "Read: members may read what is shared", string(pact.LevelInteract): "Interact: they may also answer, like and report",
	string(pact.LevelSiblings): "Siblings: communities may also be twinned",
}

var sharedWords = map[string]string{
	"public": "Public communities", "partners": "Communities for partners", "members": "Communities for members, shared by name",
}

// termFields are what we offer. The time may stay empty: it is a year from now, or that of their offer.
func termFields(t practice.PartnerTerms) []*field {
	fields := []*field{{
		Name: "level", Label: "How far it goes", Kind: "choice", Value: string(t.Level), Hint: "The partnership goes as far as the one who goes less far.",
		Options: levelOptions(),
	}}
	for _, class := range pact.Classes() {
		fields = append(fields, &field{Name: "class-" + class, Label: sharedWords[class], Kind: "box", Checked: slices.Contains(t.Classes, class)})
	}
	fields = append(fields,
		&field{Name: "data", Label: "Data", Kind: "long", Rows: 3, Value: strings.Join(t.Data, "\n"), Hint: "The kinds of data that are shared, one a line, such as: posts, names of members."},
		&field{Name: "retention", Label: "Days that they may keep copies after the end", Kind: "number", Value: format(int64(t.Retention)), Hint: "It is a promise of theirs; nothing can force it."},
	)
	return append(append(fields, contactFields(t)...),
		&field{Name: "valid_from", Label: "Begins", Kind: "date", Hint: "Empty: at once."},
		&field{Name: "valid_until", Label: "Ends", Kind: "date", Hint: "Empty: a year after it begins. It can be renewed."},
	)
}

func levelOptions() []option {
	var all []option
	for _, level := range pact.Levels() {
		all = append(all, option{Value: string(level), Label: levelWords[string(level)]})
	}
	return all
}

// contactFields are what each side says of itself, also who accepts an offer as it stands.
func contactFields(t practice.PartnerTerms) []*field {
	return []*field{
		{Name: "contact", Label: "Whom they can reach here", Required: true, Max: 500, Value: t.Contact, Hint: "A name with a telephone number or an address: you will read six words to each other."},
		{Name: "abuse", Label: "Who takes reports", Max: 500, Value: t.Abuse},
		{Name: "protection", Label: "Who answers for data protection", Max: 500, Value: t.Protection},
		{Name: "policy", Label: "Address of our policy", Kind: "url", Max: 500, Value: t.Policy, Hint: "May stay empty."},
		{Name: "digest", Label: "SHA-256 of that policy", Max: 64, Value: t.Digest, Hint: "May stay empty. 64 hex digits; it shows later which text was meant."},
		{Name: "listed", Label: "We may be named as partners in public, if they agree, too", Kind: "box", Checked: t.Listed},
	}
}

// terms reads what was filled in.
func (v *visit) terms() (t practice.PartnerTerms, err error) {
	t = practice.PartnerTerms{
		Level: pact.Level(v.text("level")), Data: linesOf(v.text("data")), Contact: v.text("contact"), Abuse: v.text("abuse"), Protection: v.text("protection"),
		Policy: v.text("policy"), Digest: v.text("digest"), Listed: v.is("listed"), Retention: int(min(number(v.text("retention")), 1<<30)),
	}
	for _, class := range pact.Classes() {
		if v.is("class-" + class) {
			t.Classes = append(t.Classes, class)
		}
	}
	if t.ValidFrom, err = readDay("valid_from", v.text("valid_from")); err != nil {
		return t, err
	}
	t.ValidUntil, err = readDay("valid_until", v.text("valid_until"))
	return t, err
}

// readDay reads a day; the zero time for none.
func readDay(field, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return at, models.FieldErrorf(field, "%.40q is no day: write it like 2027-03-01.", text)
	}
	return at, nil
}

// termsOf gives what somebody offers as a beginning to change; without any, what is usual.
func (s *Server) termsOf(t *pact.Terms) practice.PartnerTerms {
	if t == nil {
		return practice.PartnerTerms{Level: pact.LevelInteract, Classes: []string{"public", "partners"}, Data: []string{"posts", "names of members"}, Contact: s.cfg.Contact, Retention: 30, Listed: true}
	}
	return practice.PartnerTerms{
		Level: t.Level, Classes: t.Classes, Data: t.Data, Contact: s.cfg.Contact, Retention: t.Retention, Listed: t.Listed,
	}
}

// comparison shows both sides beside each other.
func comparison(p *practice.PartnerView) part {
	sheet := p.Sheet()
	rows := &table{Caption: "Terms side by side", Heads: []string{"Term", "We", "They", "Compared"}, Empty: "Nothing was offered yet."}
	if sheet.Ours == nil && sheet.Theirs == nil {
		return part{Heading: "Terms side by side", Table: rows}
	}
	ours, theirs := termTexts(sheet.Ours), termTexts(sheet.Theirs)
	for i, term := range termNames {
		mark := badge{}
		if term.compared && sheet.Ours != nil && sheet.Theirs != nil {
			if mark = (badge{"same", "good"}); slices.Contains(sheet.Differs, term.field) {
				mark = badge{"≠ differs", "warn"}
			}
		}
		compared := cell{Badge: mark}
		if mark.Text == "" {
			compared.Text = "–"
		}
		rows.Rows = append(rows.Rows, row{Cells: []cell{{Text: term.name}, {Text: orDash(ours[i])}, {Text: orDash(theirs[i])}, compared}})
	}
	return part{Heading: "Terms side by side", ID: "terms", Table: rows}
}

// termNames are the terms in the order of termTexts; of those that are compared, field is the name in PartnerSheet.Differs.
var termNames = []struct {
	name, field string
	compared    bool
}{
	{"How far it goes", "level", true},
	{"Communities", "classes", true},
	{"Data", "data", true},
	{"Copies after the end", "retention_days", true},
	{"Named in public", "listed", true},
	{"Contact", "", false},
	{"Reports go to", "", false},
	{"Data protection", "", false},
	{"Policy", "", false},
	{"Digest of the policy", "", false},
}

func termTexts(t *practice.TermsSheet) []string {
	if t == nil {
		return make([]string, len(termNames))
	}
	return []string{
		t.Level, strings.Join(t.Classes, ", "), strings.Join(t.Data, ", "), count(int64(t.Retention), "day", "days"), yesNo(t.Listed),
		t.Contact, t.Abuse, t.Protection, t.Policy, t.Digest,
	}
}
