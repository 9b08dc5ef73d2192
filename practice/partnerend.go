package practice

import (
	"context"
	"fmt"
	"strings"

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

// maxTold bounds how many members of one community are told.
const maxTold = 1000

// tellMembers tells the members here of each community that an end concerns, in plain words.
func (t *table) tellMembers() error {
	communities, err := t.tx.CommunitiesWith(t.p.Host)
	if err != nil {
		return err
	}
	for i := range communities {
		c := &communities[i]
		said := "The partnership with " + t.p.Host + " has ended. "
		if c.Local {
			said += t.s.atName(c) + " is no longer shared with it: its members there do not see what is posted from now on. What they have cannot be taken back."
		} else {
			said += "You do not follow " + t.s.atName(c) + " any more, since it lives there. What it shared with partners only may have to be removed here."
		}
		members, err := t.tx.MembersHere(c.ID, maxTold)
		if err != nil {
			return err
		}
		for j := range members {
			if err := t.tell(&members[j], said); err != nil {
				return err
			}
		}
	}
	return nil
}

// tell lets this server itself say something to a member, as a direct post.
func (t *table) tell(member *models.Actor, said string) error {
	_, err := t.s.post(t.tx, &Draft{
		Author: t.us, Visibility: models.Direct, Text: said, Content: t.s.render(said, nil), Mentions: []*models.Actor{member}, Published: t.tx.Now().Time(),
	})
	return err
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
	if t.p.RecordID == 0 || t.p.State == models.PartnerAccepted && t.p.DraftID != 0 {
		return t.tx.PartnerRecord(t.p.DraftID)
	}
	return t.tx.PartnerRecord(t.p.RecordID)
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

// PurgeAnswer is what an admin says to a request to purge.
type PurgeAnswer struct {
	Remove bool // remove what the partner shared with partners only, now; that is done, then
	Done   bool // it was removed otherwise
	Words  string
}

// AnswerPurge answers the last request of a partner to purge. Errors: Forbidden, Conflict when none waits.
func (s *Service) AnswerPurge(ctx context.Context, by By, name string, answer PurgeAnswer) (*models.Partner, error) {
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
		if answer.Remove {
			n, err := t.removeCopies()
			if err != nil {
				return err
			}
			answer.Done, answer.Words = true, strings.TrimSpace(fmt.Sprintf("%d posts were removed. %s", n, answer.Words))
		}
		said := PartnerSaid{Verb: "Reject", Of: "PurgeRequest", About: asked.Ref, Words: bounded(answer.Words, maxPartnerWords)}
		if answer.Done {
			said.Verb = "Accept"
		}
		if err := t.note(PartnerEventAnswered, asked.Ref, doneWord(answer.Done)+said.Words); err != nil {
			return err
		}
		return t.say(said)
	})
}

// removeCopies leaves tombstones of what a partner shared with partners only. What members here wrote is theirs, and stays.
func (t *table) removeCopies() (int, error) {
	copies, err := t.tx.PartnerCopies(t.p.Host)
	if err != nil {
		return 0, err
	}
	for i := range copies {
		if err := t.tx.MarkPostDeleted(&copies[i]); err != nil {
			return 0, err
		}
	}
	return len(copies), nil
}

func doneWord(done bool) string {
	if done {
		return "done: "
	}
	return "not done: "
}
