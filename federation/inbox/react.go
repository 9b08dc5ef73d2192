package inbox

import (
	"context"

	"praxis/models"
)

func (p *Processor) verifyLike(ctx context.Context, m *message) (apply, error) {
	post, err := p.awaited(ctx, m.activity.Object.ID)
	if err != nil || post == nil {
		return nil, err
	}
	return func(ctx context.Context) error {
		return p.service.Favourite(ctx, m.actor, post, m.activity.ID, m.cause())
	}, nil
}

// verifyAnswer: the asker, or who moderates the community, names the reply that answers the question.
func (p *Processor) verifyAnswer(ctx context.Context, m *message) (apply, error) {
	return p.chosen(ctx, m, m.activity.Object.ID, false)
}

func (p *Processor) verifyUndoAnswer(ctx context.Context, m *message) (apply, error) {
	inner, ok := innerOf(m.activity.Object)
	if !ok || inner.Actor.ID != m.actor.URI {
		return nil, nil
	}
	return p.chosen(ctx, m, inner.Object.ID, true)
}

// chosen finds the question by the answer's thread: not every server names it.
func (p *Processor) chosen(ctx context.Context, m *message, answerURI string, withdraw bool) (apply, error) {
	answer, err := p.awaited(ctx, answerURI)
	if err != nil || answer == nil {
		return nil, err
	}
	question, err := p.store.Read(ctx).Post(answer.ThreadID)
	if err != nil {
		return nil, ignoreAbsent(err)
	}
	if question.InReplyToURI != "" && question.InReplyToID == 0 {
		return nil, errEarly // what it answers in turn has not come yet
	}
	if question.ID == answer.ID {
		return nil, models.Errorf(models.Invalid, "%s is the beginning of its thread and answers nothing", clip(answerURI))
	}
	return func(ctx context.Context) error {
		return p.service.Answer(ctx, m.actor, question, answer, withdraw, m.cause())
	}, nil
}
