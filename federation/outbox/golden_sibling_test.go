package outbox_test

import (
	"encoding/json"
	"fmt"
	"slices"
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
	told := false
	for _, e := range w.written() {
		if kin, ok := e.Doc["object"].(M); ok && kin["type"] == "Relationship" {
			w.goldenOf("sibling-introduced", []entry{e})
		}
		told = told || e.Type == "Update" && slices.Contains(e.Inboxes, "https://second.test/inbox")
	}
	if !told {
		t.Error("the new sibling, which does not follow yet, gets no Update of the Group that lists it now")
	}
	w.Settle()
	w.written()
	_, err = w.verbs.LeaveSibling(ctx, w.ana, w.community, row.ID, "we go on alone")
	w.ok(err)
	w.golden("sibling-left")
	w.siblingReads()
}

// siblingReads: a sibling reads what was announced as it was signed, also where nobody knows its software: the boost is for others.
func (w *world) siblingReads() {
	w.t.Helper()
	sibling := w.NewPeer("odd.test", "")
	group := sibling.Actor("wounds", "Group")
	w.siblingOffers(group, "7")
	known, err := w.verbs.Directory().FindByHandle(w.t.Context(), "wounds", "odd.test")
	w.ok(err)
	pair, err := w.read().Sibling(w.community.ID, known.URI)
	w.ok(err)
	_, err = w.verbs.AdmitSibling(w.t.Context(), nil, w.community, pair.ID)
	w.ok(err)
	_, err = w.verbs.ApproveSibling(w.t.Context(), w.ana, w.community, pair.ID)
	w.ok(err)
	w.from(group, "Follow", "follow-woundcare", w.community.URI)
	w.Settle()
	w.written()
	post := w.write(w.ana, "@woundcare A thread")
	w.ok(w.verbs.Lock(w.t.Context(), w.by(w.ana, post)))
	w.ok(w.verbs.Remove(w.t.Context(), w.by(w.ana, post)))
	var forms []string
	for _, e := range w.written() {
		if slices.Contains(e.Inboxes, "https://odd.test/inbox") {
			inner, _ := e.Doc["object"].(M)
			forms = append(forms, fmt.Sprint(e.Type, " of ", inner["type"]))
		}
	}
	if want := []string{"Announce of Create", "Announce of Lock", "Announce of Delete"}; !slices.Equal(forms, want) {
		w.t.Errorf("a sibling gets %q, want %q", forms, want)
	}
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
