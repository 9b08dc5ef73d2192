package directory

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"strings"
	"time"

	"praxis/federation/sign"
	"praxis/federation/vocab"
	"praxis/models"
)

// How soon a key is asked for again: after its signature was wrong, and after it could not be had (security case B18).
const (
	keyRefreshAfter = 5 * time.Minute
	keyRetryAfter   = 10 * time.Minute
	maxRefused      = 10_000
)

// Key gives the key of an id; refresh asks its host again, though not often. It is sign's KeySource: what comes from
// outside is a *sign.KeyError.
func (d *Directory) Key(ctx context.Context, keyID string, refresh bool) (*sign.Key, error) {
	host := vocab.Host(keyID)
	if host == "" || host == d.links.Host {
		return nil, &sign.KeyError{Err: fmt.Errorf("key %q is not one of another server", keyID)}
	}
	if err := d.admits(ctx, host); err != nil {
		isBlocked := models.ErrorCode(err) == models.Forbidden
		return nil, &sign.KeyError{Blocked: isBlocked, Temporary: !isBlocked, Err: err}
	}
	known, err := d.store.Read(ctx).ActorByKeyID(keyID)
	if err != nil && !models.IsNotFound(err) {
		return nil, &sign.KeyError{Temporary: true, Err: err}
	}
	remember(ctx, known)
	if known != nil && !refresh {
		return keyOf(known, keyID)
	}
	if !d.mayAsk(keyID, known != nil) {
		return lastKnown(known, keyID)
	}
	actor, err := d.fetchKeyOwner(budgeted(ctx), keyID)
	if err != nil {
		return nil, keyError(err)
	}
	if known == nil && owns(actor, keyID) {
		d.forgive(keyID) // learned just now: it may be asked for again as soon as a signature fails
	}
	return keyOf(actor, keyID)
}

func lastKnown(known *models.Actor, keyID string) (*sign.Key, error) {
	if known == nil {
		return nil, &sign.KeyError{Err: fmt.Errorf("key %s could not be had a moment ago", keyID)}
	}
	return keyOf(known, keyID)
}

// mayAsk reports whether a key may be asked for now, and remembers that it was.
func (d *Directory) mayAsk(keyID string, isKnown bool) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.store.Now()
	if until, ok := d.refused[keyID]; ok && now.Before(until) {
		return false
	}
	if len(d.refused) >= maxRefused {
		for id, until := range d.refused {
			if now.After(until) {
				delete(d.refused, id)
			}
		}
	}
	if len(d.refused) >= maxRefused {
		return false // somebody floods us with made-up keys
	}
	wait := keyRetryAfter
	if isKnown {
		wait = keyRefreshAfter
	}
	d.refused[keyID] = now.Add(wait)
	return true
}

// forgive lets a key be asked for again at once: it was had, or the fault was temporary.
func (d *Directory) forgive(keyID string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.refused, keyID)
}

// fetchKeyOwner asks for the document that a key's id leads to. That is the actor, or a document of the key alone, whose
// owner must name the key in turn (security cases B15, B16).
func (d *Directory) fetchKeyOwner(ctx context.Context, keyID string) (*models.Actor, error) {
	address, _, _ := strings.Cut(keyID, "#")
	doc, err := d.client.Document(ctx, address)
	if err != nil {
		if err = coded(err, "key "+keyID); IsTemporary(err) {
			d.forgive(keyID)
		}
		return nil, err
	}
	if vocab.IsActorType(doc.Head().Type) {
		return d.saveActor(ctx, doc.Raw())
	}
	key, err := vocab.DecodeKey(doc.Raw())
	if err != nil || key.Owner == "" || !vocab.SameOrigin(key.Owner, keyID) {
		return nil, models.Errorf(models.Invalid, "key %s names no owner on its own host", keyID)
	}
	return d.Refresh(ctx, key.Owner)
}

func owns(actor *models.Actor, keyID string) bool {
	return actor.PublicKeyID == keyID || actor.Ed25519KeyID == keyID
}

func keyOf(actor *models.Actor, keyID string) (*sign.Key, error) {
	if actor.IsGone() {
		return nil, &sign.KeyError{Blocked: true, Err: fmt.Errorf("actor %s is suspended or deleted", actor.URI)}
	}
	var public crypto.PublicKey
	var err error
	switch keyID {
	case actor.PublicKeyID:
		public, err = sign.ParsePublicPEM(actor.PublicKeyPEM)
	case actor.Ed25519KeyID:
		public, err = sign.ParseMultikey(actor.Ed25519Key)
	default:
		err = fmt.Errorf("actor %s has no key %s", actor.URI, keyID)
	}
	if err != nil {
		return nil, &sign.KeyError{Err: err}
	}
	return &sign.Key{ID: keyID, Owner: actor.URI, Public: public}, nil
}

func keyError(err error) error {
	var e *sign.KeyError
	if errors.As(err, &e) {
		return err
	}
	switch models.ErrorCode(err) {
	case models.Unavailable, models.Internal:
		return &sign.KeyError{Temporary: true, Err: err}
	}
	return &sign.KeyError{Err: err}
}
