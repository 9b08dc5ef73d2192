package mastodon

import (
	"net/http"
	"strings"

	"praxis/models"
	"praxis/practice"
)

func reportRoutes() []route {
	return []route{member(http.MethodPost, "/api/v1/reports", createReport, "write:reports")}
}

// report is Mastodon's Report: a complaint as its author sees it.
type report struct {
	ID            string   `json:"id"`
	ActionTaken   bool     `json:"action_taken"`
	ActionTakenAt *string  `json:"action_taken_at"`
	Category      string   `json:"category"`
	Comment       string   `json:"comment"`
	Forwarded     bool     `json:"forwarded"`
	CreatedAt     string   `json:"created_at"`
	StatusIDs     []string `json:"status_ids"`
	RuleIDs       []string `json:"rule_ids"`
	TargetAccount *account `json:"target_account"`
}

// createReport complains about an account and posts of its; posts that the caller may not read are left out.
func createReport(c *call) (any, error) {
	var ask struct {
		AccountID string   `mapstructure:"account_id"`
		StatusIDs []string `mapstructure:"status_ids"`
		Comment   string   `mapstructure:"comment"`
		Forward   bool     `mapstructure:"forward"`
		Category  string   `mapstructure:"category"`
		RuleIDs   []string `mapstructure:"rule_ids"`
	}
	if err := c.params.decode(&ask); err != nil {
		return nil, err
	}
	id, err := parseID(ask.AccountID)
	if err != nil {
		return nil, err
	}
	target, err := c.standing(c.tx.Actor(id))
	if err != nil {
		return nil, err
	}
	visible, err := c.tx.VisiblePosts(ids(ask.StatusIDs, maxBatch), c.viewer())
	if err != nil {
		return nil, err
	}
	var posts []*models.Post
	for _, post := range visible {
		posts = append(posts, post)
	}
	made, err := c.s.service.Report(c.ctx(), practice.Complaint{
		Reporter: c.me(), Target: target, Posts: posts, Comment: ask.Comment, Forward: ask.Forward,
		Category: ask.Category, RuleIDs: ids(ask.RuleIDs, maxBatch),
	})
	if err != nil {
		return nil, err
	}
	shown, err := c.account(target)
	return reportOf(made, shown), err
}

// reportsOf gives the reports that notifications of moderators are about.
func (c *call) reportsOf(rows []models.Notification) (map[int64]*report, error) {
	var ids, targets []int64
	for _, n := range rows {
		if n.Type == models.NotifyReport {
			ids = append(ids, n.ReportID)
		}
	}
	shown := map[int64]*report{}
	if len(ids) == 0 {
		return shown, nil
	}
	found, err := c.tx.ReportsByID(ids)
	if err != nil {
		return nil, err
	}
	for _, r := range found {
		targets = append(targets, r.TargetID)
	}
	shelf, err := c.shelve(nil, targets...)
	if err != nil {
		return nil, err
	}
	for id, r := range found {
		if target := shelf.actors[r.TargetID]; target != nil {
			shown[id] = reportOf(r, shelf.account(target))
		}
	}
	return shown, nil
}

func reportOf(r *models.Report, target *account) *report {
	return &report{
		ID: formatID(r.ID), ActionTaken: r.ResolvedAt != 0, ActionTakenAt: dateOrNil(r.ResolvedAt), Category: r.Category,
		Comment: r.Comment, Forwarded: r.Forwarded, CreatedAt: date(r.CreatedAt),
		StatusIDs: append([]string{}, strings.Fields(r.PostIDs)...), RuleIDs: append([]string{}, strings.Fields(r.RuleIDs)...),
		TargetAccount: target,
	}
}
