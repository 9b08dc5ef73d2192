package models

import (
	"strings"

	"gorm.io/gorm/clause"
)

// The categories of reports.
const (
	ReportSpam      = "spam"
	ReportLegal     = "legal"
	ReportViolation = "violation"
	ReportOther     = "other"
)

// Report is a complaint about an actor and posts of theirs.
type Report struct {
	ID          int64
	URI         string
	ReporterID  int64
	TargetID    int64
	PostIDs     string `gorm:"column:post_ids"` // decimal ids, one a line
	Comment     string
	Category    string
	RuleIDs     string    `gorm:"column:rule_ids"` // decimal ids, one a line
	Forwarded   bool      // sent to the target's server, too
	CommunityID int64     // the community that the reported posts are in; 0 for none
	Answer      string    // what its moderators told who complained
	AssignedTo  int64     // the actor who looks into it
	ResolvedBy  int64     // the actor who closed it
	CreatedAt   Timestamp `gorm:"autoCreateTime:false"`
	UpdatedAt   Timestamp `gorm:"autoUpdateTime:false"`
	ResolvedAt  Timestamp
}

// PutReport stores a report and tells whether it is new; the same URI again changes nothing.
func (tx *Tx) PutReport(r *Report) (bool, error) {
	r.ID, r.CreatedAt, r.UpdatedAt = tx.NewID(), tx.Now(), tx.Now()
	if r.Category == "" {
		r.Category = ReportOther
	}
	result := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(r)
	return result.RowsAffected > 0, translate(result.Error, "report")
}

// SaveReport stores a changed report.
func (tx *Tx) SaveReport(r *Report) error {
	r.UpdatedAt = tx.Now()
	return translate(tx.db.Save(r).Error, "report")
}

// Report gives the report of an id.
func (tx *Tx) Report(id int64) (*Report, error) {
	return first[Report](tx.db.Where("id = ?", id), "report")
}

// ReportByURI gives the report of a Flag's id.
func (tx *Tx) ReportByURI(uri string) (*Report, error) {
	return first[Report](tx.db.Where("uri = ?", uri), "report "+uri)
}

// Reports lists open reports, newest first.
func (tx *Tx) Reports() ([]Report, error) {
	return list[Report](tx.db.Where("resolved_at = 0").Order("id DESC"), "reports")
}

// ReportFilter narrows a list of reports.
type ReportFilter struct {
	Resolved             bool // closed ones instead of open ones
	ReporterID, TargetID int64
	TargetHost           string
	AssignedTo           int64
	CommunityID          int64
}

// ReportPage gives a page of reports.
func (tx *Tx) ReportPage(filter ReportFilter, page Page) ([]Report, error) {
	query := tx.db.Where("report.resolved_at = 0")
	if filter.Resolved {
		query = tx.db.Where("report.resolved_at <> 0")
	}
	if filter.ReporterID != 0 {
		query = query.Where("report.reporter_id = ?", filter.ReporterID)
	}
	if filter.TargetID != 0 {
		query = query.Where("report.target_id = ?", filter.TargetID)
	}
	if filter.AssignedTo != 0 {
		query = query.Where("report.assigned_to = ?", filter.AssignedTo)
	}
	if filter.CommunityID != 0 {
		query = query.Where("report.community_id = ?", filter.CommunityID)
	}
	if filter.TargetHost != "" {
		query = query.Where("report.target_id IN (SELECT id FROM actor WHERE host = ?)", strings.ToLower(filter.TargetHost))
	}
	rows, err := list[Report](page.apply(query, "report.id"), "reports")
	return descending(page, rows), err
}

// ReportsByID gives reports by id; absent ones are left out.
func (tx *Tx) ReportsByID(ids []int64) (map[int64]*Report, error) {
	found := make(map[int64]*Report, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	rows, err := list[Report](tx.db.Where("id IN ?", ids), "reports")
	for i := range rows {
		found[rows[i].ID] = &rows[i]
	}
	return found, err
}

// CloseReportsAbout resolves all open reports about an actor, since something was done about it.
func (tx *Tx) CloseReportsAbout(targetID, moderatorID int64) error {
	err := tx.db.Model(&Report{}).Where("target_id = ? AND resolved_at = 0", targetID).
		UpdateColumns(map[string]any{"resolved_at": tx.Now(), "resolved_by": moderatorID, "updated_at": tx.Now()}).Error
	return translate(err, "reports")
}

// RuleText is a rule of the instance as reports name it.
type RuleText struct {
	ID         int64
	Text, Hint string
}

// RuleTexts gives those of ids that are rules of the instance, also such as are withdrawn by now.
func (tx *Tx) RuleTexts(ids []int64) ([]RuleText, error) {
	rules := []RuleText{}
	if len(ids) == 0 {
		return rules, nil
	}
	err := tx.db.Table("rule").Select("id, text, hint").Where("id IN ?", ids).Order("position, id").Scan(&rules).Error
	return rules, translate(err, "rules")
}
