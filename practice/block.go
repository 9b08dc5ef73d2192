package practice

import (
	"context"

	"praxis/models"
)

// Block keeps target away from actor: follows between them end, in both directions. Blocking again changes nothing.
func (s *Service) Block(ctx context.Context, actor, target *models.Actor, uri string) error {
	if actor.ID == target.ID {
		return models.Errorf(models.Forbidden, "Nobody blocks themselves.")
	}
	return s.store.Tx(ctx, func(tx *models.Tx) error { return s.block(tx, actor, target, uri) })
}

func (s *Service) block(tx *models.Tx, actor, target *models.Actor, uri string) error {
	if _, err := tx.BlockBetween(actor.ID, target.ID); err == nil || !models.IsNotFound(err) {
		return err
	}
	if err := s.unfollow(tx, actor, target); err != nil {
		return err
	}
	if err := s.dropFollower(tx, actor, target); err != nil {
		return err
	}
	if err := tx.DeleteNotificationsBetween(actor.ID, target.ID); err != nil {
		return err
	}
	if uri == "" {
		uri = s.links.Activity(tx.NewID())
	}
	block := &models.Block{URI: uri, ActorID: actor.ID, TargetID: target.ID}
	if err := tx.PutBlock(block); err != nil {
		return err
	}
	return s.outbox.Publish(tx, Blocked{Actor: actor, Target: target, Block: block})
}

// dropFollower ends target's follow of actor, without telling target more than the block does.
func (s *Service) dropFollower(tx *models.Tx, actor, target *models.Actor) error {
	follow, err := tx.FollowBetween(target.ID, actor.ID)
	if models.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.rejectFollow(tx, target, actor, follow)
}

// Unblock lifts a block; without one it changes nothing.
func (s *Service) Unblock(ctx context.Context, actor, target *models.Actor) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		block, err := tx.BlockBetween(actor.ID, target.ID)
		if models.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := tx.DeleteBlock(actor.ID, target.ID); err != nil {
			return err
		}
		return s.outbox.Publish(tx, Blocked{Actor: actor, Target: target, Block: block, Lifted: true})
	})
}
