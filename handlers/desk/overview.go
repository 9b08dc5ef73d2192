package desk

import (
	"praxis/models"
)

func (s *Server) overview() section {
	return section{name: "Overview", path: root, needs: models.PermitDashboard, pages: []place{
		{path: root, show: s.showOverview, forms: map[string]deed{"letter": s.testLetter}},
	}}
}

// showOverview tells what is left to do and what waits.
func (s *Server) showOverview(v *visit) (*screen, error) {
	waits, err := s.errands(v)
	if err != nil {
		return nil, err
	}
	figures, err := s.figures(v)
	if err != nil {
		return nil, err
	}
	shown := &screen{Title: "Overview", Lead: "What waits for you at " + s.links.Host + ", and what is left to do."}
	if v.may(models.PermitSettings) && s.cfg.Checks != nil {
		left, good := s.checks(v)
		if len(left.List) > 0 {
			shown.Parts = append(shown.Parts, left, waits, figures, good)
			return shown, nil
		}
		shown.Parts = append(shown.Parts, waits, figures, good)
		return shown, nil
	}
	shown.Parts = append(shown.Parts, waits, figures)
	return shown, nil
}

// errands lists what waits for somebody, as far as they may do it.
func (s *Server) errands(v *visit) (part, error) {
	shown := part{Heading: "What waits", ID: "waits"}
	for _, section := range s.all {
		if section.waits == nil || !v.may(section.needs) {
			continue
		}
		all, err := section.waits(v)
		if err != nil {
			return shown, err
		}
		for _, one := range all {
			if one.n > 0 {
				shown.List = append(shown.List, item{Title: count(one.n, one.one, one.many), Text: one.text, Link: one.do})
			}
		}
	}
	if len(shown.List) == 0 {
		shown.Text = "Nothing waits."
	}
	return shown, nil
}

func (s *Server) figures(v *visit) (part, error) {
	n, err := v.tx.Statistics()
	if err != nil {
		return part{}, err
	}
	return part{Heading: "In numbers", Card: true, Facts: []fact{
		{Name: "Members", Value: format(n.Members)},
		{Name: "Wrote within a month", Value: format(n.ActiveMonth)},
		{Name: "Communities", Value: format(n.Communities)},
		{Name: "Posts", Value: format(n.Posts)},
		{Name: "Other servers", Value: format(n.Peers)},
	}}, nil
}

// checks divides what was looked at into what is left to do and what is well.
func (s *Server) checks(v *visit) (left, good part) {
	left = part{Heading: "Left to do", ID: "todo", Text: "Each of these was looked at just now."}
	good = part{Heading: "Checked and well", ID: "well", Card: true}
	for _, check := range s.cfg.Checks(v.ctx()) {
		if check.State == CheckGood {
			good.Facts = append(good.Facts, fact{Name: check.Name, Value: check.Found, Badge: badge{"good", "good"}})
			continue
		}
		mark := badge{"to do", "warn"}
		if check.State == CheckBad {
			mark = badge{"broken", "bad"}
		}
		left.List = append(left.List, item{
			Title: check.Name, Text: check.Found, Hint: check.Advice, Badge: mark, Link: link{Label: check.Action, To: check.Where},
		})
	}
	if s.cfg.SendTest != nil {
		good.Forms = append(good.Forms, v.fill(&form{
			Name: "letter", Heading: "Try the mail server", Button: "Send a test letter", Quiet: true,
			Fields: []*field{{Name: "to", Label: "To which address", Kind: "email", Required: true, Complete: "email", Value: s.myAddress(v)}},
		}))
	}
	return left, good
}

func (s *Server) myAddress(v *visit) string {
	account, err := v.tx.AccountByActor(v.me.ID)
	if err != nil {
		return ""
	}
	return account.Email
}

// testLetter sends a letter, so that one knows before somebody needs one.
func (s *Server) testLetter(v *visit) (outcome, error) {
	if !v.may(models.PermitSettings) || s.cfg.SendTest == nil {
		return outcome{}, models.Errorf(models.Forbidden, "Only administrators send test letters, and only where a mail server is set.")
	}
	to := v.text("to")
	if err := s.cfg.SendTest(v.ctx(), to); err != nil {
		s.cfg.Log.WarnContext(v.ctx(), "test letter not sent", "error", err)
		if models.ErrorCode(err) != models.Internal {
			return outcome{}, err
		}
		return outcome{}, models.FieldErrorf("to", "The mail server did not take the letter: %s", err)
	}
	return outcome{to: root, said: "The mail server took a letter to " + to + ". Look whether it arrives."}, nil
}
