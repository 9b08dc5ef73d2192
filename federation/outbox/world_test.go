package outbox_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"praxis/federation/sign"
	"praxis/federation/vocab"
	"praxis/internal/testrig"
	"praxis/models"
	"praxis/practice"
)

type M = testrig.M

// secret is in every text that not everybody may read: no activity but the author's own may carry it.
const secret = "canary"

// world is one instance with peers of three makes, whose actors follow a member and a community here.
type world struct {
	*testrig.Cluster
	t                 *testing.T
	server            *testrig.Server
	verbs             *practice.Service
	ana, bo           *models.Actor
	community         *models.Actor
	masto, lemmy, any *testrig.PeerActor
	second            *testrig.PeerActor // another one of the same host as masto
	db                *sql.DB
	last              int64 // the newest outbox entry that was looked at
}

// entry is one activity with where it goes.
type entry struct {
	Type           string
	Public, Listed bool
	Payload        string
	Doc            M
	Inboxes        []string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{Cluster: testrig.NewCluster(t, "a.test"), t: t}
	w.server = w.Server("a.test")
	w.verbs = w.server.Service
	w.ana, w.bo = w.member("ana"), w.member("bo")
	community, err := w.verbs.CreateCommunity(t.Context(), practice.NewCommunity{Username: "woundcare", DisplayName: "Wound care", Domain: "Wounds that do not heal", Convener: w.ana})
	w.ok(err)
	w.community = community
	peer := w.NewPeer("masto.test", "mastodon")
	w.masto, w.second = peer.Actor("mia", "Person"), peer.Actor("sam", "Person")
	w.lemmy = w.NewPeer("lemmy.test", "lemmy").Actor("leo", "Person")
	w.any = w.NewPeer("any.test", "").Actor("amy", "Person")
	for _, a := range []*testrig.PeerActor{w.masto, w.second, w.lemmy, w.any} {
		for _, target := range []*models.Actor{w.bo, w.community} {
			w.from(a, "Follow", "follow-"+target.Username, target.URI)
		}
	}
	db, err := sql.Open("sqlite", strings.TrimPrefix(w.server.Config.Database, "sqlite:"))
	w.ok(err)
	t.Cleanup(func() { _ = db.Close() })
	w.db = db
	w.written()
	return w
}

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) member(name string) *models.Actor {
	w.t.Helper()
	actor, err := w.verbs.CreateMember(w.t.Context(), practice.NewMember{Username: name, DisplayName: strings.ToUpper(name[:1]) + name[1:]})
	w.ok(err)
	return actor
}

// from lets a peer's actor send an activity, which is carried out.
func (w *world) from(a *testrig.PeerActor, activityType, id string, object any, changes ...func(M)) M {
	w.t.Helper()
	activity := a.Activity(activityType, id, object, changes...)
	if status, body := a.Send(w.server, activity); status != http.StatusAccepted {
		w.t.Fatalf("%s of %s is answered %d %s", activityType, a.Name, status, body)
	}
	w.Settle()
	return activity
}

func (w *world) read() *models.Tx { return w.server.Store.Read(w.t.Context()) }

func (w *world) actor(a *testrig.PeerActor) *models.Actor {
	w.t.Helper()
	actor, err := w.read().ActorByURI(a.URI)
	w.ok(err)
	return actor
}

func (w *world) post(uri string) *models.Post {
	w.t.Helper()
	post, err := w.read().PostByURI(uri)
	w.ok(err)
	return post
}

func (w *world) write(author *models.Actor, text string, changes ...func(*practice.Draft)) *models.Post {
	w.t.Helper()
	draft := practice.Draft{Author: author, Text: text, Language: "en"}
	for _, change := range changes {
		change(&draft)
	}
	post, err := w.verbs.Post(w.t.Context(), draft)
	w.ok(err)
	return post
}

func to(visibility string) func(*practice.Draft) {
	return func(d *practice.Draft) { d.Visibility = visibility }
}

func under(parent *models.Post) func(*practice.Draft) {
	return func(d *practice.Draft) { d.InReplyTo = parent }
}

// written gives what was written into the outbox since the last call.
func (w *world) written() []entry {
	w.t.Helper()
	rows, err := w.db.Query("SELECT id, type, public, listed, payload FROM outbox_entry WHERE id > ? ORDER BY id", w.last)
	w.ok(err)
	var entries []entry
	var ids []int64
	for rows.Next() {
		var e entry
		w.ok(rows.Scan(&w.last, &e.Type, &e.Public, &e.Listed, &e.Payload))
		w.ok(json.Unmarshal([]byte(e.Payload), &e.Doc))
		entries, ids = append(entries, e), append(ids, w.last)
	}
	w.ok(rows.Err())
	for i, id := range ids {
		deliveries, err := w.read().Deliveries(id)
		w.ok(err)
		for _, d := range deliveries {
			entries[i].Inboxes = append(entries[i].Inboxes, d.Inbox)
		}
		slices.Sort(entries[i].Inboxes)
		w.check(entries[i])
	}
	return entries
}

