package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"praxis/federation/vocab"
)

const maxRedirects = 3

// wanted is a sort of document.
type wanted struct {
	accept string            // header with which it is asked for
	is     func(string) bool // whether a Content-Type is one of this sort
	name   string            // for messages
	// unsigned: it is asked for without our signature; cut: what is too long is cut rather than refused.
	unsigned, cut bool
	// authorization goes to the origin of the address that was asked for, and nowhere else.
	authorization, origin string
}

// get asks for a document, following redirects. Each hop is checked and signed for itself (security cases B29, D6, D7).
// target must have been admitted.
func (c *Client) get(ctx context.Context, target vocab.IRI, w wanted) (*answer, error) {
	seen := map[vocab.IRI]bool{}
	for hops := 0; ; hops++ {
		seen[target] = true
		got, err := c.hop(ctx, target, w)
		if err != nil {
			return nil, err
		}
		if !isRedirect(got.status) {
			return got, statusError(target.String(), got.status)
		}
		if hops == maxRedirects {
			return nil, refuse(target.String(), "more than %d redirects", maxRedirects)
		}
		next, err := c.follow(ctx, target, got.header.Get("Location"))
		if err != nil {
			return nil, err
		}
		if seen[next] {
			return nil, refuse(target.String(), "redirects go in a circle")
		}
		target = next
	}
}

func (c *Client) hop(ctx context.Context, target vocab.IRI, w wanted) (*answer, error) {
	m := message{
		method: http.MethodGet,
		target: target,
		header: http.Header{"Accept": {w.accept}},
		read:   func(resp *http.Response) ([]byte, error) { return readWanted(resp, target.String(), w) },
	}
	if w.authorization != "" && target.Origin() == w.origin {
		m.header.Set("Authorization", w.authorization)
	}
	if c.cfg.Signer != nil && !w.unsigned {
		signer, err := c.cfg.Signer(ctx)
		if err != nil {
			return nil, fmt.Errorf("sign GET %s: %w", show(target.String()), err)
		}
		m.signer = &signer
	}
	return c.exchange(ctx, m)
}

// readWanted reads the body of a document of the wanted sort, and of nothing else.
func readWanted(resp *http.Response, url string, w wanted) ([]byte, error) {
	if resp.StatusCode != http.StatusOK {
		discard(resp.Body)
		return nil, nil
	}
	types := resp.Header.Values("Content-Type")
	if len(types) != 1 || !w.is(types[0]) {
		return nil, refuse(url, "no %s there, but %.100q", w.name, types)
	}
	// The body is decompressed by now: the limit holds for what a small archive may grow to.
	body, err := io.ReadAll(io.LimitReader(resp.Body, vocab.MaxBytes+1))
	if err != nil {
		return nil, err
	}
	if w.cut {
		return body[:min(len(body), vocab.MaxBytes)], nil
	}
	if len(body) > vocab.MaxBytes {
		return nil, refuse(url, "answer is longer than %d bytes", vocab.MaxBytes)
	}
	return body, nil
}

func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// follow gives the admitted target of a redirect.
func (c *Client) follow(ctx context.Context, from vocab.IRI, location string) (vocab.IRI, error) {
	next, err := resolve(from, location)
	if err != nil {
		return vocab.IRI{}, refuse(from.String(), "redirect to nowhere: %w", err)
	}
	target, err := c.admit(ctx, next)
	if err != nil {
		return vocab.IRI{}, err
	}
	if from.Scheme() == "https" && target.Scheme() != "https" {
		return vocab.IRI{}, refuse(from.String(), "redirect from https to http")
	}
	return target, nil
}

func resolve(from vocab.IRI, location string) (string, error) {
	if location == "" {
		return "", errors.New("no Location")
	}
	base, err := url.Parse(from.String())
	if err != nil {
		return "", err
	}
	next, err := base.Parse(location)
	if err != nil {
		return "", err
	}
	return next.String(), nil
}
