package app

import (
	"context"

	"praxis/federation/sign"
	"praxis/models"
)

// CheckKeys reads the key of every local actor, compares it with the public one, and gives how many were read and the
// handles of those whose key is missing or does not fit.
func (a *App) CheckKeys(ctx context.Context) (checked int, bad []string, err error) {
	err = a.eachKey(ctx, func(actor *models.Actor, fits bool) error {
		if checked++; !fits {
			bad = append(bad, actor.Handle)
		}
		return nil
	})
	return checked, bad, err
}

// RenewKeys gives new keys to the actor of a name, or for "" to all whose keys are missing or do not fit, and gives their
// handles (security case H26).
func (a *App) RenewKeys(ctx context.Context, name string) (renewed []string, err error) {
	err = a.eachKey(ctx, func(actor *models.Actor, fits bool) error {
		if (name == "" && fits) || (name != "" && name != actor.Username) {
			return nil
		}
		renewed = append(renewed, actor.Handle)
		return a.Service.RenewKeys(ctx, actor)
	})
	return renewed, err
}

func (a *App) eachKey(ctx context.Context, visit func(actor *models.Actor, fits bool) error) error {
	tx := a.Store.Read(ctx)
	for _, actorType := range []string{models.TypeApplication, models.TypeGroup, models.TypePerson, models.TypeFeed} {
		actors, err := tx.LocalActors(actorType)
		if err != nil {
			return err
		}
		for i := range actors {
			if err := visit(&actors[i], fits(tx, &actors[i])); err != nil {
				return err
			}
		}
	}
	return nil
}

func fits(tx *models.Tx, actor *models.Actor) bool {
	stored, err := tx.ActorKey(actor.ID)
	if err != nil {
		return false
	}
	keys, err := sign.DecodePrivateKeys(stored.RSAPEM, stored.Ed25519Seed)
	if err != nil {
		return false
	}
	public, err := sign.ParsePublicPEM(actor.PublicKeyPEM)
	return err == nil && public.Equal(&keys.RSA.PublicKey) && sign.EncodeMultikey(keys.Ed25519Public()) == actor.Ed25519Key
}
