package desk

import (
	"html/template"
	"time"

	"praxis/models"
	"praxis/practice"
)

func (s *Server) showBans(v *visit) (*screen, error) {
	actor, _, err := s.own(v)
	if err != nil {
		return nil, err
	}
	rows, err := v.tx.BanPage(actor.ID, v.page())
	if err != nil {
		return nil, err
	}
	rows, pages := cut(v, rows, func(b *models.Ban) int64 { return b.ID })
	var ids []int64
	for i := range rows {
		ids = append(ids, rows[i].TargetID, rows[i].ActorID)
	}
	people, err := v.tx.Actors(ids)
	if err != nil {
		return nil, err
	}
	listed := &table{Caption: "Bans", Heads: []string{"Name", "Why", "By", "Until", ""}, Empty: "Nobody is banned."}
	for i := range rows {
		b := &rows[i]
		last := cell{}
		if target := people[b.TargetID]; target != nil {
			last.Form = &form{Name: "unban", Inline: true, Button: "Lift the ban of " + target.Username, Hidden: who(target)}
		}
		until := "without end"
		if b.Until != 0 {
			until = moment(b.Until)
		}
		listed.Rows = append(listed.Rows, row{Cells: []cell{
			{Text: nameOf(people[b.TargetID]), Hint: handleOf(people[b.TargetID])}, {Text: orDash(b.Reason)}, {Text: nameOf(people[b.ActorID])}, {Text: until}, last,
		}})
	}
	return convenes(v, actor, part{Table: listed, Pager: pages}, part{Card: true, Heading: "Ban somebody", Forms: []*form{v.fill(&form{
		Name: "ban", Danger: true, Button: "Ban from the community", Text: "They cannot write here any more. They are told, and may appeal once. The public log of the community has it.",
		Fields: []*field{
			handleField(),
			{Name: "reason", Label: "Why", Kind: "long", Rows: 2, Required: true, Max: 2000},
			{Name: "days", Label: "For how many days", Kind: "number", Hint: "Empty: without end."},
			{Name: "posts", Label: "Remove what they wrote here", Kind: "box"},
		},
	})}}), nil
}

func (s *Server) ban(v *visit) (outcome, error) {
	days := number(v.text("days"))
	if days < 0 || days > 36500 {
		return outcome{}, models.FieldErrorf("days", "Use a number of days between 1 and 36500, or nothing.")
	}
	return s.about(v, "/bans", "The ban is made.", func(community, somebody *models.Actor) error {
		a := practice.Act{Moderator: v.me, Community: community, Target: somebody, Reason: v.text("reason"), RemovePosts: v.is("posts")}
		if days > 0 {
			a.Until = s.store.Now().Add(time.Duration(days) * 24 * time.Hour)
		}
		return s.cfg.Service.Ban(v.ctx(), a)
	})
}

func (s *Server) unban(v *visit) (outcome, error) {
	return s.about(v, "/bans", "The ban is lifted.", func(community, somebody *models.Actor) error {
		return s.cfg.Service.Unban(v.ctx(), practice.Act{Moderator: v.me, Community: community, Target: somebody})
	})
}

// showCommunityReports shows what was complained about within a community, to those who look after it.
func (s *Server) showCommunityReports(v *visit) (*screen, error) {
	actor, _, err := s.own(v)
	if err != nil {
		return nil, err
	}
	rows, err := v.tx.ReportPage(models.ReportFilter{CommunityID: actor.ID, Resolved: v.query("state") == "closed"}, v.page())
	if err != nil {
		return nil, err
	}
	rows, pages := cut(v, rows, func(r *models.Report) int64 { return r.ID })
	people, err := s.peopleOf(v, rows...)
	if err != nil {
		return nil, err
	}
	list := part{Heading: "Open reports", Pager: pages, Links: []link{{Label: "Show closed ones", To: settingsPath(actor.Username) + "/reports?state=closed", Quiet: true}}}
	if v.query("state") == "closed" {
		list.Heading, list.Links = "Closed reports", []link{{Label: "Show open ones", To: settingsPath(actor.Username) + "/reports", Quiet: true}}
	}
	if len(rows) == 0 {
		list.Text = "There are none."
	}
	parts := []part{list}
	for i := range rows {
		one, err := s.communityReport(v, &rows[i], people)
		if err != nil {
			return nil, err
		}
		parts = append(parts, one)
	}
	appeals, err := s.appeals(v, actor)
	if err != nil {
		return nil, err
	}
	return convenes(v, actor, append(parts, appeals...)...), nil
}

func (s *Server) communityReport(v *visit, r *models.Report, people map[int64]*models.Actor) (part, error) {
	posts, err := v.tx.VisiblePosts(numbers(r.PostIDs), v.me.ID)
	if err != nil {
		return part{}, err
	}
	shown := part{Card: true, Heading: "About " + nameOf(people[r.TargetID]), Text: orWord(r.Comment, "Nothing was said to it."), Facts: []fact{
		{Name: "Complained", Value: complainant(people[r.ReporterID])}, {Name: "Category", Value: categoryWords[r.Category]}, {Name: "When", Value: v.when(r.CreatedAt)},
	}}
	for _, id := range numbers(r.PostIDs) {
		if p := posts[id]; p != nil {
			shown.Prose += template.HTML(p.Content) // sanitised when it was stored
		}
	}
	if r.ResolvedAt != 0 {
		shown.Facts = append(shown.Facts, fact{Name: "Closed", Value: v.when(r.ResolvedAt)}, fact{Name: "Answer", Value: orDash(r.Answer)})
		return shown, nil
	}
	shown.Forms = []*form{v.fill(&form{Name: "resolve", ID: "resolve-" + format(r.ID), Button: "Close the report", Hidden: map[string]string{"id": format(r.ID)}, Fields: []*field{
		{Name: "answer", Label: "Answer to who complained", Kind: "long", Rows: 2, Max: 2000},
	}})}
	return shown, nil
}

func (s *Server) resolveReport(v *visit) (outcome, error) {
	community, _, err := s.own(v)
	if err != nil {
		return outcome{}, err
	}
	report, err := v.tx.Report(number(v.text("id")))
	if err != nil {
		return outcome{}, err
	}
	err = s.cfg.Service.ResolveReport(v.ctx(), practice.Resolution{
		Act: practice.Act{Moderator: v.me, Community: community}, Report: report, Answer: v.text("answer"),
	})
	return outcome{settingsPath(community.Username) + "/reports", "The report is closed, and who complained is told."}, err
}
