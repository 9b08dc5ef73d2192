package inbox

import (
	"context"

	"praxis/federation/vocab"
	"praxis/models"
)

// isOfGroup reports whether a post is by a community on the host of who acts with it: Mobilizon's organizers publish events
// in the name of their group. The post must come from its own host, which then says what is true of it; who sent word of it
// does not matter.
func (p *Processor) isOfGroup(ctx context.Context, actor *models.Actor, object vocab.Object) bool {
	owner, err := object.Author()
	if err != nil || !vocab.SameOrigin(owner, actor.URI) || !vocab.SameOrigin(object.ID, owner) {
		return false
	}
	author, err := p.directory.Actor(ctx, owner)
	return err == nil && author.IsCommunity() && !author.IsGone()
}

// deletedForGroup forgets a post by a community when its host says that it is gone; nil when it does not, or when the post is
// not by a community on the host of who says so.
func (p *Processor) deletedForGroup(ctx context.Context, m *message, post *models.Post) (apply, error) {
	author, err := p.store.Read(ctx).Actor(post.AuthorID)
	if err != nil || m.via != nil || !author.IsCommunity() || author.Local || !vocab.SameOrigin(author.URI, m.actor.URI) {
		return nil, err
	}
	object, err := p.directory.FetchObject(ctx, post.URI)
	code := models.ErrorCode(err)
	if asTemporary(err) {
		return nil, err
	}
	if code != models.Gone && code != models.NotFound && (err != nil || !object.IsTombstone()) {
		return nil, nil
	}
	return func(ctx context.Context) error { return p.service.Delete(ctx, author, post, m.cause()) }, nil
}
