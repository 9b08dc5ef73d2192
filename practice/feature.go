package practice

import (
	"context"

	"praxis/models"
)

// MaxCommunityPins is how many posts stand first in a community of ours.
const MaxCommunityPins = 10

// PinInCommunity lets a post stand first in its community. Pinning again changes nothing. Errors: as Remove; Invalid beyond
// MaxCommunityPins.
func (s *Service) PinInCommunity(ctx context.Context, a Act) error {
	return s.act(ctx, a, func(tx *models.Tx, a *Act) (*Moderated, error) {
		post, err := s.postOf(tx, a)
		if err != nil || post == nil {
			return nil, err
		}
		if post.IsGone() {
			return nil, models.Errorf(models.Invalid, "A removed post is not pinned: restore it first.")
		}
		mark := a.mark(models.ActPin, a.PostURI)
		changed, err := tx.PutCommunityAct(mark)
		if err != nil || !changed {
			return nil, err
		}
		if _, err := tx.PutPin(a.Community.ID, post.ID); err != nil {
			return nil, err
		}
		if n, err := tx.CountPins(a.Community.ID); err != nil || a.Community.Local && n > MaxCommunityPins {
			return nil, orTooMany(err, "base", "Validation failed: at most %d posts are pinned in a community", MaxCommunityPins)
		}
		return &Moderated{Verb: models.ActPin, Mark: mark, Post: post}, nil
	})
}

// UnpinInCommunity takes a pin away; without one it changes nothing. Errors: as Remove.
func (s *Service) UnpinInCommunity(ctx context.Context, a Act) error {
	return s.act(ctx, a, func(tx *models.Tx, a *Act) (*Moderated, error) {
		post, err := s.postOf(tx, a)
		if err != nil {
			return nil, err
		}
		ended, err := a.unmark(tx, models.ActPin, a.PostURI)
		if err != nil || len(ended) == 0 {
			return nil, err
		}
		event := &Moderated{Verb: models.LogUnpin, Mark: &ended[0], Post: post}
		if post == nil {
			return event, nil
		}
		_, err = tx.DeletePin(a.Community.ID, post.ID)
		return event, err
	})
}
