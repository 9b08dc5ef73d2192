package inbox_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"praxis/federation/sign"
	"praxis/internal/testrig"
	"praxis/models"
)

type M = testrig.M

// stores are the tables that nothing may be added to by what is refused.
var stores = []string{"actor", "post", "follow", "favourite", "notification", "home_entry", "outbox_entry", "delivery", "inbox_entry", "block", "report"}

// unchanged runs f and fails when a row was added anywhere. Actors are left out on request: keys are learned by asking.
func unchanged(t *testing.T, s *testrig.Server, f func(), except ...string) {
	t.Helper()
	before := map[string]int64{}
	for _, table := range stores {
		before[table] = s.Count(table)
	}
	f()
	s.Cluster.Settle()
	for _, table := range stores {
		if now := s.Count(table); now != before[table] && !contains(except, table) {
			t.Errorf("table %s grew from %d to %d", table, before[table], now)
		}
	}
}

func contains(list []string, s string) bool {
	for _, item := range list {
		if item == s {
			return true
		}
	}
	return false
}

// world is one instance with a community, a member, and a peer with two actors.
type world struct {
	*testrig.Cluster
	server        *testrig.Server
	ana           *testrig.Member
	community     *models.Actor
	peer          *testrig.Peer
	mallory, carl *testrig.PeerActor
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{Cluster: testrig.NewCluster(t, "a.test")}
	w.server = w.Server("a.test")
	w.ana = w.server.Member("ana")
	w.community = w.server.Community("woundcare", w.ana)
	w.peer = w.NewPeer("peer.test", "mastodon")
	w.mallory, w.carl = w.peer.Actor("mallory", "Person"), w.peer.Actor("carl", "Person")
	return w
}

