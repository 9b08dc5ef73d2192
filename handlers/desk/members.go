package desk

import (
	"strings"
	"time"

	"praxis/models"
	"praxis/practice"
)

func (s *Server) showMembers(v *visit) (*screen, error) {
	actor, _, err := s.own(v)
	if err != nil {
		return nil, err
	}
	asked, err := v.tx.Asking(actor.ID, 100)
	if err != nil {
		return nil, err
	}
	wish := &table{Caption: "Who asks to join", Heads: []string{"Name", "Said", ""}, Empty: "Nobody asks to join."}
	for i := range asked {
		b := &asked[i]
		wish.Rows = append(wish.Rows, row{Cells: []cell{
			{Text: nameOf(&b.Actor), To: s.profileOf(&b.Actor), Hint: handleOf(&b.Actor)},
			{Text: orDash(b.Membership.Message)},
			{Form: &form{Name: "accept", Inline: true, Button: "Let in " + b.Actor.Username, Hidden: who(&b.Actor)}, Second: &form{Name: "reject", Inline: true, Danger: true, Button: "Turn away " + b.Actor.Username, Hidden: who(&b.Actor)}},
		}})
	}
	rows, err := v.tx.Memberships(actor.ID, v.me.ID, models.MembershipAccepted, v.page())
	if err != nil {
		return nil, err
	}
	rows, pages := cut(v, rows, func(b *models.Belonging) int64 { return b.Actor.ID })
	members := &table{Caption: "Members", Heads: []string{"Name", "Role", "Since", ""}, Empty: "Nobody belongs to it yet."}
	for i := range rows {
		b := &rows[i]
		members.Rows = append(members.Rows, row{Cells: []cell{
			{Text: nameOf(&b.Actor), To: s.profileOf(&b.Actor), Hint: handleOf(&b.Actor)},
			{Text: b.Membership.Role},
			{Text: v.ago(b.Membership.JoinedAt)},
			{Form: &form{Name: "remove", Inline: true, Danger: true, Button: "Remove " + b.Actor.Username, Hidden: who(&b.Actor)}},
		}})
	}
	lookAfter, err := s.conveners(v, actor)
	if err != nil {
		return nil, err
	}
	lookAfter.Forms = []*form{v.fill(&form{Name: "appoint", Heading: "Appoint somebody", Button: "Appoint", Quiet: true, Fields: []*field{
		handleField(), {Name: "role", Label: "Role", Kind: "choice", Options: options(models.RoleOfModerator, "Moderator", models.RoleOfConvener, "Convener")},
	}}), v.fill(&form{Name: "dismiss", Heading: "Dismiss somebody", Button: "Dismiss", Danger: true, Fields: []*field{handleField()}})}
	roles := part{Heading: "Give somebody a role", Card: true, Forms: []*form{v.fill(&form{Name: "role", Button: "Save the role", Quiet: true, Fields: []*field{
		handleField(), {Name: "role", Label: "Role", Kind: "choice", Options: options(
			models.MemberPlain, "Member", models.MemberCore, "Core", models.MemberBroker, "Broker", models.MemberNewcomer, "Newcomer")},
	}})}}
	return convenes(v, actor, part{Heading: "Who asks to join", ID: "requests", Table: wish}, part{Heading: "Members", Table: members, Pager: pages}, roles, lookAfter), nil
}

func who(a *models.Actor) map[string]string { return map[string]string{"who": format(a.ID)} }

func handleField() *field {
	return &field{Name: "who", Label: "Name", Required: true, Max: 300, Hint: "Such as ann, or ann@clinic.example."}
}

// somebody gives whom a form names, by id or by name.
func (s *Server) somebody(v *visit) (*models.Actor, error) {
	said := strings.TrimPrefix(v.text("who"), "@")
	if id := number(said); id != 0 && format(id) == said {
		return v.tx.Actor(id)
	}
	name, host, ok := strings.Cut(said, "@")
	if !ok {
		host = s.links.Host
	}
	found, err := v.tx.ActorByHandle(strings.ToLower(name), strings.ToLower(host))
	if models.IsNotFound(err) || (err == nil && found.IsGone()) {
		return nil, models.FieldErrorf("who", "Nobody is known here as %q: write ann, or ann@clinic.example.", short(said, 60))
	}
	return found, err
}

// about carries out what concerns one community and somebody.
func (s *Server) about(v *visit, tab, said string, do func(community, somebody *models.Actor) error) (outcome, error) {
	community, _, err := s.own(v)
	if err != nil {
		return outcome{}, err
	}
	somebody, err := s.somebody(v)
	if err != nil {
		return outcome{}, err
	}
	return outcome{settingsPath(community.Username) + tab, said}, do(community, somebody)
}

