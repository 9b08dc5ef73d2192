package practice

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"praxis/federation/pact"
	"praxis/federation/sign"
	"praxis/models"
)

// ProposeSibling offers to a Group of another host that it and a community of ours become one community of several hosts. Until an
// admin here admitted the other host, the offer waits for that. To a sibling that is live it offers another agreement. Errors:
// Forbidden for who is no convener, NotFound for a community that is not ours, Invalid for terms that cannot be, Conflict where
// something else is on the table, or the class of the community or the policy forbids it.
func (s *Service) ProposeSibling(ctx context.Context, actor, community, other *models.Actor, terms SiblingTerms) (*models.Sibling, error) {
	var row *models.Sibling
	err := s.store.Tx(ctx, func(tx *models.Tx) error {
		if _, err := s.convened(tx, actor, community); err != nil {
			return err
		}
		p, err := s.newPair(tx, actor, community, other)
		if err != nil {
			return err
		}
		row = p.row
		before := siblingSaid(row)
		if err := p.mayPropose(); err != nil {
			return err
		}
		if err := p.propose(terms, ""); err != nil {
			return err
		}
		return s.auditSibling(tx, actor, "sibling.propose", p, before)
	})
	return row, err
}

// newPair gives the pair of a community of ours and a Group elsewhere, known or not.
func (s *Service) newPair(tx *models.Tx, by, community, other *models.Actor) (*pair, error) {
	if other.Local || !other.IsCommunity() || other.IsGone() {
		return nil, invalid("sibling", "Validation failed: @%s is no community of another server", other.Acct())
	}
	row, err := tx.Sibling(community.ID, other.URI)
	if models.IsNotFound(err) {
		row, err = &models.Sibling{CommunityID: community.ID, SiblingID: other.ID, SiblingURI: other.URI, Host: other.Host}, nil
	}
	if err != nil {
		return nil, err
	}
	row.SiblingID = other.ID
	return s.pairOf(tx, row, by)
}

// mayPropose refuses an offer where another one waits, and one that could not be kept.
func (p *pair) mayPropose() error {
	verdict, err := p.tx.Policy(p.row.Host)
	if err != nil {
		return err
	}
	switch {
	case verdict != models.HostAdmitted:
		return models.Errorf(models.Conflict, "%w An admin has to let it in first.", verdict.Refusal(p.row.Host))
	case p.row.OfferURI != "" && !p.row.Ours:
		return models.Errorf(models.Conflict, "%s has offered to be a sibling: approve, counter or refuse that.", p.name())
	case p.row.Offer != "":
		return models.Errorf(models.Conflict, "An offer of ours waits for %s: take it back first, with leave.", p.name())
	case p.row.State == models.SiblingLost:
		return models.Errorf(models.Conflict, "%s is lost: it comes back by itself, or end it first, with leave.", p.name())
	case p.row.State == models.SiblingClosed || p.them.MovedToURI != "":
		return models.Errorf(models.Conflict, "%s is closed.", p.name())
	case p.us.MovedToURI != "":
		return models.Errorf(models.Conflict, "%s is closed.", nameOf(p.us))
	}
	return nil
}

// mayShare refuses what the class of our community forbids with this host.
func (p *pair) mayShare(class string) error {
	switch {
	case class != p.ours.Class:
		return models.Errorf(models.Conflict, "The agreement is for a community of the class %s, and @%s is of the class %s: counter it, or change the class.", class, p.us.Username, p.ours.Class)
	case p.ours.Class == models.ClassLocal:
		return models.Errorf(models.Conflict, "@%s is for this organization only: change its class before it gets siblings.", p.us.Username)
	case p.ours.IsForAll():
		return nil
	}
	partner, err := p.tx.Partner(p.row.Host)
	if models.IsNotFound(err) || err == nil && partner.State != models.PartnerLive {
		return models.Errorf(models.Conflict, "@%s is not for everybody, and there is no live partnership with %s: an admin makes one, of the level siblings.", p.us.Username, p.row.Host)
	}
	if err != nil {
		return err
	}
	record, err := p.tx.PartnerRecord(partner.RecordID)
	if err != nil {
		return err
	}
	agreed, err := pact.Read([]byte(record.Record))
	if err != nil {
		return err
	}
	return p.withinPartnership(agreed)
}

