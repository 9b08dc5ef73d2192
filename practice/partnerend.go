package practice

import (
	"context"
	"fmt"

	"praxis/federation/pact"
	"praxis/models"
)

// agreement gives the record that counts.
func (t *table) agreement() (*pact.Sealed, error) {
	record, err := t.tx.PartnerRecord(t.p.RecordID)
	if models.IsNotFound(err) {
		return nil, models.Errorf(models.Conflict, "There is no agreement with %s that both signed.", t.p.Host)
	}
	if err != nil {
		return nil, err
	}
	return pact.Read([]byte(record.Record))
}

// otherKeys says that what was confirmed are other keys than those of now.
func (t *table) otherKeys() string {
	return "the keys of " + t.p.Host + " or of this server are not those that were confirmed: compare the six words with their admin, and confirm them"
}

// pause stops what goes to a partner; it waits. For other reasons than a key, the partnership ends after models.PartnerHold.
func (t *table) pause(cause, why string) error {
	if err := t.p.Move(models.PartnerPaused, why, t.tx.Now()); err != nil {
		return err
	}
	t.p.Pause = cause
	if err := t.note(PartnerEventPaused, cause, why); err != nil {
		return err
	}
	if err := t.s.restPairs(t.tx, t.p.Host, why); err != nil {
		return err
	}
	return t.tx.PausePeer(t.p.Host)
}

// end cuts what there was with a partner, and tells the members of communities that were shared.
func (t *table) end(why string) error {
	if err := t.p.Move(models.PartnerEnded, why, t.tx.Now()); err != nil {
		return err
	}
	t.p.ClearOffer()
	t.p.DraftID, t.p.Listed, t.p.TestFrom = 0, false, ""
	if err := t.tellMembers(); err != nil {
		return err
	}
	if err := t.tx.EndPartner(t.p.Host); err != nil {
		return err
	}
	if err := t.note(PartnerEventEnded, "", why); err != nil {
		return err
	}
	peer, err := t.tx.Peer(t.p.Host)
	if err != nil {
		return err
	}
	if peer.PausedAt != 0 {
		if err := t.tx.ResumePeer(t.p.Host); err != nil {
			return err
		}
	}
	if err := t.s.endPairs(t.tx, t.p.Host, why); err != nil {
		return err
	}
	return t.disallow()
}

