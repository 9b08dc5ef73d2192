package directory_test

import (
	"crypto/rsa"
	"errors"
	"net/http"
	"testing"
	"time"

	"praxis/federation/sign"
	"praxis/internal/testrig"
)

// key asks for a key and gives whose it is; "" when it is refused.
func (w *world) key(id string, refresh bool) string {
	w.t.Helper()
	key, err := w.dir.Key(w.t.Context(), id, refresh)
	var refused *sign.KeyError
	if err != nil {
		if !errors.As(err, &refused) {
			w.t.Errorf("key %s: %v is no error of a key", id, err)
		}
		return ""
	}
	if key.ID != id {
		w.t.Errorf("asked for %s and got %s", id, key.ID)
	}
	return key.Owner
}

func document(a *testrig.PeerActor) M { return a.Doc["publicKey"].(M) }

func TestKeyOfAnActor(t *testing.T) {
	w := newWorld(t)
	id := w.carl.URI + "#main-key"
	got, err := w.dir.Key(t.Context(), id, false)
	w.ok(err)
	if got.Owner != w.carl.URI || !got.Public.(*rsa.PublicKey).Equal(&w.carl.Keys.RSA.PublicKey) {
		t.Errorf("the key is of %s", got.Owner)
	}
	if n := w.asked("peer.test", func() { w.key(id, false) }); n != 0 {
		t.Errorf("a known key is asked for %d times", n)
	}
	// A new key is learned at once when a signature fails, and the next time not before some minutes.
	dora := w.peer.Actor("dora", "Person")
	fresh := changed(document(dora), M{"id": id, "owner": w.carl.URI})
	w.peer.ServeDoc(changed(w.carl.Doc, M{"publicKey": fresh}))
	got, err = w.dir.Key(t.Context(), id, true)
	w.ok(err)
	if !got.Public.(*rsa.PublicKey).Equal(&dora.Keys.RSA.PublicKey) {
		t.Error("the new key was not learned")
	}
	if n := w.asked("peer.test", func() { w.key(id, true) }); n != 0 {
		t.Errorf("B18: a key is asked for again at once, %d times", n)
	}
	w.Clock.Advance(6 * time.Minute)
	if n := w.asked("peer.test", func() { w.key(id, true) }); n == 0 {
		t.Error("a key is never asked for again")
	}
}

func TestKeyThatStandsAlone(t *testing.T) {
	w := newWorld(t)
	// As GoToSocial has it: the key's address gives a small actor that has the key, and the whole one is at its id.
	id := w.carl.URI + "/main-key"
	own := changed(document(w.carl), M{"id": id})
	w.peer.ServeDoc(changed(w.carl.Doc, M{"publicKey": own}))
	w.serve(w.peer, "/users/carl/main-key", M{
		"@context": "https://w3id.org/security/v1", "id": w.carl.URI, "type": "Person", "preferredUsername": "carl", "publicKey": own,
	})
	if owner := w.key(id, false); owner != w.carl.URI {
		t.Errorf("the key is of %q", owner)
	}
	// A document of the key alone.
	dora := w.peer.Actor("dora", "Person")
	id = "https://peer.test/keys/dora"
	own = changed(document(dora), M{"id": id})
	w.peer.ServeDoc(changed(dora.Doc, M{"publicKey": own}))
	w.peer.ServeDoc(changed(own, M{"@context": "https://w3id.org/security/v1", "type": "Key"}))
	if owner := w.key(id, false); owner != dora.URI {
		t.Errorf("the key that stands alone is of %q", owner)
	}
}

func TestB15_OwnerMustNameTheKey(t *testing.T) {
	w := newWorld(t)
	mallory := w.peer.Actor("mallory", "Person")
	id := "https://peer.test/keys/mallory"
	w.peer.ServeDoc(changed(document(mallory), M{"id": id, "owner": w.carl.URI, "type": "Key"}))
	if owner := w.key(id, false); owner != "" {
		t.Errorf("the key is taken for one of %s", owner)
	}
	carl := w.actor(w.carl.URI)
	if carl.PublicKeyID != w.carl.URI+"#main-key" {
		t.Errorf("carl's key is %s now", carl.PublicKeyID)
	}
	for what, change := range map[string]M{"no owner": {"owner": nil}, "an owner elsewhere": {"owner": "https://other.test/users/x"}} {
		id := "https://peer.test/keys/" + what[:2]
		w.peer.ServeDoc(changed(document(mallory), changedID(id, change)))
		if owner := w.key(id, false); owner != "" {
			t.Errorf("%s: the key is of %s", what, owner)
		}
	}
}

