package mastodon

import (
	"strings"
	"time"

	"praxis/federation/pact"
	"praxis/federation/sign"
	"praxis/internal/testkeys"
	"praxis/models"
	"praxis/practice"
)

// otherSide is the instance actor of another host, with its keys.
type otherSide struct {
	k     *contract
	actor *models.Actor
	keys  *sign.Keys
	print string
}

func (k *contract) otherSide(host string, ring *testkeys.Ring) *otherSide {
	k.t.Helper()
	keys, err := ring.Next()
	k.must(err)
	pem, err := sign.EncodePublicPEM(&keys.RSA.PublicKey)
	k.must(err)
	uri := "https://" + host + "/actor"
	actor := &models.Actor{
		URI: uri, Type: models.TypeApplication, Username: host, Host: host, Inbox: uri + "/inbox", PublicKeyID: uri + "#main-key", PublicKeyPEM: pem,
		Ed25519KeyID: uri + "#ed25519-key", Ed25519Key: sign.EncodeMultikey(keys.Ed25519Public()),
	}
	k.must(k.store.Tx(k.t.Context(), func(tx *models.Tx) error { return tx.CreateActor(actor) }))
	k.world.found[host] = actor
	print, err := pact.Fingerprint(uri, pem, actor.Ed25519Key)
	k.must(err)
	return &otherSide{k, actor, keys, print}
}

func (o *otherSide) terms() pact.Terms {
	return pact.Terms{
		Actor: o.actor.URI, Fingerprint: o.print, Level: pact.LevelRead, Classes: []string{"public"}, Data: []string{"posts"}, Contact: "bo@b.test", Retention: 9, Listed: true,
	}
}

// says gives what the other side says with a record that it proved.
func (o *otherSide) says(id, about string, r pact.Record) practice.PartnerSpoke {
	o.k.t.Helper()
	bare, err := r.Encode()
	o.k.must(err)
	proven, err := sign.Prover{KeyID: o.actor.Ed25519KeyID, Key: o.keys.Ed25519, Now: o.k.store.Now}.Prove(bare)
	o.k.must(err)
	sealed, err := pact.Read(proven)
	o.k.must(err)
	return practice.PartnerSpoke{Actor: o.actor, URI: "https://" + o.actor.Host + "/a/" + id, About: about, Record: sealed, ProvenAt: o.k.store.Now()}
}

func (o *otherSide) offers(id string) {
	o.k.t.Helper()
	now := o.k.store.Now().UTC().Truncate(time.Second)
	r := pact.Record{ID: "https://" + o.actor.Host + "/a/" + id + "#partnership", Nonce: strings.Repeat(id, 20)[:20], ValidFrom: now, ValidUntil: now.AddDate(1, 0, 0)}
	o.k.must(o.k.service.PartnerOffered(o.k.t.Context(), o.says(id, "", r.With(o.terms()))))
}

// accepts accepts our offer.
func (o *otherSide) accepts(id string) {
	o.k.t.Helper()
	p := o.partner()
	offer, err := pact.Read([]byte(p.Offer))
	o.k.must(err)
	mine := o.terms()
	if named := offer.Party(o.actor.URI); named == nil {
		ours := offer.Other(o.actor.URI)
		mine.Level, mine.Classes, mine.Data, mine.Retention = ours.Level, ours.Classes, ours.Data, ours.Retention
	}
	o.k.must(o.k.service.PartnerAccepted(o.k.t.Context(), o.says(id, p.OfferURI, offer.With(mine))))
}

func (o *otherSide) partner() *models.Partner {
	o.k.t.Helper()
	p, err := o.k.store.Read(o.k.t.Context()).Partner(o.actor.Host)
	o.k.must(err)
	return p
}

// askPartners goes the whole way of a partnership.
func (k *contract) askPartners() {
	const partners = ownAPI + "/admin/partners"
	ctx, ring := k.t.Context(), &testkeys.Ring{}
	_, err := k.service.EnsureInstanceActor(ctx)
	k.must(err)
	for range 40 { // those before are members' here
		_, err := ring.Next()
		k.must(err)
	}
	far, near := k.otherSide("pact.test", ring), k.otherSide("quick.test", ring)
	one := partners + "/pact.test"
	state := func(want models.PartnerState, got map[string]any) map[string]any {
		k.t.Helper()
		if got["state"] != string(want) {
			k.t.Errorf("the state is %v (%v), want %s", got["state"], got["reason"], want)
		}
		return got
	}
	terms := map[string]any{
		"level": "interact", "classes": []string{"public", "partners"}, "data": []string{"posts"}, "retention_days": 30, "listed": true,
		"policy": "https://a.test/policy", "policy_digest": strings.Repeat("0a", 32), "valid_until": k.store.Now().AddDate(1, 0, 0).Format(time.DateOnly),
	}
	state(models.PartnerProposed, k.post(k.boss, one+"/propose", terms).object())
	state(models.PartnerEnded, k.post(k.boss, one+"/revoke", "reason=wrong+host").object())
	far.offers("1")
	state(models.PartnerRefused, k.post(k.boss, one+"/refuse", "reason=not+yet").object())
	far.offers("2")
	if got := k.get(k.boss, one).object(); got["theirs"].(map[string]any)["level"] != "read" {
		k.t.Errorf("their offer is shown as %v", got["theirs"])
	}
	state(models.PartnerCountered, k.post(k.boss, one+"/counter", terms).object())
	far.accepts("3")
	compared := state(models.PartnerAccepted, k.get(k.boss, one+"/compare").object())
	var words []string
	for _, word := range compared["words"].([]any) {
		words = append(words, word.(string))
	}
	if len(words) != 6 || len(compared["differs"].([]any)) == 0 {
		k.t.Errorf("to be compared: %v", compared)
	}
	state(models.PartnerCanary, k.post(k.boss, one+"/confirm", map[string]any{"words": strings.Join(words, " ")}).object())
	state(models.PartnerCanary, k.post(k.boss, one+"/test", nil).object())
	p := far.partner()
	k.must(k.service.PartnerAnswered(ctx, p.ID, []byte(`{"state":"live","published":"2026-03-01T12:00:00Z"}`), nil))
	k.must(k.service.PartnerTestAnswered(ctx, practice.PartnerSpoke{Actor: far.actor, URI: "https://pact.test/a/4", About: p.TestURI}))
	state(models.PartnerLive, k.get(k.boss, one).object())
	if got := k.get(k.boss, one+"/record").object(); len(got["record"].(map[string]any)["proof"].([]any)) != 2 {
		k.t.Errorf("the record is %v", got)
	}
	state(models.PartnerLive, k.post(k.boss, one+"/renew", nil).object())
	k.must(k.service.PartnerRefused(ctx, practice.PartnerSpoke{Actor: far.actor, About: far.partner().OfferURI}))
	k.post(k.boss, one+"/purge", "reason=tidy")
	k.must(k.service.PurgeAsked(ctx, practice.PartnerSpoke{Actor: far.actor, URI: "https://pact.test/a/5", RecordID: "x", Words: "please"}))
	k.post(k.boss, one+"/answer", "done=true&words=gone")
	near.offers("q")
	state(models.PartnerAccepted, k.post(k.boss, partners+"/quick.test/accept", "listed=true").object())
	state(models.PartnerOneSided, k.post(k.boss, partners+"/masto.test/one_sided", "note=by+phone").object())
	if got := k.get(k.boss, partners).list(); len(got) != 4 { // with that of the section on communities
		k.t.Errorf("%d partners", len(got))
	}
	state(models.PartnerPaused, k.post(k.boss, one+"/revoke", nil).object())
}
