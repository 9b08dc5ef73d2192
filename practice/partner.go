package practice

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"praxis/federation/pact"
	"praxis/federation/sign"
	"praxis/models"
)

// What happens between partners, as it is written down.
const (
	PartnerEventNonce      = "nonce" // of an offer: none counts twice
	PartnerEventProposed   = "proposed"
	PartnerEventReceived   = "received"
	PartnerEventCounter    = "countered"
	PartnerEventAccepted   = "accepted"
	PartnerEventTheyAccept = "accepted by them"
	PartnerEventSigned     = "signed"
	PartnerEventConfirm    = "confirmed"
	PartnerEventRefused    = "refused"
	PartnerEventCanary     = "canary"
	PartnerEventLive       = "live"
	PartnerEventPaused     = "paused"
	PartnerEventEnded      = "ended"
	PartnerEventOneSided   = "onesided"
	PartnerEventKey        = "key"
	PartnerEventAsked      = "purge asked"    // by us
	PartnerEventAnswer     = "purge answered" // by them
	PartnerEventAskedUs    = "purge asked by them"
	PartnerEventAnswered   = "purge answered by us"
	PartnerEventHealth     = "health"
)

// PartnerSaid: our instance actor tells a partner's something. ID is the row of the activity, from which its id follows.
type PartnerSaid struct {
	From, To *models.Actor
	ID       int64
	Verb     string // Offer, Accept, Reject, Undo, PartnershipTest, PurgeRequest or Update
	Of       string // of an answer: the type of what is answered
	About    string // and its id; of an Offer, the offer that it counters
	RecordID string // the id of the record that it concerns
	Document []byte // the record, or another document, with its proofs
	Words    string
}

func (PartnerSaid) event() {}

// PartnerTerms are what an admin offers or accepts.
type PartnerTerms struct {
	Level      pact.Level
	Classes    []string
	Data       []string
	Contact    string
	Abuse      string
	Protection string
	Retention  int
	Policy     string
	Digest     string
	Listed     bool
	ValidFrom  time.Time // now unless set
	ValidUntil time.Time // a year later unless set
}

// maxValid is how long an agreement can be made for: people change, and so do policies.
const maxValid = 5 * 366 * 24 * time.Hour

func (t PartnerTerms) of(actor *models.Actor, print string) pact.Terms {
	return pact.Terms{
		Actor: actor.URI, Fingerprint: print, Level: t.Level, Classes: t.Classes, Data: t.Data, Contact: strings.TrimSpace(t.Contact),
		Abuse: strings.TrimSpace(t.Abuse), Protection: strings.TrimSpace(t.Protection), Retention: t.Retention,
		Policy: strings.TrimSpace(t.Policy), Digest: strings.ToLower(strings.TrimSpace(t.Digest)), Listed: t.Listed,
	}
}

// table is both sides at a partner, within a transaction.
type table struct {
	s            *Service
	tx           *models.Tx
	p            *models.Partner
	us, them     *models.Actor
	ours, theirs string // fingerprints of keys
	by           int64  // the admin who acts
}

// sit gives both sides of a partnership. They is nil for a partner whose instance actor is not known.
func (s *Service) sit(tx *models.Tx, p *models.Partner, by By) (*table, error) {
	if err := s.mayFederate(tx, by.Moderator); err != nil {
		return nil, err
	}
	return s.sitDown(tx, p, by)
}

// sitDown is sit for what nobody here decides: what comes from the partner, and what the clock does.
func (s *Service) sitDown(tx *models.Tx, p *models.Partner, by By) (*table, error) {
	t := &table{s: s, tx: tx, p: p}
	if by.Moderator != nil {
		t.by = by.Moderator.ID
	}
	var err error
	if t.us, err = tx.ActorByURI(s.links.Actor(models.TypeApplication, "")); err != nil {
		return nil, err
	}
	if t.ours, err = pact.Fingerprint(t.us.URI, t.us.PublicKeyPEM, t.us.Ed25519Key); err != nil {
		return nil, err
	}
	if p.ActorURI == "" {
		return t, nil
	}
	if t.them, err = tx.ActorByURI(p.ActorURI); err != nil {
		return nil, err
	}
	if t.theirs, err = pact.Fingerprint(t.them.URI, t.them.PublicKeyPEM, t.them.Ed25519Key); err != nil {
		return nil, models.Errorf(models.Conflict, "%s cannot sign an agreement: %w. With such software, use a one-sided partnership.", p.Host, err)
	}
	return t, nil
}

