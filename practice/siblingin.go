package practice

import (
	"context"
	"time"

	"praxis/federation/pact"
	"praxis/models"
)

// SiblingSpoke is what a Group elsewhere said to one of ours about being siblings. That the Group itself said it is verified, and so is
// its proof of the agreement.
type SiblingSpoke struct {
	Actor    *models.Actor // theirs
	Target   *models.Actor // ours
	URI      string        // of the activity
	About    string        // the offer that is answered, countered or taken back; of a Leave, the agreement
	Bond     *pact.SealedBond
	ProvenAt time.Time // when the proof of the agreement says that it was made
	Third    *models.Actor
	Words    string
}

// What bounds offers: how many a host may make within a day, how many wait for one community, and how old one may be.
const (
	siblingOffersPerDay = 10
	siblingOffersAtOnce = 20
)

// heardSibling runs what a Group said within a transaction. Who is unknown to ours is refused, unless fresh makes a pair of it.
func (s *Service) heardSibling(ctx context.Context, m SiblingSpoke, fresh bool, verb func(p *pair) error) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		us, err := tx.Actor(m.Target.ID)
		if err != nil {
			return err
		}
		if !us.Local || !us.IsCommunity() || us.IsGone() {
			return models.Errorf(models.NotFound, "there is no such community here")
		}
		if !fresh {
			if _, err := tx.Sibling(us.ID, m.Actor.URI); models.IsNotFound(err) {
				return models.Errorf(models.Forbidden, "%s is no sibling of %s, and none was to be", m.Actor.URI, us.URI)
			}
		}
		p, err := s.newPair(tx, nil, us, m.Actor)
		if err != nil {
			return err
		}
		if err := verb(p); err != nil {
			return err
		}
		return tx.SaveSibling(p.row)
	})
}

// SiblingOffered takes an offer, or one that counters ours. Errors: Forbidden for what is replayed, over, altered or too much, and for
// communities that take no siblings; Conflict for what does not fit what is on the table.
func (s *Service) SiblingOffered(ctx context.Context, m SiblingSpoke) error {
	return s.heardSibling(ctx, m, true, func(p *pair) error {
		if err := p.judgeOffer(m); err != nil {
			return err
		}
		if p.row.Offer != "" && p.row.Ours && p.row.OfferURI != "" && m.About != p.row.OfferURI && p.us.URI < p.them.URI {
			return nil // both offered at once: the offer of whose address comes first stands
		}
		if !p.row.Stands() {
			if err := p.row.MoveTo(models.SiblingReceived, "they made an offer: approve, counter or refuse it"); err != nil {
				return err
			}
		}
		p.row.ClearOffer()
		p.row.Offer, p.row.OfferProof, p.row.OfferURI, p.row.ApprovedBy = string(m.Bond.Bare), string(m.Bond.ProofOf(m.Actor.URI)), m.URI, 0
		if err := p.tx.SaveSibling(p.row); err != nil {
			return err
		}
		if err := p.note(SiblingEventNonce, m.Bond.Nonce, m.Bond.ID); err != nil {
			return err
		}
		if err := p.note(SiblingEventReceived, m.URI, "until "+day(m.Bond.ValidUntil)); err != nil {
			return err
		}
		return p.tellConveners(p.offered(&m.Bond.Bond))
	})
}

// offered says what came, to who decides on it.
func (p *pair) offered(bond *pact.Bond) string {
	stands, err := pact.ReadBond([]byte(p.row.Agreement))
	if !p.row.Stands() || err != nil {
		return p.name() + " offers to be a sibling of " + nameOf(p.us) + ": one community, at both servers. See its settings, under siblings."
	}
	if bond.Charter != stands.Charter {
		return p.name() + " has another charter, and offers it to " + nameOf(p.us) + ". Read what differs in its settings, under siblings. What you agreed on goes on until you decide."
	}
	return p.name() + " offers " + nameOf(p.us) + " another agreement. See its settings, under siblings. What you agreed on goes on until you decide."
}

