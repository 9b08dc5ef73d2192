package desk

import (
	"praxis/models"
	"praxis/practice"
)

// measure is what can be done about an account, and what that means.
type measure struct {
	action string
	label  string
	means  string
	done   string
	danger bool
	local  bool // only for accounts of this instance
	needs  models.Permission
	fits   func(a *models.Actor, account *models.Account) bool
}

func waits(_ *models.Actor, account *models.Account) bool {
	return account != nil && account.ApprovedAt == 0
}

// allMeasures in the order in which they are offered, the mild first.
var allMeasures = []measure{
	{
		action: practice.ActionApprove, label: "Let in", means: "The account can be used from now on.", done: "The account is let in.", local: true, fits: waits,
	},
	{
		action: practice.ActionReject, label: "Turn away", means: "Nothing of the sign-up is kept. The name can be taken again.",
		done: "The sign-up is turned away.", danger: true, local: true, fits: waits,
	},
	{
		action: practice.ActionUnsensitive, label: "Show media again", means: "Pictures of this account are shown as their author says.", done: "Media are shown again.",
		fits: func(a *models.Actor, _ *models.Account) bool { return a.SensitizedAt != 0 },
	},
	{
		action: practice.ActionSensitive, label: "Hide media", means: "All pictures and films of this account count as sensitive: one sees them after a click.",
		done: "Media of the account are hidden behind a click.",
		fits: func(a *models.Actor, c *models.Account) bool { return a.SensitizedAt == 0 && !waits(a, c) },
	},
	{
		action: practice.ActionUnsilence, label: "Lift the limit", means: "The account is found and shown as all others.", done: "The limit is lifted.",
		fits: func(a *models.Actor, _ *models.Account) bool { return a.SilencedAt > 0 },
	},
	{
		action: practice.ActionSilence, label: "Limit", means: "Only who follows the account sees it. It notices nothing of that, and can be undone.",
		done: "The account is limited.", danger: true,
		fits: func(a *models.Actor, c *models.Account) bool {
			return a.SilencedAt == 0 && a.SuspendedAt == 0 && !waits(a, c)
		},
	},
	{
		action: practice.ActionEnable, label: "Let sign in again", means: "The account can sign in again.", done: "The account can sign in again.", local: true,
		fits: func(_ *models.Actor, account *models.Account) bool { return account.DisabledAt != 0 },
	},
	{
		action: practice.ActionDisable, label: "Keep from signing in", means: "All sessions end, and nobody can sign in. What was written stays as it is.",
		done: "The account cannot sign in any more.", danger: true, local: true,
		fits: func(a *models.Actor, account *models.Account) bool {
			return account.DisabledAt == 0 && !waits(a, account)
		},
	},
	{
		action: practice.ActionUnsuspend, label: "Lift the suspension", means: "The account and what it wrote are shown again.", done: "The suspension is lifted.",
		fits: func(a *models.Actor, c *models.Account) bool { return a.SuspendedAt != 0 && !waits(a, c) },
	},
	{
		action: practice.ActionSuspend, label: "Suspend", danger: true, done: "The account is suspended.",
		means: "The account and all that it wrote are hidden from everybody, and its sessions end. It can be undone.",
		fits:  func(a *models.Actor, c *models.Account) bool { return a.SuspendedAt == 0 && !waits(a, c) },
	},
	{
		action: practice.ActionDelete, label: "Delete for good", danger: true, needs: models.PermitDeleteData, done: "What was left of the account is deleted.",
		means: "Everything of the account is deleted here, and other servers are told to do so. It cannot be undone, and the name stays taken.",
		fits:  func(a *models.Actor, c *models.Account) bool { return a.SuspendedAt != 0 && !waits(a, c) },
	},
}

func (m measure) isFor(v *visit, a *models.Actor, account *models.Account) bool {
	return (m.needs == 0 || v.may(m.needs)) && (!m.local || account != nil) && m.fits(a, account)
}

