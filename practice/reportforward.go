package practice

import (
	"context"

	"praxis/models"
)

// ForwardReport sends a report to the server of whom it is about, in the instance's name; who complained stays unnamed.
// Moderator is nil for whoever runs the server's commands.
// Errors: Forbidden, NotFound; Conflict for what was sent already, and for what is about somebody here.
func (s *Service) ForwardReport(ctx context.Context, moderator *models.Actor, id int64) (report *models.Report, err error) {
	err = s.store.Tx(ctx, func(tx *models.Tx) error {
		if _, err := s.lookingInto(tx, moderator); err != nil {
			return err
		}
		if report, err = tx.Report(id); err != nil {
			return err
		}
		return s.forward(tx, moderator, report)
	})
	return report, err
}

func (s *Service) forward(tx *models.Tx, moderator *models.Actor, report *models.Report) error {
	people, err := tx.Actors([]int64{report.ReporterID, report.TargetID})
	if err != nil {
		return err
	}
	reporter, target := people[report.ReporterID], people[report.TargetID]
	switch {
	case reporter == nil || target == nil:
		return models.Errorf(models.NotFound, "Who this report is about is not known any more.")
	case target.Local:
		return models.Errorf(models.Conflict, "This report is about somebody of this server: there is nobody to forward it to.")
	case !reporter.Local:
		return models.Errorf(models.Conflict, "This report came from %s: only reports of members are forwarded.", reporter.Host)
	case report.Forwarded:
		return models.Errorf(models.Conflict, "This report was forwarded to %s already.", target.Host)
	}
	found, err := tx.Posts(idsOfLines(report.PostIDs))
	if err != nil {
		return err
	}
	event := Reported{Reporter: reporter, Target: target, Report: report}
	for _, id := range idsOfLines(report.PostIDs) {
		if post := found[id]; post != nil {
			event.Posts = append(event.Posts, post)
		}
	}
	report.Forwarded = true
	if err := tx.SaveReport(report); err != nil {
		return err
	}
	if err := s.outbox.Publish(tx, event); err != nil {
		return err
	}
	entry := models.AuditEntry{Action: "report.forward", TargetID: target.ID, Target: s.atName(target), ReportID: report.ID}
	return s.auditEntry(tx, moderator, entry, nil, map[string]string{"host": target.Host})
}