// judgeOffer refuses an offer for what it is itself.
func (p *pair) judgeOffer(m SiblingSpoke) error {
	now := p.tx.Now().Time()
	seen, err := p.tx.HasSiblingEvent(p.row.ID, SiblingEventNonce, m.Bond.Nonce)
	if err != nil {
		return err
	}
	count, err := p.tx.CountSiblingEvents(p.row.Host, SiblingEventReceived, 24*time.Hour)
	if err != nil {
		return err
	}
	waiting, err := p.tx.CountSiblings(models.SiblingReceived, p.us.ID)
	if err != nil {
		return err
	}
	switch {
	case !m.Bond.Has(p.us.URI) || m.Bond.Other(p.us.URI) != p.them.URI:
		return models.Errorf(models.Forbidden, "the siblings of the agreement are not its sender and %s", p.us.URI)
	case p.ours.Class == models.ClassLocal:
		return models.Errorf(models.NotFound, "actor not found")
	case p.ours.Joining == models.JoiningClosed && !p.row.Stands():
		return models.Errorf(models.Forbidden, "%s takes no new members, and no siblings", p.us.URI)
	case seen:
		return models.Errorf(models.Forbidden, "this offer came before: make a new one")
	case !m.Bond.ValidUntil.After(now) || m.Bond.ValidUntil.Sub(m.Bond.ValidFrom) > maxValid:
		return models.Errorf(models.Forbidden, "the offer is over since %s, or is for more than five years", day(m.Bond.ValidUntil))
	case now.Sub(m.ProvenAt) > offerLife:
		return models.Errorf(models.Forbidden, "the offer was signed on %s, more than 14 days ago: make a new one", day(m.ProvenAt))
	case count >= siblingOffersPerDay:
		return models.Errorf(models.Forbidden, "%s made %d offers within a day, and no more are taken", p.row.Host, count)
	case p.row.ID == 0 && waiting >= siblingOffersAtOnce:
		return models.Errorf(models.Forbidden, "the offers of %d communities wait here, and no more are taken", waiting)
	}
	return nil
}

// SiblingAccepted takes the acceptance of what ours offered. Errors: Forbidden for what it did not offer, or is altered.
func (s *Service) SiblingAccepted(ctx context.Context, m SiblingSpoke) error {
	return s.heardSibling(ctx, m, false, func(p *pair) error {
		if p.row.OfferURI == "" || !p.row.Ours || m.About != p.row.OfferURI {
			return models.Errorf(models.Forbidden, "%s accepts what was not offered, or not to it", m.Actor.URI)
		}
		if string(m.Bond.Bare) != p.row.Offer {
			return models.Errorf(models.Forbidden, "the agreement is not what was offered: it was altered")
		}
		if !m.Bond.ValidUntil.After(p.tx.Now().Time()) {
			return models.Errorf(models.Forbidden, "the offer was over since %s when it was accepted", day(m.Bond.ValidUntil))
		}
		if err := p.mayShare(m.Bond.Class); err != nil {
			return err
		}
		return p.live(&m.Bond.Bond, p.row.Offer, p.row.OfferProof, string(m.Bond.ProofOf(m.Actor.URI)))
	})
}

// SiblingRefused takes a no to what ours offered.
func (s *Service) SiblingRefused(ctx context.Context, m SiblingSpoke) error {
	return s.heardSibling(ctx, m, false, func(p *pair) error {
		if closing, err := p.closingBy(m.About); closing != nil || err != nil {
			return p.closingRefused(closing, m.Words, err)
		}
		if p.row.OfferURI == "" || !p.row.Ours || m.About != p.row.OfferURI {
			return models.Errorf(models.Forbidden, "%s refuses what was not offered", m.Actor.URI)
		}
		why := withWords("refused by them", bounded(m.Words, maxPartnerWords))
		return p.off(models.SiblingRefused, why, m.URI)
	})
}

// off forgets an offer; a pair that has no agreement beside it gets another state.
func (p *pair) off(state, why, uri string) error {
	p.row.ClearOffer()
	if !p.row.Stands() {
		if err := p.row.MoveTo(state, why); err != nil {
			return err
		}
	}
	if err := p.note(SiblingEventRefused, uri, why); err != nil {
		return err
	}
	return p.tellConveners(p.name() + " and " + nameOf(p.us) + ": " + why + ".")
}

