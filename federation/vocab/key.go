package vocab

// PublicKey is a key of an actor for HTTP signatures. PEM is "" where the actor only names it.
type PublicKey struct{ ID, Owner, PEM string }

// Multikey is a key of an actor for object proofs (FEP-521a).
type Multikey struct{ ID, Controller, PublicKeyMultibase string }

// publicKeys reads at most maxKeys keys: every one of them may be tried when a signature is verified.
func (f fields) publicKeys() []PublicKey {
	var keys []PublicKey
	for _, item := range f.list("publicKey", maxKeys) {
		o := open(item)
		key := PublicKey{ID: webLink(idOf(item)), Owner: o.link("owner"), PEM: o.str("publicKeyPem")}
		if key.ID != "" && len(key.PEM) <= maxPEM {
			keys = append(keys, key)
		}
	}
	return keys
}

func (f fields) multikeys() []Multikey {
	var keys []Multikey
	for _, item := range f.list("assertionMethod", maxKeys) {
		o := open(item)
		key := Multikey{ID: o.link("id"), Controller: o.link("controller"), PublicKeyMultibase: o.str("publicKeyMultibase")}
		if key.ID != "" && key.PublicKeyMultibase != "" && len(key.PublicKeyMultibase) <= maxPEM {
			keys = append(keys, key)
		}
	}
	return keys
}

// DecodeKey reads a document that is a public key by itself: its id and who owns it. The owner's own document must name
// the key before it counts for anything. Errors: *SyntaxError, or *DocumentError with no_id.
func DecodeKey(raw []byte) (PublicKey, error) {
	f, err := read(raw)
	if err != nil {
		return PublicKey{}, err
	}
	key := PublicKey{ID: f.link("id"), Owner: f.link("owner"), PEM: f.str("publicKeyPem")}
	if key.Owner == "" {
		key.Owner = f.link("controller")
	}
	if key.ID == "" {
		return PublicKey{}, refuse("key", "no_id")
	}
	return key, nil
}
