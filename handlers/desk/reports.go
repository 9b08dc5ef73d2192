package desk

import (
	"html/template"
	"strings"

	"praxis/models"
	"praxis/practice"
)

const reportsPath = root + "/reports"

func reportPath(id int64) string { return reportsPath + "/" + format(id) }

// reports are what people complained about.
func (s *Server) reports() section {
	const one = reportsPath + "/{id:[0-9]{1,19}}"
	yes, no := true, false
	change := func(said string, c practice.ReportChange) deed {
		return func(v *visit) (outcome, error) {
			_, err := s.cfg.Service.ChangeReport(v.ctx(), v.me, v.id("id"), c)
			return outcome{reportPath(v.id("id")), said}, err
		}
	}
	return section{
		group: groupPeople, name: "Reports", path: reportsPath, needs: models.PermitReports,
		waits: func(v *visit) ([]errand, error) {
			waiting, err := v.waiting()
			return []errand{{waiting.Reports, "report", "reports", "Somebody complained, and nobody closed it.", link{Label: "Look into them", To: reportsPath}}}, err
		},
		pages: []place{
			{path: reportsPath, show: s.showReports},
			{path: one, show: s.showReport, forms: map[string]deed{
				"assign":   change("The report is yours.", practice.ReportChange{Assigned: &yes}),
				"unassign": change("The report is nobody's.", practice.ReportChange{Assigned: &no}),
				"resolve":  change("The report is closed.", practice.ReportChange{Resolved: &yes}),
				"reopen":   change("The report is open again.", practice.ReportChange{Resolved: &no}),
				"category": s.categorize, "forward": s.forwardReport, "note": s.noteReport,
				"hide": s.hidePost, "show": s.showPost,
			}},
		},
	}
}

func (s *Server) showReports(v *visit) (*screen, error) {
	filter := models.ReportFilter{Resolved: v.query("state") == "closed", TargetHost: v.query("host")}
	if v.query("state") == "mine" {
		filter.AssignedTo = v.me.ID
	}
	rows, err := v.tx.ReportPage(filter, v.page())
	if err != nil {
		return nil, err
	}
	rows, pages := cut(v, rows, func(r *models.Report) int64 { return r.ID })
	listed, err := s.reportTable(v, rows, "No report is like that.")
	if err != nil {
		return nil, err
	}
	find := &search{Fields: []*field{{ID: "q-host", Name: "host", Label: "About somebody of which server", Value: v.query("host")}}}
	return &screen{
		Title: "Reports", Tabs: []link{v.tab("state", "", "Open"), v.tab("state", "mine", "Mine"), v.tab("state", "closed", "Closed")},
		Parts: []part{{Search: find, Table: listed, Pager: pages}},
	}, nil
}

func (s *Server) reportTable(v *visit, rows []models.Report, empty string) (*table, error) {
	people, err := s.peopleOf(v, rows...)
	if err != nil {
		return nil, err
	}
	listed := &table{Caption: "Reports", Heads: []string{"Report", "About", "By", "Assigned to", "When"}, Empty: empty}
	for i := range rows {
		r := &rows[i]
		assigned := "–"
		if r.AssignedTo != 0 {
			assigned = nameOf(people[r.AssignedTo])
		}
		listed.Rows = append(listed.Rows, row{Cells: []cell{
			{Text: short(orWord(r.Comment, "Without words"), 80), To: reportPath(r.ID), Hint: categoryWords[r.Category]},
			{Text: nameOf(people[r.TargetID]), Hint: handleOf(people[r.TargetID])},
			{Text: complainant(people[r.ReporterID])},
			{Text: assigned},
			{Text: v.ago(r.CreatedAt)},
		}})
	}
	return listed, nil
}

var categoryWords = map[string]string{
	models.ReportSpam: "Spam", models.ReportLegal: "Against the law", models.ReportViolation: "Against the rules", models.ReportOther: "Something else",
}

func categoryOptions() []option {
	return options(models.ReportSpam, "Spam", models.ReportLegal, "Against the law", models.ReportViolation, "Against the rules", models.ReportOther, "Something else")
}

// complainant names who complained; other servers complain by their own actor.
func complainant(a *models.Actor) string {
	if a != nil && a.Type == models.TypeApplication {
		return "somebody of " + a.Host
	}
	return nameOf(a)
}

func (s *Server) peopleOf(v *visit, rows ...models.Report) (map[int64]*models.Actor, error) {
	var ids []int64
	for i := range rows {
		ids = append(ids, rows[i].ReporterID, rows[i].TargetID, rows[i].AssignedTo, rows[i].ResolvedBy, rows[i].CommunityID)
	}
	return v.tx.Actors(ids)
}

