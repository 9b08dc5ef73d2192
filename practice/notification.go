package practice

import (
	"context"
	"slices"

	"praxis/models"
)

// PolicyEdit is what is wanted of a policy for notifications; nil leaves a part as it is.
type PolicyEdit struct {
	NotFollowing, NotFollowers, NewAccounts, PrivateMentions, LimitedAccounts *string
}

// EditPolicy changes owner's policy for notifications that come from now on. Errors: Invalid for what is none of accept,
// filter and drop.
func (s *Service) EditPolicy(ctx context.Context, owner *models.Actor, edit PolicyEdit) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		policy, err := tx.NotificationPolicy(owner.ID)
		if err != nil {
			return err
		}
		for _, part := range []struct {
			name string
			wish *string
			of   *string
		}{
			{"for_not_following", edit.NotFollowing, &policy.ForNotFollowing},
			{"for_not_followers", edit.NotFollowers, &policy.ForNotFollowers},
			{"for_new_accounts", edit.NewAccounts, &policy.ForNewAccounts},
			{"for_private_mentions", edit.PrivateMentions, &policy.ForPrivateMentions},
			{"for_limited_accounts", edit.LimitedAccounts, &policy.ForLimitedAccounts},
		} {
			if part.wish == nil {
				continue
			}
			if !slices.Contains([]string{models.PolicyAccept, models.PolicyFilter, models.PolicyDrop}, *part.wish) {
				return invalid(part.name, "Validation failed: %s is %.20q, none of accept, filter, drop", part.name, *part.wish)
			}
			*part.of = *part.wish
		}
		return tx.PutNotificationPolicy(policy)
	})
}

// AcceptRequests lets those in whose requests owner believes notify owner, and releases what was held back of theirs. What
// owner has no request of is passed over.
func (s *Service) AcceptRequests(ctx context.Context, owner *models.Actor, ids []int64) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		requests, err := tx.NotificationRequestsOf(owner.ID, ids)
		if err != nil {
			return err
		}
		for i := range requests {
			if err := s.acceptRequest(tx, owner, &requests[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) acceptRequest(tx *models.Tx, owner *models.Actor, request *models.NotificationRequest) error {
	ids, err := tx.AcceptNotifications(request)
	if err != nil {
		return err
	}
	posts, err := tx.VisiblePosts(ids, owner.ID)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if post := posts[id]; post != nil && post.Visibility == models.Direct {
			if err := tx.AddToConversation(owner.ID, post, true); err != nil {
				return err
			}
		}
	}
	return nil
}

// DismissRequests deletes what was held back for requests of owner's. What owner has no request of is passed over.
func (s *Service) DismissRequests(ctx context.Context, owner *models.Actor, ids []int64) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		requests, err := tx.NotificationRequestsOf(owner.ID, ids)
		if err != nil {
			return err
		}
		for i := range requests {
			if err := tx.DismissNotifications(&requests[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// DismissEach removes those of reader's notifications that ids name; others are passed over.
func (s *Service) DismissEach(ctx context.Context, reader *models.Actor, ids []int64) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error { return tx.DeleteNotificationsOf(reader.ID, ids) })
}