func encode(t *testing.T, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// follow is a good activity to break.
func (w *world) follow(a *testrig.PeerActor) M {
	return a.Activity("Follow", "follow-"+a.Name, w.community.URI)
}

func want(t *testing.T, got, status int, body string) {
	t.Helper()
	if got != status {
		t.Errorf("status %d, want %d: %s", got, status, body)
	}
	if status >= 400 && !strings.HasPrefix(body, `{"error":"`) {
		t.Errorf("the refusal is no JSON error: %s", body)
	}
}

func TestB01_UnsignedIsRefused(t *testing.T) {
	w := newWorld(t)
	unchanged(t, w.server, func() {
		status, body := w.mallory.SendRaw(w.server, encode(t, w.follow(w.mallory)), sign.Cavage, func(r *http.Request) {
			r.Header.Del("Signature")
		})
		want(t, status, http.StatusUnauthorized, body)
		// What is not signed is not even read.
		status, body = w.mallory.SendRaw(w.server, []byte(`{broken`), sign.Cavage, func(r *http.Request) { r.Header.Del("Signature") })
		want(t, status, http.StatusUnauthorized, body)
	})
}

func TestB02_TamperedBodyIsRefused(t *testing.T) {
	for _, scheme := range []sign.Scheme{sign.Cavage, sign.RFC9421} {
		w := newWorld(t)
		unchanged(t, w.server, func() {
			body := encode(t, w.follow(w.mallory))
			status, said := w.mallory.SendRaw(w.server, body, scheme, func(r *http.Request) {
				altered := bytes.Replace(body, []byte("follow-mallory"), []byte("follow-mallorx"), 1)
				r.Body = readCloser{bytes.NewReader(altered)}
			})
			want(t, status, http.StatusUnauthorized, said)
		}, "actor")
	}
}

type readCloser struct{ *bytes.Reader }

func (readCloser) Close() error { return nil }

func TestB06_StaleRequestIsRefused(t *testing.T) {
	w := newWorld(t)
	for _, shift := range []time.Duration{-2 * time.Hour, 2 * time.Hour} {
		unchanged(t, w.server, func() {
			status, body := w.mallory.SendRaw(w.server, encode(t, w.follow(w.mallory)), sign.Cavage, func(r *http.Request) {
				signer := w.mallory.Signer()
				signer.Now = func() time.Time { return w.Clock.Now().Add(shift) }
				if err := signer.Sign(r, encode(t, w.follow(w.mallory)), sign.Cavage); err != nil {
					t.Fatal(err)
				}
			})
			want(t, status, http.StatusUnauthorized, body)
		}, "actor")
	}
}

func TestB24_ReplayHasNoSecondEffect(t *testing.T) {
	w := newWorld(t)
	w.ana.Follow("@carl@peer.test")
	w.Settle()
	note := w.carl.Note("1", "hello")
	create := w.carl.Activity("Create", "1", note)
	for range 3 {
		status, body := w.carl.Send(w.server, create)
		want(t, status, http.StatusAccepted, body)
		w.Settle()
	}
	if n := w.server.Count("post"); n != 0 {
		t.Errorf("the follow is not accepted yet, but %d posts came in", n)
	}
	w.carl.Send(w.server, w.carl.Activity("Accept", "accept", w.lastFollow()))
	w.Settle()
	again := w.carl.Activity("Create", "2", w.carl.Note("2", "again"))
	for range 3 {
		w.carl.Send(w.server, again)
		w.Settle()
	}
	if n := w.server.Count("post"); n != 1 {
		t.Errorf("%d posts after three deliveries of one", n)
	}
	if n := len(w.ana.Home()); n != 1 {
		t.Errorf("%d posts at home after three deliveries of one", n)
	}
}

// lastFollow gives the Follow that the peer was sent last.
func (w *world) lastFollow() M {
	w.T.Helper()
	var last M
	for _, activity := range w.peer.Received() {
		if activity["type"] == "Follow" {
			last = activity
		}
	}
	if last == nil {
		w.T.Fatal("no Follow came")
	}
	return last
}

func TestA08_ActivityOfAnotherThanTheSignerIsRefused(t *testing.T) {
	w := newWorld(t)
	unchanged(t, w.server, func() {
		status, body := w.mallory.Send(w.server, w.follow(w.carl))
		want(t, status, http.StatusUnauthorized, body)
	}, "actor")
}

func TestA09_ActivityIDOfAnotherHostIsRefused(t *testing.T) {
	w := newWorld(t)
	unchanged(t, w.server, func() {
		status, body := w.mallory.Send(w.server, w.mallory.Activity("Follow", "1", w.community.URI, func(a M) { a["id"] = "https://victim.test/1" }))
		want(t, status, http.StatusBadRequest, body)
	}, "actor")
}

func TestA10_ActivityWithoutIDIsRefusedUnlessTransient(t *testing.T) {
	w := newWorld(t)
	for _, id := range []any{nil, 7, []string{"https://peer.test/1"}, M{"x": 1}} {
		unchanged(t, w.server, func() {
			status, body := w.mallory.Send(w.server, w.mallory.Activity("Follow", "1", w.community.URI, func(a M) { a["id"] = id }))
			want(t, status, http.StatusBadRequest, body)
		}, "actor")
	}
	w.mallory.Send(w.server, w.follow(w.mallory))
	w.Settle()
	status, body := w.mallory.Send(w.server, w.mallory.Activity("Undo", "", w.follow(w.mallory), func(a M) { delete(a, "id") }))
	want(t, status, http.StatusAccepted, body)
	w.Settle()
	if n := w.server.Count("follow"); n != 1 { // ana's own remains
		t.Errorf("%d follows after an Undo without an id", n)
	}
}

func TestA26_NobodyOutsideActsForOurs(t *testing.T) {
	w := newWorld(t)
	unchanged(t, w.server, func() {
		status, body := w.mallory.Send(w.server, w.mallory.Activity("Follow", "1", w.community.URI, func(a M) { a["actor"] = w.ana.Actor.URI }))
		want(t, status, http.StatusForbidden, body)
	}, "actor")
}

func TestA17_DeleteOfUnknownActorAsksNobody(t *testing.T) {
	w := newWorld(t)
	before := w.Network.Calls("peer.test")
	unchanged(t, w.server, func() {
		status, body := w.mallory.Send(w.server, w.mallory.Activity("Delete", "1", w.mallory.URI))
		want(t, status, http.StatusAccepted, body)
	})
	if calls := w.Network.Calls("peer.test") - before; calls != 0 {
		t.Errorf("%d requests for an actor that is going", calls)
	}
}

func TestA36_BlockedHostIsRefused(t *testing.T) {
	w := newWorld(t)
	w.block("peer.test")
	before := w.Network.Calls("peer.test")
	unchanged(t, w.server, func() {
		status, body := w.mallory.Send(w.server, w.follow(w.mallory))
		want(t, status, http.StatusForbidden, body)
	})
	if calls := w.Network.Calls("peer.test") - before; calls != 0 {
		t.Errorf("%d requests to a blocked host", calls)
	}
}

func (w *world) block(host string) {
	w.T.Helper()
	if err := w.server.Store.Tx(w.T.Context(), func(tx *models.Tx) error { return tx.PutDomainBlock(host, "test") }); err != nil {
		w.T.Fatal(err)
	}
}

func TestB20_KeyThatCannotBeHad(t *testing.T) {
	w := newWorld(t)
	w.peer.Serve("/users/mallory", http.StatusInternalServerError, "text/plain", nil)
	unchanged(t, w.server, func() {
		status, body := w.mallory.Send(w.server, w.follow(w.mallory))
		want(t, status, http.StatusServiceUnavailable, body)
	})
	w.peer.Serve("/users/carl", http.StatusGone, "text/plain", nil)
	unchanged(t, w.server, func() {
		status, body := w.carl.Send(w.server, w.follow(w.carl))
		want(t, status, http.StatusUnauthorized, body)
	})
}

func TestB21_SuspendedActorIsRefused(t *testing.T) {
	w := newWorld(t)
	w.mallory.Send(w.server, w.follow(w.mallory))
	w.Settle()
	w.suspend(w.mallory.URI)
	unchanged(t, w.server, func() {
		status, body := w.mallory.Send(w.server, w.mallory.Activity("Create", "1", w.mallory.Note("1", "spam", addressed(w.community.URI))))
		want(t, status, http.StatusForbidden, body)
	})
}

func (w *world) suspend(uri string) {
	w.T.Helper()
	err := w.server.Store.Tx(w.T.Context(), func(tx *models.Tx) error {
		actor, err := tx.ActorByURI(uri)
		if err != nil {
			return err
		}
		actor.SuspendedAt = tx.Now()
		return tx.UpdateActor(actor)
	})
	if err != nil {
		w.T.Fatal(err)
	}
}

func addressed(uri string) func(M) {
	return func(note M) { note["cc"] = []string{uri} }
}

func TestMalformedActivities(t *testing.T) {
	w := newWorld(t)
	good := string(encode(t, w.follow(w.mallory)))
	deep := strings.Repeat("[", 65) + strings.Repeat("]", 65)
	for name, c := range map[string]struct {
		body   string
		status int
	}{
		"C06 nested over 64 deep": {strings.Replace(good, `"to":`, `"x":`+deep+`,"to":`, 1), 400},
		"C07 duplicate key":       {strings.Replace(good, `"to":`, `"actor":"https://victim.test/u","to":`, 1), 400},
		"C07 key in other case":   {strings.Replace(good, `"to":`, `"Actor":"https://victim.test/u","to":`, 1), 400},
		"C08 trailing bytes":      {good + `{}`, 400},
		"C09 NUL":                 {strings.Replace(good, `follow-mallory`, `follow-\u0000`, 1), 400},
		"no JSON":                 {`<html>`, 400},
		"empty array":             {`[]`, 400},
		"no type":                 {strings.Replace(good, `"type":"Follow"`, `"type":[]`, 1), 400},
		"two actors":              {strings.Replace(good, `"actor":"`+w.mallory.URI+`"`, `"actor":["`+w.mallory.URI+`","`+w.carl.URI+`"]`, 1), 400},
		"C01 over 1 MB":           {strings.Replace(good, `"to":`, `"x":"`+strings.Repeat("x", 1<<20)+`","to":`, 1), 413},
	} {
		t.Run(name, func(t *testing.T) {
			unchanged(t, w.server, func() {
				status, body := w.mallory.SendRaw(w.server, []byte(c.body), sign.Cavage, nil)
				want(t, status, c.status, body)
			}, "actor")
		})
	}
	unchanged(t, w.server, func() {
		status, body := w.mallory.SendRaw(w.server, []byte(good), sign.Cavage, func(r *http.Request) { r.Header.Set("Content-Type", "application/json") })
		want(t, status, http.StatusUnsupportedMediaType, body)
	}, "actor")
}

func TestFollowOfNobodyIsToldAtOnce(t *testing.T) {
	w := newWorld(t)
	unchanged(t, w.server, func() {
		status, body := w.mallory.Send(w.server, w.mallory.Activity("Follow", "1", "https://a.test/c/nothing"))
		want(t, status, http.StatusNotFound, body)
	}, "actor")
}

func TestUnknownTypesAreTakenAndCounted(t *testing.T) {
	w := newWorld(t)
	for i, activityType := range []string{"Dislike", "Lock", "View", "EmojiReact", "https://example.test/Custom", "Add", "Remove"} {
		status, body := w.mallory.Send(w.server, w.mallory.Activity(activityType, string(rune('a'+i)), w.community.URI))
		want(t, status, http.StatusAccepted, body)
	}
	w.Settle()
	metrics := scrape(t, w.server)
	if !strings.Contains(metrics, `praxis_inbox_activities_total{outcome="ignored",type="Dislike"} 1`) ||
		!strings.Contains(metrics, `praxis_inbox_activities_total{outcome="ignored",type="other"} 1`) {
		t.Errorf("ignored activities are not counted: %s", metrics)
	}
	if n := w.server.Count("post"); n != 0 {
		t.Errorf("%d posts", n)
	}
}

func TestUnknownHostIsMisdirected(t *testing.T) {
	w := newWorld(t)
	status, body := w.mallory.SendRaw(w.server, encode(t, w.follow(w.mallory)), sign.Cavage, func(r *http.Request) { r.Host = "other.test" })
	want(t, status, http.StatusMisdirectedRequest, body)
}
