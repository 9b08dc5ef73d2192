package mastodon

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"time"

	"praxis/federation/pact"
	"praxis/federation/sign"
	"praxis/internal/testkeys"
	"praxis/models"
	"praxis/practice"
)

// farGroup is a community of another host, with its keys.
type farGroup struct {
	k     *contract
	actor *models.Actor
	keys  *sign.Keys
	ours  *models.Actor
}

func (k *contract) farGroup(host string, ours *models.Actor, ring *testkeys.Ring) *farGroup {
	k.t.Helper()
	keys, err := ring.Next()
	k.must(err)
	pem, err := sign.EncodePublicPEM(&keys.RSA.PublicKey)
	k.must(err)
	uri := "https://" + host + "/c/care"
	actor := &models.Actor{
		URI: uri, Type: models.TypeGroup, Username: "care", Host: host, Inbox: uri + "/inbox", PublicKeyID: uri + "#main-key", PublicKeyPEM: pem,
		Ed25519KeyID: uri + "#ed25519-key", Ed25519Key: sign.EncodeMultikey(keys.Ed25519Public()), ModeratorsURI: uri + "/moderators",
	}
	k.must(k.store.Tx(k.t.Context(), func(tx *models.Tx) error { return tx.CreateActor(actor) }))
	k.world.found[uri] = actor
	return &farGroup{k, actor, keys, ours}
}

// says gives what the Group says with an agreement that it proved.
func (g *farGroup) says(id, about string, b pact.Bond) practice.SiblingSpoke {
	g.k.t.Helper()
	bare, err := b.Encode()
	g.k.must(err)
	proven, err := sign.Prover{KeyID: g.actor.Ed25519KeyID, Key: g.keys.Ed25519, Now: g.k.store.Now}.Prove(bare)
	g.k.must(err)
	sealed, err := pact.ReadBond(proven)
	g.k.must(err)
	return practice.SiblingSpoke{Actor: g.actor, Target: g.ours, URI: "https://" + g.actor.Host + "/a/" + id, About: about, Bond: sealed, ProvenAt: g.k.store.Now()}
}

func (g *farGroup) offers(id string, changes ...func(*pact.Bond)) {
	g.k.t.Helper()
	now := g.k.store.Now().UTC().Truncate(time.Second)
	b := pact.Bond{
		ID: "https://" + g.actor.Host + "/a/" + id + "#siblings", Nonce: strings.Repeat(id, 20)[:20], Community: "urn:uuid:01890000-0000-7000-8000-000000000001",
		Former: []string{"urn:uuid:01890000-0000-7000-8000-000000000002"}, Class: models.ClassPublic, Removals: "auto", Bans: "advisory", Roster: "counts",
		Silence: 14, ValidFrom: now, ValidUntil: now.AddDate(1, 0, 0),
	}.Between(g.actor.URI, "cleo@"+g.actor.Host, g.ours.URI, g.ours.ModeratorsURI)
	for _, change := range changes {
		change(&b)
	}
	g.k.must(g.k.service.SiblingOffered(g.k.t.Context(), g.says(id, "", b)))
}

// accepts accepts the offer of ours.
func (g *farGroup) accepts(id string) {
	g.k.t.Helper()
	row, err := g.k.store.Read(g.k.t.Context()).Sibling(g.ours.ID, g.actor.URI)
	g.k.must(err)
	offer, err := pact.ReadBond([]byte(row.Offer))
	g.k.must(err)
	g.k.must(g.k.service.SiblingAccepted(g.k.t.Context(), g.says(id, row.OfferURI, offer.Bond)))
}

// askSiblings goes the whole way of siblings.
func (k *contract) askSiblings() {
	ring := &testkeys.Ring{}
	for range 60 { // those before are used here
		_, err := ring.Next()
		k.must(err)
	}
	ours := k.community("kin", k.alice, false)
	far, near := k.farGroup("far.test", ours, ring), k.farGroup("near.test", ours, ring)
	all := pathOf(ownAPI+"/communities/{id}/siblings", ours.ID)
	const admins = ownAPI + "/admin/siblings/"
	var one, id string
	is := func(want string, got map[string]any) {
		k.t.Helper()
		if got["state"] != want {
			k.t.Errorf("the state is %v (%v), want %s", got["state"], got["reason"], want)
		}
		id = got["id"].(string)
		one = all + "/" + id
	}
	is(models.SiblingApproved, k.post(k.alice, all, map[string]any{
		"uri": far.actor.URI, "history_days": 30, "removals": "auto", "bans": "advisory", "roster": "hosts", "license": "CC-BY-4.0", "retention_days": 90,
		"silence_days": 7, "contact": "alice@a.test", "valid_until": k.store.Now().AddDate(1, 0, 0).Format(time.DateOnly),
	}).object())
	is(models.SiblingProposed, k.post(k.boss, admins+id+"/admit", nil).object())
	is(models.SiblingLeft, k.post(k.alice, one+"/leave", nil).object())
	far.offers("1")
	is(models.SiblingReceived, k.get(k.alice, one).object())
	if rows := k.get(k.boss, ownAPI+"/admin/siblings").list(); len(rows) != 1 || rows[0]["waits_for"] != "convener" {
		k.t.Errorf("what waits is %v", rows)
	}
	is(models.SiblingRefused, k.post(k.alice, one+"/refuse", "reason=not+yet").object())
	far.offers("2")
	is(models.SiblingProposed, k.post(k.alice, one+"/counter", "removals=review").object())
	far.accepts("3")
	if got := k.get(nil, all).list(); len(got) != 1 || got[0]["agreement"] != nil {
		k.t.Errorf("everybody sees %v", got)
	}
	if got := k.get(nil, pathOf(ownAPI+"/communities/{id}/organizations", ours.ID)).list(); len(got) != 2 || got[1]["host"] != "far.test" || got[1]["members"] != nil {
		k.t.Errorf("the community is at %v", got)
	}
	k.must(k.store.Tx(k.t.Context(), func(tx *models.Tx) error {
		return tx.SaveCommunity(&models.Community{ActorID: far.actor.ID, Successors: ours.URI})
	}))
	k.hideAtHome(far)
	k.takeCharter(far, one)
	is(models.SiblingPaused, k.post(k.alice, one+"/pause", "reason=too+loud").object())
	is(models.SiblingLive, k.post(k.alice, one+"/resume", nil).object())
	is(models.SiblingPaused, k.post(k.boss, admins+id+"/pause", nil).object())
	is(models.SiblingLive, k.post(k.boss, admins+id+"/resume", nil).object())
	id0 := id
	near.offers("q")
	row, err := k.store.Read(k.t.Context()).Sibling(ours.ID, near.actor.URI)
	k.must(err)
	is(models.SiblingApproved, k.post(k.alice, all+"/"+formatID(row.ID)+"/approve", nil).object())
	k.get(k.alice, all)
	k.as(k.alice, http.MethodPut, pathOf(ownAPI+"/communities/{id}/successors", ours.ID), map[string]any{"siblings": []string{id0}})
	k.closeAndSplit(ours, id0)
	far2, err := k.store.Read(k.t.Context()).Sibling(ours.ID, far.actor.URI)
	k.must(err)
	is(models.SiblingLeft, k.post(k.boss, admins+formatID(far2.ID)+"/leave", "reason=over").object())
}

