package inbox

import (
	"context"

	"praxis/federation/directory"
	"praxis/federation/fetch"
	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

// verifyRelayed: a community passes on an activity of somebody else. What it embeds is a hint only, unless the community's
// own host is the one that speaks for the actor, or the actor proved it: else the actor's host is asked (security cases
// A24, A25).
func (p *Processor) verifyRelayed(ctx context.Context, m *message) (apply, error) {
	inner, ok := innerOf(m.activity.Object)
	if ok && m.actor.IsCommunity() && (inner.Type == "Follow" || inner.Type == "Accept" || inner.Type == "Reject") {
		return p.relayedRequest(ctx, m, inner)
	}
	if !ok || !relayable[inner.Type] || !m.actor.IsCommunity() {
		return nil, nil
	}
	if !isPublic(inner) {
		ctx = directory.InGroup(ctx, m.actor)
	}
	if len(inner.Audience) > 0 && !inner.Audience.Contains(m.actor.URI) {
		return p.ofAnother(ctx, m, inner)
	}
	if p.links.IsOurs(inner.Actor.ID) {
		return p.cameBack(ctx, m, inner)
	}
	if inner.Type == "Flag" || inner.Type == "Resolve" {
		return p.relayedReport(ctx, m, inner)
	}
	concerns, err := p.concerns(ctx, m.actor, inner)
	if err != nil || !concerns {
		return nil, err
	}
	if vocab.SameOrigin(m.actor.URI, inner.Actor.ID) {
		return p.passOn(ctx, m, inner)
	}
	passed, err := p.byProof(ctx, m, inner)
	if err != nil {
		return nil, err
	}
	if passed != nil {
		return p.verifyPassed(ctx, passed)
	}
	switch inner.Type {
	case "Create", "Update":
		return p.relayedObject(ctx, m, inner)
	case "Delete":
		removal, err := p.isRelayedRemoval(ctx, inner)
		if err != nil {
			return nil, err
		}
		if !removal {
			return p.relayedDelete(ctx, m, inner)
		}
	}
	return p.relayedActivity(ctx, m, inner)
}

// concerns reports whether anybody here follows the community, or holds what the activity is about.
func (p *Processor) concerns(ctx context.Context, community *models.Actor, inner vocab.Activity) (bool, error) {
	followed, err := p.store.Read(ctx).HasLocalFollower(community.ID)
	if err != nil || followed {
		return followed, err
	}
	about := inner.Object.ID
	if undone, ok := innerOf(inner.Object); ok && inner.Type == "Undo" {
		about = undone.Object.ID
	}
	if p.links.IsOurs(about) {
		return true, nil
	}
	post, err := p.held(ctx, about)
	return post != nil, err
}

// isRelayedRemoval reports whether a Delete that a community passes on is a moderator's: it has a summary, or is of another's
// post.
func (p *Processor) isRelayedRemoval(ctx context.Context, inner vocab.Activity) (bool, error) {
	post, err := p.held(ctx, inner.Object.ID)
	if err != nil || post == nil {
		return inner.HasSummary, err
	}
	author, err := p.store.Read(ctx).Actor(post.AuthorID)
	if err != nil {
		return false, err
	}
	return inner.HasSummary || author.URI != inner.Actor.ID, nil
}

// cameBack: a community took what a member of ours posted into it, or did as one of its moderators.
func (p *Processor) cameBack(ctx context.Context, m *message, inner vocab.Activity) (apply, error) {
	switch inner.Type {
	case "Add", "Remove":
		return p.agreed(ctx, m, inner)
	case "Create":
	default:
		return nil, nil
	}
	post, err := p.known(ctx, inner.Object.ID)
	if err != nil || post == nil || !post.Local {
		return nil, err
	}
	belongs, err := p.belongsTo(ctx, post, m.actor)
	if err != nil || !belongs {
		return nil, err
	}
	cause, err := p.ownWords(ctx, post, inner.ID)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) error {
		return p.service.Admit(ctx, m.actor, post, practice.Announced{URI: m.activity.ID, At: models.At(m.activity.Published), Cause: cause})
	}, nil
}

// ownWords gives what a member of ours said, as it was written here: who passes it on may have changed it.
func (p *Processor) ownWords(ctx context.Context, post *models.Post, uri string) (practice.Cause, error) {
	entry, err := p.store.Read(ctx).OutboxEntryByURI(uri)
	if err != nil || entry.ActorID != post.AuthorID {
		return practice.Cause{}, ignoreAbsent(err)
	}
	return practice.Cause{URI: uri, Raw: []byte(entry.Payload)}, nil
}

