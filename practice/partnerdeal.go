package practice

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"praxis/federation/pact"
	"praxis/federation/sign"
	"praxis/models"
)

// ProposePartner offers a partnership to the organization of a host; the offer of another agreement to a partner renews it. Errors:
// Forbidden, Invalid for terms that cannot be, NotFound and Unavailable for a host whose instance actor is not found, Conflict
// where something else is on the table.
func (s *Service) ProposePartner(ctx context.Context, by By, name string, terms PartnerTerms) (*models.Partner, error) {
	host, err := s.foreignHost(name)
	if err != nil {
		return nil, err
	}
	if err := s.mayFederate(s.store.Read(ctx), by.Moderator); err != nil {
		return nil, err
	}
	verdict, err := s.store.Read(ctx).Policy(host)
	if err != nil {
		return nil, err
	}
	if verdict != models.HostAdmitted {
		return nil, models.Errorf(models.Conflict, "%w Let it in first, with praxis domain allow %s.", verdict.Refusal(host), host)
	}
	actor, err := s.directory.FindInstance(ctx, host)
	if err != nil {
		return nil, err
	}
	var p *models.Partner
	err = s.store.Tx(ctx, func(tx *models.Tx) error {
		if p, err = partnerOf(tx, host); err != nil {
			return err
		}
		p.ActorURI = actor.URI
		before := partnerSaid(p)
		t, err := s.sit(tx, p, by)
		if err != nil {
			return err
		}
		if err := t.mayOffer(); err != nil {
			return err
		}
		if !p.KeepsState() {
			if err := p.Move(models.PartnerProposed, "waits for their answer", tx.Now()); err != nil {
				return err
			}
		}
		if err := t.offer(pact.Record{ValidFrom: terms.ValidFrom, ValidUntil: terms.ValidUntil}, terms, PartnerEventProposed, ""); err != nil {
			return err
		}
		return s.audit(tx, by.Moderator, "partner.propose", named(host), before, partnerSaid(p))
	})
	return p, err
}

// RenewPartner offers a partner a new term under the terms that hold, unless others are given. Errors: as ProposePartner, and Conflict
// when there is no agreement.
func (s *Service) RenewPartner(ctx context.Context, by By, name string, until time.Time) (*models.Partner, error) {
	return s.withPartner(ctx, by, "partner.renew", name, func(t *table) error {
		record, err := t.tx.PartnerRecord(t.p.RecordID)
		if models.IsNotFound(err) || err == nil && !t.p.KeepsState() {
			return models.Errorf(models.Conflict, "The partnership with %s is %s: there is no agreement to renew. Propose one.", t.p.Host, t.p.State)
		}
		if err != nil {
			return err
		}
		if err := t.mayOffer(); err != nil {
			return err
		}
		sealed, err := pact.Read([]byte(record.Record))
		if err != nil {
			return err
		}
		return t.offer(pact.Record{ValidUntil: until, Parties: sealed.Parties}, termsOf(sealed.Party(t.us.URI)), PartnerEventProposed, "")
	})
}

func termsOf(p *pact.Terms) PartnerTerms {
	return PartnerTerms{
		Level: p.Level, Classes: p.Classes, Data: p.Data, Contact: p.Contact, Abuse: p.Abuse, Protection: p.Protection, Retention: p.Retention,
		Policy: p.Policy, Digest: p.Digest, Listed: p.Listed,
	}
}

func partnerOf(tx *models.Tx, host string) (*models.Partner, error) {
	p, err := tx.Partner(host)
	if models.IsNotFound(err) {
		return &models.Partner{Host: host}, nil
	}
	return p, err
}

// mayOffer refuses an offer where another one waits, or an agreement is being signed.
func (t *table) mayOffer() error {
	switch {
	case t.p.OfferURI != "" && !t.p.OfferOurs:
		return models.Errorf(models.Conflict, "%s has offered a partnership: accept, counter or refuse that.", t.p.Host)
	case t.p.OfferURI != "":
		return models.Errorf(models.Conflict, "An offer of ours waits for the answer of %s: revoke it first.", t.p.Host)
	case t.p.DraftID != 0:
		return models.Errorf(models.Conflict, "An agreement with %s is being signed: confirm the words.", t.p.Host)
	}
	return nil
}

