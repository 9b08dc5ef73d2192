package practice

import (
	"context"

	"praxis/models"
)

// DecideRequest lets decider accept or reject the request of follower that is theirs to decide next: one to follow
// them, or else the oldest one to join a community that they moderate. It gives the actor that was asked for. Errors:
// NotFound without such a request.
func (s *Service) DecideRequest(ctx context.Context, decider, follower *models.Actor, accept bool) (*models.Actor, error) {
	var target *models.Actor
	err := s.store.Tx(ctx, func(tx *models.Tx) error {
		follow, err := tx.FollowRequest(decider.ID, follower.ID)
		if err != nil {
			return err
		}
		if target, err = tx.Actor(follow.TargetID); err != nil {
			return err
		}
		return s.decide(tx, decider, follower, target, follow, accept)
	})
	return target, err
}

// DecideJoin lets a moderator accept or reject the request of somebody to join a community. Errors: Forbidden for who does
// not run it, NotFound without such a request.
func (s *Service) DecideJoin(ctx context.Context, moderator, community, somebody *models.Actor, accept bool) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		if err := s.runs(tx, moderator, community); err != nil {
			return err
		}
		follow, err := tx.FollowBetween(somebody.ID, community.ID)
		if err != nil {
			return err
		}
		if follow.State != models.FollowPending {
			return models.Errorf(models.NotFound, "there is no such request")
		}
		return s.decide(tx, moderator, somebody, community, follow, accept)
	})
}

// decide accepts or rejects a request. Of one to join a community elsewhere, that community is told what was decided.
func (s *Service) decide(tx *models.Tx, decider, somebody, target *models.Actor, follow *models.Follow, accept bool) error {
	if !target.Local {
		return s.decideElsewhere(tx, decider, somebody, target, follow, accept)
	}
	act := s.rejectFollow
	if accept {
		act = s.acceptFollow
	}
	if err := act(tx, somebody, target, follow); err != nil || !target.IsCommunity() {
		return err
	}
	return s.outbox.Publish(tx, RequestSettled{Actor: somebody, Target: target, Follow: follow, Accepted: accept})
}

// RemoveFollower ends follower's follow of actor, or the request for it; without one it changes nothing.
func (s *Service) RemoveFollower(ctx context.Context, actor, follower *models.Actor) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error { return s.dropFollower(tx, actor, follower) })
}