// tellMembers lets each community that was shared say so to its moderators, who tell the others as they see fit.
func (t *table) tellMembers() error {
	shared, err := t.tx.SharedWith(t.p.Host)
	if err != nil {
		return err
	}
	for i := range shared {
		moderators, err := t.tx.Moderators(shared[i].ID)
		if err != nil {
			return err
		}
		said := fmt.Sprintf("The partnership with %s has ended. @%s is no longer shared with it: its members there do not see what is posted from now on, and what they have cannot be taken back. They were asked to remove it only if an admin said so.",
			t.p.Host, shared[i].Username)
		for j := range moderators {
			if moderators[j].Local {
				if err := t.s.informBy(t.tx, &shared[i], &moderators[j], said); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// disallow takes back that the host was let in for the partnership.
func (t *table) disallow() error {
	if !t.p.Allowed {
		return nil
	}
	t.p.Allowed = false
	return inTurn(t.tx, func(tx *models.Tx) error { return tx.DeleteDomainAllow(t.p.Host) }, (*models.Tx).ReviewSeverances, settleHeld)
}

// RevokePartner takes back what we offered, or ends an agreement: it is paused at once, and ended after models.PartnerHold unless both
// agree anew; one that was never live, and a one-sided one, end at once. Errors: Forbidden, Conflict when there is nothing to revoke.
func (s *Service) RevokePartner(ctx context.Context, by By, name, reason string) (*models.Partner, error) {
	return s.withPartner(ctx, by, "partner.revoke", name, func(t *table) error { return t.revoke(bounded(reason, maxPartnerWords)) })
}

func (t *table) revoke(reason string) error {
	said := PartnerSaid{Verb: "Undo", Of: "Accept", About: t.p.AcceptURI, Words: reason}
	why := "revoked by us"
	if reason != "" {
		why += ": " + reason
	}
	switch {
	case t.p.OfferURI != "" && t.p.OfferOurs:
		said.Of, said.About = "Offer", t.p.OfferURI
		return t.withdraw(said)
	case t.p.State == models.PartnerOneSided:
		return t.end(why)
	case t.p.State == models.PartnerAccepted || t.p.State == models.PartnerCanary || t.p.State == models.PartnerLive:
	case t.p.State == models.PartnerPaused && t.p.Pause == models.PauseKey:
	case t.p.State == models.PartnerPaused:
		return t.end(why) // it is over already; whoever says so again does not want to wait
	default:
		return models.Errorf(models.Conflict, "The partnership with %s is %s: there is nothing to revoke.", t.p.Host, t.p.State)
	}
	record, err := t.concerned()
	if err != nil {
		return err
	}
	said.RecordID = record
	if err := t.say(said); err != nil {
		return err
	}
	return t.over(models.PauseRevoked, why)
}

// concerned gives the id of the record that an end is about: the agreement, or the one that is being signed.
func (t *table) concerned() (string, error) {
	record, err := t.record()
	if err != nil {
		return "", err
	}
	sealed, err := pact.Read([]byte(record.Record))
	if err != nil {
		return "", err
	}
	return sealed.ID, nil
}

// record gives the agreement that counts, or else the one that is being signed.
func (t *table) record() (*models.PartnerRecord, error) {
	if t.p.RecordID != 0 {
		return t.tx.PartnerRecord(t.p.RecordID)
	}
	return t.tx.PartnerRecord(t.p.DraftID)
}

// over pauses what was live, and ends what was not.
func (t *table) over(cause, why string) error {
	switch t.p.State {
	case models.PartnerLive, models.PartnerCanary:
		return t.pause(cause, why+"; what is for them waits until "+day(t.tx.Now().Add(models.PartnerHold).Time())+", then it ends")
	case models.PartnerPaused: // for a key: it ends in its time
		t.p.Pause, t.p.Reason, t.p.ChangedAt = cause, why, t.tx.Now()
		return t.note(PartnerEventPaused, cause, why)
	}
	return t.end(why)
}

// withdraw takes an offer of ours back.
func (t *table) withdraw(said PartnerSaid) error {
	t.p.ClearOffer()
	if err := t.note(PartnerEventRefused, said.About, "we took our offer back"); err != nil {
		return err
	}
	if err := t.say(said); err != nil || t.p.KeepsState() {
		return err
	}
	if err := t.p.Move(models.PartnerEnded, "we took our offer back", t.tx.Now()); err != nil {
		return err
	}
	return t.disallow()
}

// OneSidedPartner makes a partner of a host with other software, which can sign no agreement: it is let in, and communities may be shared
// with it. Errors: Forbidden, Invalid, Conflict for a host that is blocked or is a partner already.
func (s *Service) OneSidedPartner(ctx context.Context, by By, name, note string) (*models.Partner, error) {
	host, err := s.foreignHost(name)
	if err != nil {
		return nil, err
	}
	var p *models.Partner
	err = s.store.Tx(ctx, func(tx *models.Tx) error {
		if p, err = partnerOf(tx, host); err != nil {
			return err
		}
		p.ActorURI = ""
		before := partnerSaid(p)
		t, err := s.sit(tx, p, by)
		if err != nil {
			return err
		}
		blocked, err := tx.HostBlocked(host)
		if err != nil {
			return err
		}
		if blocked {
			return models.Errorf(models.Conflict, "%s is blocked here: lift the block first.", host)
		}
		if err := p.Move(models.PartnerOneSided, "our decision alone: its software signs no agreement", tx.Now()); err != nil {
			return err
		}
		p.Note = bounded(note, maxPartnerWords)
		if err := t.allow(); err != nil {
			return err
		}
		if err := t.note(PartnerEventOneSided, "", p.Note); err != nil {
			return err
		}
		if err := s.audit(tx, by.Moderator, "partner.onesided", named(host), before, partnerSaid(p)); err != nil {
			return err
		}
		return tx.SavePartner(p)
	})
	return p, err
}

// AskPurge asks a partner to remove its copies of what was shared with partners only. Nothing can force it: the answer is recorded.
// Errors: Forbidden, Conflict unless there was an agreement, or when an answer is awaited.
func (s *Service) AskPurge(ctx context.Context, by By, name, reason string) (*models.Partner, error) {
	return s.withPartner(ctx, by, "partner.purge", name, func(t *table) error {
		if t.p.RecordID == 0 {
			return models.Errorf(models.Conflict, "There never was an agreement with %s: it has nothing of ours as a partner.", t.p.Host)
		}
		record, err := t.agreement()
		if err != nil {
			return err
		}
		id := t.tx.NewID()
		if err := t.note(PartnerEventAsked, t.s.links.Activity(id), bounded(reason, maxPartnerWords)); err != nil {
			return err
		}
		return t.say(PartnerSaid{ID: id, Verb: "PurgeRequest", RecordID: record.ID, Words: bounded(reason, maxPartnerWords)})
	})
}

// AnswerPurge answers the last request of a partner to purge: done or not, in words. Errors: Forbidden, Conflict when none waits.
func (s *Service) AnswerPurge(ctx context.Context, by By, name string, done bool, words string) (*models.Partner, error) {
	return s.withPartner(ctx, by, "partner.answer", name, func(t *table) error {
		asked, err := t.tx.LastPartnerEvent(t.p.Host, PartnerEventAskedUs)
		if models.IsNotFound(err) {
			return models.Errorf(models.Conflict, "%s has asked for no purge.", t.p.Host)
		}
		if err != nil {
			return err
		}
		answered, err := t.tx.HasPartnerEvent(t.p.Host, PartnerEventAnswered, asked.Ref)
		if err != nil {
			return err
		}
		if answered {
			return models.Errorf(models.Conflict, "The last request of %s to purge was answered already.", t.p.Host)
		}
		said := PartnerSaid{Verb: "Reject", Of: "PurgeRequest", About: asked.Ref, Words: bounded(words, maxPartnerWords)}
		if done {
			said.Verb = "Accept"
		}
		if err := t.note(PartnerEventAnswered, asked.Ref, doneWord(done)+said.Words); err != nil {
			return err
		}
		return t.say(said)
	})
}

func doneWord(done bool) string {
	if done {
		return "done: "
	}
	return "not done: "
}