// passOn handles an activity for which the community's host speaks.
func (p *Processor) passOn(ctx context.Context, m *message, inner vocab.Activity) (apply, error) {
	actor, err := p.directory.Actor(ctx, inner.Actor.ID)
	if err != nil {
		return nil, err
	}
	passed, ok := vouched(m, inner, actor)
	if !ok || actor.IsGone() {
		return nil, nil
	}
	if err := p.withProof(ctx, passed); err != nil {
		return nil, err
	}
	return p.verifyPassed(ctx, passed)
}

func (p *Processor) verifyPassed(ctx context.Context, m *message) (apply, error) {
	handler, ok := p.dispatch(m)
	if !ok {
		return nil, nil
	}
	return p.once(ctx, m, handler)
}

// relayedObject stores or changes a post as its author's host has it now.
func (p *Processor) relayedObject(ctx context.Context, m *message, inner vocab.Activity) (apply, error) {
	if inner.Object.ID == "" || p.links.IsOurs(inner.Object.ID) {
		return nil, nil
	}
	object, err := p.directory.FetchObject(ctx, inner.Object.ID)
	if err != nil {
		return nil, err
	}
	if !isOwn(inner.Actor.ID, object) {
		return nil, models.Errorf(models.Forbidden, "object %s is not by %s", clip(object.ID), clip(inner.Actor.ID))
	}
	author, err := p.directory.Actor(ctx, inner.Actor.ID)
	if err != nil {
		return nil, err
	}
	passed := &message{activity: inner, actor: author, via: m.actor, announced: &m.activity}
	if inner.Type == "Update" {
		return p.changedPost(ctx, passed, object)
	}
	return p.newPost(ctx, passed, object)
}

// relayedDelete forgets a post when its author's host says that it is gone.
func (p *Processor) relayedDelete(ctx context.Context, m *message, inner vocab.Activity) (apply, error) {
	post, err := p.known(ctx, inner.Object.ID)
	if err != nil || post == nil || post.Local {
		return nil, err
	}
	object, err := p.directory.FetchObject(ctx, post.URI)
	switch code := models.ErrorCode(err); {
	case err == nil && !object.IsTombstone():
		return nil, models.Errorf(models.Forbidden, "post %s is still there", clip(post.URI))
	case err != nil && code != models.Gone && code != models.NotFound:
		return nil, err
	}
	author, err := p.store.Read(ctx).Actor(post.AuthorID)
	if err != nil {
		return nil, err
	}
	passed := &message{activity: inner, actor: author, via: m.actor, announced: &m.activity}
	return func(ctx context.Context) error { return p.service.Delete(ctx, author, post, passed.cause()) }, nil
}

// relayedActivity handles a like or a choice as the actor's own host gives it. Many hosts give no such activities: those
// are then not counted here.
func (p *Processor) relayedActivity(ctx context.Context, m *message, inner vocab.Activity) (apply, error) {
	if inner.ID == "" || !vocab.SameOrigin(inner.ID, inner.Actor.ID) {
		return nil, nil
	}
	doc, err := p.directory.Document(ctx, inner.ID)
	if asTemporary(err) {
		return nil, err
	}
	if err != nil {
		return nil, nil
	}
	activity, err := vocab.DecodeActivity(doc.Raw())
	if err != nil || activity.Type != inner.Type || activity.Actor.ID != inner.Actor.ID {
		return nil, nil
	}
	return p.passFetched(ctx, m, doc, activity)
}

// relayedDocument handles an activity that a community only named, and that was fetched from its actor's own host.
func (p *Processor) relayedDocument(ctx context.Context, m *message, doc *fetch.Document) (apply, error) {
	activity, err := vocab.DecodeActivity(doc.Raw())
	if err != nil || !relayable[activity.Type] || !m.actor.IsCommunity() || p.links.IsOurs(activity.Actor.ID) {
		return nil, nil
	}
	if len(activity.Audience) > 0 && !activity.Audience.Contains(m.actor.URI) {
		return nil, models.Errorf(models.Forbidden, "the activity is of another community than %s", m.actor.URI)
	}
	return p.passFetched(ctx, m, doc, activity)
}

func (p *Processor) passFetched(ctx context.Context, m *message, doc *fetch.Document, activity vocab.Activity) (apply, error) {
	actor, err := p.directory.Actor(ctx, activity.Actor.ID)
	if err != nil {
		return nil, err
	}
	passed, ok := fetched(m, doc, activity, actor)
	if !ok || actor.IsGone() {
		return nil, nil
	}
	return p.verifyPassed(ctx, passed)
}
