package mastodon

import (
	"net/http"
	"strings"

	"praxis/models"
	"praxis/practice"
)

func adminReportRoutes() []route {
	const one = "/api/v1/admin/reports/{id}"
	yes, no := true, false
	post := func(name string, change practice.ReportChange) route {
		return staff(http.MethodPost, one+"/"+name, func(c *call) (any, error) { return c.changeReport(change) }, models.PermitReports, adminWriteReports)
	}
	return []route{
		staff(http.MethodGet, "/api/v1/admin/reports", getAdminReports, models.PermitReports, adminReadReports),
		staff(http.MethodGet, one, getAdminReport, models.PermitReports, adminReadReports),
		staff(http.MethodPut, one, updateAdminReport, models.PermitReports, adminWriteReports),
		post("assign_to_self", practice.ReportChange{Assigned: &yes}),
		post("unassign", practice.ReportChange{Assigned: &no}),
		post("resolve", practice.ReportChange{Resolved: &yes}),
		post("reopen", practice.ReportChange{Resolved: &no}),
	}
}

// adminReport is Mastodon's Admin::Report.
type adminReport struct {
	ID                   string        `json:"id"`
	ActionTaken          bool          `json:"action_taken"`
	ActionTakenAt        *string       `json:"action_taken_at"`
	Category             string        `json:"category"`
	Comment              string        `json:"comment"`
	Forwarded            bool          `json:"forwarded"`
	CreatedAt            string        `json:"created_at"`
	UpdatedAt            string        `json:"updated_at"`
	Account              *adminAccount `json:"account"`
	TargetAccount        *adminAccount `json:"target_account"`
	AssignedAccount      *adminAccount `json:"assigned_account"`
	ActionTakenByAccount *adminAccount `json:"action_taken_by_account"`
	Statuses             []*status     `json:"statuses"`
	Rules                []reportRule  `json:"rules"`
}

type reportRule struct {
	ID   string `json:"id"`
	Text string `json:"text"`
	Hint string `json:"hint"`
}

func getAdminReports(c *call) (any, error) {
	var ask struct {
		Resolved        bool   `mapstructure:"resolved"`
		AccountID       string `mapstructure:"account_id"`
		TargetAccountID string `mapstructure:"target_account_id"`
		ByTargetDomain  string `mapstructure:"by_target_domain"`
	}
	if err := c.params.decode(&ask); err != nil {
		return nil, err
	}
	filter := models.ReportFilter{Resolved: ask.Resolved, TargetHost: ask.ByTargetDomain}
	for text, id := range map[*string]*int64{&ask.AccountID: &filter.ReporterID, &ask.TargetAccountID: &filter.TargetID} {
		if *text == "" {
			continue
		}
		var err error
		if *id, err = parseID(*text); err != nil {
			return nil, err
		}
	}
	page, err := c.page(100, 200)
	if err != nil {
		return nil, err
	}
	rows, err := c.tx.ReportPage(filter, more(page))
	if err != nil {
		return nil, err
	}
	return c.adminReports(window(c, page, rows, func(r *models.Report) int64 { return r.ID }))
}

func getAdminReport(c *call) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	found, err := c.tx.Report(id)
	if err != nil {
		return nil, err
	}
	return c.adminReport(found)
}

func (c *call) adminReport(found *models.Report) (any, error) {
	shown, err := c.adminReports([]models.Report{*found})
	if err != nil {
		return nil, err
	}
	return shown[0], nil
}

func updateAdminReport(c *call) (any, error) {
	var ask struct {
		Category *string  `mapstructure:"category"`
		RuleIDs  []string `mapstructure:"rule_ids"`
	}
	if err := c.params.decode(&ask); err != nil {
		return nil, err
	}
	change := practice.ReportChange{Category: ask.Category}
	if c.params["rule_ids"] != nil {
		change.RuleIDs = append([]int64{}, ids(ask.RuleIDs, maxBatch)...)
	}
	return c.changeReport(change)
}

func (c *call) changeReport(change practice.ReportChange) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	changed, err := c.s.service.ChangeReport(c.ctx(), c.me(), id, change)
	if err != nil {
		return nil, err
	}
	return c.adminReport(changed)
}

// maxReportPosts is how many posts are shown with one report.
const maxReportPosts = 50

// adminReports shows reports in a fixed number of statements. Posts that moderators may not read themselves stay hidden:
// a report does not open private posts (security case G26).
func (c *call) adminReports(rows []models.Report) ([]*adminReport, error) {
	var postIDs, ruleIDs, actorIDs []int64
	for _, r := range rows {
		postIDs = append(postIDs, ids(strings.Fields(r.PostIDs), maxReportPosts)...)
		ruleIDs = append(ruleIDs, ids(strings.Fields(r.RuleIDs), maxBatch)...)
		actorIDs = append(actorIDs, r.ReporterID, r.TargetID, r.AssignedTo, r.ResolvedBy)
	}
	shelf, posts, err := c.shelveVisible(postIDs, nil)
	if err != nil {
		return nil, err
	}
	accounts, err := c.adminAccountsByID(actorIDs)
	if err != nil {
		return nil, err
	}
	rules, err := c.tx.RuleTexts(ruleIDs)
	if err != nil {
		return nil, err
	}
	shown := []*adminReport{}
	for i := range rows {
		r := &rows[i]
		entry := &adminReport{
			ID: formatID(r.ID), ActionTaken: r.ResolvedAt != 0, ActionTakenAt: dateOrNil(r.ResolvedAt), Category: r.Category,
			Comment: r.Comment, Forwarded: r.Forwarded, CreatedAt: date(r.CreatedAt), UpdatedAt: date(max(r.UpdatedAt, r.CreatedAt)),
			Account: accounts[r.ReporterID], TargetAccount: accounts[r.TargetID], AssignedAccount: accounts[r.AssignedTo],
			ActionTakenByAccount: accounts[r.ResolvedBy], Statuses: []*status{}, Rules: rulesOf(r, rules),
		}
		for _, id := range ids(strings.Fields(r.PostIDs), maxReportPosts) {
			if post := posts[id]; post != nil {
				entry.Statuses = append(entry.Statuses, shelf.status(post))
			}
		}
		shown = append(shown, entry)
	}
	return shown, nil
}

func rulesOf(r *models.Report, known []models.RuleText) []reportRule {
	broken := []reportRule{}
	for _, id := range ids(strings.Fields(r.RuleIDs), maxBatch) {
		for _, rule := range known {
			if rule.ID == id {
				broken = append(broken, reportRule{formatID(id), rule.Text, rule.Hint})
			}
		}
	}
	return broken
}

func (c *call) adminAccountsByID(ids []int64) (map[int64]*adminAccount, error) {
	found, err := c.tx.Actors(ids)
	if err != nil {
		return nil, err
	}
	actors := make([]models.Actor, 0, len(found))
	for _, actor := range found {
		actors = append(actors, *actor)
	}
	return c.adminAccounts(actors)
}
