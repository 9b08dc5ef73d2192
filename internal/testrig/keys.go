package testrig

import (
	"crypto/rand"
	"sync"

	"praxis/federation/sign"
)

// keyStock holds the keys that this process made so far. They are real, and no two actors of a cluster share one; but
// making an RSA key takes longer than most tests, so the next cluster gets the same ones again.
var keyStock struct {
	sync.Mutex
	keys []*sign.Keys
}

// keyRing hands out keys to the actors of one cluster.
type keyRing struct {
	mu   sync.Mutex
	used int
}

func (r *keyRing) next() (*sign.Keys, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	keyStock.Lock()
	defer keyStock.Unlock()
	if r.used == len(keyStock.keys) {
		made, err := sign.GenerateKeys(rand.Reader)
		if err != nil {
			return nil, err
		}
		keyStock.keys = append(keyStock.keys, made)
	}
	r.used++
	return keyStock.keys[r.used-1], nil
}