// SiblingTookBack takes that an offer was taken back: also when our acceptance was on the way.
func (s *Service) SiblingTookBack(ctx context.Context, m SiblingSpoke) error {
	return s.heardSibling(ctx, m, false, func(p *pair) error {
		if taken, err := p.tookOver(m.About); taken || err != nil {
			return err
		}
		if m.About != "" && p.row.OfferURI == m.About && !p.row.Ours {
			return p.off(models.SiblingRefused, "they took their offer back", m.URI)
		}
		accepted, err := p.standsBy(m.About)
		if err != nil {
			return err
		}
		if !accepted || !p.row.Stands() {
			return models.Errorf(models.Forbidden, "%s takes back what is not on the table", m.Actor.URI)
		}
		return p.part("they took their offer back", "", false)
	})
}

// standsBy reports whether an offer of theirs brought the agreement that stands: an older one that is taken back late ends nothing.
func (p *pair) standsBy(offer string) (bool, error) {
	bond, err := pact.ReadBond([]byte(p.row.Agreement))
	if offer == "" || err != nil {
		return false, nil //nolint:nilerr // what cannot be read no offer brought
	}
	events, err := p.tx.SiblingEvents(p.row.ID)
	for found := false; len(events) > 0; events = events[1:] { // the newest first; what was offered was noted before who offered it
		switch e := &events[0]; e.Kind {
		case SiblingEventReceived:
			found = e.Ref == offer
		case SiblingEventNonce:
			if found {
				return e.Detail == bond.ID, err
			}
		}
	}
	return false, err
}

// SiblingWent takes that a sibling leaves. Errors: Forbidden for another agreement than the one that stands.
func (s *Service) SiblingWent(ctx context.Context, m SiblingSpoke) error {
	return s.heardSibling(ctx, m, false, func(p *pair) error {
		bond, err := pact.ReadBond([]byte(p.row.Agreement))
		if err != nil || bond.ID != m.About {
			return models.Errorf(models.Forbidden, "%s leaves an agreement that is not the one that stands", m.Actor.URI)
		}
		if !p.row.Stands() && !p.row.IsAdopted() {
			return nil
		}
		return p.part(withWords("they left", bounded(m.Words, maxPartnerWords)), "", false)
	})
}

// SiblingIntroduced takes that a sibling of ours speaks of another Group of the same community. A convener may propose to it. Errors:
// Forbidden for who is no live sibling.
func (s *Service) SiblingIntroduced(ctx context.Context, m SiblingSpoke) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		live, err := tx.IsLiveSibling(m.Target.ID, m.Actor.ID)
		if err != nil {
			return err
		}
		if !live {
			return models.Errorf(models.Forbidden, "%s introduces a sibling, and is none of %s", m.Actor.URI, m.Target.URI)
		}
		waiting, err := tx.CountSiblings(models.SiblingIntroduced, m.Target.ID)
		if err != nil || waiting >= maxSiblings {
			return err
		}
		p, err := s.newPair(tx, nil, m.Target, m.Third)
		if err != nil || p.row.ID != 0 && p.row.State != models.SiblingLeft {
			return err // there was something between them before: that counts
		}
		if err := p.row.MoveTo(models.SiblingIntroduced, "introduced by "+nameOf(m.Actor)); err != nil {
			return err
		}
		p.row.IntroducedBy = m.Actor.URI
		if err := tx.SaveSibling(p.row); err != nil {
			return err
		}
		if err := p.note(SiblingEventIntroduced, m.URI, m.Actor.URI); err != nil {
			return err
		}
		return p.tellConveners(nameOf(m.Actor) + " introduces " + p.name() + " as a further sibling of " + nameOf(p.us) + ": propose to it, if you agree.")
	})
}

// SiblingListed takes whether a Group elsewhere names ours among its siblings: a relation that only one of two knows of does not count.
func (s *Service) SiblingListed(ctx context.Context, pairID int64, listed bool) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		row, err := tx.SiblingByID(pairID)
		if err != nil {
			return err
		}
		p, err := s.pairOf(tx, row, nil)
		if err != nil {
			return err
		}
		switch {
		case p.us.MovedToURI != "": // ours closed: the others list it no more, and it passes on to who is left what it hears
			return nil
		case row.State == models.SiblingLive && !listed:
			err = p.rest(models.PauseUnlisted, "they do not list us as a sibling now")
		case row.State == models.SiblingPaused && row.Pause == models.PauseUnlisted && listed:
			err = p.wake("they list us again")
		default:
			return nil
		}
		if err != nil {
			return err
		}
		return tx.SaveSibling(row)
	})
}
