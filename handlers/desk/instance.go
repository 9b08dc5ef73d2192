package desk

import (
	"time"

	"praxis/models"
)

// rules are what the instance asks of everybody.
func (s *Server) rules() section {
	const path = root + "/rules"
	return section{group: groupInstance, name: "Rules", path: path, needs: models.PermitRules, pages: []place{
		{path: path, show: s.showRules, forms: map[string]deed{"add": s.addRule, "up": s.moveRule, "down": s.moveRule}},
		{path: path + "/{id:[0-9]{1,19}}", show: s.showRule, forms: map[string]deed{"change": s.changeRule, "remove": s.removeRule}},
	}}
}

func (s *Server) showRules(v *visit) (*screen, error) {
	rules, err := v.tx.Rules()
	if err != nil {
		return nil, err
	}
	listed := &table{Caption: "Rules", Heads: []string{"Rule", "Explanation", ""}, Empty: "There are no rules yet."}
	for i := range rules {
		rule := &rules[i]
		actions := cell{}
		if i > 0 {
			actions.Form = &form{Name: "up", Inline: true, Button: "Move up rule " + format(int64(i+1)), Hidden: map[string]string{"id": format(rule.ID)}}
		}
		listed.Rows = append(listed.Rows, row{Cells: []cell{
			{Text: format(int64(i+1)) + ". " + short(rule.Text, 200), To: root + "/rules/" + format(rule.ID)}, {Text: orDash(short(rule.Hint, 200))}, actions,
		}})
	}
	return &screen{
		Title: "Rules", Lead: "What everybody here is asked to keep to. Whoever signs up reads them, clients show them, and reports name them.",
		Parts: []part{{Table: listed}, {Card: true, Forms: []*form{v.fill(&form{
			Name: "add", Heading: "Add a rule", Button: "Add the rule", Fields: ruleFields("", ""),
		})}}},
	}, nil
}

func ruleFields(text, hint string) []*field {
	return []*field{
		{Name: "text", Label: "Rule", Kind: "long", Rows: 2, Required: true, Max: 2000, Value: text, Hint: "One sentence, such as: No names of patients."},
		{Name: "hint", Label: "Explanation", Kind: "long", Rows: 2, Max: 2000, Value: hint, Hint: "May stay empty."},
	}
}

func (s *Server) addRule(v *visit) (outcome, error) {
	_, err := s.cfg.Service.AddRule(v.ctx(), v.text("text"), v.text("hint"))
	return outcome{root + "/rules", "The rule is added."}, err
}

func (s *Server) moveRule(v *visit) (outcome, error) {
	err := s.cfg.Service.MoveRule(v.ctx(), number(v.text("id")), v.text("form") == "down")
	return outcome{root + "/rules", "The rule is moved."}, err
}

// rule gives the one that the path names.
func (s *Server) rule(v *visit) (*models.Rule, error) {
	rules, err := v.tx.Rules()
	for i := range rules {
		if rules[i].ID == v.id("id") {
			return &rules[i], err
		}
	}
	return nil, errNotFound
}

func (s *Server) showRule(v *visit) (*screen, error) {
	rule, err := s.rule(v)
	if err != nil {
		return nil, err
	}
	return &screen{
		Title: "Change a rule", Above: []link{{Label: "Rules", To: root + "/rules"}},
		Parts: []part{
			{Card: true, Forms: []*form{v.fill(&form{Name: "change", Button: "Save", Cancel: root + "/rules", Fields: ruleFields(rule.Text, rule.Hint)})}},
			{Card: true, Forms: []*form{v.fill(&form{
				Name: "remove", Heading: "Take the rule away", Text: "Reports that name it keep it.", Button: "Take it away", Danger: true,
			})}},
		},
	}, nil
}

func (s *Server) changeRule(v *visit) (outcome, error) {
	err := s.cfg.Service.ChangeRule(v.ctx(), v.id("id"), v.text("text"), v.text("hint"))
	return outcome{root + "/rules", "The rule is changed."}, err
}

func (s *Server) removeRule(v *visit) (outcome, error) {
	err := s.cfg.Service.RemoveRule(v.ctx(), v.id("id"))
	return outcome{root + "/rules", "The rule is taken away."}, err
}

