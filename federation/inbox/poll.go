package inbox

import (
	"context"

	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

// vote counts a vote in a poll of ours. Votes are for the author alone: one that somebody passes on is not taken.
func (p *Processor) vote(ctx context.Context, m *message, object vocab.Object) (apply, error) {
	if m.via != nil || !p.links.IsOurs(object.InReplyTo) {
		return nil, nil
	}
	post, err := p.known(ctx, object.InReplyTo)
	if err != nil || post == nil {
		return nil, err
	}
	return func(ctx context.Context) error {
		return p.service.TakeVote(ctx, m.actor, post, object.Name, object.ID)
	}, nil
}

// tally takes over the counts of a remote poll: an Update without a date of change changes nothing else.
func (p *Processor) tally(m *message, post *models.Post, draft practice.Draft) apply {
	return func(ctx context.Context) error {
		return p.service.RefreshPoll(ctx, draft.Author, post, *draft.Poll, m.cause())
	}
}
