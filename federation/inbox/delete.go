package inbox

import (
	"context"

	"praxis/federation/vocab"
	"praxis/models"
)

// verifyDelete: an author withdraws a post, a moderator removes it from a community, or an actor leaves. Nobody else deletes
// what is another's (security case A16).
func (p *Processor) verifyDelete(ctx context.Context, m *message) (apply, error) {
	id := m.activity.Object.ID
	switch {
	case id == "":
		return nil, nil
	case id == m.actor.URI:
		if m.via != nil {
			return nil, nil
		}
		return func(ctx context.Context) error { return p.service.DeleteActor(ctx, m.actor) }, nil
	}
	post, err := p.store.Read(ctx).PostByURI(id)
	if models.IsNotFound(err) {
		if do, found, err := p.quoteRevoked(ctx, m); found || err != nil {
			return do, err
		}
		return p.deletedUnknown(ctx, m, id)
	}
	if err != nil {
		return nil, err
	}
	if post.AuthorID != m.actor.ID && !post.IsBoost() {
		if do, err := p.deletedForGroup(ctx, m, post); err != nil || do != nil {
			return do, err
		}
	}
	removal, err := p.isRemoval(ctx, m, post)
	if err != nil {
		return nil, err
	}
	if removal {
		return p.removal(ctx, m)
	}
	if post.IsBoost() {
		return nil, models.Errorf(models.Forbidden, "%s is no post", clip(id))
	}
	return func(ctx context.Context) error { return p.service.Delete(ctx, m.actor, post, m.cause()) }, nil
}

// deletedUnknown remembers a deletion or a removal that came before what it is about (security case F4).
func (p *Processor) deletedUnknown(ctx context.Context, m *message, id string) (apply, error) {
	removal, err := p.isRemoval(ctx, m, nil)
	if err != nil {
		return nil, err
	}
	if removal {
		return p.removal(ctx, m)
	}
	if p.links.IsOurs(id) {
		return nil, nil
	}
	if !vocab.SameOrigin(id, m.actor.URI) {
		return nil, models.Errorf(models.Forbidden, "object %s is not on the host of %s", clip(id), m.actor.URI)
	}
	return func(ctx context.Context) error { return p.service.Forget(ctx, m.actor, id) }, nil
}
