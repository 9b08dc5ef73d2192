package desk

import "praxis/models"

// partnersPart is with which organizations a community of the class “partners” is shared.
func (s *Server) partnersPart(v *visit, community *models.Actor, row *models.Community) (part, error) {
	if row.Class != models.ClassPartners {
		return part{}, nil
	}
	rows, err := v.tx.CommunityPartners(community.ID)
	if err != nil {
		return part{}, err
	}
	listed := &table{Caption: "Partners", Heads: []string{"Server", "May post", ""}, Empty: "It is shared with no other organization yet: only this one reads it."}
	for i := range rows {
		p := &rows[i]
		listed.Rows = append(listed.Rows, row3(p.Host, yesNo(p.MayPost), &form{
			Name: "unshare", Inline: true, Danger: true, Button: "End sharing with " + p.Host, Hidden: map[string]string{"host": p.Host},
		}))
	}
	return part{Heading: "Partners", ID: "partners", Card: true, Table: listed, Forms: []*form{v.fill(&form{
		Name: "share", Heading: "Share it with one more", Button: "Share it", Quiet: true, Fields: []*field{
			{Name: "host", Label: "Name of their server", Required: true, Max: 300, Hint: "Such as clinic.example."},
			{Name: "may_post", Label: "They may write in it, too", Kind: "box", Checked: true},
		},
	})}}, nil
}

func row3(name, value string, last *form) row {
	return row{Cells: []cell{{Text: name}, {Text: value}, {Form: last}}}
}

func (s *Server) sharePartner(v *visit) (outcome, error) {
	community, _, err := s.ownOrAdmin(v)
	if err != nil {
		return outcome{}, err
	}
	err = s.cfg.Service.ShareWithPartner(v.ctx(), v.me, community, v.text("host"), v.is("may_post"))
	return outcome{settingsPath(community.Username) + "#partners", "It is shared with " + v.text("host") + "."}, err
}

func (s *Server) unsharePartner(v *visit) (outcome, error) {
	community, _, err := s.ownOrAdmin(v)
	if err != nil {
		return outcome{}, err
	}
	err = s.cfg.Service.EndPartnerSharing(v.ctx(), v.me, community, v.text("host"))
	return outcome{settingsPath(community.Username) + "#partners", "It is shared with " + v.text("host") + " no longer; followers there are dropped."}, err
}
