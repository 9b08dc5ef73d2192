package app

import (
	"context"

	"praxis/federation/sign"
	"praxis/models"
)

// CheckKeys reads the key of every local actor, compares it with the public one, and gives how many were read and the
// handles of those whose key is missing or does not fit.
func (a *App) CheckKeys(ctx context.Context) (checked int, bad []string, err error) {
	tx := a.Store.Read(ctx)
	for _, actorType := range []string{models.TypeApplication, models.TypeGroup, models.TypePerson, models.TypeFeed} {
		actors, err := tx.LocalActors(actorType)
		if err != nil {
			return checked, bad, err
		}
		for i := range actors {
			checked++
			if !fits(tx, &actors[i]) {
				bad = append(bad, actors[i].Handle)
			}
		}
	}
	return checked, bad, nil
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
