package outbox_test

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"praxis/federation/sign"
	"praxis/federation/vocab"
	"praxis/internal/testrig"
)

// TestProofOfAnActivity: what a proof looks like, and that it is served as it was sent. That every activity has one which
// holds is checked wherever this package's tests look at what was written.
func TestProofOfAnActivity(t *testing.T) {
	w := newWorld(t)
	w.write(w.bo, "@woundcare Proven\n\nby its author")
	entries := w.written()
	var create, announce entry
	for _, e := range entries {
		switch e.Type {
		case "Create":
			create = e
		case "Announce":
			if _, ok := e.Doc["object"].(M); ok {
				announce = e
			}
		}
	}
	proof := create.Doc["proof"].(M)
	if value, _ := proof["proofValue"].(string); !strings.HasPrefix(value, "z") || len(value) < 80 {
		t.Errorf("value %v", proof["proofValue"])
	}
	delete(proof, "proofValue")
	want := M{
		"@context": create.Doc["@context"], "type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022", "proofPurpose": "assertionMethod",
		"verificationMethod": w.bo.URI + "#ed25519-key", "created": vocab.FormatTime(w.Clock.Now()),
	}
	if !reflect.DeepEqual(proof, want) {
		t.Errorf("the proof is %v", proof)
	}
	if !strings.Contains(announce.Payload, `"object":`+create.Payload) {
		t.Errorf("the announcement does not hold the activity byte for byte: %s", announce.Payload)
	}
	path := strings.TrimPrefix(announce.Doc["id"].(string), "https://a.test")
	if status, body := w.Fetch(w.server, path); status != http.StatusOK || body != announce.Payload {
		t.Errorf("%d: another announcement is served than was sent: %s", status, body)
	}
}

// sent lets a peer's actor send bytes, which are carried out, and gives what is written because of them.
func (w *world) sent(a *testrig.PeerActor, raw []byte) []entry {
	w.t.Helper()
	if status, body := a.SendRaw(w.server, raw, sign.Cavage, nil); status != http.StatusAccepted {
		w.t.Fatalf("answered %d %s", status, body)
	}
	w.Settle()
	return w.written()
}

func TestAnswerToAProvenFollowHoldsItByteForByte(t *testing.T) {
	w := newWorld(t)
	follow := w.second.Prove(w.second.Activity("Follow", "proven", w.ana.URI, func(f M) { f["odd"] = []any{1.50, "<&>"} }))
	entries := w.sent(w.second, follow)
	if len(entries) != 1 || entries[0].Type != "Accept" || !strings.Contains(entries[0].Payload, `"object":`+string(follow)) {
		t.Errorf("written %+v", entries)
	}
}

// TestWhatCannotBeProvenIsAnnouncedAsItIs: somebody else's activity may hold numbers that canonical JSON does not tell
// apart. It is passed on all the same, under the signature of the request alone.
func TestWhatCannotBeProvenIsAnnouncedAsItIs(t *testing.T) {
	w := newWorld(t)
	note := w.masto.Note("big", "@woundcare big", func(n M) {
		n["cc"], n["odd"] = []string{w.community.URI}, json.Number("123456789012345678901")
	})
	raw, err := json.Marshal(w.masto.Activity("Create", "big", note))
	w.ok(err)
	if status, body := w.masto.SendRaw(w.server, raw, sign.Cavage, nil); status != http.StatusAccepted {
		t.Fatalf("answered %d %s", status, body)
	}
	w.Settle()
	var payload string
	w.ok(w.db.QueryRow("SELECT payload FROM outbox_entry WHERE id > ? AND payload LIKE '%\"Create\"%'", w.last).Scan(&payload))
	if !strings.Contains(payload, string(raw)) || strings.Contains(payload, `"proof"`) {
		t.Errorf("announced %s", payload)
	}
}
