package inbox

import (
	"context"

	"praxis/federation/directory"
	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

// verifyAnnounce: the boost of a post, or a community that passes on what happened in it (FEP-1b12).
func (p *Processor) verifyAnnounce(ctx context.Context, m *message) (apply, error) {
	if m.via != nil {
		return nil, nil
	}
	if vocab.IsActivityType(m.activity.Object.Type()) {
		return p.verifyRelayed(ctx, m)
	}
	return p.verifyShare(ctx, m)
}

// verifyShare: an embedded post is only a hint, so that which is known, or which its own host gives, is what is shared.
func (p *Processor) verifyShare(ctx context.Context, m *message) (apply, error) {
	post, err := p.known(ctx, m.activity.Object.ID)
	if err != nil {
		return nil, err
	}
	wanted, err := p.isShareWanted(ctx, m, post)
	if err != nil || !wanted {
		return nil, err
	}
	if post == nil {
		ctx = directory.InGroup(ctx, m.actor)
		doc, err := p.directory.Document(ctx, m.activity.Object.ID)
		if err != nil {
			return nil, err
		}
		if vocab.IsActivityType(doc.Head().Type) {
			return p.relayedDocument(ctx, m, doc)
		}
		if post, err = p.directory.PostFrom(ctx, doc); err != nil {
			return nil, err
		}
	}
	belongs, err := p.belongsTo(ctx, post, m.actor)
	if err != nil {
		return nil, err
	}
	at := models.At(m.activity.Published)
	return func(ctx context.Context) error {
		if belongs {
			return p.service.Admit(ctx, m.actor, post, practice.Announced{URI: m.activity.ID, At: at})
		}
		_, err := p.service.Share(ctx, m.actor, post, m.activity.ID, at)
		return err
	}, nil
}

func (p *Processor) isShareWanted(ctx context.Context, m *message, post *models.Post) (bool, error) {
	if p.links.IsOurs(m.activity.Object.ID) {
		return post != nil, nil
	}
	return p.store.Read(ctx).HasLocalFollower(m.actor.ID)
}

// belongsTo reports whether a post was meant for a community: its author named it. Otherwise any group could make any
// post a part of itself.
func (p *Processor) belongsTo(ctx context.Context, post *models.Post, community *models.Actor) (bool, error) {
	if !community.IsCommunity() {
		return false, nil
	}
	if post.CommunityID != 0 {
		return post.CommunityID == community.ID, nil
	}
	parts, err := p.store.Read(ctx).PostParts([]int64{post.ID})
	if err != nil {
		return false, err
	}
	for _, actor := range parts.Mentions[post.ID] {
		if actor.ID == community.ID {
			return true, nil
		}
	}
	return false, nil
}
