package inbox

import (
	"context"

	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

// sharable are the types that a community may pass on although they are of another one: what people do with posts that it shares.
var sharable = map[string]bool{"Create": true, "Update": true, "Delete": true, "Like": true, "Undo": true, "ChooseAnswer": true}

// ofAnother: a community passes on what is of another one, as siblings do for their own followers. That makes nothing its own:
// everything is believed of its actor alone, as if the actor had sent it (security cases A24, A25). It must concern somebody who follows
// the community here, or something that is here. A new thread that a sibling of ours passes on it shares as anybody shares a post; where
// nobody here has an agreement with it, both Groups are asked whether they are one community.
func (p *Processor) ofAnother(ctx context.Context, m *message, inner vocab.Activity) (apply, error) {
	ours, err := p.ofSibling(ctx, m.actor, inner)
	if err != nil {
		return nil, err
	}
	if !sharable[inner.Type] {
		return nil, notOf(m)
	}
	concerns, err := p.concerns(ctx, m.actor, inner)
	if err != nil {
		return nil, err
	}
	if !concerns && ours {
		return nil, nil
	}
	kin, err := p.kinNamed(ctx, m.actor, inner, concerns)
	if err != nil {
		return nil, err
	}
	if !ours && kin == nil {
		return nil, notOf(m)
	}
	if object, _ := objectOf(inner.Object); inner.Type == "Create" {
		switch {
		case kin != nil:
			return p.ofKin(ctx, m, inner, kin)
		case object.InReplyTo == "":
			return p.sharedThread(ctx, m, inner)
		}
	}
	if inner.Type == "Delete" {
		removal, err := p.isRelayedRemoval(ctx, inner)
		if err != nil {
			return nil, err
		}
		if removal {
			return p.removalOfKin(ctx, m, inner, kin)
		}
	}
	if p.links.IsOurs(inner.Actor.ID) {
		return nil, nil
	}
	return p.asIfSent(ctx, m, inner)
}

func notOf(m *message) error {
	return models.Errorf(models.Forbidden, "the activity is of another community than %s", m.actor.URI)
}

// maxNamed is among how many communities that an activity names siblings are looked for.
const maxNamed = 3

// ofSibling reports whether an activity is of a community that is known here as a sibling of the one that passes it on.
func (p *Processor) ofSibling(ctx context.Context, community *models.Actor, inner vocab.Activity) (bool, error) {
	tx := p.store.Read(ctx)
	for _, uri := range inner.Audience[:min(len(inner.Audience), maxNamed)] {
		named, err := tx.ActorByURI(uri)
		if models.IsNotFound(err) || err == nil && !named.IsCommunity() {
			continue
		}
		if err != nil {
			return false, err
		}
		if siblings, err := tx.AreSiblings(community, named); err != nil || siblings {
			return siblings, err
		}
	}
	return false, nil
}

// asIfSent carries out a proven activity as if its actor had sent it. Without a proof nobody vouches for it: then the actor's
// host is asked what is true.
func (p *Processor) asIfSent(ctx context.Context, m *message, inner vocab.Activity) (apply, error) {
	passed, err := p.provenAlone(ctx, m, inner)
	if err != nil {
		return nil, err
	}
	if passed != nil {
		return p.verifyPassed(ctx, passed)
	}
	switch inner.Type {
	case "Create":
		_, err := p.directory.Post(ctx, inner.Object.ID)
		return nil, err
	case "Update":
		post, err := p.known(ctx, inner.Object.ID)
		if err != nil || post == nil || post.Local {
			return nil, err
		}
		object, err := p.directory.FetchObject(ctx, inner.Object.ID)
		if err != nil {
			return nil, err
		}
		author, err := p.store.Read(ctx).Actor(post.AuthorID)
		if err != nil || !isOwn(author.URI, object) {
			return nil, err
		}
		return p.changedPost(ctx, &message{activity: inner, actor: author}, object)
	case "Delete":
		return p.relayedDelete(ctx, m, inner)
	}
	return nil, nil
}

// provenAlone gives a message of an activity that its actor proved, whoever passed it on; nil when there is no good proof.
func (p *Processor) provenAlone(ctx context.Context, m *message, inner vocab.Activity) (*message, error) {
	passed, err := p.proven(ctx, m, inner, func() error { return nil })
	if err != nil || passed == nil {
		return nil, err
	}
	passed.via, passed.announced = nil, nil
	return passed, nil
}

// sharedThread stores a thread of another community, if it is not here, and shares it by the one that passed it on.
func (p *Processor) sharedThread(ctx context.Context, m *message, inner vocab.Activity) (apply, error) {
	post, err := p.known(ctx, inner.Object.ID)
	if err != nil {
		return nil, err
	}
	if post == nil {
		if post, err = p.directory.Post(ctx, inner.Object.ID); err != nil {
			return nil, err
		}
	}
	author, err := p.store.Read(ctx).Actor(post.AuthorID)
	if err != nil || author.URI != inner.Actor.ID || !post.IsPublic() || post.InReplyToURI != "" {
		return nil, err
	}
	at := models.At(m.activity.Published)
	return func(ctx context.Context) error {
		_, err := p.service.Share(ctx, m.actor, post, m.activity.ID, at)
		return err
	}, nil
}

// verifyLost: a community says that a sibling of its is lost. It speaks for itself alone; what follows from it, its siblings
// judge.
func (p *Processor) verifyLost(_ context.Context, m *message) (apply, error) {
	if m.via != nil || !m.actor.IsCommunity() || m.activity.Object.ID == "" {
		return nil, nil
	}
	return func(ctx context.Context) error {
		return p.service.HearLoss(ctx, m.actor, practice.LossSaid{URI: m.activity.Object.ID, Successors: m.activity.Successors, Cause: m.cause()})
	}, nil
}

// verifyFound: it takes that back.
func (p *Processor) verifyFound(_ context.Context, m *message) (apply, error) {
	inner, ok := undone(m)
	if m.via != nil || !ok || inner.Object.ID == "" {
		return nil, nil
	}
	return func(ctx context.Context) error { return p.service.HearFound(ctx, m.actor, inner.Object.ID) }, nil
}