// withinPartnership refuses what the two organizations did not agree on, and a host that the community is not shared with.
func (p *pair) withinPartnership(agreed *pact.Sealed) error {
	if agreed.Level() != pact.LevelSiblings {
		return models.Errorf(models.Conflict, "The partnership with %s is of the level %s: siblings that are not for everybody need the level siblings.", p.row.Host, agreed.Level())
	}
	for i := range agreed.Parties {
		if !slices.Contains(agreed.Parties[i].Classes, p.ours.Class) {
			return models.Errorf(models.Conflict, "The partnership with %s does not share communities of the class %s.", p.row.Host, p.ours.Class)
		}
	}
	if p.ours.Class != models.ClassPartners {
		return nil
	}
	_, err := p.tx.CommunityPartner(p.us.ID, p.row.Host)
	if models.IsNotFound(err) {
		return models.Errorf(models.Conflict, "@%s is not shared with %s yet: share it first.", p.us.Username, p.row.Host)
	}
	return err
}

// propose writes an offer, and sends it as soon as an admin admitted the host.
func (p *pair) propose(terms SiblingTerms, counters string) error {
	if err := p.mayShare(p.ours.Class); err != nil {
		return err
	}
	if p.ours.URN == "" {
		p.ours.URN = newURN(p.tx.Now())
		if err := p.tx.SaveCommunity(p.ours); err != nil {
			return err
		}
	}
	bond, err := p.bond(terms)
	if err != nil {
		return err
	}
	bare, err := bond.Encode()
	if err != nil {
		return pactError(err)
	}
	admitted, err := p.tx.HasAdmittedHost(p.row.Host)
	if err != nil {
		return err
	}
	state, why := models.SiblingProposed, "waits for their answer"
	if !admitted {
		state, why = models.SiblingApproved, "waits for an admin of this server to admit "+p.row.Host+"; then the offer is sent"
	}
	if !p.row.Stands() {
		if err := p.row.MoveTo(state, why); err != nil {
			return err
		}
	}
	p.row.ClearOffer()
	p.row.Offer, p.row.Ours = string(bare), true
	p.row.ApprovedBy = idOf(p.by)
	if err := p.tx.SaveSibling(p.row); err != nil { // it has an id from now on
		return err
	}
	if err := p.note(SiblingEventProposed, bond.Nonce, "until "+day(bond.ValidUntil)); err != nil {
		return err
	}
	if counters != "" {
		if err := p.note(SiblingEventCounter, counters, bond.Nonce); err != nil {
			return err
		}
	}
	if !admitted {
		return nil
	}
	return p.send(counters)
}

func idOf(actor *models.Actor) int64 {
	if actor == nil {
		return 0
	}
	return actor.ID
}

// bond writes down what is offered.
func (p *pair) bond(terms SiblingTerms) (*pact.Bond, error) {
	now := p.tx.Now().Time().UTC().Truncate(time.Second)
	terms = terms.orDefaults(now)
	until := terms.ValidUntil.UTC().Truncate(time.Second)
	if !until.After(now) {
		return nil, invalid("valid_until", "Validation failed: %s is over: an agreement ends in the future", day(until))
	}
	if until.Sub(now) > maxValid {
		return nil, invalid("valid_until", "Validation failed: an agreement is made for five years at most")
	}
	theirs, err := p.tx.CommunityIfAny(p.them.ID)
	if err != nil {
		return nil, err
	}
	urn, former := commonName(p.ours, theirs)
	bond := pact.Bond{
		ID: p.s.links.Activity(p.tx.NewID()) + "#siblings", Nonce: newNonce(), Community: urn, Former: former, Class: p.ours.Class,
		Charter: charterDigest(p.ours), History: terms.History, Removals: terms.Removals, Bans: terms.Bans, Roster: terms.Roster,
		License: bounded(terms.License, maxPartnerWords), Retention: terms.Retention, Silence: terms.Silence, ValidFrom: now, ValidUntil: until,
	}.Between(p.us.URI, orElse(bounded(terms.Contact, maxPartnerWords), p.us.ModeratorsURI), p.them.URI, orElse(p.them.ModeratorsURI, p.them.URI))
	return &bond, nil
}

