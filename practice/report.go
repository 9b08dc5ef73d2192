package practice

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"praxis/models"
)

// maxReportComment is how much of a complaint's text is kept (security case F9).
const maxReportComment = 5000

// Complaint is what somebody says about an actor and posts of theirs.
type Complaint struct {
	Reporter, Target *models.Actor
	Posts            []*models.Post
	Comment          string
	Category         string  // "spam", "legal", "violation" or "other"; "" is "violation" with rules, else "other"
	RuleIDs          []int64 // which rules of the instance are broken
	URI              string  // the Flag's id when it came from outside
	Forward          bool    // send it to the target's server, too, in the instance's name
	Cause            Cause
}

// Report complains about an actor and posts of theirs, and tells those who look into reports: here, and in the community that
// the posts are in, wherever its moderators live. Posts that are not the target's, or that a member who reports them may not
// read, are left out. Errors: Invalid for a category that is none.
func (s *Service) Report(ctx context.Context, c Complaint) (*models.Report, error) {
	posts, err := s.reportable(ctx, c.Reporter, c.Target, c.Posts)
	if err != nil {
		return nil, err
	}
	report, err := s.newReport(ctx, c, posts)
	if err != nil {
		return nil, err
	}
	err = s.store.Tx(ctx, func(tx *models.Tx) error {
		if report.URI == "" {
			report.URI = s.links.Activity(tx.NewID())
		}
		fresh, err := tx.PutReport(report)
		if err != nil || !fresh {
			return err
		}
		if concernsStaff(c, posts) {
			if err := tx.NotifyStaff(models.PermitReports, models.NotifyReport, c.Reporter.ID, report.ID); err != nil {
				return err
			}
		}
		if err := s.tellModerators(tx, c, report, posts); err != nil {
			return err
		}
		if !report.Forwarded {
			return nil
		}
		return s.outbox.Publish(tx, Reported{Reporter: c.Reporter, Target: c.Target, Posts: posts, Report: report})
	})
	return report, err
}

func (s *Service) newReport(ctx context.Context, c Complaint, posts []*models.Post) (*models.Report, error) {
	rules, err := s.store.Read(ctx).RuleTexts(c.RuleIDs)
	if err != nil {
		return nil, err
	}
	category, err := categoryOf(c.Category, len(rules) > 0)
	if err != nil {
		return nil, err
	}
	var postIDs, ruleIDs []string
	for _, post := range posts {
		postIDs = append(postIDs, format(post.ID))
	}
	for _, rule := range rules {
		ruleIDs = append(ruleIDs, strconv.FormatInt(rule.ID, 10))
	}
	comment := c.Comment
	if runes := []rune(comment); len(runes) > maxReportComment {
		comment = string(runes[:maxReportComment])
	}
	return &models.Report{
		URI: c.URI, ReporterID: c.Reporter.ID, TargetID: c.Target.ID, Comment: comment, Category: category,
		PostIDs: strings.Join(postIDs, "\n"), RuleIDs: strings.Join(ruleIDs, "\n"),
		Forwarded: c.Forward && !c.Target.Local && c.Reporter.Local, CommunityID: communityOfReport(posts),
	}, nil
}

func categoryOf(said string, rules bool) (string, error) {
	known := []string{models.ReportSpam, models.ReportLegal, models.ReportViolation, models.ReportOther}
	switch {
	case said == "" && rules:
		return models.ReportViolation, nil
	case said == "":
		return models.ReportOther, nil
	case !slices.Contains(known, said):
		return "", invalid("category", "Validation failed: category %q is none of spam, legal, violation, other", said)
	}
	return said, nil
}

// reportable gives those posts that are target's, and that reporter may read if it is a member (security case E7).
func (s *Service) reportable(ctx context.Context, reporter, target *models.Actor, posts []*models.Post) ([]*models.Post, error) {
	var kept []*models.Post
	for _, post := range posts {
		if post.AuthorID != target.ID {
			continue
		}
		if reporter.Local {
			_, err := s.store.Read(ctx).VisiblePost(post.ID, reporter.ID)
			if models.IsNotFound(err) {
				continue
			}
			if err != nil {
				return nil, err
			}
		}
		kept = append(kept, post)
	}
	return kept, nil
}

// ReportChange is what moderators do with a report; nil fields keep their value.
type ReportChange struct {
	Category *string
	RuleIDs  []int64 // nil keeps them
	Assigned *bool   // to the moderator, or to nobody
	Resolved *bool
}

// ChangeReport changes how a report stands. Errors: NotFound, Forbidden without the right to, Invalid for a category.
func (s *Service) ChangeReport(ctx context.Context, moderator *models.Actor, id int64, change ReportChange) (*models.Report, error) {
	var report *models.Report
	err := s.store.Tx(ctx, func(tx *models.Tx) error {
		if _, err := s.authorize(tx, moderator, models.PermitReports); err != nil {
			return err
		}
		var err error
		if report, err = tx.Report(id); err != nil {
			return err
		}
		before := reportSaid(report)
		if err := applyReportChange(tx, report, moderator, change); err != nil {
			return err
		}
		if err := tx.SaveReport(report); err != nil {
			return err
		}
		target, err := tx.Actor(report.TargetID)
		if err != nil {
			return err
		}
		entry := models.AuditEntry{Action: "report.change", TargetID: target.ID, Target: s.atName(target), ReportID: report.ID}
		return s.auditEntry(tx, moderator, entry, before, reportSaid(report))
	})
	return report, err
}

// reportSaid gives what the audit log keeps of a report.
func reportSaid(r *models.Report) any {
	return map[string]any{"category": r.Category, "assigned": r.AssignedTo != 0, "resolved": r.ResolvedAt != 0}
}

func applyReportChange(tx *models.Tx, report *models.Report, moderator *models.Actor, change ReportChange) error {
	if change.Category != nil {
		category, err := categoryOf(*change.Category, len(change.RuleIDs) > 0)
		if err != nil {
			return err
		}
		report.Category = category
	}
	if change.RuleIDs != nil {
		rules, err := tx.RuleTexts(change.RuleIDs)
		if err != nil {
			return err
		}
		var kept []string
		for _, rule := range rules {
			kept = append(kept, format(rule.ID))
		}
		report.RuleIDs = strings.Join(kept, "\n")
	}
	if change.Assigned != nil {
		report.AssignedTo = 0
		if *change.Assigned {
			report.AssignedTo = moderator.ID
		}
	}
	if change.Resolved != nil {
		report.ResolvedAt, report.ResolvedBy = 0, 0
		if *change.Resolved {
			report.ResolvedAt, report.ResolvedBy = tx.Now(), moderator.ID
		}
	}
	return nil
}
