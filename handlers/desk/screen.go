package desk

import (
	"html/template"
	"net/http"

	"praxis/handlers/page"
	"praxis/internal/text"
	"praxis/models"
)

// screen is what a page shows between the navigation and the end.
type screen struct {
	Title  string
	Lead   string
	Above  []link // the way back
	Tabs   []link
	Parts  []part
	Script bool
	// Template names a page of its own, and Data is for it; "" for one that is made of parts alone.
	Template string
	Data     any
}

// link leads somewhere.
type link struct {
	Label, To string
	Current   bool
	Quiet     bool
	Danger    bool
	Count     int64
}

// part is a piece of a screen: what is set of it is shown, in the order of the fields.
type part struct {
	Heading string
	ID      string // to link to
	Badges  []badge
	Text    string
	Class   string        // "notice" or "problem" for Text
	Prose   template.HTML // sanitised
	Changes []text.Change // from one text to another, line by line
	Facts   []fact
	List    []item
	Search  *search
	Table   *table
	Charts  []chart
	Forms   []*form
	Links   []link
	Pager   pager
	Card    bool // on a surface of its own
}

// fact is a name with a value.
type fact struct {
	Name, Value, Hint, To string
	Badge                 badge
}

// badge is a small label.
type badge struct {
	Text string
	Mood string // "good", "warn", "bad" or ""
}

// item is an entry of a list of things to do.
type item struct {
	Title, Text, Hint string
	Badge             badge
	Link              link
}

// table is rows under heads.
type table struct {
	Caption string
	Heads   []string
	Rows    []row
	Empty   string // what is said without rows
}

// HasNumbers reports a column of numbers.
func (t *table) HasNumbers(column int) bool {
	return len(t.Rows) > 0 && column < len(t.Rows[0].Cells) && t.Rows[0].Cells[column].Number
}

type row struct {
	Cells []cell
}

// cell is one place of a table. The first of a row names it.
type cell struct {
	Text, Hint, To string
	Badge          badge
	Number         bool
	Form, Second   *form
}

// search narrows a list by a form that changes nothing.
type search struct {
	Action string // "" for the page itself
	Fields []*field
}

// pager links pages of a list.
type pager struct {
	Newest, Older string
}

// shown is what templates see.
type shown struct {
	Title  string
	Host   string
	Groups []group
	Said   string
	Wrong  string // a problem that no form on the page shows
	Screen *screen
	Me     *models.Actor
	Nav    bool
}

type group struct {
	Name  string
	Links []link
}

func (s *Server) render(v *visit, status int, what *screen) error {
	for _, p := range what.Parts {
		for _, f := range p.Forms {
			f.Top = p.Heading == ""
		}
	}
	data := shown{Title: what.Title, Host: s.links.Host, Screen: what, Me: v.me, Said: s.said(v)}
	if v.impact != nil && v.form != nil {
		data.Said = "Nothing was changed yet. Below is what it would do."
	}
	if v.asked != "" {
		data.Said = "Nothing was changed yet: please confirm."
	}
	if v.problem != nil && !v.blamed {
		data.Wrong = messageOf(v.problem)
	}
	if !v.in.convener && !v.in.own {
		var err error
		if data.Groups, err = s.navigation(v); err != nil {
			return err
		}
		data.Nav = true
	}
	name := what.Template
	if name == "" {
		name = "screen.html"
	}
	s.pages.RenderWith(v.w, v.r, status, name, data, page.Policy{Scripts: true})
	return nil
}

// navigation lists the sections that somebody may see.
func (s *Server) navigation(v *visit) ([]group, error) {
	var groups []group
	for _, section := range s.all {
		if !v.may(section.needs) {
			continue
		}
		entry := link{Label: section.name, To: section.path, Current: under(v.r.URL.Path, section.path)}
		if section.waits != nil && v.r.Method != http.MethodHead {
			all, err := section.waits(v)
			if err != nil {
				return nil, err
			}
			for _, one := range all {
				entry.Count += one.n
			}
		}
		if len(groups) == 0 || groups[len(groups)-1].Name != section.group {
			groups = append(groups, group{Name: section.group})
		}
		last := &groups[len(groups)-1]
		last.Links = append(last.Links, entry)
	}
	return groups, nil
}
