package outbox_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"praxis/federation/pact"
	"praxis/federation/sign"
	"praxis/internal/testrig"
	"praxis/models"
	"praxis/practice"
)

// TestGoldenSiblings: what two Groups say to each other until they are one community, and when they part.
func TestGoldenSiblings(t *testing.T) {
	w := newWorld(t)
	ctx, other := t.Context(), w.any.Peer.Actor("woundcare", "Group")
	group, err := w.verbs.Directory().FindByHandle(ctx, "woundcare", "any.test")
	w.ok(err)
	row, err := w.verbs.ProposeSibling(ctx, w.ana, w.community, group, practice.SiblingTerms{History: 30, License: "CC-BY-4.0"})
	w.ok(err)
	if n := len(w.written()); n != 0 {
		t.Errorf("%d activities before an admin admitted the host", n)
	}
	_, err = w.verbs.AdmitSibling(ctx, nil, w.community, row.ID)
	w.ok(err)
	w.golden("sibling-offer")
	_, err = w.verbs.LeaveSibling(ctx, w.ana, w.community, row.ID, "")
	w.ok(err)
	w.golden("sibling-offer-undone")
	w.siblingOffers(other, "1")
	_, err = w.verbs.RefuseSibling(ctx, w.ana, w.community, row.ID, "not now")
	w.ok(err)
	w.golden("sibling-refused")
	w.siblingOffers(other, "2")
	row, err = w.verbs.CounterSibling(ctx, w.ana, w.community, row.ID, practice.SiblingTerms{Removals: "auto"})
	w.ok(err)
	w.golden("sibling-counter")
	w.siblingOffers(other, "3", func(a M) { a["inReplyTo"] = row.OfferURI })
	_, err = w.verbs.ApproveSibling(ctx, w.ana, w.community, row.ID)
	w.ok(err)
	w.golden("sibling-accepted")
	w.Settle()
	w.golden("sibling-feed")
	third, err := w.verbs.Directory().FindByHandle(ctx, w.newSibling("second", "9").Name, "second.test")
	w.ok(err)
	of, err := w.read().Sibling(w.community.ID, third.URI)
	w.ok(err)
	w.written()
	_, err = w.verbs.AdmitSibling(ctx, nil, w.community, of.ID)
	w.ok(err)
	_, err = w.verbs.ApproveSibling(ctx, w.ana, w.community, of.ID)
	w.ok(err)
	for _, e := range w.written() {
		if kin, ok := e.Doc["object"].(M); ok && kin["type"] == "Relationship" {
			w.goldenOf("sibling-introduced", []entry{e})
		}
	}
	w.Settle()
	w.written()
	_, err = w.verbs.LeaveSibling(ctx, w.ana, w.community, row.ID, "we go on alone")
	w.ok(err)
	w.golden("sibling-left")
}

func (w *world) newSibling(name, id string) *testrig.PeerActor {
	w.t.Helper()
	group := w.NewPeer(name+".test", "praxis").Actor("wounds", "Group")
	w.siblingOffers(group, id)
	return group
}

// siblingOffers lets a Group elsewhere offer to be a sibling.
func (w *world) siblingOffers(by *testrig.PeerActor, id string, changes ...func(M)) {
	w.t.Helper()
	now := w.Clock.Now().UTC().Truncate(time.Second)
	bond := pact.Bond{
		ID: "https://" + by.Peer.Host + "/activities/offer" + id + "#siblings", Nonce: strings.Repeat(id, 20), Community: "urn:uuid:01890000-0000-7000-8000-000000000001",
		Class: models.ClassPublic, Removals: "auto", Bans: "advisory", Roster: "counts", Silence: 14, ValidFrom: now, ValidUntil: now.AddDate(1, 0, 0),
	}.Between(by.URI, "cleo@"+by.Peer.Host, w.community.URI, w.community.ModeratorsURI)
	bare, err := bond.Encode()
	w.ok(err)
	proven, err := sign.Prover{KeyID: by.ProofKey(), Key: by.Keys.Ed25519, Now: w.Clock.Now}.Prove(bare)
	w.ok(err)
	w.from(by, "Offer", "offer"+id, M{
		"type": "Relationship", "subject": by.URI, "relationship": practice.KindNamespace + "siblingOf", "object": w.community.URI,
	}, append(changes, func(a M) {
		a["instrument"], a["target"], a["to"] = json.RawMessage(proven), w.community.URI, []string{w.community.URI}
	})...)
	w.written()
}
