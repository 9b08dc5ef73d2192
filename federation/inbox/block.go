package inbox

import (
	"context"

	"praxis/models"
	"praxis/practice"
)

// verifyBlock: somebody wants nothing to do with one of ours. With a target it is a ban from a community.
func (p *Processor) verifyBlock(ctx context.Context, m *message) (apply, error) {
	if !m.activity.Target.IsZero() {
		return p.verifyBan(ctx, m)
	}
	if !p.links.IsOurs(m.activity.Object.ID) || m.via != nil {
		return nil, nil
	}
	target, err := p.store.Read(ctx).ActorByURI(m.activity.Object.ID)
	if err != nil {
		return nil, ignoreAbsent(err)
	}
	return func(ctx context.Context) error { return p.service.Block(ctx, m.actor, target, m.activity.ID) }, nil
}

// maxReported is how many objects of one complaint are looked at (security case F9).
const maxReported = 50

// verifyFlag: a complaint about one of ours and posts of theirs.
func (p *Processor) verifyFlag(ctx context.Context, m *message) (apply, error) {
	tx := p.store.Read(ctx)
	switch block, err := tx.DomainBlockOf(m.actor.Host); {
	case err == nil && block.RejectReports:
		return nil, nil
	case err != nil && !models.IsNotFound(err):
		return nil, err
	}
	var target *models.Actor
	var posts []*models.Post
	for _, id := range m.activity.Objects.IDs()[:min(len(m.activity.Objects.IDs()), maxReported)] {
		if actor, err := tx.ActorByURI(id); err == nil && actor.Local && target == nil {
			target = actor
		}
		if post, err := p.known(ctx, id); err == nil && post != nil && post.Local {
			posts = append(posts, post)
		}
	}
	if target == nil && len(posts) > 0 {
		author, err := tx.Actor(posts[0].AuthorID)
		if err != nil {
			return nil, err
		}
		target = author
	}
	if target == nil {
		return nil, nil
	}
	comment := m.activity.Content
	if comment == "" {
		comment = m.activity.Summary
	}
	return func(ctx context.Context) error {
		_, err := p.service.Report(ctx, practice.Complaint{Reporter: m.actor, Target: target, Posts: posts, Comment: comment, URI: m.activity.ID})
		return err
	}, nil
}
