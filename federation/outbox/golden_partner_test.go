package outbox_test

import (
	"net/http"
	"strings"
	"time"

	"praxis/federation/pact"
	"praxis/federation/sign"
	"praxis/internal/testrig"
	"praxis/practice"
)

// ally is the instance actor of another host that signs agreements.
type ally struct {
	*testrig.PeerActor
	w     *world
	print string
}

func (w *world) ally() *ally {
	w.t.Helper()
	peer := w.NewPeer("pact.test", "praxis")
	a := &ally{PeerActor: peer.ActorAt("/actor", "pact.test", "Application"), w: w}
	peer.Serve("/.well-known/webfinger?resource=https%3A%2F%2Fpact.test%2F", http.StatusOK, "application/jrd+json",
		[]byte(`{"subject":"acct:pact.test@pact.test","links":[{"rel":"self","type":"application/activity+json","href":"`+a.URI+`"}]}`))
	var err error
	a.print, err = pact.Fingerprint(a.URI, a.Doc["publicKey"].(M)["publicKeyPem"].(string), sign.EncodeMultikey(a.Keys.Ed25519Public()))
	w.ok(err)
	return a
}

// says gives what the ally says with a record that it proved.
func (a *ally) says(id, about string, r pact.Record) practice.PartnerSpoke {
	a.w.t.Helper()
	bare, err := r.Encode()
	a.w.ok(err)
	proven, err := sign.Prover{KeyID: a.ProofKey(), Key: a.Keys.Ed25519, Now: a.w.Clock.Now}.Prove(bare)
	a.w.ok(err)
	sealed, err := pact.Read(proven)
	a.w.ok(err)
	said := a.speaks(id, about)
	said.Record, said.ProvenAt = sealed, a.w.Clock.Now()
	return said
}

func (a *ally) speaks(id, about string) practice.PartnerSpoke {
	a.w.t.Helper()
	actor, err := a.w.read().ActorByURI(a.URI)
	a.w.ok(err)
	return practice.PartnerSpoke{Actor: actor, URI: "https://pact.test/a/" + id, About: about}
}

// goldenPartners: all that an instance actor tells a partner's, none of it by the lanes.
func (w *world) goldenPartners() {
	ctx, by, far := w.t.Context(), practice.By{}, w.ally()
	terms := practice.PartnerTerms{
		Level: pact.LevelInteract, Classes: []string{"public", "partners"}, Data: []string{"posts"}, Contact: "ann@a.test", Retention: 30, Listed: true,
		ValidUntil: time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC),
	}
	p, err := w.verbs.ProposePartner(ctx, by, "pact.test", terms)
	w.ok(err)
	w.golden("partner-offer")
	offer, err := pact.Read([]byte(p.Offer))
	w.ok(err)
	mine := offer.Parties[0]
	mine.Actor, mine.Fingerprint, mine.Contact = far.URI, far.print, "bo@pact.test"
	counter := offer.Record
	counter.ID, counter.Nonce = "https://pact.test/a/c#partnership", strings.Repeat("c", 20)
	w.ok(w.verbs.PartnerOffered(ctx, far.says("c", p.OfferURI, counter.With(mine))))
	_, err = w.verbs.CounterPartner(ctx, by, "pact.test", terms)
	w.ok(err)
	w.golden("partner-counter")
	p, err = w.read().Partner("pact.test")
	w.ok(err)
	offer, err = pact.Read([]byte(p.Offer))
	w.ok(err)
	w.ok(w.verbs.PartnerAccepted(ctx, far.says("accept", p.OfferURI, offer.With(mine))))
	view, err := w.verbs.ComparePartner(ctx, "pact.test")
	w.ok(err)
	_, err = w.verbs.ConfirmPartner(ctx, by, "pact.test", strings.Join(view.Words, " "))
	w.ok(err)
	w.golden("partner-signed-and-test")
	tested := far.speaks("test", "")
	tested.RecordID = offer.ID
	w.ok(w.verbs.PartnerTested(ctx, tested))
	w.golden("partner-test-answered")
	_, err = w.verbs.AskPurge(ctx, by, "pact.test", "tidy up")
	w.ok(err)
	w.golden("partner-purge")
	w.ok(w.verbs.PurgeAsked(ctx, far.speaks("purge", "")))
	_, err = w.verbs.AnswerPurge(ctx, by, "pact.test", practice.PurgeAnswer{Words: "we are bound to keep it"})
	w.ok(err)
	w.golden("partner-purge-answered")
	_, err = w.verbs.RevokePartner(ctx, by, "pact.test", "the project is over")
	w.ok(err)
	w.golden("partner-revoked")
	if waiting, err := w.read().PartnerMessages("pact.test"); err != nil || len(waiting) != 8 {
		w.t.Errorf("%d messages wait, want 8: %v", len(waiting), err)
	}
}
