package outbox

import (
	"crypto/ed25519"
	"fmt"
	"sync"
	"time"

	"praxis/federation/sign"
	"praxis/models"
)

// maxProvers bounds how many keys are kept in memory.
const maxProvers = 1000

// provers keeps the Ed25519 keys of local actors, so that a busy one costs no query for each activity. Keys do not change.
type provers struct {
	mu    sync.Mutex
	known map[int64]ed25519.PrivateKey
}

// prove adds the actor's proof to an activity (FEP-8b32): whoever gets it from anybody can see that it is the actor's. An
// actor without such a key proves nothing.
func (p *provers) prove(tx *models.Tx, actor *models.Actor, payload []byte) ([]byte, error) {
	key, err := p.key(tx, actor)
	if err != nil || key == nil || actor.Ed25519KeyID == "" {
		return payload, err
	}
	now := func() time.Time { return tx.Now().Time() }
	proven, err := sign.Prover{KeyID: actor.Ed25519KeyID, Key: key, Now: now}.Prove(payload)
	if err != nil {
		return nil, fmt.Errorf("prove an activity of %s: %w", actor.Handle, err)
	}
	return proven, nil
}

func (p *provers) key(tx *models.Tx, actor *models.Actor) (ed25519.PrivateKey, error) {
	p.mu.Lock()
	key, ok := p.known[actor.ID]
	p.mu.Unlock()
	if ok {
		return key, nil
	}
	stored, err := tx.ActorKey(actor.ID)
	if models.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if key, err = sign.DecodeSeed(stored.Ed25519Seed); err != nil {
		return nil, fmt.Errorf("read the key of %s: %w", actor.Handle, err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.known) >= maxProvers {
		clear(p.known)
	}
	p.known[actor.ID] = key
	return key, nil
}
