package desk

import (
	"praxis/models"
)

// showMove names other accounts as one's own, and sends followers to one of them.
func (s *Server) showMove(v *visit) (*screen, error) {
	actor, err := v.tx.Actor(v.me.ID)
	if err != nil {
		return nil, err
	}
	listed := &table{Caption: "Other accounts of yours", Heads: []string{"Account", ""}, Empty: "You named no other account."}
	for _, alias := range actor.Aliases() {
		listed.Rows = append(listed.Rows, row{Cells: []cell{{Text: alias}, {Form: &form{Name: "unalias", Inline: true, Button: "Take " + short(alias, 80) + " out", Hidden: map[string]string{"alias": alias}}}}})
	}
	parts := []part{
		{Heading: "From elsewhere to here", Text: "Name the account that you had: then you can start the move there, and its followers come along.", Table: listed, Forms: []*form{v.fill(&form{
			Name: "alias", Button: "Name it as mine", Quiet: true, Fields: []*field{{Name: "alias", Label: "The other account", Required: true, Max: 1000, Hint: "Such as @me@elsewhere.example."}},
		})}},
	}
	if actor.MovedToURI != "" {
		parts = append([]part{{Class: "notice", Text: "You moved to " + actor.MovedToURI + ". Your posts stay here under your name."}}, parts...)
	}
	password, err := v.passwordField()
	if err != nil {
		return nil, err
	}
	away := v.fill(&form{
		Name: "move", User: v.me.Username, Button: "Move my followers there", Danger: true,
		Fields: append([]*field{{Name: "to", Label: "Your new account", Required: true, Max: 1000, Hint: "It must name @" + v.me.Username + "@" + s.links.Host + " as its own before: there, this is called an alias."}}, password...),
	})
	parts = append(parts, part{
		Card: true, Heading: "From here to elsewhere", Forms: []*form{away},
		Text: count(actor.FollowersCount, "follower", "followers") + " will follow the new account, if their servers do as asked. In communities of this server your roles and, where they are public, your memberships pass on to it. Posts stay here. You can move again 30 days later.",
	})
	return &screen{Title: "Move", Above: ownCrumbs(), Parts: parts}, nil
}

func (s *Server) addAlias(v *visit) (outcome, error) {
	_, err := s.cfg.Service.AddAlias(v.ctx(), v.me, v.text("alias"))
	return outcome{ownPath + "/move", "The account is named as yours."}, hereOr("alias", err)
}

func (s *Server) removeAlias(v *visit) (outcome, error) {
	return outcome{ownPath + "/move", "It is taken out."}, s.cfg.Service.RemoveAlias(v.ctx(), v.me, v.text("alias"))
}

func (s *Server) moveAway(v *visit) (outcome, error) {
	if err := s.confirmed(v); err != nil {
		return outcome{}, err
	}
	target, err := s.cfg.Service.MoveAway(v.ctx(), v.me, v.text("to"))
	if err != nil {
		return outcome{}, hereOr("to", err)
	}
	return outcome{ownPath + "/move", "You moved to @" + target.Acct() + "; your followers are told."}, nil
}

// showLeaving is about getting at what is one's own after leaving.
func (s *Server) showLeaving(v *visit) (*screen, error) {
	account, err := v.account()
	if err != nil {
		return nil, err
	}
	recovery, err := v.tx.Recovery(account.ID)
	if err != nil {
		return nil, err
	}
	leaving, err := v.tx.LeavingIfAny(account.ID)
	if err != nil {
		return nil, err
	}
	shown := &screen{Title: "Leaving", Above: ownCrumbs()}
	if leaving != nil {
		shown.Parts = append(shown.Parts, part{Card: true, Facts: []fact{{Name: "Left", Value: v.when(leaving.Since)}, {Name: "What is yours is here until", Value: v.when(leaving.Until)}}})
	}
	shown.Parts = append(shown.Parts, part{Heading: "What happens", List: []item{
		{Title: "What you wrote stays", Text: "Under your name, as part of the threads that others learn from."},
		{Title: "Access ends", Text: "At once: browsers, apps, and what only members or partners read. What you wrote yourself you can still read and delete."},
		{Title: "You have time", Text: "For some months you can fetch your archive and your record, move your followers, or delete your account. Letters remind you."},
		{Title: "Roles pass on", Text: "Communities whose last convener you are get another one."},
	}})
	if v.left {
		return shown, nil
	}
	code, err := s.codePart(v, recovery)
	if err != nil {
		return nil, err
	}
	shown.Parts = append(shown.Parts, part{Card: true, Heading: "An address of your own", Text: "One that outlasts your time here. A code goes there when you ask for it after leaving.", Forms: []*form{v.fill(&form{
		Name: "email", Button: "Save the address", Quiet: true, Fields: []*field{{Name: "email", Label: "E-mail", Kind: "email", Value: recovery.Email, Max: 320, Complete: "email", Hint: "Not one of the organization. Empty takes it away."}},
	})}}, code)
	if leaving == nil {
		shown.Parts = append(shown.Parts, part{Links: []link{{Label: "Leave the organization", To: ownPath + "/leaving/now", Danger: true}}})
	}
	return shown, nil
}

