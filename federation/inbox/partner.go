package inbox

import (
	"context"
	"time"

	"praxis/federation/pact"
	"praxis/federation/sign"
	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

// speaks gives what an instance actor itself said about a partnership. Nobody else of its host speaks of one, and nobody by hearsay.
func (p *Processor) speaks(m *message) (practice.PartnerSpoke, error) {
	said := practice.PartnerSpoke{Actor: m.actor, URI: m.activity.ID, About: m.activity.Object.ID, Words: m.activity.Content}
	if m.via != nil || m.actor.Type != models.TypeApplication {
		return said, models.Errorf(models.Forbidden, "only the actor of a server itself speaks of its partnerships, and %s is none", m.actor.URI)
	}
	return said, nil
}

// verifyOffer: an organization offers a partnership. Its actor must be the one that its host names, and have proven the record.
func (p *Processor) verifyOffer(ctx context.Context, m *message) (apply, error) {
	said, err := p.speaks(m)
	if err != nil {
		return nil, err
	}
	said.About = m.activity.InReplyTo
	if said.Record, said.ProvenAt, err = p.record(ctx, m, m.activity.Object); err != nil {
		return nil, err
	}
	instance, err := p.directory.FindInstance(ctx, m.actor.Host)
	if err != nil {
		return nil, err
	}
	if instance.URI != m.actor.URI {
		return nil, models.Errorf(models.Forbidden, "%s is not the actor that %s names as its own", m.actor.URI, m.actor.Host)
	}
	p.directory.LearnSoftware(ctx, m.actor.Host)
	return func(ctx context.Context) error { return p.service.PartnerOffered(ctx, said) }, nil
}

// verifyPartnerAccept: an offer of ours is accepted, or what we accepted is signed by the other side, too.
func (p *Processor) verifyPartnerAccept(ctx context.Context, m *message) (apply, error) {
	said, err := p.speaks(m)
	if err != nil {
		return nil, err
	}
	if said.Record, said.ProvenAt, err = p.record(ctx, m, m.activity.Result); err != nil {
		return nil, err
	}
	return func(ctx context.Context) error { return p.service.PartnerAccepted(ctx, said) }, nil
}

// partnerVerb makes a handler of a verb that needs no record.
func (p *Processor) partnerVerb(verb func(ctx context.Context, said practice.PartnerSpoke) error) verify {
	return func(_ context.Context, m *message) (apply, error) {
		said, err := p.speaks(m)
		if err != nil {
			return nil, err
		}
		said.RecordID = said.About
		if inner, ok := innerOf(m.activity.Object); ok {
			said.RecordID = inner.Object.ID
			if m.activity.Type == "Undo" && inner.Actor.ID != m.actor.URI {
				return nil, models.Errorf(models.Forbidden, "%s takes back what %s did", m.actor.URI, inner.Actor.ID)
			}
		}
		return func(ctx context.Context) error { return verb(ctx, said) }, nil
	}
}

// record reads the record that an activity carries, and verifies the proof of who sent it.
func (p *Processor) record(ctx context.Context, m *message, ref vocab.Ref) (*pact.Sealed, time.Time, error) {
	if !ref.IsEmbedded() {
		return nil, time.Time{}, models.Errorf(models.Invalid, "the record of the partnership is missing")
	}
	sealed, err := pact.Read(ref.Raw)
	if err != nil {
		return nil, time.Time{}, models.Errorf(models.Invalid, "the record cannot be read: %w", err)
	}
	proof := sealed.ProofOf(m.actor.URI)
	if proof == nil {
		return nil, time.Time{}, models.Errorf(models.Forbidden, "the record has no proof of %s", m.actor.URI)
	}
	proven, err := p.verifier.Proof(ctx, sign.Attach(sealed.Bare, proof), m.actor.URI)
	if err != nil {
		return nil, time.Time{}, refusal(err)
	}
	return sealed, proven.Created(), nil
}

// verifySuccession: a partner has new keys, and the old ones, which were compared, vouch for them.
func (p *Processor) verifySuccession(ctx context.Context, m *message) (apply, error) {
	said, err := p.speaks(m)
	if err != nil {
		return nil, err
	}
	doc, err := pact.ReadSuccession(m.activity.Object.Raw)
	if err != nil {
		return nil, models.Errorf(models.Invalid, "the succession of keys cannot be read: %w", err)
	}
	known, err := p.service.PartnerMultikey(ctx, m.actor)
	if err != nil {
		return nil, err
	}
	key, err := sign.ParseMultikey(known)
	if err != nil {
		return nil, err
	}
	if _, err := p.verifier.ProofWith(ctx, m.activity.Object.Raw, m.actor.URI, key); err != nil {
		return nil, refusal(err)
	}
	return func(ctx context.Context) error { return p.service.PartnerKeysFollow(ctx, said, *doc) }, nil
}
