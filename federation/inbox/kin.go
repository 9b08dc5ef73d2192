package inbox

import (
	"context"

	"praxis/federation/directory"
	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

// kinNamed gives the community elsewhere that an activity names and that is one with the one that passes it on, as both say on their own
// hosts; nil for none. Nobody is asked for what concerns nobody, nor where one of ours agreed with one of them.
func (p *Processor) kinNamed(ctx context.Context, community *models.Actor, inner vocab.Activity, concerns bool) (*models.Actor, error) {
	paired, err := p.store.Read(ctx).IsSiblingOfOurs(community.URI)
	if err != nil || !concerns || paired && isPublic(inner) {
		return nil, err
	}
	for _, uri := range inner.Audience[:min(len(inner.Audience), maxNamed)] {
		if kin, mutual, err := p.directory.AreKin(ctx, community, uri); err != nil || mutual {
			return kin, err
		}
	}
	return nil, nil
}

// isPublic reports an activity for everybody.
func isPublic(activity vocab.Activity) bool {
	return activity.To.Contains(vocab.Public) || activity.Cc.Contains(vocab.Public)
}

// ofKin takes a post of a community elsewhere that a sibling of it passes on, for those who follow that one: by the proof of its author, or
// as its own host has it.
func (p *Processor) ofKin(ctx context.Context, m *message, inner vocab.Activity, origin *models.Actor) (apply, error) {
	said := practice.Announced{URI: m.activity.ID, At: models.At(m.activity.Published)}
	post, err := p.known(ctx, inner.Object.ID)
	if err != nil {
		return nil, err
	}
	if post != nil {
		return p.knownOfKin(ctx, m, inner, origin, post)
	}
	if p.links.IsOurs(inner.Object.ID) {
		return nil, nil
	}
	object, err := p.objectOfKin(ctx, m, inner)
	if err != nil || directory.IsVote(object) || directory.IsCompanion(object) {
		return nil, err
	}
	if !object.Audience.Contains(origin.URI) {
		return nil, models.Errorf(models.Forbidden, "post %s was not meant for %s", clip(object.ID), origin.URI)
	}
	draft, err := p.directory.Draft(ctx, object)
	if err != nil {
		return nil, err
	}
	draft.Elsewhere, draft.Cause = origin, practice.Cause{URI: inner.ID}
	p.directory.Ancestors(ctx, object)
	return func(ctx context.Context) error {
		post, err := p.service.Post(ctx, draft)
		if err != nil {
			return err
		}
		return p.service.AdmitKin(ctx, practice.KinTook{By: m.actor, Origin: origin, Post: post, Said: said})
	}, nil
}

// knownOfKin: the post is here, by a boost or by another sibling.
func (p *Processor) knownOfKin(ctx context.Context, m *message, inner vocab.Activity, origin *models.Actor, post *models.Post) (apply, error) {
	author, err := p.store.Read(ctx).Actor(post.AuthorID)
	if err != nil {
		return nil, err
	}
	belongs, err := p.belongsTo(ctx, post, origin)
	if err != nil || !belongs || author.URI != inner.Actor.ID {
		return nil, err
	}
	said := practice.Announced{URI: m.activity.ID, At: models.At(m.activity.Published)}
	return func(ctx context.Context) error {
		return p.service.AdmitKin(ctx, practice.KinTook{By: m.actor, Origin: origin, Post: post, Said: said})
	}, nil
}

// objectOfKin gives the object as its author proved it, else as the author's host has it.
func (p *Processor) objectOfKin(ctx context.Context, m *message, inner vocab.Activity) (vocab.Object, error) {
	passed, err := p.provenAlone(ctx, m, inner)
	if err != nil {
		return vocab.Object{}, err
	}
	if passed != nil {
		if object, ok := objectOf(passed.activity.Object); ok && isOwn(passed.actor.URI, object) {
			return *passed.addressed(object), nil
		}
	}
	object, err := p.directory.FetchObject(ctx, inner.Object.ID)
	if err == nil && !isOwn(inner.Actor.ID, object) {
		err = models.Errorf(models.Forbidden, "object %s is not by %s", clip(object.ID), clip(inner.Actor.ID))
	}
	return object, err
}

// removalOfKin: moderators of a community elsewhere removed a post, as a sibling of it passes on. That needs their proof. Where kin is nil
// the community tells us itself.
func (p *Processor) removalOfKin(ctx context.Context, m *message, inner vocab.Activity, kin *models.Actor) (apply, error) {
	if kin == nil {
		return nil, nil
	}
	passed, err := p.provenAlone(ctx, m, inner)
	if err != nil || passed == nil {
		return nil, err
	}
	if passed.actor.ID == kin.ID { // the community itself
		passed.via = kin
	}
	return p.verifyPassed(ctx, passed)
}