// announcements are what all members are told.
func (s *Server) announcements() section {
	const path = root + "/announcements"
	return section{group: groupInstance, name: "Announcements", path: path, needs: models.PermitAnnouncements, pages: []place{
		{path: path, show: s.showAnnouncements, forms: map[string]deed{"add": s.announce}},
		{path: path + "/{id:[0-9]{1,19}}", show: s.showAnnouncement, forms: map[string]deed{"remove": s.unannounce}},
	}}
}

func (s *Server) showAnnouncements(v *visit) (*screen, error) {
	all, err := v.tx.AllAnnouncements()
	if err != nil {
		return nil, err
	}
	listed := &table{Caption: "Announcements", Heads: []string{"Text", "State", "Begins", "Ends"}, Empty: "Nothing is announced."}
	for i := range all {
		a := &all[i]
		listed.Rows = append(listed.Rows, row{Cells: []cell{
			{Text: short(a.Text, 120), To: root + "/announcements/" + format(a.ID)},
			{Badge: announcementState(a, v.now)},
			{Text: moment(a.StartsAt)},
			{Text: moment(a.EndsAt)},
		}})
	}
	return &screen{
		Title: "Announcements", Lead: "What all members are told by their apps.",
		Parts: []part{{Table: listed}, {Card: true, Forms: []*form{v.fill(&form{
			Name: "add", Heading: "Announce something", Button: "Announce it to all members",
			Fields: []*field{
				{Name: "text", Label: "Text", Kind: "long", Required: true, Max: 10000},
				{Name: "starts", Label: "Begins (UTC)", Kind: "datetime-local", Hint: "Of what is announced, such as works in the night. May stay empty."},
				{Name: "ends", Label: "Ends (UTC)", Kind: "datetime-local", Hint: "It is not shown after that. Empty: until you take it back."},
				{Name: "all_day", Label: "Days only: the hours mean nothing", Kind: "box"},
			},
		})}}},
	}, nil
}

func moment(at models.Timestamp) string {
	if at.IsZero() {
		return "–"
	}
	return at.Time().UTC().Format("2 Jan 2006, 15:04 UTC")
}

func announcementState(a *models.Announcement, now models.Timestamp) badge {
	if a.EndsAt != 0 && a.EndsAt <= now {
		return badge{Text: "over"}
	}
	return badge{"shown", "good"}
}

func (s *Server) announce(v *visit) (outcome, error) {
	starts, err := readMoment("starts", v.text("starts"))
	if err != nil {
		return outcome{}, err
	}
	ends, err := readMoment("ends", v.text("ends"))
	if err != nil {
		return outcome{}, err
	}
	_, err = s.cfg.Service.Announce(v.ctx(), v.text("text"), starts, ends, v.is("all_day"))
	return outcome{root + "/announcements", "It is announced to all members."}, err
}

// readMoment reads what browsers send for a date and a time, in UTC.
func readMoment(field, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, form := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02"} {
		if t, err := time.Parse(form, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, models.FieldErrorf(field, "%.40q is no date and time: write it like 2026-12-31T12:00.", text)
}

func (s *Server) showAnnouncement(v *visit) (*screen, error) {
	all, err := v.tx.AllAnnouncements()
	if err != nil {
		return nil, err
	}
	for i := range all {
		if a := &all[i]; a.ID == v.id("id") {
			return &screen{
				Title: "Announcement", Above: []link{{Label: "Announcements", To: root + "/announcements"}},
				Parts: []part{
					{Card: true, Text: a.Text, Facts: []fact{
						{Name: "Announced", Value: v.when(a.CreatedAt)}, {Name: "Begins", Value: moment(a.StartsAt)}, {Name: "Ends", Value: moment(a.EndsAt)},
					}},
					{Card: true, Forms: []*form{v.fill(&form{Name: "remove", Text: "Apps take it away at once, with what members answered.", Button: "Take it back", Danger: true})}},
				},
			}, nil
		}
	}
	return nil, errNotFound
}

func (s *Server) unannounce(v *visit) (outcome, error) {
	err := s.cfg.Service.Unannounce(v.ctx(), v.id("id"))
	return outcome{root + "/announcements", "The announcement is taken back."}, err
}
