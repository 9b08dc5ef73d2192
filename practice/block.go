package practice

import (
	"context"
	"strconv"
	"strings"

	"praxis/models"
)

// Block keeps target away from actor: follows between them end, in both directions. Blocking again changes nothing.
func (s *Service) Block(ctx context.Context, actor, target *models.Actor, uri string) error {
	if actor.ID == target.ID {
		return models.Errorf(models.Forbidden, "Nobody blocks themselves.")
	}
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		if _, err := tx.BlockBetween(actor.ID, target.ID); err == nil || !models.IsNotFound(err) {
			return err
		}
		if err := s.unfollow(tx, actor, target); err != nil {
			return err
		}
		if err := s.dropFollower(tx, actor, target); err != nil {
			return err
		}
		if err := tx.DeleteNotificationsBetween(actor.ID, target.ID); err != nil {
			return err
		}
		if uri == "" {
			uri = s.links.Activity(tx.NewID())
		}
		block := &models.Block{URI: uri, ActorID: actor.ID, TargetID: target.ID}
		if err := tx.PutBlock(block); err != nil {
			return err
		}
		return s.outbox.Publish(tx, Blocked{Actor: actor, Target: target, Block: block})
	})
}

// dropFollower ends target's follow of actor, without telling target more than the block does.
func (s *Service) dropFollower(tx *models.Tx, actor, target *models.Actor) error {
	follow, err := tx.FollowBetween(target.ID, actor.ID)
	if models.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.rejectFollow(tx, target, actor, follow)
}

// Unblock lifts a block; without one it changes nothing.
func (s *Service) Unblock(ctx context.Context, actor, target *models.Actor) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		block, err := tx.BlockBetween(actor.ID, target.ID)
		if models.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := tx.DeleteBlock(actor.ID, target.ID); err != nil {
			return err
		}
		return s.outbox.Publish(tx, Blocked{Actor: actor, Target: target, Block: block, Lifted: true})
	})
}

// maxReportComment is how much of a complaint's text is kept (security case F9).
const maxReportComment = 5000

// Report complains about target and posts of theirs. Forward sends it to target's server, too, in the instance's name.
// URI is the Flag's id when it came from outside.
func (s *Service) Report(ctx context.Context, reporter, target *models.Actor, posts []*models.Post, comment, uri string, forward bool) (*models.Report, error) {
	posts, err := s.reportable(ctx, reporter, target, posts)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, post := range posts {
		ids = append(ids, strconv.FormatInt(post.ID, 10))
	}
	if runes := []rune(comment); len(runes) > maxReportComment {
		comment = string(runes[:maxReportComment])
	}
	report := &models.Report{URI: uri, ReporterID: reporter.ID, TargetID: target.ID, Comment: comment, PostIDs: strings.Join(ids, "\n")}
	err = s.store.Tx(ctx, func(tx *models.Tx) error {
		if report.URI == "" {
			report.URI = s.links.Activity(tx.NewID())
		}
		if err := tx.PutReport(report); err != nil {
			return err
		}
		if !forward || target.Local || !reporter.Local {
			return nil
		}
		return s.outbox.Publish(tx, Reported{Reporter: reporter, Target: target, Posts: posts, Report: report})
	})
	return report, err
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