// pair is what is compared: both fingerprints.
func (t *table) pair() string { return t.ours + " " + t.theirs }

// isConfirmed reports that these very keys were compared.
func (t *table) isConfirmed() bool { return t.theirs != "" && t.p.Confirmed == t.pair() }

func (t *table) note(kind, ref, detail string) error {
	return t.tx.AddPartnerEvent(models.PartnerEvent{Host: t.p.Host, Kind: kind, Ref: ref, Detail: detail, ActorID: t.by})
}

// say sends something to the partner's instance actor.
func (t *table) say(said PartnerSaid) error {
	said.From, said.To = t.us, t.them
	if said.ID == 0 {
		said.ID = t.tx.NewID()
	}
	t.s.pokePartner(t.tx)
	return t.s.outbox.Publish(t.tx, said)
}

// prove gives our proof of a document without one.
func (t *table) prove(bare []byte) (json.RawMessage, error) { return t.s.proveAs(t.tx, t.us, bare) }

// proveAs gives the proof of an actor of ours of a document without one.
func (s *Service) proveAs(tx *models.Tx, actor *models.Actor, bare []byte) (json.RawMessage, error) {
	stored, err := tx.ActorKey(actor.ID)
	if err != nil {
		return nil, err
	}
	key, err := sign.DecodeSeed(stored.Ed25519Seed)
	if err != nil {
		return nil, err
	}
	proven, err := sign.Prover{KeyID: actor.Ed25519KeyID, Key: key, Now: func() time.Time { return tx.Now().Time() }}.Prove(bare)
	if err != nil {
		return nil, err
	}
	_, proofs, err := sign.Detach(proven)
	if err != nil || len(proofs) != 1 {
		return nil, errors.Join(err, errors.New("a proof was made and cannot be read"))
	}
	return proofs[0], nil
}

// OnPartner sets what is called when there is something to tell a partner. Call it before any verb.
func (s *Service) OnPartner(poke func()) { s.onPartner = poke }

func (s *Service) pokePartner(tx *models.Tx) {
	if s.onPartner != nil {
		tx.AfterCommit(s.onPartner)
	}
}

// withPartner runs a verb of an admin on the partner of a host. Errors: Invalid, Forbidden, NotFound.
func (s *Service) withPartner(ctx context.Context, by By, action, name string, verb func(t *table) error) (*models.Partner, error) {
	host, err := s.foreignHost(name)
	if err != nil {
		return nil, err
	}
	var p *models.Partner
	err = s.store.Tx(ctx, func(tx *models.Tx) error {
		var err error
		if p, err = tx.Partner(host); models.IsNotFound(err) {
			return models.Errorf(models.NotFound, "There is no partnership with %s, and none was offered: propose one.", host)
		} else if err != nil {
			return err
		}
		before := partnerSaid(p)
		t, err := s.sit(tx, p, by)
		if err != nil {
			return err
		}
		if err := verb(t); err != nil {
			return err
		}
		if err := s.audit(tx, by.Moderator, action, named(host), before, partnerSaid(p)); err != nil {
			return err
		}
		return tx.SavePartner(p)
	})
	return p, err
}

// partnerSaid is what the audit log keeps of a partner.
func partnerSaid(p *models.Partner) any {
	if p.State == "" {
		return nil
	}
	return map[string]any{"state": p.State, "reason": p.Reason, "offer": p.OfferURI, "confirmed": p.Confirmed != "", "valid_until": p.ValidUntil}
}

// pactError makes what is wrong with terms the error of an input field.
func pactError(err error) error {
	var fault *pact.Fault
	if errors.As(err, &fault) {
		return invalid(fault.Field, "Validation failed: %s", fault.Error())
	}
	return err
}