// hideAtHome: who moderates a community hides there what came from a sibling, and shows it again.
func (k *contract) hideAtHome(far *farGroup) {
	k.t.Helper()
	author := k.remote("cleo", far.actor.Host, models.TypePerson)
	post := k.receive(practice.Draft{Author: author, URI: author.URI + "/1", Published: k.store.Now(), Content: "<p>Honey on heels</p>", Visibility: models.Public})
	k.must(k.service.Admit(k.t.Context(), far.actor, post, practice.Announced{URI: "https://" + far.actor.Host + "/a/honey"}))
	act := func(verb string) string { return pathOf(ownAPI+"/statuses/{id}/"+verb, post.ID) }
	state := func(want string) {
		k.t.Helper()
		if taken, err := k.store.Read(k.t.Context()).Admission(far.ours.ID, post.URI); err != nil || taken.State != want {
			k.t.Errorf("what came from a sibling is %v (%v), want %s", taken, err, want)
		}
	}
	state(models.AdmissionShown)
	k.post(k.alice, act("remove"), "reason=not+here")
	state(models.AdmissionHidden)
	k.post(k.alice, act("restore"), nil)
	state(models.AdmissionShown)
}

// takeCharter: a convener reads the charter that a sibling offers beside ours, and takes it over.
func (k *contract) takeCharter(far *farGroup, pair string) {
	k.t.Helper()
	k.world.found[far.actor.URI+"/charter"] = "We help.\nNo names of patients."
	sum := sha256.Sum256([]byte("We help.\nNo names of patients."))
	digest := hex.EncodeToString(sum[:])
	far.offers("4", func(b *pact.Bond) { b.Charter = digest })
	read := k.get(k.alice, pair+"/charter").object()
	if read["digest"] != digest || read["offered"] != true || read["ours"] != "" || len(read["changes"].([]any)) != 2 {
		k.t.Errorf("the charter is read as %v", read)
	}
	if got := k.post(k.alice, pair+"/charter", map[string]any{"digest": digest}).object(); got["state"] != models.SiblingLive || got["offer"] != nil {
		k.t.Errorf("after the charter was taken over it is %v", got)
	}
	if lines := k.get(k.alice, pathOf(oneCommunity+"log", far.ours.ID)).list(); lines[0]["verb"] != models.LogCharter {
		k.t.Errorf("the log says %v", lines[0])
	}
}

// closeAndSplit lets a community close for a sibling, as far as that goes without its word, takes it back, and lets a part found its own.
func (k *contract) closeAndSplit(ours *models.Actor, heir string) {
	k.t.Helper()
	closing := pathOf(ownAPI+"/communities/{id}/closing", ours.ID)
	if said := k.get(k.alice, closing+"?sibling="+heir).object(); said["state"] != "" || said["successor"] != "@care@far.test" {
		k.t.Errorf("the preview says %v", said)
	}
	if said := k.post(k.alice, closing, map[string]any{"sibling": heir, "reason": "we move"}).object(); said["state"] != models.ClosingAsked {
		k.t.Errorf("closing is %v", said)
	}
	if said := k.post(k.boss, pathOf(ownAPI+"/admin/communities/{id}/closing/admit", ours.ID), nil).object(); said["state"] != models.ClosingOffered {
		k.t.Errorf("after the word of an admin it is %v", said)
	}
	k.as(k.alice, http.MethodDelete, closing, nil)
	made := k.post(k.alice, pathOf(ownAPI+"/communities/{id}/split", ours.ID), map[string]any{"name": "kin_part", "display_name": "A part"}).object()
	if made["account"].(map[string]any)["acct"] != "kin_part" || made["role"] != "convener" {
		k.t.Errorf("the part is %v", made)
	}
}
