package practice

import (
	"context"
	"time"

	"praxis/models"
)

const (
	// testWait is how long the partner may take to confirm the words, and testTime how long the test takes once it has.
	testWait = 7 * 24 * time.Hour
	testTime = time.Hour
)

// test begins to try both directions: a test activity that they answer, and a signed GET that they serve.
func (t *table) test() error {
	if t.p.State == models.PartnerCanary {
		return nil
	}
	if err := t.p.Move(models.PartnerCanary, "both directions are being tested; they answer once they have confirmed the words, too", t.tx.Now()); err != nil {
		return err
	}
	id := t.tx.NewID()
	t.p.TestURI, t.p.TestAnswered, t.p.TestFetched, t.p.AskedAt = t.s.links.Activity(id), 0, 0, 0
	t.p.TestUntil = t.tx.Now().Add(testWait)
	if err := t.note(PartnerEventCanary, t.p.TestURI, "the test began"); err != nil {
		return err
	}
	record, err := t.agreement()
	if err != nil {
		return err
	}
	if err := t.say(PartnerSaid{ID: id, Verb: "PartnershipTest", RecordID: record.ID}); err != nil {
		return err
	}
	return t.answerTest(t.p.TestFrom)
}

// answerTest answers a test of theirs, which says that they are as far as we are.
func (t *table) answerTest(uri string) error {
	if uri == "" {
		return nil
	}
	t.p.TestFrom = ""
	if t.p.State == models.PartnerCanary {
		t.p.TestUntil = min(t.p.TestUntil, t.tx.Now().Add(testTime))
	}
	return t.say(PartnerSaid{Verb: "Accept", Of: "PartnershipTest", About: uri})
}

// passed makes a partnership live once both directions have been.
func (t *table) passed() error {
	if t.p.State != models.PartnerCanary || t.p.TestAnswered == 0 || t.p.TestFetched == 0 {
		return nil
	}
	if !t.isConfirmed() {
		return t.pause(models.PauseKey, t.otherKeys())
	}
	return t.resume("both directions passed the test")
}

// resume makes a partnership live; what waited goes.
func (t *table) resume(why string) error {
	if err := t.p.Move(models.PartnerLive, why, t.tx.Now()); err != nil {
		return err
	}
	if err := t.note(PartnerEventLive, "", why); err != nil {
		return err
	}
	if err := t.s.wakePairs(t.tx, t.p.Host); err != nil {
		return err
	}
	peer, err := t.tx.Peer(t.p.Host)
	if err != nil || peer.PausedAt == 0 {
		return err
	}
	return t.tx.ResumePeer(t.p.Host)
}

// failTest ends a test that took too long, and says what to do.
func (t *table) failTest() error {
	why := "the test failed: "
	switch {
	case t.p.TestFetched == 0 && t.p.TestAnswered == 0:
		why += "they neither answered our test activity nor our signed request: see whether their server can be reached and admits ours"
	case t.p.TestFetched == 0:
		why += "they did not answer our signed request: their server must admit ours, and the clocks of both must be right"
	default:
		why += "they did not answer our test activity: have their admin confirm the words, and look for us among the hosts that they block"
	}
	if err := t.p.Move(models.PartnerAccepted, why+"; then run the test again", t.tx.Now()); err != nil {
		return err
	}
	return t.note(PartnerEventCanary, t.p.TestURI, why)
}

// TestPartner runs the test of both directions again. Errors: Forbidden, Conflict unless both signed and the words are confirmed.
func (s *Service) TestPartner(ctx context.Context, by By, name string) (*models.Partner, error) {
	return s.withPartner(ctx, by, "partner.test", name, func(t *table) error {
		switch {
		case t.p.RecordID == 0:
			return models.Errorf(models.Conflict, "The agreement with %s is not signed by both: nothing can be tested.", t.p.Host)
		case !t.isConfirmed():
			return models.Errorf(models.Conflict, "Compare the six words with the admin of %s first, and confirm them.", t.p.Host)
		}
		return t.test()
	})
}

// PartnersToAsk gives those whose status is due: at once while they are being tested, and then every six hours.
func (s *Service) PartnersToAsk(ctx context.Context) ([]models.Partner, error) {
	all, err := s.store.Read(ctx).PartnersIn(models.PartnerCanary, models.PartnerLive, models.PartnerPaused)
	if err != nil {
		return nil, err
	}
	var due []models.Partner
	for _, p := range all {
		wait := statusEvery
		if p.State == models.PartnerCanary {
			wait = testEvery
		}
		if p.ActorURI != "" && models.At(s.store.Now()).Since(p.AskedAt) >= wait && (p.State != models.PartnerCanary || p.TestFetched == 0) {
			due = append(due, p)
		}
	}
	return due, nil
}

const (
	testEvery   = 5 * time.Minute
	statusEvery = 6 * time.Hour
)

// PartnerAnswered takes what came of a signed GET of a partner's status: the document, or why there is none.
func (s *Service) PartnerAnswered(ctx context.Context, id int64, status []byte, failure error) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		p, err := tx.PartnerByID(id)
		if err != nil {
			return err
		}
		t, err := s.sitDown(tx, p, By{})
		if err != nil {
			return err
		}
		p.AskedAt = tx.Now()
		if failure == nil {
			p.Status, p.StatusAt = string(status), tx.Now()
		}
		if p.State == models.PartnerCanary && failure != nil {
			p.Reason = "the signed request failed and is repeated: " + bounded(models.ErrorMessage(failure), maxPartnerWords)
		}
		if p.State == models.PartnerCanary && failure == nil {
			p.TestFetched = tx.Now()
			if err := t.passed(); err != nil {
				return err
			}
		}
		return tx.SavePartner(p)
	})
}
