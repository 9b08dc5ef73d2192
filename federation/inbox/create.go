package inbox

import (
	"context"
	"errors"

	"praxis/federation/directory"
	"praxis/federation/vocab"
	"praxis/models"
)

// verifyCreate: a new post. It is taken as it came when its author's own host vouches for it, and else fetched from there
// (security case A11).
func (p *Processor) verifyCreate(ctx context.Context, m *message) (apply, error) {
	object, err := p.genuine(ctx, m)
	if err != nil || object == nil {
		return nil, err
	}
	if directory.IsVote(*object) {
		return p.vote(ctx, m, *object)
	}
	if directory.IsCompanion(*object) {
		return nil, nil
	}
	return p.newPost(ctx, m, *object)
}

// newPost gives what stores a genuine object as a post, if anybody here cares for it.
func (p *Processor) newPost(ctx context.Context, m *message, object vocab.Object) (apply, error) {
	wanted, err := p.isWanted(ctx, m, object)
	if err != nil || !wanted {
		return nil, err
	}
	draft, err := p.directory.Draft(ctx, object)
	if errors.Is(err, directory.ErrNoPost) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	draft.Cause = m.cause()
	if draft.Community = p.directory.Community(ctx, object); m.via != nil {
		draft.Community = m.via
	}
	if within(object, draft.Community) {
		draft.Visibility = models.ForMembers
	}
	p.directory.Ancestors(ctx, object)
	if m.via != nil && !vocab.SameOrigin(m.via.URI, m.actor.URI) {
		meant, err := p.isPostMeantFor(ctx, m, object)
		if err != nil {
			return nil, err
		}
		if !meant {
			return nil, models.Errorf(models.Forbidden, "post %s was not meant for %s", clip(object.ID), m.via.URI)
		}
	}
	return func(ctx context.Context) error {
		post, err := p.service.Post(ctx, draft)
		if err != nil || m.via == nil {
			return err
		}
		return p.service.Admit(ctx, m.via, post, m.said())
	}, nil
}

// within reports a post that is for those who follow its community, and not for everybody.
func within(object vocab.Object, community *models.Actor) bool {
	if community == nil || community.FollowersURI == "" || object.To.Contains(vocab.Public) || object.Cc.Contains(vocab.Public) {
		return false
	}
	return object.To.Contains(community.FollowersURI) || object.Cc.Contains(community.FollowersURI)
}

// genuine gives the object of a Create or an Update: the embedded one when it stands on the host of the message's actor
// and is the actor's, else the one that its own host gives. Nil for objects that are ours.
func (p *Processor) genuine(ctx context.Context, m *message) (*vocab.Object, error) {
	ref := m.activity.Object
	if p.links.IsOurs(ref.ID) {
		return nil, nil
	}
	if object, ok := objectOf(ref); ok && isOwn(m.actor.URI, object) {
		return m.addressed(object), nil
	}
	if ref.ID == "" {
		return nil, models.Errorf(models.Invalid, "the object has no id")
	}
	object, err := p.directory.FetchObject(ctx, ref.ID)
	if err != nil {
		return nil, err
	}
	if !isOwn(m.actor.URI, object) && !p.isOfGroup(ctx, m.actor, object) {
		return nil, models.Errorf(models.Forbidden, "object %s is not by %s", clip(ref.ID), m.actor.URI)
	}
	return m.addressed(object), nil
}

// addressed gives an object that says nothing of its readers those of the activity: Discourse sends such.
func (m *message) addressed(object vocab.Object) *vocab.Object {
	if len(object.To)+len(object.Cc) == 0 {
		object.To, object.Cc = m.activity.To, m.activity.Cc
	}
	return &object
}

func isOwn(actor string, object vocab.Object) bool {
	author, err := object.Author()
	return err == nil && author == actor && vocab.SameOrigin(object.ID, actor)
}

// isWanted reports whether a post concerns anybody here: followers of its author or of the community that announced it,
// those it addresses, those whose post it quotes, or those whose thread it continues. The rest of the world's posts are not kept.
func (p *Processor) isWanted(ctx context.Context, m *message, object vocab.Object) (bool, error) {
	for _, list := range []vocab.IRIs{object.To, object.Cc, object.Audience, {object.InReplyTo}, {object.Quote}} {
		for _, uri := range list {
			if p.links.IsOurs(uri) {
				return true, nil
			}
		}
	}
	tx := p.store.Read(ctx)
	if object.InReplyTo != "" {
		if _, err := tx.PostByURI(object.InReplyTo); err == nil || !models.IsNotFound(err) {
			return err == nil, err
		}
	}
	if m.via != nil {
		return tx.HasLocalFollower(m.via.ID)
	}
	return tx.HasLocalFollower(m.actor.ID)
}
