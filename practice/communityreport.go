package practice

import (
	"context"

	"praxis/models"
)

// CommunityReported: Reporter complained about posts in Community, to those who moderate it. The community is the one that
// moderators of other hosts hear it from.
type CommunityReported struct {
	Reporter, Community *models.Actor
	Posts               []*models.Post
	Report              *models.Report
	Cause               Cause
}

// ReportResolved: Moderator answered Report of Community; Reporter is told.
type ReportResolved struct {
	Moderator, Community, Reporter *models.Actor
	Posts                          []*models.Post
	Report                         *models.Report
	Cause                          Cause
	Entry                          *models.ModLogEntry
}

func (CommunityReported) event() {}
func (ReportResolved) event()    {}

// communityOfReport gives the community whose moderators look into a report: that of the first post that is in one; 0 for none.
func communityOfReport(posts []*models.Post) int64 {
	for _, post := range posts {
		if post.CommunityID != 0 {
			return post.CommunityID
		}
	}
	return 0
}

// tellModerators brings a new report to those who moderate the community, wherever they live.
func (s *Service) tellModerators(tx *models.Tx, c Complaint, report *models.Report, posts []*models.Post) error {
	if report.CommunityID == 0 {
		return nil
	}
	community, err := tx.Actor(report.CommunityID)
	if err != nil {
		return err
	}
	moderators, err := tx.Moderators(community.ID)
	if err != nil {
		return err
	}
	for i := range moderators {
		if !moderators[i].Local {
			continue
		}
		// A later report by the same actor takes the place of the one before, as with those who look after the instance.
		if err := tx.DeleteFollowNotification(moderators[i].ID, c.Reporter.ID, models.NotifyReport); err != nil {
			return err
		}
		told := &models.Notification{OwnerID: moderators[i].ID, ActorID: c.Reporter.ID, Type: models.NotifyReport, ReportID: report.ID}
		if _, err := tx.Notify(told); err != nil {
			return err
		}
	}
	return s.outbox.Publish(tx, CommunityReported{Reporter: c.Reporter, Community: community, Posts: posts, Report: report, Cause: c.Cause})
}

// concernsStaff: what others say about others, in a community that is only moderated from here, is for its moderators alone.
func concernsStaff(c Complaint, posts []*models.Post) bool {
	if c.Reporter.Local || c.Target.Local {
		return true
	}
	for _, post := range posts {
		if post.Local {
			return true
		}
	}
	return len(posts) == 0
}

// Resolution is how a moderator answers a report about posts in a community.
type Resolution struct {
	Act
	Report *models.Report
	Answer string // what who complained is told
}

// ResolveReport closes a report about posts in a community, and tells who complained. Resolving it again changes nothing.
// Errors: Forbidden for who does not moderate the community, NotFound for a report of another one.
func (s *Service) ResolveReport(ctx context.Context, r Resolution) error {
	r.Answer = cutRunes(r.Answer, maxActReason)
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		r := r
		if err := s.mayModerate(tx, &r.Act); err != nil {
			return err
		}
		report, err := tx.Report(r.Report.ID)
		if err != nil {
			return err
		}
		if report.CommunityID != r.Community.ID {
			return models.Errorf(models.NotFound, "report not found")
		}
		if report.ResolvedAt != 0 {
			return nil
		}
		report.ResolvedAt, report.ResolvedBy, report.Answer = tx.Now(), r.Moderator.ID, r.Answer
		if err := tx.SaveReport(report); err != nil {
			return err
		}
		return s.answerReport(tx, &r, report)
	})
}

func (s *Service) answerReport(tx *models.Tx, r *Resolution, report *models.Report) error {
	reporter, err := tx.Actor(report.ReporterID)
	if err != nil {
		return err
	}
	found, err := tx.Posts(idsOfLines(report.PostIDs))
	if err != nil {
		return err
	}
	event := ReportResolved{Moderator: r.Moderator, Community: r.Community, Reporter: reporter, Report: report, Cause: r.Cause}
	for _, id := range idsOfLines(report.PostIDs) {
		if post := found[id]; post != nil {
			event.Posts = append(event.Posts, post)
		}
	}
	event.Entry = &models.ModLogEntry{
		CommunityID: r.Community.ID, ActorID: r.Moderator.ID, Verb: models.LogResolve, TargetID: report.TargetID, ObjectURI: report.URI,
		Reason: r.Answer, ActivityURI: orElse(r.URI, s.links.Activity(tx.NewID())),
	}
	if err := s.outbox.Publish(tx, event); err != nil {
		return err
	}
	if err := tx.AddModLog(event.Entry); err != nil {
		return err
	}
	said := "Moderators of " + nameOf(r.Community) + " looked into your report."
	if r.Answer != "" {
		said += "\n\nAnswer: " + r.Answer
	}
	return s.informBy(tx, r.Community, reporter, said)
}
