package inbox

import (
	"context"
	"time"

	"praxis/federation/directory"
	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

// verifyUpdateActor: what an actor says of itself now is asked from its host, so that an old message or a stolen key
// changes nothing (security case A15).
func (p *Processor) verifyUpdateActor(ctx context.Context, m *message) (apply, error) {
	if m.activity.Object.ID != m.actor.URI || m.via != nil {
		return nil, nil
	}
	actor, err := p.directory.Refresh(ctx, m.actor.URI)
	if err == nil && actor.IsCommunity() {
		return p.compareSiblings(ctx, actor)
	}
	if err != nil || !actor.IsFeed() {
		return nil, err
	}
	return p.verifyFeedChange(ctx, m)
}

// verifyFeedChange: a feed says that a community came in or left. What it says is not believed: it is asked what it holds,
// if anybody here follows it.
func (p *Processor) verifyFeedChange(ctx context.Context, m *message) (apply, error) {
	followed, err := p.store.Read(ctx).HasLocalFollower(m.actor.ID)
	if err != nil || !followed {
		return nil, err
	}
	return func(ctx context.Context) error { return p.service.RefreshFeed(ctx, m.actor) }, nil
}

// unknownAge is how old a post may be that is first heard of by its Update.
const unknownAge = 24 * time.Hour

func (p *Processor) verifyUpdate(ctx context.Context, m *message) (apply, error) {
	object, err := p.genuine(ctx, m)
	if err != nil || object == nil {
		return nil, err
	}
	return p.changedPost(ctx, m, *object)
}

// changedPost gives what changes a post into what a genuine object says. Nobody but the author changes a post (security
// cases A13, A14).
func (p *Processor) changedPost(ctx context.Context, m *message, object vocab.Object) (apply, error) {
	if directory.IsCompanion(object) {
		return nil, nil
	}
	post, err := p.store.Read(ctx).PostByURI(object.ID)
	if models.IsNotFound(err) {
		if p.store.Now().Sub(object.Published) > unknownAge {
			return nil, nil
		}
		return p.newPost(ctx, m, object)
	}
	if err != nil {
		return nil, err
	}
	if post.DeletedAt != 0 || post.IsBoost() {
		return nil, nil
	}
	draft, err := p.directory.Draft(ctx, object)
	if err != nil {
		return nil, err
	}
	if draft.Poll != nil && post.Type == object.Type && object.Updated.IsZero() {
		return p.tally(m, post, draft), nil
	}
	edit := practice.Edit{
		Content: &draft.Content, Title: &draft.Title, SpoilerText: &draft.SpoilerText, Sensitive: &draft.Sensitive,
		Mentions: draft.Mentions, Tags: draft.Tags, Attachments: draft.Attachments, Updated: object.Updated,
		Answer: p.answerOf(ctx, post, object), Cause: m.cause(), Poll: draft.Poll, RemovePoll: draft.Poll == nil,
		Quote: draft.Quote, QuotePolicy: &draft.QuotePolicy, Facts: draft.Facts, TitleApart: draft.TitleApart,
		Helpful: p.helpfulOf(ctx, object), Flair: draft.Flair,
	}
	if draft.Kind != "" {
		edit.Kind = &draft.Kind
	}
	if draft.Language != "" {
		edit.Language = &draft.Language
	}
	return func(ctx context.Context) error {
		_, err := p.service.Edit(ctx, draft.Author, post, edit)
		return err
	}, nil
}

// maxHelpful is how many helpful replies of a thread are looked for.
const maxHelpful = 100

// helpfulOf reads which replies an asker's host calls helpful; nil when the object does not say.
func (p *Processor) helpfulOf(ctx context.Context, object vocab.Object) *[]*models.Post {
	if len(object.SuggestedAnswer) == 0 && object.AdditionalType == "" {
		return nil
	}
	replies := []*models.Post{}
	for _, uri := range object.SuggestedAnswer[:min(len(object.SuggestedAnswer), maxHelpful)] {
		if reply, err := p.known(ctx, uri); err == nil && reply != nil {
			replies = append(replies, reply)
		}
	}
	return &replies
}

// answerOf reads which reply an asker accepts now: nil when the object does not say, a zero Post when none any more.
func (p *Processor) answerOf(ctx context.Context, question *models.Post, object vocab.Object) *models.Post {
	if object.AcceptedAnswer != "" {
		answer, err := p.known(ctx, object.AcceptedAnswer)
		if err != nil {
			return nil
		}
		return answer
	}
	if object.IsResolved != nil && !*object.IsResolved && question.AcceptedAnswerID != 0 {
		return &models.Post{}
	}
	return nil
}
