package testrig

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"

	"praxis/federation/sign"
	"praxis/federation/vocab"
)

// Peer is a server of another make, whose every word the test decides.
type Peer struct {
	Host    string
	Cluster *Cluster
	// InboxStatus is what its inboxes answer; 202 unless set.
	InboxStatus int
	// Judge answers in the place of InboxStatus, if set.
	Judge func(*http.Request) int
	// Guard answers a GET with the status that it gives, if set and that is not 0.
	Guard func(*http.Request) int

	mu       sync.Mutex
	answers  map[string]answer
	received []M
}

type answer struct {
	status      int
	contentType string
	body        []byte
	by          http.HandlerFunc // in place of the rest
}

// PeerActor is an actor of a Peer, with its key.
type PeerActor struct {
	Peer *Peer
	URI  string
	Name string
	Keys *sign.Keys
	Doc  M
}

// NewPeer adds a server to the network that says in NodeInfo that it runs software; "" for one that does not say.
func (c *Cluster) NewPeer(host, software string) *Peer {
	c.T.Helper()
	p := &Peer{Host: host, Cluster: c, InboxStatus: http.StatusAccepted, answers: map[string]answer{}}
	c.Network.Serve(host, p)
	if software != "" {
		p.ServeJSON("/.well-known/nodeinfo", M{"links": []M{{
			"rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": "https://" + host + "/nodeinfo/2.0",
		}}})
		p.ServeJSON("/nodeinfo/2.0", M{
			"version": "2.0", "software": M{"name": software, "version": "1.0"}, "protocols": []string{"activitypub"},
			"services": M{"inbound": []string{}, "outbound": []string{}}, "openRegistrations": false,
			"usage": M{"users": M{}}, "metadata": M{},
		})
	}
	return p
}

// ServeHTTP answers what the test prepared, and takes everything that is posted.
func (p *Peer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		p.receive(w, r)
		return
	}
	if p.Guard != nil {
		if status := p.Guard(r); status != 0 {
			w.WriteHeader(status)
			return
		}
	}
	p.mu.Lock()
	found, ok := p.answers[r.URL.RequestURI()]
	if !ok {
		found, ok = p.answers[r.URL.Path]
	}
	p.mu.Unlock()
	if !ok {
		http.NotFound(w, r)
		return
	}
	if found.by != nil {
		found.by(w, r)
		return
	}
	w.Header().Set("Content-Type", found.contentType)
	w.WriteHeader(found.status)
	_, _ = w.Write(found.body)
}

func (p *Peer) receive(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(r.Body)
	var activity M
	if err == nil {
		err = json.Unmarshal(raw, &activity)
	}
	if err != nil {
		p.Cluster.T.Errorf("%s was sent what it cannot read: %v: %s", p.Host, err, raw)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	status := p.InboxStatus
	if p.Judge != nil {
		status = p.Judge(r)
	}
	p.received = append(p.received, activity)
	w.WriteHeader(status)
}

// Received gives the activities that were posted to the peer since the last call.
func (p *Peer) Received() []M {
	p.mu.Lock()
	defer p.mu.Unlock()
	got := p.received
	p.received = nil
	return got
}

// Serve prepares the answer to GET of a path, which may hold a query.
func (p *Peer) Serve(path string, status int, contentType string, body []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answers[path] = answer{status: status, contentType: contentType, body: body}
}

// Handle lets by answer GET of a path, whatever its query.
func (p *Peer) Handle(path string, by http.HandlerFunc) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answers[path] = answer{by: by}
}

// ServeDoc serves an ActivityStreams document under its id, which must be on the peer.
func (p *Peer) ServeDoc(doc M) {
	p.Cluster.T.Helper()
	id, _ := doc["id"].(string)
	path, ok := strings.CutPrefix(id, "https://"+p.Host)
	if !ok {
		p.Cluster.T.Fatalf("%q is not on %s", id, p.Host)
	}
	p.Serve(path, http.StatusOK, vocab.MediaType, p.encode(doc))
}

// ServeJSON serves plain JSON.
func (p *Peer) ServeJSON(path string, v any) {
	p.Serve(path, http.StatusOK, "application/json", p.encode(v))
}

func (p *Peer) encode(v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		p.Cluster.T.Fatal(err)
	}
	return raw
}

