package testrig

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"praxis/federation/pact"
	"praxis/federation/sign"
	"praxis/models"
	"praxis/practice"
)

// outsider is a host whose every word the test decides, with the actor that it names as its own.
type outsider struct {
	*Cluster
	t     *testing.T
	a     *Server
	peer  *Peer
	actor *PeerActor
}

func newOutsider(t *testing.T) *outsider {
	t.Helper()
	c := NewCluster(t, "a.test")
	s := &outsider{Cluster: c, t: t, a: c.Server("a.test"), peer: c.NewPeer("odd.test", "praxis")}
	s.actor = s.peer.ActorAt("/actor", "odd.test", "Application")
	s.peer.ServeJSON("/.well-known/webfinger?resource=https%3A%2F%2Fodd.test%2F", M{
		"subject": "acct:odd.test@odd.test", "links": []M{{"rel": "self", "type": "application/activity+json", "href": s.actor.URI}},
	})
	return s
}

func (s *outsider) fingerprint(actor *PeerActor) string {
	s.t.Helper()
	key := actor.Doc["publicKey"].(M)["publicKeyPem"].(string)
	multikey := actor.Doc["assertionMethod"].([]M)[0]["publicKeyMultibase"].(string)
	print, err := pact.Fingerprint(actor.URI, key, multikey)
	ok(s.t, err)
	return print
}

// offer is a good one; changes are made before it is signed.
func (s *outsider) offer(id string, by *PeerActor, changes ...func(*pact.Record)) M {
	s.t.Helper()
	now := s.Clock.Now().UTC().Truncate(time.Second)
	r := pact.Record{ID: "https://odd.test/activities/" + id + "#partnership", Nonce: "nonce-of-the-offer-" + id, ValidFrom: now, ValidUntil: now.AddDate(1, 0, 0)}
	r = r.With(pact.Terms{
		Actor: by.URI, Fingerprint: s.fingerprint(by), Level: pact.LevelRead, Classes: []string{"public"}, Data: []string{"posts"}, Contact: "cleo@odd.test", Retention: 7,
	})
	for _, change := range changes {
		change(&r)
	}
	return by.Activity("Offer", id, s.sealed(by, &r))
}

// sealed is a record with the proof of an actor.
func (s *outsider) sealed(by *PeerActor, r *pact.Record) json.RawMessage {
	s.t.Helper()
	bare, err := r.Encode()
	ok(s.t, err)
	proven, err := sign.Prover{KeyID: by.ProofKey(), Key: by.Keys.Ed25519, Now: s.Clock.Now}.Prove(bare)
	ok(s.t, err)
	return proven
}

// refused sends something that must change nothing, and be logged with a reason.
func (s *outsider) refused(name, reason string, by *PeerActor, activity M) {
	s.t.Helper()
	partners, records, events := s.a.Count("partner"), s.a.Count("partner_record"), s.a.Count("partner_event")
	before := len(s.a.Log())
	if status, said := by.Send(s.a, activity); status >= 500 {
		s.t.Errorf("%s: status %d: %s", name, status, said)
	}
	s.Settle()
	if s.a.Count("partner") != partners || s.a.Count("partner_record") != records || s.a.Count("partner_event") != events {
		s.t.Errorf("%s: something was stored", name)
	}
	if log := s.a.Log()[before:]; !strings.Contains(log, reason) {
		s.t.Errorf("%s: no %q in the log: %s", name, reason, log)
	}
}

func TestG28_OffersThatAreNoGoodLeaveNothing(t *testing.T) {
	s := newOutsider(t)
	person, twin := s.peer.Actor("dora", "Person"), s.peer.ActorAt("/other", "other.test", "Application")
	altered := s.offer("altered", s.actor)
	altered["object"] = json.RawMessage(strings.Replace(string(altered["object"].(json.RawMessage)), `"retentionDays":7`, `"retentionDays":7000`, 1))
	hidden := s.offer("hidden", s.actor)
	hidden["object"] = json.RawMessage(strings.Replace(string(hidden["object"].(json.RawMessage)), `"nonce"`, `"alsoAgreed":"all data","nonce"`, 1))
	unproven := s.offer("unproven", s.actor)
	unproven["object"] = s.sealed(person, ptr(s.record(unproven)))
	stale := s.offer("stale", s.actor)
	for name, c := range map[string]struct {
		by     *PeerActor
		doc    M
		reason string
	}{
		"altered":          {s.actor, altered, "was changed"},
		"something hidden": {s.actor, hidden, "no partnership may say"},
		"another's proof":  {s.actor, unproven, "has no proof of"},
		"by a person":      {person, s.offer("person", person), "only the actor of a server itself"},
		"by another actor": {twin, s.offer("twin", twin), "is not the actor that odd.test names"},
		"other keys":       {s.actor, s.offer("keys", s.actor, func(r *pact.Record) { r.Parties[0].Fingerprint = strings.Repeat("ab", 32) }), "other keys than those of"},
		"for another": {s.actor, s.offer("third", s.actor, func(r *pact.Record) {
			*r = r.With(pact.Terms{Actor: "https://c.test/actor", Fingerprint: "x", Level: pact.LevelRead, Classes: []string{"public"}, Data: []string{}, Contact: "x"})
		}), "are not its sender and this server"},
		"over": {s.actor, s.offer("over", s.actor, func(r *pact.Record) {
			r.ValidFrom, r.ValidUntil = r.ValidFrom.AddDate(-2, 0, 0), r.ValidFrom.AddDate(0, 0, -1)
		}), "is over since"},
		"for ever":          {s.actor, s.offer("ever", s.actor, func(r *pact.Record) { r.ValidUntil = r.ValidFrom.AddDate(60, 0, 0) }), "more than five years"},
		"without a record":  {s.actor, s.actor.Activity("Offer", "bare", M{"type": "Partnership"}), "cannot be read"},
		"never made":        {s.actor, s.actor.Activity("Accept", "acc", M{"id": "https://a.test/a/1", "type": "Offer", "actor": "https://a.test/actor"}, func(a M) { a["result"] = stale["object"] }), "no partnership"},
		"a test of nothing": {s.actor, s.actor.Activity("PartnershipTest", "test", "https://a.test/a/1#partnership"), "no partnership"},
		"a purge":           {s.actor, s.actor.Activity("PurgeRequest", "purge", "https://a.test/a/1#partnership"), "no partnership"},
	} {
		s.refused(name, c.reason, c.by, c.doc)
	}
	s.Clock.Advance(15 * 24 * time.Hour)
	s.refused("signed long ago", "more than 14 days ago", s.actor, stale)
}

