package desk

import (
	"praxis/models"
)

// leaver gives the account whom the path names.
func (s *Server) leaver(v *visit) (*models.Actor, *models.Account, error) {
	actor, account, err := s.person(v)
	if err == nil && account == nil {
		err = errNotFound
	}
	return actor, account, err
}

// showLetLeave says what it means that somebody leaves the organization.
func (s *Server) showLetLeave(v *visit) (*screen, error) {
	actor, account, err := s.leaver(v)
	if err != nil {
		return nil, err
	}
	browsers, apps, err := v.tx.Sessions(account.ID)
	if err != nil {
		return nil, err
	}
	communities, err := v.tx.ConvenedBy(actor.ID)
	if err != nil {
		return nil, err
	}
	recovery, err := v.tx.Recovery(account.ID)
	if err != nil {
		return nil, err
	}
	back := badge{"nothing: they can set neither afterwards", "warn"}
	if recovery.Email != "" || recovery.CodeAt != 0 {
		back = badge{"an address or a code of their own", "good"}
	}
	return &screen{Title: "Let " + nameOf(actor) + " leave", Above: accountCrumbs(actor), Parts: []part{{Card: true, Facts: []fact{
		{Name: "Signed in", Value: count(browsers, "browser", "browsers") + ", " + count(apps, "app", "apps")},
		{Name: "Communities that they convene", Value: format(int64(len(communities)))},
		{Name: "They get at what is theirs by", Badge: back},
	}, Forms: []*form{v.fill(&form{
		Name: "leave", Button: "Let them leave", Danger: true, Cancel: accountPath(actor.ID),
		Text:   "Sessions, apps and roles here end at once. What they wrote stays, under their name. For a time they can take along what is theirs. It can be taken back.",
		Fields: []*field{{Name: "reason", Label: "Why", Max: 500, Hint: "For the record, such as: retired."}},
	})}}}}, nil
}

func (s *Server) letLeave(v *visit) (outcome, error) {
	err := s.cfg.Service.LetLeave(v.ctx(), v.me, v.id("id"), v.text("reason"))
	return outcome{accountPath(v.id("id")), "They have left."}, err
}

func (s *Server) showTakeBack(v *visit) (*screen, error) {
	actor, account, err := s.leaver(v)
	if err != nil {
		return nil, err
	}
	leaving, err := v.tx.LeavingIfAny(account.ID)
	if err != nil {
		return nil, err
	}
	if leaving == nil {
		return nil, errNotFound
	}
	return &screen{Title: "Take back that " + nameOf(actor) + " left", Above: accountCrumbs(actor), Parts: []part{{Card: true, Facts: []fact{
		{Name: "Left", Value: v.when(leaving.Since)}, {Name: "Why", Value: orDash(leaving.Reason)}, {Name: "Time ends", Value: v.when(leaving.Until)},
	}, Forms: []*form{v.fill(&form{
		Name: "return", Button: "Take it back", Cancel: accountPath(actor.ID), Text: "They sign in as before. Roles on the instance are not given back.",
	})}}}}, nil
}

func (s *Server) takeBack(v *visit) (outcome, error) {
	err := s.cfg.Service.TakeBack(v.ctx(), v.me, v.id("id"))
	return outcome{accountPath(v.id("id")), "They are a member again."}, err
}
