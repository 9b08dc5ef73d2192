package web

import (
	"html/template"
	"strings"

	"praxis/models"
)

// aboutCommunity is what a community of practice says of itself.
type aboutCommunity struct {
	Facts    []fact
	Rules    []string
	Charter  template.HTML
	Version  int64
	Changed  moment
	Class    string // for whom it is; "" for everybody
	Joining  string // how one joins
	Closed   bool   // nobody joins
	Elsewhat string // the charter's address, of a community elsewhere
}

// fact is one line of what is said.
type fact struct{ Name, Value string }

// aboutOf tells what a community says of itself; nil when that is nothing.
func aboutOf(v *visit, actor *models.Actor) (*aboutCommunity, error) {
	c, err := v.tx.CommunityIfAny(actor.ID)
	if err != nil || c == nil {
		return nil, err
	}
	about := &aboutCommunity{
		Rules: c.RuleList(), Version: c.CharterVersion, Class: classWords[c.Class], Joining: joiningWords[c.Joining],
		Closed: c.Joining == models.JoiningClosed,
	}
	switch {
	case c.CharterVersion == 0:
	case actor.Local:
		about.Charter, about.Changed = safe(c.Charter), momentOf(c.CharterAt, v.now)
	default:
		about.Elsewhat = webURL(c.CharterSource)
	}
	for _, f := range []fact{
		{"Place", c.Place},
		{"Topics", strings.Join(c.TopicList(), ", ")},
		{"Languages", strings.Join(c.LanguageList(), ", ")},
		{"Recognition", c.Recognition},
		{"Sponsor", c.Sponsor},
	} {
		if f.Value != "" {
			about.Facts = append(about.Facts, f)
		}
	}
	return about, nil
}

var classWords = map[string]string{
	models.ClassPartners: "this organization and its partners", models.ClassMembers: "members", models.ClassLocal: "this organization",
}

var joiningWords = map[string]string{
	models.JoiningOpen: "Everybody may join.", models.JoiningRequest: "Who runs it decides on each request to join.",
	models.JoiningInvitation: "One joins by invitation.", models.JoiningClosed: "It takes no new members.",
}