func ptr[T any](value T) *T { return &value }

// record reads the record of an offer.
func (s *outsider) record(offer M) pact.Record {
	s.t.Helper()
	sealed, err := pact.Read(offer["object"].(json.RawMessage))
	ok(s.t, err)
	return sealed.Record
}

func TestB24_AnOfferCountsOnce(t *testing.T) {
	s := newOutsider(t)
	first := s.offer("1", s.actor)
	s.actor.Send(s.a, first)
	s.Settle()
	_, err := s.a.Service.RefusePartner(context.Background(), practice.By{}, "odd.test", "no")
	ok(t, err)
	s.Settle()
	again := s.actor.Activity("Offer", "2", first["object"])
	s.refused("the same offer under another id", "this offer came before", s.actor, again)
	s.refused("the very same", "", s.actor, first)
	p, err := s.a.Store.Read(context.Background()).Partner("odd.test")
	if err != nil || p.State != models.PartnerRefused {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestF9_OffersOfOneHostAreBounded(t *testing.T) {
	s := newOutsider(t)
	for i := range 10 {
		s.actor.Send(s.a, s.offer(fmt.Sprintf("flood%d", i), s.actor))
		s.Settle()
	}
	s.refused("one too many", "no more are taken", s.actor, s.offer("last", s.actor))
	s.Clock.Advance(25 * time.Hour)
	events := s.a.Count("partner_event")
	s.actor.Send(s.a, s.offer("next day", s.actor))
	s.Settle()
	if s.a.Count("partner_event") == events {
		t.Error("nothing is taken a day later")
	}
}

func TestA36_BlockedHostsAgreeOnNothing(t *testing.T) {
	s := newOutsider(t)
	ctx := context.Background()
	_, _, err := s.a.Service.BlockDomainBy(ctx, practice.By{}, models.DomainBlock{Host: "odd.test", Severity: models.SeveritySuspend})
	ok(t, err)
	if status, _ := s.actor.Send(s.a, s.offer("1", s.actor)); status != http.StatusForbidden {
		t.Errorf("a blocked host gets %d", status)
	}
	s.Settle()
	if n := s.a.Count("partner"); n != 0 {
		t.Errorf("%d partners", n)
	}
	if _, err := s.a.Service.ProposePartner(ctx, practice.By{}, "odd.test", partnerTerms(s.a)); models.ErrorCode(err) != models.Conflict {
		t.Errorf("an offer to a blocked host: %v", err)
	}
	if _, err := s.a.Service.OneSidedPartner(ctx, practice.By{}, "odd.test", ""); models.ErrorCode(err) != models.Conflict {
		t.Errorf("a one-sided partner that is blocked: %v", err)
	}
}

// TestA37_OnlyWhatWasOfferedIsAccepted: an acceptance binds us to what we offered, word for word.
func TestA37_OnlyWhatWasOfferedIsAccepted(t *testing.T) {
	s := newOutsider(t)
	ctx := context.Background()
	p, err := s.a.Service.ProposePartner(ctx, practice.By{}, "odd.test", partnerTerms(s.a))
	ok(t, err)
	offered, err := pact.Read([]byte(p.Offer))
	ok(t, err)
	mine := offered.Parties[0]
	mine.Actor, mine.Fingerprint, mine.Contact = s.actor.URI, s.fingerprint(s.actor), "cleo@odd.test"
	accept := func(id, about string, change func(*pact.Record)) M {
		r := offered.With(mine)
		change(&r)
		return s.actor.Activity("Accept", id, M{"id": about, "type": "Offer", "actor": "https://a.test/actor"}, func(a M) { a["result"] = s.sealed(s.actor, &r) })
	}
	us := func(change func(*pact.Terms)) func(*pact.Record) {
		return func(r *pact.Record) {
			terms := *r.Party("https://a.test/actor")
			change(&terms)
			*r = r.With(terms)
		}
	}
	for name, change := range map[string]func(*pact.Record){
		"more of ours":   us(func(t *pact.Terms) { t.Classes = pact.Classes() }),
		"ours is longer": us(func(t *pact.Terms) { t.Retention = 9000 }),
		"another end":    func(r *pact.Record) { r.ValidUntil = r.ValidUntil.AddDate(1, 0, 0) },
		"less of theirs": func(r *pact.Record) { terms := mine; terms.Level = pact.LevelRead; *r = r.With(terms) },
		"another nonce":  func(r *pact.Record) { r.Nonce = strings.Repeat("n", 24) },
	} {
		s.refused(name, "it was altered", s.actor, accept(name, p.OfferURI, change))
	}
	other := s.peer.ActorAt("/other", "other.test", "Application")
	stolen := accept("stolen", p.OfferURI, func(*pact.Record) {})
	stolen["actor"] = other.URI
	s.refused("by another actor", "has no proof of", other, stolen)
	s.refused("of another offer", "was not offered", s.actor, accept("wrong", "https://a.test/a/1", func(*pact.Record) {}))
	s.actor.Send(s.a, accept("good", p.OfferURI, func(*pact.Record) {}))
	s.Settle()
	if p, err := s.a.Store.Read(ctx).Partner("odd.test"); err != nil || p.State != models.PartnerAccepted {
		t.Errorf("a good acceptance: %+v, %v", p, err)
	}
	s.refused("accepted twice", "was not offered", s.actor, accept("twice", p.OfferURI, func(*pact.Record) {}))
}

// TestB17_OtherKeysPauseAPartnership: who has other keys than those that were compared is nobody that we agreed with.
func TestB17_OtherKeysPauseAPartnership(t *testing.T) {
	Each(t, allianceHosts, func(t *testing.T, c *Cluster) {
		w := newAlliance(t, c)
		ctx := context.Background()
		w.ally(w.a, w.b)
		before, err := w.a.Service.ComparePartner(ctx, "b.test")
		ok(t, err)
		instance, err := w.b.Service.EnsureInstanceActor(ctx)
		ok(t, err)
		ok(t, w.b.Store.Tx(ctx, func(tx *models.Tx) error { // lost, so that they can vouch for nothing
			key, err := tx.ActorKey(instance.ID)
			if err != nil {
				return err
			}
			key.Ed25519Seed = ""
			return tx.PutActorKey(key)
		}))
		ok(t, w.b.Service.RenewKeys(ctx, instance))
		w.b = c.Restart(w.b)
		_, err = w.a.Directory.Refresh(ctx, instance.URI)
		ok(t, err)
		w.Settle()
		w.state(w.a, w.b, models.PartnerPaused)
		if p := w.partner(w.a, w.b); p.Pause != models.PauseKey || !strings.Contains(p.Reason, "compare the six words") {
			t.Errorf("paused for %q: %s", p.Pause, p.Reason)
		}
		after, err := w.a.Service.ComparePartner(ctx, "b.test")
		ok(t, err)
		if strings.Join(before.Words, " ") == strings.Join(after.Words, " ") || after.Compared {
			t.Error("the words are the same, or count as compared")
		}
		w.Clock.Advance(models.PartnerHold + time.Hour)
		w.Settle()
		w.state(w.a, w.b, models.PartnerPaused) // nobody ended it
		w.confirm(w.a, w.b)
		w.confirm(w.b, w.a)
		w.state(w.a, w.b, models.PartnerLive)
		w.state(w.b, w.a, models.PartnerLive)
	})
}

// TestKeysThatTheOldOnesVouchForNeedNoComparison: a renewal of keys that are neither lost nor stolen.
func TestKeysThatTheOldOnesVouchForNeedNoComparison(t *testing.T) {
	w := newAlliance(t, NewCluster(t, allianceHosts...))
	ctx := context.Background()
	w.ally(w.a, w.b)
	instance, err := w.b.Service.EnsureInstanceActor(ctx)
	ok(t, err)
	ok(t, w.b.Service.RenewKeys(ctx, instance))
	w.b = w.Restart(w.b)
	w.Clock.Advance(6 * time.Minute) // keys are not asked for at once again
	w.Settle()
	w.state(w.a, w.b, models.PartnerLive)
	w.state(w.b, w.a, models.PartnerLive)
	view, err := w.a.Service.ComparePartner(ctx, "b.test")
	ok(t, err)
	if !view.Compared {
		t.Error("the new keys do not count as compared")
	}
	if found, err := w.a.Store.Read(ctx).LastPartnerEvent("b.test", practice.PartnerEventKey); err != nil || !strings.Contains(found.Detail, "old") {
		t.Errorf("%+v, %v", found, err)
	}
}
