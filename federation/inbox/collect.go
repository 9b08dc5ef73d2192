package inbox

import (
	"context"

	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

func (p *Processor) verifyAdd(ctx context.Context, m *message) (apply, error) {
	return p.collected(ctx, m, true)
}

func (p *Processor) verifyRemove(ctx context.Context, m *message) (apply, error) {
	return p.collected(ctx, m, false)
}

// collected: something came into a collection of a community, or left it: a post among those that stand first, or somebody
// among those who moderate it. Other collections are their owners' affair.
func (p *Processor) collected(ctx context.Context, m *message, added bool) (apply, error) {
	community, err := p.collector(ctx, m)
	if err != nil || community == nil {
		return nil, err
	}
	switch m.activity.Target.ID {
	case community.FeaturedURI:
		return p.pinned(ctx, m, added)
	case community.ModeratorsURI:
		return p.appointed(ctx, m, community, added)
	}
	return nil, nil
}

// collector gives the community whose collection an activity is about. One that is not known yet is asked for when it appoints
// a member of ours.
func (p *Processor) collector(ctx context.Context, m *message) (*models.Actor, error) {
	if m.activity.Target.ID == "" {
		return nil, nil
	}
	community, err := p.communityOf(ctx, m, nil)
	if err != nil || community != nil || !p.links.IsOurs(m.activity.Object.ID) {
		return community, err
	}
	for _, uri := range append(append(vocab.IRIs{}, m.activity.Audience...), m.activity.Cc...) {
		if uri == vocab.Public || !vocab.SameOrigin(uri, m.activity.Target.ID) {
			continue
		}
		actor, err := p.directory.Actor(ctx, uri)
		if asTemporary(err) {
			return nil, err
		}
		if err == nil && actor.IsCommunity() {
			return actor, nil
		}
	}
	return nil, nil
}

func (p *Processor) pinned(ctx context.Context, m *message, added bool) (apply, error) {
	act, err := p.onPost(ctx, m, m.activity.Object.ID)
	if err != nil || act == nil {
		return nil, err
	}
	if added {
		return func(ctx context.Context) error { return p.service.PinInCommunity(ctx, *act) }, nil
	}
	return func(ctx context.Context) error { return p.service.UnpinInCommunity(ctx, *act) }, nil
}

// appointed: of a community elsewhere its own host knows who moderates it, so that what came late or twice changes nothing.
func (p *Processor) appointed(ctx context.Context, m *message, community *models.Actor, added bool) (apply, error) {
	act, err := p.actOf(ctx, m, community)
	if err != nil {
		return nil, err
	}
	if !community.Local {
		listed, known, err := p.directory.ListsModerator(ctx, community, m.activity.Object.ID)
		if err != nil || known && listed != added {
			return nil, err
		}
	}
	if act.Target, err = p.appointee(ctx, m, act); err != nil || act.Target == nil {
		return nil, err
	}
	if added {
		return func(ctx context.Context) error { return p.service.AppointModerator(ctx, *act) }, nil
	}
	return func(ctx context.Context) error { return p.service.DismissModerator(ctx, *act) }, nil
}

// appointee gives whom an activity appoints. Strangers are looked up for those alone who moderate the community, or for the
// community itself.
func (p *Processor) appointee(ctx context.Context, m *message, act *practice.Act) (*models.Actor, error) {
	tx := p.store.Read(ctx)
	known, err := tx.ActorByURI(m.activity.Object.ID)
	if !models.IsNotFound(err) {
		return known, err
	}
	if moderates, err := tx.IsModerator(act.Community.ID, m.actor.ID); err != nil || !moderates && !act.Vouched {
		return nil, err
	}
	return p.directory.Actor(ctx, m.activity.Object.ID)
}

// agreed: a community elsewhere announces what a member of ours proposed: that somebody moderates it, or no longer does. What
// counts is what the member said, as it is in our outbox.
func (p *Processor) agreed(ctx context.Context, m *message, inner vocab.Activity) (apply, error) {
	tx := p.store.Read(ctx)
	entry, err := tx.OutboxEntryByURI(inner.ID)
	if err != nil {
		return nil, ignoreAbsent(err)
	}
	actor, err := tx.Actor(entry.ActorID)
	if err != nil {
		return nil, err
	}
	activity, err := vocab.DecodeActivity([]byte(entry.Payload))
	if err != nil || actor.IsGone() {
		return nil, err
	}
	passed := &message{activity: activity, raw: []byte(entry.Payload), actor: actor, via: m.actor, announced: &m.activity}
	return p.verifyPassed(ctx, passed)
}

// verifyMoveThread: a thread goes into another community of the same host. It is named by its first post, or by the collection
// of its posts (FEP-7888).
func (p *Processor) verifyMoveThread(ctx context.Context, m *message) (apply, error) {
	tx := p.store.Read(ctx)
	post, err := tx.ThreadNamed(m.activity.Object.ID)
	if err != nil {
		return nil, ignoreAbsent(err)
	}
	to, err := tx.ActorByURI(m.activity.Target.ID)
	if err != nil {
		return nil, ignoreAbsent(err)
	}
	from, err := p.origin(ctx, m, post)
	if err != nil || from == nil {
		return nil, err
	}
	if m.via != nil && m.via.ID != from.ID && m.via.ID != to.ID {
		return nil, models.Errorf(models.Forbidden, "%s is neither where %s was nor where it goes", m.via.URI, post.URI)
	}
	act, err := p.actOf(ctx, m, from)
	if err != nil {
		return nil, err
	}
	act.PostURI, act.To = post.URI, to
	act.Vouched = m.via != nil && vocab.SameOrigin(m.via.URI, m.actor.URI) && vocab.SameOrigin(m.via.URI, from.URI)
	return func(ctx context.Context) error { return p.service.MoveThread(ctx, *act) }, nil
}

func (p *Processor) origin(ctx context.Context, m *message, post *models.Post) (*models.Actor, error) {
	tx := p.store.Read(ctx)
	if m.activity.Origin.ID != "" {
		from, err := tx.ActorByURI(m.activity.Origin.ID)
		return from, ignoreAbsent(err)
	}
	if post.CommunityID == 0 {
		return nil, nil
	}
	return tx.Actor(post.CommunityID)
}
