package testkeys

import (
	"crypto/rand"
	_ "embed"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"sync"

	"praxis/federation/sign"
)

// pair is a key as sign.EncodePrivateKeys writes it, but for the frame of PEM.
type pair struct {
	RSA  []byte // PKCS #8, in base64
	Seed string
}

//go:embed keys.json
var stored []byte

// stock decodes what is stored, once in a process: the keys are only read.
var stock = sync.OnceValues(func() ([]*sign.Keys, error) {
	var all []pair
	if err := json.Unmarshal(stored, &all); err != nil {
		return nil, fmt.Errorf("read the test keys: %w", err)
	}
	keys := make([]*sign.Keys, 0, len(all))
	for _, one := range all {
		framed := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: one.RSA})
		key, err := sign.DecodePrivateKeys(string(framed), one.Seed)
		if err != nil {
			return nil, fmt.Errorf("read a test key: %w", err)
		}
		keys = append(keys, key)
	}
	return keys, nil
})

// Ring hands out keys, each one once: no two actors of a test share one. It is safe for concurrent use.
type Ring struct {
	mu   sync.Mutex
	used int
}

// Next gives the next key; a fresh one when the stock is used up. It fits practice.Service.UseKeys.
func (r *Ring) Next() (*sign.Keys, error) {
	keys, err := stock()
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.used++
	if r.used > len(keys) {
		return sign.GenerateKeys(rand.Reader)
	}
	return keys[r.used-1], nil
}
