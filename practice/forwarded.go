package practice

import (
	"context"

	"praxis/models"
)

// TakeRequest records that somebody asks to join a community elsewhere that members here moderate, as the community itself
// tells, and notifies these. Uri and raw are the Follow's.
func (s *Service) TakeRequest(ctx context.Context, community, somebody *models.Actor, opts FollowOptions) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		owners, err := s.deciders(tx, community)
		if err != nil || len(owners) == 0 {
			return err
		}
		follow, err := tx.FollowBetween(somebody.ID, community.ID)
		if models.IsNotFound(err) {
			follow = &models.Follow{ActorID: somebody.ID, TargetID: community.ID, State: models.FollowPending, ShowReblogs: true}
		} else if err != nil || follow.State == models.FollowAccepted {
			return err
		}
		if !somebody.Local {
			follow.URI, follow.Raw = opts.URI, string(opts.Raw)
			if err := tx.PutFollow(follow); err != nil {
				return err
			}
		}
		if err := keepRequest(tx, community, somebody, opts.Message); err != nil {
			return err
		}
		return s.tellDeciders(tx, owners, somebody)
	})
}

func keepRequest(tx *models.Tx, community, somebody *models.Actor, message string) error {
	known, err := tx.MembershipIfAny(community.ID, somebody.ID)
	if err != nil || known != nil {
		return err
	}
	return tx.PutMembership(&models.Membership{
		CommunityID: community.ID, ActorID: somebody.ID, Role: models.MemberPlain, State: models.MembershipRequested, Message: clip(message),
	})
}

func (s *Service) tellDeciders(tx *models.Tx, owners []int64, somebody *models.Actor) error {
	for _, owner := range owners {
		_, err := tx.Notify(&models.Notification{OwnerID: owner, Type: models.NotifyFollowRequest, ActorID: somebody.ID})
		if err != nil {
			return err
		}
	}
	return nil
}

// decideElsewhere tells a community elsewhere what a moderator here decided. What follows from it, the community says.
func (s *Service) decideElsewhere(tx *models.Tx, moderator, somebody, community *models.Actor, follow *models.Follow, accept bool) error {
	event := RequestAnswered{Moderator: moderator, Actor: somebody, Target: community, Follow: follow, Accepted: accept}
	if err := s.outbox.Publish(tx, event); err != nil {
		return err
	}
	return s.settleRequest(tx, community, somebody, follow)
}

// SettleRequest forgets a request to join a community elsewhere: the community tells that it was decided.
func (s *Service) SettleRequest(ctx context.Context, community, somebody *models.Actor) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		follow, err := tx.FollowBetween(somebody.ID, community.ID)
		if err != nil || follow.State != models.FollowPending {
			if models.IsNotFound(err) {
				return nil
			}
			return err
		}
		return s.settleRequest(tx, community, somebody, follow)
	})
}

func (s *Service) settleRequest(tx *models.Tx, community, somebody *models.Actor, follow *models.Follow) error {
	if !somebody.Local { // a member's own request goes on until the community answers it
		if err := s.endFollow(tx, follow); err != nil {
			return err
		}
	}
	owners, err := s.deciders(tx, community)
	if err != nil {
		return err
	}
	for _, owner := range owners {
		if err := tx.DeleteFollowNotification(owner, somebody.ID, models.NotifyFollowRequest); err != nil {
			return err
		}
	}
	return nil
}
