package directory_test

import (
	"fmt"
	"net/http"
	"testing"

	"praxis/federation/directory"
	"praxis/federation/vocab"
	"praxis/internal/testrig"
	"praxis/models"
)

type M = testrig.M

// world is one instance with a member, and a peer with an actor.
type world struct {
	*testrig.Cluster
	t      *testing.T
	server *testrig.Server
	dir    *directory.Directory
	ana    *testrig.Member
	peer   *testrig.Peer
	carl   *testrig.PeerActor
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{Cluster: testrig.NewCluster(t, "a.test"), t: t}
	w.server = w.Server("a.test")
	w.dir = w.server.Directory
	w.ana = w.server.Member("ana")
	w.peer = w.NewPeer("peer.test", "mastodon")
	w.carl = w.peer.Actor("carl", "Person")
	return w
}

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) fails(err error, want models.Code, what string) {
	w.t.Helper()
	if err == nil || models.ErrorCode(err) != want {
		w.t.Errorf("%s: the error is %v, and should be of the code %s", what, err, want)
	}
}

func (w *world) find(user, host string) *models.Actor {
	w.t.Helper()
	actor, err := w.dir.FindByHandle(w.t.Context(), user, host)
	if err != nil {
		w.t.Fatalf("@%s@%s: %v", user, host, err)
	}
	return actor
}

func (w *world) actor(uri string) *models.Actor {
	w.t.Helper()
	actor, err := w.dir.Actor(w.t.Context(), uri)
	if err != nil {
		w.t.Fatalf("actor %s: %v", uri, err)
	}
	return actor
}

// locate gives the post of an address.
func (w *world) locate(uri string) *models.Post {
	w.t.Helper()
	_, post, err := w.dir.FindByURI(w.t.Context(), uri)
	if err != nil || post == nil {
		w.t.Fatalf("%s: %v", uri, err)
	}
	return post
}

func (w *world) read() *models.Tx { return w.server.Store.Read(w.t.Context()) }

func (w *world) isUnknown(uri string) bool {
	w.t.Helper()
	_, err := w.read().ActorByURI(uri)
	return models.IsNotFound(err)
}

// asked gives how many requests a host got while f ran.
func (w *world) asked(host string, f func()) int {
	before := w.Network.Calls(host)
	f()
	return w.Network.Calls(host) - before
}

// finger serves a WebFinger answer at a peer for a handle; the subject may be another one.
func (w *world) finger(p *testrig.Peer, user, host, subject, self string) {
	p.Serve("/.well-known/webfinger?resource=acct%3A"+user+"%40"+host, http.StatusOK, "application/jrd+json", []byte(fmt.Sprintf(
		`{"subject":"acct:%s","links":[{"rel":"self","type":"application/activity+json","href":"%s"}]}`, subject, self)))
}

// changed gives a copy of an actor's document with changes.
func changed(doc M, changes M) M {
	out := M{}
	for key, value := range doc {
		out[key] = value
	}
	for key, value := range changes {
		if value == nil {
			delete(out, key)
		} else {
			out[key] = value
		}
	}
	return out
}

func (p *world) serve(peer *testrig.Peer, path string, doc M) {
	p.t.Helper()
	peer.Serve(path, http.StatusOK, vocab.MediaType, encode(p.t, doc))
}