// check holds what is true of every activity.
func (w *world) check(e entry) {
	w.t.Helper()
	noNull(w.t, e.Type, e.Doc)
	w.checkProofs(e.Payload)
	if len(slices.Compact(slices.Clone(e.Inboxes))) != len(e.Inboxes) {
		w.t.Errorf("%s goes to the same inbox twice: %v", e.Type, e.Inboxes)
	}
	for _, inbox := range e.Inboxes {
		if strings.HasPrefix(inbox, "https://a.test/") {
			w.t.Errorf("%s goes to an inbox of our own: %s", e.Type, inbox)
		}
	}
	for _, key := range []string{"@context", "id", "type", "actor", "object", "to"} {
		if _, ok := e.Doc[key]; !ok {
			w.t.Errorf("%s has no %s: %s", e.Type, key, e.Payload)
		}
	}
	if e.Type != "Create" && e.Type != "Update" && strings.Contains(e.Payload, secret) {
		w.t.Errorf("E09: %s carries a text that is not for everybody: %s", e.Type, e.Payload)
	}
	addressed := fmt.Sprint(e.Doc["to"], e.Doc["cc"])
	if public := strings.Contains(addressed, "https://www.w3.org/ns/activitystreams#Public"); e.Public && !public {
		w.t.Errorf("%s may be fetched by everybody and is addressed to %s", e.Type, addressed)
	}
}

// dropFrame takes away what is the same everywhere: the @context, held by vocab, and the proof, held by checkProofs.
func dropFrame(doc M) {
	delete(doc, "@context")
	delete(doc, "proof")
	for _, key := range []string{"object", "instrument", "result"} {
		if inner, ok := doc[key].(M); ok {
			dropFrame(inner)
		}
	}
}

// Key gives the public key of an actor of ours, so that proofs can be judged as others judge them.
func (w *world) Key(_ context.Context, keyID string, _ bool) (*sign.Key, error) {
	actor, err := w.read().ActorByKeyID(keyID)
	if err != nil {
		return nil, &sign.KeyError{Err: err}
	}
	public, err := sign.ParseMultikey(actor.Ed25519Key)
	return &sign.Key{ID: keyID, Owner: actor.URI, Public: public}, err
}

// checkProofs: every activity is proven to be its actor's, and so is one of ours that it passes on.
func (w *world) checkProofs(payload string) {
	w.t.Helper()
	activity, err := vocab.DecodeActivity([]byte(payload))
	w.ok(err)
	judge := sign.NewVerifier(sign.Config{Keys: w, Now: w.Clock.Now})
	x, err := judge.Proof(w.t.Context(), []byte(payload), activity.Actor.ID)
	if age := w.Clock.Now().Sub(x.Created()); err != nil || age < 0 || age > time.Minute {
		w.t.Errorf("%s is not proven: %v, made %v: %s", activity.Type, err, x.Created(), payload)
	}
	if inner, err := vocab.DecodeActivity(activity.Object.Raw); err == nil && activity.Type == "Announce" && strings.HasPrefix(inner.Actor.ID, "https://a.test/") {
		w.checkProofs(string(activity.Object.Raw))
	}
}

// noNull walks a document: null is nowhere (readers of other languages stumble), nor is a secret addressee (E1).
func noNull(t *testing.T, path string, value any) {
	t.Helper()
	switch v := value.(type) {
	case nil:
		t.Errorf("%s is null", path)
	case M:
		for key, inner := range v {
			if key == "bto" || key == "bcc" {
				t.Errorf("E01: %s.%s is there", path, key)
			}
			noNull(t, path+"."+key, inner)
		}
	case []any:
		for i, inner := range v {
			noNull(t, fmt.Sprintf("%s[%d]", path, i), inner)
		}
	}
}

var (
	longNumber = regexp.MustCompile(`\d{13,}`)
	moment     = regexp.MustCompile(`2026-03-01T\d\d:\d\d:\d\d(\.\d+)?Z`)
	pem        = regexp.MustCompile(`-----BEGIN[^"]*-----END[^"]*`)
	multibase  = regexp.MustCompile(`"z6[1-9A-Za-z]{40,}"`)
	nonce      = regexp.MustCompile(`"nonce": "[^"]*"`)
	validUntil = regexp.MustCompile(`"validUntil": "[^"]*"`)
	urnName    = regexp.MustCompile(`urn:uuid:[0-9a-f-]{36}`)
	print64    = regexp.MustCompile(`"[0-9a-f]{64}"`)
	undoToken  = regexp.MustCompile(`/undo/[A-Za-z0-9_.-]+`)
)

// normal replaces what differs from run to run: ids by the order in which they come, moments and keys.
func normal(text string) string {
	names := map[string]string{}
	text = moment.ReplaceAllString(text, "MOMENT")
	text = pem.ReplaceAllString(text, "PEM")
	text = nonce.ReplaceAllString(text, `"nonce": "NONCE"`)
	text = print64.ReplaceAllString(text, `"FINGERPRINT"`)
	text = undoToken.ReplaceAllString(text, "/undo/TOKEN")
	text = validUntil.ReplaceAllString(text, `"validUntil": "MOMENT"`)
	text = urnName.ReplaceAllString(text, "URN")
	text = multibase.ReplaceAllString(text, `"MULTIKEY"`)
	return longNumber.ReplaceAllStringFunc(text, func(id string) string {
		if names[id] == "" {
			names[id] = fmt.Sprintf("N%d", len(names)+1)
		}
		return names[id]
	})
}

// show writes entries for people and for golden files.
func show(t *testing.T, entries []entry) string {
	t.Helper()
	var out strings.Builder
	for _, e := range entries {
		fmt.Fprintf(&out, "%s public=%v listed=%v\n", e.Type, e.Public, e.Listed)
		for _, inbox := range e.Inboxes {
			fmt.Fprintf(&out, "  > %s\n", inbox)
		}
		var pretty strings.Builder
		encoder := json.NewEncoder(&pretty)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		dropFrame(e.Doc)
		if err := encoder.Encode(e.Doc); err != nil {
			t.Fatal(err)
		}
		out.WriteString(pretty.String() + "\n")
	}
	return normal(out.String())
}
