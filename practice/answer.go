package practice

import (
	"context"

	"praxis/models"
)

// Answer accepts answer as the answer to question, or withdraws that. Only the asker and the moderators of the
// question's community may. Errors: Forbidden, Invalid when the two don't belong together.
func (s *Service) Answer(ctx context.Context, actor *models.Actor, question, answer *models.Post, withdraw bool, cause Cause) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		return s.answer(tx, actor, question, answer, withdraw, cause)
	})
}

func (s *Service) answer(tx *models.Tx, actor *models.Actor, question, answer *models.Post, withdraw bool, cause Cause) error {
	question, err := tx.LockPost(question.ID)
	if err != nil {
		return err
	}
	if answer, err = tx.Post(answer.ID); err != nil {
		return err
	}
	if err := s.mayAnswer(tx, actor, question); err != nil {
		return err
	}
	if question.IsGone() || answer.IsGone() || answer.ThreadID != question.ID || answer.ID == question.ID || answer.AuthorID == question.AuthorID {
		return invalid("answer", "An accepted answer is a reply by somebody else in the question's own thread.")
	}
	if !withdraw && question.AcceptedAnswerID == answer.ID || withdraw && question.AcceptedAnswerID != answer.ID {
		return nil
	}
	question.AcceptedAnswerID = answer.ID
	if withdraw {
		question.AcceptedAnswerID = 0
	}
	if err := tx.SavePost(question); err != nil {
		return err
	}
	if err := s.reopen(tx, question, withdraw); err != nil {
		return err
	}
	tx.Emit(models.Change{Kind: models.PostEdited, ID: question.ID}) // what is solved is shown with the question
	event := AnswerChosen{Actor: actor, Question: question, Answer: answer, Withdrawn: withdraw, Cause: cause}
	return s.outbox.Publish(tx, event)
}

// reopen: a question whose answer was none is open again, and one that is solved is not withdrawn.
func (s *Service) reopen(tx *models.Tx, question *models.Post, withdraw bool) error {
	row, err := tx.Practice(question.ID)
	if err != nil {
		return err
	}
	switch {
	case withdraw:
		row.State = models.StateReopened
	case row.State == "":
		return nil
	default:
		row.State = ""
	}
	return tx.SavePractice(row)
}

func (s *Service) mayAnswer(tx *models.Tx, actor *models.Actor, question *models.Post) error {
	// The community itself speaks for its moderators, and for askers whose software knows no answers.
	if actor.ID == question.AuthorID || (question.CommunityID != 0 && actor.ID == question.CommunityID) {
		return nil
	}
	if question.CommunityID != 0 {
		moderator, err := tx.IsModerator(question.CommunityID, actor.ID)
		if err != nil || moderator {
			return err
		}
	}
	return models.Errorf(models.Forbidden, "Only the asker or a moderator of the community accepts an answer.")
}
