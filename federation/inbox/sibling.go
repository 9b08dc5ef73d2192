package inbox

import (
	"context"
	"slices"
	"time"

	"praxis/federation/outbox"
	"praxis/federation/pact"
	"praxis/federation/sign"
	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

// siblingTable is what is understood of Groups that are, or want to be, one community.
func (p *Processor) siblingTable() map[string]map[string]verify {
	return map[string]map[string]verify{
		"Offer":  {"Relationship": p.verifySiblingOffer, "Move": p.verifyHeirAsked},
		"Accept": {"Offer": p.verifySiblingAccept},
		"Reject": {"Offer": p.siblingVerb(p.service.SiblingRefused)},
		"Undo":   {"Offer": p.siblingVerb(p.service.SiblingTookBack)},
		"Leave":  {vocab.BondWord: p.siblingVerb(p.service.SiblingWent)},
	}
}

// groupSpeaks gives what a Group itself said to one of ours. Nobody else speaks for a Group in this, and nobody by hearsay.
func (p *Processor) groupSpeaks(ctx context.Context, m *message) (practice.SiblingSpoke, error) {
	said := practice.SiblingSpoke{Actor: m.actor, URI: m.activity.ID, About: m.activity.Object.ID, Words: m.activity.Content}
	if m.via != nil || !m.actor.IsCommunity() {
		return said, models.Errorf(models.Forbidden, "only a community itself speaks of its siblings, and %s is none, or did not say it itself", m.actor.URI)
	}
	for _, uri := range append(vocab.IRIs{m.activity.Target.ID}, m.activity.To...) {
		if !p.links.IsOurs(uri) {
			continue
		}
		target, err := p.store.Read(ctx).ActorByURI(uri)
		if err == nil && target.Local && target.IsCommunity() && !target.IsGone() {
			said.Target = target
			return said, nil
		}
	}
	return said, models.Errorf(models.NotFound, "there is no such community here")
}

// siblingVerb makes a handler of a verb that needs no agreement.
func (p *Processor) siblingVerb(verb func(ctx context.Context, said practice.SiblingSpoke) error) verify {
	return func(ctx context.Context, m *message) (apply, error) {
		said, err := p.groupSpeaks(ctx, m)
		if err != nil {
			return nil, err
		}
		if inner, ok := innerOf(m.activity.Object); ok && m.activity.Type == "Undo" && inner.Actor.ID != m.actor.URI {
			return nil, models.Errorf(models.Forbidden, "%s takes back what %s did", m.actor.URI, inner.Actor.ID)
		}
		return func(ctx context.Context) error { return verb(ctx, said) }, nil
	}
}

// verifySiblingOffer: a Group offers to be a sibling of one of ours, or a sibling introduces another one.
func (p *Processor) verifySiblingOffer(ctx context.Context, m *message) (apply, error) {
	said, err := p.groupSpeaks(ctx, m)
	if err != nil {
		return nil, err
	}
	kin, err := vocab.DecodeRelationship(m.activity.Object.Raw)
	if err != nil || kin.Kind != outbox.SiblingOf || kin.Object != said.Target.URI {
		return nil, models.Errorf(models.Invalid, "the offer is of no relationship between siblings that is understood here")
	}
	if kin.Subject != m.actor.URI {
		return p.introduced(ctx, said, kin.Subject)
	}
	said.About = m.activity.InReplyTo
	if said.Bond, said.ProvenAt, err = p.bond(ctx, m, m.activity.Instrument); err != nil {
		return nil, err
	}
	p.directory.LearnSoftware(ctx, m.actor.Host)
	return func(ctx context.Context) error { return p.service.SiblingOffered(ctx, said) }, nil
}

// introduced: a sibling speaks of another Group. Strangers make nobody be asked.
func (p *Processor) introduced(ctx context.Context, said practice.SiblingSpoke, uri string) (apply, error) {
	live, err := p.store.Read(ctx).IsLiveSibling(said.Target.ID, said.Actor.ID)
	if err != nil {
		return nil, err
	}
	if !live {
		return nil, models.Errorf(models.Forbidden, "%s introduces a sibling, and is none of %s", said.Actor.URI, said.Target.URI)
	}
	if p.links.IsOurs(uri) {
		return nil, nil
	}
	if said.Third, err = p.directory.Actor(ctx, uri); err != nil {
		return nil, err
	}
	return func(ctx context.Context) error { return p.service.SiblingIntroduced(ctx, said) }, nil
}

// verifySiblingAccept: what a Group of ours offered is accepted.
func (p *Processor) verifySiblingAccept(ctx context.Context, m *message) (apply, error) {
	said, err := p.groupSpeaks(ctx, m)
	if err != nil {
		return nil, err
	}
	if !m.activity.Result.IsEmbedded() {
		return p.heirAccepted(ctx, said)
	}
	if said.Bond, said.ProvenAt, err = p.bond(ctx, m, m.activity.Result); err != nil {
		return nil, err
	}
	if _, err := p.directory.Refresh(ctx, m.actor.URI); err != nil { // it has a name and lists its siblings by now
		return nil, err
	}
	return func(ctx context.Context) error { return p.service.SiblingAccepted(ctx, said) }, nil
}

// heirAccepted: a sibling goes on with a Group of ours that closes. It is asked whether it names that as its own, which all followers
// will ask, too.
func (p *Processor) heirAccepted(ctx context.Context, said practice.SiblingSpoke) (apply, error) {
	heir, err := p.directory.Refresh(ctx, said.Actor.URI)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(heir.Aliases(), said.Target.URI) {
		return nil, models.Errorf(models.Forbidden, "%s goes on with %s, and does not name it as its own", heir.URI, said.Target.URI)
	}
	return func(ctx context.Context) error { return p.service.HeirAccepted(ctx, said) }, nil
}

// verifyHeirAsked: a sibling closes, and wants the Group of ours to go on with it.
func (p *Processor) verifyHeirAsked(ctx context.Context, m *message) (apply, error) {
	said, err := p.groupSpeaks(ctx, m)
	if err != nil {
		return nil, err
	}
	move, ok := innerOf(m.activity.Object)
	if !ok || move.Object.ID != m.actor.URI || move.Target.ID != said.Target.URI {
		return nil, models.Errorf(models.Invalid, "the offer is of no Move of %s to a community here", m.actor.URI)
	}
	said.About = ""
	return func(ctx context.Context) error { return p.service.HeirAsked(ctx, said) }, nil
}

// bond reads the agreement that an activity carries, and verifies the proof of who sent it.
func (p *Processor) bond(ctx context.Context, m *message, ref vocab.Ref) (*pact.SealedBond, time.Time, error) {
	if !ref.IsEmbedded() {
		return nil, time.Time{}, models.Errorf(models.Invalid, "the agreement of siblings is missing")
	}
	sealed, err := pact.ReadBond(ref.Raw)
	if err != nil {
		return nil, time.Time{}, models.Errorf(models.Invalid, "the agreement cannot be read: %w", err)
	}
	proof := sealed.ProofOf(m.actor.URI)
	if proof == nil {
		return nil, time.Time{}, models.Errorf(models.Forbidden, "the agreement has no proof of %s", m.actor.URI)
	}
	proven, err := p.verifier.Proof(ctx, sign.Attach(sealed.Bare, proof), m.actor.URI)
	if err != nil {
		return nil, time.Time{}, refusal(err)
	}
	return sealed, proven.Created(), nil
}

// compareSiblings asks a Group whom it names as its siblings, when it says that it changed and is one of ours.
func (p *Processor) compareSiblings(ctx context.Context, group *models.Actor) (apply, error) {
	pairs, err := p.store.Read(ctx).PairsWith(group.URI, models.SiblingLive, models.SiblingPaused)
	if err != nil || len(pairs) == 0 {
		return nil, err
	}
	listed, known, err := p.directory.Siblings(ctx, group)
	if err != nil || !known {
		return nil, err
	}
	return func(ctx context.Context) error {
		for i := range pairs {
			ours, err := p.store.Read(ctx).Actor(pairs[i].CommunityID)
			if err != nil {
				return err
			}
			if err := p.service.SiblingListed(ctx, pairs[i].ID, vocab.IRIs(listed).Contains(ours.URI)); err != nil {
				return err
			}
		}
		return nil
	}, nil
}
