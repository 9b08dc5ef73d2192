package inbox

import (
	"context"
	"slices"

	"praxis/models"
)

// verifyMove: a person moved, or a community went over into another one. Both ends are asked: the old one must point to the new one, and the new one must name the
// old one as an alias (security case A28). Who moved once stays where they are told to be: a second Move to elsewhere is
// left alone.
func (p *Processor) verifyMove(ctx context.Context, m *message) (apply, error) {
	if m.activity.Object.ID != m.actor.URI {
		return p.verifyMoveThread(ctx, m)
	}
	kind := m.actor.Type
	if m.activity.Target.ID == "" || kind != models.TypePerson && kind != models.TypeGroup || m.via != nil {
		return nil, nil
	}
	moved := m.actor.MovedToURI
	actor, err := p.directory.Refresh(ctx, m.actor.URI)
	if err != nil {
		return nil, err
	}
	target, err := p.moveTarget(ctx, m.activity.Target.ID)
	if err != nil {
		return nil, err
	}
	if actor.MovedToURI != target.URI || !slices.Contains(target.Aliases(), actor.URI) || target.Type != kind {
		return nil, models.Errorf(models.Forbidden, "%s and %s do not point to each other", actor.URI, target.URI)
	}
	if moved != "" && moved != target.URI {
		return nil, models.Errorf(models.Forbidden, "%s moved before", actor.URI)
	}
	return func(ctx context.Context) error { return p.service.Move(ctx, actor, target) }, nil
}

// moveTarget gives the new actor as its host has it now, since it learned of its alias only lately.
func (p *Processor) moveTarget(ctx context.Context, uri string) (*models.Actor, error) {
	if p.links.IsOurs(uri) {
		return p.store.Read(ctx).ActorByURI(uri)
	}
	return p.directory.Refresh(ctx, uri)
}

// verifyMovedBack: a community takes back that it went over into another one. Its document says so, or it is not so.
func (p *Processor) verifyMovedBack(ctx context.Context, m *message) (apply, error) {
	if m.via != nil || !m.actor.IsCommunity() {
		return nil, nil
	}
	actor, err := p.directory.Refresh(ctx, m.actor.URI)
	if err != nil {
		return nil, err
	}
	if actor.MovedToURI != "" {
		return nil, models.Errorf(models.Forbidden, "%s takes back that it moved, and still points to %s", actor.URI, actor.MovedToURI)
	}
	return func(ctx context.Context) error { return p.service.MovedBack(ctx, actor) }, nil
}