func TestB16_KeyWithAnotherID(t *testing.T) {
	w := newWorld(t)
	w.serve(w.peer, "/keys/1", changed(document(w.carl), M{"id": "https://peer.test/keys/2", "type": "Key"}))
	w.peer.ServeDoc(changed(document(w.carl), M{"id": "https://peer.test/keys/2", "type": "Key"}))
	for _, id := range []string{"https://peer.test/keys/1", "https://peer.test/keys/2"} {
		if owner := w.key(id, false); owner != "" {
			t.Errorf("%s is taken for a key of %s", id, owner)
		}
	}
}

func TestB36_KeyHostIsTheOwnersHost(t *testing.T) {
	w := newWorld(t)
	evil := w.NewPeer("evil.test", "")
	eve := evil.Actor("eve", "Person")
	before := *w.actor(w.carl.URI)
	// The attacker's key leads to a document that calls itself the victim.
	id := "https://evil.test/keys/1"
	w.serve(evil, "/keys/1", changed(eve.Doc, M{"id": w.carl.URI, "publicKey": changed(document(eve), M{"id": id, "owner": w.carl.URI})}))
	if owner := w.key(id, false); owner != "" {
		t.Errorf("an attacker's key is of %s", owner)
	}
	// Or to a key document whose owner is the victim.
	id = "https://evil.test/keys/2"
	evil.ServeDoc(changed(document(eve), M{"id": id, "owner": w.carl.URI, "type": "Key"}))
	if owner := w.key(id, false); owner != "" {
		t.Errorf("an attacker's key is of %s", owner)
	}
	// Or the attacker's actor lists the victim's key as its own.
	evil.ServeDoc(changed(eve.Doc, M{"publicKey": changed(document(w.carl), M{"owner": eve.URI})}))
	w.actor(eve.URI)
	if owner := w.key(w.carl.URI+"#main-key", false); owner != w.carl.URI {
		t.Errorf("carl's key is of %q", owner)
	}
	if after := mustActor(w, w.carl.URI); after.PublicKeyPEM != before.PublicKeyPEM || after.PublicKeyID != before.PublicKeyID {
		t.Errorf("carl has key %s", after.PublicKeyID)
	}
}

func TestKeysThatCannotBeHad(t *testing.T) {
	w := newWorld(t)
	id := w.carl.URI + "#main-key"
	failure := func() *sign.KeyError {
		t.Helper()
		_, err := w.dir.Key(t.Context(), id, false)
		var refused *sign.KeyError
		if !errors.As(err, &refused) {
			t.Fatalf("the error is %v", err)
		}
		return refused
	}
	w.Network.SetDown("peer.test", true)
	if !failure().Temporary {
		t.Error("a host that is down is a lasting no")
	}
	w.Network.SetDown("peer.test", false)
	w.Clock.Advance(time.Minute)
	w.peer.Serve("/users/carl", http.StatusNotFound, "text/plain", nil)
	if failure().Temporary {
		t.Error("a key that is not there is taken for a passing fault")
	}
	w.peer.ServeDoc(w.carl.Doc)
	w.Clock.Advance(time.Minute)
	if n := w.asked("peer.test", func() { _ = failure() }); n != 0 {
		t.Errorf("B18: a key that could not be had is asked for %d times a minute later", n)
	}
	w.Clock.Advance(10 * time.Minute)
	if owner := w.key(id, false); owner != w.carl.URI {
		t.Errorf("later the key is of %q", owner)
	}
	w.ok(w.server.Service.DeleteActor(t.Context(), mustActor(w, w.carl.URI)))
	if !failure().Blocked {
		t.Error("the key of a deleted actor is not refused as such")
	}
}
