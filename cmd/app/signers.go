package app

import (
	"context"
	"fmt"
	"sync"
	"time"

	"praxis/federation/sign"
	"praxis/models"
)

// maxSigners bounds how many decoded keys are kept in memory.
const maxSigners = 1000

// signers keeps the keys of local actors decoded, since reading one from its text costs more than signing with it.
type signers struct {
	store *models.Store
	now   func() time.Time
	mu    sync.Mutex
	known map[int64]sign.Signer
}

func newSigners(store *models.Store, now func() time.Time) *signers {
	return &signers{store: store, now: now, known: map[int64]sign.Signer{}}
}

// of gives what signs for a local actor. Errors: NotFound for actors without a key here.
func (s *signers) of(ctx context.Context, actorID int64) (sign.Signer, error) {
	s.mu.Lock()
	signer, ok := s.known[actorID]
	s.mu.Unlock()
	if ok {
		return signer, nil
	}
	tx := s.store.Read(ctx)
	actor, err := tx.Actor(actorID)
	if err != nil {
		return sign.Signer{}, err
	}
	key, err := tx.ActorKey(actorID)
	if err != nil {
		return sign.Signer{}, err
	}
	keys, err := sign.DecodePrivateKeys(key.RSAPEM, key.Ed25519Seed)
	if err != nil {
		return sign.Signer{}, fmt.Errorf("read the key of %s: %w", actor.Handle, err)
	}
	signer = sign.Signer{
		KeyID: actor.PublicKeyID, Key: keys.RSA, Ed25519KeyID: actor.Ed25519KeyID, Ed25519: keys.Ed25519, Now: s.now,
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.known) >= maxSigners {
		clear(s.known)
	}
	s.known[actorID] = signer
	return signer, nil
}

// instanceSigner signs every question that this server asks of others.
func (a *App) instanceSigner(ctx context.Context) (sign.Signer, error) {
	actor, err := a.Store.Read(ctx).ActorByURI(a.Service.Links().Actor(models.TypeApplication, ""))
	if err != nil {
		return sign.Signer{}, err
	}
	return a.signers.of(ctx, actor.ID)
}

// schemeKnown is for how long it is remembered which signatures a host takes.
const schemeKnown = 7 * 24 * time.Hour

// ed25519Refused is for how long a host gets no signatures by Ed25519 keys that it refused, whatever it says of itself.
const ed25519Refused = 24 * time.Hour

// schemes keeps at hand which signatures hosts take: every request asks.
type schemes struct {
	mu    sync.Mutex
	known map[string]knownScheme
}

type knownScheme struct {
	scheme sign.Scheme
	at     time.Time
}

// schemeFresh is how long it is kept; what is learned here, or by another node, counts at once.
const (
	schemeFresh = time.Hour
	maxSchemes  = 20_000
)

func (s *schemes) forget(host string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.known, host)
}

func (s *schemes) get(host string, now time.Time, read func() (sign.Scheme, error)) sign.Scheme {
	s.mu.Lock()
	defer s.mu.Unlock()
	if known, ok := s.known[host]; ok && now.Sub(known.at) < schemeFresh {
		return known.scheme
	}
	scheme, err := read()
	if err != nil {
		return sign.Cavage
	}
	if len(s.known) >= maxSchemes {
		clear(s.known)
	}
	s.known[host] = knownScheme{scheme, now}
	return scheme
}

func (a *App) scheme(ctx context.Context, host string) sign.Scheme {
	return a.schemes.get(host, a.Store.Now(), func() (sign.Scheme, error) {
		peer, err := a.Store.Read(ctx).Peer(host)
		if err != nil {
			return sign.Cavage, err
		}
		return a.schemeOf(peer), nil
	})
}

func (a *App) schemeOf(peer *models.Peer) sign.Scheme {
	now := a.Store.Now()
	switch {
	case peer.TakesEd25519 && now.Sub(peer.Ed25519RefusedAt.Time()) > ed25519Refused:
		return sign.Ed25519
	case now.Sub(peer.SchemeAt.Time()) > schemeKnown:
		return sign.Cavage
	}
	return sign.Scheme(peer.SignatureScheme)
}

// schemeRefused remembers that a host refused a signature by an Ed25519 key, though it says that it takes them.
func (a *App) schemeRefused(ctx context.Context, host string, _ sign.Scheme) {
	a.updatePeer(ctx, host, func(p *models.Peer, now models.Timestamp) { p.Ed25519RefusedAt = now })
}

func (a *App) learnScheme(ctx context.Context, host string, scheme sign.Scheme) {
	a.updatePeer(ctx, host, func(p *models.Peer, now models.Timestamp) { p.SignatureScheme, p.SchemeAt = string(scheme), now })
}

func (a *App) updatePeer(ctx context.Context, host string, change func(*models.Peer, models.Timestamp)) {
	err := a.Store.Tx(ctx, func(tx *models.Tx) error {
		return tx.UpdatePeer(host, func(p *models.Peer) { change(p, tx.Now()) })
	})
	if err != nil {
		a.log.WarnContext(ctx, "signature scheme of peer not stored", "peer", host, "error", err)
	}
}
