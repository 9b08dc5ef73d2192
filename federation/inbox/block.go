package inbox

import "context"

// verifyBlock: somebody wants nothing to do with one of ours. With a target it is a ban from a community.
func (p *Processor) verifyBlock(ctx context.Context, m *message) (apply, error) {
	if !m.activity.Target.IsZero() {
		return p.verifyBan(ctx, m)
	}
	if !p.links.IsOurs(m.activity.Object.ID) || m.via != nil {
		return nil, nil
	}
	target, err := p.store.Read(ctx).ActorByURI(m.activity.Object.ID)
	if err != nil {
		return nil, ignoreAbsent(err)
	}
	return func(ctx context.Context) error { return p.service.Block(ctx, m.actor, target, m.activity.ID) }, nil
}
