package practice

import (
	"context"
	"time"

	"praxis/federation/pact"
	"praxis/models"
)

// PartnerSpoke is what a host's instance actor said of a partnership. That the actor is its host's is verified, and so is its proof of
// the record.
type PartnerSpoke struct {
	Actor    *models.Actor
	URI      string // of the activity
	About    string // the activity that it answers, counters or takes back
	RecordID string // the record that an end or a test concerns
	Record   *pact.Sealed
	Words    string
	ProvenAt time.Time // when the proof of the record says that it was made
}

// How much a host may propose, and how old a proposal may be.
const (
	offersPerDay = 10
	offersAtOnce = 100 // hosts whose offers wait here
	offerLife    = 14 * 24 * time.Hour
)

// heard runs what a partner said within a transaction. Who is no partner is refused, unless fresh makes one.
func (s *Service) heard(ctx context.Context, m PartnerSpoke, fresh bool, verb func(t *table) error) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		p, err := partnerOf(tx, m.Actor.Host)
		if err != nil {
			return err
		}
		if p.ID == 0 && !fresh {
			return models.Errorf(models.Forbidden, "%s and this server have no partnership, and none was offered", m.Actor.Host)
		}
		if over := p.State == models.PartnerEnded || p.State == models.PartnerRefused; fresh && (over || p.ActorURI == "") {
			p.ActorURI = m.Actor.URI
		}
		if p.ActorURI != m.Actor.URI {
			return models.Errorf(models.Forbidden, "%s does not speak for %s in a partnership", m.Actor.URI, p.Host)
		}
		t, err := s.sitDown(tx, p, By{})
		if err != nil {
			return err
		}
		if err := verb(t); err != nil {
			return err
		}
		return tx.SavePartner(p)
	})
}

// PartnerOffered takes an offer, or one that counters ours. Errors: Forbidden for what is replayed, over, altered or too much; Conflict
// for what does not fit what is on the table.
func (s *Service) PartnerOffered(ctx context.Context, m PartnerSpoke) error {
	return s.heard(ctx, m, true, func(t *table) error {
		if err := t.judgeOffer(m); err != nil {
			return err
		}
		stands, err := t.crosses(m)
		if err != nil || stands {
			return err
		}
		if !t.p.KeepsState() {
			if err := t.p.Move(models.PartnerReceived, "they made an offer: accept, counter or refuse it", t.tx.Now()); err != nil {
				return err
			}
		}
		t.p.Offer, t.p.OfferURI, t.p.OfferOurs, t.p.TheirKey = string(m.Record.Bare), m.URI, false, t.theirs
		if err := t.note(PartnerEventNonce, m.Record.Nonce, m.Record.ID); err != nil {
			return err
		}
		return t.note(PartnerEventReceived, m.URI, "they offered "+string(m.Record.Party(m.Actor.URI).Level)+" until "+day(m.Record.ValidUntil))
	})
}

// judgeOffer refuses an offer for what it is itself.
func (t *table) judgeOffer(m PartnerSpoke) error {
	now := t.tx.Now().Time()
	seen, err := t.tx.HasPartnerEvent(t.p.Host, PartnerEventNonce, m.Record.Nonce)
	if err != nil {
		return err
	}
	count, err := t.tx.CountPartnerEvents(t.p.Host, PartnerEventReceived, 24*time.Hour)
	if err != nil {
		return err
	}
	waiting, err := t.tx.CountReceivedPartners()
	if err != nil {
		return err
	}
	party := m.Record.Party(m.Actor.URI)
	switch {
	case seen:
		return models.Errorf(models.Forbidden, "this offer came before: make a new one")
	case party == nil || len(m.Record.Parties) == 2 && m.Record.Party(t.us.URI) == nil:
		return models.Errorf(models.Forbidden, "the parties of the offer are not its sender and this server")
	case !m.Record.ValidUntil.After(now) || m.Record.ValidUntil.Sub(m.Record.ValidFrom) > maxValid:
		return models.Errorf(models.Forbidden, "the offer is over since %s, or is for more than five years", day(m.Record.ValidUntil))
	case now.Sub(m.ProvenAt) > offerLife:
		return models.Errorf(models.Forbidden, "the offer was signed on %s, more than 14 days ago: make a new one", day(m.ProvenAt))
	case count >= offersPerDay:
		return models.Errorf(models.Forbidden, "%s made %d offers within a day, and no more are taken", t.p.Host, count)
	case t.p.ID == 0 && waiting >= offersAtOnce:
		return models.Errorf(models.Forbidden, "the offers of %d hosts wait here, and no more are taken", waiting)
	}
	return t.sameKeys(party)
}

