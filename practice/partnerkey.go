package practice

import (
	"context"
	"strings"
	"time"

	"praxis/federation/pact"
	"praxis/federation/sign"
	"praxis/models"
)

// vouch lets the keys that our instance actor had until now say to its partners that those which it has now follow them. Keys that
// were lost vouch for nothing: then the words are compared anew.
func (s *Service) vouch(tx *models.Tx, before *models.Actor, old *models.ActorKey) error {
	if before.Type != models.TypeApplication || old == nil {
		return nil
	}
	seed, err := sign.DecodeSeed(old.Ed25519Seed)
	if err != nil {
		return nil //nolint:nilerr // it was lost, or is no key
	}
	was, err := pact.Fingerprint(before.URI, before.PublicKeyPEM, before.Ed25519Key)
	if err != nil {
		return nil //nolint:nilerr // nobody compared such keys
	}
	partners, err := tx.Partners()
	if err != nil {
		return err
	}
	for i := range partners {
		p := &partners[i]
		if p.ActorURI == "" || !strings.HasPrefix(p.Confirmed, was+" ") {
			continue
		}
		t, err := s.sitDown(tx, p, By{})
		if err != nil || p.Confirmed != was+" "+t.theirs {
			continue
		}
		prover := sign.Prover{KeyID: before.Ed25519KeyID, Key: seed, Now: func() time.Time { return tx.Now().Time() }}
		if err := t.succeed(prover, was); err != nil {
			return err
		}
	}
	return nil
}

func (t *table) succeed(prover sign.Prover, was string) error {
	id := t.tx.NewID()
	uri := t.s.links.Activity(id)
	doc := pact.Succession{ID: uri + "#keys", Party: t.us.URI, From: was, To: t.ours}
	bare, err := doc.Encode()
	if err != nil {
		return err
	}
	proven, err := prover.Prove(bare)
	if err != nil {
		return err
	}
	t.p.Confirmed = t.pair()
	if err := t.note(PartnerEventKey, t.ours, "we have new keys, for which the old ones vouch"); err != nil {
		return err
	}
	if err := t.tx.SavePartner(t.p); err != nil {
		return err
	}
	return t.say(PartnerSaid{ID: id, Verb: "Update", Document: proven})
}

// PartnerMultikey gives the Ed25519 key of a partner's instance actor that was confirmed. Errors: NotFound.
func (s *Service) PartnerMultikey(ctx context.Context, actor *models.Actor) (string, error) {
	p, err := s.store.Read(ctx).Partner(actor.Host)
	if err == nil && (p.ActorURI != actor.URI || p.TheirMultikey == "") {
		err = models.Errorf(models.NotFound, "no key of %s was confirmed here", actor.URI)
	}
	if err != nil {
		return "", err
	}
	return p.TheirMultikey, nil
}

// PartnerKeysFollow takes what the confirmed key of a partner says of the keys after it. That it says so is verified.
func (s *Service) PartnerKeysFollow(ctx context.Context, m PartnerSpoke, doc pact.Succession) error {
	return s.heard(ctx, m, false, func(t *table) error {
		switch {
		case doc.Party != t.them.URI || t.p.Confirmed != t.ours+" "+doc.From:
			return models.Errorf(models.Forbidden, "the keys that %s replaces are not those that were confirmed here", m.Actor.URI)
		case doc.To != t.theirs:
			return models.Errorf(models.Forbidden, "the keys of %s are not those that its old ones vouch for", m.Actor.URI)
		}
		t.p.Confirmed, t.p.TheirKey, t.p.TheirMultikey = t.pair(), t.theirs, t.them.Ed25519Key
		if err := t.note(PartnerEventKey, t.theirs, "they have new keys, for which the old ones vouch"); err != nil {
			return err
		}
		return t.advance()
	})
}