// send signs the offer of ours that waits, and sends it.
func (p *pair) send(counters string) error {
	proof, err := p.prove([]byte(p.row.Offer))
	if err != nil {
		return err
	}
	id := p.tx.NewID()
	p.row.OfferProof, p.row.OfferURI = string(proof), p.s.links.Activity(id)
	if err := p.tx.SaveSibling(p.row); err != nil {
		return err
	}
	return p.say(SiblingSaid{ID: id, Verb: "Offer", About: counters, Document: sign.Attach([]byte(p.row.Offer), proof)})
}

// theirOffer gives what they offered and waits for us. Errors: Conflict.
func (p *pair) theirOffer() (*pact.SealedBond, error) {
	if p.row.Offer == "" || p.row.Ours {
		return nil, models.Errorf(models.Conflict, "The pair with %s is %s: no offer of theirs waits for an answer.", p.name(), p.row.State)
	}
	bond, err := pact.ReadBond([]byte(p.row.Offer))
	if err == nil && !bond.ValidUntil.After(p.tx.Now().Time()) {
		return nil, models.Errorf(models.Conflict, "The offer of %s ended on %s: refuse it, and propose another one.", p.name(), day(bond.ValidUntil))
	}
	return bond, err
}

// ApproveSibling accepts what another Group offered. It counts at once where an admin admitted the host before, else as soon as one does.
// Errors: Forbidden for who is no convener, Conflict without an offer, or one that cannot be kept here.
func (s *Service) ApproveSibling(ctx context.Context, actor, community *models.Actor, id int64) (*models.Sibling, error) {
	return s.withSibling(ctx, actor, community, id, "sibling.approve", byConvener, func(p *pair) error {
		bond, err := p.theirOffer()
		if err != nil {
			return err
		}
		return p.approve(bond)
	})
}

// approve is the word of our convener: it counts at once where the host was admitted.
func (p *pair) approve(bond *pact.SealedBond) error {
	if err := p.mayShare(bond.Class); err != nil {
		return err
	}
	p.row.ApprovedBy = p.doer()
	if err := p.note(SiblingEventApproved, bond.Nonce, ""); err != nil {
		return err
	}
	admitted, err := p.tx.HasAdmittedHost(p.row.Host)
	if err != nil {
		return err
	}
	if !admitted && p.row.AdmittedBy == 0 {
		return p.row.MoveTo(models.SiblingApproved, "waits for an admin of this server to admit "+p.row.Host)
	}
	return p.accept(bond)
}

// doer gives who of ours acts: whoever runs the server's commands acts for the community itself.
func (p *pair) doer() int64 {
	if p.by == nil {
		return p.us.ID
	}
	return p.by.ID
}

// AdmitSibling lets communities of ours have siblings at the host of one: an admin decides that once for each host, and at least once
// more after it was revoked. Errors: Forbidden for who is no admin; Conflict when nothing waits for one.
func (s *Service) AdmitSibling(ctx context.Context, actor, community *models.Actor, id int64) (*models.Sibling, error) {
	return s.withSibling(ctx, actor, community, id, "sibling.admit", byAdmin, func(p *pair) error {
		if p.row.Offer == "" {
			return models.Errorf(models.Conflict, "The pair with %s is %s: nothing of it waits for an admin.", p.name(), p.row.State)
		}
		p.row.AdmittedBy = idOf(actor)
		if actor == nil {
			p.row.AdmittedBy = p.us.ID
		}
		if err := p.note(SiblingEventAdmitted, "", ""); err != nil {
			return err
		}
		return p.afterAdmission()
	})
}