// sameKeys refuses terms that name other keys than those with which their party signs.
func (t *table) sameKeys(party *pact.Terms) error {
	if party.Fingerprint != t.theirs {
		return models.Errorf(models.Forbidden, "the terms name other keys than those of %s", t.them.URI)
	}
	return nil
}

// crosses judges an offer by what is on the table. Where both offered at once, the offer of the actor whose address comes first stands.
func (t *table) crosses(m PartnerSpoke) (oursStands bool, err error) {
	switch {
	case t.p.DraftID != 0 || t.p.State == models.PartnerAccepted || t.p.State == models.PartnerCanary:
		return false, models.Errorf(models.Conflict, "an agreement is being signed: revoke it before you offer another one")
	case t.p.OfferURI == "" || !t.p.OfferOurs:
		return false, nil
	case m.About == t.p.OfferURI:
		return false, t.countersOurs(m)
	}
	return t.us.URI < t.them.URI, nil
}

// countersOurs refuses a counter that has us offer something else than we did.
func (t *table) countersOurs(m PartnerSpoke) error {
	ours, err := pact.Read([]byte(t.p.Offer))
	if err != nil {
		return err
	}
	said, meant := m.Record.Party(t.us.URI), ours.Party(t.us.URI)
	if said == nil || !said.SameOffer(meant) || said.Fingerprint != meant.Fingerprint {
		return models.Errorf(models.Forbidden, "the counter has other terms for this server than it offered")
	}
	return nil
}

// PartnerAccepted takes the acceptance of our offer, or the second signature under a record that we accepted. Errors: Forbidden for what
// we did not offer, or is altered.
func (s *Service) PartnerAccepted(ctx context.Context, m PartnerSpoke) error {
	return s.heard(ctx, m, false, func(t *table) error {
		switch {
		case m.About != "" && m.About == t.p.OfferURI && t.p.OfferOurs:
			return t.takeAcceptance(m)
		case m.About != "" && m.About == t.p.AcceptURI && t.p.DraftID != 0:
			return t.takeSignature(m)
		}
		return models.Errorf(models.Forbidden, "%s accepts what was not offered, or not to it", m.Actor.URI)
	})
}

func (t *table) takeAcceptance(m PartnerSpoke) error {
	offer, err := pact.Read([]byte(t.p.Offer))
	if err != nil {
		return err
	}
	party := m.Record.Party(m.Actor.URI)
	switch {
	case party == nil || !m.Record.Completes(&offer.Record, t.us.URI):
		return models.Errorf(models.Forbidden, "the record is not what was offered: it was altered")
	case !m.Record.ValidUntil.After(t.tx.Now().Time()):
		return models.Errorf(models.Forbidden, "the offer was over since %s when it was accepted", day(m.Record.ValidUntil))
	}
	if err := t.sameKeys(party); err != nil {
		return err
	}
	if t.p.State != models.PartnerLive && t.p.State != models.PartnerPaused {
		if err := t.p.Move(models.PartnerAccepted, "they accepted: compare the six words with their admin, and confirm them", t.tx.Now()); err != nil {
			return err
		}
	}
	draft := &models.PartnerRecord{PartnerID: t.p.ID, Hash: pact.Hash(m.Record.Bare), Record: string(m.Record.Bare), TheirProof: string(m.Record.ProofOf(m.Actor.URI))}
	if err := t.tx.AddPartnerRecord(draft); err != nil {
		return err
	}
	t.p.DraftID, t.p.TheirKey = draft.ID, t.theirs
	t.p.ClearOffer()
	if err := t.note(PartnerEventTheyAccept, m.URI, draft.Hash); err != nil {
		return err
	}
	return t.advance()
}

func (t *table) takeSignature(m PartnerSpoke) error {
	draft, err := t.tx.PartnerRecord(t.p.DraftID)
	if err != nil {
		return err
	}
	if pact.Hash(m.Record.Bare) != draft.Hash {
		return models.Errorf(models.Forbidden, "the record is not the one that was accepted here: it was altered")
	}
	draft.TheirProof = string(m.Record.ProofOf(m.Actor.URI))
	if err := t.tx.ProvePartnerRecord(draft); err != nil {
		return err
	}
	if t.p.State == models.PartnerAccepted {
		t.p.Reason = "signed by both: compare the six words with their admin, and confirm them"
	}
	if !t.isConfirmed() {
		return t.note(PartnerEventSigned, draft.Hash, "they signed, too")
	}
	return t.advance()
}

