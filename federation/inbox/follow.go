package inbox

import (
	"context"
	"strings"

	"praxis/federation/vocab"
	"praxis/internal/text"
	"praxis/models"
	"praxis/practice"
)

// verifyFollow: somebody wants to follow one of our actors. What their host runs decides how a community announces to
// it, so it is asked before.
func (p *Processor) verifyFollow(ctx context.Context, m *message) (apply, error) {
	if !p.links.IsOurs(m.activity.Object.ID) {
		return nil, nil
	}
	target, err := p.store.Read(ctx).ActorByURI(m.activity.Object.ID)
	if err != nil {
		return nil, err
	}
	if !target.Local {
		return nil, nil
	}
	p.directory.LearnSoftware(ctx, m.actor.Host)
	return func(ctx context.Context) error {
		_, err := p.service.Follow(ctx, m.actor, target, practice.FollowOptions{
			URI: m.activity.ID, Raw: m.raw, Message: text.CleanName(text.Plain(m.activity.Content)),
			Invitation: p.invitationOf(m.activity.Instrument),
		})
		return err
	}, nil
}

// invitationOf gives the token of a link of ours to join a community; "" for what is none.
func (p *Processor) invitationOf(instrument vocab.Ref) string {
	token, ok := strings.CutPrefix(instrument.ID, p.links.Invitation(""))
	if !ok || len(token) > 64 {
		return ""
	}
	return token
}

func (p *Processor) verifyAccept(ctx context.Context, m *message) (apply, error) {
	return p.verifyAnswerToFollow(ctx, m, true)
}

func (p *Processor) verifyReject(ctx context.Context, m *message) (apply, error) {
	return p.verifyAnswerToFollow(ctx, m, false)
}

// verifyAnswerToFollow: only the one who is followed answers, and only a follow of ours (security cases A20, A21).
func (p *Processor) verifyAnswerToFollow(ctx context.Context, m *message, accept bool) (apply, error) {
	if do, handled, err := p.verifyQuoteAnswer(ctx, m, accept); handled || err != nil {
		return do, err
	}
	follower, err := p.followerOf(ctx, m)
	if err != nil {
		return nil, err
	}
	if follower == nil {
		return p.decidedByModerator(ctx, m, accept)
	}
	return func(ctx context.Context) error { return p.service.AnswerFollow(ctx, m.actor, follower, accept) }, nil
}

// followerOf gives the member of ours whose follow of the sender an answer is about: by the follow's id, or else by what
// the embedded follow says.
func (p *Processor) followerOf(ctx context.Context, m *message) (*models.Actor, error) {
	tx := p.store.Read(ctx)
	if id := m.activity.Object.ID; id != "" {
		follow, err := tx.FollowByURI(id)
		if err == nil && follow.TargetID == m.actor.ID {
			return tx.Actor(follow.ActorID)
		}
		if err != nil && !models.IsNotFound(err) {
			return nil, err
		}
	}
	inner, ok := innerOf(m.activity.Object)
	if !ok || inner.Type != "Follow" || inner.Object.ID != m.actor.URI || !p.links.IsOurs(inner.Actor.ID) {
		return nil, nil
	}
	follower, err := tx.ActorByURI(inner.Actor.ID)
	if err != nil || !follower.Local {
		return nil, err
	}
	return follower, nil
}

// verifyUndoFollow: what counts is the follow that is stored for the sender, not what the stub says of it (security
// cases A18, A19). Nobody leaves by hearsay: the copy of an old farewell would end a new follow.
func (p *Processor) verifyUndoFollow(ctx context.Context, m *message) (apply, error) {
	if m.via != nil {
		return nil, nil
	}
	target, err := p.unfollowed(ctx, m)
	if err != nil || target == nil {
		return nil, err
	}
	return func(ctx context.Context) error { return p.service.Unfollow(ctx, m.actor, target) }, nil
}

func (p *Processor) unfollowed(ctx context.Context, m *message) (*models.Actor, error) {
	tx := p.store.Read(ctx)
	if follow, err := tx.FollowByURI(m.activity.Object.ID); err == nil && follow.ActorID == m.actor.ID {
		return tx.Actor(follow.TargetID)
	}
	inner, ok := innerOf(m.activity.Object)
	if !ok || inner.Actor.ID != m.actor.URI {
		return nil, nil
	}
	target, err := tx.ActorByURI(inner.Object.ID)
	if models.IsNotFound(err) {
		return nil, nil
	}
	return target, err
}
