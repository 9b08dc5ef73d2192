package inbox

import (
	"context"

	"praxis/models"
)

// verifyUndo: an Undo that only names what it undoes. It is looked for among what the sender did.
func (p *Processor) verifyUndo(ctx context.Context, m *message) (apply, error) {
	id := m.activity.Object.ID
	if id == "" || m.activity.Object.IsEmbedded() {
		return nil, nil // of a type that is not kept here, or of nothing
	}
	for _, find := range []verify{p.verifyUndoFollow, p.undoLikeByID, p.undoShareByID, p.undoBlockByID, p.undoActByID} {
		if undo, err := find(ctx, m); err != nil || undo != nil {
			return undo, err
		}
	}
	return nil, nil
}

func (p *Processor) verifyUndoLike(ctx context.Context, m *message) (apply, error) {
	if undo, err := p.undoLikeByID(ctx, m); err != nil || undo != nil {
		return undo, err
	}
	inner, ok := innerOf(m.activity.Object)
	if !ok || inner.Actor.ID != m.actor.URI {
		return nil, nil
	}
	post, err := p.known(ctx, inner.Object.ID)
	if err != nil || post == nil {
		return nil, err
	}
	return func(ctx context.Context) error { return p.service.Unfavourite(ctx, m.actor, post, m.cause()) }, nil
}

func (p *Processor) undoLikeByID(ctx context.Context, m *message) (apply, error) {
	tx := p.store.Read(ctx)
	favourite, err := tx.FavouriteByURI(m.activity.Object.ID)
	if err != nil || favourite.ActorID != m.actor.ID {
		return nil, ignoreAbsent(err)
	}
	post, err := tx.Post(favourite.PostID)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) error { return p.service.Unfavourite(ctx, m.actor, post, m.cause()) }, nil
}

func (p *Processor) verifyUndoAnnounce(ctx context.Context, m *message) (apply, error) {
	if m.via != nil {
		return nil, nil
	}
	if undo, err := p.undoShareByID(ctx, m); err != nil || undo != nil {
		return undo, err
	}
	inner, ok := innerOf(m.activity.Object)
	if !ok || inner.Actor.ID != m.actor.URI {
		return nil, nil
	}
	post, err := p.known(ctx, inner.Object.ID)
	if err != nil || post == nil {
		return nil, err
	}
	return func(ctx context.Context) error { return p.service.Unshare(ctx, m.actor, post) }, nil
}

func (p *Processor) undoShareByID(ctx context.Context, m *message) (apply, error) {
	boost, err := p.store.Read(ctx).PostByURI(m.activity.Object.ID)
	if err != nil || !boost.IsBoost() || boost.AuthorID != m.actor.ID || m.via != nil {
		return nil, ignoreAbsent(err)
	}
	return func(ctx context.Context) error { return p.service.Unshare(ctx, m.actor, boost) }, nil
}

func (p *Processor) verifyUndoBlock(ctx context.Context, m *message) (apply, error) {
	if undo, err := p.undoBlockByID(ctx, m); err != nil || undo != nil {
		return undo, err
	}
	inner, ok := innerOf(m.activity.Object)
	if ok && !inner.Target.IsZero() {
		return p.verifyUnban(ctx, m)
	}
	if !ok || inner.Actor.ID != m.actor.URI || m.via != nil {
		return nil, nil
	}
	target, err := p.store.Read(ctx).ActorByURI(inner.Object.ID)
	if err != nil {
		return nil, ignoreAbsent(err)
	}
	return func(ctx context.Context) error { return p.service.Unblock(ctx, m.actor, target) }, nil
}

func (p *Processor) undoBlockByID(ctx context.Context, m *message) (apply, error) {
	tx := p.store.Read(ctx)
	block, err := tx.BlockByURI(m.activity.Object.ID)
	if err != nil || block.ActorID != m.actor.ID || m.via != nil {
		return nil, ignoreAbsent(err)
	}
	target, err := tx.Actor(block.TargetID)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) error { return p.service.Unblock(ctx, m.actor, target) }, nil
}

// known gives a post that is held here, a boost's original for the boost; nil when there is none or it is gone.
func (p *Processor) known(ctx context.Context, uri string) (*models.Post, error) {
	if uri == "" {
		return nil, nil
	}
	post, err := p.store.Read(ctx).PostByURI(uri)
	if err != nil {
		return nil, ignoreAbsent(err)
	}
	if post.IsBoost() {
		post, err = p.store.Read(ctx).Post(post.ReblogOfID)
	}
	if err != nil || post.IsGone() {
		return nil, ignoreAbsent(err)
	}
	return post, nil
}

func ignoreAbsent(err error) error {
	if models.IsNotFound(err) {
		return nil
	}
	return err
}