func (s *Server) decideJoin(v *visit) (outcome, error) {
	accept, said := v.text("form") == "accept", "The request is turned away."
	if accept {
		said = "The request is granted."
	}
	return s.about(v, "/members", said, func(community, somebody *models.Actor) error {
		return s.cfg.Service.DecideJoin(v.ctx(), v.me, community, somebody, accept)
	})
}

func (s *Server) setMemberRole(v *visit) (outcome, error) {
	return s.about(v, "/members", "The role is saved.", func(community, somebody *models.Actor) error {
		_, err := s.cfg.Service.SetMemberRole(v.ctx(), v.me, community, somebody, v.text("role"))
		return err
	})
}

func (s *Server) removeMember(v *visit) (outcome, error) {
	return s.about(v, "/members", "The membership is ended.", func(community, somebody *models.Actor) error {
		return s.cfg.Service.RemoveMember(v.ctx(), v.me, community, somebody)
	})
}

func (s *Server) appoint(v *visit) (outcome, error) {
	return s.about(v, "/members", "The appointment is made.", func(community, somebody *models.Actor) error {
		return s.cfg.Service.AppointModerator(v.ctx(), practice.Act{Moderator: v.me, Community: community, Target: somebody, Role: v.text("role")})
	})
}

func (s *Server) dismiss(v *visit) (outcome, error) {
	return s.about(v, "/members", "The appointment is ended.", func(community, somebody *models.Actor) error {
		return s.cfg.Service.DismissModerator(v.ctx(), practice.Act{Moderator: v.me, Community: community, Target: somebody})
	})
}

func (s *Server) showInvitations(v *visit) (*screen, error) {
	actor, _, err := s.own(v)
	if err != nil {
		return nil, err
	}
	rows, err := v.tx.Invitations(actor.ID, v.page())
	if err != nil {
		return nil, err
	}
	rows, pages := cut(v, rows, func(i *models.Invitation) int64 { return i.ID })
	listed := &table{Caption: "Invitations", Heads: []string{"Link", "State", "Used", "Ends", ""}, Empty: "There is no invitation."}
	for i := range rows {
		one := &rows[i]
		used, state, last := format(one.Uses), badge{"over", ""}, cell{}
		if one.MaxUses != 0 {
			used += " of " + format(one.MaxUses)
		}
		if one.IsGood(v.now) {
			state = badge{"good", "good"}
			last.Form = &form{Name: "revoke", Inline: true, Danger: true, Button: "Take back invitation " + format(int64(i+1)), Hidden: map[string]string{"id": format(one.ID)}}
		}
		listed.Rows = append(listed.Rows, row{Cells: []cell{{Text: s.links.Invitation(one.Token)}, {Badge: state}, {Text: used}, {Text: moment(one.ExpiresAt)}, last}})
	}
	return convenes(v, actor, part{Table: listed, Pager: pages}, part{Card: true, Heading: "Make a link", Forms: []*form{v.fill(&form{Name: "invite", Button: "Make the link", Fields: []*field{
		{Name: "max_uses", Label: "How often it may be used", Kind: "number", Hint: "Empty: any number of times."},
		{Name: "days", Label: "For how many days it counts", Kind: "number", Value: "14", Hint: "Empty: until you take it back."},
	}})}}), nil
}

func (s *Server) invite(v *visit) (outcome, error) {
	community, _, err := s.own(v)
	if err != nil {
		return outcome{}, err
	}
	days, uses := number(v.text("days")), number(v.text("max_uses"))
	if days < 0 || days > 3650 {
		return outcome{}, models.FieldErrorf("days", "Use a number of days between 1 and 3650, or nothing.")
	}
	made, err := s.cfg.Service.Invite(v.ctx(), v.me, community, practice.NewInvitation{MaxUses: uses, Lasts: time.Duration(days) * 24 * time.Hour})
	if err != nil {
		return outcome{}, err
	}
	return outcome{settingsPath(community.Username) + "/invitations", "Give this link to whom you invite: " + s.links.Invitation(made.Token)}, nil
}

func (s *Server) revoke(v *visit) (outcome, error) {
	community, _, err := s.own(v)
	if err != nil {
		return outcome{}, err
	}
	err = s.cfg.Service.RevokeInvitation(v.ctx(), v.me, community, number(v.text("id")))
	return outcome{settingsPath(community.Username) + "/invitations", "The invitation is taken back."}, err
}