// PartnerRefused takes a no to what we offered.
func (s *Service) PartnerRefused(ctx context.Context, m PartnerSpoke) error {
	return s.heard(ctx, m, false, func(t *table) error {
		if m.About == "" || m.About != t.p.OfferURI || !t.p.OfferOurs {
			return models.Errorf(models.Forbidden, "%s refuses what was not offered", m.Actor.URI)
		}
		why := "refused by them"
		if words := bounded(m.Words, maxPartnerWords); words != "" {
			why += ": " + words
		}
		t.p.ClearOffer()
		if !t.p.KeepsState() {
			if err := t.p.Move(models.PartnerRefused, why, t.tx.Now()); err != nil {
				return err
			}
		}
		return t.note(PartnerEventRefused, m.URI, why)
	})
}

// PartnerUndid takes the end of an agreement, or that an offer was taken back.
func (s *Service) PartnerUndid(ctx context.Context, m PartnerSpoke, offer bool) error {
	return s.heard(ctx, m, false, func(t *table) error {
		if offer {
			return t.takenBack(m)
		}
		record, err := t.concerned()
		if err != nil || record != m.RecordID {
			return models.Errorf(models.Forbidden, "%s ends an agreement that is not the one that stands", m.Actor.URI)
		}
		why := "revoked by them"
		if words := bounded(m.Words, maxPartnerWords); words != "" {
			why += ": " + words
		}
		if t.p.State == models.PartnerPaused && t.p.Pause != models.PauseKey || t.p.State == models.PartnerEnded {
			return t.note(PartnerEventPaused, m.URI, why)
		}
		return t.over(models.PauseRevoked, why)
	})
}

func (t *table) takenBack(m PartnerSpoke) error {
	if m.About == "" || m.About != t.p.OfferURI || t.p.OfferOurs {
		return models.Errorf(models.Forbidden, "%s takes back what is not on the table", m.Actor.URI)
	}
	t.p.ClearOffer()
	if !t.p.KeepsState() {
		if err := t.p.Move(models.PartnerRefused, "they took their offer back", t.tx.Now()); err != nil {
			return err
		}
	}
	return t.note(PartnerEventRefused, m.URI, "they took their offer back")
}

// PartnerTested takes a test activity: it is answered at once, or when the words are confirmed here, too.
func (s *Service) PartnerTested(ctx context.Context, m PartnerSpoke) error {
	return s.heard(ctx, m, false, func(t *table) error {
		record, err := t.concerned()
		if err != nil || record != m.RecordID {
			return models.Errorf(models.Forbidden, "the test is about an agreement that is not the one that stands")
		}
		if t.p.State == models.PartnerCanary || t.p.State == models.PartnerLive {
			return t.answerTest(m.URI)
		}
		t.p.TestFrom = m.URI
		return nil
	})
}

// PartnerTestAnswered takes the answer to our test activity.
func (s *Service) PartnerTestAnswered(ctx context.Context, m PartnerSpoke) error {
	return s.heard(ctx, m, false, func(t *table) error {
		if m.About == "" || m.About != t.p.TestURI {
			return models.Errorf(models.Forbidden, "%s answers a test that was not made", m.Actor.URI)
		}
		if t.p.State == models.PartnerCanary {
			t.p.AskedAt = 0 // what could not be had before may be there now
			t.p.TestAnswered, t.p.TestUntil = t.tx.Now(), min(t.p.TestUntil, t.tx.Now().Add(testTime))
		}
		return t.passed()
	})
}

// PurgeAsked takes the request of a partner to remove what it shared. An admin answers.
func (s *Service) PurgeAsked(ctx context.Context, m PartnerSpoke) error {
	return s.heard(ctx, m, false, func(t *table) error {
		if t.p.RecordID == 0 {
			return models.Errorf(models.Forbidden, "there never was an agreement with %s", m.Actor.Host)
		}
		count, err := t.tx.CountPartnerEvents(t.p.Host, PartnerEventAskedUs, 24*time.Hour)
		if err != nil {
			return err
		}
		if count >= offersPerDay {
			return models.Errorf(models.Forbidden, "%s asked for %d purges within a day, and no more are taken", t.p.Host, count)
		}
		return t.note(PartnerEventAskedUs, m.URI, bounded(m.Words, maxPartnerWords))
	})
}

// PurgeAnswered takes the answer of a partner to our request.
func (s *Service) PurgeAnswered(ctx context.Context, m PartnerSpoke, done bool) error {
	return s.heard(ctx, m, false, func(t *table) error {
		asked, err := t.tx.HasPartnerEvent(t.p.Host, PartnerEventAsked, m.About)
		if err != nil {
			return err
		}
		again, err := t.tx.HasPartnerEvent(t.p.Host, PartnerEventAnswer, m.About)
		if err != nil {
			return err
		}
		if !asked || again {
			return models.Errorf(models.Forbidden, "%s answers a request to purge that was not made, or was answered", m.Actor.URI)
		}
		return t.note(PartnerEventAnswer, m.About, doneWord(done)+bounded(m.Words, maxPartnerWords))
	})
}
