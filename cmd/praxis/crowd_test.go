package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"praxis/federation/sign"
	"praxis/federation/vocab"
	"praxis/internal/testkeys"
)

// crowd are peers of a process under test, some of which misbehave. All are on one listener, under names of their own.
type crowd struct {
	t     *testing.T
	port  string
	peers []*crowdPeer
}

// crowdPeer is one of them. What it took counts only where it said so with a whole answer.
type crowdPeer struct {
	name, host string
	keys       *sign.Keys
	crowd      *crowd

	mu    sync.Mutex
	mood  func(*crowdPeer, http.ResponseWriter, *http.Request) bool // answers in its way, and reports that it did not take anything
	tries int
	taken []string       // ids of posts, in the order in which each came first
	times map[string]int // how often each came
	onGot func(id string)
}

// The ways in which peers misbehave.
var moods = map[string]func(*crowdPeer, http.ResponseWriter, *http.Request) bool{
	"stall": func(_ *crowdPeer, _ http.ResponseWriter, r *http.Request) bool {
		select {
		case <-r.Context().Done():
		case <-time.After(30 * time.Second):
		}
		panic(http.ErrAbortHandler)
	},
	"reset": func(_ *crowdPeer, w http.ResponseWriter, _ *http.Request) bool {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			if tcp, ok := conn.(*net.TCPConn); ok {
				_ = tcp.SetLinger(0)
			}
			_ = conn.Close()
		}
		return true
	},
	"cut": func(_ *crowdPeer, w http.ResponseWriter, _ *http.Request) bool {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_, _ = io.WriteString(conn, "HTTP/1.1 2")
			_ = conn.Close()
		}
		return true
	},
	"drip": func(_ *crowdPeer, w http.ResponseWriter, _ *http.Request) bool {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			for _, b := range []byte("HTTP/1.1 202 Accepted") {
				if _, err := conn.Write([]byte{b}); err != nil {
					break
				}
				time.Sleep(20 * time.Millisecond)
			}
			_ = conn.Close()
		}
		return true
	},
	"busy": func(_ *crowdPeer, w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
		return true
	},
	"broken": func(_ *crowdPeer, w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(http.StatusInternalServerError)
		return true
	},
	// It takes everything, and says more than is true of it.
	"liar": func(p *crowdPeer, w http.ResponseWriter, r *http.Request) bool {
		p.take(r)
		w.Header().Set("Content-Length", "1000000")
		w.Header().Set("Content-Type", "application/activity+json")
		w.WriteHeader(http.StatusAccepted)
		_, _ = io.WriteString(w, `{"type":"Delete","actor":"`)
		panic(http.ErrAbortHandler)
	},
}

// newCrowd starts well-behaved peers p0, p1 … and one for each mood.
func newCrowd(t *testing.T, well int, misbehaving ...string) *crowd {
	t.Helper()
	c := &crowd{t: t}
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	_, c.port, _ = net.SplitHostPort(server.Listener.Addr().String())
	var ring testkeys.Ring
	add := func(name string) {
		keys, err := ring.Next()
		if err != nil {
			t.Fatal(err)
		}
		host := name + ".localhost:" + c.port
		c.peers = append(c.peers, &crowdPeer{name: name, host: host, keys: keys, crowd: c, times: map[string]int{}})
	}
	for i := range well {
		add(fmt.Sprintf("p%d", i))
	}
	for _, name := range misbehaving {
		add(name)
	}
	return c
}

// misbehave lets those that are called after a mood have it, or nobody.
func (c *crowd) misbehave(on bool) {
	for _, p := range c.peers {
		p.mu.Lock()
		p.mood = nil
		if on {
			p.mood = moods[p.name]
		}
		p.mu.Unlock()
	}
}

func (c *crowd) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	at := slices.IndexFunc(c.peers, func(p *crowdPeer) bool { return p.host == r.Host })
	if at < 0 {
		http.NotFound(w, r)
		return
	}
	if p := c.peers[at]; r.Method == http.MethodPost {
		p.inbox(w, r)
	} else {
		p.document(w, r)
	}
}

