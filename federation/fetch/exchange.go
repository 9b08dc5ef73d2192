package fetch

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"

	"praxis/federation/sign"
	"praxis/federation/vocab"
)

// message is one request to be sent, perhaps twice: signed in one way and in the other.
type message struct {
	method string
	target vocab.IRI
	header http.Header
	body   []byte       // nil for GET
	signer *sign.Signer // nil: not signed
	// read takes from an answer what is wanted of its body. Its error is an *Error or one of reading.
	read func(*http.Response) ([]byte, error)
}

// answer is what a peer said: a status, and of the body as much as was wanted.
type answer struct {
	url    vocab.IRI // where it came from, after redirects
	status int
	header http.Header
	body   []byte
}

// exchange sends a message with the signature that the host is known to understand. If the host refuses it with 400 or
// 401, which is how servers say that they do not understand a signature, it is sent once more with the other one; before that, if
// its clock is another than ours, by its clock. On any other status that would only be another burden for the host.
func (c *Client) exchange(ctx context.Context, m message) (*answer, error) {
	if err := online(ctx, m.target.String()); err != nil {
		return nil, err
	}
	giveBack, err := c.slots.take(ctx, m.target.Host())
	if err != nil {
		return nil, failure(ctx, m.target.String(), err)
	}
	defer giveBack()
	scheme := c.scheme(ctx, m.target.Host())
	first, err := c.send(ctx, m, scheme)
	if err == nil && m.signer != nil && mayDislikeSignature(first.status) && c.clocks.learn(m.target.Host(), first.header, c.cfg.Now()) {
		first, err = c.send(ctx, m, scheme)
	}
	if err != nil || m.signer == nil || !mayDislikeSignature(first.status) {
		return first, err
	}
	second, err := c.send(ctx, m, other(scheme))
	if err != nil || mayDislikeSignature(second.status) {
		if scheme == sign.Ed25519 && first.status == http.StatusUnauthorized {
			c.refused(ctx, m.target.Host()) // perhaps it takes one of the two that were not tried
		}
		return first, nil // the signature was not the reason
	}
	if second.status/100 == 2 {
		c.learn(ctx, m.target.Host(), scheme)
	}
	return second, nil
}

// learn tells that a host refused one scheme and took the other.
func (c *Client) learn(ctx context.Context, host string, refused sign.Scheme) {
	if refused == sign.Ed25519 {
		c.refused(ctx, host)
	}
	if c.cfg.Learn != nil {
		c.cfg.Learn(ctx, host, other(refused))
	}
}

func (c *Client) refused(ctx context.Context, host string) {
	if c.cfg.Refused != nil {
		c.cfg.Refused(ctx, host, sign.Ed25519)
	}
}

func (c *Client) scheme(ctx context.Context, host string) sign.Scheme {
	if c.cfg.Scheme == nil {
		return sign.Cavage
	}
	return c.cfg.Scheme(ctx, host)
}

// other is the second knock: what everybody speaks, or for those who refuse that, RFC 9421 with the key that everybody has.
func other(scheme sign.Scheme) sign.Scheme {
	if scheme == sign.Cavage {
		return sign.RFC9421
	}
	return sign.Cavage
}

func mayDislikeSignature(status int) bool {
	return status == http.StatusBadRequest || status == http.StatusUnauthorized
}

// send does one round trip. It follows nothing.
func (c *Client) send(ctx context.Context, m message, scheme sign.Scheme) (*answer, error) {
	if m.method == http.MethodGet {
		if err := spend(ctx, m.target.String()); err != nil {
			return nil, err
		}
	}
	r, err := c.request(ctx, m, scheme)
	if err != nil {
		return nil, err
	}
	resp, err := c.cfg.Transport.RoundTrip(r)
	if err != nil {
		return nil, failure(ctx, m.target.String(), err)
	}
	defer resp.Body.Close()
	c.hearClock(m.target.Host(), resp.Header)
	body, err := m.read(resp)
	if err != nil {
		return nil, failure(ctx, m.target.String(), err)
	}
	return &answer{url: m.target, status: resp.StatusCode, header: resp.Header, body: body}, nil
}

// hearClock passes on what time it is elsewhere. What comes from a cache has the time of when it was made.
func (c *Client) hearClock(host string, header http.Header) {
	if c.cfg.Clock == nil || header.Get("Age") != "" {
		return
	}
	if there, err := http.ParseTime(header.Get("Date")); err == nil {
		c.cfg.Clock(host, there)
	}
}

func (c *Client) request(ctx context.Context, m message, scheme sign.Scheme) (*http.Request, error) {
	var body io.Reader
	if m.body != nil {
		body = bytes.NewReader(m.body)
	}
	r, err := http.NewRequestWithContext(ctx, m.method, m.target.String(), body)
	if err != nil {
		return nil, refuse(m.target.String(), "bad address: %w", err)
	}
	r.Header = m.header.Clone()
	r.Header.Set("User-Agent", c.cfg.UserAgent)
	if m.signer == nil {
		return r, nil
	}
	c.signing <- struct{}{}
	err = c.clocks.by(*m.signer, m.target.Host()).Sign(r, m.body, scheme)
	<-c.signing
	if err != nil {
		return nil, fmt.Errorf("sign %s %s: %w", m.method, show(m.target.String()), err)
	}
	return r, nil
}

// discard reads a little of what is left of a body: when that is all, the connection can be used again.
func discard(body io.Reader) {
	_, _ = io.CopyN(io.Discard, body, 16<<10)
}
