package inbox

import (
	"context"

	"praxis/federation/vocab"
	"praxis/models"
)

// isMeantFor reports whether an activity was meant for the community that passes it on: the activity or its object names
// the community, or is about something that is in it. Otherwise a community could make anything its own that was ever
// said in another (security case A25).
func (p *Processor) isMeantFor(ctx context.Context, community *models.Actor, inner vocab.Activity) (bool, error) {
	if names(community, inner.Audience, inner.To, inner.Cc) {
		return true, nil
	}
	about := []string{inner.Object.ID}
	if object, ok := objectOf(inner.Object); ok {
		if names(community, object.Audience, object.To, object.Cc) {
			return true, nil
		}
		about = append(about, object.InReplyTo)
	}
	if undone, ok := innerOf(inner.Object); ok {
		about = append(about, undone.Object.ID)
	}
	return p.isInside(ctx, community, about)
}

// isPostMeantFor asks the same of a genuine object that came by way of a community. What the activity around it says counts
// only when the activity is genuine, too.
func (p *Processor) isPostMeantFor(ctx context.Context, m *message, object vocab.Object) (bool, error) {
	if m.raw != nil && names(m.via, m.activity.Audience, m.activity.To, m.activity.Cc) {
		return true, nil
	}
	if names(m.via, object.Audience, object.To, object.Cc) {
		return true, nil
	}
	return p.isInside(ctx, m.via, []string{object.ID, object.InReplyTo})
}

func names(community *models.Actor, lists ...vocab.IRIs) bool {
	for _, list := range lists {
		if list.Contains(community.URI) || community.FollowersURI != "" && list.Contains(community.FollowersURI) {
			return true
		}
	}
	return false
}

// isInside reports whether one of the posts, as far as they are held here, or the beginning of its thread, is in a community.
func (p *Processor) isInside(ctx context.Context, community *models.Actor, uris []string) (bool, error) {
	for _, uri := range uris {
		post, err := p.known(ctx, uri)
		if err != nil {
			return false, err
		}
		if post == nil {
			continue
		}
		if inside, err := p.threadBelongsTo(ctx, post, community); err != nil || inside {
			return inside, err
		}
	}
	return false, nil
}

func (p *Processor) threadBelongsTo(ctx context.Context, post *models.Post, community *models.Actor) (bool, error) {
	belongs, err := p.belongsTo(ctx, post, community)
	if err != nil || belongs || post.ThreadID == post.ID || post.CommunityID != 0 {
		return belongs, err
	}
	root, err := p.store.Read(ctx).Post(post.ThreadID)
	if err != nil {
		return false, ignoreAbsent(err)
	}
	return p.belongsTo(ctx, root, community)
}
