package practice

import (
	"context"

	"praxis/models"
)

// Attend lets an actor come to a visit of ours by an activity, or stay away (leave), and tells their server whether there
// is a place. Errors: NotFound for what they may not read, Invalid for what is no visit.
func (s *Service) Attend(ctx context.Context, actor *models.Actor, visit *models.Post, leave bool, cause Cause) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		post, err := tx.LockPost(visit.ID)
		if err != nil {
			return err
		}
		if _, err := tx.VisiblePost(post.ID, actor.ID); err != nil {
			return err
		}
		if post.Kind != Visit || !post.Local {
			return invalid("object", "%s is no visit that begins here", post.URI)
		}
		row, err := tx.Practice(post.ID)
		if err != nil {
			return err
		}
		return s.attend(tx, &setting{actor: actor, question: post, answered: post, row: row}, leave, cause)
	})
}

func (s *Service) attend(tx *models.Tx, at *setting, leave bool, cause Cause) error {
	if leave {
		_, err := s.withdraw(tx, at, at.question, models.ResponseGoing, "")
		return err
	}
	full, err := s.isFull(tx, at.question, at.row, at.actor)
	if err != nil {
		return err
	}
	accepted := !full && !isClosed(Visit, at.row, tx.Now())
	if accepted {
		if _, err := s.respond(tx, at, at.question, models.Response{Verb: models.ResponseGoing, Value: Going, URI: cause.URI}); err != nil {
			return err
		}
	}
	author, err := tx.Actor(at.question.AuthorID)
	if err != nil || cause.IsZero() {
		return err
	}
	return s.outbox.Publish(tx, AttendanceAnswered{Actor: at.actor, Author: author, Post: at.question, Cause: cause, Accepted: accepted})
}

// MaySeeAttendees reports whether a viewer may see who comes to a visit: its host and those who come.
func MaySeeAttendees(tx *models.Tx, visit *models.Post, viewer int64) (bool, error) {
	if viewer == models.Anonymous {
		return false, nil
	}
	if visit.AuthorID == viewer {
		return true, nil
	}
	said, err := tx.Response(visit.ID, viewer, models.ResponseGoing, "")
	return said != nil && said.Value != NotGoing, err
}

// MaySeePledges reports whether a viewer may see who joined with how much: who coordinates, and the moderators.
func MaySeePledges(tx *models.Tx, post *models.Post, viewer int64) (bool, error) {
	if viewer == models.Anonymous || post.AuthorID == viewer || post.CommunityID == 0 {
		return viewer != models.Anonymous && post.AuthorID == viewer, nil
	}
	return tx.IsModerator(post.CommunityID, viewer)
}
