package inbox

import (
	"context"

	"praxis/federation/vocab"
	"praxis/internal/text"
	"praxis/models"
	"praxis/practice"
)

// relayedRequest: a community tells the hosts of its moderators that somebody asks to join it, or that this was decided. It
// speaks for nobody but itself: who asks gets nothing by it but a decision of the moderator, which goes back to the community.
func (p *Processor) relayedRequest(ctx context.Context, m *message, inner vocab.Activity) (apply, error) {
	follow, asked := inner, inner.Type == "Follow"
	if !asked {
		var ok bool
		if follow, ok = innerOf(inner.Object); !ok || follow.Type != "Follow" || inner.Actor.ID != m.actor.URI {
			return nil, nil
		}
	}
	if follow.Object.ID != m.actor.URI || m.via != nil {
		return nil, nil
	}
	moderated, err := p.store.Read(ctx).HasLocalModerator(m.actor.ID)
	if err != nil || !moderated {
		return nil, err
	}
	somebody, err := p.directory.Actor(ctx, follow.Actor.ID)
	if err != nil || somebody.IsGone() {
		return nil, err
	}
	if !asked {
		return func(ctx context.Context) error { return p.service.SettleRequest(ctx, m.actor, somebody) }, nil
	}
	opts := practice.FollowOptions{URI: follow.ID, Raw: m.activity.Object.Raw, Message: text.CleanName(text.Plain(follow.Content))}
	return func(ctx context.Context) error { return p.service.TakeRequest(ctx, m.actor, somebody, opts) }, nil
}

// decidedByModerator: the answer to a request to join a community of ours, by somebody elsewhere who moderates it. Nil when it
// is no such answer (security cases A20, A37).
func (p *Processor) decidedByModerator(ctx context.Context, m *message, accept bool) (apply, error) {
	inner, ok := innerOf(m.activity.Object)
	if !ok || inner.Type != "Follow" || !p.links.IsOurs(inner.Object.ID) || m.via != nil {
		return nil, nil
	}
	tx := p.store.Read(ctx)
	community, err := tx.ActorByURI(inner.Object.ID)
	if err != nil || !community.Local || !community.IsCommunity() {
		return nil, ignoreAbsent(err)
	}
	moderator, err := tx.IsModerator(community.ID, m.actor.ID)
	if err != nil {
		return nil, err
	}
	if !moderator {
		return nil, models.Errorf(models.Forbidden, "%s does not moderate @%s", m.actor.URI, community.Acct())
	}
	somebody, err := tx.ActorByURI(inner.Actor.ID)
	if err != nil {
		return nil, ignoreAbsent(err)
	}
	return func(ctx context.Context) error {
		err := p.service.DecideJoin(ctx, m.actor, community, somebody, accept)
		return ignoreAbsent(err) // decided by somebody else before
	}, nil
}
