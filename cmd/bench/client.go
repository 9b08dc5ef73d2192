package bench

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"praxis/federation/sign"
	"praxis/federation/vocab"
)

// client is for what is not measured.
func (w *World) client() *http.Client {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.plain == nil {
		w.plain = &http.Client{Timeout: time.Minute, Transport: &http.Transport{
			DialContext: dial, TLSClientConfig: w.trust(), MaxIdleConnsPerHost: 4, IdleConnTimeout: 10 * time.Second,
		}}
	}
	return w.plain
}

// trust takes certificates of the bench's authority and of those that the system knows.
func (w *World) trust() *tls.Config {
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	pool.AddCert(w.ca.certificate)
	return &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
}

// farActor is what the bench reads of an actor of a server under test.
type farActor struct {
	ID, Inbox string
	Endpoints struct{ SharedInbox string }
	PublicKey struct{ ID, PublicKeyPem string }
}

// sharedInbox is where servers deliver what is for many.
func (a *farActor) sharedInbox() string {
	if a.Endpoints.SharedInbox != "" {
		return a.Endpoints.SharedInbox
	}
	return a.Inbox
}

// fetchActor asks a server under test for an actor, signed, since some ask for that.
func (w *World) fetchActor(ctx context.Context, uri string) (*farActor, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, uri, nil)
	if err != nil {
		return nil, fmt.Errorf("fetch an actor: %w", err)
	}
	r.Header.Set("Accept", vocab.MediaType)
	p := w.peers.all[0]
	signer := sign.Signer{KeyID: actorURI(p, followerName) + "#main-key", Key: w.speech.key}
	if err := signer.Sign(r, nil, sign.Cavage); err != nil {
		return nil, err
	}
	var actor farActor
	return &actor, w.do(r, &actor)
}

// do sends a request and reads the JSON of its answer into into, unless that is nil.
func (w *World) do(r *http.Request, into any) error {
	answer, err := w.client().Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		return fmt.Errorf("%s %s: %w", r.Method, r.URL, err)
	}
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %s: %.300s", r.Method, r.URL, answer.Status, raw)
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("%s %s: %w", r.Method, r.URL, err)
	}
	return nil
}

// call asks a target's client API.
func (w *World) call(ctx context.Context, t *Target, method, path string, body, into any) error {
	var content io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("encode a request: %w", err)
		}
		content = bytes.NewReader(raw)
	}
	r, err := http.NewRequestWithContext(ctx, method, t.URL+path, content)
	if err != nil {
		return fmt.Errorf("make a request: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+t.Token)
	return w.do(r, into)
}

// resolve gives the ActivityPub id of the member that a token belongs to.
func (w *World) resolve(ctx context.Context, t *Target) error {
	var me struct{ ID, Username, URL string }
	if err := w.call(ctx, t, http.MethodGet, "/api/v1/accounts/verify_credentials", nil, &me); err != nil {
		return err
	}
	base, err := url.Parse(t.URL)
	if err != nil {
		return fmt.Errorf("the address of %s: %w", t.Name, err)
	}
	query := url.Values{"resource": {"acct:" + me.Username + "@" + base.Host}}.Encode()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, t.URL+"/.well-known/webfinger?"+query, nil)
	if err != nil {
		return fmt.Errorf("make a request: %w", err)
	}
	var finger struct {
		Links []struct{ Rel, Href, Type string }
	}
	if err := w.do(r, &finger); err != nil {
		return err
	}
	for _, link := range finger.Links {
		if link.Rel == "self" && strings.Contains(link.Type, "json") {
			t.actor, err = w.fetchActor(ctx, link.Href)
			t.accountID = me.ID
			return err
		}
	}
	return fmt.Errorf("%s does not say where the actor of %s is", t.Name, me.Username)
}

// keySource knows the keys of servers under test, by asking them.
type keySource struct {
	w    *World
	mu   sync.Mutex
	keys map[string]*sign.Key
}

// Key gives the key with an id.
func (k *keySource) Key(ctx context.Context, keyID string, refresh bool) (*sign.Key, error) {
	k.mu.Lock()
	known := k.keys[keyID]
	k.mu.Unlock()
	if known != nil && !refresh {
		return known, nil
	}
	owner, _, _ := strings.Cut(keyID, "#")
	actor, err := k.w.fetchActor(ctx, strings.TrimSuffix(owner, "/main-key"))
	if err != nil {
		return nil, err
	}
	public, err := sign.ParsePublicPEM(actor.PublicKey.PublicKeyPem)
	if err != nil {
		return nil, err
	}
	key := &sign.Key{ID: keyID, Owner: actor.ID, Public: public}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.keys[keyID] = key
	return key, nil
}