// measures lists what somebody may do about an account.
func (s *Server) measures(v *visit, actor *models.Actor, account *models.Account) []link {
	var links []link
	for _, m := range allMeasures {
		if m.isFor(v, actor, account) {
			links = append(links, link{Label: m.label, To: accountPath(actor.ID) + "/" + m.action, Danger: m.danger, Quiet: !m.danger})
		}
	}
	if account != nil && v.may(models.PermitUserAccess) && !account.IsWaiting() {
		links = append(links, link{Label: "Send a link for a new password", To: accountPath(actor.ID) + "/password", Quiet: true})
	}
	if account != nil && v.may(models.PermitUserAccess) && actor.ID != v.me.ID {
		links = append(links, link{Label: "Sign out everywhere", To: accountPath(actor.ID) + "/sessions", Quiet: true})
	}
	if account != nil && v.may(models.PermitRoles) && !account.IsWaiting() {
		links = append(links, link{Label: "Change the role", To: accountPath(actor.ID) + "/role", Quiet: true})
	}
	if account != nil && v.may(models.PermitUserAccess) && actor.ID != v.me.ID && !account.IsWaiting() {
		if actor.LeftAt == 0 {
			links = append(links, link{Label: "Let them leave", To: accountPath(actor.ID) + "/leave", Danger: true})
		} else {
			links = append(links, link{Label: "Take back that they left", To: accountPath(actor.ID) + "/return", Quiet: true})
		}
	}
	return links
}

// measureOf gives the measure that the path names, if it fits now.
func (s *Server) measureOf(v *visit) (*models.Actor, *measure, error) {
	actor, account, err := s.person(v)
	if err != nil {
		return nil, nil, err
	}
	for i := range allMeasures {
		if m := &allMeasures[i]; m.action == v.path("measure") && m.isFor(v, actor, account) {
			return actor, m, nil
		}
	}
	return nil, nil, errNotFound
}

// showMeasure asks once more, and says what it means.
func (s *Server) showMeasure(v *visit) (*screen, error) {
	actor, m, err := s.measureOf(v)
	if err != nil {
		return nil, err
	}
	fields := []*field{{Name: "reason", Label: "Why", Kind: "long", Rows: 3, Max: 5000, Hint: "For the record; the account is not told."}}
	reports, err := v.tx.ReportPage(models.ReportFilter{TargetID: actor.ID}, models.Page{Limit: 20})
	if err != nil {
		return nil, err
	}
	if len(reports) > 0 && m.danger {
		open := options("", "None: leave the reports open")
		for i := range reports {
			open = append(open, option{Value: format(reports[i].ID), Label: "No. " + format(reports[i].ID) + ": " + short(orWord(reports[i].Comment, reports[i].Category), 60)})
		}
		fields = append(fields, &field{Name: "report", Label: "Because of a report", Kind: "choice", Options: open, Value: v.query("report"), Hint: "With one, all open reports about the account are closed."})
	}
	what := part{Card: true, Facts: []fact{
		{Name: "Account", Value: handleOf(actor)}, {Name: "Posts", Value: format(actor.PostsCount)}, {Name: "Followers", Value: format(actor.FollowersCount)},
	}, Forms: []*form{v.fill(&form{Name: "take", Text: m.means, Fields: fields, Button: m.label, Danger: m.danger, Cancel: accountPath(actor.ID)})}}
	return &screen{Title: m.label + ": " + nameOf(actor), Above: accountCrumbs(actor), Parts: []part{what}}, nil
}

func (s *Server) takeMeasure(v *visit) (outcome, error) {
	actor, m, err := s.measureOf(v)
	if err != nil {
		return outcome{}, err
	}
	err = s.cfg.Service.Moderate(v.ctx(), practice.Measure{
		Moderator: v.me, TargetID: actor.ID, Action: m.action, Text: v.text("reason"), ReportID: number(v.text("report")),
	})
	to := accountPath(actor.ID)
	if m.action == practice.ActionReject || m.action == practice.ActionDelete {
		to = accountsPath
	}
	if report := number(v.query("report")); report != 0 && err == nil && to != accountsPath {
		to = reportPath(report)
	}
	return outcome{to, m.done}, err
}