// afterAdmission does what only waited for an admin.
func (p *pair) afterAdmission() error {
	switch {
	case p.row.Ours && p.row.OfferURI == "":
		if err := p.mayShare(p.ours.Class); err != nil {
			return err
		}
		if !p.row.Stands() {
			if err := p.row.MoveTo(models.SiblingProposed, "waits for their answer"); err != nil {
				return err
			}
		}
		countered, err := p.countered()
		if err != nil {
			return err
		}
		return p.send(countered)
	case !p.row.Ours && p.row.State == models.SiblingApproved:
		bond, err := p.theirOffer()
		if err != nil {
			return err
		}
		if err := p.mayShare(bond.Class); err != nil {
			return err
		}
		return p.accept(bond)
	}
	return nil
}

// countered gives the offer that the waiting one of ours counters; "" for none.
func (p *pair) countered() (string, error) {
	bond, err := pact.ReadBond([]byte(p.row.Offer))
	if err != nil {
		return "", err
	}
	last, err := p.tx.LastSiblingEvent(p.row.ID, SiblingEventCounter)
	if models.IsNotFound(err) || err == nil && last.Detail != bond.Nonce {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return last.Ref, nil
}

// accept signs what they offered, tells them, and lets it count.
func (p *pair) accept(bond *pact.SealedBond) error {
	proof, err := p.prove(bond.Bare)
	if err != nil {
		return err
	}
	theirs, offered := p.row.OfferProof, p.row.OfferURI
	document := sign.Attach(bond.Bare, json.RawMessage(theirs), proof)
	if err := p.say(SiblingSaid{Verb: "Accept", About: offered, Document: document}); err != nil {
		return err
	}
	return p.live(&bond.Bond, string(bond.Bare), string(proof), theirs)
}

// CounterSibling answers an offer with another one. Errors: as ProposeSibling, and Conflict without an offer of theirs.
func (s *Service) CounterSibling(ctx context.Context, actor, community *models.Actor, id int64, terms SiblingTerms) (*models.Sibling, error) {
	return s.withSibling(ctx, actor, community, id, "sibling.counter", byConvener, func(p *pair) error {
		if _, err := p.theirOffer(); err != nil {
			return err
		}
		return p.propose(terms, p.row.OfferURI)
	})
}

// RefuseSibling says no to an offer, or forgets one that was only introduced. Errors: Forbidden, Conflict when there is nothing to
// refuse.
func (s *Service) RefuseSibling(ctx context.Context, actor, community *models.Actor, id int64, reason string) (*models.Sibling, error) {
	return s.withSibling(ctx, actor, community, id, "sibling.refuse", byConvener, func(p *pair) error {
		reason = bounded(reason, maxPartnerWords)
		if p.row.State == models.SiblingIntroduced {
			return p.row.MoveTo(models.SiblingRefused, withWords("refused by us", reason))
		}
		if p.row.Offer == "" || p.row.Ours {
			return models.Errorf(models.Conflict, "The pair with %s is %s: no offer of theirs waits for an answer.", p.name(), p.row.State)
		}
		said := SiblingSaid{Verb: "Reject", About: p.row.OfferURI, Words: reason}
		p.row.ClearOffer()
		if !p.row.Stands() {
			if err := p.row.MoveTo(models.SiblingRefused, withWords("refused by us", reason)); err != nil {
				return err
			}
		}
		if err := p.note(SiblingEventRefused, said.About, withWords("refused by us", reason)); err != nil {
			return err
		}
		return p.say(said)
	})
}

func withWords(what, words string) string {
	if words == "" {
		return what
	}
	return what + ": " + words
}
