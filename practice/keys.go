package practice

import (
	"context"
	"fmt"

	"praxis/federation/sign"
	"praxis/models"
)

// freshKeys makes keys, tells the actor the public ones, and gives what is to be kept of the private ones.
func (s *Service) freshKeys(actor *models.Actor) (*models.ActorKey, error) {
	keys, err := s.keys()
	if err != nil {
		return nil, fmt.Errorf("make keys of %s: %w", actor.Username, err)
	}
	if actor.PublicKeyPEM, err = sign.EncodePublicPEM(&keys.RSA.PublicKey); err != nil {
		return nil, fmt.Errorf("encode public key of %s: %w", actor.Username, err)
	}
	actor.Ed25519Key = sign.EncodeMultikey(keys.Ed25519Public())
	rsaPEM, seed, err := sign.EncodePrivateKeys(keys)
	if err != nil {
		return nil, fmt.Errorf("encode keys of %s: %w", actor.Username, err)
	}
	return &models.ActorKey{ActorID: actor.ID, RSAPEM: rsaPEM, Ed25519Seed: seed}, nil
}

// RenewKeys replaces the keys of a local actor under the same ids. Other servers ask for them anew as soon as a signature
// does not fit the old ones; followers of members and communities are told besides.
func (s *Service) RenewKeys(ctx context.Context, actor *models.Actor) error {
	renewed := *actor
	fresh, err := s.freshKeys(&renewed)
	if err != nil {
		return err
	}
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		current, err := tx.Actor(actor.ID)
		if err != nil {
			return err
		}
		before := *current
		old, err := tx.ActorKey(current.ID)
		if err != nil && !models.IsNotFound(err) {
			return err
		}
		current.PublicKeyPEM, current.Ed25519Key = renewed.PublicKeyPEM, renewed.Ed25519Key
		if err := tx.UpdateActor(current); err != nil {
			return err
		}
		if err := tx.PutActorKey(fresh); err != nil {
			return err
		}
		if err := s.vouch(tx, &before, old); err != nil {
			return err
		}
		if current.Type != models.TypePerson && current.Type != models.TypeGroup {
			return nil
		}
		return s.outbox.Publish(tx, ActorUpdated{Actor: current})
	})
}
