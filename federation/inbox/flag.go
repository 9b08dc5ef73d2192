package inbox

import (
	"context"

	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

// maxReported is how many objects of one complaint are looked at (security case F9).
const maxReported = 50

// verifyFlag: a complaint about one of ours, or about posts in a community that is ours or that members of ours moderate.
func (p *Processor) verifyFlag(ctx context.Context, m *message) (apply, error) {
	tx := p.store.Read(ctx)
	switch block, err := tx.DomainBlockOf(m.actor.Host); {
	case err == nil && block.RejectReports:
		return nil, nil
	case err != nil && !models.IsNotFound(err):
		return nil, err
	}
	target, posts, err := p.reported(ctx, m)
	if err != nil || target == nil {
		return nil, err
	}
	comment := m.activity.Content
	if comment == "" {
		comment = m.activity.Summary
	}
	complaint := practice.Complaint{
		Reporter: m.actor, Target: target, Posts: posts, Comment: comment, URI: m.activity.ID, Cause: m.cause(),
	}
	return func(ctx context.Context) error {
		_, err := p.service.Report(ctx, complaint)
		return err
	}, nil
}

// reported gives whom a complaint is about, and which posts of theirs.
func (p *Processor) reported(ctx context.Context, m *message) (*models.Actor, []*models.Post, error) {
	tx := p.store.Read(ctx)
	var target *models.Actor
	var posts []*models.Post
	for _, id := range m.activity.Objects.IDs()[:min(len(m.activity.Objects.IDs()), maxReported)] {
		if actor, err := tx.ActorByURI(id); err == nil && actor.Local && !actor.IsCommunity() && target == nil {
			target = actor
		}
		post, err := p.known(ctx, id)
		if err != nil || post == nil {
			continue
		}
		ours, err := p.isOurAffair(ctx, m, post)
		if err != nil {
			return nil, nil, err
		}
		if ours {
			posts = append(posts, post)
		}
	}
	if target == nil && len(posts) > 0 {
		author, err := tx.Actor(posts[0].AuthorID)
		return author, posts, err
	}
	return target, posts, nil
}

// isOurAffair: a post of ours, one in a community of ours, or one in a community that says so itself and that members of ours
// moderate.
func (p *Processor) isOurAffair(ctx context.Context, m *message, post *models.Post) (bool, error) {
	if post.Local || post.CommunityID == 0 {
		return post.Local, nil
	}
	tx := p.store.Read(ctx)
	community, err := tx.Actor(post.CommunityID)
	if err != nil || community.Local {
		return community != nil && community.Local, err
	}
	if m.via == nil || m.via.ID != community.ID {
		return false, nil
	}
	moderators, err := tx.Moderators(community.ID)
	for i := range moderators {
		if moderators[i].Local {
			return true, nil
		}
	}
	return false, err
}

// verifyResolve: who moderates a community answers a complaint.
func (p *Processor) verifyResolve(ctx context.Context, m *message) (apply, error) {
	tx := p.store.Read(ctx)
	report, err := tx.ReportByURI(m.activity.Object.ID)
	if err != nil || report.CommunityID == 0 || m.via != nil && m.via.ID != report.CommunityID {
		return nil, ignoreAbsent(err)
	}
	community, err := tx.Actor(report.CommunityID)
	if err != nil {
		return nil, err
	}
	act, err := p.actOf(ctx, m, community)
	if err != nil {
		return nil, err
	}
	resolution := practice.Resolution{Act: *act, Report: report, Answer: m.activity.Summary}
	return func(ctx context.Context) error { return p.service.ResolveReport(ctx, resolution) }, nil
}

// relayedReport: a community tells the hosts of its moderators of a complaint, or of its answer. Neither can be asked for at the
// host of who wrote it, since they are between few; so the community speaks for itself, and about nothing but itself.
func (p *Processor) relayedReport(ctx context.Context, m *message, inner vocab.Activity) (apply, error) {
	passed := &message{activity: inner, raw: m.activity.Object.Raw, actor: m.actor, via: m.actor, announced: &m.activity}
	if inner.Type == "Flag" {
		return p.verifyFlag(ctx, passed)
	}
	return p.verifyResolve(ctx, passed)
}
