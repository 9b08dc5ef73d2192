package desk

import (
	"strings"
	"time"

	"praxis/models"
	"praxis/practice"
)

// settings are those of the configuration, for reading.
func (s *Server) settings() section {
	const path = root + "/settings"
	return section{group: groupInstance, name: "Settings", path: path, needs: models.PermitSettings, pages: []place{
		{path: path, show: s.showSettings, forms: map[string]deed{"providers": s.checkProviders}},
	}}
}

func (s *Server) showSettings(v *visit) (*screen, error) {
	listed := &table{Caption: "Settings", Heads: []string{"Setting", "In force", "What it does"}, Empty: "Nothing is known of the configuration."}
	find := strings.ToLower(v.query("find"))
	for _, one := range s.cfg.Settings {
		if find != "" && !strings.Contains(strings.ToLower(one.Name+" "+one.Meaning), find) {
			continue
		}
		value := cell{Text: orDash(one.Value)}
		if one.Value != one.Default {
			value.Badge = badge{"set", "good"}
			value.Hint = "usually " + orWord(one.Default, "empty")
		}
		listed.Rows = append(listed.Rows, row{Cells: []cell{{Text: one.Name, Hint: one.Env}, value, {Text: strings.ReplaceAll(one.Meaning, "`", "")}}})
	}
	runtime := part{Heading: "What can be changed here", List: []item{
		{Title: "With whom this server speaks", Text: "Open, quarantine, partners only or closed.", Link: link{Label: "Federation", To: federationPath}},
		{Title: "Rules", Text: "What members are asked to keep to.", Link: link{Label: "Rules", To: root + "/rules"}},
	}}
	kept, err := s.retentionPart(v)
	if err != nil {
		return nil, err
	}
	invited, err := s.invitationsPart(v)
	if err != nil {
		return nil, err
	}
	return &screen{
		Title: "Settings", Lead: "Most settings are in the configuration file or in environment variables, and count after a restart. They are shown here as they are in force; secrets are not shown.",
		Parts: []part{
			runtime, s.providersPart(v), invited, kept,
			{Heading: "From the configuration", Search: &search{Fields: []*field{{ID: "q-find", Name: "find", Label: "Find a setting", Value: v.query("find")}}}, Table: listed},
		},
	}, nil
}

var keptWords = map[string]string{
	models.KeptAddresses: "Addresses from which people came", models.KeptHeld: "What servers in quarantine sent", models.KeptImports: "Lists that members brought along", models.KeptRemote: "Copies of posts from other servers that nobody here took part in",
}

// retentionPart says how long is kept what is not needed for ever.
func (s *Server) retentionPart(v *visit) (part, error) {
	classes, err := s.cfg.Service.Retention(v.ctx())
	if err != nil {
		return part{}, err
	}
	listed := &table{Caption: "How long things are kept", Heads: []string{"What", "Kept for", "Due to go"}}
	for _, c := range classes {
		keep, due := "for ever", "–"
		if c.Keep != 0 {
			keep, due = count(int64(c.Keep/(24*time.Hour)), "day", "days"), format(c.Due)
		}
		listed.Rows = append(listed.Rows, row{Cells: []cell{{Text: orWord(keptWords[c.Class], c.Class)}, {Text: keep}, {Text: due, Number: true}}})
	}
	return part{Heading: "How long things are kept", ID: "kept", Text: "What is due goes by itself, each day. The times are in the configuration.", Table: listed}, nil
}

// providersPart lists the sign-ins of organizations; a check asks each of them.
func (s *Server) providersPart(v *visit) part {
	listed := &table{Caption: "Sign-ins of organizations", Heads: []string{"Name", "Issuer", "New people", "State"}, Empty: "There is none: members have passwords. They are set in the configuration, as oidc."}
	checked, _ := v.found.(map[string]error)
	for _, p := range s.cfg.Service.Providers() {
		state := cell{Text: "not checked"}
		if err, ok := checked[p.Key]; ok {
			if state = (cell{Badge: badge{"answers", "good"}}); err != nil {
				state = cell{Badge: badge{"does not answer", "bad"}, Hint: short(err.Error(), 300)}
			}
		}
		listed.Rows = append(listed.Rows, row{Cells: []cell{{Text: orWord(p.Name, p.Key)}, {Text: p.Issuer}, {Text: map[bool]string{true: "get an account", false: "are refused"}[p.Create]}, state}})
	}
	shown := part{Heading: "Sign-ins of organizations", ID: "providers", Table: listed}
	if len(listed.Rows) > 0 && s.cfg.CheckProviders != nil {
		shown.Forms = []*form{{Name: "providers", Inline: true, Button: "Check them now"}}
	}
	return shown
}

func (s *Server) checkProviders(v *visit) (outcome, error) {
	if s.cfg.CheckProviders != nil {
		v.found = s.cfg.CheckProviders(v.ctx())
	}
	return outcome{}, nil
}

// shownInvitations is how many invitations are listed.
const shownInvitations = 20

// invitationsPart lists the latest invitations to the instance, of everybody.
func (s *Server) invitationsPart(v *visit) (part, error) {
	rows, err := v.tx.EntryLinks(0, shownInvitations)
	if err != nil {
		return part{}, err
	}
	listed := &table{Caption: "Invitations", Heads: []string{"For whom", "Made", "Used", "State"}, Empty: "Nobody made an invitation yet."}
	for i := range rows {
		link := &rows[i]
		state := badge{"over", ""}
		if link.IsGood(v.now) {
			state = badge{"counts", "good"}
		}
		listed.Rows = append(listed.Rows, row{Cells: []cell{{Text: orWord(link.Note, "Invitation "+format(link.ID))}, {Text: v.ago(link.CreatedAt)}, {Text: format(link.Uses), Number: true}, {Badge: state}}})
	}
	shown := part{Heading: "Invitations", ID: "invitations", Table: listed}
	account, err := v.account()
	if err != nil {
		return part{}, err
	}
	if practice.MayInvite(account, s.cfg.Invitations) {
		shown.Links = []link{{Label: "Make or revoke invitations", To: ownPath + "/invitations", Quiet: true}}
	}
	return shown, nil
}