func (p *crowdPeer) uri() string { return "http://" + p.host + "/users/reader" }

func (p *crowdPeer) document(w http.ResponseWriter, r *http.Request) {
	pem, err := sign.EncodePublicPEM(&p.keys.RSA.PublicKey)
	if err != nil {
		p.crowd.t.Error(err)
	}
	switch {
	case r.URL.Path == "/users/reader":
		p.say(w, vocab.MediaType, map[string]any{
			"@context": vocab.Namespace, "id": p.uri(), "type": "Person", "preferredUsername": "reader",
			"inbox": p.uri() + "/inbox", "outbox": p.uri() + "/outbox", "followers": p.uri() + "/followers",
			"publicKey": map[string]any{"id": p.uri() + "#main-key", "owner": p.uri(), "publicKeyPem": pem},
		})
	case strings.HasPrefix(r.URL.Path, "/.well-known/webfinger"):
		p.say(w, "application/jrd+json", map[string]any{
			"subject": "acct:reader@" + p.host,
			"links":   []any{map[string]any{"rel": "self", "type": "application/activity+json", "href": p.uri()}},
		})
	default:
		http.NotFound(w, r)
	}
}

func (p *crowdPeer) say(w http.ResponseWriter, mediaType string, doc any) {
	w.Header().Set("Content-Type", mediaType)
	if err := json.NewEncoder(w).Encode(doc); err != nil {
		p.crowd.t.Log(err)
	}
}

func (p *crowdPeer) inbox(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.tries++
	mood := p.mood
	p.mu.Unlock()
	if mood != nil && mood(p, w, r) {
		return
	}
	p.take(r)
	w.WriteHeader(http.StatusAccepted)
}

// take notes which post came.
func (p *crowdPeer) take(r *http.Request) {
	var activity struct {
		Type   string `json:"type"`
		Object struct {
			ID string `json:"id"`
		} `json:"object"`
	}
	if json.NewDecoder(r.Body).Decode(&activity) != nil || activity.Type != "Create" {
		return
	}
	id := activity.Object.ID
	p.mu.Lock()
	if p.times[id]++; p.times[id] == 1 {
		p.taken = append(p.taken, id)
	}
	got := p.onGot
	p.mu.Unlock()
	if got != nil {
		got(id)
	}
}

// send signs an activity and posts it to an inbox, and gives the status; 0 where no answer came.
func (p *crowdPeer) send(inbox string, activity map[string]any) int {
	r, _ := p.signed(inbox, activity)
	if r == nil {
		return 0
	}
	return p.do(r)
}

// signed gives the request that posts an activity to an inbox, and its body.
func (p *crowdPeer) signed(inbox string, activity map[string]any) (*http.Request, []byte) {
	raw, err := json.Marshal(activity)
	if err != nil {
		p.crowd.t.Error(err)
		return nil, nil
	}
	r, err := http.NewRequest(http.MethodPost, inbox, bytes.NewReader(raw))
	if err != nil {
		p.crowd.t.Error(err)
		return nil, nil
	}
	r.Header.Set("Content-Type", vocab.MediaType)
	signer := sign.Signer{KeyID: p.uri() + "#main-key", Key: p.keys.RSA, Now: time.Now}
	if err := signer.Sign(r, raw, sign.Cavage); err != nil {
		p.crowd.t.Error(err)
		return nil, nil
	}
	return r, raw
}

func (p *crowdPeer) do(r *http.Request) int {
	answer, err := demoClient("127.0.0.1:"+r.URL.Port(), nil).Do(r)
	if err != nil {
		return 0
	}
	_ = answer.Body.Close()
	return answer.StatusCode
}

// activity makes one of the peer's.
func (p *crowdPeer) activity(kind, id string, object any) map[string]any {
	return map[string]any{
		"@context": vocab.Namespace, "id": "http://" + p.host + "/a/" + id, "type": kind, "actor": p.uri(), "object": object,
		"to": []string{vocab.Public},
	}
}
