package desk

import (
	"html/template"

	"praxis/models"
	"praxis/practice"
)

// appeals are what moderators of a community were asked to think about again.
func (s *Server) appeals(v *visit, community *models.Actor) ([]part, error) {
	rows, err := v.tx.AppealPage(community.ID, false, models.Page{Limit: pageSize})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	var people, posts []int64
	for i := range rows {
		people, posts = append(people, rows[i].ActorID), append(posts, rows[i].PostID)
	}
	actors, err := v.tx.Actors(people)
	if err != nil {
		return nil, err
	}
	removed, err := v.tx.Posts(posts)
	if err != nil {
		return nil, err
	}
	parts := []part{{Heading: "Appeals", ID: "appeals"}}
	for i := range rows {
		a := &rows[i]
		shown := part{Card: true, Heading: nameOf(actors[a.ActorID]) + " against a ban", Text: orWord(a.Text, "Nothing was said to it."), Facts: []fact{{Name: "When", Value: v.when(a.CreatedAt)}}}
		if p := removed[a.PostID]; p != nil && p.CommunityID == community.ID {
			shown.Heading = nameOf(actors[a.ActorID]) + " against the removal of a post"
			shown.Prose = template.HTML(p.Content) // sanitised when it was stored; who removed it reads it
		}
		answer := func(name, button string, danger bool) *form {
			return v.fill(&form{Name: name, ID: name + "-" + format(a.ID), Button: button, Danger: danger, Quiet: !danger, Hidden: map[string]string{"id": format(a.ID)}, Fields: []*field{
				{Name: "answer", Label: "Answer", Kind: "long", Rows: 2, Max: 2000},
			}})
		}
		shown.Forms = []*form{answer("grant", "Grant it, and undo the act", false), answer("decline", "Decline it", true)}
		parts = append(parts, shown)
	}
	return parts, nil
}

func (s *Server) decideAppeal(v *visit) (outcome, error) {
	community, _, err := s.own(v)
	if err != nil {
		return outcome{}, err
	}
	granted, said := v.text("form") == "grant", "The appeal is declined."
	if granted {
		said = "The appeal is granted, and the act undone."
	}
	_, err = s.cfg.Service.DecideAppeal(v.ctx(), practice.Verdict{
		Moderator: v.me, Community: community, AppealID: number(v.text("id")), Granted: granted, Answer: v.text("answer"),
	})
	return outcome{settingsPath(community.Username) + "/reports", said}, err
}