func (s *Server) showReport(v *visit) (*screen, error) {
	report, err := v.tx.Report(v.id("id"))
	if err != nil {
		return nil, err
	}
	people, err := s.peopleOf(v, *report)
	if err != nil {
		return nil, err
	}
	about, err := s.reportFacts(v, report, people)
	if err != nil {
		return nil, err
	}
	posts, err := s.reportedPosts(v, report)
	if err != nil {
		return nil, err
	}
	notes, err := s.notes(v, practice.NoteOnReport(report.ID))
	if err != nil {
		return nil, err
	}
	parts := append([]part{about, s.reportActions(v, report, people)}, posts...)
	return &screen{
		Title: "Report about " + nameOf(people[report.TargetID]), Above: []link{{Label: "Reports", To: reportsPath}},
		Parts: append(parts, notes),
	}, nil
}

func (s *Server) reportFacts(v *visit, r *models.Report, people map[int64]*models.Actor) (part, error) {
	state := badge{"open", "warn"}
	if r.ResolvedAt != 0 {
		state = badge{"closed", "good"}
	}
	shown := part{Card: true, Badges: []badge{state}, Text: orWord(r.Comment, "Nothing was said to it.")}
	by, target := people[r.ReporterID], people[r.TargetID]
	shown.Facts = append(shown.Facts, fact{Name: "Complained", Value: complainant(by), To: toAccount(by)})
	if by != nil && !by.Local {
		shown.Facts = append(shown.Facts, fact{Name: "It came from", Value: by.Host, To: hostPath(by.Host), Hint: "Other servers do not name who complained there."})
	}
	shown.Facts = append(shown.Facts, fact{Name: "About", Value: handleOf(target), To: toAccount(target)})
	if target != nil && !target.Local {
		shown.Facts = append(shown.Facts, fact{Name: "Their server", Value: target.Host, To: hostPath(target.Host)})
	}
	shown.Facts = append(shown.Facts, fact{Name: "Category", Value: orWord(categoryWords[r.Category], r.Category)}, fact{Name: "When", Value: v.when(r.CreatedAt)})
	rules, err := v.tx.RuleTexts(numbers(r.RuleIDs))
	if err != nil {
		return shown, err
	}
	for _, rule := range rules {
		shown.Facts = append(shown.Facts, fact{Name: "Rule", Value: rule.Text})
	}
	if community := people[r.CommunityID]; community != nil {
		known, err := v.tx.IsKnownTo(community, v.me.ID) // of some, only those learn whom they are for (security case E11)
		if err != nil || !known {
			community = nil
		}
		people[r.CommunityID] = community
	}
	if people[r.CommunityID] != nil {
		shown.Facts = append(shown.Facts, fact{Name: "In the community", Value: handleOf(people[r.CommunityID])})
	}
	if r.Forwarded {
		shown.Facts = append(shown.Facts, fact{Name: "Forwarded", Value: "to their server"})
	}
	if r.AssignedTo != 0 {
		shown.Facts = append(shown.Facts, fact{Name: "Assigned to", Value: nameOf(people[r.AssignedTo])})
	}
	if r.ResolvedAt != 0 {
		shown.Facts = append(shown.Facts, fact{Name: "Closed", Value: "by " + nameOf(people[r.ResolvedBy]) + ", " + v.when(r.ResolvedAt)})
	}
	return shown, nil
}

func toAccount(a *models.Actor) string {
	if a == nil || a.Type == models.TypeApplication || a.IsCommunity() {
		return ""
	}
	return accountPath(a.ID)
}

// numbers reads ids that stand one a line.
func numbers(lines string) []int64 {
	var ids []int64
	for _, word := range strings.Fields(lines) {
		ids = append(ids, number(word))
	}
	return ids
}

func (s *Server) reportActions(v *visit, r *models.Report, people map[int64]*models.Actor) part {
	shown := part{Heading: "What you can do"}
	button := func(name, label string) {
		shown.Forms = append(shown.Forms, &form{Name: name, Inline: true, Button: label})
	}
	if r.ResolvedAt == 0 {
		button("resolve", "Close the report")
	} else {
		button("reopen", "Open it again")
	}
	if r.AssignedTo == v.me.ID {
		button("unassign", "Give it back")
	} else {
		button("assign", "Take it on")
	}
	by, target := people[r.ReporterID], people[r.TargetID]
	if target != nil && !target.Local && by != nil && by.Local && !r.Forwarded {
		button("forward", "Forward it to "+target.Host)
	}
	if target != nil && v.may(models.PermitUsers) {
		account, err := v.tx.AccountByActor(target.ID)
		if err != nil {
			account = nil
		}
		for _, one := range s.measures(v, target, account) {
			if one.Danger {
				one.To += "?report=" + format(r.ID)
				shown.Links = append(shown.Links, one)
			}
		}
	}
	shown.Forms = append(shown.Forms, v.fill(&form{Name: "category", Button: "Change the category", Quiet: true, Fields: []*field{{
		Name: "category", Label: "Category", Kind: "choice", Value: r.Category, Options: categoryOptions(),
	}}}))
	return shown
}

func (s *Server) categorize(v *visit) (outcome, error) {
	category := v.text("category")
	_, err := s.cfg.Service.ChangeReport(v.ctx(), v.me, v.id("id"), practice.ReportChange{Category: &category})
	return outcome{reportPath(v.id("id")), "The category is changed."}, err
}