// Actor adds an actor with a key, found by WebFinger and by its id.
func (p *Peer) Actor(name, actorType string) *PeerActor {
	p.Cluster.T.Helper()
	return p.ActorAt("/users/"+name, name, actorType)
}

// ActorAt is Actor for an id with another path; changes are made to its document first.
func (p *Peer) ActorAt(path, name, actorType string, changes ...func(M)) *PeerActor {
	p.Cluster.T.Helper()
	keys, err := p.Cluster.keys.Next()
	if err != nil {
		p.Cluster.T.Fatal(err)
	}
	pem, err := sign.EncodePublicPEM(&keys.RSA.PublicKey)
	if err != nil {
		p.Cluster.T.Fatal(err)
	}
	a := &PeerActor{Peer: p, URI: "https://" + p.Host + path, Name: name, Keys: keys}
	a.Doc = M{
		"@context": vocab.Namespace, "id": a.URI, "type": actorType, "preferredUsername": name, "name": name,
		"inbox": a.URI + "/inbox", "outbox": a.URI + "/outbox", "followers": a.URI + "/followers",
		"endpoints": M{"sharedInbox": "https://" + p.Host + "/inbox"},
		"publicKey": M{"id": a.URI + "#main-key", "owner": a.URI, "publicKeyPem": pem},
		"assertionMethod": []M{{
			"id": a.ProofKey(), "type": "Multikey", "controller": a.URI,
			"publicKeyMultibase": sign.EncodeMultikey(keys.Ed25519Public()),
		}},
	}
	for _, change := range changes {
		change(a.Doc)
	}
	p.ServeDoc(a.Doc)
	p.Serve("/.well-known/webfinger?resource=acct%3A"+name+"%40"+p.Host, http.StatusOK, "application/jrd+json", p.encode(M{
		"subject": "acct:" + name + "@" + p.Host,
		"links":   []M{{"rel": "self", "type": "application/activity+json", "href": a.URI}},
	}))
	return a
}

// Note gives a public note by the actor and serves it; changes are made first.
func (a *PeerActor) Note(id, content string, changes ...func(M)) M {
	a.Peer.Cluster.T.Helper()
	note := M{
		"@context": vocab.Namespace, "id": "https://" + a.Peer.Host + "/notes/" + id, "type": "Note", "attributedTo": a.URI,
		"content": "<p>" + content + "</p>", "to": []string{vocab.Public}, "cc": []string{a.URI + "/followers"},
		"published": vocab.FormatTime(a.Peer.Cluster.Clock.Now()),
	}
	for _, change := range changes {
		change(note)
	}
	a.Peer.ServeDoc(note)
	return note
}

// Activity gives an activity by the actor around an object.
func (a *PeerActor) Activity(activityType, id string, object any, changes ...func(M)) M {
	activity := M{
		"@context": vocab.Namespace, "id": "https://" + a.Peer.Host + "/activities/" + id, "type": activityType,
		"actor": a.URI, "object": object, "to": []string{vocab.Public},
	}
	for _, change := range changes {
		change(activity)
	}
	return activity
}

// Signer signs as the actor.
func (a *PeerActor) Signer() sign.Signer {
	return sign.Signer{
		KeyID: a.URI + "#main-key", Key: a.Keys.RSA, Ed25519KeyID: a.ProofKey(), Ed25519: a.Keys.Ed25519, Now: a.Peer.Cluster.Clock.Now,
	}
}

// ProofKey is the id of the key with which the actor proves.
func (a *PeerActor) ProofKey() string { return a.URI + "#ed25519-key" }

// Prove gives a document with the actor's proof, as bytes that may be sent or embedded in another document.
func (a *PeerActor) Prove(document M) json.RawMessage {
	a.Peer.Cluster.T.Helper()
	prover := sign.Prover{KeyID: a.ProofKey(), Key: a.Keys.Ed25519, Now: a.Peer.Cluster.Clock.Now}
	raw, err := prover.Prove(a.Peer.encode(document))
	if err != nil {
		a.Peer.Cluster.T.Fatal(err)
	}
	return raw
}

// Send posts an activity to an instance's shared inbox, signed by the actor, and gives the status and what was said.
func (a *PeerActor) Send(server *Server, activity M) (int, string) {
	a.Peer.Cluster.T.Helper()
	return a.SendRaw(server, a.Peer.encode(activity), sign.Cavage, nil)
}