// offer signs an offer and sends it. The record may name the other party, with what it offers.
func (t *table) offer(r pact.Record, terms PartnerTerms, kind, counters string) error {
	id := t.tx.NewID()
	uri := t.s.links.Activity(id)
	r.ID, r.Nonce = uri+"#partnership", newNonce()
	if err := t.term(&r); err != nil {
		return err
	}
	r = r.With(terms.of(t.us, t.ours))
	bare, err := r.Encode()
	if err != nil {
		return pactError(err)
	}
	proof, err := t.prove(bare)
	if err != nil {
		return err
	}
	document := sign.Attach(bare, proof)
	t.p.Offer, t.p.OfferURI, t.p.OfferOurs, t.p.TheirKey = string(document), uri, true, t.theirs
	if err := t.allow(); err != nil {
		return err
	}
	if err := t.tx.SavePartner(t.p); err != nil {
		return err
	}
	if err := t.note(kind, r.Nonce, "we offered "+string(terms.Level)+" until "+day(r.ValidUntil)); err != nil {
		return err
	}
	return t.say(PartnerSaid{ID: id, Verb: "Offer", About: counters, RecordID: r.ID, Document: document})
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// term fills in and checks when an agreement begins and ends. Records know whole seconds.
func (t *table) term(r *pact.Record) error {
	now := t.tx.Now().Time()
	if r.ValidFrom.IsZero() {
		r.ValidFrom = now
	}
	if r.ValidUntil.IsZero() {
		r.ValidUntil = r.ValidFrom.AddDate(1, 0, 0)
	}
	r.ValidFrom, r.ValidUntil = r.ValidFrom.UTC().Truncate(time.Second), r.ValidUntil.UTC().Truncate(time.Second)
	switch {
	case !r.ValidUntil.After(now):
		return invalid("valid_until", "Validation failed: %s is over: an agreement ends in the future", day(r.ValidUntil))
	case r.ValidUntil.Sub(r.ValidFrom) > maxValid:
		return invalid("valid_until", "Validation failed: an agreement is made for five years at most")
	case r.ValidFrom.After(now.Add(maxValid)):
		return invalid("valid_from", "Validation failed: %s is more than five years ahead", day(r.ValidFrom))
	}
	return nil
}

// allow lets a host in with which we want to agree, where the mode keeps away whoever is not allowed.
func (t *table) allow() error {
	known, err := t.tx.DomainAllowOf(t.p.Host)
	if err == nil && !known.Known {
		return nil
	}
	if err != nil && !models.IsNotFound(err) {
		return err
	}
	row := &models.DomainAllow{Host: t.p.Host, Note: "partner"}
	if known != nil {
		row.ID, row.CreatedAt = known.ID, known.CreatedAt
	}
	t.p.Allowed = true
	return inTurn(t.tx, func(tx *models.Tx) error { return tx.SaveDomainAllow(row) }, (*models.Tx).ReviewSeverances, settleHeld, (*models.Tx).UnveilActors)
}

// offered gives the offer of theirs that waits for us. Errors: Conflict.
func (t *table) offered() (*pact.Sealed, error) {
	if t.p.OfferURI == "" || t.p.OfferOurs {
		return nil, models.Errorf(models.Conflict, "The partnership with %s is %s: no offer of theirs waits for an answer.", t.p.Host, t.p.State)
	}
	sealed, err := pact.Read([]byte(t.p.Offer))
	if err == nil && !sealed.ValidUntil.After(t.tx.Now().Time()) {
		return nil, models.Errorf(models.Conflict, "The offer of %s ended on %s: ask them for another one, or propose one.", t.p.Host, day(sealed.ValidUntil))
	}
	return sealed, err
}

// CounterPartner answers an offer with another one. Errors: as ProposePartner, and Conflict without an offer of theirs.
func (s *Service) CounterPartner(ctx context.Context, by By, name string, terms PartnerTerms) (*models.Partner, error) {
	return s.withPartner(ctx, by, "partner.counter", name, func(t *table) error {
		offer, err := t.offered()
		if err != nil {
			return err
		}
		if !t.p.KeepsState() {
			if err := t.p.Move(models.PartnerCountered, "waits for their answer to our other offer", t.tx.Now()); err != nil {
				return err
			}
		}
		record := pact.Record{ValidFrom: terms.ValidFrom, ValidUntil: terms.ValidUntil, Parties: []pact.Terms{*offer.Party(t.them.URI)}}
		if record.ValidUntil.IsZero() {
			record.ValidFrom, record.ValidUntil = offer.ValidFrom, offer.ValidUntil
		}
		return t.offer(record, terms, PartnerEventCounter, t.p.OfferURI)
	})
}

// AcceptPartner accepts an offer as it stands: we give what they give, or what they offered us in a counter. Terms say whom they can
// reach here, what our policy is, and whether we may be named; the rest of them does not count. Errors: Forbidden, Conflict without an
// offer of theirs, Invalid.
func (s *Service) AcceptPartner(ctx context.Context, by By, name string, terms PartnerTerms) (*models.Partner, error) {
	return s.withPartner(ctx, by, "partner.accept", name, func(t *table) error {
		offer, err := t.offered()
		if err != nil {
			return err
		}
		model := offer.Party(t.us.URI)
		if model == nil {
			model = offer.Party(t.them.URI)
		}
		terms.Level, terms.Classes, terms.Data, terms.Retention = model.Level, model.Classes, model.Data, model.Retention
		whole := offer.With(terms.of(t.us, t.ours))
		if !whole.Completes(&offer.Record, t.them.URI) {
			return models.Errorf(models.Conflict, "The offer of %s is not complete: counter it.", t.p.Host)
		}
		return t.accept(whole)
	})
}

func (t *table) accept(whole pact.Record) error {
	bare, err := whole.Encode()
	if err != nil {
		return pactError(err)
	}
	proof, err := t.prove(bare)
	if err != nil {
		return err
	}
	if t.p.State != models.PartnerLive && t.p.State != models.PartnerPaused {
		if err := t.p.Move(models.PartnerAccepted, "waits for their signature, and for the words to be compared", t.tx.Now()); err != nil {
			return err
		}
	}
	draft := &models.PartnerRecord{PartnerID: t.p.ID, Hash: pact.Hash(bare), Record: string(bare), OurProof: string(proof)}
	if err := t.tx.AddPartnerRecord(draft); err != nil {
		return err
	}
	id, offered := t.tx.NewID(), t.p.OfferURI
	t.p.DraftID, t.p.AcceptURI, t.p.TheirKey = draft.ID, t.s.links.Activity(id), t.theirs
	t.p.ClearOffer()
	if err := t.allow(); err != nil {
		return err
	}
	if err := t.note(PartnerEventAccepted, draft.Hash, "we accepted"); err != nil {
		return err
	}
	return t.say(PartnerSaid{ID: id, Verb: "Accept", Of: "Offer", About: offered, RecordID: whole.ID, Document: sign.Attach(bare, proof)})
}

// maxPartnerWords bounds what is said to a partner in words.
const maxPartnerWords = 500

// RefusePartner says no to an offer, or to an acceptance that is not signed by us yet. Errors: Forbidden, Conflict when there is nothing
// to refuse.
func (s *Service) RefusePartner(ctx context.Context, by By, name, reason string) (*models.Partner, error) {
	return s.withPartner(ctx, by, "partner.refuse", name, func(t *table) error {
		said := PartnerSaid{Verb: "Reject", Of: "Offer", About: t.p.OfferURI, Words: bounded(reason, maxPartnerWords)}
		if t.p.OfferURI == "" || t.p.OfferOurs {
			return models.Errorf(models.Conflict, "The partnership with %s is %s: no offer of theirs waits for an answer.", t.p.Host, t.p.State)
		}
		t.p.ClearOffer()
		if !t.p.KeepsState() {
			if err := t.p.Move(models.PartnerRefused, "refused by us", t.tx.Now()); err != nil {
				return err
			}
		}
		if err := t.note(PartnerEventRefused, said.About, "we refused: "+said.Words); err != nil {
			return err
		}
		return t.say(said)
	})
}

func bounded(words string, most int) string {
	words = strings.Join(strings.Fields(words), " ")
	if runes := []rune(words); len(runes) > most {
		return string(runes[:most])
	}
	return words
}

// ConfirmPartner notes that an admin compared the words with the partner's, by voice. Errors: Forbidden, Invalid for other words,
// Conflict for a partner without keys.
func (s *Service) ConfirmPartner(ctx context.Context, by By, name, words string) (*models.Partner, error) {
	return s.withPartner(ctx, by, "partner.confirm", name, func(t *table) error {
		if t.them == nil {
			return models.Errorf(models.Conflict, "%s is a one-sided partner and has no key to compare.", t.p.Host)
		}
		expected, err := pact.Words(t.ours, t.theirs)
		if err != nil {
			return err
		}
		if !pact.SameWords(words, expected) {
			return invalid("words", "Validation failed: these are not the six words of the keys of %s and this server. If their admin reads these, somebody stands between you: do not go on.", t.p.Host)
		}
		return t.confirm()
	})
}

func (t *table) confirm() error {
	t.p.Confirmed, t.p.ConfirmedAt, t.p.TheirKey, t.p.TheirMultikey = t.pair(), t.tx.Now(), t.theirs, t.them.Ed25519Key
	if err := t.note(PartnerEventConfirm, t.theirs, "the words were compared"); err != nil {
		return err
	}
	return t.advance()
}

// advance does what is due once the keys are confirmed: our signature, the test, the end of a pause.
func (t *table) advance() error {
	if !t.isConfirmed() {
		return nil
	}
	if t.p.DraftID != 0 {
		if err := t.sign(); err != nil {
			return err
		}
	}
	if t.p.State == models.PartnerPaused && t.p.Pause == models.PauseKey {
		return t.resume("the new keys are confirmed")
	}
	return nil
}

// sign adds our signature to a record that lacks it, and makes it the agreement when both are there.
func (t *table) sign() error {
	draft, err := t.tx.PartnerRecord(t.p.DraftID)
	if err != nil {
		return err
	}
	if draft.OurProof == "" {
		if err := t.countersign(draft); err != nil {
			return err
		}
	}
	if !draft.IsWhole() {
		return nil
	}
	sealed, err := pact.Read([]byte(draft.Record))
	if err != nil {
		return err
	}
	t.p.RecordID, t.p.DraftID = draft.ID, 0
	t.p.ValidUntil, t.p.Listed = models.At(sealed.ValidUntil), sealed.Listed()
	if err := t.note(PartnerEventSigned, draft.Hash, "signed by both"); err != nil {
		return err
	}
	switch {
	case t.p.State == models.PartnerLive:
		return nil
	case sealed.ValidFrom.After(t.tx.Now().Time()):
		t.p.Reason, t.p.TestUntil = "signed by both; it begins on "+day(sealed.ValidFrom), 0
		return nil
	}
	return t.test()
}

func (t *table) countersign(draft *models.PartnerRecord) error {
	proof, err := t.prove([]byte(draft.Record))
	if err != nil {
		return err
	}
	draft.OurProof = string(proof)
	if err := t.tx.ProvePartnerRecord(draft); err != nil {
		return err
	}
	last, err := t.tx.LastPartnerEvent(t.p.Host, PartnerEventTheyAccept)
	if err != nil {
		return err
	}
	sealed, err := pact.Read([]byte(draft.Record))
	if err != nil {
		return err
	}
	id := t.tx.NewID()
	t.p.AcceptURI = t.s.links.Activity(id)
	return t.say(PartnerSaid{
		ID: id, Verb: "Accept", Of: "Accept", About: last.Ref, RecordID: sealed.ID,
		Document: sign.Attach([]byte(draft.Record), json.RawMessage(draft.OurProof), json.RawMessage(draft.TheirProof)),
	})
}
