package inbox

import (
	"context"
	"errors"
	"net/http"
	"time"

	"praxis/federation/sign"
	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

// attested makes a message of an activity that its actor proved (FEP-8b32), whoever passed it on.
func attested(outer *message, proven sign.Proven, activity vocab.Activity, actor *models.Actor) (*message, bool) {
	own := proven.Valid() && proven.Actor() == activity.Actor.ID && (activity.ID == "" || vocab.SameOrigin(activity.ID, activity.Actor.ID))
	if !own || actor.URI != activity.Actor.ID || outer.via != nil {
		return nil, false
	}
	return &message{
		activity: activity, raw: proven.Document(), actor: actor, via: outer.actor, announced: &outer.activity, proof: proofSaid(proven),
	}, true
}

func proofSaid(proven sign.Proven) practice.Proof {
	return practice.Proof{KeyID: proven.KeyID(), At: models.At(proven.Created())}
}

// withProof looks whether what a sibling vouches for proves itself, too: then a copy of it is kept, which counts when the sibling is gone.
func (p *Processor) withProof(ctx context.Context, m *message) error {
	if m.activity.Type != "Create" && m.activity.Type != "Update" {
		return nil
	}
	if sibling, err := p.store.Read(ctx).IsSiblingOfOurs(m.via.URI); err != nil || !sibling {
		return err
	}
	if proven, err := p.verifier.Proof(ctx, m.raw, m.actor.URI); err == nil {
		m.proof = proofSaid(proven)
	}
	return nil
}

// byProof takes a relayed activity as it stands when it carries a good proof of its own actor: nobody is asked for it. Nil
// when there is none, or none that is good: its origin is then asked, as for any other. Errors: Forbidden for actors and
// hosts that are blocked here (security case A36), and for what was meant for others; Unavailable when the key could not
// be had for now.
func (p *Processor) byProof(ctx context.Context, m *message, inner vocab.Activity) (*message, error) {
	return p.proven(ctx, m, inner, func() error {
		meant, err := p.isMeantFor(ctx, m.actor, inner)
		if err == nil && !meant {
			err = models.Errorf(models.Forbidden, "the activity was not meant for %s", m.actor.URI)
		}
		return err
	})
}

// proven gives a message of an activity that its actor proved, unless check refuses it, which is asked before anybody else is.
func (p *Processor) proven(ctx context.Context, m *message, inner vocab.Activity, check func() error) (*message, error) {
	proven, err := p.verifier.Proof(ctx, m.activity.Object.Raw, inner.Actor.ID)
	if errors.Is(err, sign.ErrUnproven) {
		return nil, nil
	}
	if err != nil {
		return nil, p.badProof(ctx, m, inner, err)
	}
	if outdated(inner.Type, proven.Created(), p.store.Now()) {
		return nil, nil
	}
	if err := check(); err != nil {
		return nil, err
	}
	actor, err := p.directory.Actor(ctx, proven.Actor())
	if err != nil {
		return nil, err
	}
	if actor.IsGone() {
		return nil, models.Errorf(models.Forbidden, "@%s is suspended here.", actor.Acct())
	}
	activity, err := vocab.DecodeActivity(proven.Document())
	if err != nil {
		return nil, err
	}
	passed, ok := attested(m, proven, activity, actor)
	if !ok {
		return nil, models.Errorf(models.Forbidden, "the activity is not its actor's")
	}
	return passed, nil
}

// badProof counts a proof that is no good. It proves nothing, so it counts as none: who changed it cannot be told, and the
// origin of the activity knows better. Only blocks and keys that cannot be had for now end the matter.
func (p *Processor) badProof(ctx context.Context, m *message, inner vocab.Activity, err error) error {
	var e *sign.Error
	if !errors.As(err, &e) {
		return err
	}
	if e.Status == http.StatusForbidden || e.Status == http.StatusServiceUnavailable {
		return refusal(err)
	}
	p.tell(ctx, func(p *Processor) {
		p.count(knownType(inner.Type), "bad_proof")
		p.log.InfoContext(ctx, "proof is no good", "type", knownType(inner.Type), "reason", e.Reason, "activity", clip(inner.ID), "peer", m.actor.Host)
	})
	return nil
}

// toggles are the types that a later activity of the same actor takes back, and that could be done anew by whoever kept a
// copy. What undoes or changes a post cannot: a deleted post stays deleted, and an older version changes nothing.
var toggles = map[string]bool{"Like": true, "Undo": true, "ChooseAnswer": true}

// toggleLife is how old a proven toggle may be. It is shorter than what was carried out is remembered (security case B25).
const toggleLife = 14 * 24 * time.Hour

func outdated(activityType string, made, now time.Time) bool {
	return toggles[activityType] && now.Sub(made) > toggleLife
}

// once carries out a relayed toggle at most once, whichever way and however often it comes.
func (p *Processor) once(ctx context.Context, m *message, handler verify) (apply, error) {
	if !toggles[m.activity.Type] || m.activity.ID == "" {
		return handler(ctx, m)
	}
	known, err := p.store.Read(ctx).HasInboxEntry(m.activity.ID, m.actor.URI)
	if err != nil || known {
		return nil, err
	}
	do, err := handler(ctx, m)
	if err != nil || do == nil && m.activity.Type != "Undo" {
		return nil, err
	}
	return func(ctx context.Context) error {
		if do != nil {
			if err := do(ctx); err != nil {
				return err
			}
		}
		return p.store.Tx(ctx, func(tx *models.Tx) error { return settle(tx, m) })
	}, nil
}

// settle remembers a relayed toggle, and what an Undo took back, as if they had come from their actor.
func settle(tx *models.Tx, m *message) error {
	if err := tx.RememberRelayed(m.activity.ID, m.actor.URI, m.activity.Type); err != nil {
		return err
	}
	if m.activity.Type != "Undo" || m.activity.Object.ID == "" {
		return nil
	}
	return tx.UndoInboxEntry(m.activity.Object.ID, m.actor.URI)
}
