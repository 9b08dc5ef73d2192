package desk

import (
	"praxis/internal/text"
	"praxis/models"
	"praxis/practice"
)

// convenersCharter is the page on which who looks after a community reads how the charter of a sibling differs, and takes it over.
func (s *Server) convenersCharter() place {
	return place{path: convenersPath + "/siblings/{id:[0-9]{1,19}}/charter", show: s.showTheirCharter, forms: map[string]deed{"take": s.takeCharter}}
}

func (s *Server) showTheirCharter(v *visit) (*screen, error) {
	community, _, err := s.own(v)
	if err != nil {
		return nil, err
	}
	frame := func(parts ...part) *screen {
		shown := convenes(v, community, parts...)
		shown.Above = append(shown.Above, link{Label: "Siblings", To: settingsPath(community.Username) + "/siblings"})
		return shown
	}
	sheet, err := s.cfg.Service.SiblingOf(v.ctx(), v.me, community, v.id("id"))
	if err != nil {
		return nil, err
	}
	read, err := s.cfg.Service.ReadTheirCharter(v.ctx(), v.me, community, v.id("id"))
	if err != nil && models.ErrorCode(err) == models.Internal {
		return nil, err
	}
	if err != nil {
		return frame(part{Card: true, Heading: "The charter of " + sheet.Sibling, Class: "problem", Text: "It cannot be read now: " + messageOf(err)}), nil
	}
	return frame(theirCharterPart(v, read)), nil
}

func theirCharterPart(v *visit, read *practice.TheirCharter) part {
	shown := part{Card: true, Heading: "From our charter to that of " + read.Sibling, Changes: read.Changes, Links: []link{{Label: "Read it there", To: read.URL, Quiet: true}}}
	switch {
	case !differ(read.Changes):
		shown.Text = "Line by line both are the same."
	case read.Ours == "":
		shown.Text = "We have no charter. All of this is theirs."
	default:
		shown.Text = "Lines with − are in ours only, lines with + in theirs only."
	}
	if !read.Offered {
		shown.Text += " They do not offer this text now, so there is nothing to take over: who wants it copies it into the settings."
		return shown
	}
	shown.Forms = []*form{v.fill(&form{
		Name: "take", Button: "Take their charter over", Hidden: map[string]string{"digest": read.Digest},
		Text: "It becomes ours, as a new version, and what they offer is accepted. The other siblings are offered it, too. The log of the community says so. To go on with two charters, approve the offer instead.",
	})}
	return shown
}

func differ(changes []text.Change) bool {
	for _, one := range changes {
		if one.Kind != text.LineSame {
			return true
		}
	}
	return false
}

func (s *Server) takeCharter(v *visit) (outcome, error) {
	community, _, err := s.own(v)
	if err != nil {
		return outcome{}, err
	}
	_, err = s.cfg.Service.TakeCharter(v.ctx(), v.me, community, v.id("id"), v.text("digest"))
	return outcome{settingsPath(community.Username) + "/siblings", "Their charter is ours now."}, err
}