// codePart makes a recovery code, and shows it once.
func (s *Server) codePart(v *visit, recovery *models.Recovery) (part, error) {
	password, err := v.passwordField()
	if err != nil {
		return part{}, err
	}
	shown := part{Card: true, Heading: "A recovery code", ID: "code", Text: "It lets you in after you have left, without any letter. Print it, or put it into your password manager.", Facts: []fact{{Name: "Made", Value: v.when(recovery.CodeAt)}}}
	if code, ok := v.found.(string); ok {
		shown.Facts = append(shown.Facts, fact{Name: "Your code", Value: code, Hint: "It is shown now and never again."})
	}
	shown.Forms = []*form{v.fill(&form{Name: "code", User: v.me.Username, Button: "Make a new code", Quiet: true, Text: "A code that was made before counts no more.", Fields: password})}
	return shown, nil
}

func (s *Server) saveRecovery(v *visit) (outcome, error) {
	if v.left {
		return outcome{}, models.Errorf(models.Forbidden, "The address is as it was when you left.")
	}
	err := s.cfg.Service.SetRecoveryEmail(v.ctx(), v.me, v.text("email"))
	return outcome{ownPath + "/leaving", "The address is saved."}, err
}

func (s *Server) makeCode(v *visit) (outcome, error) {
	if v.left {
		return outcome{}, models.Errorf(models.Forbidden, "Codes are made before leaving.")
	}
	if err := s.confirmed(v); err != nil {
		return outcome{}, err
	}
	code, err := s.cfg.Service.MakeRecoveryCode(v.ctx(), v.me)
	if err == nil {
		v.found = code
	}
	return outcome{}, err
}

func (s *Server) showLeave(v *visit) (*screen, error) {
	account, err := v.account()
	if err != nil {
		return nil, err
	}
	recovery, err := v.tx.Recovery(account.ID)
	if err != nil {
		return nil, err
	}
	password, err := v.passwordField()
	if err != nil {
		return nil, err
	}
	shown := &screen{Title: "Leave the organization", Above: []link{{Label: "Settings", To: ownPath}, {Label: "Leaving", To: ownPath + "/leaving"}}}
	if recovery.Email == "" && recovery.CodeAt == 0 {
		shown.Parts = append(shown.Parts, part{Class: "problem", Text: "You have neither an address of your own nor a recovery code: once you have left, nothing would let you in. Set one before."})
	}
	shown.Parts = append(shown.Parts, part{Card: true, Forms: []*form{v.fill(&form{
		Name: "leave", User: v.me.Username, Button: "Leave now", Danger: true, Cancel: ownPath + "/leaving", Fields: password,
		Text: "All sessions and apps end at once, and you read only what you wrote yourself. Only an admin can take it back.",
	})}})
	return shown, nil
}

func (s *Server) leaveNow(v *visit) (outcome, error) {
	if err := s.confirmed(v); err != nil {
		return outcome{}, err
	}
	account, err := v.account()
	if err != nil {
		return outcome{}, err
	}
	return outcome{to: "/auth/recovery"}, s.cfg.Service.StartLeaving(v.ctx(), account.ID, "at their own wish")
}

func (s *Server) showDelete(v *visit) (*screen, error) {
	actor, err := v.tx.Actor(v.me.ID)
	if err != nil {
		return nil, err
	}
	password, err := v.passwordField()
	if err != nil {
		return nil, err
	}
	fields := append([]*field{{Name: "name", Label: "Type your user name, " + v.me.Username, Required: true, Max: 100}}, password...)
	return &screen{Title: "Delete the account", Above: ownCrumbs(), Parts: []part{
		{Links: []link{{Label: "Take along what is yours first", To: ownPath + "/takealong", Quiet: true}}},
		{Card: true, Facts: []fact{
			{Name: "Posts that go", Value: format(actor.PostsCount)}, {Name: "Followers", Value: format(actor.FollowersCount)}, {Name: "Follows that end", Value: format(actor.FollowingCount)},
		}, Forms: []*form{v.fill(&form{
			Name: "delete", User: v.me.Username, Button: "Delete it for good", Danger: true, Cancel: ownPath, Fields: fields,
			Text: "Your profile, your posts and what you kept go, here and on other servers as far as they do as asked. It cannot be undone, and nobody gets the name again.",
		})}},
	}}, nil
}

func (s *Server) deleteOwn(v *visit) (outcome, error) {
	if v.text("name") != v.me.Username {
		return outcome{}, models.FieldErrorf("name", "This is not your user name.")
	}
	if err := s.confirmed(v); err != nil {
		return outcome{}, err
	}
	return outcome{to: "/"}, s.cfg.Service.DeleteAccount(v.ctx(), v.me)
}
