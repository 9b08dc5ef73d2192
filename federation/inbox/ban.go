package inbox

import (
	"context"
	"time"

	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

// banOf gives the act of a Block whose target is a community: somebody is kept out of it. Nil when that is no community which is
// known here. Who is banned elsewhere matters only if they are known here, or to siblings of ours.
func (p *Processor) banOf(ctx context.Context, m *message, block vocab.Activity) (*practice.Act, error) {
	tx := p.store.Read(ctx)
	community, err := tx.ActorByURI(block.Target.ID)
	if err != nil || !community.IsCommunity() {
		return nil, ignoreAbsent(err)
	}
	if m.via != nil && m.via.ID != community.ID {
		return nil, models.Errorf(models.Forbidden, "%s does not say who takes part in %s", m.via.URI, community.URI)
	}
	act, err := p.actOf(ctx, m, community)
	if err != nil {
		return nil, err
	}
	act.Target, err = tx.ActorByURI(block.Object.ID)
	if models.IsNotFound(err) && act != nil && !community.Local {
		sibling, failed := tx.IsSiblingOfOurs(community.URI)
		if failed != nil || !sibling {
			return nil, failed
		}
		act.Target, err = p.directory.Actor(ctx, block.Object.ID)
	} else if models.IsNotFound(err) && community.Local {
		if moderates, err := tx.IsModerator(community.ID, m.actor.ID); err != nil || !moderates {
			return nil, err
		}
		act.Target, err = p.directory.Actor(ctx, block.Object.ID)
	}
	if err != nil {
		return nil, ignoreAbsent(err)
	}
	act.RemovePosts, act.Until = block.RemoveData, block.EndTime
	return act, nil
}

func (p *Processor) verifyBan(ctx context.Context, m *message) (apply, error) {
	act, err := p.banOf(ctx, m, m.activity)
	if err != nil || act == nil {
		return nil, err
	}
	return func(ctx context.Context) error { return p.service.Ban(ctx, *act) }, nil
}

func (p *Processor) verifyUnban(ctx context.Context, m *message) (apply, error) {
	inner, ok := undone(m)
	if !ok {
		return nil, nil
	}
	act, err := p.banOf(ctx, m, inner)
	if err != nil || act == nil {
		return nil, err
	}
	act.Undoes, act.Until, act.RemovePosts = inner.ID, time.Time{}, false
	return func(ctx context.Context) error { return p.service.Unban(ctx, *act) }, nil
}
