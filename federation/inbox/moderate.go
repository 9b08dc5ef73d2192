package inbox

import (
	"context"

	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

// actOf gives what a message says of a moderator's act in a community. Whether its actor moderates it is for the verb to
// decide; here its list of moderators is brought up to date. Nil when the message is of no community that is known here.
func (p *Processor) actOf(ctx context.Context, m *message, community *models.Actor) (*practice.Act, error) {
	if community == nil {
		return nil, nil
	}
	act := &practice.Act{
		Moderator: m.actor, Community: community, Reason: m.activity.Summary, URI: m.activity.ID, At: m.activity.Published, Cause: m.cause(),
		Vouched: m.isVouchedBy(community),
	}
	if act.Vouched {
		return act, nil
	}
	_, err := p.directory.Moderates(ctx, community, m.actor)
	return act, err
}

// communityOf gives the community that a message is about: the one that announced it, the one that the post is in, or one that
// it addresses. Nil for none.
func (p *Processor) communityOf(ctx context.Context, m *message, post *models.Post) (*models.Actor, error) {
	tx := p.store.Read(ctx)
	if m.via != nil {
		return m.via, nil
	}
	if post != nil && post.CommunityID != 0 {
		return tx.Actor(post.CommunityID)
	}
	a := m.activity
	for _, list := range []vocab.IRIs{{a.Target.ID}, a.Audience, a.To, a.Cc} {
		for _, uri := range list {
			if uri == "" || uri == vocab.Public {
				continue
			}
			actor, err := tx.ActorByURI(uri)
			if err == nil && actor.IsCommunity() {
				return actor, nil
			}
			if err != nil && !models.IsNotFound(err) {
				return nil, err
			}
		}
	}
	return nil, nil
}

// held gives a post that is here, also a removed one; nil for none.
func (p *Processor) held(ctx context.Context, uri string) (*models.Post, error) {
	post, err := p.store.Read(ctx).PostByURI(uri)
	if err != nil {
		return nil, ignoreAbsent(err)
	}
	return post, nil
}

// onPost gives an act about the post that an activity names.
func (p *Processor) onPost(ctx context.Context, m *message, uri string) (*practice.Act, error) {
	if uri == "" {
		return nil, nil
	}
	post, err := p.held(ctx, uri)
	if err != nil {
		return nil, err
	}
	community, err := p.communityOf(ctx, m, post)
	if err != nil {
		return nil, err
	}
	act, err := p.actOf(ctx, m, community)
	if act != nil {
		act.PostURI = uri
	}
	return act, err
}

// isRemoval reports whether a Delete is a moderator's, and not the author's own: group servers give those a summary, and
// nobody but moderators deletes what is another's.
func (p *Processor) isRemoval(ctx context.Context, m *message, post *models.Post) (bool, error) {
	if post != nil && post.AuthorID != m.actor.ID {
		return true, nil
	}
	if !m.activity.HasSummary {
		return false, nil
	}
	community, err := p.communityOf(ctx, m, post)
	if err != nil || community == nil {
		return false, err
	}
	if m.isVouchedBy(community) {
		return true, nil
	}
	return p.directory.Moderates(ctx, community, m.actor)
}

// isVouchedBy reports whether a community announced what its own host did.
func (m *message) isVouchedBy(community *models.Actor) bool {
	return m.via != nil && m.via.ID == community.ID && vocab.SameOrigin(m.via.URI, m.actor.URI)
}

func (p *Processor) removal(ctx context.Context, m *message) (apply, error) {
	act, err := p.onPost(ctx, m, m.activity.Object.ID)
	if err != nil {
		return nil, err
	}
	if act == nil {
		return nil, models.Errorf(models.Forbidden, "post %s is not by %s", clip(m.activity.Object.ID), m.actor.URI)
	}
	return func(ctx context.Context) error { return p.service.Remove(ctx, *act) }, nil
}

func (p *Processor) verifyLock(ctx context.Context, m *message) (apply, error) {
	act, err := p.onPost(ctx, m, m.activity.Object.ID)
	if err != nil || act == nil {
		return nil, err
	}
	return func(ctx context.Context) error { return p.service.Lock(ctx, *act) }, nil
}

// undone gives the activity that an Undo embeds; false unless it is the sender's own.
func undone(m *message) (vocab.Activity, bool) {
	inner, ok := innerOf(m.activity.Object)
	return inner, ok && inner.Actor.ID == m.actor.URI
}

// undoneOnPost gives the act that undoes what an embedded activity did with a post.
func (p *Processor) undoneOnPost(ctx context.Context, m *message) (*practice.Act, error) {
	inner, ok := undone(m)
	if !ok {
		return nil, nil
	}
	act, err := p.onPost(ctx, m, inner.Object.ID)
	if act != nil {
		act.Undoes = inner.ID
	}
	return act, err
}

func (p *Processor) verifyUndoDelete(ctx context.Context, m *message) (apply, error) {
	act, err := p.undoneOnPost(ctx, m)
	if err != nil || act == nil {
		return nil, err
	}
	return func(ctx context.Context) error { return p.service.Restore(ctx, *act) }, nil
}

func (p *Processor) verifyUndoLock(ctx context.Context, m *message) (apply, error) {
	act, err := p.undoneOnPost(ctx, m)
	if err != nil || act == nil {
		return nil, err
	}
	return func(ctx context.Context) error { return p.service.Unlock(ctx, *act) }, nil
}

// undoActByID: an Undo that only names what it undoes.
func (p *Processor) undoActByID(ctx context.Context, m *message) (apply, error) {
	tx := p.store.Read(ctx)
	mark, err := tx.CommunityActByURI(m.activity.Object.ID)
	if err != nil || mark.ActorID != m.actor.ID {
		return nil, ignoreAbsent(err)
	}
	community, err := tx.Actor(mark.CommunityID)
	if err != nil || m.via != nil && m.via.ID != community.ID {
		return nil, err
	}
	act, err := p.actOf(ctx, m, community)
	if err != nil {
		return nil, err
	}
	act.PostURI, act.Undoes = mark.ObjectURI, mark.URI
	switch mark.Verb {
	case models.ActRemove:
		return func(ctx context.Context) error { return p.service.Restore(ctx, *act) }, nil
	case models.ActLock:
		return func(ctx context.Context) error { return p.service.Unlock(ctx, *act) }, nil
	case models.ActBan:
		act.PostURI = ""
		if act.Target, err = tx.ActorByURI(mark.ObjectURI); err != nil {
			return nil, err
		}
		return func(ctx context.Context) error { return p.service.Unban(ctx, *act) }, nil
	}
	return nil, nil
}
