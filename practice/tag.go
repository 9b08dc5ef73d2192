package practice

import (
	"context"

	"praxis/models"
)

// MaxFeaturedTags is how many hashtags a member may feature.
const MaxFeaturedTags = 10

// maxFollowedTags is how many hashtags a member may follow.
const maxFollowedTags = 1000

// FollowTag lets the public posts with a hashtag come to a member's home from now on. Following again changes nothing.
// Errors: Invalid beyond the number of hashtags that a member may follow.
func (s *Service) FollowTag(ctx context.Context, member *models.Actor, tag string) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		if err := tx.PutFollowedTag(member.ID, tag); err != nil {
			return err
		}
		if n, err := tx.CountFollowedTags(member.ID); err != nil || n > maxFollowedTags {
			return orTooMany(err, "base", "Validation failed: You follow the maximum number of hashtags (%d)", maxFollowedTags)
		}
		return nil
	})
}

// UnfollowTag ends that, and takes from home what was there because of the hashtag alone; without it it changes nothing.
func (s *Service) UnfollowTag(ctx context.Context, member *models.Actor, tag string) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error { return tx.DeleteFollowedTag(member.ID, tag) })
}

// FeatureTag shows a hashtag on a member's profile. Featuring again changes nothing. Errors: Invalid beyond
// MaxFeaturedTags.
func (s *Service) FeatureTag(ctx context.Context, member *models.Actor, tag string) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		if err := tx.PutFeaturedTag(member.ID, tag); err != nil {
			return err
		}
		featured, err := tx.FeaturedTags(member.ID)
		if err != nil || len(featured) > MaxFeaturedTags {
			return orTooMany(err, "base", "Validation failed: You have already featured the maximum number of hashtags (%d)", MaxFeaturedTags)
		}
		return nil
	})
}

// UnfeatureTag ends that; without it it changes nothing.
func (s *Service) UnfeatureTag(ctx context.Context, member *models.Actor, tag string) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error { return tx.DeleteFeaturedTag(member.ID, tag) })
}