// SendTo posts an activity to an inbox, signed by the actor, and gives the status and what was said.
func (a *PeerActor) SendTo(inbox string, activity M) (int, string) {
	a.Peer.Cluster.T.Helper()
	return a.deliver(inbox, a.Peer.encode(activity), sign.Cavage, nil)
}

// SendRaw posts bytes, signed by the actor; tamper changes the request after it was signed.
func (a *PeerActor) SendRaw(server *Server, body []byte, scheme sign.Scheme, tamper func(*http.Request)) (int, string) {
	a.Peer.Cluster.T.Helper()
	return a.deliver("https://"+server.Host+"/inbox", body, scheme, tamper)
}

// SendWith is Send with further headers, which are signed if the signer signs such ones; it signs in a scheme.
func (a *PeerActor) SendWith(server *Server, activity M, scheme sign.Scheme, header http.Header) (int, string) {
	a.Peer.Cluster.T.Helper()
	return a.post("https://"+server.Host+"/inbox", a.Peer.encode(activity), scheme, header, nil)
}

func (a *PeerActor) deliver(inbox string, body []byte, scheme sign.Scheme, tamper func(*http.Request)) (int, string) {
	a.Peer.Cluster.T.Helper()
	return a.post(inbox, body, scheme, nil, tamper)
}

func (a *PeerActor) post(inbox string, body []byte, scheme sign.Scheme, header http.Header, tamper func(*http.Request)) (int, string) {
	a.Peer.Cluster.T.Helper()
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, inbox, bytes.NewReader(body))
	if err != nil {
		a.Peer.Cluster.T.Fatal(err)
	}
	maps.Copy(r.Header, header)
	r.Header.Set("Content-Type", vocab.MediaType)
	if err := a.Signer().Sign(r, body, scheme); err != nil {
		a.Peer.Cluster.T.Fatal(err)
	}
	if tamper != nil {
		tamper(r)
	}
	return a.Peer.Cluster.exchange(r)
}

// Get asks an instance for a path as the actor, signed, and gives the status and the body.
func (a *PeerActor) Get(server *Server, path string) (int, string) {
	a.Peer.Cluster.T.Helper()
	return a.GetWith(server, path, "")
}

// GetWith is Get with a header Authorization, unless that is "".
func (a *PeerActor) GetWith(server *Server, path, authorization string) (int, string) {
	a.Peer.Cluster.T.Helper()
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "https://"+server.Host+path, nil)
	if err != nil {
		a.Peer.Cluster.T.Fatal(err)
	}
	r.Header.Set("Accept", vocab.MediaType)
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	if err := a.Signer().Sign(r, nil, sign.Cavage); err != nil {
		a.Peer.Cluster.T.Fatal(err)
	}
	return a.Peer.Cluster.exchange(r)
}

// Ask is Get with the media type of the answer.
func (a *PeerActor) Ask(address string) (status int, contentType, body string) {
	a.Peer.Cluster.T.Helper()
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, address, nil)
	if err == nil {
		r.Header.Set("Accept", vocab.MediaType)
		err = a.Signer().Sign(r, nil, sign.Cavage)
	}
	if err != nil {
		a.Peer.Cluster.T.Fatal(err)
	}
	got, err := a.Peer.Cluster.Network.RoundTrip(r)
	if err != nil {
		a.Peer.Cluster.T.Fatal(err)
	}
	defer got.Body.Close()
	raw, err := io.ReadAll(got.Body)
	if err != nil {
		a.Peer.Cluster.T.Fatal(err)
	}
	return got.StatusCode, got.Header.Get("Content-Type"), string(raw)
}

// Fetch asks an instance for a path, unsigned.
func (c *Cluster) Fetch(server *Server, path string) (int, string) {
	c.T.Helper()
	r := httptest.NewRequest(http.MethodGet, "https://"+server.Host+path, nil)
	r.RequestURI = ""
	r.Header.Set("Accept", vocab.MediaType)
	return c.exchange(r)
}

func (c *Cluster) exchange(r *http.Request) (int, string) {
	c.T.Helper()
	got, err := c.Network.RoundTrip(r)
	if err != nil {
		c.T.Fatal(err)
	}
	defer got.Body.Close()
	raw, err := io.ReadAll(got.Body)
	if err != nil {
		c.T.Fatal(err)
	}
	return got.StatusCode, string(raw)
}
