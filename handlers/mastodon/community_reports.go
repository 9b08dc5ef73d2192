package mastodon

import (
	"net/http"
	"strings"

	"praxis/models"
	"praxis/practice"
)

// communityReportRoutes are for those who moderate a community: complaints about posts in it, and appeals against what they
// did.
func communityReportRoutes() []route {
	return []route{
		member(http.MethodGet, oneCommunity+"reports", getCommunityReports, "read:accounts"),
		member(http.MethodPost, oneCommunity+"reports/{rid}/resolve", resolveCommunityReport, "write:reports"),
		member(http.MethodGet, oneCommunity+"appeals", getAppeals, "read:accounts"),
		member(http.MethodPost, oneCommunity+"appeals/{aid}", decideAppeal, "write:reports"),
		member(http.MethodPost, oneCommunity+"appeal", appealBan, writeStatuses),
	}
}

// communityReport is a complaint as moderators of a community see it.
type communityReport struct {
	ID            string    `json:"id"`
	CreatedAt     string    `json:"created_at"`
	ActionTaken   bool      `json:"action_taken"`
	ActionTakenAt *string   `json:"action_taken_at"`
	Category      string    `json:"category"`
	Comment       string    `json:"comment"`
	Answer        string    `json:"answer"`
	Account       *account  `json:"account"`
	TargetAccount *account  `json:"target_account"`
	Statuses      []*status `json:"statuses"`
}

func getCommunityReports(c *call) (any, error) {
	community, err := c.ownCommunity()
	if err != nil {
		return nil, err
	}
	page, err := c.page(40, 80)
	if err != nil {
		return nil, err
	}
	filter := models.ReportFilter{CommunityID: community.ID, Resolved: asSwitch(single(c.params["resolved"])) == true}
	rows, err := c.tx.ReportPage(filter, more(page))
	if err != nil {
		return nil, err
	}
	return c.communityReports(window(c, page, rows, func(r *models.Report) int64 { return r.ID }))
}

func (c *call) communityReports(rows []models.Report) ([]communityReport, error) {
	var postIDs, actorIDs []int64
	for i := range rows {
		postIDs = append(postIDs, ids(strings.Fields(rows[i].PostIDs), maxReportPosts)...)
		actorIDs = append(actorIDs, rows[i].ReporterID, rows[i].TargetID)
	}
	shelf, posts, err := c.shelveVisible(postIDs, actorIDs)
	if err != nil {
		return nil, err
	}
	shown := []communityReport{}
	for i := range rows {
		r := &rows[i]
		entry := communityReport{
			ID: formatID(r.ID), CreatedAt: date(r.CreatedAt), ActionTaken: r.ResolvedAt != 0, ActionTakenAt: dateOrNil(r.ResolvedAt),
			Category: r.Category, Comment: r.Comment, Answer: r.Answer, Account: shelf.accountOf(r.ReporterID),
			TargetAccount: shelf.accountOf(r.TargetID), Statuses: []*status{},
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

func resolveCommunityReport(c *call) (any, error) {
	community, err := c.ownCommunity()
	if err != nil {
		return nil, err
	}
	id, err := parseID(c.path("rid"))
	if err != nil {
		return nil, err
	}
	report, err := c.tx.Report(id)
	if err != nil {
		return nil, err
	}
	err = c.s.service.ResolveReport(c.ctx(), practice.Resolution{
		Act: practice.Act{Moderator: c.me(), Community: community}, Report: report, Answer: c.params.text("answer"),
	})
	if err != nil {
		return nil, err
	}
	if report, err = c.tx.Report(id); err != nil {
		return nil, err
	}
	shown, err := c.communityReports([]models.Report{*report})
	if err != nil {
		return nil, err
	}
	return shown[0], nil
}

// appeal is what somebody says against an act of moderators.
type appeal struct {
	ID        string   `json:"id"`
	CreatedAt string   `json:"created_at"`
	Text      string   `json:"text"`
	StatusID  *string  `json:"status_id"` // null for one against a ban
	Content   string   `json:"content"`   // of the removed post, which moderators decide about
	Reason    string   `json:"reason"`    // of the act
	Decided   bool     `json:"decided"`
	Granted   bool     `json:"granted"`
	Answer    string   `json:"answer"`
	Account   *account `json:"account"`
}

func getAppeals(c *call) (any, error) {
	community, err := c.ownCommunity()
	if err != nil {
		return nil, err
	}
	page, err := c.page(40, 80)
	if err != nil {
		return nil, err
	}
	rows, err := c.tx.AppealPage(community.ID, asSwitch(single(c.params["decided"])) == true, more(page))
	if err != nil {
		return nil, err
	}
	return c.appeals(window(c, page, rows, func(a *models.Appeal) int64 { return a.ID }))
}

func (c *call) appeals(rows []models.Appeal) ([]appeal, error) {
	var postIDs, actIDs, people []int64
	for i := range rows {
		postIDs, actIDs, people = append(postIDs, rows[i].PostID), append(actIDs, rows[i].ActID), append(people, rows[i].ActorID)
	}
	shelf, err := c.shelve(nil, people...)
	if err != nil {
		return nil, err
	}
	posts, err := c.tx.Posts(postIDs)
	if err != nil {
		return nil, err
	}
	acts, err := c.tx.CommunityActs(actIDs)
	if err != nil {
		return nil, err
	}
	shown := []appeal{}
	for i := range rows {
		a := &rows[i]
		entry := appeal{
			ID: formatID(a.ID), CreatedAt: date(a.CreatedAt), Text: a.Text, StatusID: idOrNil(a.PostID), Reason: acts[a.ActID].Reason,
			Decided: a.DecidedAt != 0, Granted: a.Granted, Answer: a.Answer, Account: shelf.accountOf(a.ActorID),
		}
		if post := posts[a.PostID]; post != nil {
			entry.Content = post.Content
		}
		shown = append(shown, entry)
	}
	return shown, nil
}

func (c *call) appealed(made *models.Appeal, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	shown, err := c.appeals([]models.Appeal{*made})
	if err != nil {
		return nil, err
	}
	return shown[0], nil
}

// appealBan: who is banned asks the moderators to think again.
func appealBan(c *call) (any, error) {
	community, err := c.community()
	if err != nil {
		return nil, err
	}
	return c.appealed(c.s.service.Appeal(c.ctx(), c.me(), community, nil, c.params.text("text")))
}

func decideAppeal(c *call) (any, error) {
	community, err := c.ownCommunity()
	if err != nil {
		return nil, err
	}
	id, err := parseID(c.path("aid"))
	if err != nil {
		return nil, err
	}
	return c.appealed(c.s.service.DecideAppeal(c.ctx(), practice.Verdict{
		Moderator: c.me(), Community: community, AppealID: id, Granted: asSwitch(single(c.params["granted"])) == true, Answer: c.params.text("answer"),
	}))
}
