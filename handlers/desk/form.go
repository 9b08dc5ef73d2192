package desk

import (
	"errors"
	"strings"

	"praxis/models"
)

// form is a form that changes something.
type form struct {
	Name    string // what it does: a key of place.forms
	ID      string // makes the ids of its fields unique on the page
	Heading string
	Top     bool // the heading stands under that of the page, and not under that of a part
	Text    string
	Action  string // "" for the page itself
	Button  string
	Whom    string // whom the button is about, for those who do not see what stands beside it
	Fields  []*field
	Hidden  map[string]string
	Danger  bool
	Quiet   bool
	Inline  bool // nothing but a button
	Upload  bool
	User    string // of a form with a password: whose it is, for password managers
	Cancel  string
	Problem string
}

// field is one thing to fill in.
type field struct {
	ID, Name, Label, Hint string
	Kind                  string // "text", "long", "choice", "box", "file", or a type of <input>
	Value                 string
	Checked               bool
	Required              bool
	Options               []option
	Max                   int
	Rows                  int
	Complete              string // the autocomplete attribute
	Problem               string
}

type option struct {
	Value, Label string
	Chosen       bool
}

// fill puts what was typed back into a form that was refused, and the problem beside the field that it is about. Only the
// form that was sent is touched.
func (v *visit) fill(f *form) *form {
	if f.ID == "" {
		f.ID = f.Name
	}
	for _, one := range f.Fields {
		one.ID = f.ID + "-" + one.Name
		for i := range one.Options {
			one.Options[i].Chosen = one.Options[i].Value == one.Value
		}
	}
	if v.form == nil || v.form.Get("form") != f.Name || !v.isSame(f) {
		return f
	}
	v.blamed = true
	about := fieldOf(v.problem)
	for _, one := range f.Fields {
		v.refill(one)
		if v.problem != nil && (about == one.Name || about != "" && others[about] == one.Name) {
			one.Problem = messageOf(v.problem)
			about = ""
		}
	}
	if v.problem != nil && (about != "" || fieldOf(v.problem) == "") {
		f.Problem = messageOf(v.problem)
	}
	return f
}

// isSame tells apart forms of one kind on one page, by what they hide.
func (v *visit) isSame(f *form) bool {
	for name, value := range f.Hidden {
		if name != "sure" && v.form.Get(name) != value {
			return false
		}
	}
	return true
}

func (v *visit) refill(one *field) {
	switch one.Kind {
	case "file", "password":
	case "box":
		one.Checked = v.form.Get(one.Name) != ""
	default:
		if v.form.Has(one.Name) {
			one.Value = v.form.Get(one.Name)
		}
		for i := range one.Options {
			one.Options[i].Chosen = one.Options[i].Value == one.Value
		}
	}
}

// others are names that verbs have for fields which forms call otherwise.
var others = map[string]string{"domain": "host", "ends_at": "ends", "starts_at": "starts"}

func fieldOf(err error) string {
	var e *models.Error
	if !errors.As(err, &e) {
		return ""
	}
	return e.Field
}

func messageOf(err error) string {
	return strings.TrimPrefix(models.ErrorMessage(err), "Validation failed: ")
}

// options makes a choice of pairs of value and label.
func options(pairs ...string) []option {
	var all []option
	for i := 0; i+1 < len(pairs); i += 2 {
		all = append(all, option{Value: pairs[i], Label: pairs[i+1]})
	}
	return all
}