func (s *Server) forwardReport(v *visit) (outcome, error) {
	_, err := s.cfg.Service.ForwardReport(v.ctx(), v.me, v.id("id"))
	return outcome{reportPath(v.id("id")), "The report is on its way, in the name of this server."}, err
}

func (s *Server) noteReport(v *visit) (outcome, error) {
	report, err := v.tx.Report(v.id("id"))
	if err != nil {
		return outcome{}, err
	}
	err = s.cfg.Service.WriteNote(v.ctx(), v.me, practice.NoteOnReport(report.ID), v.text("note"))
	return outcome{reportPath(report.ID) + "#notes", "The note is kept."}, err
}

// maxThread is how much of a thread is shown beside a report.
const maxThread = 60

// reportedPosts shows what was complained about, each within its thread. What a moderator may not read stays hidden
// (security case G26).
func (s *Server) reportedPosts(v *visit, r *models.Report) ([]part, error) {
	ids := numbers(r.PostIDs)
	posts, err := v.tx.VisiblePosts(ids, v.me.ID)
	if err != nil {
		return nil, err
	}
	if len(ids) == 0 {
		return []part{{Heading: "Posts", Text: "No post was named."}}, nil
	}
	var parts []part
	hidden := int64(len(ids) - len(posts))
	seen := map[int64]bool{}
	for _, id := range ids {
		post := posts[id]
		if post == nil || seen[post.ThreadID] {
			continue
		}
		seen[post.ThreadID] = true
		thread, err := s.threadPart(v, post, posts)
		if err != nil {
			return nil, err
		}
		parts = append(parts, thread...)
	}
	back, err := s.hiddenHere(v, ids, posts)
	if err != nil {
		return nil, err
	}
	if parts = append(parts, back...); hidden > 0 {
		parts = append(parts, part{Class: "notice", Text: count(hidden, "named post is", "named posts are") + " not shown: deleted, hidden here already, or not for you to read."})
	}
	return parts, nil
}

// hiddenHere offers to show again what was hidden on this server.
func (s *Server) hiddenHere(v *visit, ids []int64, shown map[int64]*models.Post) ([]part, error) {
	all, err := v.tx.Posts(ids)
	if err != nil {
		return nil, err
	}
	var parts []part
	for _, id := range ids {
		if p := all[id]; p != nil && shown[id] == nil && p.HiddenAt != 0 && p.DeletedAt == 0 && p.IsPublic() {
			parts = append(parts, part{
				Card: true, Badges: []badge{{"hidden on this server", "warn"}}, Text: orWord(p.HiddenReason, "No reason was given."),
				Forms: []*form{{Name: "show", Inline: true, Button: "Show it again", Hidden: map[string]string{"post": format(id)}}},
			})
		}
	}
	return parts, nil
}

func (s *Server) threadPart(v *visit, post *models.Post, reported map[int64]*models.Post) ([]part, error) {
	thread, err := v.tx.Thread(post.ThreadID, v.me.ID, maxThread)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for i := range thread {
		ids = append(ids, thread[i].AuthorID)
	}
	people, err := v.tx.Actors(ids)
	if err != nil {
		return nil, err
	}
	parts := []part{{Heading: "The thread", Text: "All that you may read of it, the oldest first."}}
	for i := range thread {
		p := &thread[i]
		author := people[p.AuthorID]
		entry := part{Card: true, Prose: template.HTML(p.Content), Facts: []fact{ // sanitised when it was stored
			{Name: "By", Value: handleOf(author), To: toAccount(author)}, {Name: "When", Value: v.when(p.PublishedAt)},
		}}
		if p.Title != "" && p.TitleApart {
			entry.Heading = p.Title
		}
		if !p.Local {
			entry.Facts = append(entry.Facts, fact{Name: "On its server", Value: orWord(p.URL, p.URI), To: webOnly(orWord(p.URL, p.URI))})
		}
		if reported[p.ID] != nil {
			entry.Badges = []badge{{"reported", "bad"}}
			if p.IsPublic() {
				entry.Forms = []*form{v.fill(&form{
					Name: "hide", ID: "hide-" + format(p.ID), Danger: true, Button: "Hide it on this server", Hidden: map[string]string{"post": format(p.ID)},
					Fields: []*field{{Name: "reason", Label: "Why", Required: true, Max: 2000, Hint: "The author, if a member here, reads it. Other servers are not told."}},
				})}
			}
		}
		parts = append(parts, entry)
	}
	return parts, nil
}

// webOnly gives an address that a page may link to.
func webOnly(address string) string {
	if strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://") {
		return address
	}
	return ""
}

func (s *Server) hidePost(v *visit) (outcome, error) {
	_, err := s.cfg.Service.HideHere(v.ctx(), v.me, number(v.text("post")), v.text("reason"))
	return outcome{reportPath(v.id("id")), "The post is hidden on this server."}, err
}

func (s *Server) showPost(v *visit) (outcome, error) {
	_, err := s.cfg.Service.ShowHere(v.ctx(), v.me, number(v.text("post")))
	return outcome{reportPath(v.id("id")), "The post is shown again."}, err
}
